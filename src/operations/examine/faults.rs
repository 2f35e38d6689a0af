//! Faults of what the brokers told. Pure: each takes what was told and says what is wrong with it.

use serde_json::json;

use super::super::tools;
use super::super::topics::{self, Needed, Setting, Topic};
use super::Finding;
use crate::config::{self, Config};

/// Partitions with fewer replicas than there could be.
pub fn of_replicas(config: &Config, topic: &str, partitions: &[(i32, &[i32])], brokers: &[i32]) -> Option<Finding> {
    let wanted = topics::replicas(brokers.len());
    let least = partitions.iter().map(|(_, replicas)| replicas.len()).min().unwrap_or_default();
    let few = least < usize::try_from(wanted).unwrap_or_default();
    few.then(|| {
        let spread: Vec<_> = partitions
            .iter()
            .map(|(id, has)| json!({"topic": topic, "partition": id, "replicas": spread(*id, has, brokers, wanted)}))
            .collect();
        let plan = json!({"version": 1, "partitions": spread});
        let arguments = "--execute --reassignment-json-file replicas.json";
        Finding::Fault {
            what: format!("topic {topic} has {least} replicas a partition, {wanted} are possible: a lost broker loses records"),
            fix: format!("echo '{plan}' > replicas.json && {}", tools::line(config, "kafka-reassign-partitions.sh", arguments)),
        }
    })
}

/// The replicas that a partition has, and further brokers: another first one for each partition.
fn spread(partition: i32, has: &[i32], brokers: &[i32], wanted: i32) -> Vec<i32> {
    let (skipped, wanted) = (usize::try_from(partition).unwrap_or_default(), usize::try_from(wanted).unwrap_or_default());
    let others = brokers.iter().cycle().skip(skipped % brokers.len().max(1)).take(brokers.len());
    has.iter().chain(others.filter(|broker| !has.contains(broker))).copied().take(wanted.max(has.len())).collect()
}

/// What is set otherwise than a topic of its role needs.
pub fn of_settings(config: &Config, topic: Topic<'_>, value: impl Fn(&str) -> String, replicas: i32) -> Vec<Finding> {
    let Topic { name, role } = topic;
    let fault = |setting: &str, created: &str, needed: Needed, why: &str| {
        let found = value(setting);
        let alter = format!("--alter --entity-type topics --entity-name {name} --add-config {setting}={created}");
        (!needed.is_met(&found)).then(|| Finding::Fault {
            what: format!("topic {name}: {setting} is {found}, needed is {needed}: {why}"),
            fix: tools::line(config, "kafka-configs.sh", &alter),
        })
    };
    let in_sync = topics::in_sync_replicas(replicas);
    let durable = "what is committed may be lost with a broker";
    let settings = role.settings(config.memory.identity_days);
    let faults = settings.filter_map(|Setting { name, created, needed, why, .. }| fault(name, &created, needed, why));
    let durability = fault("min.insync.replicas", &in_sync.to_string(), Needed::AtLeast(in_sync.into()), durable);
    faults.chain(durability).collect()
}

/// What the brokers' settings have to tell.
const TOLD: [&str; 5] =
    ["transaction.max.timeout.ms", "group.max.session.timeout.ms", "group.min.session.timeout.ms", TRANSACTIONS.0, POSITIONS.0];

/// Limits that a broker does not tell: other makes than Kafka's own know some under other names.
pub fn untold(number: impl Fn(&str) -> Option<i64>) -> Vec<Finding> {
    let missing = TOLD.into_iter().filter(|name| number(name).is_none());
    missing.map(|name| Finding::Unchecked { what: name.to_owned(), why: "the brokers do not tell it".to_owned() }).collect()
}

/// What the configuration asks for and the brokers do not allow.
pub fn of_limits(kafka: &config::Kafka, number: impl Fn(&str) -> Option<i64>) -> Vec<Finding> {
    let session = ("kafka.session_timeout", kafka.session_timeout.as_millis() as i64);
    let transaction = ("kafka.transaction_timeout", kafka.transaction_timeout.as_millis() as i64);
    let most = [(transaction, "transaction.max.timeout.ms"), (session, "group.max.session.timeout.ms")];
    let least = [(session, "group.min.session.timeout.ms")];
    let fault = |(key, asked), limit, value, (side, here, there)| Finding::Fault {
        what: format!("{key} ({asked} ms) is {side} the brokers' {limit} ({value} ms)"),
        fix: format!("{here} {key} to {value}ms, or {there} {limit} in server.properties of every broker"),
    };
    let above = most.into_iter().filter_map(|(asked, limit)| {
        number(limit).filter(|value| asked.1 > *value).map(|value| fault(asked, limit, value, ("above", "lower", "raise")))
    });
    let below = least.into_iter().filter_map(|(asked, limit)| {
        number(limit).filter(|value| asked.1 < *value).map(|value| fault(asked, limit, value, ("below", "raise", "lower")))
    });
    above.chain(below).collect()
}

/// Replication of a topic in which the brokers keep what is theirs, and the topic.
type Internal = (&'static str, &'static str);
const TRANSACTIONS: Internal = ("transaction.state.log.replication.factor", "__transaction_state");
const POSITIONS: Internal = ("offsets.topic.replication.factor", "__consumer_offsets");

/// The topics in which the brokers keep transactions and positions: too few replicas lose them, and more than there are brokers
/// keep the topic from being made.
pub fn of_durability(brokers: usize, number: impl Fn(&str) -> Option<i64>, exists: impl Fn(&str) -> bool) -> Vec<Finding> {
    let wanted = i64::from(topics::replicas(brokers));
    let up = i64::try_from(brokers).unwrap_or(i64::MAX);
    let fault = |(name, topic): Internal| {
        let value = number(name)?;
        let set = format!("set {name}={wanted} in server.properties of every broker");
        if value < wanted {
            let what = format!("{name} is {value}, {wanted} is possible: with a lost broker, transactions or positions are lost");
            return Some(Finding::Fault { what, fix: format!("{set}, and reassign {topic}") });
        }
        (value > up && !exists(topic)).then(|| Finding::Fault {
            what: format!("{name} is {value}, and {up} brokers are up: {topic} cannot be created"),
            fix: format!("start the missing brokers, or {set}"),
        })
    };
    [TRANSACTIONS, POSITIONS].into_iter().filter_map(fault).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::topics::Role;
    use super::*;

    /// Texts of the faults of a topic that is set as it is created, but for this.
    fn faults(role: Role, name: &str, value: &str) -> Vec<String> {
        let topic = Topic { name: "cargo.some", role };
        let set = |asked: &str| {
            let created = topics::created_with(role, 3, 90).into_iter().find(|(setting, _)| *setting == asked);
            if asked == name { value.to_owned() } else { created.map(|(_, value)| value).unwrap_or_default() }
        };
        of_settings(&Config::default(), topic, set, 3).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_topic_as_it_is_created_has_no_fault() {
        for role in [Role::Input, Role::Alerts, Role::Referrals, Role::Assessments, Role::DeadLetters, Role::Bundles] {
            assert!(faults(role, "", "").is_empty(), "{role:?}");
        }
    }

    #[test]
    fn compaction_too_few_replicas_in_sync_and_a_short_retention_come_with_the_command_that_mends_them() {
        let alter = "kafka-configs.sh --bootstrap-server localhost:9092 --alter --entity-type topics --entity-name cargo.some --add-config";
        for (role, name, value, needed) in [
            (Role::Referrals, "cleanup.policy", "compact", "delete"),
            (Role::Bundles, "cleanup.policy", "delete", "compact"),
            (Role::Input, "retention.ms", "86400000", "7776000000"),
            (Role::Assessments, "retention.bytes", "1073741824", "-1"),
            (Role::Alerts, "min.insync.replicas", "1", "2"),
        ] {
            let found = faults(role, name, value);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].starts_with(&format!("fault: topic cargo.some: {name} is {value}, needed is ")), "{found:?}");
            assert!(found[0].ends_with(&format!("\n  fix: {alter} {name}={needed}")), "{found:?}");
        }
    }

    #[test]
    fn timeouts_beyond_the_brokers_limits_are_named_with_both_ways_out() {
        let kafka = |session| config::Kafka { session_timeout: Duration::from_secs(session), ..Config::default().kafka };
        let number = |name: &str| match name {
            "group.min.session.timeout.ms" => Some(6_000),
            "group.max.session.timeout.ms" => Some(30_000),
            _ => None,
        };
        let found = |session| of_limits(&kafka(session), number).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(found(6).is_empty() && found(30).is_empty());
        assert_eq!(
            found(5),
            ["fault: kafka.session_timeout (5000 ms) is below the brokers' group.min.session.timeout.ms (6000 ms)\n  \
              fix: raise kafka.session_timeout to 6000ms, or lower group.min.session.timeout.ms in server.properties of every broker"]
        );
        assert_eq!(found(31).len(), 1);
    }

    #[test]
    fn internal_topics_with_one_replica_of_three_are_a_fault() {
        let found = of_durability(3, |name| (name == "offsets.topic.replication.factor").then_some(1), |_| true);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(of_durability(1, |_| Some(1), |_| true).is_empty());
    }

    #[test]
    fn an_internal_topic_that_wants_more_replicas_than_there_are_brokers_is_a_fault_until_it_is_there() {
        let number = |name: &str| (name == "transaction.state.log.replication.factor").then_some(3);
        let found = of_durability(1, number, |_| false);
        assert_eq!(
            found.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "fault: transaction.state.log.replication.factor is 3, and 1 brokers are up: __transaction_state cannot be created\n  \
              fix: start the missing brokers, or set transaction.state.log.replication.factor=1 in server.properties of every broker"
            ]
        );
        assert!(of_durability(2, number, |_| true).is_empty(), "a broker is away");
        assert!(of_durability(3, number, |_| false).is_empty());
    }

    #[test]
    fn a_limit_that_the_brokers_do_not_tell_is_not_passed_by() {
        let found = untold(|name| (name != "group.min.session.timeout.ms").then_some(1));
        assert_eq!(
            found.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["not checked: group.min.session.timeout.ms: the brokers do not tell it"]
        );
    }

    #[test]
    fn too_few_replicas_come_with_a_plan_that_keeps_those_there_are() {
        let partitions: [(i32, &[i32]); 2] = [(0, &[1]), (1, &[2, 3])];
        let found = of_replicas(&Config::default(), "t", &partitions, &[1, 2, 3]).unwrap().to_string();
        assert!(found.starts_with("fault: topic t has 1 replicas a partition, 3 are possible"), "{found}");
        assert!(found.contains(r#""partition":0,"replicas":[1,2,3]"#), "{found}");
        assert!(found.contains(r#""partition":1,"replicas":[2,3,1]"#), "{found}");
        let line =
            "kafka-reassign-partitions.sh --bootstrap-server localhost:9092 --execute --reassignment-json-file replicas.json";
        assert!(found.ends_with(&format!("}}' > replicas.json && {line}")), "{found}");
        assert_eq!(of_replicas(&Config::default(), "t", &partitions, &[1]), None);
    }
}

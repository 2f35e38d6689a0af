//! Asks the brokers whether everything is as the service needs it. Each finding says how to mend it.

use rdkafka::admin::ResourceSpecifier;
use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::metadata::Metadata;
use rdkafka::producer::{BaseProducer, Producer};

use super::acls::{self, On};
use super::topics::{self, Setting, Topic};
use super::{Brokers, PATIENCE};
use crate::config::{self, Config};
use crate::kafka::{Resource, Right};
use crate::service::Settings;

/// What was found, with the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    Fault {
        what: String,
        fix: String,
    },
    /// The brokers would not tell.
    Unchecked {
        what: String,
        why: String,
    },
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Finding::Fault { what, fix } => write!(f, "fault: {what}\n  fix: {fix}"),
            Finding::Unchecked { what, why } => write!(f, "not checked: {what}: {why}"),
        }
    }
}

/// Looks at topics, limits of the brokers, and rights. `Err` when they cannot be reached.
pub fn examine(config: &Config, settings: &Settings) -> KafkaResult<Vec<Finding>> {
    let brokers = Brokers::connect(&settings.connection)?;
    let metadata = brokers.metadata()?;
    let mut findings = Vec::new();
    let mut examination = Examination { config, brokers: &brokers, metadata: &metadata, findings: &mut findings };
    for topic in topics::of(config) {
        examination.topic(topic);
    }
    examination.limits();
    examination.rights();
    examination.transactions(settings);
    Ok(findings)
}

struct Examination<'a> {
    config: &'a Config,
    brokers: &'a Brokers,
    metadata: &'a Metadata,
    findings: &'a mut Vec<Finding>,
}

impl Examination<'_> {
    fn fault(&mut self, what: String, fix: String) {
        self.findings.push(Finding::Fault { what, fix });
    }

    fn unchecked(&mut self, what: impl Into<String>, error: &KafkaError) {
        let code = code(error);
        let denied = matches!(
            code,
            Some(
                RDKafkaErrorCode::TopicAuthorizationFailed
                    | RDKafkaErrorCode::ClusterAuthorizationFailed
                    | RDKafkaErrorCode::GroupAuthorizationFailed
            )
        );
        let why = if denied {
            "this user may not ask; run it as a user with the role `operator` (`loadgate acls --role operator`)".to_owned()
        } else {
            error.to_string()
        };
        self.findings.push(Finding::Unchecked { what: what.into(), why });
    }

    fn topic(&mut self, topic: Topic<'_>) {
        let Topic { name, role } = topic;
        let found = self.metadata.topics().iter().find(|found| found.name() == name);
        let Some(found) = found.filter(|found| !found.partitions().is_empty()) else {
            return self.fault(
                format!("topic {name} does not exist, or this user may not see it"),
                "loadgate topics --create, or loadgate acls".into(),
            );
        };
        let wanted = topics::replicas(self.metadata.brokers().len());
        let least = found.partitions().iter().map(|partition| partition.replicas().len()).min().unwrap_or_default();
        if least < wanted as usize {
            self.fault(
                format!("topic {name} has {least} replicas a partition, {wanted} are possible: a lost broker loses records"),
                format!("kafka-reassign-partitions.sh with {wanted} replicas for each partition of {name}"),
            );
        }
        match self.brokers.settings(&ResourceSpecifier::Topic(name)) {
            Ok(settings) => {
                let value = |name: &str| settings.get(name).and_then(|entry| entry.value.clone()).unwrap_or_default();
                self.findings.extend(setting_faults(topic, value, wanted, self.config.memory.identity_days));
            }
            Err(error) => self.unchecked(format!("settings of topic {name} ({role:?})"), &error),
        }
    }

    /// What the brokers allow, against what this configuration asks of them.
    fn limits(&mut self) {
        let Some(broker) = self.metadata.brokers().first().map(|broker| broker.id()) else { return };
        let settings = match self.brokers.settings(&ResourceSpecifier::Broker(broker)) {
            Ok(settings) => settings,
            Err(error) => return self.unchecked("limits of the brokers", &error),
        };
        let number = |name: &str| settings.get(name)?.value.as_deref()?.parse::<i64>().ok();
        self.findings.extend(limit_faults(&self.config.kafka, number));
        self.findings.extend(durability_faults(topics::replicas(self.metadata.brokers().len()), number));
    }

    /// What the service may do, where this is run as its user.
    fn rights(&mut self) {
        for grant in acls::grants(acls::Role::Service, self.config, "") {
            match &grant.on {
                On::Topics(names) => names.iter().for_each(|name| self.rights_on(Resource::Topic(name), &grant)),
                On::Group { name, prefixed: false } => self.rights_on(Resource::Group(name), &grant),
                // Nobody tells; `transactions` tries.
                On::Group { .. } | On::TransactionalIds(_) | On::Cluster => {}
            }
        }
    }

    fn rights_on(&mut self, resource: Resource<'_>, grant: &acls::Grant) {
        let (on, name) = match resource {
            Resource::Topic(name) => (On::Topics(vec![name.to_owned()]), format!("topic {name}")),
            Resource::Group(name) => (grant.on.clone(), format!("group {name}")),
        };
        let rights = match self.brokers.rights(resource) {
            Ok(rights) => rights,
            // Said already, as a topic that does not exist.
            Err(error) if code(&error) == Some(RDKafkaErrorCode::UnknownTopicOrPartition) => return,
            Err(error) => return self.unchecked(format!("rights on {name}"), &error),
        };
        let missing: Vec<Right> = grant.rights.iter().copied().filter(|right| !rights.contains(right)).collect();
        if !missing.is_empty() {
            let named: Vec<&str> = missing.into_iter().map(Right::as_str).collect();
            let needed = acls::Grant { on, rights: grant.rights };
            self.fault(
                format!("{name}: the service needs the right to {}", named.join(", ")),
                format!("kafka-acls.sh {}", needed.command("User:NAME")),
            );
        }
    }

    /// Opens a transaction's coordinator under an id of its own: neither a replica nor a redrive is fenced.
    fn transactions(&mut self, settings: &Settings) {
        let id = format!("{}-check", self.config.kafka.transactional_id.as_ref().unwrap_or(&settings.group));
        let mut config: ClientConfig = settings.connection.client("check");
        config
            .set("transactional.id", &id)
            .set("transaction.timeout.ms", settings.transaction_timeout.as_millis().to_string())
            .set("message.timeout.ms", settings.transaction_timeout.as_millis().to_string());
        let opened = config.create::<BaseProducer>().and_then(|producer| producer.init_transactions(PATIENCE));
        let Err(error) = opened else { return };
        match code(&error) {
            Some(RDKafkaErrorCode::TransactionalIdAuthorizationFailed) => {
                let grants = acls::grants(acls::Role::Service, self.config, "").into_iter();
                let needed = grants.filter(|grant| matches!(grant.on, On::TransactionalIds(_)));
                let fix = needed.map(|grant| format!("kafka-acls.sh {}", grant.command("User:NAME"))).collect();
                self.fault(format!("the service may not use transactional ids such as {id}"), fix);
            }
            // Said already, by the limits.
            Some(RDKafkaErrorCode::InvalidTransactionTimeout) => {}
            _ => self.unchecked(format!("transactions under the id {id}"), &error),
        }
    }
}

/// What is set otherwise than a topic of its role needs.
fn setting_faults(topic: Topic<'_>, value: impl Fn(&str) -> String, replicas: i32, horizon_days: u16) -> Vec<Finding> {
    let Topic { name, role } = topic;
    let alter = |setting: &str, to: &str| {
        format!("kafka-configs.sh --alter --entity-type topics --entity-name {name} --add-config {setting}={to}")
    };
    let mut faults = Vec::new();
    for Setting { name: setting, created, needed, why, .. } in role.settings(horizon_days) {
        let found = value(setting);
        if !needed.is_met(&found) {
            let what = format!("topic {name}: {setting} is {found}, needed is {needed}: {why}");
            faults.push(Finding::Fault { what, fix: alter(setting, &created) });
        }
    }
    let (in_sync, wanted) = (value("min.insync.replicas"), topics::in_sync_replicas(replicas));
    if in_sync.parse::<i32>().is_ok_and(|found| found < wanted) {
        let what = format!(
            "topic {name}: min.insync.replicas is {in_sync}, needed is {wanted}: what is committed may be lost with a broker"
        );
        faults.push(Finding::Fault { what, fix: alter("min.insync.replicas", &wanted.to_string()) });
    }
    faults
}

/// What the configuration asks for and the brokers do not allow.
fn limit_faults(kafka: &config::Kafka, number: impl Fn(&str) -> Option<i64>) -> Vec<Finding> {
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

/// The topics in which the brokers keep transactions and positions.
fn durability_faults(replicas: i32, number: impl Fn(&str) -> Option<i64>) -> Vec<Finding> {
    let names = ["transaction.state.log.replication.factor", "offsets.topic.replication.factor"];
    let few =
        names.into_iter().filter_map(|name| number(name).filter(|value| *value < i64::from(replicas)).map(|value| (name, value)));
    let fault = |(name, value)| Finding::Fault {
        what: format!("{name} is {value}, {replicas} is possible: with a lost broker, transactions or positions are lost"),
        fix: format!("set {name}={replicas} in server.properties of every broker, and reassign the internal topic"),
    };
    few.map(fault).collect()
}

/// The wrapper does not tell the code of an administrative request.
fn code(error: &KafkaError) -> Option<RDKafkaErrorCode> {
    match error {
        KafkaError::AdminOp(code) => Some(*code),
        error => error.rdkafka_error_code(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::topics::Role;
    use super::*;

    /// Texts of the faults of a topic that is set as it is created, but for this.
    fn faults(role: Role, name: &str, value: &str) -> Vec<String> {
        let topic = Topic { name: "cargo.some", role };
        let set = |asked: &str| {
            let created = topics::created_with(role, 3, 90).into_iter().find(|(setting, _)| *setting == asked);
            if asked == name { value.to_owned() } else { created.map(|(_, value)| value).unwrap_or_default() }
        };
        setting_faults(topic, set, 3, 90).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_topic_as_it_is_created_has_no_fault() {
        for role in [Role::Input, Role::Alerts, Role::Referrals, Role::Assessments, Role::DeadLetters, Role::Bundles] {
            assert!(faults(role, "", "").is_empty(), "{role:?}");
        }
    }

    #[test]
    fn compaction_too_few_replicas_in_sync_and_a_short_retention_come_with_the_command_that_mends_them() {
        let alter = "kafka-configs.sh --alter --entity-type topics --entity-name cargo.some --add-config";
        for (role, name, value, needed) in [
            (Role::Referrals, "cleanup.policy", "compact", "delete"),
            (Role::Bundles, "cleanup.policy", "delete", "compact"),
            (Role::Input, "retention.ms", "86400000", "7776000000"),
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
        let found = |session| limit_faults(&kafka(session), number).iter().map(ToString::to_string).collect::<Vec<_>>();
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
        let found = durability_faults(3, |name| (name == "offsets.topic.replication.factor").then_some(1));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(durability_faults(1, |_| Some(1)).is_empty());
    }
}

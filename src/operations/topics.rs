//! The topics of a configuration and how each should be set, one row a setting.

use crate::config::Config;

/// What a topic is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What terminals send.
    Input,
    Alerts,
    Referrals,
    Assessments,
    DeadLetters,
    /// Signed rule bundles.
    Bundles,
}

/// A topic that a configuration names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic<'a> {
    pub name: &'a str,
    pub role: Role,
}

/// A setting of topics of a role.
#[derive(Debug, Clone)]
pub struct Setting {
    pub role: Role,
    pub name: &'static str,
    /// What a topic is created with.
    pub created: String,
    pub needed: Needed,
    pub why: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needed {
    /// At least this; -1 means without limit.
    AtLeast(i64),
    Exactly(&'static str),
}

impl Needed {
    pub fn is_met(self, value: &str) -> bool {
        match self {
            Needed::AtLeast(least) => value.parse::<i64>().is_ok_and(|value| value == -1 || value >= least),
            Needed::Exactly(wanted) => value == wanted,
        }
    }
}

impl std::fmt::Display for Needed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Needed::AtLeast(least) => write!(f, "at least {least}"),
            Needed::Exactly(wanted) => write!(f, "{wanted}"),
        }
    }
}

const DAY_MS: i64 = 86_400_000;

fn at_least(role: Role, name: &'static str, created: i64, least: i64, why: &'static str) -> Setting {
    Setting { role, name, created: created.max(least).to_string(), needed: Needed::AtLeast(least), why }
}

fn exactly(role: Role, name: &'static str, value: &'static str, why: &'static str) -> Setting {
    Setting { role, name, created: value.to_owned(), needed: Needed::Exactly(value), why }
}

/// Every setting, for a memory that reaches back so many days.
fn table(horizon_days: u16) -> [Setting; 17] {
    let horizon_ms = i64::from(horizon_days) * DAY_MS;
    let unlimited = |role, why| exactly(role, "retention.bytes", "-1", why);
    // Compaction would keep the last record of each key alone, and each of ours tells something.
    let keep_all = |role, why| exactly(role, "cleanup.policy", "delete", why);
    let retention = |role, created_days: i64, least_ms, why| at_least(role, "retention.ms", created_days * DAY_MS, least_ms, why);
    [
        retention(Role::Input, 90, horizon_ms, "memory is read from it, as far back as memory.identity_days"),
        unlimited(Role::Input, "a limit by size shortens the retention on a busy day"),
        keep_all(Role::Input, "compaction drops the earlier messages of a shipment"),
        retention(Role::Referrals, 90, 90 * DAY_MS, "the open holds are read from this topic: what it forgets is no longer held"),
        unlimited(Role::Referrals, "a limit by size forgets open holds on a busy day"),
        keep_all(Role::Referrals, "compaction hides codes from a terminal that reads late"),
        retention(
            Role::Alerts,
            30,
            7 * DAY_MS,
            "personal data: as short as the team can work with, and a week at least, so that no weekend loses an alert",
        ),
        keep_all(Role::Alerts, "compaction drops the earlier alerts of a shipment"),
        retention(Role::Assessments, 365, horizon_ms, "memory reads from it what was found before, and audits what was screened"),
        unlimited(Role::Assessments, "a limit by size forgets on a busy day what was found before"),
        keep_all(Role::Assessments, "compaction drops the earlier assessments of a shipment"),
        retention(Role::DeadLetters, 30, 14 * DAY_MS, "a letter can be sent again only while it is there, and a fix takes time"),
        keep_all(Role::DeadLetters, "compaction drops letters of the same key"),
        at_least(
            Role::DeadLetters,
            "max.message.bytes",
            1_048_588,
            1_048_588,
            "a letter carries up to 900 KiB of the payload and 64 KiB of headers",
        ),
        exactly(Role::Bundles, "cleanup.policy", "compact", "the newest of each bundle is kept for ever"),
        exactly(
            Role::Bundles,
            "message.timestamp.type",
            "LogAppendTime",
            "the broker stamps when a bundle was published, so that nobody can date one back",
        ),
        at_least(
            Role::Bundles,
            "max.message.bytes",
            68_157_440,
            68_157_440,
            "the largest pack, and what Kafka writes around it: 65 MiB",
        ),
    ]
}

/// Every topic of a configuration, inputs first.
pub fn of(config: &Config) -> Vec<Topic<'_>> {
    let inputs = config.topics().into_iter().map(|name| Topic { name, role: Role::Input });
    let outputs = &config.outputs;
    let outputs = [
        (&outputs.alerts_aviation_security, Role::Alerts),
        (&outputs.alerts_customs, Role::Alerts),
        (&outputs.referrals, Role::Referrals),
        (&outputs.assessments, Role::Assessments),
        (&outputs.dead_letters, Role::DeadLetters),
    ];
    let bundles = config.bundle.topic.iter().map(|name| Topic { name, role: Role::Bundles });
    inputs.chain(outputs.map(|(name, role)| Topic { name, role })).chain(bundles).collect()
}

impl Role {
    /// How many partitions a topic is created with; bundles are few and have one order.
    pub fn partitions(self, asked: i32) -> i32 {
        if self == Role::Bundles { 1 } else { asked }
    }

    /// How a topic has to be set where memory reaches back so many days.
    pub fn settings(self, horizon_days: u16) -> impl Iterator<Item = Setting> {
        table(horizon_days).into_iter().filter(move |setting| setting.role == self)
    }
}

/// Replicas of a partition that a cluster of this size should keep: three, so that one may be lost while another is away.
pub fn replicas(brokers: usize) -> i32 {
    i32::try_from(brokers.clamp(1, 3)).unwrap_or(3)
}

/// In-sync replicas without which nothing may be written: all but one, so that what is committed outlives a broker.
pub fn in_sync_replicas(replicas: i32) -> i32 {
    (replicas - 1).max(1)
}

/// What a topic is created with.
pub fn created_with(role: Role, replicas: i32, horizon_days: u16) -> Vec<(&'static str, String)> {
    let settings = role.settings(horizon_days).map(|setting| (setting.name, setting.created));
    settings.chain([("min.insync.replicas", in_sync_replicas(replicas).to_string())]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::pack::RECORD_BYTES_MAX;

    #[test]
    fn a_topic_is_created_as_it_needs_to_be() {
        for setting in [30, 90, 120].into_iter().flat_map(table) {
            assert!(setting.needed.is_met(&setting.created), "{:?} {}", setting.role, setting.name);
        }
    }

    #[test]
    fn what_memory_is_read_from_is_kept_as_long_as_memory_reaches_back() {
        for role in [Role::Input, Role::Assessments] {
            let retention = |days| role.settings(days).find(|setting| setting.name == "retention.ms").unwrap();
            assert_eq!(retention(120).needed, Needed::AtLeast(120 * DAY_MS));
            assert!(retention(30).needed.is_met(&(30 * DAY_MS).to_string()), "{role:?}");
        }
        let created = created_with(Role::Input, 1, 120);
        assert!(created.contains(&("retention.ms", "10368000000".to_owned())), "{created:?}");
    }

    #[test]
    fn what_memory_is_read_from_has_no_limit_by_size() {
        for role in [Role::Input, Role::Referrals, Role::Assessments] {
            let limit = role.settings(90).find(|setting| setting.name == "retention.bytes").unwrap();
            assert_eq!((limit.needed, limit.created.as_str()), (Needed::Exactly("-1"), "-1"), "{role:?}");
        }
    }

    #[test]
    fn the_topic_of_bundles_has_room_for_the_largest_pack() {
        let room = Role::Bundles.settings(90).find(|setting| setting.name == "max.message.bytes").unwrap();
        assert_eq!(room.created, RECORD_BYTES_MAX.to_string());
    }

    #[test]
    fn a_limit_is_met_by_more_and_by_none() {
        let needed = Needed::AtLeast(100);
        assert!(needed.is_met("100") && needed.is_met("101") && needed.is_met("-1"));
        assert!(!needed.is_met("99") && !needed.is_met("-2") && !needed.is_met("much"));
    }

    #[test]
    fn one_replica_may_be_away_where_there_are_several() {
        assert_eq!([1, 2, 3, 9].map(replicas), [1, 2, 3, 3]);
        assert_eq!([1, 2, 3].map(in_sync_replicas), [1, 1, 2]);
    }

    #[test]
    fn every_role_says_how_long_it_keeps_records() {
        for role in [Role::Input, Role::Alerts, Role::Referrals, Role::Assessments, Role::DeadLetters] {
            assert!(role.settings(90).any(|setting| setting.name == "retention.ms"), "{role:?}");
        }
    }
}

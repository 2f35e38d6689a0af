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
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    pub role: Role,
    pub name: &'static str,
    /// What a topic is created with.
    pub created: &'static str,
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
/// How far back what was read may have to be read again.
const HORIZON_MS: i64 = 90 * DAY_MS;

const fn setting(role: Role, name: &'static str, created: &'static str, needed: Needed, why: &'static str) -> Setting {
    Setting { role, name, created, needed, why }
}

/// Compaction would keep the last record of each key alone, and each of ours tells something.
const KEEP_ALL: Needed = Needed::Exactly("delete");

pub static SETTINGS: &[Setting] = &[
    setting(
        Role::Input,
        "retention.ms",
        "7776000000",
        Needed::AtLeast(HORIZON_MS),
        "the log is read again over 90 days: after a disaster, and to screen by new rules",
    ),
    setting(Role::Input, "retention.bytes", "-1", Needed::Exactly("-1"), "a limit by size shortens the 90 days on a busy day"),
    setting(Role::Input, "cleanup.policy", "delete", KEEP_ALL, "compaction drops the earlier messages of a shipment"),
    setting(
        Role::Referrals,
        "retention.ms",
        "7776000000",
        Needed::AtLeast(HORIZON_MS),
        "the open holds are read from this topic: what it forgets is no longer held",
    ),
    setting(Role::Referrals, "retention.bytes", "-1", Needed::Exactly("-1"), "a limit by size forgets open holds on a busy day"),
    setting(Role::Referrals, "cleanup.policy", "delete", KEEP_ALL, "compaction hides codes from a terminal that reads late"),
    setting(
        Role::Alerts,
        "retention.ms",
        "2592000000",
        Needed::AtLeast(7 * DAY_MS),
        "personal data: as short as the team can work with, and a week at least, so that no weekend loses an alert",
    ),
    setting(Role::Alerts, "cleanup.policy", "delete", KEEP_ALL, "compaction drops the earlier alerts of a shipment"),
    setting(
        Role::Assessments,
        "retention.ms",
        "31536000000",
        Needed::AtLeast(HORIZON_MS),
        "the record of what was screened and found, for audits",
    ),
    setting(Role::Assessments, "cleanup.policy", "delete", KEEP_ALL, "compaction drops the earlier assessments of a shipment"),
    setting(
        Role::DeadLetters,
        "retention.ms",
        "2592000000",
        Needed::AtLeast(14 * DAY_MS),
        "a letter can be sent again only while it is there, and a fix takes time",
    ),
    setting(Role::DeadLetters, "cleanup.policy", "delete", KEEP_ALL, "compaction drops letters of the same key"),
    setting(
        Role::DeadLetters,
        "max.message.bytes",
        "1048588",
        Needed::AtLeast(1_048_588),
        "a letter carries up to 900 KiB of the payload and 64 KiB of headers",
    ),
    setting(Role::Bundles, "cleanup.policy", "compact", Needed::Exactly("compact"), "the newest of each bundle is kept for ever"),
    setting(
        Role::Bundles,
        "message.timestamp.type",
        "LogAppendTime",
        Needed::Exactly("LogAppendTime"),
        "the broker stamps when a bundle was published, so that nobody can date one back",
    ),
    setting(
        Role::Bundles,
        "max.message.bytes",
        "68157440",
        Needed::AtLeast(68_157_440),
        "the largest pack, and what Kafka writes around it: 65 MiB",
    ),
];

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

    pub fn settings(self) -> impl Iterator<Item = &'static Setting> {
        SETTINGS.iter().filter(move |setting| setting.role == self)
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
pub fn created_with(role: Role, replicas: i32) -> Vec<(&'static str, String)> {
    let settings = role.settings().map(|setting| (setting.name, setting.created.to_owned()));
    settings.chain([("min.insync.replicas", in_sync_replicas(replicas).to_string())]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_created_as_it_needs_to_be() {
        for setting in SETTINGS {
            assert!(setting.needed.is_met(setting.created), "{:?} {}", setting.role, setting.name);
        }
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
            assert!(role.settings().any(|setting| setting.name == "retention.ms"), "{role:?}");
        }
    }
}

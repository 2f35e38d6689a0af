//! Who needs which rights: one row a role and resource, nothing more than it needs. Printed as commands of Kafka's own tool.

use clap::ValueEnum;

use super::tools;
use super::topics::{Role as TopicRole, Topic, of};
use crate::config::Config;
use crate::kafka::Right;
use crate::source::Writer;

/// Who connects to the brokers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Role {
    /// The replicas.
    Service,
    /// A cargo terminal: sends messages and reads its referrals.
    Terminal,
    /// The aviation security team's reader of alerts.
    AviationSecurity,
    /// The customs team's reader of alerts.
    Customs,
    /// Reads assessments.
    Auditor,
    /// Whoever runs `loadgate check --brokers`, `lag` and `dead-letters`.
    Operator,
}

/// Rights on something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub on: On,
    pub rights: Vec<Right>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    Topics(Vec<String>),
    Group {
        name: String,
        prefixed: bool,
    },
    /// Ids that begin with this.
    TransactionalIds(String),
    Cluster,
}

const READ: &[Right] = &[Right::Read, Right::Describe];
const WRITE: &[Right] = &[Right::Write, Right::Describe];
const READ_WRITE: &[Right] = &[Right::Read, Right::Write, Right::Describe];
/// How something is set. The brokers mask what is secret.
const LOOK: &[Right] = &[Right::DescribeConfigs];

/// What a role needs under a configuration. `user` names the groups of roles that read with clients of their own.
pub fn grants(role: Role, config: &Config, user: &str) -> Vec<Grant> {
    let (outputs, group) = (&config.outputs, &config.kafka.group);
    let reader = |topic: &str| vec![topics([topic], READ), Grant::new(On::Group { name: user.to_owned(), prefixed: true }, READ)];
    let group_itself = |rights| Grant::new(On::Group { name: group.clone(), prefixed: false }, rights);
    let transactions = |prefix: String| Grant::new(On::TransactionalIds(prefix), WRITE);
    // What `check --brokers` needs: `helm test` runs it as the service, and would have to pass by what it may not look at.
    let look = vec![topics(of(config).iter().map(|topic| topic.name), LOOK), Grant::new(On::Cluster, LOOK)];
    let grants = match role {
        Role::Service => vec![
            topics(config.topics(), READ),
            topics(of(config).iter().filter(|topic| is_only_written(topic)).map(|topic| topic.name), WRITE),
            // It reads back what it told, to know which holds are open and what was found before.
            topics([outputs.referrals.as_str(), outputs.assessments.as_str()], READ_WRITE),
            topics(config.bundle.topic.as_deref(), READ),
            group_itself(READ),
            // Clients that join no group still ask for one's coordinator.
            Grant::new(On::Group { name: format!("{group}-"), prefixed: true }, &[Right::Describe]),
            transactions(config.kafka.transactional_id.clone().unwrap_or_else(|| format!("{group}-"))),
        ],
        Role::Terminal => [vec![topics(written_by(config, Writer::Terminals), WRITE)], reader(&outputs.referrals)].concat(),
        // A team also says what it found.
        Role::AviationSecurity => [vec![outcomes(config)], reader(&outputs.alerts_aviation_security)].concat(),
        Role::Customs => [vec![outcomes(config)], reader(&outputs.alerts_customs)].concat(),
        Role::Auditor => reader(&outputs.assessments),
        Role::Operator => vec![
            topics(of(config).iter().map(|topic| topic.name), &[Right::Describe]),
            // To send dead letters again.
            topics(config.topics().into_iter().chain([outputs.dead_letters.as_str()]), READ_WRITE),
            transactions(format!("{group}-redrive")),
            group_itself(&[Right::Describe]),
        ],
    };
    let looks = if matches!(role, Role::Service | Role::Operator) { look } else { Vec::new() };
    // Nothing configured, nothing granted.
    grants.into_iter().chain(looks).filter(|grant| grant.on != On::Topics(Vec::new())).collect()
}

fn topics<'a>(names: impl IntoIterator<Item = &'a str>, rights: &'static [Right]) -> Grant {
    Grant::new(On::Topics(names.into_iter().map(str::to_owned).collect()), rights)
}

fn written_by(config: &Config, writer: Writer) -> impl Iterator<Item = &str> {
    config.input.iter().filter(move |input| input.writer == writer).map(|input| input.topic.as_str())
}

fn outcomes(config: &Config) -> Grant {
    topics(written_by(config, Writer::Teams), WRITE)
}

fn is_only_written(topic: &Topic<'_>) -> bool {
    !matches!(topic.role, TopicRole::Input | TopicRole::Referrals | TopicRole::Assessments | TopicRole::Bundles)
}

impl Grant {
    fn new(on: On, rights: &[Right]) -> Self {
        Self { on, rights: rights.to_vec() }
    }

    /// The command that grants it.
    pub fn command(&self, config: &Config, principal: &str) -> String {
        let resource = match &self.on {
            On::Topics(names) => names.iter().map(|name| format!("--topic {name}")).collect::<Vec<_>>().join(" "),
            On::Group { name, prefixed: false } => format!("--group {name}"),
            On::Group { name, prefixed: true } => format!("--group {name} --resource-pattern-type prefixed"),
            On::TransactionalIds(prefix) => format!("--transactional-id {prefix} --resource-pattern-type prefixed"),
            On::Cluster => "--cluster".to_owned(),
        };
        let operations: Vec<String> = self.rights.iter().map(|right| format!("--operation {}", right.as_str())).collect();
        let arguments = format!("--add --allow-principal {principal} {} {resource}", operations.join(" "));
        tools::line(config, "kafka-acls.sh", &arguments)
    }
}

impl Right {
    /// As Kafka's tools name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Right::Read => "Read",
            Right::Write => "Write",
            Right::Describe => "Describe",
            Right::DescribeConfigs => "DescribeConfigs",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topics(role: Role, right: Right) -> Vec<String> {
        let grants = grants(role, &Config::default(), "someone").into_iter().filter(|grant| grant.rights.contains(&right));
        grants.flat_map(|grant| if let On::Topics(names) = grant.on { names } else { Vec::new() }).collect()
    }

    #[test]
    fn a_terminal_reads_no_reasons_and_writes_messages_alone() {
        assert_eq!(topics(Role::Terminal, Right::Read), ["cargo.referrals"]);
        assert_eq!(topics(Role::Terminal, Right::Write), ["cargo.messages"]);
    }

    #[test]
    fn each_team_reads_its_own_alerts_and_writes_outcomes_alone() {
        assert_eq!(topics(Role::AviationSecurity, Right::Read), ["cargo.alerts.security"]);
        assert_eq!(topics(Role::Customs, Right::Read), ["cargo.alerts.customs"]);
        assert_eq!(topics(Role::AviationSecurity, Right::Write), ["cargo.outcomes"]);
        assert_eq!(topics(Role::Customs, Right::Write), ["cargo.outcomes"]);
        assert!(topics(Role::Auditor, Right::Write).is_empty());
    }

    #[test]
    fn an_operator_reads_no_alerts() {
        assert_eq!(topics(Role::Operator, Right::Read), ["cargo.messages", "cargo.outcomes", "cargo.dead-letters"]);
    }

    #[test]
    fn whoever_checks_the_brokers_may_look_at_every_topic_and_at_the_brokers_and_nobody_else_may() {
        for role in [Role::Service, Role::Operator] {
            let grants = grants(role, &Config::default(), "someone");
            assert!(grants.contains(&Grant::new(On::Cluster, LOOK)), "{role:?}");
            assert_eq!(topics(role, Right::DescribeConfigs).len(), of(&Config::default()).len(), "{role:?}");
        }
        for role in [Role::Terminal, Role::AviationSecurity, Role::Customs, Role::Auditor] {
            assert!(topics(role, Right::DescribeConfigs).is_empty(), "{role:?}");
        }
    }

    #[test]
    fn a_grant_is_a_command_of_kafkas_tool() {
        let grant = Grant::new(On::TransactionalIds("loadgate-".into()), WRITE);
        assert_eq!(
            grant.command(&Config::default(), "User:loadgate"),
            "kafka-acls.sh --bootstrap-server localhost:9092 --add --allow-principal User:loadgate --operation Write \
             --operation Describe --transactional-id loadgate- --resource-pattern-type prefixed"
        );
    }
}

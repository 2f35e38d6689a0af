//! Asks the brokers whether everything is as it has to be. Each finding says how to mend it; what could not be looked at is a finding
//! too, since it may be anything.

mod faults;
mod rights;

use clap::ValueEnum;
use rdkafka::admin::ResourceSpecifier;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::metadata::{Metadata, MetadataTopic};

use super::topics::{self, Topic};
use super::{Brokers, acls, tools};
use crate::config::Config;
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

/// Whose credentials the configuration holds: whose rights are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Examiner {
    /// The replicas.
    Service,
    /// Whoever looks after them.
    Operator,
}

impl Examiner {
    fn role(self) -> acls::Role {
        match self {
            Examiner::Service => acls::Role::Service,
            Examiner::Operator => acls::Role::Operator,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Examiner::Service => "service",
            Examiner::Operator => "operator",
        }
    }
}

/// Looks at topics, limits of the brokers, and rights. `Err` when they cannot be reached.
pub fn examine(config: &Config, settings: &Settings, examiner: Examiner) -> KafkaResult<Vec<Finding>> {
    let brokers = Brokers::connect(&settings.connection)?;
    let metadata = brokers.metadata()?;
    let mut examination = Examination { config, examiner, brokers: &brokers, metadata: &metadata, findings: Vec::new() };
    for topic in topics::of(config) {
        examination.topic(topic);
    }
    examination.limits();
    examination.rights();
    examination.transactions(settings);
    Ok(examination.findings)
}

struct Examination<'a> {
    config: &'a Config,
    examiner: Examiner,
    brokers: &'a Brokers,
    metadata: &'a Metadata,
    findings: Vec<Finding>,
}

impl Examination<'_> {
    /// Brokers that are alike have the same faults: each is told once.
    fn found(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
    }

    fn fault(&mut self, what: String, fix: String) {
        self.found([Finding::Fault { what, fix }]);
    }

    fn unchecked(&mut self, what: String, error: &KafkaError) {
        let why = if is_denied(error) {
            let (role, principal) = (self.examiner.as_str(), tools::principal(self.config));
            format!("this user may not look: run what `loadgate acls --role {role} --principal {principal}` prints")
        } else {
            error.to_string()
        };
        self.found([Finding::Unchecked { what, why }]);
    }

    fn topic(&mut self, topic: Topic<'_>) {
        let Topic { name, role } = topic;
        let Some(found) = self.existing(name) else {
            return self.fault(
                format!("topic {name} does not exist, or this user may not see it"),
                "loadgate topics --create, or loadgate acls".into(),
            );
        };
        let partitions: Vec<(i32, &[i32])> =
            found.partitions().iter().map(|partition| (partition.id(), partition.replicas())).collect();
        let brokers: Vec<i32> = self.metadata.brokers().iter().map(|broker| broker.id()).collect();
        self.found(faults::of_replicas(self.config, name, &partitions, &brokers));
        match self.brokers.settings(&ResourceSpecifier::Topic(name)) {
            Ok(settings) => {
                let value = |name: &str| settings.get(name).and_then(|entry| entry.value.clone()).unwrap_or_default();
                self.found(faults::of_settings(self.config, topic, value, topics::replicas(brokers.len())));
            }
            Err(error) => self.unchecked(format!("settings of topic {name} ({role:?})"), &error),
        }
    }

    fn existing(&self, topic: &str) -> Option<&MetadataTopic> {
        self.metadata.topics().iter().find(|found| found.name() == topic && !found.partitions().is_empty())
    }

    /// What the brokers allow, against what this configuration asks of them.
    fn limits(&mut self) {
        let brokers = self.metadata.brokers();
        for broker in brokers.iter().map(|broker| broker.id()) {
            match self.brokers.settings(&ResourceSpecifier::Broker(broker)) {
                Ok(settings) => {
                    let number = |name: &str| settings.get(name)?.value.as_deref()?.parse::<i64>().ok();
                    let exists = |topic: &str| self.existing(topic).is_some();
                    let durability = faults::of_durability(brokers.len(), number, exists);
                    self.found(faults::untold(number).into_iter().chain(durability));
                    self.found(faults::of_limits(&self.config.kafka, number));
                }
                Err(error) => self.unchecked("limits of the brokers".to_owned(), &error),
            }
        }
    }
}

fn is_denied(error: &KafkaError) -> bool {
    matches!(
        code(error),
        Some(
            RDKafkaErrorCode::TopicAuthorizationFailed
                | RDKafkaErrorCode::ClusterAuthorizationFailed
                | RDKafkaErrorCode::GroupAuthorizationFailed
        )
    )
}

/// The wrapper does not tell the code of an administrative request.
fn code(error: &KafkaError) -> Option<RDKafkaErrorCode> {
    match error {
        KafkaError::AdminOp(code) => Some(*code),
        error => error.rdkafka_error_code(),
    }
}

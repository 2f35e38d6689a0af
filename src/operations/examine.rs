//! Asks the brokers whether everything is as the service needs it. Each finding says how to mend it.

use rdkafka::admin::{ConfigResource, ResourceSpecifier};
use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::metadata::Metadata;
use rdkafka::producer::{BaseProducer, Producer};

use super::acls::{self, On};
use super::topics::{self, Topic};
use super::{Brokers, PATIENCE};
use crate::config::Config;
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
            Ok(settings) => self.topic_settings(topic, &settings, wanted),
            Err(error) => self.unchecked(format!("settings of topic {name} ({role:?})"), &error),
        }
    }

    fn topic_settings(&mut self, Topic { name, role }: Topic<'_>, settings: &ConfigResource, replicas: i32) {
        let value = |setting: &str| settings.get(setting).and_then(|entry| entry.value.clone()).unwrap_or_default();
        let alter = |setting: &str, to: &str| {
            format!("kafka-configs.sh --alter --entity-type topics --entity-name {name} --add-config {setting}={to}")
        };
        for setting in role.settings() {
            let found = value(setting.name);
            if !setting.needed.is_met(&found) {
                self.fault(
                    format!("topic {name}: {} is {found}, needed is {}: {}", setting.name, setting.needed, setting.why),
                    alter(setting.name, setting.created),
                );
            }
        }
        let (in_sync, wanted) = (value("min.insync.replicas"), topics::in_sync_replicas(replicas));
        if in_sync.parse::<i32>().is_ok_and(|found| found < wanted) {
            self.fault(
                format!("topic {name}: min.insync.replicas is {in_sync}, needed is {wanted}: what is committed may be lost with a broker"),
                alter("min.insync.replicas", &wanted.to_string()),
            );
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
        let kafka = &self.config.kafka;
        let (session, transaction) = (kafka.session_timeout.as_millis() as i64, kafka.transaction_timeout.as_millis() as i64);
        let limits = [
            ("transaction.max.timeout.ms", "kafka.transaction_timeout", transaction, i64::MIN),
            ("group.max.session.timeout.ms", "kafka.session_timeout", session, i64::MIN),
            ("group.min.session.timeout.ms", "kafka.session_timeout", i64::MAX, session),
        ];
        for (limit, key, at_least, at_most) in limits {
            let Some(value) = number(limit) else { continue };
            if value < at_least && at_most == i64::MIN {
                self.fault(
                    format!("{key} ({at_least} ms) is above the brokers' {limit} ({value} ms)"),
                    format!("lower {key} to {value}ms, or raise {limit} in server.properties of every broker"),
                );
            } else if at_most != i64::MIN && value > at_most {
                self.fault(
                    format!("{key} ({at_most} ms) is below the brokers' {limit} ({value} ms)"),
                    format!("raise {key} to {value}ms, or lower {limit} in server.properties of every broker"),
                );
            }
        }
        self.durability(&number);
    }

    /// The topics in which the brokers keep transactions and positions.
    fn durability(&mut self, number: &impl Fn(&str) -> Option<i64>) {
        let wanted = i64::from(topics::replicas(self.metadata.brokers().len()));
        for name in ["transaction.state.log.replication.factor", "offsets.topic.replication.factor"] {
            if let Some(value) = number(name).filter(|value| *value < wanted) {
                self.fault(
                    format!("{name} is {value}, {wanted} is possible: with a lost broker, transactions or positions are lost"),
                    format!("set {name}={wanted} in server.properties of every broker, and reassign the internal topic"),
                );
            }
        }
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
                let needed = On::TransactionalIds(format!("{}-", settings.group));
                let grant = acls::Grant { on: needed, rights: &[Right::Write, Right::Describe] };
                self.fault(
                    format!("the service may not use transactional ids such as {id}"),
                    format!("kafka-acls.sh {}", grant.command("User:NAME")),
                );
            }
            // Said already, by the limits.
            Some(RDKafkaErrorCode::InvalidTransactionTimeout) => {}
            _ => self.unchecked(format!("transactions under the id {id}"), &error),
        }
    }
}

/// The wrapper does not tell the code of an administrative request.
fn code(error: &KafkaError) -> Option<RDKafkaErrorCode> {
    match error {
        KafkaError::AdminOp(code) => Some(*code),
        error => error.rdkafka_error_code(),
    }
}

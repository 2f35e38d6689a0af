//! What whoever runs this may do with topics, groups and transactions, against what its role needs.

use std::collections::BTreeMap;

use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaResult, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, Producer};

use super::super::PATIENCE;
use super::super::acls::{self, Grant, On};
use super::super::tools;
use super::{Examination, code, is_denied};
use crate::kafka::{Resource, Right};
use crate::service::Settings;

impl Examination<'_> {
    pub(super) fn rights(&mut self) {
        for (on, rights) in by_resource(self.grants()) {
            let needed = Grant { on: on.clone(), rights };
            match &on {
                On::Topics(names) => names.iter().for_each(|name| self.rights_on(Resource::Topic(name), &needed)),
                On::Group { name, prefixed: false } => self.rights_on(Resource::Group(name), &needed),
                // Nobody tells; `transactions` tries, and so do the looks at settings and limits.
                On::Group { .. } | On::TransactionalIds(_) | On::Cluster => {}
            }
        }
    }

    fn rights_on(&mut self, resource: Resource<'_>, needed: &Grant) {
        let name = match resource {
            Resource::Topic(name) => format!("topic {name}"),
            Resource::Group(name) => format!("group {name}"),
        };
        let rights = match self.brokers.rights(resource) {
            Ok(rights) => rights,
            // Said already, as a topic that does not exist.
            Err(error) if code(&error) == Some(RDKafkaErrorCode::UnknownTopicOrPartition) => return,
            Err(error) if is_denied(&error) => Vec::new(),
            Err(error) => return self.unchecked(format!("rights on {name}"), &error),
        };
        // Without the right to look nothing fails but the look, which says so.
        let needs = |right: &&Right| **right != Right::DescribeConfigs && !rights.contains(right);
        let missing: Vec<&str> = needed.rights.iter().filter(needs).map(|right| right.as_str()).collect();
        if !missing.is_empty() {
            let what = format!("{name}: the {} needs the right to {}", self.examiner.as_str(), missing.join(", "));
            self.fault(what, self.command(needed));
        }
    }

    /// Opens a transaction's coordinator under an id of its own: neither a replica nor a redrive is fenced.
    pub(super) fn transactions(&mut self, settings: &Settings) {
        for grant in self.grants() {
            let On::TransactionalIds(prefix) = &grant.on else { continue };
            let id = format!("{}-check", prefix.trim_end_matches('-'));
            let Err(error) = open(settings, &id) else { continue };
            match code(&error) {
                Some(RDKafkaErrorCode::TransactionalIdAuthorizationFailed) => {
                    let what = format!("the {} may not use transactional ids such as {id}", self.examiner.as_str());
                    self.fault(what, self.command(&grant));
                }
                Some(RDKafkaErrorCode::InvalidTransactionTimeout) => self.transaction_timeout(),
                _ => {
                    let look = tools::line(self.config, "kafka-topics.sh", "--describe --topic __transaction_state");
                    let fix = format!("{look}  # is it there, and has each partition a leader? The brokers' logs tell why not");
                    self.fault(format!("no transaction can be opened under an id such as {id}: {error}"), fix);
                }
            }
        }
    }

    /// The limits have it said already, if they could be looked at.
    fn transaction_timeout(&mut self) {
        let limit = "transaction.max.timeout.ms";
        if !self.findings.iter().any(|finding| finding.to_string().contains(limit)) {
            let what = format!("kafka.transaction_timeout is above the brokers' {limit}");
            self.fault(what, format!("lower kafka.transaction_timeout, or raise {limit} in server.properties of every broker"));
        }
    }

    fn grants(&self) -> Vec<Grant> {
        acls::grants(self.examiner.role(), self.config, "")
    }

    fn command(&self, needed: &Grant) -> String {
        needed.command(self.config, &tools::principal(self.config))
    }
}

fn open(settings: &Settings, id: &str) -> KafkaResult<()> {
    let timeout = settings.transaction_timeout.as_millis().to_string();
    let mut config: ClientConfig = settings.connection.client("check");
    config.set("transactional.id", id).set("transaction.timeout.ms", &timeout).set("message.timeout.ms", &timeout);
    config.create::<BaseProducer>()?.init_transactions(PATIENCE)
}

/// All that is needed on each topic and everything else, so that each is asked about once.
fn by_resource(grants: Vec<Grant>) -> BTreeMap<On, Vec<Right>> {
    let mut needed: BTreeMap<On, Vec<Right>> = BTreeMap::new();
    for Grant { on, rights } in grants {
        let each = match on {
            On::Topics(names) => names.into_iter().map(|name| On::Topics(vec![name])).collect(),
            other => vec![other],
        };
        for on in each {
            let known = needed.entry(on).or_default();
            known.extend(rights.iter().copied());
            known.sort_unstable();
            known.dedup();
        }
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn what_several_grants_give_on_a_topic_is_asked_for_together() {
        let needed = by_resource(acls::grants(acls::Role::Operator, &Config::default(), ""));
        let letters = &needed[&On::Topics(vec!["cargo.dead-letters".into()])];
        assert_eq!(letters, &[Right::Read, Right::Write, Right::Describe, Right::DescribeConfigs]);
        assert_eq!(needed[&On::Topics(vec!["cargo.referrals".into()])], [Right::Describe, Right::DescribeConfigs]);
    }
}

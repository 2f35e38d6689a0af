//! Brokers: librdkafka's embedded one, or a real Kafka with topics of the demonstration's own.
//!
//! The embedded broker lives in this process's memory and only acts as if it had transactions: it shows aborted records and
//! fences nobody, so exactly-once is simulated there, and shown on a real Kafka only. It keeps 5 MB or 100,000 records a
//! partition and drops the oldest unread or not; the terminals therefore never have more than a part of that under way.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

use super::DemoError;

/// The topics of a demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topics {
    pub messages: String,
    pub assessments: String,
    pub referrals: String,
    pub alerts_aviation_security: String,
    pub alerts_customs: String,
    pub dead_letters: String,
    /// Of each topic.
    pub partitions: i32,
}

impl Topics {
    pub fn new(prefix: &str, partitions: i32) -> Self {
        let name = |topic: &str| format!("{prefix}.{topic}");
        Self {
            messages: name("messages"),
            assessments: name("assessments"),
            referrals: name("referrals"),
            alerts_aviation_security: name("alerts.aviation-security"),
            alerts_customs: name("alerts.customs"),
            dead_letters: name("dead-letters"),
            partitions,
        }
    }

    /// What the service publishes to, with the number of partitions.
    pub fn outputs(&self) -> impl Iterator<Item = (&str, i32)> {
        let names =
            [&self.assessments, &self.referrals, &self.alerts_aviation_security, &self.alerts_customs, &self.dead_letters];
        names.into_iter().map(|name| (name.as_str(), self.partitions))
    }

    pub fn all(&self) -> impl Iterator<Item = (&str, i32)> {
        self.outputs().chain([(self.messages.as_str(), self.partitions)])
    }
}

/// Where the demonstration runs; an embedded broker ends with this value.
pub enum Broker {
    Embedded { cluster: Box<MockCluster<'static, DefaultProducerContext>> },
    Real { brokers: String },
}

impl Broker {
    pub fn embedded() -> Result<Self, DemoError> {
        Ok(Self::Embedded { cluster: Box::new(MockCluster::new(1)?) })
    }

    pub fn bootstrap_servers(&self) -> String {
        match self {
            Broker::Embedded { cluster } => cluster.bootstrap_servers(),
            Broker::Real { brokers } => brokers.clone(),
        }
    }

    pub fn create(&self, topics: &Topics) -> Result<(), DemoError> {
        match self {
            Broker::Embedded { cluster } => {
                for (topic, partitions) in topics.all() {
                    cluster.create_topic(topic, partitions, 1)?;
                }
                Ok(())
            }
            Broker::Real { brokers } => create_topics(brokers, topics),
        }
    }

    /// Bytes that may be under way in a partition.
    pub fn bytes_under_way_max(&self) -> usize {
        match self {
            // Two fifths of what the broker keeps; the producer's queue may add another two.
            Broker::Embedded { .. } => 2 << 20,
            Broker::Real { .. } => 64 << 20,
        }
    }
}

fn create_topics(brokers: &str, topics: &Topics) -> Result<(), DemoError> {
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new().set("bootstrap.servers", brokers).create()?;
    let new: Vec<_> =
        topics.all().map(|(topic, partitions)| NewTopic::new(topic, partitions, TopicReplication::Fixed(-1))).collect();
    let options = AdminOptions::new().operation_timeout(Some(Duration::from_secs(20)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let results = runtime.block_on(admin.create_topics(&new, &options))?;
    match results.into_iter().find_map(Result::err) {
        Some((topic, code)) => Err(DemoError::Topic { topic, code }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_broker_has_the_topics_with_their_partitions() {
        use rdkafka::consumer::{BaseConsumer, Consumer};
        let broker = Broker::embedded().unwrap();
        let topics = Topics::new("cargo", 3);
        broker.create(&topics).unwrap();
        let consumer: BaseConsumer = ClientConfig::new().set("bootstrap.servers", broker.bootstrap_servers()).create().unwrap();
        let metadata = consumer.fetch_metadata(Some(&topics.messages), Duration::from_secs(10)).unwrap();
        assert_eq!(metadata.topics()[0].partitions().len(), 3);
        assert_eq!(topics.all().count(), 6);
    }
}

//! What the source and the sink share of Kafka: how to connect, what a client reports, how errors are sorted.

mod context;
mod leaders;
mod native;
mod triage;

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::KafkaResult;

pub use context::{ClientContext, Listener, Unheard};
pub use native::{Resource, Right, create_partition_objects, first_metadata, is_member, permitted};
pub use triage::{Triage, triage};

/// How to reach the cluster. Properties are librdkafka's own names (TLS, SASL and tuning); ours come after and win.
#[derive(Clone)]
pub struct Connection {
    pub brokers: String,
    /// May hold secrets: never logged.
    pub properties: Vec<(String, String)>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.properties.iter().map(|(name, _)| name).collect();
        f.debug_struct("Connection").field("brokers", &self.brokers).field("properties", &names).finish()
    }
}

impl Connection {
    /// A client configuration that names the cluster and this client's role (`client.id`).
    pub fn client(&self, role: &str) -> ClientConfig {
        let mut config = ClientConfig::new();
        // librdkafka's own 10 s would lengthen every restart of a broker by as much.
        config.set("reconnect.backoff.max.ms", "1000");
        for (name, value) in &self.properties {
            config.set(name, value);
        }
        config.set("bootstrap.servers", &self.brokers).set("client.id", format!("loadgate-{role}"));
        config
    }

    /// A consumer that only ever sees committed records, never commits by itself, and answers quickly on idle topics.
    pub fn consumer(&self, role: &str, group: &str) -> ClientConfig {
        let mut config = self.client(role);
        config
            .set("group.id", group)
            .set("isolation.level", "read_committed")
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("enable.partition.eof", "false")
            .set("auto.offset.reset", "earliest")
            .set("allow.auto.create.topics", "false");
        config
    }
}

/// Waits that librdkafka is given for a call; after that the client is rebuilt rather than trusted (pitfalls 2, 5 and 6 of
/// transactions with librdkafka: an unknown outcome is never continued).
pub const CALL_TIMEOUT: Duration = Duration::from_secs(5);

/// The longest that a call waits which is repeated while librdkafka allows it: three timeouts, and the last try.
pub const CALL_MAX: Duration =
    Duration::from_secs(3 * CALL_TIMEOUT.as_secs() + CALL_TIMEOUT.as_secs() + SOCKET_TIMEOUT.as_secs());

/// `statistics.interval.ms` of the clients of which no more is asked than whether a broker answers them.
pub const STATISTICS_EVERY_MS: &str = "2000";

/// `socket.timeout.ms` of a transactional producer: API timeouts are not honoured while a request is in flight, so it is the
/// socket's that bounds a call.
pub const SOCKET_TIMEOUT: Duration = Duration::from_secs(2);

/// The numbers of a topic's partitions; none when there is no such topic.
pub fn partitions<C: ConsumerContext>(consumer: &BaseConsumer<C>, topic: &str, timeout: Duration) -> KafkaResult<Vec<i32>> {
    let metadata = consumer.fetch_metadata(Some(topic), timeout)?;
    Ok(metadata.topics().iter().flat_map(|topic| topic.partitions()).map(|partition| partition.id()).collect())
}

/// First offset that a partition keeps and the one after its last.
///
/// librdkafka asks the leader that it remembers and, when nobody answered in time, remembers the same one: a consumer that fetches
/// nothing would ask a lost broker for ever. So the leaders are looked up after a failure, for whoever asks again.
pub fn watermarks<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    topic: &str,
    partition: i32,
    timeout: Duration,
) -> KafkaResult<(i64, i64)> {
    consumer.fetch_watermarks(topic, partition, timeout).inspect_err(|_| {
        let _ = consumer.fetch_metadata(Some(topic), timeout);
    })
}

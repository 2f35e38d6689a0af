//! Real Apache Kafka: one broker for all tests of the binary, or a cluster of a test's own that it may kill.
//!
//! `LOADGATE_TEST_BROKERS` names a running cluster for the tests that share one; a test that stops brokers starts its own.

mod broker;
mod jars;
pub mod secured;

use std::collections::HashSet;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::consumer::{BaseConsumer, Consumer};
use tempfile::TempDir;

use super::{eventually, free_port, target_dir};
use broker::{Broker, Ports};

const START_DEADLINE: Duration = Duration::from_secs(90);
const TOPIC_DEADLINE: Duration = Duration::from_secs(30);

pub struct Cluster {
    /// Empty when the cluster is somebody else's.
    brokers: Vec<Broker>,
    bootstrap: String,
    /// Dropped after the brokers that write to it.
    _directory: Option<TempDir>,
}

/// The broker that all tests share. Never restarted: what one test does to it another would feel.
pub fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(|| external().unwrap_or_else(|| Cluster::start(1)))
}

/// The cluster that `LOADGATE_TEST_BROKERS` names.
pub fn external() -> Option<Cluster> {
    let bootstrap = std::env::var("LOADGATE_TEST_BROKERS").ok()?;
    Some(Cluster { brokers: Vec::new(), bootstrap, _directory: None })
}

impl Cluster {
    /// Starts 1 or 3 brokers on free ports; topics and transactions are replicated to all of them.
    pub fn start(count: usize) -> Self {
        Self::started(count, None, "")
    }

    /// As [`Cluster::start`], with further lines of `server.properties`, which win.
    pub fn start_with(count: usize, further: &str) -> Self {
        Self::started(count, None, further)
    }

    fn started(count: usize, security: Option<&secured::Security>, further: &str) -> Self {
        let lib = jars::fetched();
        let directory =
            tempfile::Builder::new().prefix("kafka-").tempdir_in(target_dir().join("tmp")).expect("target/tmp is writable");
        let ports: Vec<Ports> = (0..count).map(|_| Ports { client: free_port(), controller: free_port() }).collect();
        let brokers: Vec<Broker> =
            (0..count).map(|index| Broker::format(&lib, directory.path(), &ports, index, (security, further))).collect();
        let bootstrap = ports.iter().map(|ports| format!("127.0.0.1:{}", ports.client)).collect::<Vec<_>>().join(",");
        let mut cluster = Self { brokers, bootstrap, _directory: Some(directory) };
        for broker in &mut cluster.brokers {
            broker.start();
        }
        cluster.wait_until_up();
        cluster
    }

    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// Number of brokers that a test may kill.
    pub fn mortal_brokers(&self) -> usize {
        self.brokers.len()
    }

    /// kill -9: what the broker had not written to disk survives in the page cache alone.
    pub fn kill(&mut self, index: usize) {
        self.brokers[index].kill();
    }

    /// Starts a killed broker again over the same log directory. Does not wait.
    pub fn start_again(&mut self, index: usize) {
        self.brokers[index].start();
    }

    /// Waits until every broker answers for itself and all know of each other.
    pub fn wait_until_up(&mut self) {
        let consumer: BaseConsumer = self.client().create().expect("a client of fixed settings can be created");
        let expected = self.brokers.len().max(1);
        eventually("Kafka is up", START_DEADLINE, || {
            self.brokers.iter_mut().for_each(Broker::assert_running);
            let metadata = consumer.fetch_metadata(None, Duration::from_millis(500)).ok()?;
            (metadata.brokers().len() >= expected).then_some(())
        });
    }

    /// Settings of a client of this cluster, to be added to.
    pub fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.bootstrap).set("reconnect.backoff.max.ms", "500");
        config.set_log_level(rdkafka::config::RDKafkaLogLevel::Critical);
        config
    }

    /// Creates a topic whose name starts with `stem` and is used by no other test, and waits until its partitions have leaders.
    pub fn topic(&self, stem: &str, partitions: i32) -> String {
        self.topic_with(stem, partitions, &[])
    }

    /// As [`Cluster::topic`], with settings of its own.
    pub fn topic_with(&self, stem: &str, partitions: i32, settings: &[(&str, &str)]) -> String {
        let name = unique(stem);
        let replicas = self.brokers.len().max(1) as i32;
        let admin: AdminClient<_> = self.client().create().expect("a client of fixed settings can be created");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
        eventually(&format!("topic {name} is created"), TOPIC_DEADLINE, || {
            let topic = NewTopic::new(&name, partitions, TopicReplication::Fixed(replicas));
            let topic = settings.iter().fold(topic, |topic, (key, value)| topic.set(key, value));
            let results = runtime.block_on(admin.create_topics(&[topic], &AdminOptions::new())).ok()?;
            let created = |result: &Result<String, (String, rdkafka::types::RDKafkaErrorCode)>| match result {
                Ok(_) => true,
                Err((_, code)) => *code == rdkafka::types::RDKafkaErrorCode::TopicAlreadyExists,
            };
            results.iter().all(created).then_some(())
        });
        self.wait_for_leaders(&name, partitions);
        name
    }

    fn wait_for_leaders(&self, topic: &str, partitions: i32) {
        let consumer: BaseConsumer = self.client().create().expect("a client of fixed settings can be created");
        eventually(&format!("topic {topic} has leaders"), TOPIC_DEADLINE, || {
            let metadata = consumer.fetch_metadata(Some(topic), Duration::from_secs(1)).ok()?;
            let led: HashSet<i32> =
                metadata.topics().first()?.partitions().iter().filter(|one| one.leader() >= 0).map(|one| one.id()).collect();
            (led.len() == partitions as usize).then_some(())
        });
    }
}

/// A name of this process and call alone, also on a cluster that earlier runs used.
pub fn unique(stem: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let since_epoch = std::time::UNIX_EPOCH.elapsed().expect("the clock is past 1970");
    format!("{stem}-{}-{}-{}", since_epoch.as_millis(), std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

//! What operators ask of the brokers: topics as they should be, limits, rights, lag, and dead letters sent again.
//!
//! Nothing here runs in the service; each is behind a command of `cli`.

pub mod acls;
pub mod dead_letters;
pub mod examine;
pub mod lag;
pub mod log;
pub mod redrive;
pub mod tools;
pub mod topics;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, ConfigResource, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::{ClientContext, DefaultClientContext};
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::metadata::Metadata;

use crate::kafka::{Connection, Resource, Right, permitted};

/// How long an operator waits for one answer.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// An administrative connection.
pub struct Brokers {
    admin: AdminClient<DefaultClientContext>,
    consumer: BaseConsumer<Witness>,
    runtime: tokio::runtime::Runtime,
}

impl Brokers {
    pub fn connect(connection: &Connection) -> KafkaResult<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.map_err(|_| KafkaError::AdminOp(RDKafkaErrorCode::Fail))?;
        let config = connection.client("operator");
        Ok(Self { admin: config.create()?, consumer: config.create_with_context(Witness::default())?, runtime })
    }

    /// Brokers, and the topics that may be seen.
    pub fn metadata(&self) -> KafkaResult<Metadata> {
        metadata(&self.consumer, None)
    }

    /// Creates a topic; one that is there already is left as it is.
    pub fn create_topic(&self, name: &str, partitions: i32, replicas: i32, settings: &[(&str, String)]) -> KafkaResult<()> {
        let mut topic = NewTopic::new(name, partitions, TopicReplication::Fixed(replicas));
        for (key, value) in settings {
            topic = topic.set(key, value);
        }
        for created in self.runtime.block_on(self.admin.create_topics([&topic], &options()))? {
            match created {
                Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
                Err((_, code)) => return Err(KafkaError::AdminOp(code)),
            }
        }
        Ok(())
    }

    /// The effective settings of a topic or a broker. Needs the right to describe its configuration.
    pub fn settings(&self, of: &ResourceSpecifier<'_>) -> KafkaResult<ConfigResource> {
        let described = self.runtime.block_on(self.admin.describe_configs([of], &options()))?;
        match described.into_iter().next() {
            // A refusal comes without an error of its own.
            Some(Ok(resource)) if resource.entries.is_empty() => {
                Err(KafkaError::AdminOp(RDKafkaErrorCode::ClusterAuthorizationFailed))
            }
            Some(Ok(resource)) => Ok(resource),
            Some(Err(code)) => Err(KafkaError::AdminOp(code)),
            None => Err(KafkaError::AdminOp(RDKafkaErrorCode::Fail)),
        }
    }

    /// What this user may do with a topic or a group. A group's coordinator that is only just being made is waited for.
    pub fn rights(&self, on: Resource<'_>) -> KafkaResult<Vec<Right>> {
        let since = Instant::now();
        loop {
            match permitted(self.admin.inner(), on, PATIENCE) {
                Err(KafkaError::AdminOp(code)) if passes(code) && since.elapsed() < PATIENCE => {
                    // Nothing is assigned: this only waits.
                    self.consumer.poll(Duration::from_millis(200));
                }
                told => return told,
            }
        }
    }
}

/// True of what a coordinator answers while it moves.
fn passes(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode::{CoordinatorLoadInProgress, CoordinatorNotAvailable, NotCoordinator};
    matches!(code, CoordinatorLoadInProgress | CoordinatorNotAvailable | NotCoordinator)
}

/// Brokers and topics; `topic` alone if one is given.
fn metadata(consumer: &BaseConsumer<Witness>, topic: Option<&str>) -> KafkaResult<Metadata> {
    consumer.fetch_metadata(topic, PATIENCE).inspect_err(|_| {
        // The reason waits in the client's queue, and only polling hands it over.
        for _ in 0..5 {
            let _ = consumer.poll(Duration::from_millis(20));
        }
    })
}

/// Tells on standard error why a broker cannot be reached, once each time that the reason changes: what a call returns says only
/// that it could not.
#[derive(Default)]
pub struct Witness {
    told: Mutex<String>,
    /// What a connection says while it is closed is no fault, though it may read like one.
    closing: AtomicBool,
}

impl ClientContext for Witness {
    fn error(&self, error: KafkaError, reason: &str) {
        let general =
            matches!(error.rdkafka_error_code(), Some(RDKafkaErrorCode::AllBrokersDown | RDKafkaErrorCode::PartitionEOF));
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !general && !self.closing.load(Ordering::Relaxed) && *told != reason {
            eprintln!("loadgate: {reason}");
            told.clear();
            told.push_str(reason);
        }
    }
}

impl ConsumerContext for Witness {}

/// Nothing more is told of this consumer.
fn hush(consumer: &BaseConsumer<Witness>) {
    consumer.client().context().closing.store(true, Ordering::Relaxed);
}

impl Drop for Brokers {
    fn drop(&mut self) {
        hush(&self.consumer);
    }
}

fn options() -> AdminOptions {
    AdminOptions::new().request_timeout(Some(PATIENCE)).operation_timeout(Some(PATIENCE))
}

//! Which partitions the consumer group gives to this replica.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, ConsumerGroupMetadata, Rebalance};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::statistics::Statistics;
use rdkafka::topic_partition_list::TopicPartitionList;

use super::{Input, Partition};
use crate::kafka::{self, Connection, Listener};
use crate::metrics::labels;

/// What the group changed, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Gained(Vec<Partition>),
    /// `lost`: the group took them without asking (session expired, fenced); whatever is under way for them must be aborted.
    Gone {
        partitions: Vec<Partition>,
        lost: bool,
    },
}

/// A group member that owns partitions and never fetches a record from them.
pub struct Ownership {
    consumer: Arc<BaseConsumer<Context>>,
    /// The topics that the group shares out.
    shared: Vec<String>,
    stray_records: u64,
}

impl Ownership {
    /// Connects; joins the group only with [`Ownership::join`].
    pub fn connect(
        connection: &Connection,
        group: &str,
        session_timeout: Duration,
        inputs: &[Input],
        listener: Arc<dyn Listener>,
    ) -> KafkaResult<Self> {
        let topics: Vec<String> = inputs.iter().map(|input| input.topic.clone()).collect();
        let shared = inputs.iter().filter(|input| input.is_screened()).map(|input| input.topic.clone()).collect();
        let mut config = connection.consumer("owner", group);
        config
            // Partitions nobody lost keep committing through a rebalance.
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("session.timeout.ms", session_timeout.as_millis().to_string())
            .set("heartbeat.interval.ms", (session_timeout / 6).as_millis().max(100).to_string())
            // Well above the longest pause of the publishing loop: a stopped process is the session timeout's business.
            .set("max.poll.interval.ms", Duration::from_secs(300).max(session_timeout * 2).as_millis().to_string())
            .set("queued.min.messages", "1")
            .set("statistics.interval.ms", kafka::STATISTICS_EVERY_MS);
        let context = Context { listener, topics, changes: Mutex::default() };
        Ok(Self { consumer: Arc::new(config.create_with_context(context)?), shared, stray_records: 0 })
    }

    pub fn join(&self) -> KafkaResult<()> {
        self.consumer.subscribe(&self.shared.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Lets the group speak, at most for `timeout`, and returns what it changed.
    pub fn poll(&mut self, timeout: Duration) -> Vec<Change> {
        match self.consumer.poll(timeout) {
            // Everything is paused, so a record here is a defect; it is counted and dropped, the reader has it too.
            Some(Ok(_)) => self.stray_records += 1,
            Some(Err(error)) => tracing::debug!(%error, "owner poll"),
            None => {}
        }
        std::mem::take(&mut *self.consumer.context().changes())
    }

    /// The group's metadata for committing positions in a transaction; `None` when this replica is not, or no longer safely, a member.
    ///
    /// The metadata is taken first and membership checked after, so that an eviction in between is noticed.
    pub fn metadata(&self) -> Option<ConsumerGroupMetadata> {
        let metadata = self.consumer.group_metadata()?;
        let changed = !self.consumer.context().changes().is_empty();
        (!changed && kafka::is_member(&self.consumer) && !self.consumer.assignment_lost()).then_some(metadata)
    }

    pub fn is_member(&self) -> bool {
        kafka::is_member(&self.consumer)
    }

    /// Records the owner delivered although it must not fetch.
    pub fn stray_records(&self) -> u64 {
        self.stray_records
    }

    /// The consumer, for asking the group's committed positions from another thread.
    pub(super) fn consumer(&self) -> Arc<BaseConsumer<Context>> {
        Arc::clone(&self.consumer)
    }

    /// Leaves the group, so that the others take over at once instead of after the session timeout.
    pub fn leave(mut self, deadline: Duration) {
        self.consumer.unsubscribe();
        let until = std::time::Instant::now() + deadline;
        while kafka::is_member(&self.consumer) && std::time::Instant::now() < until {
            self.poll(Duration::from_millis(20));
        }
    }
}

/// Notes what the group says and keeps the owner from fetching. It runs inside `poll`, never blocks, and holds no consumer.
pub(super) struct Context {
    listener: Arc<dyn Listener>,
    topics: Vec<String>,
    changes: Mutex<Vec<Change>>,
}

impl Context {
    fn changes(&self) -> MutexGuard<'_, Vec<Change>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn partitions(&self, list: &TopicPartitionList) -> Vec<Partition> {
        let index = |topic: &str| self.topics.iter().position(|known| known == topic);
        let elements = list.elements();
        let known = elements.iter().filter_map(|element| {
            let topic = u16::try_from(index(element.topic())?).ok()?;
            Some(Partition { topic, number: element.partition() })
        });
        known.collect()
    }
}

impl ClientContext for Context {
    fn error(&self, error: KafkaError, _reason: &str) {
        self.listener.error(labels::Client::Owner, &error);
    }

    fn stats(&self, statistics: Statistics) {
        self.listener.statistics(labels::Client::Owner, &statistics);
    }
}

impl ConsumerContext for Context {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(list) => {
                kafka::create_partition_objects(consumer, list);
                pause(consumer, list);
            }
            Rebalance::Revoke(list) => {
                let change = Change::Gone { partitions: self.partitions(list), lost: consumer.assignment_lost() };
                self.changes().push(change);
            }
            Rebalance::Error(error) => tracing::warn!(%error, "rebalance failed"),
        }
    }

    fn post_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if let Rebalance::Assign(list) = rebalance {
            pause(consumer, list);
            if list.count() > 0 {
                self.changes().push(Change::Gained(self.partitions(list)));
            }
        }
    }
}

fn pause(consumer: &BaseConsumer<Context>, list: &TopicPartitionList) {
    if let Err(error) = consumer.pause(list) {
        tracing::warn!(%error, "the owner could not pause its partitions");
    }
}

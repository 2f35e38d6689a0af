//! Whether all that the log held when this replica started has been read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rdkafka::error::KafkaError;
use rdkafka::statistics::Statistics;

use super::{Input, Partition};
use crate::kafka::Listener;
use crate::metrics::labels::Client;

/// Listens to the reader's client: a position alone does not tell that a partition has been read to its end, because the markers
/// of transactions take offsets too and are never delivered.
pub struct Fetched {
    inner: Arc<dyn Listener>,
    topics: Vec<String>,
    /// Next offset to fetch of every partition, when nothing fetched was waiting to be taken.
    next_offsets: Mutex<BTreeMap<Partition, i64>>,
}

impl Fetched {
    pub fn new(inner: Arc<dyn Listener>, inputs: &[Input]) -> Self {
        let topics = inputs.iter().map(|input| input.topic.clone()).collect();
        Self { inner, topics, next_offsets: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Partition, i64>> {
        self.next_offsets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All before this offset has been fetched and taken, transactions' markers included.
    pub fn has_reached(&self, partition: Partition, end: i64) -> bool {
        self.lock().get(&partition).is_some_and(|next| *next >= end)
    }
}

impl Listener for Fetched {
    fn error(&self, client: Client, error: &KafkaError) {
        self.inner.error(client, error);
    }

    fn statistics(&self, client: Client, statistics: &Statistics) {
        for (topic, name) in (0_u16..).zip(&self.topics) {
            let known = statistics.topics.get(name).into_iter().flat_map(|topic| &topic.partitions);
            for (number, partition) in known.filter(|(_, partition)| partition.fetchq_cnt == 0 && partition.next_offset >= 0) {
                self.lock().insert(Partition { topic, number: *number }, partition.next_offset);
            }
        }
        self.inner.statistics(client, statistics);
    }
}

/// The ends of the log at the start, as far as they have not been reached.
pub struct Ends {
    fetched: Arc<Fetched>,
    ahead: BTreeMap<Partition, i64>,
    /// Told once.
    reached: bool,
}

impl Ends {
    pub fn new(fetched: Arc<Fetched>, ends: BTreeMap<Partition, i64>) -> Self {
        Self { fetched, ahead: ends, reached: false }
    }

    /// True once, when every end has been reached. `positions` are the next offsets to read.
    pub fn newly_reached(&mut self, positions: &BTreeMap<Partition, i64>) -> bool {
        if self.reached {
            return false;
        }
        let reached: BTreeSet<Partition> =
            self.ahead.iter().filter(|(at, end)| self.is_reached(**at, **end, positions)).map(|(at, _)| *at).collect();
        self.ahead.retain(|partition, _| !reached.contains(partition));
        self.reached = self.ahead.is_empty();
        self.reached
    }

    fn is_reached(&self, partition: Partition, end: i64, positions: &BTreeMap<Partition, i64>) -> bool {
        let read = positions.get(&partition).is_some_and(|next| *next >= end);
        read || self.fetched.has_reached(partition, end)
    }

    /// Records left to the ends, at most: offsets may have gaps.
    pub fn left(&self, positions: &BTreeMap<Partition, i64>) -> i64 {
        let left = self.ahead.iter().map(|(partition, end)| end - positions.get(partition).copied().unwrap_or_default());
        left.filter(|left| *left > 0).sum()
    }
}

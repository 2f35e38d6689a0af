//! Reads topics from a position to where they ended, as operators do: outside any group, committed records alone.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::{PATIENCE, Witness};
use crate::kafka::Connection;

pub struct Log {
    consumer: BaseConsumer<Witness>,
}

impl Log {
    /// `group` is only asked about, never joined.
    pub fn connect(connection: &Connection, group: &str) -> KafkaResult<Self> {
        Self::with(connection, group, "read_committed")
    }

    /// One whose ends are those of all that was written, committed or not.
    pub fn uncommitted(connection: &Connection, group: &str) -> KafkaResult<Self> {
        Self::with(connection, group, "read_uncommitted")
    }

    fn with(connection: &Connection, group: &str, isolation: &str) -> KafkaResult<Self> {
        let mut config = connection.consumer("operator", group);
        config.set("enable.partition.eof", "true").set("fetch.wait.max.ms", "50").set("isolation.level", isolation);
        Ok(Self { consumer: config.create_with_context(Witness::default())? })
    }

    /// First offset and last stable offset of each partition of a topic; the last of all, where the uncommitted counts.
    pub fn ends(&self, topic: &str) -> KafkaResult<BTreeMap<i32, (i64, i64)>> {
        let metadata = super::metadata(&self.consumer, Some(topic))?;
        let partitions = metadata.topics().iter().flat_map(|topic| topic.partitions()).map(|partition| partition.id());
        let ends = partitions.map(|partition| Ok((partition, self.consumer.fetch_watermarks(topic, partition, PATIENCE)?)));
        let ends: BTreeMap<_, _> = ends.collect::<KafkaResult<_>>()?;
        if ends.is_empty() {
            return Err(KafkaError::MetadataFetch(RDKafkaErrorCode::UnknownTopicOrPartition));
        }
        Ok(ends)
    }

    /// Waits until everything that stands in a topic now can be read: behind an open transaction nothing can, and one that a dead
    /// client left is ended by the brokers. False when that takes longer than `patience`.
    pub fn settle(&self, written: &Log, topic: &str, patience: Duration) -> KafkaResult<bool> {
        let (written, since) = (written.ends(topic)?, Instant::now());
        loop {
            let readable = self.ends(topic)?;
            if written.iter().all(|(partition, (_, end))| readable.get(partition).is_some_and(|(_, stable)| stable >= end)) {
                return Ok(true);
            }
            if since.elapsed() >= patience {
                return Ok(false);
            }
            // Nothing is assigned: this only waits.
            self.consumer.poll(Duration::from_millis(100));
        }
    }

    /// Positions that the group committed.
    pub fn committed(&self, partitions: &[(&str, i32)]) -> KafkaResult<BTreeMap<(String, i32), i64>> {
        let mut asked = TopicPartitionList::new();
        for (topic, partition) in partitions {
            asked.add_partition(topic, *partition);
        }
        let found = self.consumer.committed_offsets(asked, PATIENCE)?;
        let known = found.elements().into_iter().filter_map(|element| match element.offset() {
            Offset::Offset(next) => Some(((element.topic().to_owned(), element.partition()), next)),
            _ => None,
        });
        Ok(known.collect())
    }

    /// Hands every record from `from` on to `take`, up to the end of each partition or until `take` says that it has enough.
    pub fn read(&self, from: &[(&str, i32, i64)], mut take: impl FnMut(&BorrowedMessage<'_>) -> Take) -> KafkaResult<()> {
        let mut list = TopicPartitionList::new();
        for (topic, partition, offset) in from {
            list.add_partition_offset(topic, *partition, Offset::Offset(*offset))?;
        }
        self.consumer.assign(&list)?;
        let mut unfinished: BTreeSet<i32> = from.iter().map(|(_, partition, _)| *partition).collect();
        let mut heard = Instant::now();
        let mut result = Ok(());
        while !unfinished.is_empty() {
            match self.consumer.poll(Duration::from_millis(100)) {
                Some(Ok(message)) => {
                    heard = Instant::now();
                    match take(&message) {
                        Take::More => {}
                        Take::Enough => drop(unfinished.remove(&message.partition())),
                        Take::Stop => break,
                    }
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => drop(unfinished.remove(&partition)),
                Some(Err(error)) => {
                    result = Err(error);
                    break;
                }
                None if heard.elapsed() >= PATIENCE => {
                    result = Err(KafkaError::MessageConsumption(RDKafkaErrorCode::OperationTimedOut));
                    break;
                }
                None => {}
            }
        }
        self.consumer.unassign()?;
        result
    }

    /// The one record at a position, unless it is gone.
    pub fn at<T>(
        &self,
        topic: &str,
        partition: i32,
        offset: i64,
        read: impl Fn(&BorrowedMessage<'_>) -> T,
    ) -> KafkaResult<Option<T>> {
        let mut found = None;
        let (first, end) = self.consumer.fetch_watermarks(topic, partition, PATIENCE)?;
        if !(first..end).contains(&offset) {
            return Ok(None);
        }
        self.read(&[(topic, partition, offset)], |message| {
            found = (message.offset() == offset).then(|| read(message));
            Take::Stop
        })?;
        Ok(found)
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        super::hush(&self.consumer);
    }
}

/// What a reader wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    More,
    /// Nothing more of this partition.
    Enough,
    /// Nothing more at all.
    Stop,
}

//! History: every record of the input topics at or after a point in time, up to where they ended when this began, the oldest first.
//! Belongs to no group and commits nothing; a service on the same topics does not notice.
//!
//! Each partition is read by a consumer of its own, so that none runs ahead of the others; what is fetched ahead they share.

mod partition;

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use self::partition::Partition;
use super::{Input, Writer};
use crate::decode::Format;
use crate::kafka::{self, Connection};
use crate::model::Timestamp;

/// The records of all partitions in the order of their time.
pub struct ByTime {
    /// Each with its oldest record.
    partitions: Vec<(Kept, Partition)>,
    /// Offsets to be read in all; transactions and compaction leave gaps, so that there may be fewer records.
    total: i64,
}

/// A record of the past.
pub struct Kept {
    pub format: Format,
    /// Who wrote it, where that is known.
    pub writer: Option<Writer>,
    pub payload: Vec<u8>,
    pub timestamp: Timestamp,
    /// How much of the history is behind, this record included.
    pub share: f64,
}

/// Ranges of offsets by topic and partition.
type Open = BTreeMap<(String, i32), Range<i64>>;

const CALL: Duration = Duration::from_secs(10);
/// What is fetched ahead, in all.
const QUEUED_KBYTES: usize = 65_536;

impl ByTime {
    /// Finds where in each partition the records begin that are not older than `from`. That is a batch's beginning at best, and
    /// older records may come later, so that each record's own time is looked at as well.
    pub fn open(connection: &Connection, inputs: &[Input], from: Timestamp) -> KafkaResult<Self> {
        let open = find(&consumer(connection, QUEUED_KBYTES)?, inputs, from)?;
        let queued = QUEUED_KBYTES / open.len().max(1);
        let total = open.values().map(|range| range.end - range.start).sum();
        let mut partitions = Vec::new();
        for ((topic, number), range) in open {
            let Some(input) = inputs.iter().find(|input| input.topic == topic) else { continue };
            let mut partition = Partition::open(consumer(connection, queued)?, input, number, range, from)?;
            partitions.extend(partition.next()?.map(|first| (first, partition)));
        }
        Ok(Self { partitions, total })
    }

    fn oldest(&mut self) -> KafkaResult<Option<Kept>> {
        let heads = self.partitions.iter().enumerate();
        let Some((at, _)) = heads.min_by_key(|(_, (head, _))| head.timestamp) else { return Ok(None) };
        let (head, mut partition) = self.partitions.swap_remove(at);
        self.partitions.extend(partition.next()?.map(|next| (next, partition)));
        // The record that waits is still to come.
        let left: i64 = self.partitions.iter().map(|(_, partition)| partition.left() + 1).sum();
        Ok(Some(Kept { share: 1.0 - left as f64 / self.total.max(1) as f64, ..head }))
    }
}

impl Iterator for ByTime {
    type Item = KafkaResult<Kept>;

    fn next(&mut self) -> Option<Self::Item> {
        self.oldest().transpose()
    }
}

fn consumer(connection: &Connection, queued_kbytes: usize) -> KafkaResult<BaseConsumer> {
    let mut config = connection.consumer("history", "loadgate-history");
    config.set("enable.partition.eof", "true").set("fetch.wait.max.ms", "50");
    config.set("queued.max.messages.kbytes", queued_kbytes.max(1).to_string());
    config.create()
}

fn find(consumer: &BaseConsumer, inputs: &[Input], from: Timestamp) -> KafkaResult<Open> {
    let mut times = TopicPartitionList::new();
    for input in inputs {
        for partition in partitions(consumer, &input.topic)? {
            times.add_partition_offset(&input.topic, partition, Offset::Offset(from.millis()))?;
        }
    }
    let mut open = Open::new();
    for found in consumer.offsets_for_times(times, CALL)?.elements() {
        found.error()?;
        // No offset: nothing in this partition is as young as that.
        let Offset::Offset(start) = found.offset() else { continue };
        let (_, end) = consumer.fetch_watermarks(found.topic(), found.partition(), CALL)?;
        if start < end {
            open.insert((found.topic().to_owned(), found.partition()), start..end);
        }
    }
    Ok(open)
}

fn partitions(consumer: &BaseConsumer, topic: &str) -> KafkaResult<Vec<i32>> {
    let found = kafka::partitions(consumer, topic, CALL)?;
    if found.is_empty() { Err(KafkaError::MetadataFetch(RDKafkaErrorCode::UnknownTopicOrPartition)) } else { Ok(found) }
}

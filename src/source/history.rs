//! History: every record of the input topics at or after a point in time, up to where they ended when this began, in the order of each
//! partition or of time. Belongs to no group and commits nothing; a service on the same topics does not notice.

mod by_time;

pub use by_time::{ByTime, Kept};

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::Input;
use crate::kafka::{self, Connection};
use crate::model::Timestamp;

/// Ranges of offsets by topic and partition.
type Open = BTreeMap<(String, i32), Range<i64>>;

pub struct History {
    consumer: BaseConsumer,
    inputs: Vec<Input>,
    /// Still to be read.
    open: Open,
    /// Offsets to be read in all; transactions and compaction leave gaps, so that there may be fewer records.
    total: i64,
    from: Timestamp,
}

/// A record of the past.
pub struct Past<'a> {
    pub input: &'a Input,
    pub payload: &'a [u8],
    pub timestamp: Timestamp,
    /// How much of the history is behind, this record included.
    pub share: f64,
}

const CALL: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(100);
/// What is fetched ahead, in all.
const QUEUED_KBYTES: usize = 65_536;
/// How long nothing may come before the broker counts as gone.
const PATIENCE: Duration = Duration::from_secs(30);

impl History {
    /// Finds where in each partition the records begin that are not older than `from`. That is a batch's beginning at best, and
    /// older records may come later, so that each record's own time is looked at as well.
    pub fn open(connection: &Connection, inputs: &[Input], from: Timestamp) -> KafkaResult<Self> {
        let consumer = consumer(connection, QUEUED_KBYTES)?;
        let open = find(&consumer, inputs, from)?;
        Self::start(consumer, inputs, open, from)
    }

    fn start(consumer: BaseConsumer, inputs: &[Input], open: Open, from: Timestamp) -> KafkaResult<Self> {
        let mut starts = TopicPartitionList::new();
        for ((topic, partition), range) in &open {
            starts.add_partition_offset(topic, *partition, Offset::Offset(range.start))?;
        }
        consumer.assign(&starts)?;
        let total = open.values().map(|range| range.end - range.start).sum();
        Ok(Self { consumer, inputs: inputs.to_vec(), open, total, from })
    }

    /// Calls back for every record, in the order of each partition.
    pub fn read(mut self, mut each: impl FnMut(Past<'_>)) -> KafkaResult<()> {
        while self.next(&mut each)?.is_some() {}
        Ok(())
    }

    /// Hands on the next record; `None` at the end.
    fn next<T>(&mut self, take: impl FnOnce(Past<'_>) -> T) -> KafkaResult<Option<T>> {
        let mut heard = Instant::now();
        while !self.open.is_empty() {
            match self.consumer.poll(POLL) {
                Some(Ok(message)) => {
                    heard = Instant::now();
                    let Some(share) = advance(&mut self.open, self.total, &message) else { continue };
                    let Some(input) = self.inputs.iter().find(|input| input.topic == message.topic()) else { continue };
                    let timestamp = Timestamp::from_millis(message.timestamp().to_millis().unwrap_or_default());
                    if timestamp < self.from {
                        continue;
                    }
                    return Ok(Some(take(Past { input, payload: message.payload().unwrap_or_default(), timestamp, share })));
                }
                Some(Err(KafkaError::PartitionEOF(_))) => self.close_what_is_read()?,
                Some(Err(error)) => return Err(error),
                None if heard.elapsed() >= PATIENCE => return Err(timed_out()),
                None => self.close_what_is_read()?,
            }
        }
        Ok(None)
    }

    /// Partitions whose last offsets hold no record: markers of transactions, and what was aborted.
    fn close_what_is_read(&mut self) -> KafkaResult<()> {
        for position in self.consumer.position()?.elements() {
            let key = (position.topic().to_owned(), position.partition());
            let is_read = |range: &Range<i64>| matches!(position.offset(), Offset::Offset(next) if next >= range.end);
            if self.open.get(&key).is_some_and(is_read) {
                self.open.remove(&key);
            }
        }
        Ok(())
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

/// Notes a record as read; `None` when it came after history was opened.
fn advance(open: &mut Open, total: i64, message: &BorrowedMessage<'_>) -> Option<f64> {
    let key = (message.topic().to_owned(), message.partition());
    let range = open.get_mut(&key)?;
    let is_past = message.offset() < range.end;
    range.start = message.offset().saturating_add(1).min(range.end);
    if range.is_empty() {
        open.remove(&key);
    }
    let left: i64 = open.values().map(|range| range.end - range.start).sum();
    is_past.then(|| 1.0 - left as f64 / total.max(1) as f64)
}

fn partitions(consumer: &BaseConsumer, topic: &str) -> KafkaResult<Vec<i32>> {
    let found = kafka::partitions(consumer, topic, CALL)?;
    if found.is_empty() { Err(KafkaError::MetadataFetch(RDKafkaErrorCode::UnknownTopicOrPartition)) } else { Ok(found) }
}

fn timed_out() -> KafkaError {
    KafkaError::MessageConsumption(RDKafkaErrorCode::OperationTimedOut)
}

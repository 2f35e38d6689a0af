//! Readers of what was committed: one pass to the end, or a thread that notes when each record became visible.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use apache_avro::{GenericSingleObjectReader, Schema};
use rdkafka::Message;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::BorrowedMessage;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use serde_json::Value;

use super::kafka::Cluster;

/// How long nothing may come before a topic counts as not readable to its end.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// The message that a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourcePosition {
    pub partition: i32,
    pub offset: i64,
    pub index: i64,
}

/// One published record.
#[derive(Debug, Clone)]
pub struct Published {
    /// Partition of the output topic.
    pub partition: i32,
    pub source: SourcePosition,
    pub value: Value,
    /// When the replica sent it, whether or not anyone could see it yet: milliseconds since 1970.
    pub sent_ms: i64,
    /// When a reader of committed data saw it: milliseconds since 1970.
    pub seen_ms: i64,
}

/// Reads `topic` to the end of what is committed. `schema` is a file of `schemas/`, without its ending.
pub fn committed(cluster: &Cluster, topic: &str, schema: &str) -> Vec<Published> {
    let (consumer, partitions) = reader(cluster, topic);
    let schema = avro_schema(schema);
    let (mut ended, mut records) = (BTreeSet::new(), Vec::new());
    let mut heard = Instant::now();
    while ended.len() < partitions {
        assert!(heard.elapsed() < SILENCE_MAX, "{topic} was not read to its end");
        match consumer.poll(Duration::from_millis(100)) {
            Some(Ok(message)) => {
                heard = Instant::now();
                records.push(published(&schema, &message));
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => drop(ended.insert(partition)),
            _ => {}
        }
    }
    records
}

/// The first payload of a topic's first partition, as soon as it is there.
pub fn first_payload(cluster: &Cluster, topic: &str, deadline: Duration) -> Vec<u8> {
    let (consumer, _) = reader(cluster, topic);
    let poll = || Some(consumer.poll(Duration::from_millis(100))?.ok()?.payload()?.to_vec());
    super::eventually(&format!("a record in {topic}"), deadline, poll)
}

/// Reads a topic while it is written.
pub struct Live {
    stop: Arc<AtomicBool>,
    seen: Arc<Mutex<Seen>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Seen {
    records: Vec<Published>,
    /// The last offset of each input partition that something was published about.
    last: BTreeMap<i32, i64>,
}

impl Live {
    pub fn start(cluster: &Cluster, topic: &str, schema: &str) -> Self {
        let (consumer, _) = reader(cluster, topic);
        let mut live = Self { stop: Arc::default(), seen: Arc::default(), thread: None };
        let (stopped, seen, schema) = (Arc::clone(&live.stop), Arc::clone(&live.seen), avro_schema(schema));
        live.thread = Some(thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                if let Some(Ok(message)) = consumer.poll(Duration::from_millis(20)) {
                    let record = published(&schema, &message);
                    seen.lock().expect(NO_PANIC).add(record);
                }
            }
        }));
        live
    }

    /// Whether something about each of these messages, or a later one of its partition, was seen.
    pub fn has_seen(&self, messages: &BTreeMap<i32, i64>) -> bool {
        let seen = self.seen.lock().expect(NO_PANIC);
        messages.iter().all(|(partition, offset)| seen.last.get(partition) >= Some(offset))
    }

    /// Looks at what was seen so far.
    pub fn with<T>(&self, look: impl FnOnce(&[Published]) -> T) -> T {
        look(&self.seen.lock().expect(NO_PANIC).records)
    }
}

const NO_PANIC: &str = "nothing panics while it holds what was seen";

impl Seen {
    fn add(&mut self, record: Published) {
        let last = self.last.entry(record.source.partition).or_default();
        *last = record.source.offset.max(*last);
        self.records.push(record);
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let reader = self.thread.take().map(JoinHandle::join);
        assert!(thread::panicking() || !matches!(reader, Some(Err(_))), "the reader met a record that is not of its schema");
    }
}

/// A consumer of all partitions from the beginning, and how many there are.
fn reader(cluster: &Cluster, topic: &str) -> (BaseConsumer, usize) {
    let mut config = cluster.client();
    // The group id is required and never used. Without the wait, what is committed is seen at once.
    config.set("group.id", "reader").set("isolation.level", "read_committed").set("enable.partition.eof", "true");
    config.set("fetch.wait.max.ms", "20").set("fetch.queue.backoff.ms", "10");
    let consumer: BaseConsumer = config.create().expect("a client of fixed settings can be created");
    let partitions = partitions(&consumer, topic);
    let mut start = TopicPartitionList::new();
    for partition in 0..partitions {
        start.add_partition_offset(topic, partition, Offset::Beginning).expect("the beginning is an offset");
    }
    consumer.assign(&start).expect("partitions of a topic that is there");
    (consumer, partitions as usize)
}

pub fn partitions(consumer: &BaseConsumer, topic: &str) -> i32 {
    super::eventually("metadata", SILENCE_MAX, || {
        let metadata = consumer.fetch_metadata(Some(topic), Duration::from_secs(2)).ok()?;
        let partitions = metadata.topics().first()?.partitions().len() as i32;
        (partitions > 0).then_some(partitions)
    })
}

fn avro_schema(name: &str) -> Schema {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name).with_extension("avsc");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Schema::parse_str(&text).expect("the published schemas are valid")
}

/// The record, decoded by another implementation than ours: Avro single-object encoding, fingerprint checked.
fn published(schema: &Schema, message: &BorrowedMessage<'_>) -> Published {
    let reader = GenericSingleObjectReader::new(schema.clone()).expect("every schema has a fingerprint");
    let mut payload = message.payload().unwrap_or_default();
    let value = reader.read_value(&mut payload).expect("a record of the topic's schema");
    assert!(payload.is_empty(), "{} bytes behind the record", payload.len());
    let value: Value = value.try_into().expect("every record has a JSON form");
    Published {
        partition: message.partition(),
        source: source(&value),
        value,
        sent_ms: message.timestamp().to_millis().unwrap_or_default(),
        seen_ms: now_ms(),
    }
}

fn source(value: &Value) -> SourcePosition {
    let field = |name: &str| value["source"][name].as_i64().unwrap_or_else(|| panic!("no source.{name} in {value}"));
    SourcePosition { partition: field("partition") as i32, offset: field("offset"), index: field("index") }
}

pub fn now_ms() -> i64 {
    std::time::UNIX_EPOCH.elapsed().expect("the clock is past 1970").as_millis() as i64
}

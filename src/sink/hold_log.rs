//! Reads the referrals topic for holds that earlier owners of a partition told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::Message;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use crate::kafka::{ClientContext, Connection, Listener, partitions, watermarks};
use crate::metrics::labels;
use crate::outputs::Told;

/// A reader of the referrals topic that remembers how far it has read.
pub struct HoldLog {
    /// Sees what is committed.
    committed: BaseConsumer<ClientContext>,
    /// Asks how far the log goes, pending transactions included.
    written: BaseConsumer<ClientContext>,
    topic: String,
    /// Next offset to read, by partition.
    positions: BTreeMap<i32, i64>,
    /// Read and not yet told.
    found: Vec<Told>,
}

/// How long nothing may come before a look at the log is given up, to be tried again.
const TIMEOUT: Duration = Duration::from_secs(10);
const CALL: Duration = Duration::from_millis(1000);
/// How long pending transactions are waited for before whoever asks may do something else.
const SETTLE: Duration = Duration::from_millis(250);

impl HoldLog {
    pub fn connect(connection: &Connection, group: &str, topic: &str, listener: Arc<dyn Listener>) -> KafkaResult<Self> {
        let group = format!("{group}-holds");
        let mut config = connection.consumer("holds", &group);
        config.set("enable.partition.eof", "true").set("fetch.wait.max.ms", "10");
        let committed = config.create_with_context(ClientContext::new(labels::Client::Reader, Arc::clone(&listener)))?;
        config.set("isolation.level", "read_uncommitted");
        let written = config.create_with_context(ClientContext::new(labels::Client::Reader, listener))?;
        Ok(Self { committed, written, topic: topic.to_owned(), positions: BTreeMap::new(), found: Vec::new() })
    }

    /// Reads on to where the log ended when this was called, and returns the holds found.
    ///
    /// The committed position of a partition can be visible before the referrals of the same transaction are, so the end is the
    /// end of everything written, and the transactions before it are waited for.
    pub fn catch_up(&mut self) -> KafkaResult<Vec<Told>> {
        self.wait_until_settled(Instant::now() + SETTLE)?;
        let mut list = TopicPartitionList::new();
        for (&partition, &next_offset) in &self.positions {
            list.add_partition_offset(&self.topic, partition, Offset::Offset(next_offset))?;
        }
        self.committed.assign(&list)?;
        let read = self.read_to_the_end();
        self.committed.unassign()?;
        read.map(|()| std::mem::take(&mut self.found))
    }

    /// Waits until everything written so far is committed or aborted.
    fn wait_until_settled(&mut self, deadline: Instant) -> KafkaResult<()> {
        for partition in partitions(&self.written, &self.topic, CALL)? {
            let (first, end) = watermarks(&self.written, &self.topic, partition, CALL)?;
            while watermarks(&self.committed, &self.topic, partition, CALL)?.1 < end {
                if Instant::now() >= deadline {
                    return Err(timed_out());
                }
                std::thread::park_timeout(Duration::from_millis(5));
            }
            let next_offset = self.positions.entry(partition).or_insert(first);
            *next_offset = first.max(*next_offset);
        }
        Ok(())
    }

    fn read_to_the_end(&mut self) -> KafkaResult<()> {
        let mut unfinished: BTreeSet<i32> = self.positions.keys().copied().collect();
        let mut heard = Instant::now();
        while !unfinished.is_empty() {
            match self.committed.poll(Duration::from_millis(100)) {
                Some(Ok(message)) => {
                    self.found.extend(message.payload().and_then(Told::read));
                    self.positions.insert(message.partition(), message.offset() + 1);
                    heard = Instant::now();
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    unfinished.remove(&partition);
                }
                Some(Err(error)) => return Err(error),
                None if heard.elapsed() >= TIMEOUT => return Err(timed_out()),
                None => {}
            }
        }
        Ok(())
    }
}

fn timed_out() -> KafkaError {
    KafkaError::OffsetFetch(RDKafkaErrorCode::OperationTimedOut)
}

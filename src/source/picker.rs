//! Picks single records out of the log, in the order of a partition: the bills that are screened again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::Message;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::reader::push;
use super::{Input, Partition, Role};
use crate::batch::{Batch, Claim};
use crate::kafka::{Connection, partitions, watermarks};

/// Belongs to no group and commits nothing.
pub struct Picker {
    consumer: BaseConsumer,
    /// Asks how far the log goes, pending transactions included.
    written: BaseConsumer,
    inputs: Vec<Input>,
    /// What is being read, and the next offset of it.
    at: Option<(Partition, i64)>,
}

impl Drop for Picker {
    /// What was fetched and never looked at would be told as errors when the client closes: the end of a partition above all.
    fn drop(&mut self) {
        if let Err(error) = self.consumer.unassign() {
            tracing::debug!(%error, "picker");
        }
    }
}

/// Wanted records no further apart than this are read with all between them; beyond, fetching anew is cheaper.
const NEAR: i64 = 10_000;
const CALL: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(50);
/// How long nothing may come.
const PATIENCE: Duration = Duration::from_secs(10);

impl Picker {
    pub fn connect(connection: &Connection, group: &str, inputs: &[Input]) -> KafkaResult<Self> {
        // A group id is required and never used.
        let mut config = connection.consumer("picker", &format!("{group}-picker"));
        config.set("enable.partition.eof", "true").set("fetch.wait.max.ms", "10").set("fetch.queue.backoff.ms", "10");
        // What is read ahead of a jump is read in vain.
        config.set("queued.max.messages.kbytes", "8192");
        let consumer = config.create()?;
        let written = config.set("isolation.level", "read_uncommitted").create()?;
        Ok(Self { consumer, written, inputs: inputs.to_vec(), at: None })
    }

    /// Where the log of what was assessed ends now, by partition: what is written there already, committed or not.
    pub fn ends_of_assessments(&self) -> KafkaResult<BTreeMap<Partition, i64>> {
        let mut ends = BTreeMap::new();
        for (topic, input) in (0_u16..).zip(&self.inputs).filter(|(_, input)| input.role == Role::Assessments) {
            for number in partitions(&self.written, &input.topic, CALL)? {
                let (first, end) = watermarks(&self.written, &input.topic, number, CALL)?;
                ends.extend((first < end).then_some((Partition { topic, number }, end)));
            }
        }
        Ok(ends)
    }

    /// The records at these ascending offsets, as a batch under a claim. Those that retention or compaction took are left out.
    pub fn pick(&mut self, partition: Partition, claim: Claim, offsets: &[i64]) -> KafkaResult<Batch> {
        let mut batch = Batch::default();
        let mut wanted = offsets.iter().copied().peekable();
        let mut heard = Instant::now();
        while let Some(next) = wanted.peek().copied() {
            self.go_to(partition, next)?;
            match self.consumer.poll(POLL) {
                Some(Ok(message)) => {
                    heard = Instant::now();
                    self.at = Some((partition, message.offset() + 1));
                    while wanted.next_if(|offset| *offset < message.offset()).is_some() {}
                    if wanted.next_if_eq(&message.offset()).is_some() {
                        push(&mut batch, claim, partition, &message);
                    }
                }
                // What is wanted was read before: if it is not there now, it is gone.
                Some(Err(KafkaError::PartitionEOF(_))) => {
                    self.at = None;
                    return Ok(batch);
                }
                Some(Err(error)) => return Err(self.lost(error)),
                None if heard.elapsed() >= PATIENCE => {
                    return Err(self.lost(KafkaError::MessageConsumption(RDKafkaErrorCode::OperationTimedOut)));
                }
                None => {}
            }
        }
        Ok(batch)
    }

    /// Reads on from where it stands, or anew from the offset where that is far.
    fn go_to(&mut self, partition: Partition, offset: i64) -> KafkaResult<()> {
        if self.at.is_some_and(|(at, next)| at == partition && (next..=next.saturating_add(NEAR)).contains(&offset)) {
            return Ok(());
        }
        let topic = self.inputs.get(usize::from(partition.topic)).map(|input| input.topic.as_str()).unwrap_or_default();
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, partition.number, Offset::Offset(offset))?;
        self.consumer.assign(&list)?;
        self.at = Some((partition, offset));
        Ok(())
    }

    /// After an error it is not known where the consumer stands.
    fn lost(&mut self, error: KafkaError) -> KafkaError {
        self.at = None;
        error
    }
}

//! One partition of the past, read to where it ended.

use std::ops::Range;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::{Input, Kept};
use crate::decode::Format;
use crate::model::Timestamp;
use crate::source::{Role, Writer};

pub(super) struct Partition {
    consumer: BaseConsumer,
    format: Format,
    writer: Option<Writer>,
    /// Offsets still to be read.
    open: Range<i64>,
    from: Timestamp,
}

const POLL: Duration = Duration::from_millis(100);
/// How long nothing may come before the broker counts as gone.
const PATIENCE: Duration = Duration::from_secs(30);

impl Partition {
    pub fn open(consumer: BaseConsumer, input: &Input, number: i32, open: Range<i64>, from: Timestamp) -> KafkaResult<Self> {
        let mut start = TopicPartitionList::new();
        start.add_partition_offset(&input.topic, number, Offset::Offset(open.start))?;
        consumer.assign(&start)?;
        let writer = match input.role {
            Role::Messages(_, writer) => Some(writer),
            Role::Assessments | Role::Referrals => None,
        };
        Ok(Self { consumer, format: input.format(), writer, open, from })
    }

    /// The next record that is not older than asked for; `None` at the end.
    pub fn next(&mut self) -> KafkaResult<Option<Kept>> {
        let mut heard = Instant::now();
        while !self.open.is_empty() {
            match self.consumer.poll(POLL) {
                Some(Ok(message)) => {
                    heard = Instant::now();
                    let is_past = message.offset() < self.open.end;
                    self.open.start = message.offset().saturating_add(1);
                    let kept = self.kept(&message);
                    if is_past && kept.timestamp >= self.from {
                        return Ok(Some(kept));
                    }
                }
                Some(Err(KafkaError::PartitionEOF(_))) => self.pass_what_is_no_record()?,
                Some(Err(error)) => return Err(error),
                None if heard.elapsed() >= PATIENCE => {
                    return Err(KafkaError::MessageConsumption(RDKafkaErrorCode::OperationTimedOut));
                }
                None => self.pass_what_is_no_record()?,
            }
        }
        Ok(None)
    }

    /// How many offsets are still to be read.
    pub fn left(&self) -> i64 {
        (self.open.end - self.open.start).max(0)
    }

    fn kept(&self, message: &BorrowedMessage<'_>) -> Kept {
        let timestamp = Timestamp::from_millis(message.timestamp().to_millis().unwrap_or_default());
        let payload = message.payload().unwrap_or_default().to_vec();
        // Its share is told when its turn comes.
        Kept { format: self.format, writer: self.writer, payload, timestamp, share: 0.0 }
    }

    /// The last offsets may hold no record: markers of transactions, and what was aborted.
    fn pass_what_is_no_record(&mut self) -> KafkaResult<()> {
        for position in self.consumer.position()?.elements() {
            if let Offset::Offset(next) = position.offset() {
                self.open.start = self.open.start.max(next);
            }
        }
        Ok(())
    }
}

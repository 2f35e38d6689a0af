//! The records of all partitions in the order of their time, the oldest first: what a story is told from. Each partition is read by a
//! consumer of its own, so that none runs ahead of the others; what is fetched ahead they share.

use rdkafka::error::KafkaResult;

use super::{History, Input, Open, Past, QUEUED_KBYTES, consumer, find};
use crate::decode::Format;
use crate::kafka::Connection;
use crate::model::Timestamp;

pub struct ByTime {
    partitions: Vec<(Kept, History)>,
}

/// A record of the past that waits for its turn.
pub struct Kept {
    pub format: Format,
    pub payload: Vec<u8>,
    pub timestamp: Timestamp,
}

impl Kept {
    fn of(past: Past<'_>) -> Self {
        Self { format: past.input.format(), payload: past.payload.to_vec(), timestamp: past.timestamp }
    }
}

impl ByTime {
    /// Every record at or after `from`.
    pub fn open(connection: &Connection, inputs: &[Input], from: Timestamp) -> KafkaResult<Self> {
        let open = find(&consumer(connection, QUEUED_KBYTES)?, inputs, from)?;
        let share = QUEUED_KBYTES / open.len().max(1);
        let mut partitions = Vec::new();
        for (partition, range) in open {
            let mut history = History::start(consumer(connection, share)?, inputs, Open::from([(partition, range)]), from)?;
            partitions.extend(history.next(Kept::of)?.map(|first| (first, history)));
        }
        Ok(Self { partitions })
    }

    fn oldest(&mut self) -> KafkaResult<Option<Kept>> {
        let heads = self.partitions.iter().enumerate();
        let Some((at, _)) = heads.min_by_key(|(_, (head, _))| head.timestamp) else { return Ok(None) };
        let (head, mut history) = self.partitions.swap_remove(at);
        self.partitions.extend(history.next(Kept::of)?.map(|next| (next, history)));
        Ok(Some(head))
    }
}

impl Iterator for ByTime {
    type Item = KafkaResult<Kept>;

    fn next(&mut self) -> Option<Self::Item> {
        self.oldest().transpose()
    }
}

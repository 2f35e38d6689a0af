//! A batch of records with the bytes they are made of: what moves between the stages.

use std::ops::Range;

use crossbeam_channel::Sender;

use crate::model::Timestamp;
use crate::record::{Origin, Record};
use crate::source::Partition;

/// One claim of a partition: a partition that is lost and gained again is a new claim, so that what was read under the old one
/// can be told apart and falls away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Claim(pub u64);

impl Claim {
    /// No claim: the record is remembered, and another replica screens it.
    pub const NONE: Claim = Claim(0);
}

/// Records of several partitions, in order per partition, over one arena of bytes.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    slots: Vec<Slot>,
    /// Claims that began before the first record of this batch, each with the event time that its partition's verdicts had reached.
    pub begun: Vec<(Claim, Timestamp)>,
    /// Claims that ended before the first record of this batch.
    pub ended: Vec<Claim>,
    /// What was remembered before this batch is of another log: the topics were made anew.
    pub forget: bool,
    /// All that the log held when this replica started has been read with this batch.
    pub caught_up: bool,
    /// Its records are bills that were screened before and are to be screened again.
    pub retro: Option<Retro>,
}

/// A batch of one partition's bills on their way through all stages for another time.
#[derive(Debug)]
pub struct Retro {
    /// Whose bills they are. `None` for a batch without records, which asks only what has been published by now.
    pub of: Option<(Partition, Claim)>,
    /// None are left of this partition.
    pub last: bool,
    /// Told once the batch is published: the next offsets of all claims that have begun. Hung up when it is not published.
    pub ticket: Sender<Vec<(Partition, i64)>>,
}

#[derive(Debug)]
struct Slot {
    origin: Origin,
    claim: Claim,
    timestamp: Timestamp,
    key: Option<Range<usize>>,
    payload: Range<usize>,
    headers: Vec<(Range<usize>, Option<Range<usize>>)>,
}

/// A record of a batch, with what only the frame needs to know.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    pub record: Record<'a>,
    pub claim: Claim,
    slot: &'a Slot,
    bytes: &'a [u8],
}

impl<'a> Entry<'a> {
    /// The record's headers, names and values as received.
    pub fn headers(self) -> impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)> {
        let piece = move |range: &Range<usize>| self.bytes.get(range.clone()).unwrap_or_default();
        self.slot.headers.iter().map(move |(name, value)| (piece(name), value.as_ref().map(piece)))
    }
}

impl Batch {
    /// Copies one record in. The headers must be those of this record.
    pub fn push<'h>(&mut self, claim: Claim, record: Record<'_>, headers: impl Iterator<Item = (&'h [u8], Option<&'h [u8]>)>) {
        let key = record.key.map(|key| self.store(key));
        let payload = self.store(record.payload);
        let headers = headers.map(|(name, value)| (self.store(name), value.map(|value| self.store(value)))).collect();
        self.slots.push(Slot { origin: record.origin, claim, timestamp: record.timestamp, key, payload, headers });
    }

    fn store(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }

    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let bytes = self.bytes.as_slice();
        let piece = move |range: &Range<usize>| bytes.get(range.clone()).unwrap_or_default();
        self.slots.iter().map(move |slot| Entry {
            record: Record {
                origin: slot.origin,
                timestamp: slot.timestamp,
                key: slot.key.as_ref().map(piece),
                payload: piece(&slot.payload),
            },
            claim: slot.claim,
            slot,
            bytes,
        })
    }

    /// Records in the batch.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Bytes held: keys, payloads and headers.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_in_order() {
        let mut batch = Batch::default();
        let origin = |offset| Origin { topic: 0, partition: 3, offset };
        let record =
            |offset, key, payload| Record { origin: origin(offset), timestamp: Timestamp::from_millis(offset), key, payload };
        batch.push(Claim(1), record(7, Some(b"k".as_slice()), b"first".as_slice()), [(b"h".as_slice(), None)].into_iter());
        batch.push(Claim(2), record(8, None, b"".as_slice()), std::iter::empty());

        let seen: Vec<_> = batch
            .entries()
            .map(|entry| (entry.claim, entry.record.origin.offset, entry.record.key, entry.record.payload))
            .collect();
        assert_eq!(seen, [(Claim(1), 7, Some(b"k".as_slice()), b"first".as_slice()), (Claim(2), 8, None, b"".as_slice())]);
        assert_eq!(batch.entries().next().unwrap().headers().collect::<Vec<_>>(), [(b"h".as_slice(), None)]);
        assert_eq!((batch.len(), batch.bytes()), (2, 7));
    }
}

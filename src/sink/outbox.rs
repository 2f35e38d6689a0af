//! Encoded records on their way out, over one arena of bytes.

use std::ops::Range;

/// The output topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Destination {
    AlertsAviationSecurity,
    AlertsCustoms,
    Referrals,
    Assessments,
    DeadLetters,
}

impl Destination {
    pub const ALL: [Destination; 5] = [
        Destination::AlertsAviationSecurity,
        Destination::AlertsCustoms,
        Destination::Referrals,
        Destination::Assessments,
        Destination::DeadLetters,
    ];
}

#[derive(Debug, Default)]
pub struct Outbox {
    bytes: Vec<u8>,
    records: Vec<(Destination, Range<usize>, Range<usize>)>,
}

/// One record to publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outgoing<'a> {
    pub destination: Destination,
    pub key: &'a [u8],
    pub value: &'a [u8],
}

impl Outbox {
    /// Adds a record; `encode` appends the value.
    pub fn push(&mut self, destination: Destination, key: &[u8], encode: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(key);
        let middle = self.bytes.len();
        encode(&mut self.bytes);
        self.records.push((destination, start..middle, middle..self.bytes.len()));
    }

    /// Records so far; with [`Outbox::slice`], what one message led to.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The records numbered `range`.
    pub fn slice(&self, range: Range<usize>) -> impl Iterator<Item = Outgoing<'_>> {
        let piece = |range: &Range<usize>| self.bytes.get(range.clone()).unwrap_or_default();
        let records = self.records.get(range).unwrap_or_default();
        records.iter().map(move |(destination, key, value)| Outgoing {
            destination: *destination,
            key: piece(key),
            value: piece(value),
        })
    }
}

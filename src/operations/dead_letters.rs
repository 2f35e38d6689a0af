//! Reads the dead letters: what could not be read, and the notes that a letter was sent again.

use std::collections::BTreeSet;
use std::str::FromStr;

use apache_avro::{Schema, from_avro_datum, from_value};
use rdkafka::error::KafkaResult;
use rdkafka::message::{BorrowedMessage, Message};
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};

use super::log::{Log, Take};
use crate::model::Timestamp;
use crate::outputs::{Frame, Output, RECORD, REDRIVEN};

/// Where a letter stands in the topic of dead letters: written as partition/offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub partition: i32,
    pub offset: i64,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.partition, self.offset)
    }
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let place = text
            .split_once('/')
            .and_then(|(partition, offset)| Some(Place { partition: partition.parse().ok()?, offset: offset.parse().ok()? }));
        place.ok_or("expected partition/offset as `loadgate dead-letters list` prints it, such as 0/17")
    }
}

/// A dead letter as it was published; fields as in `schemas/dead-letter.avsc`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Letter {
    pub reason: String,
    pub detail: String,
    pub position: i64,
    pub source: Source,
    pub timestamp: Timestamp,
    pub key: Option<Bytes>,
    pub headers: Vec<Header>,
    pub payload: Bytes,
    pub payload_bytes: i64,
    pub format: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Source {
    pub topic: String,
    pub partition: i32,
    pub offset: i64,
    pub index: i32,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Header {
    pub name: String,
    pub value: Option<Bytes>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bytes(pub Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BytesVisitor;
        impl Visitor<'_> for BytesVisitor {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(bytes))
            }
        }
        deserializer.deserialize_byte_buf(BytesVisitor)
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.topic, self.partition, self.offset)
    }
}

impl FromStr for Source {
    type Err = &'static str;

    /// A record, as it is displayed.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let record = text.split_once('/').and_then(|(topic, place)| {
            let Place { partition, offset } = place.parse().ok()?;
            Some(Self { topic: topic.to_owned(), partition, offset, index: 0 })
        });
        record.ok_or("expected topic/partition/offset")
    }
}

impl Letter {
    /// The record that it is about, which may have further letters.
    pub fn record(&self) -> Source {
        Source { index: 0, ..self.source.clone() }
    }

    /// The payload is not all there: the rest is at its source.
    pub fn is_cut(&self) -> bool {
        usize::try_from(self.payload_bytes).is_ok_and(|whole| whole > self.payload.0.len())
    }
}

/// A record of the topic.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    Letter(Letter),
    /// The letter at this place was sent again, and with it the whole of this record.
    Redriven(Place, Option<Source>),
    /// Neither: anybody who may write to the topic can put anything there.
    Foreign,
}

/// What was sent again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sent {
    letters: BTreeSet<Place>,
    records: BTreeSet<Source>,
}

impl Sent {
    /// True when the letter's record was sent again, for this letter or for another one of the same record.
    pub fn has(&self, place: Place, letter: &Letter) -> bool {
        self.letters.contains(&place) || self.records.contains(&letter.record())
    }
}

/// Reads records of one topic of dead letters.
pub struct LetterBox<'a> {
    log: &'a Log,
    topic: &'a str,
    schema: Schema,
}

impl<'a> LetterBox<'a> {
    pub fn new(log: &'a Log, topic: &'a str) -> Self {
        Self { log, topic, schema: schema() }
    }

    /// Hands over every record that is there now.
    pub fn read(&self, mut take: impl FnMut(Place, Entry) -> Take) -> KafkaResult<()> {
        let ends = self.log.ends(self.topic)?;
        let from: Vec<_> = ends.iter().map(|(partition, (first, _))| (self.topic, *partition, *first)).collect();
        self.log.read(&from, |message| {
            let place = Place { partition: message.partition(), offset: message.offset() };
            match ends.get(&place.partition) {
                // What came since is for the next time.
                Some((_, end)) if place.offset >= *end => Take::Enough,
                _ => take(place, self.entry(message)),
            }
        })
    }

    /// The letter at a place; `None` when it is gone, or when something else stands there.
    pub fn letter(&self, place: Place) -> KafkaResult<Option<Letter>> {
        let found = self.log.at(self.topic, place.partition, place.offset, |message| self.entry(message))?;
        Ok(if let Some(Entry::Letter(letter)) = found { Some(letter) } else { None })
    }

    /// What was sent again, as the notes tell.
    pub fn redriven(&self) -> KafkaResult<Sent> {
        let mut sent = Sent::default();
        self.read(|_, entry| {
            if let Entry::Redriven(letter, record) = entry {
                sent.letters.insert(letter);
                sent.records.extend(record);
            }
            Take::More
        })?;
        Ok(sent)
    }

    fn entry(&self, message: &BorrowedMessage<'_>) -> Entry {
        let payload = message.payload().unwrap_or_default();
        decode(&self.schema, self.topic, payload).unwrap_or(Entry::Foreign)
    }
}

fn schema() -> Schema {
    // A part of the program, not input.
    Schema::parse_str(Output::DeadLetter.schema()).unwrap_or(Schema::Null)
}

/// What a record of `topic` is.
fn decode(schema: &Schema, topic: &str, payload: &[u8]) -> Option<Entry> {
    let mut datum = Frame::skip(payload);
    let value = from_avro_datum(schema, &mut datum, None).ok().filter(|_| datum.is_empty())?;
    let letter: Letter = from_value(&value).ok()?;
    if letter.reason != REDRIVEN {
        return Some(Entry::Letter(letter));
    }
    let header = letter.headers.iter().find(|header| header.name == RECORD).and_then(|header| header.value.as_ref());
    let record = header.and_then(|Bytes(value)| std::str::from_utf8(value).ok()?.parse().ok());
    let Source { topic: of, partition, offset, .. } = letter.source;
    (of == topic).then_some(Entry::Redriven(Place { partition, offset }, record))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::Redriven;

    #[test]
    fn a_note_is_read_back_in_any_frame_and_only_as_one_of_its_own_topic() {
        let (record, key) = ("in/2/5", Some(&b"k"[..]));
        let note = Redriven { topic: "dead", partition: 3, offset: 17, record, key, by: "somebody", why: "mended" };
        for frame in [Output::DeadLetter.single_object(), Frame::Confluent(5)] {
            let mut value = Vec::new();
            frame.write(&mut value);
            note.encode(&mut value);
            let record = Source { topic: "in".into(), partition: 2, offset: 5, index: 0 };
            let expected = Entry::Redriven(Place { partition: 3, offset: 17 }, Some(record));
            assert_eq!(decode(&schema(), "dead", &value), Some(expected));
            assert_eq!(decode(&schema(), "other", &value), None, "forged");
            assert_eq!(decode(&schema(), "dead", &value[..value.len() - 1]), None, "cut");
        }
    }

    #[test]
    fn every_letter_of_a_record_was_sent_when_the_record_was() {
        let letter = |offset, index| Letter {
            reason: "bad_awb".into(),
            detail: String::new(),
            position: 0,
            source: Source { topic: "in".into(), partition: 2, offset, index },
            timestamp: Timestamp::default(),
            key: None,
            headers: Vec::new(),
            payload: Bytes::default(),
            payload_bytes: 0,
            format: "auto".into(),
        };
        let [here, there] = [17, 18].map(|offset| Place { partition: 3, offset });
        let sent = Sent { letters: [here].into(), records: ["in/2/5".parse().unwrap()].into() };
        assert!(sent.has(there, &letter(5, 1)), "another letter of the record");
        assert!(sent.has(here, &letter(6, 0)), "a note that names no record");
        assert!(!sent.has(there, &letter(6, 0)), "another record");
    }

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let place = Place { partition: 3, offset: 17 };
        assert_eq!(place.to_string().parse(), Ok(place));
        for wrong in ["", "3", "3/", "/17", "a/b", "3/17/1"] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }
}

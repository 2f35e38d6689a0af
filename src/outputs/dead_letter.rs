//! Dead letters: what could not be read, whole, with what is needed to repair it and send it again.

use serde::{Serialize, Serializer};

use super::Source;
use crate::decode::Format;
use crate::decode::avro::encode_record;
use crate::model::Timestamp;
use crate::record::Reason;

/// Fields in the order of `schemas/dead-letter.avsc`.
#[derive(Debug, Clone, Serialize)]
pub struct DeadLetter<'a> {
    #[serde(serialize_with = "reason_name")]
    pub reason: Reason,
    pub detail: &'a str,
    /// Byte position in the payload.
    pub position: u64,
    pub source: Source<'a>,
    /// The record's.
    pub timestamp: Timestamp,
    #[serde(serialize_with = "optional_bytes")]
    pub key: Option<&'a [u8]>,
    pub headers: Vec<Header<'a>>,
    #[serde(serialize_with = "bytes")]
    pub payload: &'a [u8],
    /// Size of the whole payload, larger than `payload` when that was cut.
    pub payload_bytes: u64,
    #[serde(serialize_with = "format_name")]
    pub format: Format,
}

/// A header of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Header<'a> {
    pub name: &'a str,
    #[serde(serialize_with = "optional_bytes")]
    pub value: Option<&'a [u8]>,
}

impl DeadLetter<'_> {
    /// Appends the bare datum.
    pub fn encode(&self, out: &mut Vec<u8>) {
        encode_record(self, out);
    }
}

/// The reason that marks a note instead of a letter.
pub const REDRIVEN: &str = "redriven";

/// The header of a note that names the record.
pub const RECORD: &str = "record";

/// A note that a letter was sent again. It has the form of a letter, so that the topic keeps one schema; its source is the letter.
#[derive(Debug, Clone, Copy)]
pub struct Redriven<'a> {
    /// Where the letter stands.
    pub topic: &'a str,
    pub partition: i32,
    pub offset: i64,
    /// The record that was sent again, as topic/partition/offset: a record may have several letters, and goes once.
    pub record: &'a str,
    /// The letter's key.
    pub key: Option<&'a [u8]>,
    pub by: &'a str,
    pub why: &'a str,
}

/// Fields in the order of `schemas/dead-letter.avsc`.
#[derive(Serialize)]
struct Note<'a> {
    reason: &'a str,
    detail: &'a str,
    position: u64,
    source: Source<'a>,
    timestamp: Timestamp,
    #[serde(serialize_with = "optional_bytes")]
    key: Option<&'a [u8]>,
    headers: Vec<Header<'a>>,
    #[serde(serialize_with = "bytes")]
    payload: &'a [u8],
    payload_bytes: u64,
    format: &'a str,
}

impl Redriven<'_> {
    /// Appends the bare datum.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let Self { topic, partition, offset, record, key, by, why } = *self;
        let headers = [("by", by), ("why", why), (RECORD, record)];
        let note = Note {
            reason: REDRIVEN,
            detail: "the letter at the source of this note was sent again",
            position: 0,
            source: Source { topic, partition, offset, index: 0 },
            timestamp: Timestamp::default(),
            key,
            headers: headers.map(|(name, value)| Header { name, value: Some(value.as_bytes()) }).into(),
            payload: &[],
            payload_bytes: 0,
            format: "auto",
        };
        encode_record(&note, out);
    }
}

struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

fn bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

fn optional_bytes<S: Serializer>(bytes: &Option<&[u8]>, serializer: S) -> Result<S::Ok, S::Error> {
    bytes.map(Bytes).serialize(serializer)
}

fn reason_name<S: Serializer>(reason: &Reason, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(reason.as_str())
}

fn format_name<S: Serializer>(format: &Format, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match format {
        Format::Auto => "auto",
        Format::CargoImp => "cargo_imp",
        Format::Json => "json",
        Format::Avro => "avro",
    })
}

//! What Kafka gave, and the answer when it says nothing readable.

use serde::Serialize;

use crate::model::Timestamp;

/// Where a record stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// Index of the topic among the configured inputs.
    pub topic: u16,
    pub partition: i32,
    pub offset: i64,
}

/// One record of the log, borrowed from the batch that read it.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    pub origin: Origin,
    /// When the terminal sent it or the broker received it: the upper bound of event time and the anchor of partial dates.
    pub timestamp: Timestamp,
    pub key: Option<&'a [u8]>,
    pub payload: &'a [u8],
}

/// Why a record, or one message of it, could not be read. It goes to the dead letters with the raw bytes; law 5.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{reason} at byte {position}: {detail}")]
pub struct Rejected {
    pub reason: Reason,
    /// For the person who repairs it: names the line or field, never quotes personal data.
    pub detail: String,
    /// Byte position in the payload.
    pub position: usize,
}

impl Rejected {
    pub fn new(reason: Reason, position: usize, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), position }
    }
}

/// The catalogue of reject reasons: bounded, so that they may be metric labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    BadAwb,
    BadField,
    BadHeader,
    Empty,
    NotPermitted,
    NotText,
    SchemaMismatch,
    SchemaUnavailable,
    TooDeep,
    TooLarge,
    TooMany,
    Truncated,
    UnknownFormat,
    UnknownSchema,
    UnsupportedVersion,
}

impl Reason {
    pub const ALL: [Reason; 15] = [
        Reason::BadAwb,
        Reason::BadField,
        Reason::BadHeader,
        Reason::Empty,
        Reason::NotPermitted,
        Reason::NotText,
        Reason::SchemaMismatch,
        Reason::SchemaUnavailable,
        Reason::TooDeep,
        Reason::TooLarge,
        Reason::TooMany,
        Reason::Truncated,
        Reason::UnknownFormat,
        Reason::UnknownSchema,
        Reason::UnsupportedVersion,
    ];

    pub fn as_str(self) -> &'static str {
        self.row().0
    }

    pub fn meaning(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (&'static str, &'static str) {
        match self {
            Reason::BadAwb => {
                ("bad_awb", "the air waybill number is not 3 + 8 digits, so the message cannot be tied to a shipment")
            }
            Reason::BadField => ("bad_field", "a field that the message cannot do without has the wrong form"),
            Reason::BadHeader => ("bad_header", "the message identifier, envelope or flight line is malformed"),
            Reason::Empty => ("empty", "the record has no payload"),
            Reason::NotPermitted => (
                "not_permitted",
                "the writers of this topic may not send this kind of message: outcomes come from screening teams alone",
            ),
            Reason::NotText => ("not_text", "the payload holds bytes that are not text where text is required"),
            Reason::SchemaMismatch => ("schema_mismatch", "the writer's Avro schema cannot be resolved to the canonical message"),
            Reason::SchemaUnavailable => ("schema_unavailable", "the schema registry did not answer within the retries"),
            Reason::TooDeep => ("too_deep", "the payload is nested deeper than the limit"),
            Reason::TooLarge => ("too_large", "the payload is larger than the limit"),
            Reason::TooMany => ("too_many", "the payload holds more elements than the limit"),
            Reason::Truncated => ("truncated", "the payload ends in the middle of a message"),
            Reason::UnknownFormat => ("unknown_format", "the payload is none of the supported formats"),
            Reason::UnknownSchema => ("unknown_schema", "the registry does not know the schema id"),
            Reason::UnsupportedVersion => ("unsupported_version", "the message type or version is not supported"),
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

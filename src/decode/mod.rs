//! Decoding: bytes of a record to canonical messages, or the reason why not.

pub mod cargo_imp;

use crate::model::{Message, Timestamp};
use crate::record::Rejected;

/// The wire format of an input topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Told from the first bytes of each payload.
    #[default]
    Auto,
    CargoImp,
    Json,
    Avro,
}

/// What one payload held, in its order.
pub type Decoded<'a> = Vec<Result<Message<'a>, Rejected>>;

/// What a decoder may spend on one payload.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub payload_bytes: usize,
    /// Messages, lines, list elements: each counted against this.
    pub elements: usize,
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { payload_bytes: 8 << 20, elements: 200_000, depth: 64 }
    }
}

/// What a decoder is told about a payload besides its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The record's timestamp: partial dates are completed to the nearest one.
    pub received: Timestamp,
    pub limits: Limits,
}

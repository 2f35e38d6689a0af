//! What a synthetic terminal sends, and what must become of it.

use super::stories::Story;
use crate::model::Timestamp;
use crate::record::Reason;

/// One message of the stream.
#[derive(Debug, Clone)]
pub struct Sent {
    /// When the terminal sends it: the record's timestamp.
    pub at: Timestamp,
    /// The air waybill, or the flight of a list.
    pub key: String,
    pub payload: Vec<u8>,
    pub expected: Expected,
    /// The smuggling story that it carries.
    pub story: Option<&'static Story>,
}

/// A message's fate: exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expected {
    /// This many consignments, each with an assessment.
    Assessed(u32),
    /// Nothing is published: memory keeps what it says.
    Remembered,
    DeadLetter(Reason),
}

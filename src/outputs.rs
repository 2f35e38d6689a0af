//! What is published: alerts for screening teams, referrals for terminals, one assessment for every consignment, dead letters.
//!
//! Each record borrows what it says and writes itself as a bare Avro datum of its schema under `schemas/`; the sink writes the
//! [`Frame`] before it. Nothing here holds a clock's value: the same message, bundle and memory give the same bytes.

mod alert;
mod assessment;
mod dead_letter;
mod frames;
pub mod read;
mod referral;

pub use alert::{Alert, Position, Summary};
pub use assessment::{AssessmentLine, CapLine, Suppressed};
pub use dead_letter::{DeadLetter, Header, RECORD, REDRIVEN, Redriven};
pub use frames::Frames;
pub use referral::{Referral, Told};

use serde::{Deserialize, Serialize};

pub use crate::decode::avro::frame::Frame;

/// The message an output is about: where it stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source<'a> {
    pub topic: &'a str,
    pub partition: i32,
    pub offset: i64,
    /// Which consignment, or for a dead letter which message, of the record; from 0.
    pub index: u32,
}

/// The records that are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    Alert,
    Referral,
    Assessment,
    DeadLetter,
}

impl Output {
    pub const ALL: [Output; 4] = [Output::Alert, Output::Referral, Output::Assessment, Output::DeadLetter];

    /// The Avro schema, as it is to be registered.
    pub fn schema(self) -> &'static str {
        match self {
            Output::Alert => include_str!("../schemas/alert.avsc"),
            Output::Referral => include_str!("../schemas/referral.avsc"),
            Output::Assessment => include_str!("../schemas/assessment.avsc"),
            Output::DeadLetter => include_str!("../schemas/dead-letter.avsc"),
        }
    }

    /// The frame of single-object encoding, for topics without a registry.
    pub fn single_object(self) -> Frame {
        let schema = apache_avro::Schema::parse_str(self.schema());
        schema.map_or(Frame::Bare, |schema| Frame::SingleObject(crate::decode::avro::frame::fingerprint(&schema)))
    }
}

#[cfg(test)]
mod tests;

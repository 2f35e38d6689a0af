//! Reading: who screens which partition, from which position, and the batches that follow.
//!
//! Ownership is separated from reading. The [`Ownership`] consumer subscribes, so that the group shares the partitions out, and
//! never fetches a record. The [`reader`] follows exactly the claimed partitions from the positions that the group committed.
//! A partition that is lost and gained again is a new [`Claim`](crate::batch::Claim): whatever was read under the old one falls
//! away when it reaches the sink.

mod claims;
mod history;
mod ownership;
mod positions;
pub mod reader;

pub use claims::{Claims, Partition};
pub use history::{History, Past};
pub use ownership::{Change, Ownership};
pub use positions::{Found, Positions, Question};

use crate::decode::Format;

/// An input topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    pub topic: String,
    pub format: Format,
}

/// When a batch is cut: at whichever comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchLimits {
    pub records: usize,
    pub bytes: usize,
    /// Since its first record was read.
    pub age: std::time::Duration,
}

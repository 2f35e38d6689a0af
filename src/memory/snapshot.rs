//! Snapshots: memory on disk, so that a start reads only the log after it. A cache of the fold, never the truth (law 1).
//!
//! ```text
//!  "loadgate memory" │ version u16 │ header block │ table blocks … │ end block
//!  a block: kind u8 │ length u32 │ CRC-32 u32 │ that many bytes          (little-endian; postcard inside)
//! ```
//!
//! Written beside the last one, synced, renamed over it, and the folder synced: after a crash there is the old one or the new one.
//! The end block counts the entries, so that a file cut at a block's end is seen too. A snapshot that cannot be used for any reason
//! is refused with that reason, and the log is read instead; it never becomes an empty memory.

use std::io;

use serde::{Deserialize, Serialize};

use super::Horizons;

mod old;
mod read;
mod write;

pub use read::load;
pub use write::write;

/// What a snapshot stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Of the secret that the keys were made under.
    pub keys: u64,
    /// The input topics in their order: entries name them by index.
    pub topics: Vec<String>,
    /// What was folded: next offset by topic index and partition.
    pub positions: Vec<(u16, i32, i64)>,
}

#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("there is no snapshot")]
    Missing,
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("is not a snapshot of memory")]
    Foreign,
    #[error("has format {0}, which this version does not read")]
    Version(u16),
    #[error("is torn: {0}")]
    Torn(&'static str),
    #[error("was made under another key; memory starts anew from the log")]
    OtherKey,
    #[error("was made with other input topics or horizons; memory starts anew from the log")]
    OtherConfiguration,
}

const MAGIC: &[u8; 15] = b"loadgate memory";
/// Files of this and of every format before it that is still read are kept in `tests/data/snapshots`.
pub(super) const VERSION: u16 = 4;
/// Consignments of [`old`]; 2 is the same without tallies.
const OLD_VERSIONS: std::ops::RangeInclusive<u16> = 2..=3;
/// Blocks encoded and not written yet, or read and not taken in yet.
const BLOCKS_AHEAD: usize = 4;

/// What a block holds. The numbers are the format.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Block {
    Header = 1,
    Consignments,
    Parties,
    Agents,
    Bands,
    Traces,
    Links,
    Loads,
    End,
    Tallies,
}

/// Horizons as they are written down.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct HorizonsForm(u16, u16, u16);

impl HorizonsForm {
    fn of(horizons: Horizons) -> Self {
        Self(horizons.identity_days, horizons.contact_days, horizons.document_days)
    }
}

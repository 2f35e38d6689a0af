//! Memory: how every party, lane and shipment usually behaves, as a fold over everything that was read.
//!
//! ```text
//!  message ──observe──▶ observations ──fold──▶ memory ──recall──▶ history of a consignment
//!           in parallel,                one thread owns it;        what the facts and
//!           keyed hashes                no locks                   indicators speak of
//! ```
//!
//! # Why the order does not matter (law 2)
//!
//! Memory is a function of the *set* of observations within the horizon, and of the newest event time:
//!
//! - **Sums** count the latest version of each consignment only. A newer version takes the share of the older one out and puts its
//!   own in; integers add and subtract exactly. When the latest version passes the horizon, its share is taken out.
//! - **Sets** (days seen, distinct counts, latest few of something) hold every version within the horizon. Their union is
//!   commutative and idempotent, and every element carries its day, so that it is forgotten by itself.
//! - What is older than the horizon when it arrives is not folded, which is the same as folding and forgetting it.
//!
//! The issue window of a number is the horizon too: airlines use waybill numbers again after a year or so, and an entry of which
//! nothing is left within the horizon is gone.

pub mod consignment;
pub mod course;
pub mod days;
pub mod deadline;
pub mod departure;
mod digest;
pub mod entities;
mod fold;
pub mod histogram;
pub mod history;
mod index;
pub mod key;
pub mod observation;
mod observe;
mod open;
mod places;
mod recall;
pub mod sketch;
pub mod snapshot;
pub mod table;
pub mod tally;
#[cfg(test)]
mod tests;
mod way;

use std::collections::{BTreeMap, BTreeSet};

pub use digest::Digest;
pub use history::History;
pub use key::{Key, Keys};
pub use observe::{Observer, Seen, first_departure};
pub use places::Places;

use consignment::Consignment;
use days::{DAYS_KEPT, Day, DaySet};
use entities::{Band, Link, Load, Party, Record, Trace};
use table::{Frozen, Table};
use tally::Tallies;

/// How long what is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizons {
    /// Behaviour of consignments, parties, lanes, commodities: days behind the newest event.
    pub identity_days: u16,
    /// Who shared a phone, an address, an account: at most `identity_days`.
    pub contact_days: u16,
    /// Which numbers documents bore: at most `identity_days`.
    pub document_days: u16,
}

impl Default for Horizons {
    fn default() -> Self {
        Self { identity_days: 90, contact_days: 60, document_days: 30 }
    }
}

impl Horizons {
    /// The longest that memory can keep.
    pub const LONGEST_DAYS: u16 = DAYS_KEPT - 8;
}

/// The memory of one replica.
#[derive(Default)]
pub struct Memory {
    horizons: Horizons,
    /// Days on which anything was observed: the last is the newest event, the first tells how far memory reaches back.
    days: DaySet,
    /// Of all consignments together: what is usual to find. Follows from the consignments, so it is not written down.
    record: Record,
    consignments: Table<Consignment>,
    parties: Table<Party>,
    agents: Table<Party>,
    bands: Table<Band>,
    traces: Table<Trace>,
    links: Table<Link>,
    loads: Table<Load>,
    tallies: Tallies,
    /// Slots of consignments that add to a sum, by the day on which that passes the horizon: some may have changed since.
    due: BTreeMap<Day, Vec<u32>>,
    /// Deadlines by partition and time: some may no longer hold.
    deadlines: BTreeSet<(deadline::Partition, deadline::Passed)>,
    /// Where the sweep for entries of which nothing is left goes on.
    swept: u32,
}

/// Entries by kind, for the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Size {
    pub consignments: usize,
    pub parties: usize,
    pub bands: usize,
    pub traces: usize,
    pub links: usize,
    pub loads: usize,
    pub tallies: usize,
    /// Allocated for tables and indexes; lists of single consignments not counted.
    pub bytes: usize,
}

/// A table's share of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableSize {
    pub name: &'static str,
    pub entries: usize,
    /// Entries with their keys, and the index.
    pub bytes: usize,
}

/// A memory as it was at one moment, for writing it down on another thread.
pub struct FrozenMemory {
    horizons: Horizons,
    days: DaySet,
    consignments: Frozen<Consignment>,
    parties: Frozen<Party>,
    agents: Frozen<Party>,
    bands: Frozen<Band>,
    traces: Frozen<Trace>,
    links: Frozen<Link>,
    loads: Frozen<Load>,
    tallies: Tallies,
}

impl Memory {
    pub fn new(horizons: Horizons) -> Self {
        Self { horizons, ..Self::default() }
    }

    pub fn horizons(&self) -> Horizons {
        self.horizons
    }

    /// The first day that is remembered.
    fn first(&self) -> Day {
        self.days.last().unwrap_or_default().minus(self.horizons.identity_days)
    }

    /// Each table by itself: what takes the room.
    pub fn tables(&self) -> [TableSize; 7] {
        fn of<T: Clone + Default>(name: &'static str, table: &Table<T>) -> TableSize {
            TableSize { name, entries: table.len(), bytes: table.bytes() }
        }
        [
            of("consignments", &self.consignments),
            of("parties", &self.parties),
            of("agents", &self.agents),
            of("bands", &self.bands),
            of("traces", &self.traces),
            of("links", &self.links),
            of("loads", &self.loads),
        ]
    }

    pub fn size(&self) -> Size {
        Size {
            consignments: self.consignments.len(),
            parties: self.parties.len() + self.agents.len(),
            bands: self.bands.len(),
            traces: self.traces.len(),
            links: self.links.len(),
            loads: self.loads.len(),
            tallies: self.tallies.values().map(|day| day.len()).sum(),
            bytes: self.tables().iter().map(|table| table.bytes).sum(),
        }
    }

    /// A view of everything as it is now; costs a few words for every 8,000 entries.
    pub fn freeze(&mut self) -> FrozenMemory {
        FrozenMemory {
            horizons: self.horizons,
            days: self.days,
            consignments: self.consignments.freeze(),
            parties: self.parties.freeze(),
            agents: self.agents.freeze(),
            bands: self.bands.freeze(),
            traces: self.traces.freeze(),
            links: self.links.freeze(),
            loads: self.loads.freeze(),
            tallies: self.tallies.clone(),
        }
    }
}

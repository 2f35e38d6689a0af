//! What is not usual, or does not fit together, by what memory recalls.
//!
//! An indicator here says how much history stands behind it, and finds nothing where too little does: nothing is "first" to a
//! memory of three days. First times are common, so each weighs little; they count together.

pub(super) mod amended;
#[cfg(test)]
mod cases;
pub(super) mod custody;
pub(super) mod finds;
pub(super) mod houses;
pub(super) mod parties;
pub(super) mod quantities;
pub(super) mod security;
pub(super) mod split;
#[cfg(test)]
mod tests;
pub(super) mod unusual;
pub(super) mod way;

use std::fmt;

use crate::codes::airports;
use crate::memory::History;
use crate::memory::consignment::VERSIONS;
use crate::memory::observation::{Minute, Stage, Station};
use crate::model::{Airport, BillKind, Timestamp};
use crate::screen::facts::Facts;

/// Days of memory before anything is called new: most regular customers have come by in three weeks.
const SETTLED_DAYS: u16 = 21;
/// Days of memory before something is missed in it: a waybill's data come up to so long before its goods.
const WAYBILL_LEAD_DAYS: u16 = 14;

/// Memory that has seen enough to call something new.
fn settled<'f>(facts: &Facts<'f>) -> Option<&'f History> {
    facts.history.filter(|history| history.memory_days >= SETTLED_DAYS)
}

/// Memory that reaches back far enough to miss a waybill.
fn complete<'f>(facts: &Facts<'f>) -> Option<&'f History> {
    facts.history.filter(|history| history.memory_days >= WAYBILL_LEAD_DAYS)
}

/// What the bill states, whether its message is screened or only memory knows it.
struct Stated {
    kind: BillKind,
    pieces: u64,
    slac: u64,
    weight_g: u64,
    departure: Option<Timestamp>,
}

/// `None` when no bill is known.
fn stated(facts: &Facts<'_>, history: &History) -> Option<Stated> {
    let version = history.version?;
    let remembered = history.bill.map(|(_, bill)| bill);
    Some(Stated {
        kind: remembered.map_or(facts.consignment.kind, |bill| bill.kind),
        pieces: version.pieces.into(),
        slac: remembered.map_or(facts.slac(), |bill| Some(bill.slac.into())).unwrap_or_default(),
        weight_g: version.weight_g,
        departure: remembered.map_or(facts.departure(), |bill| bill.departure.map(Minute::time)),
    })
}

/// When the first version of the bill came; `None` when there are so many that the first is forgotten.
fn first_version(history: &History) -> Option<Timestamp> {
    let times = history.versions.iter().map(|version| version.stamp.time);
    let all_known = history.versions.len() < VERSIONS;
    times.chain(history.version.map(|version| version.stamp.time)).min().filter(|_| all_known)
}

/// Minutes from a reported event to a message about it or after it, at least: events are reported in the station's own time, which
/// in the Americas is hours behind UTC, so that they look earlier than they were.
fn minutes_after(time: Timestamp, event: Timestamp, station: Station) -> i64 {
    let behind_minutes = airports::hours_behind_utc(Airport::from_bytes(&station)) * 60;
    let doubt = behind_minutes.max(CLOCK_MINUTES);
    time.minutes_since(event).saturating_sub(doubt)
}

/// What the clocks of terminals are off.
const CLOCK_MINUTES: i64 = 60;

/// The stages at which a whole shipment is counted, in the order of its way.
const COUNTED: [Stage; 5] = [Stage::Accepted, Stage::Manifested, Stage::Departed, Stage::Received, Stage::Delivered];

fn station(code: &Station) -> &str {
    std::str::from_utf8(code).unwrap_or_default().trim_end_matches('\0')
}

/// A weight as stated.
fn kg(grams: u64) -> String {
    format!("{} kg", grams as f64 / 1_000.0)
}

/// The bounds of a usual range: as exact as bounds of histograms are.
struct Range(f64, f64);

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = if self.0 >= 10.0 { 0 } else { 2 };
        write!(f, "{:.digits$}–{:.digits$}", self.0, self.1)
    }
}

/// Bits of surprise for people: `5.6`.
struct Bits(u16);

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// `1 consignment`, `2 consignments`.
struct Count(u64, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(number, noun) = self;
        write!(f, "{number} {noun}{}", if *number == 1 { "" } else { "s" })
    }
}

fn consignments(number: u32) -> Count {
    Count(number.into(), "consignment")
}

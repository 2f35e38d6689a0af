//! What memory keeps of one consignment: the latest version of its bill, where it has been, what was found.
//!
//! Every piece carries its own stamp and is dropped by it when it passes the horizon, so the entry is a function of the set of
//! observations within the horizon, whatever their order. Where a number of pieces is kept, it is the latest so many: the
//! greatest k of a set do not depend on order either.

use serde::{Deserialize, Serialize};

use super::course::Course;
use super::days::Day;
use super::key::Mark;
use super::observation::{Bill, Conclusion, Part, Stage, Stamp, Station};
use crate::model::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Consignment {
    /// Of the latest version; `None` when only movements, houses or outcomes are known.
    pub stamp: Option<Stamp>,
    pub bill: Bill,
    /// In the order of what tells them apart: stage, identity, lead.
    pub parts: Box<[Part]>,
    pub more: Option<Box<More>>,
}

/// What few consignments have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct More {
    /// Earlier versions, latest first.
    pub versions: Vec<Version>,
    /// What people found, latest first.
    pub conclusions: Vec<Conclusion>,
    /// What was published about it.
    pub course: Course,
    /// The house bills of a master together.
    pub houses: Houses,
}

/// What an earlier version of a bill said, as far as a change of it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Version {
    pub stamp: Stamp,
    /// Low half of the consignee's key.
    pub consignee: u32,
    pub destination: Station,
    pub pieces: u32,
    pub weight_g: u64,
    /// All seals together.
    pub seals: Mark,
}

/// The latest versions of the houses under a master, added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Houses {
    pub count: u32,
    pub pieces: u64,
    pub slac: u64,
    pub weight_g: u64,
    /// Sum of the squares of the weights in decagrams, wrapping: with count and sum it tells whether all weigh the same.
    pub weight_squares: u64,
    /// Houses whose weight is a whole number of kilograms.
    pub whole_kilograms: u32,
}

/// Parts kept: a shipment on six flights with acceptance, manifest, departure and arrival of each.
const PARTS: usize = 24;
/// Earlier versions kept.
pub const VERSIONS: usize = 3;
const CONCLUSIONS: usize = 4;

impl Houses {
    pub fn change(&mut self, bill: &Bill, sign: i32) {
        let times = |value: u64| value.wrapping_mul(i64::from(sign) as u64);
        self.count = self.count.wrapping_add_signed(sign);
        self.pieces = self.pieces.wrapping_add(times(u64::from(bill.pieces)));
        self.slac = self.slac.wrapping_add(times(u64::from(bill.slac)));
        self.weight_g = self.weight_g.wrapping_add(times(bill.weight_g));
        let decagrams = bill.weight_g / 10;
        self.weight_squares = self.weight_squares.wrapping_add(times(decagrams.wrapping_mul(decagrams)));
        let whole = bill.weight_g > 0 && bill.weight_g.is_multiple_of(1_000);
        self.whole_kilograms = self.whole_kilograms.wrapping_add_signed(if whole { sign } else { 0 });
    }
}

impl Consignment {
    pub fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    /// Takes in a version of the bill. True when it is now the latest.
    pub fn declare(&mut self, stamp: Stamp, bill: Bill) -> bool {
        let Some(latest) = self.stamp else {
            (self.stamp, self.bill) = (Some(stamp), bill);
            return true;
        };
        if stamp == latest {
            return false;
        }
        let newer = stamp > latest;
        let earlier = if newer { Version::of(latest, &self.bill) } else { Version::of(stamp, &bill) };
        keep_latest(&mut self.more().versions, earlier, VERSIONS);
        if newer {
            (self.stamp, self.bill) = (Some(stamp), bill);
        }
        newer
    }

    /// Takes in a part. Returns what it replaced and what was pushed out for it, which no longer count.
    pub fn moved(&mut self, part: Part) -> Replaced {
        match self.parts.binary_search_by_key(&part.place(), Part::place) {
            Ok(index) => {
                let Some(known) = self.parts.get_mut(index) else { return Replaced::Unchanged };
                if (part.stamp, part.pieces, part.weight_g) <= (known.stamp, known.pieces, known.weight_g) {
                    return Replaced::Unchanged;
                }
                Replaced::One(std::mem::replace(known, part))
            }
            Err(index) => {
                let mut parts = std::mem::take(&mut self.parts).into_vec();
                parts.insert(index.min(parts.len()), part);
                let pushed_out = (parts.len() > PARTS).then(|| oldest(&parts)).flatten();
                let out = pushed_out.map(|index| parts.remove(index));
                self.parts = parts.into_boxed_slice();
                out.map_or(Replaced::Nothing, Replaced::One)
            }
        }
    }

    pub fn conclude(&mut self, conclusion: Conclusion) {
        keep_latest(&mut self.more().conclusions, conclusion, CONCLUSIONS);
    }

    /// Something was found, by any inspection within the horizon.
    pub fn found(&self) -> bool {
        self.conclusions().iter().any(|conclusion| conclusion.found)
    }

    pub fn inspected(&self) -> bool {
        self.conclusions().iter().any(|conclusion| conclusion.inspected)
    }

    pub fn conclusions(&self) -> &[Conclusion] {
        self.more.as_ref().map(|more| more.conclusions.as_slice()).unwrap_or_default()
    }

    pub fn versions(&self) -> &[Version] {
        self.more.as_ref().map(|more| more.versions.as_slice()).unwrap_or_default()
    }

    pub fn houses(&self) -> Houses {
        self.more.as_ref().map(|more| more.houses).unwrap_or_default()
    }

    pub fn stage(&self, stage: Stage) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |part| part.stage == stage)
    }

    /// Drops what is from before `first`. Returns the parts dropped.
    pub fn forget_before(&mut self, first: Day) -> Vec<Part> {
        if self.stamp.is_some_and(|stamp| stamp.day() < first) {
            (self.stamp, self.bill) = (None, Bill::default());
        }
        let (kept, dropped): (Vec<Part>, Vec<Part>) =
            std::mem::take(&mut self.parts).into_iter().partition(|part| part.stamp.day() >= first);
        self.parts = kept.into_boxed_slice();
        if let Some(more) = &mut self.more {
            let kept = |stamp: Stamp| stamp.day() >= first;
            more.versions.retain(|version| kept(version.stamp));
            more.conclusions.retain(|conclusion| kept(conclusion.stamp));
            more.course = more.course.since(first);
            if **more == More::default() {
                self.more = None;
            }
        }
        dropped
    }

    pub fn is_empty(&self) -> bool {
        self.stamp.is_none() && self.parts.is_empty() && self.more.as_ref().is_none_or(|more| **more == More::default())
    }

    /// Something of it is left within the horizon.
    pub fn is_live(&self, first: Day) -> bool {
        let live = |stamp: Stamp| stamp.day() >= first;
        let assessed = || self.more.as_ref().and_then(|more| more.course.assessed.as_ref());
        self.stamp.is_some_and(live)
            || self.parts.iter().any(|part| live(part.stamp))
            || self.conclusions().iter().any(|conclusion| live(conclusion.stamp))
            || assessed().is_some_and(|assessed| live(assessed.stamp))
            || self.houses() != Houses::default()
    }

    /// The time of the latest thing known about it.
    pub fn last(&self) -> Option<Timestamp> {
        let parts = self.parts.iter().map(|part| part.stamp.time);
        let conclusions = self.conclusions().iter().map(|conclusion| conclusion.stamp.time);
        self.stamp.map(|stamp| stamp.time).into_iter().chain(parts).chain(conclusions).max()
    }
}

/// What a part took the place of.
#[derive(Debug, PartialEq)]
pub enum Replaced {
    /// Nothing: the part is new.
    Nothing,
    /// This one no longer counts; it may be the new part itself, when it is older than all that are kept.
    One(Part),
    /// The part was known, or is older than what is known.
    Unchanged,
}

impl Version {
    pub(super) fn of(stamp: Stamp, bill: &Bill) -> Self {
        let Bill { consignee, lane, pieces, weight_g, seals, .. } = *bill;
        Self { stamp, consignee: consignee.bits() as u32, destination: lane.destination, pieces, weight_g, seals }
    }
}

fn oldest(parts: &[Part]) -> Option<usize> {
    let order = |part: &Part| (part.stamp, part.place());
    parts.iter().enumerate().min_by_key(|(_, part)| order(part)).map(|(index, _)| index)
}

/// Keeps the `limit` greatest, in descending order, each once.
fn keep_latest<T: Ord>(list: &mut Vec<T>, item: T, limit: usize) {
    if let Err(index) = list.binary_search_by(|known| item.cmp(known)) {
        list.insert(index, item);
        list.truncate(limit);
    }
}

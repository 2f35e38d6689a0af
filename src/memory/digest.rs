//! The digest of a memory: the same for the same set of observations, whatever the order in which they came.

use std::fmt;
use std::hash::Hasher;

use serde::Serialize;
use siphasher::sip128::{Hasher128, SipHasher13};

use super::FrozenMemory;
use super::consignment::Consignment;
use super::days::Day;
use super::entities::Forget;
use super::key::Key;
use super::table::Frozen;

/// Sum of the hashes of all entries in canonical form: independent of where in the tables they lie.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Digest(u128);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Forget for Consignment {
    fn is_spent(&self, first: Day) -> bool {
        !self.is_live(first)
    }

    fn from(&self, first: Day) -> Self {
        let mut kept = self.clone();
        kept.forget_before(first);
        kept
    }

    fn is_empty(&self) -> bool {
        Consignment::is_empty(self)
    }
}

impl FrozenMemory {
    /// What this memory is, in 128 bits.
    pub fn digest(&self) -> Digest {
        let first = self.first();
        let mut sum = Sum::default();
        sum.add(0, Key::NONE, &self.days.from(first));
        sum.table(1, &self.consignments, first);
        sum.table(2, &self.parties, first);
        sum.table(3, &self.agents, first);
        sum.table(4, &self.bands, first);
        sum.table(5, &self.traces, first);
        sum.table(6, &self.links, first);
        sum.table(7, &self.loads, first);
        for (day, tally) in &self.tallies {
            tally.iter().for_each(|(what, tally)| sum.add(8, Key::NONE, &(day, what, tally)));
        }
        Digest(sum.digest)
    }

    pub(super) fn first(&self) -> Day {
        self.days.last().unwrap_or_default().minus(self.horizons.identity_days)
    }
}

#[derive(Default)]
struct Sum {
    digest: u128,
    bytes: Vec<u8>,
}

impl Sum {
    fn table<T: Forget + Serialize>(&mut self, number: u8, table: &Frozen<T>, first: Day) {
        for (key, entry) in table.iter() {
            let kept = entry.from(first);
            if !kept.is_empty() {
                self.add(number, key, &kept);
            }
        }
    }

    fn add(&mut self, table: u8, key: Key, entry: &impl Serialize) {
        self.bytes.clear();
        // Writing to a Vec does not fail.
        if let Ok(bytes) = postcard::to_extend(&(table, key, entry), std::mem::take(&mut self.bytes)) {
            self.bytes = bytes;
        }
        let mut hasher = SipHasher13::new();
        hasher.write(&self.bytes);
        self.digest = self.digest.wrapping_add(hasher.finish128().as_u128());
    }
}

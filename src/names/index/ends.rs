//! Where a walk through the names of a word may end: they are in the order of what they lose, so that those which may still reach a
//! score are the ones before a number.

use super::super::joined::RUN_MAX;
use super::super::score::{BY_INITIALS, SPELT_OUT};
use super::marks::Mask;
use super::records::Records;
use super::wanted::{Best, Reach};

/// What a name must be able to score.
#[derive(Debug, Clone, Copy)]
pub struct Limit<'a> {
    pub reach: Reach<'a>,
    pub records: &'a Records,
    pub score: f32,
}

impl Limit<'_> {
    /// The number before which the names are that may reach the score with no more than this.
    pub fn end(self, best: Best) -> u32 {
        best.end(self.records, self.score)
    }
}

/// Ends by the bits that a name meets. Each is told when it is asked for: few of the sets of bits occur in names.
#[derive(Debug, Default)]
pub struct Ends {
    /// If each of their words meets one of the query's.
    whole: Vec<Option<u32>>,
    /// The same for names of which too little is spelt out beside initials.
    weak: Vec<Option<u32>>,
    /// If several of their words meet one, run together; by how many more than two.
    parted: Vec<[Option<u32>; PARTED_COUNTS]>,
    /// Whether the words of these bits are enough beside initials.
    spelt_out: Vec<bool>,
}

/// A word may be parted in two, three or four.
const PARTED_COUNTS: usize = RUN_MAX - 1;

impl Ends {
    /// Forgets all: the query is another, or the score.
    pub fn clear(&mut self, reach: Reach<'_>) {
        let Self { whole, weak, parted, spelt_out } = self;
        spelt_out.clear();
        spelt_out.extend(reach.masks().map(|mask| reach.spelt_out(mask) >= SPELT_OUT));
        for ends in [whole, weak] {
            ends.clear();
            ends.resize(spelt_out.len(), None);
        }
        parted.clear();
        parted.resize(spelt_out.len(), [None; PARTED_COUNTS]);
    }

    pub fn whole(&mut self, mask: Mask, limit: Limit<'_>) -> u32 {
        let enough = mask.spelt_out() == mask.met() || self.spelt_out.get(usize::from(mask.spelt_out())) == Some(&true);
        let (ends, factor) = if enough { (&mut self.whole, 1.0) } else { (&mut self.weak, BY_INITIALS) };
        let Some(end) = ends.get_mut(usize::from(mask.met())) else { return 0 };
        *end.get_or_insert_with(|| Limit { score: limit.score / factor, ..limit }.end(limit.reach.met(mask.met(), None)))
    }

    /// If so many of their words meet one.
    pub fn parted(&mut self, mask: Mask, words: usize, limit: Limit<'_>) -> u32 {
        let ends = self.parted.get_mut(usize::from(mask.met()));
        let Some(end) = ends.and_then(|ends| ends.get_mut(words.checked_sub(2)?)) else { return 0 };
        *end.get_or_insert_with(|| limit.end(limit.reach.met(mask.met(), None).parted(words - 1)))
    }
}

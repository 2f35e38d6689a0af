//! Names by what several of their words in a row sound like, run together: one word of a query may be them all.

use std::ops::Range;

use super::super::glance::Glance;
use super::super::joined::{PARTED_LETTERS_MIN, RUN_LETTERS_APART, RUN_MAX};
use super::super::letters::Outline;
use super::super::token::{LETTERS_MAX, Name, TOKENS_MAX};
use super::keyed::{Keyed, Keys};
use super::keys;
use crate::near;

/// Words in a row of a name: its number, then the place of the first, then how many there are more than two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run(u32);

const PLACE_BITS: u32 = TOKENS_MAX.ilog2();
const COUNT_BITS: u32 = 2;
/// Words in a row at least.
const COUNT_MIN: usize = 2;
/// Letters of a run at least.
const LETTERS_MIN: usize = PARTED_LETTERS_MIN - RUN_LETTERS_APART;

impl Run {
    /// `None` beyond 67 million names: those are found by their words alone.
    fn new(name: u32, places: &Range<usize>) -> Option<Self> {
        let name = name.checked_mul(1 << (PLACE_BITS + COUNT_BITS))?;
        Some(Self(name | (places.start as u32) << COUNT_BITS | (places.len() - COUNT_MIN) as u32))
    }

    pub fn name(self) -> u32 {
        self.0 >> (PLACE_BITS + COUNT_BITS)
    }

    pub fn places(self) -> Range<usize> {
        let start = (self.0 >> COUNT_BITS) as usize % TOKENS_MAX;
        start..start + COUNT_MIN + (self.0 % (1 << COUNT_BITS)) as usize
    }

    /// The same words after the name got another number.
    fn renumbered(self, numbers: &[u32]) -> Option<Self> {
        Self::new(*numbers.get(self.name() as usize)?, &self.places())
    }
}

/// Runs that sound alike: the letters that they sound like, and the runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    pub heard: Outline,
    pub members: Members,
}

/// Where the runs of a group are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Members {
    start: u32,
    count: u32,
}

impl Members {
    pub fn len(self) -> usize {
        self.count as usize
    }
}

/// The runs of all names.
#[derive(Debug, Default)]
pub struct Runs {
    groups: Keys<Group>,
    /// Those of a group in a row, ascending.
    runs: Vec<Run>,
}

impl Runs {
    /// What is under any of some keys.
    pub fn under_all<'a>(&'a self, keys: &'a [u32]) -> impl Iterator<Item = &'a Group> {
        self.groups.find_all(keys)
    }

    pub fn of(&self, Members { start, count }: Members) -> &[Run] {
        self.runs.get(start as usize..(start + count) as usize).unwrap_or_default()
    }

    /// Asks for the first of them to be brought near.
    pub fn ask_for(&self, members: Members) {
        self.of(members).first().into_iter().for_each(near::ask_for);
    }

    pub fn bytes(&self) -> usize {
        self.groups.bytes() + self.runs.capacity() * size_of::<Run>()
    }
}

/// Collects the runs of names.
#[derive(Debug, Default)]
pub struct Builder(Vec<Keyed<(Outline, Run)>>);

impl Builder {
    pub fn add(&mut self, number: u32, name: &Name) {
        for start in 0..name.tokens.len() {
            for end in start + COUNT_MIN..=name.tokens.len().min(start + RUN_MAX) {
                let run = name.tokens.get(start..end).unwrap_or_default();
                let letters: usize = run.iter().map(|token| token.text.len()).sum();
                if !(LETTERS_MIN..=LETTERS_MAX + RUN_LETTERS_APART).contains(&letters) {
                    continue;
                }
                let key = keys::of_run(run.iter().map(|token| token.sound.as_str()));
                let heard = run.iter().map(|token| Glance::of(token).heard()).fold(Outline::default(), Outline::and);
                self.0.extend(Run::new(number, &(start..end)).map(|run| Keyed { key, value: (heard, run) }));
            }
        }
    }

    /// The runs when every name has its new number.
    pub fn finish(self, numbers: &[u32]) -> Runs {
        let renumbered = |Keyed { key, value: (heard, run) }: Keyed<(Outline, Run)>| {
            Some(Keyed { key, value: (heard, run.renumbered(numbers)?) })
        };
        let mut all: Vec<_> = self.0.into_iter().filter_map(renumbered).collect();
        all.sort_unstable();
        let mut groups = Vec::new();
        let mut start = 0;
        for group in all.chunk_by(|one, other| (one.key, one.value.0) == (other.key, other.value.0)) {
            let Some(Keyed { key, value: (heard, _) }) = group.first().copied() else { continue };
            let count = group.len() as u32;
            groups.push(Keyed { key, value: Group { heard, members: Members { start, count } } });
            start += count;
        }
        let mut runs: Vec<_> = all.into_iter().map(|Keyed { value: (_, run), .. }| run).collect();
        runs.shrink_to_fit();
        Runs { groups: Keys::build(groups), runs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_keeps_its_name_and_places() {
        for (name, places) in [(0, 0..2), (67_000_000, 12..16), (1, 15..18)] {
            let run = Run::new(name, &places).unwrap();
            assert_eq!((run.name(), run.places()), (name, places));
        }
        assert_eq!(Run::new(1 << 26, &(0..2)), None);
    }
}

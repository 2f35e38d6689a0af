//! The first look at a condition that was brought up: does each of its parts have a key hit, or a fact unknown? Most conditions are
//! brought up in vain and end here. All parts of a condition lie side by side, so that this look costs one or two cache lines.

use super::KeyId;
use super::cover::Cover;
use super::scratch::Hits;

/// A part with more keys is left to the evaluation.
const KEYS_MAX: usize = 8;

/// The parts of every condition, one after the other: number of keys, the keys, number of readers, the readers.
#[derive(Debug, Clone, Default)]
pub(super) struct Filters {
    words: Vec<u32>,
    /// By condition: where its parts end; they begin where those of the one before end.
    ends: Vec<u32>,
}

impl Filters {
    pub fn new(covers: &[Vec<Cover>]) -> Self {
        let mut filters = Self::default();
        for covers in covers {
            for Cover { keys, readers, .. } in covers.iter().filter(|cover| cover.keys.len() <= KEYS_MAX) {
                filters.push(keys);
                filters.push(readers);
            }
            filters.ends.push(super::number(filters.words.len()));
        }
        filters
    }

    fn push(&mut self, numbers: &[KeyId]) {
        self.words.push(super::number(numbers.len()));
        self.words.extend(numbers);
    }

    /// False only when the condition is.
    pub fn pass(&self, condition: u32, hits: &Hits) -> bool {
        let end_of = |condition: usize| self.ends.get(condition).map_or(0, |end| *end as usize);
        let condition = condition as usize;
        let start = condition.checked_sub(1).map_or(0, end_of);
        let mut rest = self.words.get(start..end_of(condition)).unwrap_or_default();
        while let Some((keys, after)) = counted(rest) {
            let Some((readers, after)) = counted(after) else { return true };
            if !keys.iter().any(|key| hits.is_hit(*key)) && !readers.iter().any(|reader| hits.is_unknown(*reader)) {
                return false;
            }
            rest = after;
        }
        true
    }
}

/// A number, so many words, and what follows.
fn counted(words: &[u32]) -> Option<(&[u32], &[u32])> {
    let (count, rest) = words.split_first()?;
    rest.split_at_checked(*count as usize)
}

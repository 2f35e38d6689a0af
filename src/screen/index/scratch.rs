//! What one evaluation knows. Kept from row to row, so that nothing is allocated once it has grown; marks carry the number of
//! their row, so that nothing has to be cleared.

use super::{KeyId, NO_KEY};
use crate::screen::cel::{Num, Outcome};

/// Where NaN lies: no range ends there.
pub(super) const NO_PIECE: u32 = u32::MAX;

/// Working memory of an index. One for each thread; it serves any number of indexes in turn.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) hits: Hits,
    pub(super) work: Work,
    /// Conditions to be looked at.
    pub(super) brought_up: Vec<u32>,
}

/// What is so about the row.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    row: u32,
    /// By key: the row that it was last hit by.
    marks: Vec<u32>,
    /// The keys hit, in the end those that some posting is under.
    posted: Vec<KeyId>,
    /// Readers whose fact is missing, or too long to be taken apart.
    unknown: Vec<u32>,
    /// By reader: the row for which it was last unknown.
    unknown_marks: Vec<u32>,
    /// By reader.
    held: Vec<Held>,
    any_oversize: bool,
}

/// What a fact holds, as far as tests look at it again.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Held {
    Missing,
    /// A list without elements.
    Empty,
    /// With the piece of the line that it lies in.
    Number(Num, u32),
    Other,
}

/// What has been found out, and the answer.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub row: u32,
    /// Outcomes of shared terms and of tests that are evaluated, by their number.
    pub terms: Vec<Memo>,
    pub tests: Vec<Memo>,
    /// By condition: the row it was last evaluated for.
    pub seen: Vec<u32>,
    pub matched: Vec<u32>,
    pub undecided: Vec<u32>,
}

/// An outcome and the row it is of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memo {
    row: u32,
    outcome: Outcome,
}

impl Memo {
    const NONE: Memo = Memo { row: 0, outcome: Outcome::Undecided };

    pub fn of(self, row: u32) -> Option<Outcome> {
        (self.row == row).then_some(self.outcome)
    }
}

/// Sizes of an index.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sizes {
    pub keys: usize,
    pub readers: usize,
    pub terms: usize,
    pub tests: usize,
    pub conditions: usize,
}

impl Scratch {
    /// Positions of the conditions that match the last row, ascending.
    pub fn matched(&self) -> &[u32] {
        &self.work.matched
    }

    /// Positions of the conditions that ended in an error, ascending.
    pub fn undecided(&self) -> &[u32] {
        &self.work.undecided
    }

    pub(super) fn next_row(&mut self, sizes: Sizes) {
        let Self { hits, work, brought_up } = self;
        brought_up.clear();
        hits.row = hits.row.checked_add(1).unwrap_or_else(|| {
            // Marks of four billion rows ago would look new.
            hits.unknown_marks = Vec::new();
            (hits.marks, work.terms, work.tests, work.seen) = Default::default();
            1
        });
        work.row = hits.row;
        grow(&mut hits.marks, sizes.keys, 0);
        grow(&mut hits.unknown_marks, sizes.readers, 0);
        grow(&mut hits.held, sizes.readers, Held::Missing);
        grow(&mut work.terms, sizes.terms, Memo::NONE);
        grow(&mut work.tests, sizes.tests, Memo::NONE);
        grow(&mut work.seen, sizes.conditions, 0);
        hits.posted.clear();
        hits.unknown.clear();
        hits.any_oversize = false;
        work.matched.clear();
        work.undecided.clear();
    }
}

fn grow<T: Clone>(list: &mut Vec<T>, size: usize, empty: T) {
    if list.len() < size {
        list.resize(size, empty);
    }
}

impl Hits {
    /// Notes a key that is so.
    pub fn hit(&mut self, key: KeyId) {
        let Some(mark) = self.marks.get_mut(key as usize) else { return };
        if *mark != self.row {
            *mark = self.row;
            self.posted.push(key);
        }
    }

    /// Drops from the list, not from the marks, the keys under which nothing is posted.
    pub fn keep_posted(&mut self, posted: &[bool]) {
        self.posted.retain(|key| posted.get(*key as usize).copied().unwrap_or(false));
    }

    pub fn hit_if_any(&mut self, key: KeyId) {
        if key != NO_KEY {
            self.hit(key);
        }
    }

    pub fn is_hit(&self, key: KeyId) -> bool {
        self.marks.get(key as usize).is_some_and(|mark| *mark == self.row)
    }

    /// A part of a condition that needs the key, if any, may be other than false.
    pub fn may_hold(&self, key: KeyId, reader: u32) -> bool {
        key == NO_KEY || self.is_hit(key) || self.is_unknown(reader)
    }

    pub fn hold(&mut self, reader: u32, held: Held) {
        if let Some(slot) = self.held.get_mut(reader as usize) {
            *slot = held;
        }
    }

    pub fn missing(&mut self, reader: u32) {
        self.hold(reader, Held::Missing);
        self.note_unknown(reader);
    }

    pub fn oversize(&mut self, reader: u32) {
        self.note_unknown(reader);
        self.any_oversize = true;
    }

    fn note_unknown(&mut self, reader: u32) {
        self.unknown.push(reader);
        if let Some(mark) = self.unknown_marks.get_mut(reader as usize) {
            *mark = self.row;
        }
    }

    pub fn is_unknown(&self, reader: u32) -> bool {
        self.unknown_marks.get(reader as usize).is_some_and(|mark| *mark == self.row)
    }

    pub fn held(&self, reader: u32) -> Held {
        self.held.get(reader as usize).copied().unwrap_or(Held::Missing)
    }

    pub fn posted(&self) -> &[KeyId] {
        &self.posted
    }

    pub fn unknown(&self) -> &[u32] {
        &self.unknown
    }

    /// Keys do not tell all about this row.
    pub fn any_oversize(&self) -> bool {
        self.any_oversize
    }
}

impl Work {
    pub fn remember(memos: &mut [Memo], number: u32, row: u32, outcome: Outcome) {
        if let Some(memo) = memos.get_mut(number as usize) {
            *memo = Memo { row, outcome };
        }
    }

    /// False when the condition has had its turn for this row.
    pub fn first_time(&mut self, condition: u32) -> bool {
        let row = self.row;
        self.seen.get_mut(condition as usize).is_some_and(|seen| std::mem::replace(seen, row) != row)
    }
}

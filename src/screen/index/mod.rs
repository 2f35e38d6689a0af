//! The index over many conditions: which of them match a row, without evaluating most of them.
//!
//! ```text
//!  row ──▶ readers ──▶ keys hit ──▶ postings ──▶ candidates ──▶ terms ──▶ matched, undecided
//!          each fact   `origin is    conditions   may match     shared,
//!          once        BOG`, …       by a key     or be an error memoised
//! ```
//!
//! A condition is posted under the rarest of its parts (`cover`); a long posting is split by the next part (`level`). Candidates
//! are then decided whole, part for part: most of them by one cache line (`filter`), the others by their terms. It answers exactly as
//! evaluating every condition does, errors included: a property test holds the two against each other.

mod classify;
mod cover;
mod explain;
mod filter;
mod interval;
mod level;
mod literal;
mod part;
mod reader;
pub(crate) mod reason;
mod scratch;
mod segments;
pub(crate) mod term;
#[cfg(test)]
mod tests;

use std::fmt;

pub(crate) use explain::why_always;
pub use scratch::Scratch;

use self::cover::{Cover, Shares};
use self::filter::Filters;
use self::level::{Item, Level};
use self::scratch::{Held, Hits, Memo, Sizes, Work};
use self::term::{Builder, Term, Terms, Test, number};
use super::cel::{self, Condition, Outcome, Row};
use super::facts::Fact;

/// What may be so about a fact; numbered over all readers.
pub(crate) type KeyId = u32;
pub(crate) type TermId = u32;
pub(crate) type TestId = u32;

const NO_KEY: KeyId = KeyId::MAX;

/// An index over conditions, which it knows by their position.
#[derive(Clone, Default)]
pub struct Index {
    pub(crate) terms: Terms,
    /// By condition.
    pub(crate) roots: Vec<TermId>,
    level: Level,
    filters: Filters,
    /// By key: some posting is under it.
    posted: Vec<bool>,
    sizes: Sizes,
}

impl Index {
    /// The conditions must be compiled against the catalogue.
    pub fn new<'c>(conditions: impl IntoIterator<Item = &'c Condition>, catalogue: &[Fact]) -> Self {
        let mut builder = Builder::new(catalogue);
        let roots: Vec<TermId> = conditions.into_iter().map(|condition| builder.condition(condition.root())).collect();
        let mut terms = builder.made;
        terms.readers.iter_mut().for_each(reader::Reader::prepare);
        let shares = Shares::of(&terms, &roots);
        let covers: Vec<Vec<Cover>> = roots.iter().map(|root| cover::covers(&mut terms, &shares, *root)).collect();
        terms.put_in_order(&shares);
        let items = (0..roots.len()).map(|condition| Item { condition: number(condition), used: 0 });
        let level = Level::new(items.collect(), &covers, 0);
        let filters = Filters::new(&terms, &roots, &covers);
        let mut posted = vec![false; terms.key_count as usize];
        level.visit_keys(&mut |key| {
            if let Some(posted) = posted.get_mut(key as usize) {
                *posted = true;
            }
        });
        let sizes = Sizes {
            keys: terms.key_count as usize,
            readers: terms.readers.len(),
            terms: terms.terms.len(),
            tests: terms.tests.len(),
            conditions: roots.len(),
        };
        Self { terms, roots, level, filters, posted, sizes }
    }

    /// Leaves in the scratch which conditions match the row and which are undecided. `whole` evaluates a condition without the
    /// index: asked for rows with lists too long to be taken apart.
    pub fn evaluate<R: Row>(&self, row: &R, scratch: &mut Scratch, whole: impl Fn(u32) -> Outcome) {
        self.read(row, scratch);
        let Scratch { hits, work, brought_up } = scratch;
        for condition in brought_up.drain(..) {
            let look = self.filters.look(condition, hits);
            if look == Some(Outcome::NoMatch) || !work.first_time(condition) {
                continue;
            }
            let outcome = look.unwrap_or_else(|| match self.roots.get(condition as usize) {
                Some(root) if !hits.any_oversize() => self.term(*root, row, hits, work),
                _ => whole(condition),
            });
            match outcome {
                Outcome::Match => work.matched.push(condition),
                Outcome::Undecided => work.undecided.push(condition),
                Outcome::NoMatch => {}
            }
        }
        work.matched.sort_unstable();
        work.undecided.sort_unstable();
    }

    /// Calls back once for each condition that the first look does not rule out for the row.
    pub fn candidates<R: Row>(&self, row: &R, scratch: &mut Scratch, mut each: impl FnMut(u32)) {
        self.read(row, scratch);
        let Scratch { hits, work, brought_up } = scratch;
        for condition in brought_up.drain(..) {
            if self.filters.look(condition, hits) != Some(Outcome::NoMatch) && work.first_time(condition) {
                each(condition);
            }
        }
    }

    /// Conditions that are evaluated for every row.
    pub fn always(&self) -> &[u32] {
        &self.level.always
    }

    /// Notes what is so about a row, and the conditions that it brings up, some more than once.
    fn read<R: Row>(&self, row: &R, scratch: &mut Scratch) {
        scratch.next_row(self.sizes);
        for (number, reader) in (0..).zip(&self.terms.readers) {
            reader.read(row, number, &mut scratch.hits);
        }
        scratch.hits.keep_posted(&self.posted);
        let Scratch { hits, brought_up, .. } = scratch;
        self.level.visit(hits, &mut |condition| {
            self.filters.ask_for(condition);
            brought_up.push(condition);
        });
    }

    fn term<R: Row>(&self, id: TermId, row: &R, hits: &Hits, work: &mut Work) -> Outcome {
        let (parts, decisive) = match self.terms.terms.get(id as usize) {
            Some(Term::Test(test)) => return self.test(*test, row, hits, work),
            Some(Term::NotTest(test)) => return self.test(*test, row, hits, work).negated(),
            Some(Term::All(parts)) => (parts, Outcome::NoMatch),
            Some(Term::Any(parts)) => (parts, Outcome::Match),
            None => return Outcome::Undecided,
        };
        let shared = self.terms.users.get(id as usize).is_some_and(|users| *users > 1);
        let known = if shared { work.terms.get(id as usize).and_then(|memo| Memo::of(*memo, work.row)) } else { None };
        known.unwrap_or_else(|| {
            let outcome = Outcome::decide(parts.iter().map(|part| self.term(*part, row, hits, work)), decisive);
            if shared {
                Work::remember(&mut work.terms, id, work.row, outcome);
            }
            outcome
        })
    }

    fn test<R: Row>(&self, id: TestId, row: &R, hits: &Hits, work: &mut Work) -> Outcome {
        let unless_missing = |reader: u32, truth: bool| match hits.held(reader) {
            Held::Missing => Outcome::Undecided,
            _ => Outcome::of(truth),
        };
        match self.terms.tests.get(id as usize) {
            Some(Test::Key(reader, key)) => unless_missing(*reader, hits.is_hit(*key)),
            Some(Test::AnyKey(reader, keys)) => unless_missing(*reader, keys.iter().any(|key| hits.is_hit(*key))),
            Some(Test::Within(reader, interval)) => match hits.held(*reader) {
                Held::Number(number, _) => Outcome::of(interval.holds(number)),
                _ => Outcome::Undecided,
            },
            Some(Test::Has(reader)) => Outcome::of(!matches!(hits.held(*reader), Held::Missing | Held::Empty)),
            Some(Test::Direct { node, .. }) => {
                let known = work.tests.get(id as usize).and_then(|memo| Memo::of(*memo, work.row));
                known.unwrap_or_else(|| {
                    let outcome = cel::evaluate_test(node, row);
                    Work::remember(&mut work.tests, id, work.row, outcome);
                    outcome
                })
            }
            None => Outcome::Undecided,
        }
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").field("sizes", &self.sizes).finish_non_exhaustive()
    }
}

//! Reasoning over terms, for the lint: can a condition hold, can it fail, does it hold wherever another does.
//!
//! Sound and incomplete: what it calls impossible is impossible; what it does not see through counts as possible. NaN is left out
//! of account, facts are never that.

use rustc_hash::{FxHashMap, FxHashSet};

use super::interval::{Bound, Interval};
use super::term::{ReaderId, Term, Terms, Test};
use super::{KeyId, TermId, TestId};
use crate::screen::facts::Fact;
use crate::screen::value::Kind;

/// Ways through `||` that are tried before a condition counts as possible.
const WAYS_MAX: u32 = 512;

/// A term, or its negation.
#[derive(Debug, Clone, Copy)]
struct Claim {
    term: TermId,
    negated: bool,
}

pub(crate) struct Reasoner<'t> {
    terms: &'t Terms,
    /// Keys of which a fact hits at most one: the texts it may be, true and false.
    exclusive: FxHashSet<KeyId>,
    lists: FxHashSet<ReaderId>,
}

/// What has been claimed so far on one way.
#[derive(Debug, Clone, Default)]
struct Known {
    tests: FxHashMap<TestId, bool>,
    ranges: FxHashMap<ReaderId, Interval>,
    /// What the fact is one of, and what it is not.
    allowed: FxHashMap<ReaderId, Vec<KeyId>>,
    excluded: FxHashSet<KeyId>,
    stated: FxHashMap<ReaderId, bool>,
}

impl<'t> Reasoner<'t> {
    pub fn new(terms: &'t Terms, catalogue: &[Fact]) -> Self {
        let is_list = |fact: u16| catalogue.get(usize::from(fact)).is_none_or(|fact| fact.kind == Kind::TextList);
        let numbered = || (0..).zip(&terms.readers);
        let lists = numbered().filter(|(_, reader)| is_list(reader.fact)).map(|(id, _)| id).collect();
        let exclusive = numbered().filter(|(_, reader)| !is_list(reader.fact)).flat_map(|(_, reader)| reader.exclusive_keys());
        Self { terms, exclusive: exclusive.collect(), lists }
    }

    pub fn can_hold(&self, term: TermId) -> bool {
        self.possible(&[Claim { term, negated: false }])
    }

    pub fn can_fail(&self, term: TermId) -> bool {
        self.possible(&[Claim { term, negated: true }])
    }

    /// Wherever the one holds, the other does not fail.
    pub fn implies(&self, one: TermId, other: TermId) -> bool {
        !self.possible(&[Claim { term: one, negated: false }, Claim { term: other, negated: true }])
    }

    /// For each part of a condition, the keys of which one is hit when it holds; parts that are no matter of keys are left out.
    pub fn needed_keys(&self, root: TermId) -> Vec<Vec<KeyId>> {
        match self.terms.terms.get(root as usize) {
            Some(Term::All(parts)) => parts.iter().filter_map(|part| self.keys_of(*part)).collect(),
            _ => self.keys_of(root).into_iter().collect(),
        }
    }

    fn keys_of(&self, term: TermId) -> Option<Vec<KeyId>> {
        match self.terms.terms.get(term as usize)? {
            Term::Test(test) => self.terms.tests.get(*test as usize)?.keys().map(|(_, keys)| keys.to_vec()),
            Term::Any(parts) => {
                let keys: Option<Vec<_>> = parts.iter().map(|part| self.keys_of(*part)).collect();
                keys.map(|keys| keys.concat())
            }
            Term::All(parts) => parts.iter().find_map(|part| self.keys_of(*part)),
            Term::NotTest(_) => None,
        }
    }

    fn possible(&self, claims: &[Claim]) -> bool {
        self.search(claims.to_vec(), Known::default(), &mut 0)
    }

    fn search(&self, mut open: Vec<Claim>, mut known: Known, ways: &mut u32) -> bool {
        let mut choices: Vec<(Claim, &[TermId])> = Vec::new();
        while let Some(claim @ Claim { term, negated }) = open.pop() {
            let both = |parts: &[TermId]| parts.iter().map(|term| Claim { term: *term, negated }).collect::<Vec<_>>();
            match self.terms.terms.get(term as usize) {
                Some(Term::Test(test)) if !self.claim(&mut known, *test, !negated) => return false,
                Some(Term::NotTest(test)) if !self.claim(&mut known, *test, negated) => return false,
                Some(Term::All(parts)) if !negated => open.extend(both(parts)),
                Some(Term::Any(parts)) if negated => open.extend(both(parts)),
                Some(Term::All(parts) | Term::Any(parts)) => choices.push((claim, parts)),
                _ => {}
            }
        }
        let Some((Claim { negated, .. }, parts)) = choices.pop() else { return true };
        let rest: Vec<Claim> = choices.into_iter().map(|(claim, _)| claim).collect();
        parts.iter().any(|term| {
            *ways = ways.saturating_add(1);
            let mut open = rest.clone();
            open.push(Claim { term: *term, negated });
            *ways > WAYS_MAX || self.search(open, known.clone(), ways)
        })
    }

    /// Adds a claim; false when it contradicts what is known.
    fn claim(&self, known: &mut Known, test: TestId, truth: bool) -> bool {
        if known.tests.insert(test, truth).is_some_and(|before| before != truth) {
            return false;
        }
        match self.terms.tests.get(test as usize) {
            Some(Test::Key(reader, key)) => self.claim_keys(known, *reader, std::slice::from_ref(key), truth),
            Some(Test::AnyKey(reader, keys)) => self.claim_keys(known, *reader, keys, truth),
            Some(Test::Within(reader, interval)) => {
                let claimed = if truth { Some(*interval) } else { complement(*interval) };
                let joint = known.ranges.entry(*reader).or_insert(Interval::EVERYTHING);
                *joint = joint.meet(claimed.unwrap_or(Interval::EVERYTHING));
                !joint.is_empty() && state(known, *reader, true)
            }
            Some(Test::Has(reader)) => state(known, *reader, truth),
            Some(Test::Direct { .. }) | None => true,
        }
    }

    fn claim_keys(&self, known: &mut Known, reader: ReaderId, keys: &[KeyId], truth: bool) -> bool {
        // An empty list hits no key and is not stated; a missing fact makes its tests neither true nor false.
        if (truth || !self.lists.contains(&reader)) && !state(known, reader, true) {
            return false;
        }
        if !keys.iter().all(|key| self.exclusive.contains(key)) {
            return true;
        }
        if truth {
            let allowed = known.allowed.entry(reader).or_insert_with(|| keys.to_vec());
            allowed.retain(|key| keys.contains(key));
        } else {
            known.excluded.extend(keys);
        }
        let Known { allowed, excluded, .. } = known;
        allowed.get(&reader).is_none_or(|allowed| allowed.iter().any(|key| !excluded.contains(key)))
    }
}

/// False when the opposite was stated.
fn state(known: &mut Known, reader: ReaderId, stated: bool) -> bool {
    *known.stated.entry(reader).or_insert(stated) == stated
}

/// What is not in a range that is open at one end.
fn complement(interval: Interval) -> Option<Interval> {
    let flipped = |bound| match bound {
        Bound::At(number) => Bound::Beyond(number),
        Bound::Beyond(number) => Bound::At(number),
        Bound::None => Bound::None,
    };
    match (interval.low, interval.high) {
        (low, Bound::None) => Some(Interval { low: Bound::None, high: flipped(low) }),
        (Bound::None, high) => Some(Interval { low: flipped(high), high: Bound::None }),
        _ => None,
    }
}

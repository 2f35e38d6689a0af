//! One immutable part of an index.

mod build;

use super::super::score::{Scorer, Side};
use super::super::similar::{Meeting, meet};
use super::super::token::{Name, Schema, TOKENS_MAX};
use super::keyed::Keys;
use super::likeness::Vocabulary;
use super::parted::MetRuns;
use super::postings::Postings;
use super::records::Records;
use super::rows::Rows;
use super::runs::Runs;
use super::{Search, candidates};

/// A name that scored high enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// The number given with the name.
    pub owner: u32,
    /// Which of the segment's names it is, those that lose least first.
    pub name: u32,
    pub score: f32,
}

/// Names found in one segment at most.
pub const FOUND_MAX: usize = 20;

#[derive(Debug)]
pub struct Segment {
    pub(super) schema: Schema,
    pub(super) vocabulary: Vocabulary,
    /// Names of companies by their first letters.
    pub(super) initials: Keys<u32>,
    pub(super) runs: Runs,
    /// By word: the runs that it meets.
    pub(super) known_runs: Rows<MetRuns>,
    pub(super) records: Records,
    owners: Vec<u32>,
    pub(super) postings: Postings,
}

impl Segment {
    pub fn build(schema: Schema, names: impl IntoIterator<Item = (String, u32)>) -> Self {
        let mut builder = build::Builder::new(schema);
        names.into_iter().for_each(|(name, owner)| builder.add(&name, owner));
        builder.finish()
    }

    pub fn len(&self) -> usize {
        self.owners.len()
    }

    pub fn bytes(&self) -> usize {
        let lists = self.records.bytes() + self.postings.bytes() + self.owners.capacity() * size_of::<u32>();
        self.vocabulary.bytes() + self.initials.bytes() + self.runs.bytes() + self.known_runs.bytes() + lists
    }

    pub fn search(&self, query: &Name, threshold: f32, search: &mut Search, found: &mut Vec<Found>) {
        candidates::rank(self, query, threshold, &mut search.work);
        let before = found.len();
        let Search { scorer, meetings, work } = search;
        meetings.begin(query);
        for (estimate, name) in work.ranked.drain(..) {
            let own = found.get(before..).unwrap_or_default();
            if own.len() >= FOUND_MAX && own.iter().filter(|found| found.score >= estimate).count() >= FOUND_MAX {
                break;
            }
            self.score(query, name, threshold, scorer, found, |at, word| {
                meetings.of(at, query.tokens.get(at)?, &self.vocabulary, word)
            });
        }
        keep_best(found, before);
    }

    pub fn search_all(&self, query: &Name, threshold: f32, search: &mut Search, found: &mut Vec<Found>) {
        let before = found.len();
        let words = self.vocabulary.len();
        let table: Vec<_> =
            query.tokens.iter().flat_map(|token| self.vocabulary.tokens().iter().map(move |word| meet(token, word))).collect();
        for name in 0..self.len() as u32 {
            self.score(query, name, threshold, &mut search.scorer, found, |at, word| *table.get(at * words + word as usize)?);
        }
        keep_best(found, before);
    }

    /// Scores one name; `meet` tells how the query's word at a place meets a word of the vocabulary.
    fn score(
        &self,
        query: &Name,
        name: u32,
        threshold: f32,
        scorer: &mut Scorer,
        found: &mut Vec<Found>,
        mut meet: impl FnMut(usize, u32) -> Option<Meeting>,
    ) {
        let Some(first) = self.vocabulary.tokens().first() else { return };
        let mut tokens = [first; TOKENS_MAX];
        let row = self.records.words(name);
        let words = row.iter().filter_map(|word| self.vocabulary.token(*word));
        let count = tokens.iter_mut().zip(words).map(|(slot, word)| *slot = word).count();
        let form = self.records.form(name);
        let entry = Side { tokens: tokens.get(..count).unwrap_or_default(), form };
        let score = scorer.score_sides(self.schema, query.side(), entry, |at, against| meet(at, *row.get(against)?));
        if score >= threshold {
            let owner = self.owners.get(name as usize).copied().unwrap_or_default();
            found.push(Found { owner, name, score });
        }
    }
}

fn keep_best(found: &mut Vec<Found>, before: usize) {
    if let Some(own) = found.get_mut(before..) {
        own.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.owner.cmp(&other.owner)));
    }
    found.truncate(before + FOUND_MAX);
}

//! Words of a query that may be several words in a row of a name, run together. The runs that a word of the vocabulary may be are
//! known beforehand; those of others are found by what they sound like.

use super::super::joined::{JOINED, RUN_MAX, RunTogether, joined};
use super::super::similar::{Glance, How, Meeting};
use super::super::token::{Name, Token};
use super::keys;
use super::likeness::AlikeWords;
use super::rows::{Rows, on_every_core};
use super::runs::{Group, Run};
use super::segment::Segment;
use super::wanted::Wanted;
use crate::near;

/// Groups of runs that are looked at for one word at most, and runs that it may be.
const GROUPS_MAX: usize = 50_000;
const PARTED_MAX: usize = 20_000;

/// A word of the query, by its place, that may be several in a row of a name, run together.
#[derive(Debug, Clone, Copy)]
pub struct Parted {
    pub run: Run,
    pub place: u8,
    /// How it meets them, or how it does at best.
    pub meeting: Meeting,
}

/// A run that a word of the vocabulary meets.
#[derive(Debug, Clone, Copy)]
pub struct KnownRun {
    run: Run,
    similarity: f32,
}

/// What a search for runs works with.
#[derive(Debug, Default)]
pub struct Finder {
    keys: Vec<u32>,
    groups: Vec<(Meeting, Group)>,
    together: RunTogether,
}

/// The runs that each word of the vocabulary meets.
pub fn of_vocabulary(segment: &Segment) -> Rows<KnownRun> {
    let meets = |finder: &mut Finder, word: &Token, run: Run| {
        let words = segment.records.words(run.name()).get(run.places())?;
        let words: Vec<_> = words.iter().filter_map(|word| segment.vocabulary.token(*word)).collect();
        let Meeting { similarity, .. } = finder.together.meets(word, &words)?;
        Some(KnownRun { run, similarity })
    };
    let find = |finder: &mut Finder, word: &Token| {
        let mut runs = Vec::new();
        if may_be_parted(word) {
            finder.find(segment, word, Glance::of(word), false, |run, _| runs.push(run));
        }
        runs.into_iter().filter_map(|run| meets(finder, word, run)).collect()
    };
    Rows::of(on_every_core(segment.vocabulary.tokens(), Finder::default, find))
}

/// Finds the runs that the words of a query may be.
pub fn find(segment: &Segment, query: &Name, wanted: &mut [Wanted], finder: &mut Finder, parted: &mut Vec<Parted>) {
    for ((token, wanted), place) in query.tokens.iter().zip(wanted).zip(0..).filter(|((token, _), _)| may_be_parted(token)) {
        let before = parted.len();
        match wanted.alike {
            AlikeWords::Of(word) => parted.extend(segment.known_runs.get(word).iter().map(|KnownRun { run, similarity }| {
                let meeting = Meeting { similarity: *similarity, how: How::Joined };
                Parted { run: *run, place, meeting }
            })),
            AlikeWords::Remembered(_) => {
                let take = |run, meeting| parted.push(Parted { run, place, meeting });
                finder.find(segment, token, wanted.glance, wanted.is_strange, take);
            }
        }
        if parted.len() > before {
            wanted.may_be_met_as(JOINED);
        }
    }
}

fn may_be_parted(word: &Token) -> bool {
    word.text.len() > RUN_MAX && word.number.is_none()
}

impl Finder {
    /// Calls `take` with each run that a word may be, the likest first when there are too many.
    fn find(&mut self, segment: &Segment, word: &Token, glance: Glance, is_strange: bool, mut take: impl FnMut(Run, Meeting)) {
        let Self { keys, groups, .. } = self;
        keys.clear();
        keys::of_parted(word, is_strange, |key| keys.push(key));
        let met = |group: &Group| {
            let meeting = joined(glance.heard(), group.heard)?;
            segment.runs.of(group).first().into_iter().for_each(near::ask_for);
            Some((meeting, *group))
        };
        groups.extend(segment.runs.under_all(keys).take(GROUPS_MAX).filter_map(met));
        if groups.iter().map(|(_, group)| group.len()).sum::<usize>() > PARTED_MAX {
            groups.sort_by(|(one, _), (other, _)| other.similarity.total_cmp(&one.similarity));
        }
        let runs = groups.drain(..).flat_map(|(meeting, group)| segment.runs.of(&group).iter().map(move |run| (*run, meeting)));
        runs.take(PARTED_MAX).for_each(|(run, meeting)| take(run, meeting));
    }
}

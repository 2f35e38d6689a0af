//! Words of a query that may be several words in a row of a name, run together. The runs that a word of the vocabulary may be are
//! known beforehand; those of others are found by what they sound like.

use super::super::glance::Glance;
use super::super::joined::{JOINED, PARTED_LETTERS_MIN, RunTogether, joined_at_best};
use super::super::similar::{How, Meeting};
use super::super::token::{Name, Token};
use super::keys;
use super::likeness::AlikeWords;
use super::rows::{Rows, on_every_core};
use super::runs::{Group, Members, Run};
use super::segment::Segment;
use super::wanted::Wanted;

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

/// Runs that a word meets, or may meet, and how at best.
#[derive(Debug, Clone, Copy)]
pub struct MetRuns {
    members: Members,
    similarity: f32,
}

/// Runs that sound alike and are compared with a word, at most: the others are spelt nearly as they are.
const COMPARED_MAX: usize = 8;

/// What a search for runs works with.
#[derive(Debug, Default)]
pub struct Finder {
    keys: Vec<u32>,
    met: Vec<MetRuns>,
    together: RunTogether,
}

/// The runs that each word of the vocabulary meets. What they take grows with their spellings, not with the names that hold them.
pub fn of_vocabulary(segment: &Segment) -> Rows<MetRuns> {
    let find = |finder: &mut Finder, word: &Token| {
        if !may_be_parted(word) {
            return Vec::new();
        }
        finder.find(segment, word, Glance::of(word), false);
        let Finder { met, together, .. } = finder;
        met.drain(..)
            .filter_map(|met| Some(MetRuns { similarity: compared(segment, word, met.members, together)?, ..met }))
            .collect()
    };
    Rows::of(on_every_core(segment.vocabulary.tokens(), Finder::default, find))
}

/// How a word meets the runs of a group at best.
fn compared(segment: &Segment, word: &Token, members: Members, together: &mut RunTogether) -> Option<f32> {
    let similarity = |run: &Run| {
        let words = segment.records.words(run.name()).get(run.places())?;
        let words: Vec<_> = words.iter().filter_map(|word| segment.vocabulary.token(*word)).collect();
        together.meets(word, &words).map(|meeting| meeting.similarity)
    };
    segment.runs.of(members).iter().take(COMPARED_MAX).filter_map(similarity).reduce(f32::max)
}

/// Finds the runs that the words of a query may be.
pub fn find(segment: &Segment, query: &Name, wanted: &mut [Wanted], finder: &mut Finder, parted: &mut Vec<Parted>) {
    for ((token, wanted), place) in query.tokens.iter().zip(wanted).zip(0..).filter(|((token, _), _)| may_be_parted(token)) {
        let met = match wanted.alike {
            AlikeWords::Of(word) => {
                let known = segment.known_runs.get(word);
                known.iter().for_each(|met| segment.runs.ask_for(met.members));
                known
            }
            AlikeWords::Remembered(_) => {
                finder.find(segment, token, wanted.glance, wanted.is_strange);
                &finder.met
            }
        };
        if !met.is_empty() {
            wanted.may_be_met_as(JOINED);
        }
        let runs = met.iter().flat_map(|met| {
            let meeting = Meeting { similarity: met.similarity, how: How::Joined };
            segment.runs.of(met.members).iter().map(move |run| Parted { run: *run, place, meeting })
        });
        parted.extend(runs.take(PARTED_MAX));
    }
}

fn may_be_parted(word: &Token) -> bool {
    word.text.len() >= PARTED_LETTERS_MIN && word.number.is_none()
}

impl Finder {
    /// Finds what runs a word may be, by what they sound like; the likest first when there are too many.
    fn find(&mut self, segment: &Segment, word: &Token, glance: Glance, is_strange: bool) {
        let Self { keys, met, .. } = self;
        keys.clear();
        keys::of_parted(word, is_strange, |key| keys.push(key));
        let may_be = |group: &Group| {
            let similarity = joined_at_best(glance.heard(), group.heard)?;
            segment.runs.ask_for(group.members);
            Some(MetRuns { members: group.members, similarity })
        };
        met.clear();
        met.extend(segment.runs.under_all(keys).take(GROUPS_MAX).filter_map(may_be));
        if met.iter().map(|met| met.members.len()).sum::<usize>() > PARTED_MAX {
            met.sort_by(|one, other| other.similarity.total_cmp(&one.similarity));
        }
    }
}

//! The names of a segment that may reach a score, found by bounds that look at no letter of them: every word of the vocabulary that
//! says something for a word of the query is marked, then the names of the marked words are walked.

use std::ops::Range;

use super::super::align::{ACRONYM_LENGTHS, Alignment, JOINED, RUN_MAX, by_initials, joined, may_be_initials, may_be_joined};
use super::super::similar::{Glance, How, Meeting};
use super::super::token::{Name, Schema};
use super::keys;
use super::likeness::{Alike, Known, Likeness};
use super::marks::{Mark, Marks};
use super::runs::Run;
use super::segment::Segment;
use super::walk::{self, Ends};
use super::wanted::{self, INITIAL, Wanted};

/// Runs of names that are looked at for one word at most, and those that it may be.
const RUNS_MAX: usize = 50_000;
const PARTED_MAX: usize = 5_000;
/// What the words beside a short form may lose for its letters to be the whole of a name.
const BESIDE_LETTERS: f32 = 0.3;
/// Names that a short form leads to at most.
const JOINED_MAX: usize = 200;

/// A word of the query, by its place, that may be several in a row of a name, run together.
#[derive(Debug, Clone, Copy)]
pub struct Parted {
    pub run: Run,
    pub place: u8,
    /// How it meets them at best.
    pub meeting: Meeting,
}

#[derive(Debug, Default)]
pub struct Work {
    likeness: Likeness,
    pub marks: Marks,
    pub wanted: Vec<Wanted>,
    pub ends: Ends,
    /// Words run together and short forms that lead to names, names that short forms lead to, and those that run words together.
    pub joined: Vec<u32>,
    pub spelt_out: Vec<u32>,
    pub parted: Vec<Parted>,
    runs: Alignment,
    words: Vec<u32>,
    keys: Vec<u32>,
    /// About what each name scores, best first.
    pub ranked: Vec<(f32, u32)>,
}

/// Ranks the names that may reach the threshold.
pub fn rank(segment: &Segment, query: &Name, threshold: f32, work: &mut Work) {
    work.marks.begin(segment.vocabulary.len());
    wanted::of_query(query, segment, &mut work.likeness, &mut work.wanted);
    for (wanted, place) in work.wanted.iter().zip(0..) {
        let alike = segment.vocabulary.alike(&wanted.alike).iter();
        alike.for_each(|Alike { word, meeting }| {
            work.marks.put(*word, wanted.bit, Mark { tokens: 1 << place, meeting: *meeting })
        });
    }
    mark_initials(segment, query, work);
    mark_short_forms(segment, query, work);
    mark_runs(segment, query, work);
    find_parted(segment, query, work);
    walk::rank(segment, query, threshold, work);
    work.marks.clear();
}

/// Letters for the words that they begin, on either side.
fn mark_initials(segment: &Segment, query: &Name, work: &mut Work) {
    for ((token, wanted), place) in query.tokens.iter().zip(&mut work.wanted).zip(0..) {
        let Some(first) = token.text.bytes().next().filter(|_| token.number.is_none()) else { continue };
        let words =
            if token.text.len() > 1 { segment.vocabulary.letters(first) } else { segment.vocabulary.beginning_with(first) };
        if !words.is_empty() {
            wanted.may_be_met_as(INITIAL);
        }
        let mark = Mark { tokens: 1 << place, meeting: Meeting { similarity: INITIAL, how: How::Initial } };
        words.iter().for_each(|word| work.marks.put(*word, wanted.bit, mark));
    }
}

/// `JC` for Jean Claude, `PLA` for People's Liberation Army.
fn mark_short_forms(segment: &Segment, query: &Name, work: &mut Work) {
    let longest = if segment.schema == Schema::Person { 2 } else { *ACRONYM_LENGTHS.end() };
    for size in 2..=longest.min(query.tokens.len()) {
        for (run, start) in query.tokens.windows(size).zip(0..) {
            let key = keys::of_initials(run.iter().filter_map(|token| token.text.bytes().next()));
            for known in short_forms(segment, key).filter(|known| known.glance.length() == size) {
                work.mark_run(known.word, start..start + size, by_initials(size));
                work.joined.push(known.word);
            }
        }
    }
    keys::of_first_letters(query, |key| {
        for known in short_forms(segment, key) {
            work.mark_run(known.word, 0..query.tokens.len(), by_initials(known.glance.length()));
            work.joined.push(known.word);
        }
    });
    if segment.schema == Schema::Company {
        let loss: f32 = work.wanted.iter().map(|wanted| wanted.loss).sum();
        for token in query.tokens.iter().filter(|token| loss - token.loss() <= BESIDE_LETTERS) {
            work.spelt_out.extend(segment.initials.find(keys::of_initials(token.text.bytes())).take(JOINED_MAX));
        }
    }
}

/// The words of these letters that may stand for words that begin with them.
fn short_forms(segment: &Segment, key: u32) -> impl Iterator<Item = &Known> {
    let may_be = |known: &&Known| segment.vocabulary.token(known.word).is_some_and(|word| may_be_initials(segment.schema, word));
    segment.vocabulary.under(key).filter(may_be)
}

/// Words of the query run together.
fn mark_runs(segment: &Segment, query: &Name, work: &mut Work) {
    for size in 2..=RUN_MAX {
        for (run, start) in query.tokens.windows(size).zip(0..) {
            let glances = work.wanted.iter().skip(start).take(size).map(|wanted| wanted.glance);
            let glance = glances.fold(Glance::default(), Glance::and);
            let mut words = std::mem::take(&mut work.words);
            work.keys.clear();
            keys::of_joined_slips(run.iter().map(|token| token.sound.as_str()), |key| work.keys.push(key));
            let near = |known: &&Known| known.glance.length() > RUN_MAX && may_be_joined(known.glance, glance);
            words.extend(segment.vocabulary.under_all(&work.keys).filter(near).map(|known| known.word));
            words.sort_unstable();
            words.dedup();
            for word in words.drain(..) {
                let meeting = segment.vocabulary.token(word).and_then(|known| work.runs.joined(known, run));
                let Some(meeting) = meeting else { continue };
                work.mark_run(word, start..start + size, meeting);
                work.joined.push(word);
            }
            work.words = words;
        }
    }
}

/// Names of which several words in a row may be one of the query's.
fn find_parted(segment: &Segment, query: &Name, work: &mut Work) {
    let Work { wanted, parted, keys, .. } = work;
    for ((token, wanted), place) in query.tokens.iter().zip(wanted).zip(0..) {
        if token.text.len() <= RUN_MAX || token.number.is_some() {
            continue;
        }
        let heard = wanted.glance.heard();
        let before = parted.len();
        keys.clear();
        keys::of_parted(token, wanted.is_strange, |key| keys.push(key));
        let runs = segment.runs.find_all(keys).take(RUNS_MAX);
        let runs = runs.filter_map(|run| Some(Parted { run: run.run, place, meeting: joined(heard, run.heard)? }));
        parted.extend(runs.take(PARTED_MAX));
        if parted.len() > before {
            wanted.may_be_met_as(JOINED);
        }
    }
}

impl Work {
    /// Marks a word that stands for several of the query's in a row.
    fn mark_run(&mut self, word: u32, places: Range<usize>, meeting: Meeting) {
        let (mut bits, mut tokens) = (0, 0);
        for (place, wanted) in self.wanted.iter_mut().enumerate().skip(places.start).take(places.len()) {
            wanted.may_be_met_as(meeting.similarity);
            bits |= wanted.bit;
            tokens |= 1 << place;
        }
        self.marks.put(word, bits, Mark { tokens, meeting });
    }
}

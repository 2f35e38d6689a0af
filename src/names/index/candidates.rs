//! The names of a segment that may reach a score, found by bounds that look at no letter of them: every word of the vocabulary that
//! says something for a word of the query is marked, then the names of the marked words are walked.

use std::ops::Range;

use super::super::align::{ACRONYM_LENGTHS, by_initials, may_be_initials};
use super::super::glance::Glance;
use super::super::joined::RUN_MAX;
use super::super::similar::{How, Meeting};
use super::super::token::{Name, Schema};
use super::ends::Ends;
use super::joined;
use super::keys;
use super::likeness::{Alike, Known, Likeness};
use super::marks::{Mark, Marks};
use super::parted::{self, Parted};
use super::segment::Segment;
use super::walk;
use super::wanted::{self, INITIAL, Wanted};

/// What the words beside a short form may lose for its letters to be the whole of a name.
const BESIDE_LETTERS: f32 = 0.3;
/// Names that a short form leads to at most.
const JOINED_MAX: usize = 200;

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
    joins: joined::Finder,
    parts: parted::Finder,
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
    parted::find(segment, query, &mut work.wanted, &mut work.parts, &mut work.parted);
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
    let mut finder = std::mem::take(&mut work.joins);
    for size in 2..=RUN_MAX {
        for (run, start) in query.tokens.windows(size).zip(0..) {
            let glances = work.wanted.iter().skip(start).take(size).map(|wanted| wanted.glance);
            let glance = glances.fold(Glance::default(), Glance::and);
            finder.find(&segment.vocabulary, run, glance, |word, meeting| {
                work.mark_run(word, start..start + size, meeting);
                work.joined.push(word);
            });
        }
    }
    work.joins = finder;
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

//! The names of a segment that may reach a score, found by bounds that look at no letter of them: every word of the vocabulary that
//! says something for a word of the query is marked, then the names of the marked words are walked.

use super::super::align::{Alignment, RUN_MAX, may_be_initials};
use super::super::similar::Glance;
use super::super::token::{Name, Schema, Token};
use super::estimate::PIECES_MIN;
use super::keys::{self, Keyed};
use super::likeness::Likeness;
use super::marks::{Marks, StandsFor};
use super::segment::Segment;
use super::walk::{self, Ends};
use super::wanted::{self, INITIAL, Wanted};

/// A word that more names hold leads to none as a piece of another.
const PIECE_NAMES_MAX: usize = 2_000;
/// Letters of the shortest piece.
const PIECE_MIN: usize = 2;
/// Names that a short form leads to at most.
const JOINED_MAX: usize = 200;
pub const JOINED: f32 = 0.96;
pub const ACRONYM: f32 = 0.88;
/// Letters of a short form at most.
const ACRONYM_MAX: usize = 7;

#[derive(Debug, Default)]
pub struct Work {
    likeness: Likeness,
    pub marks: Marks,
    pub wanted: Vec<Wanted>,
    pub ends: Ends,
    /// Words run together, pieces and short forms that lead to names, and names that short forms lead to.
    pub joined: Vec<u32>,
    pub spelt_out: Vec<u32>,
    runs: Alignment,
    words: Vec<u32>,
    /// About what each name scores, best first.
    pub ranked: Vec<(f32, u32)>,
}

/// Ranks the names that may reach the threshold.
pub fn rank(segment: &Segment, query: &Name, threshold: f32, work: &mut Work) {
    work.marks.begin(segment.vocabulary.len());
    wanted::of_query(query, segment, &mut work.likeness, &mut work.wanted);
    for (wanted, place) in work.wanted.iter().zip(0..) {
        let alike = segment.vocabulary.alike(&wanted.alike).iter();
        alike.for_each(|alike| work.marks.put(alike.word, wanted.bit, place, StandsFor::Word, alike.similarity));
    }
    mark_initials(segment, query, work);
    mark_short_forms(segment, query, work);
    mark_runs(segment, query, work);
    mark_pieces(segment, query, work);
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
        words.iter().for_each(|word| work.marks.put(*word, wanted.bit, place, StandsFor::Initial, INITIAL));
    }
}

/// `JC` for Jean Claude, `PLA` for People's Liberation Army.
fn mark_short_forms(segment: &Segment, query: &Name, work: &mut Work) {
    let longest = if segment.schema == Schema::Person { 2 } else { ACRONYM_MAX };
    for size in 2..=longest.min(query.tokens.len()) {
        for (run, start) in query.tokens.windows(size).zip(0..) {
            let key = keys::of_initials(run.iter().filter_map(|token| token.text.bytes().next()));
            for known in short_forms(segment, key).filter(|known| known.glance.length() == size) {
                work.mark_run(known.word, start..start + size, ACRONYM);
                work.joined.push(known.word);
            }
        }
    }
    keys::of_first_letters(query, |key| {
        for known in short_forms(segment, key).filter(|known| known.glance.length() <= ACRONYM_MAX) {
            work.mark_run(known.word, 0..query.tokens.len(), ACRONYM);
            work.joined.push(known.word);
        }
    });
    if let ([only], Schema::Company) = (query.tokens.as_slice(), segment.schema) {
        work.spelt_out.extend(segment.initials.find(keys::of_initials(only.text.bytes())).take(JOINED_MAX));
    }
}

/// The words of these letters that may stand for words that begin with them.
fn short_forms(segment: &Segment, key: u32) -> impl Iterator<Item = &Keyed> {
    let may_be = |known: &&Keyed| segment.vocabulary.token(known.word).is_some_and(|word| may_be_initials(segment.schema, word));
    segment.vocabulary.under(key).filter(may_be)
}

/// Words of the query run together.
fn mark_runs(segment: &Segment, query: &Name, work: &mut Work) {
    for size in 2..=RUN_MAX {
        for (run, start) in query.tokens.windows(size).zip(0..) {
            let glance = Glance::of_run(run);
            let mut words = std::mem::take(&mut work.words);
            keys::of_joined_slips(run.iter().map(|token| token.sound.as_str()), |key| {
                let near = |known: &&Keyed| known.glance.length() > RUN_MAX && glance.may_be_joined(known.glance);
                words.extend(segment.vocabulary.under(key).filter(near).map(|known| known.word));
            });
            words.sort_unstable();
            words.dedup();
            for word in words.drain(..) {
                let meeting = segment.vocabulary.token(word).and_then(|known| work.runs.joined(known, run));
                let Some(meeting) = meeting else { continue };
                work.mark_run(word, start..start + size, meeting.similarity);
                work.joined.push(word);
            }
            work.words = words;
        }
    }
}

/// Words that a query's word begins or ends with: the rest may be another word.
fn mark_pieces(segment: &Segment, query: &Name, work: &mut Work) {
    for (token, place) in query.tokens.iter().zip(0..).filter(|(token, _)| token.text.len() > RUN_MAX && token.number.is_none()) {
        for at in PIECE_MIN..=token.text.len() - PIECE_MIN {
            let Some((head, tail)) = token.text.split_at_checked(at) else { continue };
            let words = [head, tail].map(|piece| mark_piece(segment, token, place, piece, work));
            let count = |word: u32| segment.postings.of(word).len();
            // Of two known ends the rarer leads to the names; one alone does if it is long.
            let word = match words {
                [Some(one), Some(other)] => Some(if count(one) < count(other) { one } else { other }),
                [one, None] => one.filter(|_| head.len() >= RUN_MAX),
                [None, other] => other.filter(|_| tail.len() >= RUN_MAX),
            };
            work.joined.extend(word.filter(|word| count(*word) <= PIECE_NAMES_MAX));
        }
    }
}

/// Marks the word that is a piece of a query's.
fn mark_piece(segment: &Segment, whole: &Token, place: u8, piece: &str, work: &mut Work) -> Option<u32> {
    let word = segment.vocabulary.word(piece, segment.schema)?;
    let wanted = work.wanted.get_mut(usize::from(place))?;
    wanted.may_be_met_as(JOINED);
    let share = piece.len() as f32 / whole.text.len() as f32;
    let bit = if share > PIECES_MIN { wanted.bit } else { 0 };
    work.marks.put(word, bit, place, StandsFor::Piece, share);
    Some(word)
}

impl Work {
    /// Marks a word that stands for several of the query's in a row.
    fn mark_run(&mut self, word: u32, places: std::ops::Range<usize>, similarity: f32) {
        let run = self.wanted.iter_mut().enumerate().skip(places.start).take(places.len());
        for (place, wanted) in run {
            wanted.may_be_met_as(similarity);
            self.marks.put(word, wanted.bit, place as u8, StandsFor::Run, similarity);
        }
    }
}

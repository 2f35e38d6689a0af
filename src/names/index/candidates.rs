//! The names of a segment that may reach a score, found by bounds that look at no letter of them: every word of the vocabulary that
//! says something for a word of the query is marked, then the names of the marked words are walked.

use std::ops::Range;

use super::super::align::{ACRONYM_LENGTHS, Alignment, RUN_MAX, by_initials, may_be_initials};
use super::super::similar::{Glance, How, Meeting};
use super::super::token::{Name, Schema, Token};
use super::super::words::Kind;
use super::estimate::PIECES_MIN;
use super::keys::{self, Keyed};
use super::likeness::{AlikeWords, Likeness};
use super::marks::{Marks, StandsFor};
use super::segment::Segment;
use super::walk::{self, Ends};
use super::wanted::{self, INITIAL, Wanted};

/// A word that more names hold leads to none as a piece of another.
const PIECE_NAMES_MAX: usize = 2_000;
/// Letters of the shortest piece.
const PIECE_MIN: usize = 2;
/// Letters of the shortest with a slip.
const SLIPPED_MIN: usize = 4;
/// A word that is less like any of the vocabulary may be several run together, one of them with a slip.
const STRANGE: f32 = 0.8;
/// Names that a short form leads to at most.
const JOINED_MAX: usize = 200;
pub const JOINED: f32 = 0.96;

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
    /// Of a word parted in two.
    pieces: [Vec<u32>; 2],
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
    let longest = if segment.schema == Schema::Person { 2 } else { *ACRONYM_LENGTHS.end() };
    for size in 2..=longest.min(query.tokens.len()) {
        for (run, start) in query.tokens.windows(size).zip(0..) {
            let key = keys::of_initials(run.iter().filter_map(|token| token.text.bytes().next()));
            for known in short_forms(segment, key).filter(|known| known.glance.length() == size) {
                work.mark_initials(known.word, start..start + size, size);
                work.joined.push(known.word);
            }
        }
    }
    keys::of_first_letters(query, |key| {
        for known in short_forms(segment, key) {
            work.mark_initials(known.word, 0..query.tokens.len(), known.glance.length());
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
                work.mark_run(word, start..start + size, StandsFor::Run, meeting.similarity);
                work.joined.push(word);
            }
            work.words = words;
        }
    }
}

/// Words that a query's word begins or ends with: the rest may be another word.
fn mark_pieces(segment: &Segment, query: &Name, work: &mut Work) {
    let mut ends = std::mem::take(&mut work.pieces);
    for (token, place) in query.tokens.iter().zip(0..).filter(|(token, _)| token.text.len() > RUN_MAX && token.number.is_none()) {
        let is_strange = work.wanted.get(usize::from(place)).is_some_and(|wanted| wanted.best < STRANGE);
        for at in PIECE_MIN..=token.text.len() - PIECE_MIN {
            let Some(pieces) = token.text.split_at_checked(at).map(<[&str; 2]>::from) else { continue };
            let known = pieces.map(|piece| segment.vocabulary.word(piece, segment.schema));
            let is_parted = is_strange || begins_with_particle(segment, known);
            for ((piece, word), words) in pieces.into_iter().zip(known).zip(&mut ends) {
                words.clear();
                words.extend(word);
                if is_parted && known != [None, None] {
                    words_like(segment, token, piece, word, work, words);
                }
                let share = piece.len() as f32 / token.text.len() as f32;
                words.iter().for_each(|word| work.mark_piece(*word, place, share));
            }
            lead(segment, pieces, &ends, &mut work.joined);
        }
    }
    work.pieces = ends;
}

/// `ALHOSSEINI` may be `AL-HUSAYN`, although it is a word itself.
fn begins_with_particle(segment: &Segment, [head, tail]: [Option<u32>; 2]) -> bool {
    tail.is_none() && head.and_then(|head| segment.vocabulary.kind(head)) == Some(Kind::Particle)
}

/// Adds the words that are like a piece, one of which may have a slip.
fn words_like(segment: &Segment, whole: &Token, piece: &str, word: Option<u32>, work: &mut Work, words: &mut Vec<u32>) {
    let alike = match word {
        Some(word) => AlikeWords::Of(word),
        None if piece.len() < SLIPPED_MIN => return,
        None => work.likeness.of(&Token::new(piece, segment.schema, whole.script), &segment.vocabulary),
    };
    words.extend(segment.vocabulary.alike(&alike).iter().map(|alike| alike.word));
    words.sort_unstable();
    words.dedup();
}

/// Of two ends the rarer leads to the names; one alone does if it is long.
fn lead(segment: &Segment, [head, tail]: [&str; 2], [heads, tails]: &[Vec<u32>; 2], joined: &mut Vec<u32>) {
    let count = |words: &[u32]| words.iter().map(|word| segment.postings.of(*word).len()).sum::<usize>();
    let words = match (heads.is_empty(), tails.is_empty()) {
        (false, false) if count(heads) < count(tails) => heads,
        (_, false) if !heads.is_empty() || tail.len() >= RUN_MAX => tails,
        (false, true) if head.len() >= RUN_MAX => heads,
        _ => return,
    };
    joined.extend(words.iter().filter(|word| segment.postings.of(**word).len() <= PIECE_NAMES_MAX));
}

impl Work {
    /// Marks a word that is a piece of a query's.
    fn mark_piece(&mut self, word: u32, place: u8, share: f32) {
        let Some(wanted) = self.wanted.get_mut(usize::from(place)) else { return };
        wanted.may_be_met_as(JOINED);
        let bit = if share > PIECES_MIN { wanted.bit } else { 0 };
        self.marks.put(word, bit, place, StandsFor::Piece, share);
    }

    /// Marks a word of so many letters that begin several of the query's in a row.
    fn mark_initials(&mut self, word: u32, places: Range<usize>, letters: usize) {
        let Meeting { similarity, how } = by_initials(letters);
        self.mark_run(word, places, if how == How::Initial { StandsFor::Initials } else { StandsFor::Run }, similarity);
    }

    /// Marks a word that stands for several of the query's in a row.
    fn mark_run(&mut self, word: u32, places: Range<usize>, stands_for: StandsFor, similarity: f32) {
        let run = self.wanted.iter_mut().enumerate().skip(places.start).take(places.len());
        for (place, wanted) in run {
            wanted.may_be_met_as(similarity);
            self.marks.put(word, wanted.bit, place as u8, stands_for, similarity);
        }
    }
}

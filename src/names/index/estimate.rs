//! About what a name scores, by the marks of its words: no letter of it is looked at. Words are paired as an alignment pairs them,
//! what meets best first; then runs, pieces and first letters.

use super::super::score::Sum;
use super::super::similar::{How, Meeting};
use super::super::token::{Name, Schema, TOKENS_MAX};
use super::super::words::Kind;
use super::candidates::{ACRONYM, JOINED};
use super::marks::{Mark, Marks, StandsFor};
use super::segment::Segment;
use super::wanted::{INITIAL, Wanted};

/// Share of a word that its pieces found make up, at least.
pub const PIECES_MIN: f32 = 0.3;
/// Above this share nothing of the word is missing.
const PIECES_ALL: f32 = 0.9;
/// How many letters what pieces lack may be longer or shorter.
const LETTERS_APART: usize = 2;
/// Marks of one name that are looked at.
const MARKS_MAX: usize = 16;

/// What the names of one search are estimated by.
#[derive(Clone, Copy)]
pub struct Estimator<'a> {
    pub segment: &'a Segment,
    pub query: &'a Name,
    pub wanted: &'a [Wanted],
    pub marks: &'a Marks,
}

/// A name's words, and those of the query that they are paired with. Sets of words are bits by their places.
#[derive(Default)]
struct Pairing {
    words: [u32; TOKENS_MAX],
    kinds: [Kind; TOKENS_MAX],
    count: usize,
    query_used: u32,
    name_used: u32,
    sum: Sum,
}

/// A mark, and the place of its word in the name.
type Said = (Mark, u8);

impl Estimator<'_> {
    /// About what a name of these words scores, company forms apart.
    pub fn score(&self, words: impl Iterator<Item = u32>) -> f32 {
        let mut pairing = Pairing::default();
        let mut said = [(Mark::default(), 0); MARKS_MAX];
        let mut count = 0;
        for (word, place) in words.zip(0..TOKENS_MAX as u8) {
            pairing.put(word, self.segment.vocabulary.kind(word).unwrap_or(Kind::Plain));
            for (mark, slot) in self.marks.of(word).zip(said.iter_mut().skip(count)) {
                *slot = (mark, place);
                count += 1;
            }
        }
        let said = said.get_mut(..count).unwrap_or_default();
        said.sort_unstable_by(|(one, _), (other, _)| other.similarity.total_cmp(&one.similarity));
        let said = &*said;
        self.pair_words(said, &mut pairing);
        let more = |stands_for| said.iter().any(|(mark, _)| mark.stands_for == stands_for);
        if more(StandsFor::Run) {
            self.pair_runs(said, &mut pairing);
        }
        let has_pieces = more(StandsFor::Piece);
        let mut left = 0.0;
        for (wanted, place) in self.wanted.iter().zip(0..) {
            if pairing.query_used >> place & 1 == 0 && !self.pair_rest(wanted, place, said, has_pieces, &mut pairing) {
                left += wanted.loss;
            }
        }
        pairing.sum.score(self.segment.schema, left, pairing.loss())
    }

    fn pair_words(&self, said: &[Said], pairing: &mut Pairing) {
        for (mark, place) in said {
            let how = match mark.stands_for {
                StandsFor::Word => How::Exact,
                StandsFor::Initial => How::Initial,
                StandsFor::Run | StandsFor::Piece => continue,
            };
            let meeting = Meeting { similarity: mark.similarity, how };
            pairing.pair(1 << mark.token, 1 << place, self.weight(mark.token), meeting);
        }
    }

    fn pair_runs(&self, said: &[Said], pairing: &mut Pairing) {
        let runs = said.iter().filter(|(mark, _)| mark.stands_for == StandsFor::Run);
        for (first, place) in runs.clone() {
            let run = runs.clone().filter(|(_, of)| of == place).fold(0_u32, |run, (mark, _)| run | 1 << mark.token);
            let weight = (0..TOKENS_MAX as u8).filter(|token| run >> token & 1 == 1).map(|token| self.weight(token)).sum();
            pairing.pair(run, 1 << place, weight, Meeting { similarity: first.similarity, how: How::Joined });
        }
    }

    /// Pairs a word of the query with several of the name's, if they may be it.
    fn pair_rest(&self, wanted: &Wanted, place: u8, said: &[Said], has_pieces: bool, pairing: &mut Pairing) -> bool {
        let pieces = if has_pieces { self.pieces(place, said, pairing) } else { 0 };
        let (words, similarity) = if pieces != 0 {
            (pieces, JOINED)
        } else if wanted.bit == 0 {
            (pairing.unused(2), INITIAL)
        } else if self.segment.schema == Schema::Company {
            (pairing.unused(self.letters(place).max(2)), ACRONYM)
        } else {
            return false;
        };
        words != 0 && pairing.pair(1 << place, words, self.weight(place), Meeting { similarity, how: How::Joined })
    }

    /// The words that together may be the query's at a place, run together.
    fn pieces(&self, place: u8, said: &[Said], pairing: &Pairing) -> u32 {
        let is_piece =
            |(mark, of): &&Said| mark.stands_for == StandsFor::Piece && mark.token == place && pairing.name_used >> of & 1 == 0;
        let pieces = said.iter().filter(is_piece);
        let (share, words) = pieces.fold((0.0, 0_u32), |(share, words), (mark, of)| (share + mark.similarity, words | 1 << of));
        if share > PIECES_ALL { words } else { self.rest(share, place, words, pairing).map_or(0, |rest| words | rest) }
    }

    /// A word that may be what the pieces lack of a word of so many letters.
    fn rest(&self, share: f32, place: u8, pieces: u32, pairing: &Pairing) -> Option<u32> {
        let missing = ((1.0 - share) * self.letters(place) as f32 + 0.5) as usize;
        let fits = |place: &usize| {
            let word = pairing.words.get(*place).and_then(|word| self.segment.vocabulary.brief(*word));
            word.is_some_and(|word| word.length().abs_diff(missing) <= LETTERS_APART)
        };
        let free = (0..pairing.count).filter(|place| (pairing.name_used | pieces) >> place & 1 == 0);
        if share > PIECES_MIN { free.filter(fits).map(|place| 1 << place).next() } else { None }
    }

    fn letters(&self, token: u8) -> usize {
        self.query.tokens.get(usize::from(token)).map_or(0, |token| token.text.len())
    }

    fn weight(&self, token: u8) -> f32 {
        self.query.tokens.get(usize::from(token)).map_or(0.0, |token| token.weight())
    }
}

impl Pairing {
    fn put(&mut self, word: u32, kind: Kind) {
        if let (Some(slot), Some(known)) = (self.words.get_mut(self.count), self.kinds.get_mut(self.count)) {
            (*slot, *known) = (word, kind);
            self.count += 1;
        }
    }

    /// Pairs words unless some are paired.
    fn pair(&mut self, query: u32, name: u32, query_weight: f32, meeting: Meeting) -> bool {
        if self.query_used & query != 0 || self.name_used & name != 0 {
            return false;
        }
        self.query_used |= query;
        self.name_used |= name;
        self.sum.add(self.sum_of(name, Kind::weight).max(query_weight), meeting);
        true
    }

    /// So many words that are not paired; none if there are not so many.
    fn unused(&self, count: usize) -> u32 {
        let free = (0..self.count).filter(|place| self.name_used >> place & 1 == 0);
        if free.clone().count() < count { 0 } else { free.take(count).fold(0, |words, place| words | 1 << place) }
    }

    /// Of the words that are left over.
    fn loss(&self) -> f32 {
        self.sum_of(!self.name_used, Kind::loss)
    }

    fn sum_of(&self, words: u32, of: impl Fn(Kind) -> f32) -> f32 {
        let kinds = self.kinds.iter().take(self.count).enumerate();
        kinds.filter(|(place, _)| words >> place & 1 == 1).map(|(_, kind)| of(*kind)).sum()
    }
}

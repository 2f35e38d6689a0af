//! About what a name scores, by the marks of its words: no letter of it is looked at. Words are paired as an alignment pairs them,
//! what meets best first; then runs, pieces and first letters.

use super::super::align::{by_initials, may_be_initials};
use super::super::score::Sum;
use super::super::similar::{Brief, How, Meeting};
use super::super::token::{Name, TOKENS_MAX};
use super::super::words::Kind;
use super::candidates::JOINED;
use super::marks::{Mark, Marks, StandsFor};
use super::segment::Segment;
use super::wanted::Wanted;

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
        // In the order in which an alignment pairs them.
        said.sort_unstable_by(|(one, at), (other, against)| {
            let order = |mark: &Mark, place: u8| (mark.token.abs_diff(place), mark.token, place);
            other.similarity.total_cmp(&one.similarity).then_with(|| order(one, *at).cmp(&order(other, *against)))
        });
        let said = &*said;
        self.pair_words(said, &mut pairing);
        if said.iter().any(is_run) {
            self.pair_runs(said, &mut pairing);
        }
        let has_pieces = said.iter().any(|(mark, _)| mark.stands_for == StandsFor::Piece);
        let mut left = 0.0;
        for (wanted, place) in self.wanted.iter().zip(0..) {
            if pairing.query_used >> place & 1 == 0 && !self.pair_rest(place, said, has_pieces, &mut pairing) {
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
                StandsFor::Run | StandsFor::Initials | StandsFor::Piece => continue,
            };
            let meeting = Meeting { similarity: mark.similarity, how };
            pairing.pair(1 << mark.token, 1 << place, self.weight(mark.token), meeting);
        }
    }

    fn pair_runs(&self, said: &[Said], pairing: &mut Pairing) {
        let runs = said.iter().filter(|said| is_run(said));
        for (first, place) in runs.clone() {
            // Several runs may be one word, each with a likeness of its own.
            let same = |(mark, of): &&Said| of == place && mark.similarity == first.similarity;
            let run = runs.clone().filter(same).fold(0_u32, |run, (mark, _)| run | 1 << mark.token);
            let weight = (0..TOKENS_MAX as u8).filter(|token| run >> token & 1 == 1).map(|token| self.weight(token)).sum();
            let how = if first.stands_for == StandsFor::Initials { How::Initial } else { How::Joined };
            pairing.pair(run, 1 << place, weight, Meeting { similarity: first.similarity, how });
        }
    }

    /// Pairs a word of the query with several of the name's, if they may be it.
    fn pair_rest(&self, place: u8, said: &[Said], has_pieces: bool, pairing: &mut Pairing) -> bool {
        let pieces = if has_pieces { self.pieces(place, said, pairing) } else { 0 };
        let (words, meeting) = match pieces {
            0 => (self.spelt_by(place, pairing), by_initials(self.letters(place))),
            pieces => (pieces, Meeting { similarity: JOINED, how: How::Joined }),
        };
        words != 0 && pairing.pair(1 << place, words, self.weight(place), meeting)
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
        let whole = self.query.tokens.get(usize::from(place))?;
        let missing = ((1.0 - share) * self.letters(place) as f32 + 0.5) as usize;
        let fits = |word: Brief| word.length().abs_diff(missing) <= LETTERS_APART && word.glance().may_be_part_of(whole);
        let mut free = pairing.free(pieces);
        if share > PIECES_MIN { free.find(|at| self.brief(*at, pairing).is_some_and(fits)).map(|at| 1 << at) } else { None }
    }

    /// Words that begin with the letters of the query's word, with the particles that its letters may pass over.
    fn spelt_by(&self, place: u8, pairing: &Pairing) -> u32 {
        let token = self.query.tokens.get(usize::from(place)).filter(|token| may_be_initials(self.segment.schema, token));
        let Some(token) = token else { return 0 };
        let begun = |taken: u32, letter: u8| {
            let at = pairing.free(taken).find(|at| self.brief(*at, pairing).map(Brief::first) == Some(letter))?;
            Some(taken | 1 << at)
        };
        let Some(words) = token.text.bytes().try_fold(0, begun) else { return 0 };
        let particles = pairing.free(words).filter(|at| pairing.kinds.get(*at) == Some(&Kind::Particle));
        particles.fold(words, |words, at| words | 1 << at)
    }

    /// The word at a place of the name.
    fn brief(&self, at: usize, pairing: &Pairing) -> Option<Brief> {
        self.segment.vocabulary.brief(*pairing.words.get(at)?)
    }

    fn letters(&self, token: u8) -> usize {
        self.query.tokens.get(usize::from(token)).map_or(0, |token| token.text.len())
    }

    fn weight(&self, token: u8) -> f32 {
        self.query.tokens.get(usize::from(token)).map_or(0.0, |token| token.weight())
    }
}

fn is_run((mark, _): &Said) -> bool {
    matches!(mark.stands_for, StandsFor::Run | StandsFor::Initials)
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

    /// The places of the words that are neither paired nor taken.
    fn free(&self, taken: u32) -> impl Iterator<Item = usize> {
        let used = self.name_used | taken;
        (0..self.count).filter(move |at| used >> at & 1 == 0)
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

//! About what a name scores, by the marks of its words: no letter of it is looked at. Words are paired as an alignment pairs them,
//! what meets best first; then words run together on either side, and first letters.

use super::super::align::by_initials;
use super::super::glance::Brief;
use super::super::score::Sum;
use super::super::similar::Meeting;
use super::super::token::{Name, TOKENS_MAX};
use super::super::words::Kind;
use super::marks::{Mark, Marks};
use super::parted::Parted;
use super::segment::Segment;
use super::wanted::Wanted;

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
    /// About what a name of these words scores, company forms apart. `parted`: words of the query that may be several of the name's.
    pub fn score(&self, words: impl Iterator<Item = u32>, parted: &[Parted]) -> f32 {
        let mut pairing = Pairing::default();
        let mut said = [(Mark::NONE, 0); MARKS_MAX];
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
            let order = |mark: &Mark, place: u8| {
                let token = mark.tokens.trailing_zeros() as u8;
                (token.abs_diff(place), token, place)
            };
            other.meeting.similarity.total_cmp(&one.meeting.similarity).then_with(|| order(one, *at).cmp(&order(other, *against)))
        });
        let said = &*said;
        self.pair(said.iter().filter(|said| !is_run(said)), &mut pairing);
        parted.iter().for_each(|parted| self.pair_parted(parted, &mut pairing));
        self.pair(said.iter().filter(|said| is_run(said)), &mut pairing);
        let mut left = 0.0;
        for (wanted, place) in self.wanted.iter().zip(0..) {
            if pairing.query_used >> place & 1 == 0 && !self.pair_rest(place, wanted, &mut pairing) {
                left += wanted.loss;
            }
        }
        pairing.sum.score(self.segment.schema, left, pairing.loss())
    }

    fn pair<'s>(&self, said: impl Iterator<Item = &'s Said>, pairing: &mut Pairing) {
        for (mark, place) in said {
            pairing.pair(mark.tokens, 1 << place, self.weight(mark.tokens), mark.meeting);
        }
    }

    /// Pairs a word of the query with several of the name's that may be it, run together.
    fn pair_parted(&self, parted: &Parted, pairing: &mut Pairing) {
        let words = parted.run.places().fold(0, |words, at| words | 1 << at);
        pairing.pair(1 << parted.place, words, self.weight(1 << parted.place), parted.meeting);
    }

    /// Pairs a word of the query with those of the name that begin with its letters.
    fn pair_rest(&self, place: u8, wanted: &Wanted, pairing: &mut Pairing) -> bool {
        let free = pairing.count - pairing.name_used.count_ones() as usize;
        let letters = usize::from(wanted.letters);
        if letters == 0 || letters > free {
            return false;
        }
        let words = self.spelt_by(place, pairing);
        words != 0 && pairing.pair(1 << place, words, wanted.own_weight, by_initials(letters))
    }

    /// Words that begin with the letters of the query's word, with the particles that its letters may pass over.
    fn spelt_by(&self, place: u8, pairing: &Pairing) -> u32 {
        let Some(token) = self.query.tokens.get(usize::from(place)) else { return 0 };
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

    /// Of the query's words at these places.
    fn weight(&self, tokens: u32) -> f32 {
        places(tokens).filter_map(|place| self.wanted.get(place)).map(|wanted| wanted.own_weight).sum()
    }
}

/// The places in a set of them.
fn places(mut set: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = (set != 0).then(|| set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(place)
    })
}

fn is_run((mark, _): &Said) -> bool {
    mark.tokens.count_ones() > 1
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
        self.sum_of(!self.name_used & ((1 << self.count) - 1), Kind::loss)
    }

    fn sum_of(&self, words: u32, of: impl Fn(Kind) -> f32) -> f32 {
        places(words).filter_map(|place| self.kinds.get(place)).map(|kind| of(*kind)).sum()
    }
}

//! A query's words as names are bounded by them: what a name can score at best that meets some of them.

use super::super::align::may_be_initials;
use super::super::glance::Glance;
use super::super::joined::JOINED;
use super::super::score::Sum;
use super::super::similar::{How, Meeting};
use super::super::token::{Name, Schema, Token};
use super::super::words::Kind;
use super::likeness::{Alike, AlikeWords, Likeness};
use super::records::Records;
use super::segment::Segment;

/// Words that have a bit of their own: the heaviest. The others of a long name count as met.
const BITS_MAX: usize = 8;
/// How well a letter meets the word that it begins.
pub const INITIAL: f32 = 0.85;
/// A word that is less like any of the vocabulary may be several run together, one of them with a slip.
const STRANGE: f32 = 0.8;
/// Words that a person's initials stand for.
const INITIALS: f32 = 2.0;

#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The most that the word adds when it is met.
    pub weight: f32,
    /// The most that it adds when it is met by more than an initial.
    spelt_out: f32,
    pub loss: f32,
    /// What the word itself adds.
    pub own_weight: f32,
    /// Its letters where it may stand for words that begin with them, otherwise none.
    pub letters: u8,
    /// The best that any word of the vocabulary meets it.
    pub best: f32,
    /// 0 for what may be met without a mark.
    pub bit: u8,
    pub alike: AlikeWords,
    pub glance: Glance,
    /// No word is much like it.
    pub is_strange: bool,
    /// Names that those words are in; as many as can be for a letter, whose words are not walked.
    names: usize,
}

impl Wanted {
    fn of(token: &Token, segment: &Segment, likeness: &mut Likeness) -> Self {
        let found = likeness.of(token, &segment.vocabulary);
        let alike = segment.vocabulary.alike(&found);
        let weight = |alike: &Alike| segment.vocabulary.kind(alike.word).map(Kind::weight);
        let initial = token.kind == Kind::Initial;
        let (weight_min, best_min) = if initial { (Kind::Plain.weight(), INITIAL) } else { (token.weight(), 0.0) };
        let weight = alike.iter().filter_map(weight).fold(weight_min, f32::max);
        Self {
            weight,
            spelt_out: if initial { token.weight() } else { weight },
            loss: token.loss(),
            own_weight: token.weight(),
            letters: if may_be_initials(segment.schema, token) { token.text.len() as u8 } else { 0 },
            best: alike.iter().map(|alike| alike.meeting.similarity).fold(best_min, f32::max),
            bit: 0,
            names: if initial { usize::MAX } else { alike.iter().map(|alike| segment.postings.of(alike.word).len()).sum() },
            is_strange: alike.first().is_none_or(|best| best.meeting.similarity < STRANGE),
            alike: found,
            glance: Glance::of(token),
        }
    }

    pub fn may_be_met_as(&mut self, similarity: f32) {
        self.best = self.best.max(similarity);
    }
}

/// What each of the query's words wants.
pub fn of_query(query: &Name, segment: &Segment, likeness: &mut Likeness, wanted: &mut Vec<Wanted>) {
    wanted.clear();
    wanted.extend(query.tokens.iter().map(|token| Wanted::of(token, segment, likeness)));
    // `JC` may be met by two words that no mark tells.
    let marked = |token: &Token| token.kind == Kind::Initial || !may_be_initials(Schema::Person, token);
    let words = wanted.iter_mut().zip(&query.tokens).filter(|(_, token)| marked(token));
    let mut heaviest: Vec<_> = words.map(|(wanted, _)| wanted).collect();
    heaviest.sort_by(|one, other| other.weight.total_cmp(&one.weight));
    heaviest.into_iter().take(BITS_MAX).zip(0..).for_each(|(wanted, bit)| wanted.bit = 1 << bit);
}

/// What names can score at best by the words of the query that they meet.
#[derive(Debug, Clone, Copy)]
pub struct Reach<'a> {
    pub schema: Schema,
    pub wanted: &'a [Wanted],
}

impl Reach<'_> {
    /// How many sets of bits there are.
    pub fn masks(self) -> impl Iterator<Item = u8> {
        let bits = self.wanted.iter().filter(|wanted| wanted.bit != 0).count();
        (0..1_u32 << bits).map(|mask| mask as u8)
    }

    /// The most that the words of `mask` weigh, met by more than initials.
    pub fn spelt_out(self, mask: u8) -> f32 {
        let met = self.wanted.iter().filter(|wanted| wanted.bit & mask != 0 || wanted.bit == 0);
        met.map(|wanted| wanted.spelt_out).sum()
    }

    /// What a name has that meets the words of `mask`, one of them, told by its place, by no more than a similarity.
    pub fn met(self, mask: u8, at_most: Option<(usize, f32)>) -> Best {
        let mut best = Best { schema: self.schema, sum: Sum::default(), left: 0.0, taken: 0.0 };
        if mask == 0 && self.wanted.iter().any(|wanted| wanted.bit != 0) {
            return best;
        }
        for (wanted, place) in self.wanted.iter().zip(0..) {
            if wanted.bit & mask == 0 && wanted.bit != 0 {
                best.left += wanted.loss;
                continue;
            }
            let (similarity, words) = if wanted.bit == 0 { (wanted.best.max(INITIAL), INITIALS) } else { (wanted.best, 1.0) };
            let similarity = at_most.filter(|(at, _)| *at == place).map_or(similarity, |(_, similarity)| similarity);
            best.sum.add(wanted.weight, Meeting { similarity, how: How::Exact });
            best.taken += words;
        }
        best
    }
}

/// What a name has at best.
#[derive(Debug, Clone, Copy)]
pub struct Best {
    schema: Schema,
    sum: Sum,
    /// Loss of the query's words that are not met.
    left: f32,
    /// Words of the name that met.
    taken: f32,
}

impl Best {
    /// The best score if all the name's words together lose so much; less where several of them meet one word of the query.
    pub fn score(&self, loss: f32) -> f32 {
        self.sum.score(self.schema, self.left, (loss - self.taken).max(0.0))
    }

    /// The same if it parts a word of the query in so many more.
    pub fn parted(mut self, more: usize) -> Self {
        let more = more as f32;
        self.sum.add(more * Kind::Plain.weight(), Meeting { similarity: JOINED, how: How::Joined });
        Self { taken: self.taken + more, ..self }
    }

    /// The number before which the names are that may score so much.
    pub fn end(&self, records: &Records, score: f32) -> u32 {
        records.end(|loss| self.score(loss) >= score)
    }
}

/// The places of the words with bits, those of the fewest names first; of all words where none has a bit.
pub fn rarest_first(wanted: &[Wanted]) -> Vec<(usize, &Wanted)> {
    let none = wanted.iter().all(|wanted| wanted.bit == 0);
    let mut places: Vec<_> = wanted.iter().enumerate().filter(|(_, wanted)| none || wanted.bit != 0).collect();
    places.sort_by_key(|(_, wanted)| wanted.names);
    places
}

//! A query's words as names are bounded by them: what a name can score at best that meets some of them.

use super::super::align::may_be_initials;
use super::super::token::{Name, Schema, Token};
use super::super::words::Kind;
use super::likeness::{Alike, AlikeWords, Likeness};
use super::segment::Segment;

/// Words that have a bit of their own: the heaviest. The others of a long name count as met.
const BITS_MAX: usize = 8;
/// How well a letter meets the word that it begins.
pub const INITIAL: f32 = 0.85;
/// What a word costs at least that only the query has.
const QUERY_ONLY: f32 = 0.6;
/// A word of that weight or more tells one name from another.
const TELLING: f32 = 0.5;

#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The most that the word adds when it is met.
    pub weight: f32,
    pub loss: f32,
    /// The best that any word of the vocabulary meets it.
    pub best: f32,
    /// 0 for what may be met without a mark.
    pub bit: u8,
    pub alike: AlikeWords,
    /// Names that those words are in.
    names: usize,
}

impl Wanted {
    fn of(token: &Token, segment: &Segment, likeness: &mut Likeness) -> Self {
        let found = likeness.of(token, &segment.vocabulary);
        let alike = segment.vocabulary.alike(&found);
        let weight = |alike: &Alike| segment.vocabulary.brief(alike.word).map(|brief| brief.kind().weight());
        let initial = token.kind == Kind::Initial;
        let (weight_min, best_min) = if initial { (Kind::Plain.weight(), INITIAL) } else { (token.weight(), 0.0) };
        Self {
            weight: alike.iter().filter_map(weight).fold(weight_min, f32::max),
            loss: token.loss(),
            best: alike.iter().map(|alike| alike.similarity).fold(best_min, f32::max),
            bit: 0,
            names: alike.iter().map(|alike| segment.postings.of(alike.word).len()).sum(),
            alike: found,
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

/// The best score for each set of bits.
pub fn bounds(wanted: &[Wanted], bounds: &mut Vec<f32>) {
    let bits = wanted.iter().filter(|wanted| wanted.bit != 0).count();
    bounds.clear();
    bounds.extend((0..1_u32 << bits).map(|mask| best_score(wanted, mask as u8, None)));
}

/// The best score of a name that meets the words of `mask`, one of them, told by its place, by no more than a similarity.
pub fn best_score(wanted: &[Wanted], mask: u8, at_most: Option<(usize, f32)>) -> f32 {
    let (mut met, mut alike, mut left, mut telling) = (0.0, 0.0, 0.0, 0);
    for (wanted, place) in wanted.iter().zip(0..) {
        if wanted.bit & mask == 0 && wanted.bit != 0 {
            left += wanted.loss;
            continue;
        }
        let best = if wanted.bit == 0 { wanted.best.max(INITIAL) } else { wanted.best };
        let similarity = at_most.filter(|(at, _)| *at == place).map_or(best, |(_, similarity)| similarity);
        met += wanted.weight;
        alike += wanted.weight * similarity;
        telling += u32::from(wanted.weight >= TELLING);
    }
    if met == 0.0 || (mask == 0 && wanted.iter().any(|wanted| wanted.bit != 0)) {
        return 0.0;
    }
    let weak = if telling == 0 || (telling == 1 && left > 0.0) { alike / met } else { 1.0 };
    weak * alike / (met + QUERY_ONLY * left)
}

/// The places of the words with bits, those of the fewest names first.
pub fn rarest_first(wanted: &[Wanted]) -> Vec<(usize, &Wanted)> {
    let mut places: Vec<_> = wanted.iter().enumerate().filter(|(_, wanted)| wanted.bit != 0).collect();
    places.sort_by_key(|(_, wanted)| wanted.names);
    places
}

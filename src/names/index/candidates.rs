//! The names of a segment that may reach a score, found by bounds that look at no letter of them.
//!
//! Every word of the vocabulary that says something for a word of the query is marked. Then the names of the marked words are
//! walked, those of the query's rarest word first, and only as long as a name that holds none of the words before can still reach
//! the score. What a walked name can reach is told by the bits of its words' marks; who passes is estimated.

use super::super::align::{Alignment, RUN_MAX};
use super::super::score::estimate;
use super::super::similar::{Brief, Glance};
use super::super::token::{Name, Schema, TOKENS_MAX, Token};
use super::super::words::Kind;
use super::keys::{self, Keyed};
use super::likeness::Likeness;
use super::marks::Marks;
use super::postings::Posting;
use super::segment::Segment;
use super::wanted::{self, INITIAL, Wanted};

/// Names that one search scores at most. A query that more names resemble ("Mohammed Ali") is told the best of them.
const SCORED_MAX: usize = 250;
/// Names that one search looks at, at most.
const WALKED_MAX: usize = 200_000;
/// A word that more names hold leads to none as a piece of another.
const PIECE_NAMES_MAX: usize = 2_000;
/// Letters of the shortest piece.
const PIECE_MIN: usize = 2;
/// Names that a short form leads to at most.
const JOINED_MAX: usize = 200;
const JOINED: f32 = 0.96;
const ACRONYM: f32 = 0.88;
/// Letters of a short form at most.
const ACRONYM_MAX: usize = 7;
/// Share of a word that its pieces found make up, at least.
const PIECES_MIN: f32 = 0.3;
/// What two words may be alike that no key led to.
const UNKNOWN: f32 = 0.85;
/// How far the estimate may underrate a score: words that meet although no key finds them.
const LEEWAY: f32 = 0.03;

#[derive(Debug, Default)]
pub struct Work {
    likeness: Likeness,
    marks: Marks,
    wanted: Vec<Wanted>,
    /// The best score by the bits met.
    bounds: Vec<f32>,
    /// Words run together, pieces and short forms that lead to names, and names that short forms lead to.
    joined: Vec<u32>,
    spelt_out: Vec<u32>,
    briefs: Vec<Brief>,
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
        alike.for_each(|alike| work.marks.put(alike.word, wanted.bit, place, alike.similarity));
    }
    mark_initials(segment, query, work);
    mark_short_forms(segment, query, work);
    mark_runs(segment, query, work);
    mark_pieces(segment, query, work);
    wanted::bounds(&work.wanted, &mut work.bounds);
    work.briefs.clear();
    work.briefs.extend(query.tokens.iter().map(Brief::of));
    walk(segment, query, threshold, work);
    work.marks.clear();
    work.ranked.sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    work.ranked.dedup();
    work.ranked.truncate(SCORED_MAX);
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
        words.iter().for_each(|word| work.marks.put(*word, wanted.bit, place, INITIAL));
    }
}

/// `JC` for Jean Claude, `PLA` for People's Liberation Army.
fn mark_short_forms(segment: &Segment, query: &Name, work: &mut Work) {
    let longest = if segment.schema == Schema::Person { 2 } else { ACRONYM_MAX };
    for size in 2..=longest.min(query.tokens.len()) {
        for (run, start) in query.tokens.windows(size).zip(0..) {
            let key = keys::of_initials(run.iter().filter_map(|token| token.text.bytes().next()));
            for known in segment.vocabulary.under(key).filter(|known| known.glance.length() == size) {
                work.mark_run(known.word, start..start + size, ACRONYM);
                work.joined.push(known.word);
            }
        }
    }
    keys::of_first_letters(query, |key| {
        for known in segment.vocabulary.under(key).filter(|known| known.glance.length() <= ACRONYM_MAX) {
            work.mark_run(known.word, 0..query.tokens.len(), ACRONYM);
            work.joined.push(known.word);
        }
    });
    if let ([only], Schema::Company) = (query.tokens.as_slice(), segment.schema) {
        work.spelt_out.extend(segment.initials.find(keys::of_initials(only.text.bytes())).take(JOINED_MAX));
    }
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
    work.marks.put_piece(word, wanted.bit, place, piece.len() as f32 / whole.text.len() as f32);
    Some(word)
}

impl Work {
    /// Marks a word that stands for several of the query's in a row.
    fn mark_run(&mut self, word: u32, places: std::ops::Range<usize>, similarity: f32) {
        let run = self.wanted.iter_mut().enumerate().skip(places.start).take(places.len());
        for (place, wanted) in run {
            wanted.may_be_met_as(similarity);
            self.marks.put(word, wanted.bit, place as u8, similarity);
        }
    }
}

/// Walks the names of the marked words as long as they may reach the threshold.
fn walk(segment: &Segment, query: &Name, threshold: f32, work: &mut Work) {
    let Work { wanted, marks, bounds, joined, spelt_out, briefs, ranked, .. } = work;
    ranked.clear();
    let look = Look { segment, query, briefs, wanted, marks, bounds, threshold };
    ranked.extend(spelt_out.drain(..).filter_map(|name| look.at_record(name)));
    let mut left = WALKED_MAX;
    let mut walk = |word: u32| {
        let postings = segment.postings.of(word).iter().take(left);
        left -= postings.len();
        ranked.extend(postings.filter_map(|posting| look.at_posting(word, posting)));
    };
    joined.sort_unstable();
    joined.dedup();
    joined.drain(..).for_each(&mut walk);
    let rarest_first = wanted::rarest_first(wanted);
    let mut not_before = rarest_first.iter().fold(0, |mask, (_, wanted)| mask | wanted.bit);
    for (place, word) in rarest_first {
        let reaches = |similarity| wanted::best_score(wanted, not_before, Some((place, similarity))) >= threshold;
        let alike = segment.vocabulary.alike(&word.alike).iter().filter(|alike| reaches(alike.similarity));
        alike.for_each(|alike| walk(alike.word));
        let letter = query.tokens.get(place).filter(|token| token.text.len() > 1 && reaches(INITIAL));
        let letter = letter.and_then(|token| token.text.bytes().next());
        letter.iter().flat_map(|first| segment.vocabulary.letters(*first)).for_each(|word| walk(*word));
        not_before &= !word.bit;
    }
}

/// A look at one name: no letter of it.
struct Look<'a> {
    segment: &'a Segment,
    query: &'a Name,
    briefs: &'a [Brief],
    wanted: &'a [Wanted],
    marks: &'a Marks,
    bounds: &'a [f32],
    threshold: f32,
}

/// How a name meets one word of the query.
#[derive(Clone, Copy, Default)]
struct Met {
    best: f32,
    weight: f32,
    pieces: f32,
}

/// A name's words that no mark tells anything of.
#[derive(Default)]
struct Unmarked {
    words: [u32; TOKENS_MAX],
    count: usize,
    /// What they cost when they are left over.
    loss: f32,
}

impl Look<'_> {
    fn at_posting(&self, word: u32, posting: &Posting) -> Option<(f32, u32)> {
        match posting.others() {
            Some(others) => self.at(posting.name, std::iter::once(word).chain(others)),
            None => self.at_record(posting.name),
        }
    }

    fn at_record(&self, name: u32) -> Option<(f32, u32)> {
        self.at(name, self.segment.records.words(name).iter().copied())
    }

    /// About what a name of these words scores, unless that is too little.
    fn at(&self, name: u32, words: impl Iterator<Item = u32> + Clone) -> Option<(f32, u32)> {
        let bound = self.bounds.get(usize::from(self.marks.mask(words.clone())))?;
        let score = if *bound >= self.threshold { self.estimate(words) } else { 0.0 };
        (score >= self.threshold - LEEWAY).then_some((score, name))
    }

    fn estimate(&self, words: impl Iterator<Item = u32>) -> f32 {
        let mut met = [Met::default(); TOKENS_MAX];
        let mut unmarked = Unmarked::default();
        for word in words {
            let kind = self.segment.vocabulary.kind(word).unwrap_or(Kind::Plain);
            let mut marks = self.marks.of(word).peekable();
            if marks.peek().is_none() {
                unmarked.words.get_mut(unmarked.count).into_iter().for_each(|slot| *slot = word);
                unmarked.count += 1;
                unmarked.loss += kind.loss();
            }
            for mark in marks {
                let Some(met) = met.get_mut(usize::from(mark.token)) else { continue };
                if mark.is_piece {
                    met.pieces += mark.similarity;
                } else if mark.similarity > met.best {
                    (met.best, met.weight) = (mark.similarity, kind.weight());
                }
            }
        }
        self.weighed(&met, unmarked)
    }

    /// The score of what met.
    fn weighed(&self, met: &[Met], mut unmarked: Unmarked) -> f32 {
        let (mut weight, mut alike, mut left, mut telling) = (0.0, 0.0, 0.0, 0);
        for (((token, brief), wanted), met) in self.query.tokens.iter().zip(self.briefs).zip(self.wanted).zip(met) {
            let similarity = self.similarity(token, *brief, wanted, met, &mut unmarked);
            if similarity == 0.0 {
                left += wanted.loss;
                continue;
            }
            let more = token.weight().max(met.weight);
            weight += more;
            alike += more * similarity;
            telling += u32::from(wanted.weight >= 0.5);
        }
        if weight == 0.0 {
            return 0.0;
        }
        let entry_left = unmarked.loss.max(0.0);
        let weak = if telling == 0 || (telling == 1 && left + entry_left > 0.05) { alike / weight } else { 1.0 };
        weak * alike / weight * estimate(self.segment.schema, weight, left, entry_left)
    }

    /// How well a word of the query is met, 0 when it is not: by a mark, by pieces, or by what no mark tells but a glance allows.
    fn similarity(&self, token: &Token, brief: Brief, wanted: &Wanted, met: &Met, unmarked: &mut Unmarked) -> f32 {
        if met.best > 0.0 {
            return met.best;
        }
        if met.pieces > PIECES_MIN && (met.pieces > 0.9 || unmarked.count > 0) {
            unmarked.loss -= if met.pieces > 0.9 { 0.0 } else { 1.0 };
            return JOINED;
        }
        if wanted.bit == 0 && unmarked.count >= 2 {
            return INITIAL;
        }
        let words = unmarked.words.iter().take(unmarked.count);
        let vocabulary = &self.segment.vocabulary;
        if words.filter_map(|word| vocabulary.brief(*word)).any(|word| brief.may_meet(word)) {
            unmarked.loss -= 1.0;
            return UNKNOWN;
        }
        let may_be_spelt_out = self.segment.schema == Schema::Company && unmarked.count >= token.text.len().max(2);
        if may_be_spelt_out { ACRONYM } else { 0.0 }
    }
}

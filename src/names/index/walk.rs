//! The walk through the names of the marked words: those of the query's rarest word first, and only as long as a name that holds
//! none of the words before can still reach the score. What a walked name can reach is told by the bits of its words' marks and by
//! what its other words lose; who passes is estimated.

use super::super::score::of_forms;
use super::super::token::Name;
use super::candidates::Work;
use super::ends::{Ends, Limit};
use super::estimate::Estimator;
use super::marks::Mask;
use super::parted::Parted;
use super::segment::Segment;
use super::wanted::{self, INITIAL, Reach};

/// Names that one search scores at most. A query that more names resemble ("Mohammed Ali") is told the best of them.
const SCORED_MAX: usize = 250;
/// Names that are walked past, and estimated, at most, by the words themselves and by words run together each: a word as it is spelt
/// comes before those like it, and the best names of a word come first, so that a common word need not be exhausted.
const WALKED_MAX: usize = 100_000;
const ESTIMATED_MAX: usize = 10_000;
/// So many words before the names of a word are walked, memory is asked for them.
const WORDS_AHEAD: usize = 8;
/// How far the estimate may underrate a score: words that meet although no key leads from one to the other, longer runs.
const LEEWAY: f32 = 0.03;

/// Ranks the names of the marked words that may reach the threshold, the best first.
pub fn rank(segment: &Segment, query: &Name, threshold: f32, work: &mut Work) {
    let Work { wanted, marks, ends, joined, spelt_out, parted, ranked, .. } = work;
    ranked.clear();
    let limit = Limit { reach: Reach { schema: segment.schema, wanted }, records: &segment.records, score: threshold };
    ends.clear(limit.reach);
    let mut walk = Walk {
        estimator: Estimator { segment, query, wanted, marks },
        ends,
        ranked,
        limit,
        least: threshold - LEEWAY,
        walks_left: WALKED_MAX,
        estimates_left: ESTIMATED_MAX,
    };
    // No word of theirs need be marked.
    spelt_out.drain(..).for_each(|name| walk.rank(name, segment.records.words(name).iter().copied(), &[]));
    walk.names_parted(parted);
    parted.clear();
    joined.sort_unstable();
    joined.dedup();
    joined.iter().for_each(|word| segment.postings.ask_for(*word));
    joined.drain(..).for_each(|word| walk.names_of(word, u32::MAX));
    // However many names words run together lead to: those of the words themselves are looked at.
    (walk.walks_left, walk.estimates_left) = (WALKED_MAX, ESTIMATED_MAX);
    walk.names_of_words();
    walk.keep_best();
}

/// A walk through names, and what it found.
struct Walk<'a> {
    estimator: Estimator<'a>,
    ends: &'a mut Ends,
    ranked: &'a mut Vec<(f32, u32)>,
    limit: Limit<'a>,
    /// What it must be estimated at.
    least: f32,
    /// Names that may still be walked, and estimated.
    walks_left: usize,
    estimates_left: usize,
}

impl Walk<'_> {
    /// The names of the words that the query's are alike, and of letters that they begin with.
    fn names_of_words(&mut self) {
        let Estimator { segment, query, wanted, .. } = self.estimator;
        let reach = self.limit.reach;
        let rarest_first = wanted::rarest_first(wanted);
        let mut not_before = rarest_first.iter().fold(0, |mask, (_, wanted)| mask | wanted.bit);
        for (place, word) in rarest_first {
            let words = segment.vocabulary.alike(&word.alike);
            for (alike, at) in words.iter().zip(WORDS_AHEAD..) {
                words.get(at).into_iter().for_each(|next| segment.postings.ask_for(next.word));
                let end = self.limit.end(reach.met(not_before, Some((place, alike.meeting.similarity))));
                // Nor is there one of the words behind it, which are less alike.
                if end == 0 {
                    break;
                }
                self.names_of(alike.word, end);
            }
            let letter = query.tokens.get(place).filter(|token| token.text.len() > 1).and_then(|token| token.text.bytes().next());
            let letters = letter.map(|first| segment.vocabulary.letters(first)).unwrap_or_default();
            let end = self.limit.end(reach.met(not_before, Some((place, INITIAL))));
            letters.iter().for_each(|word| self.names_of(*word, end));
            not_before &= !word.bit;
        }
    }

    /// The names of a word before `end`.
    fn names_of(&mut self, word: u32, end: u32) {
        let Estimator { segment, marks, .. } = self.estimator;
        let postings = segment.postings.of(word);
        let own = marks.mask(word);
        // Where the names end that hold no other marked word.
        let alone = self.ends.whole(own, self.limit);
        for posting in postings.iter().take(self.walks_left) {
            if self.estimates_left == 0 || posting.name >= end {
                break;
            }
            self.walks_left -= 1;
            if posting.name >= alone && !posting.may_have(|other| marks.is_marked(other)) {
                continue;
            }
            match posting.others() {
                Some(others) => {
                    if posting.name < self.ends.whole(marks.masks(own, others.clone()), self.limit) {
                        self.rank(posting.name, posting.words(word, others), &[]);
                    }
                }
                None => self.record(posting.name),
            }
        }
    }

    fn record(&mut self, name: u32) {
        let Estimator { segment, marks, .. } = self.estimator;
        let words = segment.records.words(name).iter().copied();
        if name < self.ends.whole(marks.masks(Mask::default(), words.clone()), self.limit) {
            self.rank(name, words, &[]);
        }
    }

    /// The names that may part words of the query, those of one name together.
    fn names_parted(&mut self, parted: &mut Vec<Parted>) {
        let Estimator { segment, marks, wanted, .. } = self.estimator;
        parted.iter().for_each(|parted| segment.records.ask_for(parted.run.name()));
        // A name may part several words of which none is another's.
        let strange = wanted.iter().filter(|wanted| wanted.is_strange).fold(0, |bits, wanted| bits | wanted.bit);
        parted.retain(|parted| {
            let own = wanted.get(usize::from(parted.place)).map_or(0, |wanted| wanted.bit);
            let words = segment.records.words(parted.run.name()).iter().copied();
            let mask = marks.masks(Mask::of(own | strange), words);
            parted.run.name() < self.ends.parted(mask, parted.run.places().len(), self.limit)
        });
        parted.sort_unstable_by_key(|parted| (parted.run, parted.place));
        parted.dedup_by_key(|parted| (parted.run, parted.place));
        for parted in parted.chunk_by(|one, other| one.run.name() == other.run.name()).take(self.estimates_left) {
            let Some(name) = parted.first().map(|first| first.run.name()) else { continue };
            self.rank(name, segment.records.words(name).iter().copied(), parted);
        }
    }

    /// Ranks a name of these words, unless it scores too little.
    fn rank(&mut self, name: u32, words: impl Iterator<Item = u32>, parted: &[Parted]) {
        self.estimates_left = self.estimates_left.saturating_sub(1);
        let score = self.estimator.score(words, parted);
        if score < self.least {
            return;
        }
        // To look at a name's form is to wait for its record.
        let of_forms = |form| of_forms(Some(form), self.estimator.segment.records.form(name));
        let score = score * self.estimator.query.form.map_or(1.0, of_forms);
        if score >= self.least {
            self.ranked.push((score, name));
            self.raise();
        }
    }

    /// Asks for more when there are enough names.
    fn raise(&mut self) {
        if self.ranked.len() < 2 * SCORED_MAX {
            return;
        }
        self.keep_best();
        let Some((last, _)) = self.ranked.get(SCORED_MAX - 1) else { return };
        self.least = self.least.max(*last);
        self.limit.score = self.limit.score.max(*last);
        self.ends.clear(self.limit.reach);
    }

    fn keep_best(&mut self) {
        self.ranked.sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        self.ranked.dedup();
        self.ranked.truncate(SCORED_MAX);
    }
}

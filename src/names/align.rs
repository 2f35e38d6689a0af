//! Which words of two names meet which. Words that meet best are paired first; what is left is tried run together, as initials
//! and as an acronym.

use std::borrow::Borrow;
use std::ops::{Range, RangeInclusive};

use super::fold::Script;
use super::joined::{PARTED_LETTERS_MIN, RUN_LETTERS_APART, RUN_MAX, RunTogether};
use super::similar::{How, Meeting};
use super::token::{Schema, TOKENS_MAX, Token};
use super::words::Kind;

/// Words of the one name that met words of the other; both ranges hold at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    pub query: Range<u8>,
    pub entry: Range<u8>,
    pub meeting: Meeting,
}

/// The pairs of two names, and what an alignment needs to be made without allocating.
#[derive(Debug, Default)]
pub struct Alignment {
    pub pairs: Vec<Pair>,
    meetings: Vec<(Meeting, u8, u8)>,
    query_used: u32,
    entry_used: u32,
    run: RunTogether,
}

const INITIALS: f32 = 0.85;
const ACRONYM: f32 = 0.88;
/// Letters of a short form.
pub const ACRONYM_LENGTHS: RangeInclusive<usize> = 2..=7;

impl Alignment {
    pub fn is_query_used(&self, at: usize) -> bool {
        self.query_used >> at & 1 == 1
    }

    pub fn is_entry_used(&self, at: usize) -> bool {
        self.entry_used >> at & 1 == 1
    }

    /// Pairs the words. `meet` tells how the query's word meets the entry's.
    pub fn align<Q: Borrow<Token>, E: Borrow<Token>>(
        &mut self,
        schema: Schema,
        query: &[Q],
        entry: &[E],
        mut meet: impl FnMut(usize, usize) -> Option<Meeting>,
    ) {
        let (query, entry) = (first(query), first(entry));
        self.pairs.clear();
        self.meetings.clear();
        (self.query_used, self.entry_used) = (0, 0);
        for at in 0..query.len() {
            for against in 0..entry.len() {
                self.meetings.extend(meet(at, against).map(|meeting| (meeting, at as u8, against as u8)));
            }
        }
        self.take_best();
        if !self.all_used(query.len(), entry.len()) {
            self.join(query, entry);
        }
        if !self.all_used(query.len(), entry.len()) {
            self.initials(schema, query, entry);
        }
    }

    /// False as long as both names have a word left.
    fn all_used(&self, query: usize, entry: usize) -> bool {
        self.query_used.count_ones() as usize >= query || self.entry_used.count_ones() as usize >= entry
    }

    fn take_best(&mut self) {
        // Likeness, then the order of the words: a total order, so that the same names always give the same pairs.
        let apart = |at: u8, against: u8| at.abs_diff(against);
        self.meetings.sort_unstable_by(|(one, at, against), (other, other_at, other_against)| {
            let likeness = other.similarity.total_cmp(&one.similarity);
            likeness.then_with(|| {
                (apart(*at, *against), at, against).cmp(&(apart(*other_at, *other_against), other_at, other_against))
            })
        });
        for index in 0..self.meetings.len() {
            let Some((meeting, at, against)) = self.meetings.get(index).copied() else { return };
            self.pair(at..at + 1, against..against + 1, meeting);
        }
    }

    /// Notes a pair unless one of its words is taken.
    fn pair(&mut self, query: Range<u8>, entry: Range<u8>, meeting: Meeting) {
        let mask = |range: &Range<u8>| range.clone().fold(0_u32, |mask, at| mask | 1 << at);
        if self.query_used & mask(&query) == 0 && self.entry_used & mask(&entry) == 0 {
            self.query_used |= mask(&query);
            self.entry_used |= mask(&entry);
            self.pairs.push(Pair { query, entry, meeting });
        }
    }

    /// One word left over against several in a row on the other side.
    fn join<Q: Borrow<Token>, E: Borrow<Token>>(&mut self, query: &[Q], entry: &[E]) {
        for (at, word) in tokens(query).filter(|(_, word)| word.text.len() >= PARTED_LETTERS_MIN) {
            if let Some((run, meeting)) = self.run_like(word, entry, self.entry_used).filter(|_| !self.is_query_used(at)) {
                self.pair(at as u8..at as u8 + 1, run, meeting);
            }
        }
        for (at, word) in tokens(entry).filter(|(_, word)| word.text.len() >= PARTED_LETTERS_MIN) {
            if let Some((run, meeting)) = self.run_like(word, query, self.query_used).filter(|_| !self.is_entry_used(at)) {
                self.pair(run, at as u8..at as u8 + 1, meeting);
            }
        }
    }

    /// The unused words in a row that, run together, are most like `word`.
    fn run_like<T: Borrow<Token>>(&mut self, word: &Token, words: &[T], used: u32) -> Option<(Range<u8>, Meeting)> {
        let mut best: Option<(Range<u8>, Meeting)> = None;
        for start in 0..words.len() {
            let mut letters = 0;
            for (length, next) in words.iter().skip(start).take(RUN_MAX).enumerate() {
                letters += next.borrow().text.len();
                if used >> (start + length) & 1 == 1 || letters > word.text.len() + RUN_LETTERS_APART {
                    break;
                }
                if length == 0 || letters + RUN_LETTERS_APART < word.text.len() {
                    continue;
                }
                let run = words.get(start..=start + length).unwrap_or_default();
                let meeting = self
                    .run
                    .meets(word, run)
                    .filter(|meeting| best.as_ref().is_none_or(|(_, known)| meeting.similarity > known.similarity));
                best = meeting.map(|meeting| (start as u8..(start + length + 1) as u8, meeting)).or(best);
            }
        }
        best
    }

    /// `JC` for Jean Claude; `PLA` for People's Liberation Army.
    fn initials<Q: Borrow<Token>, E: Borrow<Token>>(&mut self, schema: Schema, query: &[Q], entry: &[E]) {
        for (at, word) in tokens(query).filter(|(_, word)| may_be_initials(schema, word)) {
            if let Some((run, meeting)) = spelt_by_initials(word, entry, self.entry_used).filter(|_| !self.is_query_used(at)) {
                self.pair(at as u8..at as u8 + 1, run, meeting);
            }
        }
        for (at, word) in tokens(entry).filter(|(_, word)| may_be_initials(schema, word)) {
            if let Some((run, meeting)) = spelt_by_initials(word, query, self.query_used).filter(|_| !self.is_entry_used(at)) {
                self.pair(run, at as u8..at as u8 + 1, meeting);
            }
        }
    }
}

fn first<T>(words: &[T]) -> &[T] {
    words.get(..words.len().min(TOKENS_MAX)).unwrap_or_default()
}

fn tokens<T: Borrow<Token>>(words: &[T]) -> impl Iterator<Item = (usize, &Token)> {
    words.iter().map(Borrow::borrow).enumerate()
}

/// A person's are two letters that cannot be spoken; a company's may be a word.
pub fn may_be_initials(schema: Schema, word: &Token) -> bool {
    let unspoken = || !word.text.bytes().any(|letter| matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'));
    word.kind == Kind::Plain
        && word.script == Script::Alphabet
        && match schema {
            Schema::Person => word.text.len() == 2 && unspoken(),
            Schema::Company => ACRONYM_LENGTHS.contains(&word.text.len()),
        }
}

/// How so many letters meet the words that they begin.
pub fn by_initials(letters: usize) -> Meeting {
    if letters == 2 {
        Meeting { similarity: INITIALS, how: How::Initial }
    } else {
        Meeting { similarity: ACRONYM, how: How::Acronym }
    }
}

/// The run of unused words whose first letters are the letters of `word`; particles may be left out of the spelling.
fn spelt_by_initials<T: Borrow<Token>>(word: &Token, words: &[T], used: u32) -> Option<(Range<u8>, Meeting)> {
    let letters = word.text.as_bytes();
    (0..words.len()).find_map(|start| {
        let mut left = letters.iter().peekable();
        let mut end = start;
        for (next, at) in words.iter().skip(start).zip(start..) {
            let token = next.borrow();
            let heads = token.text.as_bytes().first() == left.peek().copied();
            if used >> at & 1 == 1 || !(heads || (token.kind == Kind::Particle && end > start)) {
                break;
            }
            if heads {
                left.next();
            }
            end = at + 1;
        }
        let whole = left.peek().is_none() && end - start >= letters.len().max(2);
        whole.then_some((start as u8..end as u8, by_initials(letters.len())))
    })
}

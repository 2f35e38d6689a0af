//! Which words of a vocabulary meet a word: known beforehand of each of its own, remembered of others, since parties share their
//! words.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use super::super::similar::{Apart, Brief, Glance, Meeting, meet_apart};
use super::super::token::Token;
use super::super::words::Kind;
use super::keyed::{Keyed, Keys};
use super::keys;
use super::range;
use crate::near;

/// A word of the vocabulary that meets another.
#[derive(Debug, Clone, Copy)]
pub struct Alike {
    pub word: u32,
    pub meeting: Meeting,
}

/// A word of the vocabulary, with what tells most others apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    pub word: u32,
    pub glance: Glance,
}

/// The words of one segment.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// Told from every other of the process, for what is remembered of it.
    id: u64,
    tokens: Vec<Token>,
    /// The same at a glance.
    briefs: Vec<Brief>,
    kinds: Vec<Kind>,
    by_key: Keys<Known>,
    /// The words that meet each word, and where each word's begin.
    alike: Vec<Alike>,
    alike_starts: Vec<u32>,
    /// Words by first letter, the shortest first, and where each letter's begin.
    by_first: Vec<u32>,
    first_starts: Vec<u32>,
}

/// Words that meet a query's word.
#[derive(Debug, Clone)]
pub enum AlikeWords {
    /// Those of this word of the vocabulary.
    Of(u32),
    Remembered(Arc<[Alike]>),
}

impl Default for AlikeWords {
    fn default() -> Self {
        Self::Remembered(Arc::default())
    }
}

impl Vocabulary {
    /// `id`: told from that of every other of the process.
    pub fn new(id: u64, tokens: Vec<Token>) -> Self {
        let briefs: Vec<_> = tokens.iter().map(Brief::of).collect();
        let mut keyed = Vec::new();
        for ((token, brief), word) in tokens.iter().zip(&briefs).zip(0..) {
            keys::of_word(token, |key| keyed.push(Keyed { key, value: Known { word, glance: brief.glance() } }));
        }
        let by_key = Keys::build(keyed);
        let (first_starts, by_first) = by_first(&briefs);
        let kinds = tokens.iter().map(|token| token.kind).collect();
        let mut vocabulary = Self { id, tokens, briefs, kinds, by_key, by_first, first_starts, ..Self::default() };
        vocabulary.know_alike();
        vocabulary
    }

    /// Finds what each word meets, on every core.
    fn know_alike(&mut self) {
        let parts = thread::available_parallelism().map_or(1, NonZero::get);
        let share = self.tokens.len().div_ceil(parts).max(1);
        let vocabulary = &*self;
        let found: Vec<Vec<Vec<Alike>>> = thread::scope(|scope| {
            let part = |words: &[Token]| {
                let mut likeness = Likeness::default();
                words.iter().map(|word| likeness.find(word, vocabulary).to_vec()).collect()
            };
            let threads: Vec<_> = self.tokens.chunks(share).map(|words| scope.spawn(move || part(words))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_default()).collect()
        });
        let mut found = found.concat();
        make_mutual(&mut found);
        let starts = found.iter().scan(0, |end, alike| {
            *end += alike.len() as u32;
            Some(*end)
        });
        self.alike_starts = std::iter::once(0).chain(starts).collect();
        self.alike = found.concat();
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    pub fn token(&self, word: u32) -> Option<&Token> {
        self.tokens.get(word as usize)
    }

    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    pub fn kind(&self, word: u32) -> Option<Kind> {
        self.kinds.get(word as usize).copied()
    }

    pub fn brief(&self, word: u32) -> Option<Brief> {
        self.briefs.get(word as usize).copied()
    }

    /// What is under a key.
    pub fn under(&self, key: u32) -> impl Iterator<Item = &Known> + '_ {
        self.by_key.find(key)
    }

    /// What is under any of some keys.
    pub fn under_all<'a>(&'a self, keys: &'a [u32]) -> impl Iterator<Item = &'a Known> {
        self.by_key.find_all(keys)
    }

    /// The most alike first.
    pub fn alike<'a>(&'a self, words: &'a AlikeWords) -> &'a [Alike] {
        match words {
            AlikeWords::Of(word) => range(&self.alike_starts, &self.alike, *word),
            AlikeWords::Remembered(alike) => alike,
        }
    }

    /// The words of one letter that are this letter.
    pub fn letters(&self, first: u8) -> &[u32] {
        let words = self.beginning_with(first);
        let end = words.partition_point(|word| self.brief(*word).is_some_and(|brief| brief.length() == 1));
        words.get(..end).unwrap_or_default()
    }

    /// The words that begin with a letter, the shortest first.
    pub fn beginning_with(&self, first: u8) -> &[u32] {
        range(&self.first_starts, &self.by_first, first.into())
    }

    /// This very word.
    fn position(&self, token: &Token) -> Option<u32> {
        let same = |word: &u32| {
            self.token(*word).is_some_and(|known| {
                (known.text.as_str(), known.kind, known.script) == (token.text.as_str(), token.kind, token.script)
            })
        };
        self.under(keys::of_canonical(token)).map(|known| known.word).find(same)
    }

    pub fn bytes(&self) -> usize {
        let text =
            |word: &Token| word.text.capacity() + word.canonical.capacity() + word.sound.capacity() + word.skeleton.capacity();
        self.tokens.iter().map(text).sum::<usize>()
            + self.tokens.capacity() * size_of::<Token>()
            + self.kinds.capacity()
            + self.briefs.capacity() * size_of::<Brief>()
            + self.by_key.bytes()
            + self.alike.capacity() * size_of::<Alike>()
            + 4 * (self.alike_starts.capacity() + self.by_first.capacity() + self.first_starts.capacity())
    }
}

/// What one word found and was not found by, it meets all the same: the keys of a query are more than those of a word.
fn make_mutual(found: &mut [Vec<Alike>]) {
    let mut missing = Vec::new();
    for (alike, word) in found.iter().zip(0..) {
        let is_one_sided = |other: &&Alike| {
            let back = found.get(other.word as usize);
            back.is_some_and(|back| !back.iter().any(|known| known.word == word))
        };
        missing.extend(alike.iter().filter(is_one_sided).map(|other| (other.word, Alike { word, ..*other })));
    }
    for (word, alike) in missing {
        let Some(known) = found.get_mut(word as usize) else { continue };
        let at = known.partition_point(|other| other.meeting.similarity >= alike.meeting.similarity);
        known.insert(at, alike);
    }
}

/// The words by their first letter, the shortest of each first.
fn by_first(briefs: &[Brief]) -> (Vec<u32>, Vec<u32>) {
    let mut words: Vec<u32> = (0..briefs.len() as u32).collect();
    let key = |word: &u32| briefs.get(*word as usize).map(|brief| (brief.first(), brief.length()));
    words.sort_by_key(key);
    let start = |first: u32| words.partition_point(|word| key(word).is_some_and(|key| u32::from(key.0) < first)) as u32;
    ((0..=256).map(start).collect(), words)
}

/// Words remembered with the words like them; some 200 bytes each.
const KNOWN_MAX: usize = 50_000;

/// The memory of one thread.
#[derive(Debug, Default)]
pub struct Likeness {
    /// By word of the vocabulary: the last round in which it was looked at.
    seen: Vec<u32>,
    round: u32,
    found: Vec<Alike>,
    keys: Vec<u32>,
    maybe: Vec<(u32, Apart)>,
    known: HashMap<u128, Arc<[Alike]>>,
}

impl Likeness {
    /// The words that meet a query's word.
    pub fn of(&mut self, token: &Token, vocabulary: &Vocabulary) -> AlikeWords {
        if let Some(word) = vocabulary.position(token) {
            return AlikeWords::Of(word);
        }
        let key = key(token, vocabulary.id);
        if let Some(known) = self.known.get(&key) {
            return AlikeWords::Remembered(Arc::clone(known));
        }
        let found: Arc<[_]> = self.find(token, vocabulary).into();
        if self.known.len() >= KNOWN_MAX {
            self.known.clear();
        }
        self.known.insert(key, Arc::clone(&found));
        AlikeWords::Remembered(found)
    }

    fn find(&mut self, token: &Token, vocabulary: &Vocabulary) -> &[Alike] {
        self.found.clear();
        // Another vocabulary has other words, so what was seen there says nothing.
        self.round = self.round.wrapping_add(1);
        if self.seen.len() < vocabulary.len() {
            self.seen.resize(vocabulary.len(), 0);
        }
        let brief = Brief::of(token);
        let glance = brief.glance();
        let Self { seen, round, found, keys, maybe, .. } = self;
        for by_spelling in [false, true] {
            keys.clear();
            let take = |key| keys.push(key);
            if by_spelling {
                keys::of_query_spelling(token, take)
            } else {
                keys::of_query(token, take)
            }
            for Known { word, glance: known } in vocabulary.under_all(keys).copied() {
                let Some(last) = seen.get_mut(word as usize) else { continue };
                if std::mem::replace(last, *round) == *round {
                    continue;
                }
                let apart = if by_spelling {
                    glance.apart(known)
                } else {
                    vocabulary.brief(word).filter(|known| brief.may_meet(*known)).map(|_| glance.hard_apart(known))
                };
                if let Some((apart, known)) = apart.zip(vocabulary.token(word)) {
                    near::ask_for(known);
                    maybe.push((word, apart));
                }
            }
            let met = |(word, apart)| Some(Alike { word, meeting: meet_apart(token, vocabulary.token(word)?, apart)? });
            found.extend(maybe.drain(..).filter_map(met));
        }
        // The word itself before a title or particle that is spelt so.
        let other_kind = |alike: &Alike| vocabulary.kind(alike.word) != Some(token.kind);
        let order = |alike: &Alike| (other_kind(alike), alike.word);
        self.found.sort_unstable_by(|one, other| {
            other.meeting.similarity.total_cmp(&one.meeting.similarity).then_with(|| order(one).cmp(&order(other)))
        });
        &self.found
    }
}

/// 128 bits of everything that the answer depends on.
fn key(token: &Token, vocabulary: u64) -> u128 {
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        (seed, vocabulary, token.kind, token.script, &token.text).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(1) << 64 | half(2)
}

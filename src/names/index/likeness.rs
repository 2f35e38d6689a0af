//! Which words of a vocabulary meet a word: known beforehand of each of its own, remembered of others, since parties share their
//! words.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::super::glance::{Apart, Brief, Glance};
use super::super::similar::{Meeting, meet_apart};
use super::super::spelt::{Compared, Spelt};
use super::super::token::Token;
use super::super::words::Kind;
use super::keyed::{Keyed, Keys};
use super::keys;
use super::rows::{Rows, on_every_core};
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
    /// The same at a glance, and their letters.
    briefs: Vec<Brief>,
    spelt: Vec<Spelt>,
    kinds: Vec<Kind>,
    by_key: Keys<Known>,
    /// The words that meet each word.
    alike: Rows<Alike>,
    /// Words by first letter, the shortest first.
    by_first: Rows<u32>,
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
        let by_first = by_first(&briefs);
        let kinds = tokens.iter().map(|token| token.kind).collect();
        let spelt = tokens.iter().map(Spelt::of).collect();
        let mut vocabulary = Self { id, tokens, briefs, spelt, kinds, by_key, by_first, ..Self::default() };
        vocabulary.know_alike();
        vocabulary
    }

    /// Finds what each word meets.
    fn know_alike(&mut self) {
        let vocabulary = &*self;
        let find = |likeness: &mut Likeness, word: &Token| likeness.find(word, vocabulary).to_vec();
        let mut found = on_every_core(&self.tokens, Likeness::default, find);
        make_mutual(&mut found);
        self.alike = Rows::of(found);
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    pub fn token(&self, word: u32) -> Option<&Token> {
        self.tokens.get(word as usize)
    }

    pub fn spelt(&self, word: u32) -> Option<&Spelt> {
        self.spelt.get(word as usize)
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
            AlikeWords::Of(word) => self.alike.get(*word),
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
        self.by_first.get(first.into())
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
            + self.spelt.capacity() * size_of::<Spelt>()
            + self.by_key.bytes()
            + self.alike.bytes()
            + self.by_first.bytes()
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
fn by_first(briefs: &[Brief]) -> Rows<u32> {
    let mut words: Vec<u32> = (0..briefs.len() as u32).collect();
    let key = |word: &u32| briefs.get(*word as usize).map(|brief| (brief.first(), brief.length()));
    words.sort_by_key(key);
    let start = |first: u32| words.partition_point(|word| key(word).is_some_and(|key| u32::from(key.0) < first)) as u32;
    Rows::new((0..=256).map(start).collect(), words)
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
    maybe: Vec<(Known, Apart)>,
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
        self.begin(vocabulary);
        let brief = Brief::of(token);
        let glance = brief.glance();
        keys::of_query(token, |key| self.keys.push(key));
        self.look(vocabulary, |known| {
            vocabulary.brief(known.word).filter(|known| brief.may_meet(*known)).map(|_| glance.hard_apart(known.glance))
        });
        self.meet(token, vocabulary);
        keys::of_query_spelling(token, |key| self.keys.push(key));
        self.look(vocabulary, |known| glance.apart(known.glance));
        let compared = Compared::new(&token.text, &token.sound, glance);
        self.maybe.retain(|(known, apart)| {
            vocabulary.spelt(known.word).is_some_and(|spelt| compared.may_be(spelt, known.glance, *apart))
        });
        self.meet(token, vocabulary);
        // The word itself before a title or particle that is spelt so.
        let other_kind = |alike: &Alike| vocabulary.kind(alike.word) != Some(token.kind);
        let order = |alike: &Alike| (other_kind(alike), alike.word);
        self.found.sort_unstable_by(|one, other| {
            other.meeting.similarity.total_cmp(&one.meeting.similarity).then_with(|| order(one).cmp(&order(other)))
        });
        &self.found
    }

    fn begin(&mut self, vocabulary: &Vocabulary) {
        self.found.clear();
        // Another vocabulary has other words, so what was seen there says nothing.
        self.round = self.round.wrapping_add(1);
        if self.seen.len() < vocabulary.len() {
            self.seen.resize(vocabulary.len(), 0);
        }
    }

    /// Collects the words under the keys that were not looked at yet and may meet; `apart` tells what they cost then.
    fn look(&mut self, vocabulary: &Vocabulary, apart: impl Fn(Known) -> Option<Apart>) {
        let Self { seen, round, keys, maybe, .. } = self;
        for known in vocabulary.under_all(keys).copied() {
            let last = seen.get_mut(known.word as usize).map(|last| std::mem::replace(last, *round));
            let apart = if last == Some(*round) { None } else { apart(known) };
            if let Some(apart) = apart {
                vocabulary.spelt(known.word).into_iter().for_each(near::ask_for);
                maybe.push((known, apart));
            }
        }
        keys.clear();
    }

    /// Keeps those of them that meet.
    fn meet(&mut self, token: &Token, vocabulary: &Vocabulary) {
        let Self { found, maybe, .. } = self;
        maybe.iter().filter_map(|(known, _)| vocabulary.token(known.word)).for_each(near::ask_for);
        let met = |(Known { word, .. }, apart)| Some(Alike { word, meeting: meet_apart(token, vocabulary.token(word)?, apart)? });
        found.extend(maybe.drain(..).filter_map(met));
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

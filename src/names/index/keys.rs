//! Keys: hashes under which words are found that differ by a slip, a vowel, a script or a nickname.

use super::super::align::ACRONYM_LENGTHS;
use super::super::fold::Script;
use super::super::similar::Glance;
use super::super::token::{Name, Schema, Token};
use super::super::words;

/// Shorter shapes have no slip forgiven.
const SLIP_LENGTH_MIN: usize = 3;
/// Words of that many letters may have two slips: one of their ends is whole then.
const ENDS_LENGTH_MIN: usize = 7;
const END: usize = 5;
/// Longer ones may have a slip at either end.
const MIDDLE_LENGTH_MIN: usize = 10;
const MIDDLE_START: usize = 2;
const ANAGRAM_LENGTH_MIN: usize = 5;

/// What a key was made of; keys of different kinds never meet.
#[derive(Clone, Copy)]
enum Kind {
    Shape = 1,
    Canonical,
    Nickname,
    Consonants,
    ConsonantsOnly,
    Anagram,
    Number,
    Head,
    Tail,
    Middle,
}

/// Calls `take` with each key of a word of the vocabulary.
pub fn of_word(word: &Token, mut take: impl FnMut(u32)) {
    by_table(word, &mut take);
    by_spelling(word, &mut take);
    let whole = matches!(word.script, Script::Alphabet);
    if word.skeleton.len() >= 2 {
        take(hash(if whole { Kind::Consonants } else { Kind::ConsonantsOnly }, word.skeleton.bytes()));
    }
}

/// Calls `take` with each key under which a query's word may find others, and whether by its spelling or sound alone; those last.
pub fn of_query(word: &Token, mut take: impl FnMut(u32, bool)) {
    by_table(word, &mut |key| take(key, false));
    if word.skeleton.len() >= 2 {
        take(hash(Kind::ConsonantsOnly, word.skeleton.bytes()), false);
        if !matches!(word.script, Script::Alphabet) {
            take(hash(Kind::Consonants, word.skeleton.bytes()), false);
        }
    }
    by_spelling(word, &mut |key| take(key, true));
    if word.number.is_none() && word.text.len() > SHORT {
        by_swaps(&Shape::typed(&word.text), &mut |key| take(key, true));
    }
}

/// With two letters in a row swapped: what has another letter too many besides has a key in common.
fn by_swaps(shape: &Shape, take: &mut impl FnMut(u32)) {
    let mut letters = shape.letters;
    for at in 1..shape.len {
        letters.swap(at - 1, at);
        take(hash(Kind::Shape, letters.iter().take(shape.len).copied()));
        letters.swap(at - 1, at);
    }
}

fn by_table(word: &Token, take: &mut impl FnMut(u32)) {
    if let Some(number) = word.number {
        return take(hash(Kind::Number, number.to_le_bytes().into_iter()));
    }
    take(hash(Kind::Canonical, word.canonical.bytes()));
    word.nicknames.iter().for_each(|group| take(hash(Kind::Nickname, group.to_le_bytes().into_iter())));
}

fn by_spelling(word: &Token, take: &mut impl FnMut(u32)) {
    if word.number.is_some() {
        return;
    }
    let slips = if word.text.len() <= SHORT { Slips::Vowels } else { Slips::All };
    let (heard, typed) = (Shape::heard([word.sound.as_str()].into_iter()), Shape::typed(&word.text));
    shape_keys(&heard, slips, take);
    // A slip within SH or CH, or that makes a KS, changes the sound by more than the letter.
    if typed.letters() != heard.letters() {
        shape_keys(&typed, slips, take);
    }
    let letters = word.text.as_bytes();
    if letters.len() >= ANAGRAM_LENGTH_MIN {
        let sum = letters.iter().fold(0_u64, |sum, letter| sum.wrapping_add(mix(u64::from(*letter))));
        take(hash(Kind::Anagram, sum.to_le_bytes().into_iter()));
    }
}

/// Letters that may be one too many.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slips {
    All,
    /// All that short words are forgiven.
    Vowels,
}

/// Letters of a word of which no consonant may be missing.
const SHORT: usize = 3;

/// The whole shape, each with one letter less, and for long ones both ends.
fn shape_keys(shape: &Shape, slips: Slips, take: &mut impl FnMut(u32)) {
    let letters = shape.letters();
    take(hash(Kind::Shape, letters.iter().copied()));
    if letters.len() >= SLIP_LENGTH_MIN {
        let vowel = |at: &usize| slips == Slips::All || matches!(letters.get(*at), Some(b'a'));
        for left_out in (0..letters.len()).filter(vowel) {
            let mut before = 0;
            let rest = letters.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, letter)| *letter);
            take(hash(Kind::Shape, rest.filter(|letter| std::mem::replace(&mut before, *letter) != *letter)));
        }
    }
    if letters.len() >= ENDS_LENGTH_MIN {
        take(hash(Kind::Head, letters.iter().take(END).copied()));
        take(hash(Kind::Tail, letters.iter().rev().take(END).copied()));
    }
    if letters.len() >= MIDDLE_LENGTH_MIN {
        take(hash(Kind::Middle, letters.iter().skip(MIDDLE_START).take(END).copied()));
    }
}

/// The key of a piece of a word, as a word of its own.
pub fn of_piece(piece: &str, schema: Schema) -> u32 {
    let row = match schema {
        Schema::Person => words::of_person(piece),
        Schema::Company => words::of_company(piece),
    };
    hash(Kind::Canonical, row.map_or(piece, |row| row.canonical).bytes())
}

/// The keys of words run together, by their sounds.
pub fn of_joined_slips<'t>(sounds: impl Iterator<Item = &'t str>, mut take: impl FnMut(u32)) {
    shape_keys(&Shape::heard(sounds), Slips::All, &mut take);
}

/// The key under which a word itself is.
pub fn of_canonical(word: &Token) -> u32 {
    match word.number {
        Some(number) => hash(Kind::Number, number.to_le_bytes().into_iter()),
        None => hash(Kind::Canonical, word.canonical.bytes()),
    }
}

/// The key of first letters.
pub fn of_initials(letters: impl Iterator<Item = u8>) -> u32 {
    hash(Kind::Canonical, letters)
}

/// Particles of a name that may be left out of its short form, each by itself.
const PARTICLES_MAX: usize = 3;

/// The keys of the first letters of a company's words, with and without each of the particles among them.
pub fn of_first_letters(name: &Name, mut take: impl FnMut(u32)) {
    if name.schema != Schema::Company {
        return;
    }
    let particles = name.tokens.iter().filter(|token| token.kind == words::Kind::Particle).count().min(PARTICLES_MAX);
    for left_out in 0..1 << particles {
        if ACRONYM_LENGTHS.contains(&first_letters(name, left_out).count()) {
            take(of_initials(first_letters(name, left_out)));
        }
    }
}

/// The first letters of a name's words, but for the particles of these bits; what is true of the last bit is of all further ones.
fn first_letters(name: &Name, left_out: u32) -> impl Iterator<Item = u8> {
    let mut particles = 0;
    let is_in = move |token: &&Token| {
        let number = particles;
        particles = (number + usize::from(token.kind == words::Kind::Particle)).min(PARTICLES_MAX - 1);
        token.kind != words::Kind::Particle || left_out >> number & 1 == 0
    };
    name.tokens.iter().filter(is_in).filter_map(|token| token.text.bytes().next())
}

/// A sound with its vowels alike and the consonants that are mixed up alike.
struct Shape {
    letters: [u8; SHAPE_MAX],
    len: usize,
}

/// Letters of a shape that are looked at: a word's, or those of two words run together.
const SHAPE_MAX: usize = 48;

impl Shape {
    /// Of sounds one after another. X is spelt KS in a sound.
    fn heard<'t>(sounds: impl Iterator<Item = &'t str>) -> Self {
        let pairs = sounds.flat_map(|sound| sound.bytes().zip(sound.bytes().skip(1).chain([0])));
        Self::of(pairs.filter(|pair| *pair != (b'k', b's')).map(|(letter, _)| letter))
    }

    fn typed(text: &str) -> Self {
        Self::of(text.bytes())
    }

    fn of(letters: impl Iterator<Item = u8>) -> Self {
        let mut shape = Self { letters: [0; SHAPE_MAX], len: 0 };
        // H is dropped and added freely.
        for class in letters.filter(|letter| *letter != b'h').map(class) {
            let doubled = shape.len.checked_sub(1).and_then(|at| shape.letters.get(at)) == Some(&class);
            if let (false, Some(slot)) = (doubled, shape.letters.get_mut(shape.len)) {
                *slot = class;
                shape.len += 1;
            }
        }
        shape
    }

    fn letters(&self) -> &[u8] {
        self.letters.get(..self.len).unwrap_or_default()
    }
}

fn class(letter: u8) -> u8 {
    match letter {
        b'e' | b'i' | b'o' | b'u' | b'y' | b'0' | b'1' | b'3' | b'4' => b'a',
        b'p' | b'8' => b'b',
        b'd' | b'7' => b't',
        b'g' | b'q' | b'9' => b'k',
        b'z' | b'c' | b'j' | b'5' => b's',
        b'n' => b'm',
        b'r' => b'l',
        b'v' | b'w' => b'f',
        other => other,
    }
}

fn hash(kind: Kind, letters: impl Iterator<Item = u8>) -> u32 {
    let sum = letters.fold(mix(kind as u64), |hash, letter| (hash ^ u64::from(letter)).wrapping_mul(0x0100_0000_01b3));
    (mix(sum) >> 32) as u32
}

/// The finisher of SplitMix64.
fn mix(mut value: u64) -> u64 {
    value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A number under a key; of words, with what tells most others apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Keyed {
    pub key: u32,
    pub word: u32,
    pub glance: Glance,
}

/// Numbers under keys, sorted, behind a table of where each leading part of a key begins.
#[derive(Debug, Default)]
pub struct Keys {
    /// By the upper bits of the key.
    starts: Vec<u32>,
    shift: u32,
    keyed: Vec<Keyed>,
}

impl Keys {
    pub fn build(mut keyed: Vec<Keyed>) -> Self {
        keyed.sort_unstable();
        keyed.dedup();
        keyed.shrink_to_fit();
        let bits = (usize::BITS - (keyed.len() / 2).leading_zeros()).clamp(1, 24);
        let shift = 32 - bits;
        let mut starts = vec![0; (1 << bits) + 1];
        for Keyed { key, .. } in &keyed {
            if let Some(count) = starts.get_mut((key >> shift) as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { starts, shift, keyed }
    }

    /// The numbers under a key.
    pub fn find(&self, key: u32) -> impl Iterator<Item = u32> + '_ {
        self.find_keyed(key).map(|keyed| keyed.word)
    }

    /// What is under a key.
    pub fn find_keyed(&self, key: u32) -> impl Iterator<Item = &Keyed> + '_ {
        let bucket = (key >> self.shift) as usize;
        let range = self.starts.get(bucket).zip(self.starts.get(bucket + 1)).map(|(from, to)| *from as usize..*to as usize);
        let bucket = range.and_then(|range| self.keyed.get(range)).unwrap_or_default();
        bucket.iter().filter(move |known| known.key == key)
    }

    pub fn bytes(&self) -> usize {
        self.starts.capacity() * 4 + self.keyed.capacity() * size_of::<Keyed>()
    }
}

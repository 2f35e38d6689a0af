//! Keys: hashes under which words are found that differ by a slip, a vowel, a script or a nickname.

use super::super::align::ACRONYM_LENGTHS;
use super::super::fold::Script;
use super::super::token::{Name, Schema, Token};
use super::super::words;
use super::shape::{CLASSES, Hash, Shape, VOWEL};

/// Shorter shapes have no slip forgiven.
const SLIP_LENGTH_MIN: usize = 3;
/// Words of that many letters may have two slips: one of their ends is whole then.
const ENDS_LENGTH_MIN: usize = 7;
const END: usize = 5;
/// Of so many letters a word has two swapped and another slip besides.
const TWO_SLIPS_LENGTH_MIN: usize = 6;
/// So many letters may be too many at either end of a word of at least so many, as it is typed: they cost more than shorter ones are
/// forgiven.
const ENDS_LOST: [(usize, usize); 2] = [(2, 6), (3, 9)];
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
    Parted,
}

/// Calls `take` with each key of a word of the vocabulary.
pub fn of_word(word: &Token, mut take: impl FnMut(u32)) {
    by_table(word, &mut take);
    if word.number.is_none() {
        let (heard, typed) = Shape::both(word);
        by_shapes(word, &heard, &typed, &mut take);
    }
    let whole = matches!(word.script, Script::Alphabet);
    if word.skeleton.len() >= 2 {
        take(hash(if whole { Kind::Consonants } else { Kind::ConsonantsOnly }, word.skeleton.bytes()));
    }
}

/// Calls `take` with each key under which a query's word finds others by a table or by its consonants.
pub fn of_query(word: &Token, mut take: impl FnMut(u32)) {
    by_table(word, &mut take);
    if word.skeleton.len() >= 2 {
        take(hash(Kind::ConsonantsOnly, word.skeleton.bytes()));
        if !matches!(word.script, Script::Alphabet) {
            take(hash(Kind::Consonants, word.skeleton.bytes()));
        }
    }
}

/// Calls `take` with each key under which it finds others by its spelling or sound.
pub fn of_query_spelling(word: &Token, mut take: impl FnMut(u32)) {
    if word.number.is_some() {
        return;
    }
    let (heard, typed) = Shape::both(word);
    by_shapes(word, &heard, &typed, &mut take);
    if word.text.len() >= TWO_SLIPS_LENGTH_MIN {
        // What has another letter too many besides has a key in common.
        typed.each_swapped().for_each(|hash| take(key(Kind::Shape, hash)));
        heard.without_two().for_each(|hash| take(key(Kind::Shape, hash)));
    }
}

fn by_table(word: &Token, take: &mut impl FnMut(u32)) {
    if let Some(number) = word.number {
        return take(hash(Kind::Number, number.to_le_bytes().into_iter()));
    }
    take(hash(Kind::Canonical, word.canonical.bytes()));
    word.nicknames.iter().for_each(|group| take(hash(Kind::Nickname, group.to_le_bytes().into_iter())));
}

fn by_shapes(word: &Token, heard: &Shape, typed: &Shape, take: &mut impl FnMut(u32)) {
    let slips = if word.text.len() <= SHORT { Slips::Vowels } else { Slips::All };
    shape_keys(heard, word.text.len(), slips, take);
    // A slip within SH or CH, or that makes a KS, changes the sound by more than the letter.
    if typed != heard {
        shape_keys(typed, word.text.len(), slips, take);
    }
    if word.text.contains('c') {
        take(key(Kind::Shape, Shape::typed_hard_c(&word.text).whole()));
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

/// The whole shape, each with one letter less, and for long ones both ends; `length` is that of the word as typed.
fn shape_keys(shape: &Shape, length: usize, slips: Slips, take: &mut impl FnMut(u32)) {
    let (letters, len) = (shape.letters(), shape.letters().len());
    take(key(Kind::Shape, shape.whole()));
    if len >= SLIP_LENGTH_MIN {
        let vowel = |at: &usize| slips == Slips::All || letters.get(*at) == Some(&VOWEL);
        (0..len).filter(vowel).for_each(|at| take(key(Kind::Shape, shape.without(at))));
    }
    for (lost, _) in ENDS_LOST.into_iter().filter(|(lost, length_min)| length >= *length_min && len > *lost) {
        take(key(Kind::Shape, shape.part(0..len - lost)));
        take(key(Kind::Shape, shape.part(lost..len)));
    }
    if len >= ENDS_LENGTH_MIN {
        take(key(Kind::Head, shape.part(0..END)));
        take(key(Kind::Tail, shape.part(len - END..len)));
    }
    if len >= MIDDLE_LENGTH_MIN {
        take(key(Kind::Middle, shape.part(MIDDLE_START..MIDDLE_START + END)));
    }
}

/// The key of words of a name, run together.
pub fn of_run<'t>(sounds: impl Iterator<Item = &'t str>) -> u32 {
    key(Kind::Parted, Shape::heard(sounds).whole())
}

/// Letters of a shape in which another may be wrong or missing: of shorter ones nearly all are a slip apart.
const PARTED_SLIP_LENGTH_MIN: usize = 5;

/// Calls `take` with each key of words that, run together, may be this one; `is_strange`: it is like no other word.
pub fn of_parted(word: &Token, is_strange: bool, mut take: impl FnMut(u32)) {
    let (heard, typed) = Shape::both(word);
    parted_keys(&heard, &mut take);
    if !is_strange {
        return;
    }
    parted_slip_keys(&heard, &mut take);
    if typed != heard {
        parted_keys(&typed, &mut take);
        parted_slip_keys(&typed, &mut take);
    }
}

/// The whole shape, with a letter less, and with a syllable more.
fn parted_keys(shape: &Shape, take: &mut impl FnMut(u32)) {
    let places = 0..shape.letters().len();
    take(key(Kind::Parted, shape.whole()));
    places.clone().for_each(|at| take(key(Kind::Parted, shape.without(at))));
    places.filter_map(|at| shape.with_syllable(at)).for_each(|hash| take(key(Kind::Parted, hash)));
}

/// Two letters swapped; one wrong or missing.
fn parted_slip_keys(shape: &Shape, take: &mut impl FnMut(u32)) {
    let mut take = |hash| take(key(Kind::Parted, hash));
    shape.each_swapped().for_each(&mut take);
    let length = shape.letters().len();
    if length < PARTED_SLIP_LENGTH_MIN {
        return;
    }
    for letter in CLASSES {
        (0..=length).flat_map(|at| shape.with(at, letter)).flatten().for_each(&mut take);
        (0..length).filter_map(|at| shape.with_consonant(at, letter)).for_each(&mut take);
    }
}

/// The keys of words run together, by their sounds and the number of their letters.
pub fn of_joined_slips<'t>(sounds: impl Iterator<Item = &'t str>, letters: usize, mut take: impl FnMut(u32)) {
    shape_keys(&Shape::heard(sounds), letters, Slips::All, &mut take);
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

fn hash(kind: Kind, letters: impl Iterator<Item = u8>) -> u32 {
    key(kind, Hash::of(letters))
}

fn key(kind: Kind, Hash(hash): Hash) -> u32 {
    (mix(hash ^ (kind as u64) << 56) >> 32) as u32
}

/// The finisher of SplitMix64.
fn mix(mut value: u64) -> u64 {
    value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

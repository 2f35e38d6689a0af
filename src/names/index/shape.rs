//! A word's shape: its letters with the vowels alike and the consonants that are mixed up alike, none doubled.

use super::super::token::Token;

/// The letters of a word or of several run together.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    letters: [u8; SHAPE_MAX],
    len: usize,
}

/// Letters that are looked at.
const SHAPE_MAX: usize = 48;
/// Of shorter ones too little is left without two letters.
const WITHOUT_TWO_MIN: usize = 7;
/// The letter that stands for the vowels.
pub const VOWEL: u8 = b'a';
/// What any other letter is alike with, but X and a few digits.
pub const CLASSES: [u8; 8] = [VOWEL, b'b', b't', b'k', b's', b'm', b'l', b'f'];

impl Shape {
    /// Of sounds one after another. X is spelt KS in a sound.
    pub fn heard<'t>(sounds: impl Iterator<Item = &'t str>) -> Self {
        let pairs = sounds.flat_map(|sound| sound.bytes().zip(sound.bytes().skip(1).chain([0])));
        Self::of(pairs.filter(|pair| *pair != (b'k', b's')).map(|(letter, _)| letter))
    }

    /// Of a word as heard and as typed.
    pub fn both(word: &Token) -> (Self, Self) {
        (Self::heard([word.sound.as_str()].into_iter()), Self::of(word.text.bytes()))
    }

    /// With every C read as K; otherwise it is alike with S.
    pub fn typed_hard_c(text: &str) -> Self {
        Self::of(text.bytes().map(|letter| if letter == b'c' { b'k' } else { letter }))
    }

    fn of(letters: impl Iterator<Item = u8>) -> Self {
        let mut shape = Self { letters: [0; SHAPE_MAX], len: 0 };
        // H is dropped and added freely.
        for class in letters.filter(|letter| *letter != b'h').map(class) {
            let doubled = shape.letters().last() == Some(&class);
            if let (false, Some(slot)) = (doubled, shape.letters.get_mut(shape.len)) {
                *slot = class;
                shape.len += 1;
            }
        }
        shape
    }

    pub fn letters(&self) -> &[u8] {
        self.letters.get(..self.len).unwrap_or_default()
    }

    /// Without the letter at a place.
    pub fn without(&self, at: usize) -> impl Iterator<Item = u8> {
        self.without_both(at, at)
    }

    /// Without any two letters, where enough are left.
    pub fn without_two(&self) -> impl Iterator<Item = impl Iterator<Item = u8>> {
        let len = if self.len < WITHOUT_TWO_MIN { 0 } else { self.len };
        (0..len).flat_map(move |at| (at + 1..len).map(move |other| self.without_both(at, other)))
    }

    fn without_both(&self, at: usize, other: usize) -> impl Iterator<Item = u8> {
        let mut before = 0;
        let is_left = move |(place, _): &(usize, &u8)| *place != at && *place != other;
        let rest = self.letters().iter().enumerate().filter(is_left).map(|(_, letter)| *letter);
        rest.filter(move |letter| std::mem::replace(&mut before, *letter) != *letter)
    }

    /// With each two letters in a row swapped.
    pub fn each_swapped(&self, mut take: impl FnMut(&[u8])) {
        let Self { mut letters, len } = *self;
        for at in 1..len {
            letters.swap(at - 1, at);
            take(letters.get(..len).unwrap_or_default());
            letters.swap(at - 1, at);
        }
    }

    /// With a vowel and the letter at a place after it, which make a syllable that is left out easily.
    pub fn with_syllable(&self, at: usize) -> Option<impl Iterator<Item = u8>> {
        self.spliced(at + 1, VOWEL, at).filter(|_| self.letters().get(at) != Some(&VOWEL))
    }

    /// With a letter and a vowel after the vowel at a place: what is left out between vowels leaves one of them.
    pub fn with_consonant(&self, at: usize, letter: u8) -> Option<impl Iterator<Item = u8>> {
        self.spliced(at + 1, letter, at).filter(|_| letter != VOWEL && self.letters().get(at) == Some(&VOWEL))
    }

    /// With another letter before a place, and with it instead of the letter there; `None` for what would be doubled.
    pub fn with(&self, at: usize, letter: u8) -> [Option<impl Iterator<Item = u8>>; 2] {
        let is_there = |place: usize| self.letters().get(place) == Some(&letter);
        let doubled = |from: usize| at.checked_sub(1).is_some_and(is_there) || is_there(from) || is_there(at);
        [at, at + 1].map(|from| self.spliced(at, letter, from).filter(|_| !doubled(from)))
    }

    /// The letters up to a place, another one, and those from a place on.
    fn spliced(&self, to: usize, letter: u8, from: usize) -> Option<impl Iterator<Item = u8>> {
        let (head, tail) = self.letters().get(..to).zip(self.letters().get(from..))?;
        Some(head.iter().copied().chain(std::iter::once(letter)).chain(tail.iter().copied()))
    }
}

fn class(letter: u8) -> u8 {
    match letter {
        b'e' | b'i' | b'o' | b'u' | b'y' | b'0' | b'1' | b'3' | b'4' => VOWEL,
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

//! A word's shape: its letters with the vowels alike and the consonants that are mixed up alike, none doubled.

use std::ops::Range;

use super::super::token::Token;

/// The letters of a word or of several run together, ready to be hashed in any parts.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    letters: [u8; SHAPE_MAX],
    len: usize,
    /// By number of letters: the hash of so many from the start.
    hashes: [u64; SHAPE_MAX + 1],
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
        let mut shape = Self { letters: [0; SHAPE_MAX], len: 0, hashes: [0; SHAPE_MAX + 1] };
        let mut hash = Hash::default();
        // H is dropped and added freely.
        for class in letters.filter(|letter| *letter != b'h').map(class) {
            let doubled = shape.letters().last() == Some(&class);
            let slots = shape.letters.get_mut(shape.len).zip(shape.hashes.get_mut(shape.len + 1));
            if let (false, Some((letter, hash_here))) = (doubled, slots) {
                hash.push(class);
                (*letter, *hash_here) = (class, hash.0);
                shape.len += 1;
            }
        }
        shape
    }

    pub fn letters(&self) -> &[u8] {
        self.letters.get(..self.len).unwrap_or_default()
    }

    fn letter(&self, at: usize) -> Option<u8> {
        self.letters().get(at).copied()
    }

    /// Of all letters.
    pub fn whole(&self) -> Hash {
        self.part(0..self.len)
    }

    /// Of some letters in a row.
    pub fn part(&self, places: Range<usize>) -> Hash {
        let mut hash = Hash::default();
        hash.extend(self, places);
        hash
    }

    /// Without the letter at a place.
    pub fn without(&self, at: usize) -> Hash {
        self.joined([0..at, at + 1..self.len])
    }

    /// Without any two letters, where enough are left.
    pub fn without_two(&self) -> impl Iterator<Item = Hash> {
        let len = if self.len < WITHOUT_TWO_MIN { 0 } else { self.len };
        let others = move |at: usize| (at + 1..len).map(move |other| self.joined([0..at, at + 1..other, other + 1..len]));
        (0..len).flat_map(others)
    }

    /// Of parts one after another, with nothing doubled where they meet.
    fn joined<const PARTS: usize>(&self, parts: [Range<usize>; PARTS]) -> Hash {
        let (mut hash, mut last) = (Hash::default(), None);
        for Range { start, end } in parts {
            let doubled = start < end && last.is_some() && self.letter(start) == last;
            let start = start + usize::from(doubled);
            hash.extend(self, start..end);
            last = if start < end { self.letter(end - 1) } else { last };
        }
        hash
    }

    /// With each two letters in a row swapped.
    pub fn each_swapped(&self) -> impl Iterator<Item = Hash> {
        (1..self.len).filter_map(|at| {
            let mut hash = self.part(0..at - 1);
            hash.push(self.letter(at)?);
            hash.push(self.letter(at - 1)?);
            hash.extend(self, at + 1..self.len);
            Some(hash)
        })
    }

    /// With a vowel and the letter at a place after it, which make a syllable that is left out easily.
    pub fn with_syllable(&self, at: usize) -> Option<Hash> {
        (self.letter(at)? != VOWEL).then(|| self.spliced(at + 1, VOWEL, at))
    }

    /// With a letter and a vowel after the vowel at a place: what is left out between vowels leaves one of them.
    pub fn with_consonant(&self, at: usize, letter: u8) -> Option<Hash> {
        (letter != VOWEL && self.letter(at)? == VOWEL).then(|| self.spliced(at + 1, letter, at))
    }

    /// With another letter before a place, and with it instead of the letter there; `None` for what would be doubled.
    pub fn with(&self, at: usize, letter: u8) -> [Option<Hash>; 2] {
        let is_there = |place: usize| self.letter(place) == Some(letter);
        let doubled = |from: usize| at.checked_sub(1).is_some_and(is_there) || is_there(from) || is_there(at);
        [at, at + 1].map(|from| (from <= self.len && !doubled(from)).then(|| self.spliced(at, letter, from)))
    }

    /// The letters up to a place, another one, and those from a place on.
    fn spliced(&self, to: usize, letter: u8, from: usize) -> Hash {
        let mut hash = self.part(0..to);
        hash.push(letter);
        hash.extend(self, from..self.len);
        hash
    }
}

/// A hash of letters, which any part of a shape can be added to at once: each letter times a power of [`BASE`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hash(pub u64);

const BASE: u64 = 0x0100_0000_01b3;
const POWERS: [u64; SHAPE_MAX + 1] = {
    let (mut powers, mut at) = ([1; SHAPE_MAX + 1], 1);
    while at <= SHAPE_MAX {
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            powers[at] = BASE.wrapping_mul(powers[at - 1]);
        }
        at += 1;
    }
    powers
};

impl Hash {
    pub fn of(letters: impl Iterator<Item = u8>) -> Self {
        let mut hash = Self::default();
        letters.for_each(|letter| hash.push(letter));
        hash
    }

    fn push(&mut self, letter: u8) {
        self.0 = self.0.wrapping_mul(BASE).wrapping_add(letter.into());
    }

    /// Adds letters of a shape.
    fn extend(&mut self, shape: &Shape, Range { start, end }: Range<usize>) {
        let power = POWERS.get(end.saturating_sub(start));
        if let (Some(before), Some(whole), Some(power)) = (shape.hashes.get(start), shape.hashes.get(end), power) {
            let part = whole.wrapping_sub(before.wrapping_mul(*power));
            self.0 = self.0.wrapping_mul(*power).wrapping_add(part);
        }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn undoubled(letters: impl Iterator<Item = u8>) -> Hash {
        let mut letters: Vec<u8> = letters.collect();
        letters.dedup();
        Hash::of(letters.into_iter())
    }

    proptest! {
        #[test]
        fn parts_hash_as_their_letters_do(word in "[a-z]{0,14}") {
            let shape = Shape::typed_hard_c(&word);
            let letters = shape.letters().to_vec();
            let len = letters.len();
            let without = |gone: [usize; 2]| {
                undoubled(letters.iter().enumerate().filter(|(place, _)| !gone.contains(place)).map(|(_, letter)| *letter))
            };
            prop_assert_eq!(shape.whole(), undoubled(letters.iter().copied()));
            for at in 0..len {
                prop_assert_eq!(shape.without(at), without([at, at]));
            }
            let pairs = (0..len).flat_map(|at| (at + 1..len).map(move |other| [at, other]));
            let two: Vec<_> = pairs.map(without).filter(|_| len >= WITHOUT_TWO_MIN).collect();
            prop_assert_eq!(shape.without_two().collect::<Vec<_>>(), two);
        }

        #[test]
        fn another_letter_hashes_as_if_it_were_spelt(word in "[a-z]{0,14}", at in 0_usize..15, letter in 0_usize..8) {
            let shape = Shape::typed_hard_c(&word);
            let (letters, letter) = (shape.letters().to_vec(), CLASSES[letter]);
            let at = at.min(letters.len());
            let spelt = |from: usize| {
                let spelt = [&letters[..at], &[letter], letters.get(from..)?].concat();
                let is_doubled = spelt.windows(2).any(|pair| pair[0] == pair[1]) || letters.get(at) == Some(&letter);
                (!is_doubled).then(|| Hash::of(spelt.into_iter()))
            };
            prop_assert_eq!(shape.with(at, letter), [at, at + 1].map(spelt));
            let swapped = (1..letters.len()).map(|at| {
                let mut swapped = letters.clone();
                swapped.swap(at - 1, at);
                Hash::of(swapped.into_iter())
            });
            prop_assert_eq!(shape.each_swapped().collect::<Vec<_>>(), swapped.collect::<Vec<_>>());
        }
    }
}

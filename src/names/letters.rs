//! The letters of a word without their order, as bits: what slips between two words cost at least is told by which of them only one
//! has.

use super::distance::{TWICE, WRONG};

/// The letters that are no slip away from others: consonants but H, J, V, W and Y; C, K and Q are one, so are S and Z. Digits count as
/// the letter that they are written for. Behind the letters stand those that are mixed up with each other as one: B and P, D and T, G
/// and K, M and N, L and R.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HardLetters(u32);

const HARD_BITS: u32 = 13;
const HARD: u32 = (1 << HARD_BITS) - 1;
const MIXED_UP_BITS: u32 = 8;
const MIXED_UP: u32 = ((1 << MIXED_UP_BITS) - 1) << HARD_BITS;

/// The least that a wrong hard letter costs; one that is mixed up with none of the other word's costs all of a wrong one.
const LEAST: u16 = 6;
/// The least that a wrong vowel costs; with [`LEAST`] not more than a vowel for a hard letter.
const VOWEL_LEAST: u16 = WRONG - LEAST;

impl HardLetters {
    pub fn of(text: &str) -> Self {
        text.bytes().fold(Self::default(), |set, letter| set.and(Self::one(letter)))
    }

    fn one(letter: u8) -> Self {
        let (hard, mixed_up) = match letter {
            b'b' | b'8' => (0, 0),
            b'p' => (1, 0),
            b'd' => (2, 1),
            b't' | b'7' => (3, 1),
            b'g' | b'9' => (4, 2),
            b'c' | b'k' | b'q' => (5, 2),
            b'm' => (6, 3),
            b'n' => (7, 3),
            b'l' => (8, 4),
            b'r' => (9, 4),
            b'f' => (10, 5),
            b's' | b'z' | b'5' => (11, 6),
            b'x' => (12, 7),
            _ => return Self::default(),
        };
        Self(1 << hard | 1 << (HARD_BITS + mixed_up))
    }

    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// How many letters only one of them has.
    pub fn differing(self, other: Self) -> u32 {
        ((self.0 ^ other.0) & HARD).count_ones()
    }

    /// The least that two words with these cost.
    pub fn apart(self, other: Self) -> u16 {
        let (own, others) = (self.0 & !other.0, other.0 & !self.0);
        let most = |set: u32| (own & set).count_ones().max((others & set).count_ones()) as u16;
        (LEAST * most(HARD)).max(WRONG * most(MIXED_UP))
    }
}

/// The letters of a word, in 64 bits: [`HardLetters`], then how often each vowel occurs, as so many bits, then the number of letters.
/// In two halves, so that millions can stand beside what is shorter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outline([u32; 2]);

/// Each with what is nearly no slip away from it.
const VOWELS: [&[u8]; 5] = [b"a4", b"e3", b"iy1", b"o0", b"u"];
/// More of one vowel are not told apart.
const VOWEL_BITS: usize = 7;
const VOWELS_START: usize = (HARD_BITS + MIXED_UP_BITS) as usize;
const LENGTH_START: usize = VOWELS_START + VOWELS.len() * VOWEL_BITS;
/// Nor are longer words by their length.
const LENGTH_MAX: u64 = u64::MAX >> LENGTH_START;

impl Outline {
    /// `hard`: those of `text`.
    pub fn of(text: &str, hard: HardLetters) -> Self {
        let count = |vowel: &[u8]| text.bytes().filter(|letter| vowel.contains(letter)).count();
        Self::new(hard, VOWELS.map(count), text.len())
    }

    fn new(hard: HardLetters, vowels: [usize; VOWELS.len()], length: usize) -> Self {
        let unary = |count: usize| (1 << count.min(VOWEL_BITS)) - 1;
        let vowels = vowels.iter().rev().fold(0, |bits, count| bits << VOWEL_BITS | unary(*count));
        let bits = u64::from(hard.0) | vowels << VOWELS_START | (length as u64).min(LENGTH_MAX) << LENGTH_START;
        Self([bits as u32, (bits >> u32::BITS) as u32])
    }

    fn bits(self) -> u64 {
        let [low, high] = self.0.map(u64::from);
        high << u32::BITS | low
    }

    /// Of this and that run together.
    pub fn and(self, other: Self) -> Self {
        let vowels = std::array::from_fn(|vowel| self.vowels(vowel) + other.vowels(vowel));
        Self::new(self.hard().and(other.hard()), vowels, self.length() + other.length())
    }

    pub fn length(self) -> usize {
        (self.bits() >> LENGTH_START) as usize
    }

    pub fn hard(self) -> HardLetters {
        HardLetters(self.bits() as u32 & (HARD | MIXED_UP))
    }

    fn vowels(self, vowel: usize) -> usize {
        (self.bits() >> (VOWELS_START + vowel * VOWEL_BITS) & ((1 << VOWEL_BITS) - 1)).count_ones() as usize
    }

    /// What the letters cost at least that only this word has: each is a slip of its own.
    fn more_than(self, other: Self) -> u16 {
        const LETTERS: u64 = (1 << LENGTH_START) - 1;
        let only = self.bits() & !other.bits() & LETTERS;
        LEAST * (only & u64::from(HARD)).count_ones() as u16 + VOWEL_LEAST * (only & !u64::from(HARD)).count_ones() as u16
    }

    /// The least that the slips between the two cost.
    pub fn apart(self, other: Self) -> u16 {
        let longer = self.length().abs_diff(other.length()) as u16 * TWICE;
        longer.max(self.more_than(other)).max(other.more_than(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str) -> Outline {
        Outline::of(text, HardLetters::of(text))
    }

    #[test]
    fn letters_that_only_one_word_has_cost_at_least_what_they_are() {
        for (one, other, cost) in [
            ("putin", "pudin", 6),
            ("mercaz", "mercab", 10),
            ("solbakken", "solbaken", 4),
            ("karim", "karam", 4),
            ("aaaaaaaaa", "a", 32),
            ("vera", "wera", 0),
        ] {
            assert_eq!((outline(one).apart(outline(other)), outline(other).apart(outline(one))), (cost, cost), "{one} {other}");
        }
        assert_eq!(HardLetters::of("sechin").apart(HardLetters::of("5ekim")), 6);
    }

    #[test]
    fn words_run_together_have_the_letters_of_both() {
        for (one, other) in [("abd", "alrahman"), ("aeiou", "yyyyyyyyyy"), ("", "x")] {
            assert_eq!(outline(one).and(outline(other)), outline(&[one, other].concat()));
        }
    }
}

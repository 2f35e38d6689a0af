//! The cost of the slips between two spellings of one word, in tenths of a wrong letter: letters that are mixed up when heard,
//! transliterated or typed cost less than others.

use std::ops::Range;

/// Letters of the longest word compared.
const LENGTH_MAX: usize = super::token::LETTERS_MAX;
/// What a wrong letter costs.
pub const WRONG: u16 = 10;
pub const TWICE: u16 = 4;
const VOWEL_MORE: u16 = 8;
const H_MORE: u16 = 5;
const SWAPPED: u16 = 8;
/// A wrong first letter is rarely a slip.
const FIRST_WRONG: u16 = 13;

type Row = [u16; LENGTH_MAX + 2];

/// More than any limit; a sum of two does not overflow.
const NEVER: u16 = u16::MAX / 4;

/// The cost of turning one word into the other; `None` above `limit`. Symmetric.
pub fn distance(one: &[u8], other: &[u8], limit: u16) -> Option<u16> {
    Against::new(other)?.distance(one, limit)
}

/// A word that many are compared with.
#[derive(Debug, Clone)]
pub struct Against {
    columns: [Column; LENGTH_MAX],
    length: usize,
    cheap_letters: usize,
}

impl Against {
    /// `None` for a word that is too long to be compared.
    pub fn new(word: &[u8]) -> Option<Self> {
        if word.len() > LENGTH_MAX {
            return None;
        }
        let mut columns = [Column::default(); LENGTH_MAX];
        for ((at, letter), column) in word.iter().enumerate().zip(&mut columns) {
            *column = Column { letter: *letter, index: index(*letter), added: more(word, at) };
        }
        Some(Self { columns, length: word.len(), cheap_letters: cheap_letters(word) })
    }

    /// The cost of turning another word into this one; `None` above `limit`.
    pub fn distance(&self, one: &[u8], limit: u16) -> Option<u16> {
        let columns = self.columns.get(..self.length)?;
        // So many letters may be one too many on either side: what is further off the diagonal costs more than the limit.
        let [dropped_max, added_max] = [cheap_letters(one), self.cheap_letters].map(|cheap| more_max(cheap, limit));
        if one.len() > LENGTH_MAX || one.len() > columns.len() + dropped_max || columns.len() > one.len() + added_max {
            return None;
        }
        let [mut above2, mut above, mut here]: [&mut Row; 3] = [&mut [0; _], &mut [0; _], &mut [0; _]];
        let mut total = 0;
        for (column, cell) in columns.iter().zip(above.iter_mut().skip(1)).take(added_max + 1) {
            total += column.added;
            *cell = total;
        }
        let mut before = None;
        let mut first = 0;
        for (row, letter) in one.iter().enumerate() {
            let dropped = more(one, row);
            first += dropped;
            let slip = Slip { letter: *letter, before, dropped, is_first: row == 0 };
            let band = row.saturating_sub(dropped_max)..columns.len().min(row + added_max + 1);
            if fill(here, first, (above, above2), slip, columns, band) > limit {
                return None;
            }
            before = Some(*letter);
            (above2, above, here) = (above, here, above2);
        }
        above.get(columns.len()).copied().filter(|cost| *cost <= limit)
    }
}

/// One letter of the first word.
struct Slip {
    letter: u8,
    before: Option<u8>,
    dropped: u16,
    is_first: bool,
}

/// One letter of the other word.
#[derive(Debug, Clone, Copy, Default)]
struct Column {
    letter: u8,
    index: u8,
    /// What it costs to add it.
    added: u16,
}

/// Fills those columns of one row of the table from the two above it and tells the least cost in it. Column 0 of a row is `first`;
/// a letter's costs stand one further.
fn fill(here: &mut Row, first: u16, (above, above2): (&Row, &Row), slip: Slip, columns: &[Column], band: Range<usize>) -> u16 {
    let Range { start, end } = band;
    let mut left = if start == 0 { first } else { NEVER };
    let mut least = left;
    here.get_mut(start).into_iter().for_each(|cell| *cell = left);
    let mut corner = above.get(start).copied().unwrap_or(NEVER);
    // Two rows up, two columns left.
    let mut corner2 = start.checked_sub(1).and_then(|at| above2.get(at)).copied().unwrap_or(NEVER);
    // No letter is a swapped one before the first.
    let mut other_before = start.checked_sub(1).and_then(|at| columns.get(at)).map_or(0, |column| column.letter);
    let before = slip.before.unwrap_or_default();
    let costs = SUBSTITUTION.get(usize::from(index(slip.letter))).unwrap_or(&[0; LETTERS]);
    let cells = here.iter_mut().skip(start + 1).zip(above.iter().skip(start + 1)).zip(above2.iter().skip(start));
    let columns = columns.get(start..end).unwrap_or_default();
    for (((cell, up), up2), Column { letter: wanted, index, added }) in cells.zip(columns) {
        let wrong = u16::from(costs.get(usize::from(*index)).copied().unwrap_or_default());
        let wrong = if slip.is_first && other_before == 0 && wrong == WRONG { FIRST_WRONG } else { wrong };
        let mut cost = (corner + wrong).min(up + slip.dropped).min(left + added);
        if before == *wanted && other_before == slip.letter && slip.letter != *wanted {
            cost = cost.min(corner2 + SWAPPED);
        }
        *cell = cost;
        (left, corner, corner2, least) = (cost, *up, *up2, least.min(cost));
        other_before = *wanted;
    }
    here.get_mut(end + 1).into_iter().for_each(|cell| *cell = NEVER);
    least
}

/// How many letters too many a word may have that cost no more than `limit`, if so many of its letters are cheap ones.
fn more_max(cheap_letters: usize, limit: u16) -> usize {
    (usize::from(limit) + usize::from(VOWEL_MORE - TWICE) * cheap_letters) / usize::from(VOWEL_MORE)
}

/// Letters of a word that cost less than a vowel when they are one too many.
fn cheap_letters(word: &[u8]) -> usize {
    (0..word.len()).filter(|at| more(word, *at) < VOWEL_MORE).count()
}

/// The cost of the letter at `at` being one too many.
fn more(word: &[u8], at: usize) -> u16 {
    let letter = word.get(at);
    if at > 0 && word.get(at - 1) == letter {
        return TWICE;
    }
    match letter {
        Some(b'h') => H_MORE,
        Some(b'a' | b'e' | b'i' | b'o' | b'u' | b'y') => VOWEL_MORE,
        _ => WRONG,
    }
}

/// Letters and digits.
const LETTERS: usize = 36;

const fn index(letter: u8) -> u8 {
    match letter {
        b'a'..=b'z' => letter - b'a',
        b'0'..=b'9' => letter - b'0' + 26,
        _ => LETTERS as u8,
    }
}

static SUBSTITUTION: [[u8; LETTERS]; LETTERS] = {
    let mut table = [[0; LETTERS]; LETTERS];
    let (letters, mut one) = (b"abcdefghijklmnopqrstuvwxyz0123456789", 0);
    while one < LETTERS {
        let mut other = 0;
        while other < LETTERS {
            #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
            {
                table[one][other] = substitution(letters[one], letters[other]);
            }
            other += 1;
        }
        one += 1;
    }
    table
};

const fn substitution(one: u8, other: u8) -> u8 {
    let (low, high) = if one < other { (one, other) } else { (other, one) };
    match (low, high) {
        _ if low == high => 0,
        (b'i', b'y') | (b'0', b'o') | (b'1', b'i' | b'l') | (b'3', b'e') | (b'4', b'a') | (b'5', b's') | (b'7', b't') => 3,
        (b'8', b'b') | (b'9', b'g') | (b'v', b'w') | (b'k', b'q') => 3,
        (b'a', b'e') | (b'e', b'i') | (b'o', b'u') | (b's', b'z') | (b'c', b'k') | (b'j', b'y') | (b'u', b'w') => 4,
        (b'a', b'o') | (b'a', b'i') | (b'a', b'u') | (b'e', b'u') | (b'e', b'o') | (b'e', b'y') | (b'i', b'u') | (b'i', b'o') => {
            5
        }
        (b'o', b'y') | (b'a', b'y') => 6,
        (b'b', b'p') | (b'd', b't') | (b'g', b'k') | (b'c', b's') | (b'f', b'v') | (b'g', b'j') | (b'i', b'j') | (b'm', b'n') => {
            6
        }
        (b'l', b'r') | (b'c', b'q') | (b'b', b'v') | (b'h', b'k') | (b'g', b'q') | (b'j', b'z') | (b'c', b'j') => 7,
        _ => WRONG as u8,
    }
}

/// Cost of the slips that a word of that length may have, in tenths of a letter.
pub fn slips_allowed(letters: usize) -> u16 {
    match letters {
        0..=2 => 0,
        3 => 4,
        4 => 9,
        5 => 12,
        6 => 15,
        7 => 18,
        8 => 20,
        9 => 23,
        10 => 26,
        _ => 30,
    }
}

/// What an unlike spelling costs when the sounds are compared.
pub const HEARD_MORE: u16 = 2;

/// As [`slips_allowed`], of a word as heard.
pub fn heard_allowed(letters: usize) -> u16 {
    slips_allowed(letters).saturating_sub(HEARD_MORE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slips_cost_what_they_are() {
        for (one, other, cost) in [
            ("same", "same", 0),
            ("putin", "pudin", 6),
            ("sech1n", "sechin", 3),
            ("hanniball", "hannibal", 4),
            ("lukashenko", "luakshenko", 8),
            ("mercaz", "mercap", 10),
            ("navrov", "lavrov", 13),
            ("", "abc", 28),
        ] {
            assert_eq!(distance(one.as_bytes(), other.as_bytes(), 100), Some(cost), "{one} {other}");
        }
        assert_eq!(distance(b"mercaz", b"merkel", 15), None);
    }

    proptest! {
        #[test]
        fn the_cost_is_symmetric_and_none_only_above_the_limit(one in "[a-z]{0,12}", other in "[a-z]{0,12}", limit in 0u16..60) {
            let whole = distance(one.as_bytes(), other.as_bytes(), 1_000);
            prop_assert_eq!(whole, distance(other.as_bytes(), one.as_bytes(), 1_000));
            prop_assert_eq!(distance(one.as_bytes(), other.as_bytes(), limit), whole.filter(|cost| *cost <= limit));
        }
    }
}

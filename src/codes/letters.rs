//! Codes of capital letters as numbers, so that a lookup is one access of a table.

/// Letters of the alphabet.
pub const ALPHABET: usize = 26;

/// The place of a code among all codes of so many capital letters; `None` for anything else.
pub const fn place_of<const LETTERS: usize>(code: [u8; LETTERS]) -> Option<usize> {
    let (mut place, mut left): (usize, &[u8]) = (0, &code);
    while let [letter, rest @ ..] = left {
        let letter = letter.wrapping_sub(b'A') as usize;
        if letter >= ALPHABET {
            return None;
        }
        (place, left) = (place * ALPHABET + letter, rest);
    }
    Some(place)
}

/// A set of codes of two letters.
pub struct Pairs([u64; (ALPHABET * ALPHABET).div_ceil(64)]);

impl Pairs {
    /// What is not two capital letters is left out.
    #[expect(clippy::indexing_slicing, reason = "a place is below the square of the alphabet")]
    pub const fn of(mut codes: &[&str]) -> Self {
        let mut bits = [0; (ALPHABET * ALPHABET).div_ceil(64)];
        while let [code, rest @ ..] = codes {
            if let [a, b] = *code.as_bytes()
                && let Some(place) = place_of([a, b])
            {
                bits[place / 64] |= 1 << (place % 64);
            }
            codes = rest;
        }
        Self(bits)
    }

    pub fn contains(&self, code: &str) -> bool {
        let [a, b] = *code.as_bytes() else { return false };
        let place = place_of([a, b]);
        place.is_some_and(|place| self.0.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1))
    }

    /// Its codes in their order.
    #[cfg(test)]
    pub fn codes(&self) -> impl Iterator<Item = String> {
        let all = (b'A'..=b'Z').flat_map(|a| (b'A'..=b'Z').map(move |b| [a, b].map(char::from).iter().collect::<String>()));
        all.filter(|code| self.contains(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_it_is_made_of() {
        let set = Pairs::of(&["AA", "NL", "ZZ", "nl", "A", "USA"]);
        assert_eq!(set.codes().collect::<Vec<_>>(), ["AA", "NL", "ZZ"]);
        assert!(["", "A", "nl", "USA", "N1", "Ü"].iter().all(|code| !set.contains(code)));
    }

    #[test]
    fn places_are_in_the_order_of_the_codes() {
        assert_eq!([*b"AAA", *b"AAB", *b"ZZZ", *b"AM "].map(place_of), [Some(0), Some(1), Some(17_575), None]);
    }
}

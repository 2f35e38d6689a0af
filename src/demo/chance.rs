//! Chance: the seeded random numbers of the synthetic world (splitmix64). Not for anything that must not be guessed.

/// A stream of numbers that is the same for the same seed, on every machine.
#[derive(Debug, Clone)]
pub struct Chance {
    state: u64,
}

impl Chance {
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// An independent stream for one thing of the world, so that adding a draw to one does not change the others.
    pub fn of(seed: u64, kind: u64, number: u64) -> Self {
        let mut mixed = Self::new(seed ^ kind.wrapping_mul(0xd6e8_feb8_6659_fd93));
        mixed.state = mixed.next().wrapping_add(number.wrapping_mul(0xa076_1d64_78bd_642f));
        mixed
    }

    /// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low.saturating_add(self.below(high.saturating_sub(low).saturating_add(1)))
    }

    /// True once in `count` draws on average; never for 0.
    pub fn one_in(&mut self, count: u64) -> bool {
        count > 0 && self.below(count) == 0
    }

    /// One of `list`; the type's default when it is empty.
    pub fn pick<T: Copy + Default>(&mut self, list: &[T]) -> T {
        let index = self.below(list.len() as u64) as usize;
        list.get(index).copied().unwrap_or_default()
    }

    /// `pattern` with every `9` replaced by a digit and every `?` by a letter.
    pub fn fill(&mut self, pattern: &str) -> String {
        let letter = |base: u8, draw: u64| char::from(base.saturating_add(draw as u8));
        pattern
            .chars()
            .map(|sign| match sign {
                '9' => letter(b'0', self.below(10)),
                '?' => letter(b'A', self.below(26)),
                other => other,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_within_their_bounds() {
        let (mut one, mut two) = (Chance::of(7, 1, 2), Chance::of(7, 1, 2));
        for _ in 0..1_000 {
            let drawn = one.between(3, 5);
            assert_eq!(drawn, two.between(3, 5));
            assert!((3..=5).contains(&drawn));
        }
        assert_ne!(Chance::of(7, 1, 2).next(), Chance::of(7, 1, 3).next());
        assert_ne!(Chance::of(7, 1, 2).next(), Chance::of(8, 1, 2).next());
        assert_eq!(one.below(0), 0);
        assert_eq!(one.pick::<u8>(&[]), 0);
    }

    #[test]
    fn a_pattern_keeps_its_fixed_signs() {
        let filled = Chance::new(1).fill("?9 99-X");
        assert_eq!(filled.len(), 7);
        assert!(filled.ends_with("-X") || filled.contains('-'));
        assert!(filled.as_bytes()[0].is_ascii_uppercase() && filled.as_bytes()[1].is_ascii_digit());
    }
}

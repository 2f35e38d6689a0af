//! Reproducible randomness: SplitMix64 (Steele, Lea, Flood 2014).

#[derive(Debug, Clone)]
pub struct Seed(u64);

impl Seed {
    /// The number in environment variable `name`, or `otherwise`; printed, so that a failed run can be had again.
    pub fn from_env(name: &str, otherwise: u64) -> Self {
        let seed = std::env::var(name).ok().map_or(otherwise, |text| text.parse().expect("a seed is a number"));
        println!("{name} {seed} seed");
        Self(seed)
    }

    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

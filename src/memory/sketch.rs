//! How many different things were seen: a linear counter whose slots remember their latest day, so that it forgets.

use serde::{Deserialize, Serialize};
use serde_big_array::BigArray;

use super::days::Day;

/// A counter of `N` slots. An element falls into one of them by its hash; the slot keeps the latest day on which one did.
///
/// Union is a maximum per slot: commutative and idempotent. Forgetting is reading only slots of the days asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distinct<const N: usize> {
    /// 0: nothing yet. Day 0 itself (1970-01-01) is not to be told from it, and does not occur.
    #[serde(with = "BigArray")]
    days: [Day; N],
}

impl<const N: usize> Default for Distinct<N> {
    fn default() -> Self {
        Self { days: [Day(0); N] }
    }
}

impl<const N: usize> Distinct<N> {
    /// The expected number of elements until so many slots are taken, one first: N/N + N/(N-1) + … (coupon collector).
    const ESTIMATES: [u32; N] = {
        let (mut estimates, mut thousandths, mut already) = ([0; N], 0, 0);
        while already < N {
            thousandths += 1_000 * N / (N - already);
            let (_, rest) = estimates.split_at_mut(already);
            if let Some(estimate) = rest.first_mut() {
                *estimate = ((thousandths + 500) / 1_000) as u32;
            }
            already += 1;
        }
        estimates
    };

    pub fn insert(&mut self, hash: u64, day: Day) {
        // The high half: the low bits choose the table's bucket.
        if let Some(slot) = self.days.get_mut((hash >> 32) as usize % N) {
            *slot = day.max(*slot);
        }
    }

    /// Elements since `first`, as estimated from the slots taken: exact to within one up to N / 3, "at least" when all are taken.
    pub fn count(&self, first: Day) -> u32 {
        let least = first.max(Day(1));
        let taken = self.days.iter().filter(|day| **day >= least).count();
        taken.checked_sub(1).and_then(|index| Self::ESTIMATES.get(index)).copied().unwrap_or(0)
    }

    /// Slots that were last seen from `first` on, before `end`.
    pub fn last_seen_within(&self, first: Day, end: Day) -> u32 {
        let least = first.max(Day(1));
        self.days.iter().filter(|day| (least..end).contains(day)).count() as u32
    }

    /// The canonical form: nothing from before `first`.
    pub fn from(&self, first: Day) -> Self {
        let mut kept = self.clone();
        kept.days.iter_mut().filter(|day| **day < first).for_each(|day| *day = Day(0));
        kept
    }

    /// Nothing since `first`.
    pub fn is_spent(&self, first: Day) -> bool {
        self.days.iter().all(|day| day.0 == 0 || *day < first)
    }

    pub fn is_empty(&self) -> bool {
        self.days.iter().all(|day| day.0 == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: u64) -> u64 {
        number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    }

    #[test]
    fn small_numbers_are_near_exact_and_large_ones_at_least() {
        for (seen, low, high) in [(0_u64, 0, 0), (1, 1, 1), (3, 2, 4), (8, 6, 10), (500, 60, 200)] {
            let mut sketch = Distinct::<32>::default();
            (0..seen).for_each(|number| sketch.insert(hash(number), Day(20_000)));
            let count = sketch.count(Day(1));
            assert!((low..=high).contains(&count), "{seen}: {count}");
        }
    }

    #[test]
    fn what_is_too_old_is_forgotten_whichever_came_first() {
        let (mut one, mut other) = (Distinct::<16>::default(), Distinct::<16>::default());
        for (number, day) in [(1, 5), (1, 9), (2, 3), (3, 9)] {
            one.insert(hash(number), Day(day));
        }
        for (number, day) in [(3, 9), (2, 3), (1, 9), (1, 5), (1, 5)] {
            other.insert(hash(number), Day(day));
        }
        assert_eq!(one, other);
        assert_eq!((one.count(Day(1)), one.count(Day(4)), one.count(Day(10))), (3, 2, 0));
        assert!(one.from(Day(10)).is_empty());
        assert_eq!([Day(3), Day(9), Day(10)].map(|end| one.last_seen_within(Day(1), end)), [0, 1, 3]);
    }
}

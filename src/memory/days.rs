//! Days: when something was seen, in a form that forgets by the horizon and does not care about order.

use serde::{Deserialize, Serialize};

use crate::model::Timestamp;

/// Days since 1970-01-01, UTC. Times before count as that day, times after 2149 as the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Day(pub u16);

impl Day {
    pub fn of(time: Timestamp) -> Self {
        let days = time.millis().div_euclid(MILLIS);
        Self(u16::try_from(days.max(0)).unwrap_or(u16::MAX))
    }

    pub fn minus(self, days: u16) -> Self {
        Self(self.0.saturating_sub(days))
    }

    /// Whole days from `earlier` to this one; 0 when it is not earlier.
    pub fn since(self, earlier: Day) -> u16 {
        self.0.saturating_sub(earlier.0)
    }
}

const MILLIS: i64 = 86_400_000;

/// The days on which something was seen, of the last 128 before the latest of them.
///
/// Union is commutative and idempotent. A day that is 128 or more before the latest is forgotten, whichever came first; the
/// horizon of memory is shorter than that, so what it asks for is always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DaySet {
    /// Bit `i` of the two words together: seen `i` days before `last`. All zero when nothing was seen.
    bits: [u64; 2],
    last: Day,
}

/// Horizons end below this.
pub const DAYS_KEPT: u16 = 128;

impl DaySet {
    fn word(self) -> u128 {
        u128::from(self.bits[0]) | u128::from(self.bits[1]) << 64
    }

    fn set_word(&mut self, word: u128) {
        self.bits = [word as u64, (word >> 64) as u64];
    }

    pub fn is_empty(self) -> bool {
        self.bits == [0, 0]
    }

    pub fn insert(&mut self, day: Day) {
        let word = self.word();
        if word == 0 || day > self.last {
            let shift = if word == 0 { 0 } else { u32::from(day.since(self.last)) };
            self.set_word(word.checked_shl(shift).unwrap_or(0) | 1);
            self.last = day;
        } else {
            self.set_word(word | 1_u128.checked_shl(u32::from(self.last.since(day))).unwrap_or(0));
        }
    }

    /// The days from `first` on; the canonical form when `first` is where the horizon begins.
    pub fn from(self, first: Day) -> Self {
        if self.last < first {
            return Self::default();
        }
        let kept = u32::from(self.last.since(first)) + 1;
        let mask = 1_u128.checked_shl(kept).map_or(u128::MAX, |above| above - 1);
        let mut kept = self;
        kept.set_word(self.word() & mask);
        if kept.is_empty() { Self::default() } else { kept }
    }

    /// The days before `day`.
    pub fn before(self, day: Day) -> Self {
        if self.is_empty() || self.last < day {
            return self;
        }
        let shift = u32::from(self.last.since(day)) + 1;
        let word = self.word().checked_shr(shift).unwrap_or(0);
        let mut earlier = Self::default();
        if word != 0 {
            let gap = word.trailing_zeros();
            earlier.set_word(word >> gap);
            earlier.last = day.minus(1 + gap as u16);
        }
        earlier
    }

    pub fn first(self) -> Option<Day> {
        (!self.is_empty()).then(|| self.last.minus(127 - self.word().leading_zeros() as u16))
    }

    pub fn last(self) -> Option<Day> {
        (!self.is_empty()).then_some(self.last)
    }

    /// Days on which it was seen.
    pub fn count(self) -> u32 {
        self.word().count_ones()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn set(days: &[u16]) -> DaySet {
        let mut set = DaySet::default();
        days.iter().for_each(|day| set.insert(Day(*day)));
        set
    }

    #[test]
    fn a_day_is_a_day_of_utc() {
        let at = |text| Day::of(Timestamp::parse_rfc3339(text).unwrap());
        assert_eq!(at("1970-01-02T00:00:00Z"), Day(1));
        assert_eq!(at("2026-03-01T23:59:59Z").since(at("2026-02-28T00:00:00Z")), 1);
        assert_eq!(Day::of(Timestamp::from_millis(-1)), Day(0));
    }

    proptest! {
        #[test]
        fn law_2_days_are_the_same_in_any_order(mut days in prop::collection::vec(20_000_u16..20_400, 1..40)) {
            let forward = set(&days);
            days.reverse();
            days.extend(days.clone());
            prop_assert_eq!(set(&days), forward);
        }

        #[test]
        fn it_answers_as_a_set_of_days_would(
            days in prop::collection::vec(20_000_u16..20_300, 1..40),
            back in 0_u16..128,
            until in 20_000_u16..20_310,
        ) {
            let all: BTreeSet<u16> = days.iter().copied().collect();
            let last = *all.last().unwrap();
            let kept: BTreeSet<u16> = all.into_iter().filter(|day| last - day <= back).collect();
            let found = set(&days).from(Day(last - back));
            prop_assert_eq!(found.first(), kept.first().map(|day| Day(*day)));
            prop_assert_eq!((found.last(), found.count()), (Some(Day(last)), kept.len() as u32));
            let earlier: Vec<u16> = kept.into_iter().filter(|day| *day < until).collect();
            prop_assert_eq!(found.before(Day(until)), set(&earlier));
        }
    }
}

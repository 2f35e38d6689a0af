//! Ranges as keys: the line of numbers, cut at every constant that some condition compares with, under a binary tree.
//!
//! With n constants the line has 2n + 1 pieces: the constants themselves and what lies between them. A range is the fewest nodes
//! of the tree that make it up, at most two a level; a number hits the nodes on the way from its piece to the root. So a range
//! becomes a set of keys like a list of codes, and a number finds all ranges around it in as many steps as the tree has levels.

use std::cmp::Ordering;

use super::interval::{Bound, Interval};
use super::{KeyId, NO_KEY};
use crate::screen::cel::Num;

#[derive(Debug, Clone, Default)]
pub(crate) struct Segments {
    /// Ascending, each once.
    constants: Vec<Num>,
    /// Power of two, at least the number of pieces.
    leaves: usize,
    /// By node; the root is 1, the children of n are 2n and 2n + 1. Nodes that no condition uses have none.
    keys: Vec<KeyId>,
}

impl Segments {
    pub fn new(mut constants: Vec<Num>) -> Self {
        constants.sort_by(|left, right| left.order(*right).unwrap_or(Ordering::Equal));
        constants.dedup_by(|left, right| left.order(*right) == Some(Ordering::Equal));
        let leaves = (constants.len() * 2 + 1).next_power_of_two();
        Self { constants, leaves, keys: vec![NO_KEY; leaves * 2] }
    }

    /// Pieces of the line.
    fn pieces(&self) -> usize {
        self.constants.len() * 2 + 1
    }

    /// The piece in which a number lies; `None` for NaN.
    pub fn piece(&self, number: Num) -> Option<usize> {
        number.order(number)?;
        let below = self.constants.partition_point(|constant| constant.order(number) == Some(Ordering::Less));
        let is_constant = self.constants.get(below).and_then(|constant| constant.order(number)) == Some(Ordering::Equal);
        Some(below * 2 + usize::from(is_constant))
    }

    /// First and last piece of a range whose ends are among the constants.
    pub fn span(&self, interval: Interval) -> Option<(usize, usize)> {
        let first = match interval.low {
            Bound::None => 0,
            Bound::At(number) => self.piece(number)?,
            Bound::Beyond(number) => self.piece(number)? + 1,
        };
        let last = match interval.high {
            Bound::None => self.pieces() - 1,
            Bound::At(number) => self.piece(number)?,
            Bound::Beyond(number) => self.piece(number)?.checked_sub(1)?,
        };
        (first <= last).then_some((first, last))
    }

    /// How much of the line a range takes, by pieces: the constants of all profiles stand for how numbers are spread.
    pub fn share(&self, interval: Interval) -> f64 {
        let pieces = self.span(interval).map_or(0, |(first, last)| last - first + 1);
        pieces as f64 / self.pieces() as f64
    }

    /// The keys of a range; `next` gives a key to a node that has none yet.
    pub fn keys(&mut self, interval: Interval, mut next: impl FnMut() -> KeyId) -> Vec<KeyId> {
        let Some((first, last)) = self.span(interval) else { return Vec::new() };
        let (mut left, mut right) = (first + self.leaves, last + self.leaves + 1);
        let mut keys = Vec::new();
        let mut take = |node: usize, keys: &mut Vec<KeyId>| {
            if let Some(key) = self.keys.get_mut(node) {
                if *key == NO_KEY {
                    *key = next();
                }
                keys.push(*key);
            }
        };
        while left < right {
            if left % 2 == 1 {
                take(left, &mut keys);
                left += 1;
            }
            if right % 2 == 1 {
                right -= 1;
                take(right, &mut keys);
            }
            left /= 2;
            right /= 2;
        }
        keys
    }

    /// Calls back for every key whose range holds the numbers of a piece.
    pub fn hit(&self, piece: usize, mut hit: impl FnMut(KeyId)) {
        let mut node = piece + self.leaves;
        while node > 0 {
            match self.keys.get(node) {
                Some(key) if *key != NO_KEY => hit(*key),
                _ => {}
            }
            node /= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::screen::cel::CompareOp;

    fn ranges() -> impl Strategy<Value = Vec<(u8, i64)>> {
        proptest::collection::vec((0u8..5, -5i64..6), 1..12)
    }

    proptest! {
        #[test]
        fn a_number_hits_exactly_the_ranges_around_it(ranges in ranges(), doubled in -12i64..14) {
            use CompareOp::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
            let op = |number: u8| [Equal, Greater, GreaterOrEqual, Less, LessOrEqual][usize::from(number)];
            let ranges: Vec<_> = ranges.iter().map(|(kind, at)| Interval::of(op(*kind), Num::Int(*at)).unwrap()).collect();
            let mut segments = Segments::new(ranges.iter().flat_map(|range| range.numbers()).collect());
            let mut count = 0;
            let keys: Vec<_> = ranges.iter().map(|range| segments.keys(*range, || { count += 1; count - 1 })).collect();
            let number = Num::Double(doubled as f64 / 2.0);
            let mut hits = Vec::new();
            segments.hit(segments.piece(number).unwrap(), |key| hits.push(key));
            for (range, keys) in ranges.iter().zip(&keys) {
                prop_assert_eq!(keys.iter().any(|key| hits.contains(key)), range.holds(number), "{:?}", range);
            }
        }
    }
}

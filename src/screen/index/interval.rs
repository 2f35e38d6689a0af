//! Ranges of numbers, as comparisons with constants draw them.

use std::cmp::Ordering;

use crate::screen::cel::{CompareOp, Num};

/// One end of a range.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    None,
    /// The number itself is within.
    At(Num),
    /// Only what lies beyond the number is within.
    Beyond(Num),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Interval {
    pub low: Bound,
    pub high: Bound,
}

impl Interval {
    pub const EVERYTHING: Interval = Interval { low: Bound::None, high: Bound::None };

    /// The numbers for which `number op constant` holds; `None` for `!=`, which is no range, and for NaN.
    pub fn of(op: CompareOp, constant: Num) -> Option<Self> {
        constant.order(constant)?;
        let (low, high) = match op {
            CompareOp::Equal => (Bound::At(constant), Bound::At(constant)),
            CompareOp::Less => (Bound::None, Bound::Beyond(constant)),
            CompareOp::LessOrEqual => (Bound::None, Bound::At(constant)),
            CompareOp::Greater => (Bound::Beyond(constant), Bound::None),
            CompareOp::GreaterOrEqual => (Bound::At(constant), Bound::None),
            CompareOp::NotEqual => return None,
        };
        Some(Self { low, high })
    }

    /// NaN is in no range.
    pub fn holds(self, number: Num) -> bool {
        let above = |bound| match bound {
            Bound::None => true,
            Bound::At(low) => number.order(low).is_some_and(Ordering::is_ge),
            Bound::Beyond(low) => number.order(low).is_some_and(Ordering::is_gt),
        };
        let below = |bound| match bound {
            Bound::None => true,
            Bound::At(high) => number.order(high).is_some_and(Ordering::is_le),
            Bound::Beyond(high) => number.order(high).is_some_and(Ordering::is_lt),
        };
        above(self.low) && below(self.high)
    }

    /// What is in both.
    pub fn meet(self, other: Self) -> Self {
        let low = narrower(self.low, other.low, Ordering::Greater);
        let high = narrower(self.high, other.high, Ordering::Less);
        Self { low, high }
    }

    /// No number is in it. For ints, `x > 1 && x < 2` counts as not empty.
    pub fn is_empty(self) -> bool {
        let (low, inclusive_low) = match self.low {
            Bound::None => return false,
            Bound::At(low) => (low, true),
            Bound::Beyond(low) => (low, false),
        };
        match self.high {
            Bound::None => false,
            Bound::At(high) => low.order(high).is_some_and(|order| order.is_gt() || (order.is_eq() && !inclusive_low)),
            Bound::Beyond(high) => low.order(high).is_some_and(Ordering::is_ge),
        }
    }

    /// The numbers at its ends.
    pub fn numbers(self) -> impl Iterator<Item = Num> {
        [self.low, self.high].into_iter().filter_map(Bound::number)
    }

    /// Equal for equal ranges; to find one again.
    pub fn identity(self) -> [(u8, u64); 2] {
        [self.low.identity(), self.high.identity()]
    }
}

impl Bound {
    fn number(self) -> Option<Num> {
        match self {
            Bound::None => None,
            Bound::At(number) | Bound::Beyond(number) => Some(number),
        }
    }

    fn identity(self) -> (u8, u64) {
        let kind = match self {
            Bound::None => return (0, 0),
            Bound::At(_) => 1,
            Bound::Beyond(_) => 2,
        };
        match self.number() {
            Some(Num::Int(number)) => (kind, number.cast_unsigned()),
            Some(Num::Double(number)) => (kind + 2, number.to_bits()),
            None => (0, 0),
        }
    }
}

/// The bound that leaves less; `inward` is the order of a bound that lies further in.
fn narrower(one: Bound, other: Bound, inward: Ordering) -> Bound {
    let (Some(left), Some(right)) = (one.number(), other.number()) else {
        return if matches!(one, Bound::None) { other } else { one };
    };
    match left.order(right) {
        Some(Ordering::Equal) if matches!(one, Bound::Beyond(_)) => one,
        Some(Ordering::Equal) => other,
        Some(order) if order == inward => one,
        _ => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(op: CompareOp, number: i64) -> Interval {
        Interval::of(op, Num::Int(number)).unwrap()
    }

    #[test]
    fn ranges_meet_and_end_empty() {
        use CompareOp::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
        let cases = [
            (range(Greater, 3), range(Less, 9), false),
            (range(Greater, 3), range(Less, 3), true),
            (range(GreaterOrEqual, 3), range(LessOrEqual, 3), false),
            (range(Greater, 3), range(LessOrEqual, 3), true),
            (range(Equal, 3), range(Equal, 4), true),
            (range(Equal, 3), range(GreaterOrEqual, 3), false),
        ];
        for (left, right, empty) in cases {
            assert_eq!(left.meet(right).is_empty(), empty, "{left:?} {right:?}");
            assert_eq!(right.meet(left).is_empty(), empty, "{right:?} {left:?}");
        }
    }
}

//! Numbers: exact comparison across int and double, checked arithmetic, conversions.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::eval::{Undecided, Val};
use super::node::{ArithmeticOp, Function};
use crate::model::Timestamp;

/// A number of either type.
#[derive(Debug, Clone, Copy)]
pub enum Num {
    Int(i64),
    Double(f64),
}

impl Num {
    /// By mathematical value, without rounding either side; `None` for NaN.
    pub fn order(self, other: Num) -> Option<Ordering> {
        match (self, other) {
            (Num::Int(left), Num::Int(right)) => Some(left.cmp(&right)),
            (Num::Double(left), Num::Double(right)) => left.partial_cmp(&right),
            (Num::Int(left), Num::Double(right)) => int_to_double(left, right),
            (Num::Double(left), Num::Int(right)) => int_to_double(right, left).map(Ordering::reverse),
        }
    }

    fn of(value: &Val<'_>) -> Option<Self> {
        match value {
            Val::Int(number) => Some(Num::Int(*number)),
            Val::Double(number) => Some(Num::Double(*number)),
            _ => None,
        }
    }
}

/// As [`Num::order`]; `None` also for what is no number.
pub(super) fn order(left: &Val<'_>, right: &Val<'_>) -> Option<Ordering> {
    Num::of(left)?.order(Num::of(right)?)
}

fn int_to_double(int: i64, double: f64) -> Option<Ordering> {
    // 2^63, the first double above every int; its negative is the smallest int itself.
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if double.is_nan() {
        None
    } else if double >= BEYOND {
        Some(Ordering::Less)
    } else if double < -BEYOND {
        Some(Ordering::Greater)
    } else {
        // Exact: the whole part of a double in this range is an int.
        let whole = double.trunc() as i64;
        Some(int.cmp(&whole).then_with(|| 0.0.partial_cmp(&double.fract()).unwrap_or(Ordering::Equal)))
    }
}

pub(super) fn negate(value: Val<'_>) -> Result<Val<'_>, Undecided> {
    match value {
        Val::Int(number) => number.checked_neg().map(Val::Int).ok_or(Undecided),
        Val::Double(number) => Ok(Val::Double(-number)),
        Val::Duration(millis) => millis.checked_neg().map(Val::Duration).ok_or(Undecided),
        _ => Err(Undecided),
    }
}

pub(super) fn arithmetic<'v>(op: ArithmeticOp, left: Val<'v>, right: Val<'v>) -> Result<Val<'v>, Undecided> {
    use ArithmeticOp::{Add, Subtract};
    let value = match (op, left, right) {
        (_, Val::Int(left), Val::Int(right)) => ints(op, left, right).map(Val::Int),
        (_, Val::Double(left), Val::Double(right)) => Some(Val::Double(doubles(op, left, right))),
        (Add, Val::Text(left), Val::Text(right)) => Some(Val::Text(left + right)),
        (Subtract, Val::Time(left), Val::Time(right)) => left.millis().checked_sub(right.millis()).map(Val::Duration),
        (Add, Val::Time(time), Val::Duration(by)) | (Add, Val::Duration(by), Val::Time(time)) => shifted(time, Some(by)),
        (Subtract, Val::Time(time), Val::Duration(by)) => shifted(time, by.checked_neg()),
        (Add, Val::Duration(left), Val::Duration(right)) => left.checked_add(right).map(Val::Duration),
        (Subtract, Val::Duration(left), Val::Duration(right)) => left.checked_sub(right).map(Val::Duration),
        _ => None,
    };
    value.ok_or(Undecided)
}

fn shifted<'v>(time: Timestamp, by_millis: Option<i64>) -> Option<Val<'v>> {
    time.millis().checked_add(by_millis?).map(|millis| Val::Time(Timestamp::from_millis(millis)))
}

fn ints(op: ArithmeticOp, left: i64, right: i64) -> Option<i64> {
    match op {
        ArithmeticOp::Add => left.checked_add(right),
        ArithmeticOp::Subtract => left.checked_sub(right),
        ArithmeticOp::Multiply => left.checked_mul(right),
        ArithmeticOp::Divide => left.checked_div(right),
        ArithmeticOp::Remainder => left.checked_rem(right),
    }
}

fn doubles(op: ArithmeticOp, left: f64, right: f64) -> f64 {
    match op {
        ArithmeticOp::Add => left + right,
        ArithmeticOp::Subtract => left - right,
        ArithmeticOp::Multiply => left * right,
        ArithmeticOp::Divide => left / right,
        ArithmeticOp::Remainder => left % right,
    }
}

/// `int()`, `double()` and `string()`.
pub(super) fn convert(to: Function, value: Val<'_>) -> Result<Val<'_>, Undecided> {
    let converted = match (to, value) {
        (Function::ToInt, Val::Int(number)) => Some(Val::Int(number)),
        // CEL: truncated towards zero, an error when out of range.
        (Function::ToInt, Val::Double(number)) => (number.abs() < 9_223_372_036_854_775_808.0).then_some(Val::Int(number as i64)),
        (Function::ToInt, Val::Text(text)) => text.parse().ok().map(Val::Int),
        (Function::ToInt, Val::Time(time)) => Some(Val::Int(time.millis().div_euclid(1_000))),
        (Function::ToDouble, Val::Int(number)) => Some(Val::Double(number as f64)),
        (Function::ToDouble, Val::Double(number)) => Some(Val::Double(number)),
        (Function::ToDouble, Val::Text(text)) => text.parse().ok().map(Val::Double),
        (Function::ToText, Val::Text(text)) => Some(Val::Text(text)),
        (Function::ToText, Val::Bool(truth)) => Some(written(truth)),
        (Function::ToText, Val::Int(number)) => Some(written(number)),
        (Function::ToText, Val::Double(number)) => Some(written(number)),
        (Function::ToText, Val::Time(time)) => Some(written(time)),
        _ => None,
    };
    converted.ok_or(Undecided)
}

fn written<'v>(value: impl ToString) -> Val<'v> {
    Val::Text(Cow::Owned(value.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ints_and_doubles_compare_exactly() {
        let cases = [
            (1, 1.0, Some(Ordering::Equal)),
            (1, 1.5, Some(Ordering::Less)),
            (-1, -1.5, Some(Ordering::Greater)),
            (0, -0.5, Some(Ordering::Greater)),
            // 2^53 + 1 is no double: rounding would call these equal.
            (9_007_199_254_740_993, 9_007_199_254_740_992.0, Some(Ordering::Greater)),
            (i64::MAX, 9_223_372_036_854_775_808.0, Some(Ordering::Less)),
            (i64::MIN, -9_223_372_036_854_775_808.0, Some(Ordering::Equal)),
            (0, f64::INFINITY, Some(Ordering::Less)),
            (0, f64::NAN, None),
        ];
        for (int, double, expected) in cases {
            assert_eq!(order(&Val::Int(int), &Val::Double(double)), expected, "{int} to {double}");
        }
    }
}

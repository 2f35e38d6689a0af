//! Times and durations: their literals and their parts, in UTC.

use super::eval::{Undecided, Val};
use super::node::Function;

/// CEL's (Go's) duration text in milliseconds: `72h`, `1h30m`, `-1.5s`, `250ms`.
pub(super) fn duration_millis(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text),
    };
    let mut millis = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, after) = rest.split_at_checked(rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?)?;
        let (unit, after) = after.split_at_checked(after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len()))?;
        let unit_millis = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, millis)| *millis)?;
        millis += number.parse::<f64>().ok()? * unit_millis;
        rest = after;
    }
    // A hundred thousand years, far within both types.
    (millis < 3.2e15).then_some((sign * millis).round() as i64)
}

const UNITS: [(&str, f64); 4] = [("h", 3_600_000.0), ("m", 60_000.0), ("s", 1_000.0), ("ms", 1.0)];

/// `getHours()` and its like.
pub(super) fn part<'v>(part: Function, value: &Val<'v>) -> Result<Val<'v>, Undecided> {
    let number = match value {
        Val::Time(time) => {
            let civil = time.civil();
            match part {
                Function::FullYear => i64::from(civil.year()),
                Function::Month => i64::from(civil.month()) - 1,
                Function::Date => i64::from(civil.day()),
                Function::DayOfMonth => i64::from(civil.day()) - 1,
                Function::DayOfWeek => i64::from(civil.date().weekday().to_sunday_zero_offset()),
                Function::Hours => i64::from(civil.hour()),
                Function::Minutes => i64::from(civil.minute()),
                Function::Seconds => i64::from(civil.second()),
                _ => return Err(Undecided),
            }
        }
        Val::Duration(millis) => match part {
            Function::Hours => millis / 3_600_000,
            Function::Minutes => millis / 60_000,
            Function::Seconds => millis / 1_000,
            _ => return Err(Undecided),
        },
        _ => return Err(Undecided),
    };
    Ok(Val::Int(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_cel_writes_them() {
        let cases = [("72h", Some(259_200_000)), ("1h30m", Some(5_400_000)), ("-1.5s", Some(-1_500)), ("250ms", Some(250))];
        for (text, expected) in
            cases.into_iter().chain([("", None), ("-", None), ("3", None), ("3d", None), ("h", None), ("9e9h", None)])
        {
            assert_eq!(duration_millis(text), expected, "{text:?}");
        }
    }
}

//! Partial dates: messages give a day, or a day and a month, and mean the one nearest to when they were received.

use crate::model::Timestamp;

/// Completes partial dates around the time of receipt. Everything is UTC, as the field assumes.
pub(super) struct Calendar {
    /// Days since 1970-01-01.
    today: i64,
    year: i64,
    month: i64,
}

/// A day with an optional time of day: `17APR`, `03MAY0015-N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub day: Timestamp,
    /// Day and time together, day-change indicator applied.
    pub time: Option<Timestamp>,
}

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

impl Calendar {
    pub fn new(received: Timestamp) -> Self {
        let date = received.civil();
        let (year, month) = (i64::from(date.year()), i64::from(date.month()));
        Self { today: day_number(year, month, i64::from(date.day())).unwrap_or(0), year, month }
    }

    /// `17APR`, with the year nearest to the receipt; the rest of `text` is returned.
    pub fn day_and_month<'a>(&self, text: &'a [u8]) -> Option<(Timestamp, &'a [u8])> {
        let (date, rest) = text.split_at_checked(5)?;
        let (day, month) = (number(date.get(..2)?)?, month(date.get(2..)?)?);
        let days = |years: i64| day_number(self.year + years, month, day);
        Some((at_midnight(self.nearest(days, 365)?), rest))
    }

    /// A day of the month alone (FWB `FLT`), in the month nearest to the receipt.
    pub fn day_of_month(&self, text: &[u8]) -> Option<Timestamp> {
        let day = number(text).filter(|_| text.len() <= 2)?;
        let days = |months: i64| {
            let month = self.year * 12 + self.month - 1 + months;
            day_number(month.div_euclid(12), month.rem_euclid(12) + 1, day)
        };
        Some(at_midnight(self.nearest(days, 28)?))
    }

    /// `03MAY`, `03MAY0015`, `03MAY0015-N`; nothing may follow.
    pub fn moment(&self, text: &[u8]) -> Option<Moment> {
        let (day, rest) = self.day_and_month(text)?;
        match rest {
            [] => Some(Moment { day, time: None }),
            clock => Some(Moment { day, time: Some(on_day(day, clock_ms(clock)?)) }),
        }
    }

    /// The day nearest to the receipt among those of the last, this and the next period, which are at least `period_days`
    /// apart; the earlier of two.
    fn nearest(&self, day_of: impl Fn(i64) -> Option<i64>, period_days: i64) -> Option<i64> {
        let distance = |day: &i64| (day - self.today).abs();
        let of_this = day_of(0).filter(|day| 2 * distance(day) < period_days);
        of_this.or_else(|| (-1..=1).filter_map(day_of).min_by_key(distance))
    }
}

/// `day` and a time of day from [`clock_ms`] together.
pub(super) fn on_day(day: Timestamp, clock_ms: i64) -> Timestamp {
    Timestamp::from_millis(day.millis().saturating_add(clock_ms))
}

/// Milliseconds after midnight of `2050`, `0800-S`: `-P` is the day before, `-N` the next, `-S` the second, `-T` the third.
pub(super) fn clock_ms(text: &[u8]) -> Option<i64> {
    let (time, change) = text.split_at_checked(4)?;
    let (hours, minutes) = (number(time.get(..2)?)?, number(time.get(2..)?)?);
    let days = match change {
        [] => 0,
        b"-P" => -1,
        b"-N" => 1,
        b"-S" => 2,
        b"-T" => 3,
        _ => return None,
    };
    (minutes < 60 && (hours < 24 || (hours, minutes) == (24, 0))).then_some(days * DAY_MS + (hours * 60 + minutes) * MINUTE_MS)
}

/// `01OCT06`: two-digit years from 80 on are of the last century.
pub(super) fn date_with_year(text: &[u8]) -> Option<Timestamp> {
    let (day, month, year) = (number(text.get(..2)?)?, month(text.get(2..5)?)?, number(text.get(5..)?)?);
    let year = match text.len() {
        7 => full_year(year),
        9 => year,
        _ => return None,
    };
    day_number(year, month, day).map(at_midnight)
}

/// The spellings of OCI `SD`: `08AUG231230`, `08AUG23`, `01-DEC-2021 2047`, `2021-12-01T20:47`.
pub(super) fn written_out(text: &[u8]) -> Option<Timestamp> {
    let mut packed = [0_u8; 14];
    let mut len = 0;
    for byte in text.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
        if matches!(byte, b'T' | b'Z') && len >= 7 {
            continue;
        }
        *packed.get_mut(len)? = byte.to_ascii_uppercase();
        len += 1;
    }
    let packed = packed.get(..len)?;
    let (date, clock) = match packed.get(2) {
        Some(b'A'..=b'Z') => named_month(packed)?,
        _ => (numeric(packed.get(..8)?)?, packed.get(8..)?),
    };
    match clock {
        [] => Some(date),
        // Seconds are dropped: nothing compares them.
        clock => Some(on_day(date, clock_ms(clock.get(..4)?)?)),
    }
}

/// `0527`: month and two-digit year, as (year, month). `1299` stands for no expiry.
pub(super) fn expiry(text: &[u8]) -> Option<(i16, u8)> {
    let (month, year) = (number(text.get(..2)?)?, number(text.get(2..)?)?);
    if text.len() != 4 || !(1..=12).contains(&month) || text == b"1299" {
        return None;
    }
    Some(((2000 + year).try_into().ok()?, month.try_into().ok()?))
}

/// Enhanced ACAS establishment date: `MMDDYYYY` or `DDMONYY`.
pub(super) fn establishment(text: &[u8]) -> Option<Timestamp> {
    if let Some(date) = date_with_year(text) {
        return Some(date);
    }
    let (month, day, year) = (number(text.get(..2)?)?, number(text.get(2..4)?)?, number(text.get(4..)?)?);
    (text.len() == 8).then(|| day_number(year, month, day).map(at_midnight)).flatten()
}

/// `08AUG23…` or `08AUG2023…` and the clock behind it. Four digits alone are a year if they begin with 20.
fn named_month(packed: &[u8]) -> Option<(Timestamp, &[u8])> {
    let digits = packed.len().checked_sub(5)?;
    let four = digits == 8 || digits >= 4 && digits != 6 && packed.get(5..7) == Some(b"20");
    let (date, clock) = packed.split_at_checked(if four { 9 } else { 7 })?;
    Some((date_with_year(date)?, clock))
}

fn numeric(date: &[u8]) -> Option<Timestamp> {
    day_number(number(date.get(..4)?)?, number(date.get(4..6)?)?, number(date.get(6..)?)?).map(at_midnight)
}

fn full_year(two_digits: i64) -> i64 {
    if two_digits >= 80 { 1900 + two_digits } else { 2000 + two_digits }
}

fn at_midnight(day: i64) -> Timestamp {
    Timestamp::from_millis(day * DAY_MS)
}

fn number(digits: &[u8]) -> Option<i64> {
    let append = |sum: i64, digit: &u8| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0'));
    if matches!(digits.len(), 1..=4) { digits.iter().try_fold(0, append) } else { None }
}

fn month(name: &[u8]) -> Option<i64> {
    Some(match name {
        b"JAN" => 1,
        b"FEB" => 2,
        b"MAR" => 3,
        b"APR" => 4,
        b"MAY" => 5,
        b"JUN" => 6,
        b"JUL" => 7,
        b"AUG" => 8,
        b"SEP" => 9,
        b"OCT" => 10,
        b"NOV" => 11,
        b"DEC" => 12,
        _ => return None,
    })
}

/// Days since 1970-01-01 of a date in the Gregorian calendar; `None` if it does not exist. Years are at most four digits.
/// Counts in eras of 400 years that begin in March, so that the leap day is a year's last (Howard Hinnant, "chrono-compatible
/// low-level date algorithms").
fn day_number(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_in_month = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if !(1..=days_in_month).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(received: &str) -> Calendar {
        Calendar::new(Timestamp::parse_rfc3339(received).unwrap())
    }

    fn shown(time: Option<Timestamp>) -> String {
        time.map_or("none".into(), |time| time.to_string())
    }

    #[test]
    fn a_day_and_month_take_the_year_nearest_to_the_receipt() {
        for (received, text, expected) in [
            ("2026-01-02T08:00:00Z", "31DEC", "2025-12-31T00:00:00Z"),
            ("2025-12-31T23:00:00Z", "01JAN", "2026-01-01T00:00:00Z"),
            ("2026-06-15T00:00:00Z", "17APR", "2026-04-17T00:00:00Z"),
            ("2026-06-15T00:00:00Z", "20DEC", "2025-12-20T00:00:00Z"),
            ("2026-06-15T00:00:00Z", "10DEC", "2026-12-10T00:00:00Z"),
            ("2025-03-01T00:00:00Z", "29FEB", "2024-02-29T00:00:00Z"),
            ("2026-03-01T00:00:00Z", "29FEB", "none"),
            ("2026-03-01T00:00:00Z", "31APR", "none"),
            ("2026-03-01T00:00:00Z", "00JAN", "none"),
            ("2026-03-01T00:00:00Z", "1JAN", "none"),
        ] {
            let found = calendar(received).day_and_month(text.as_bytes()).map(|found| found.0);
            assert_eq!(shown(found), expected, "{text} received {received}");
        }
    }

    #[test]
    fn a_day_alone_takes_the_month_nearest_to_the_receipt() {
        for (received, text, expected) in [
            ("2026-01-02T08:00:00Z", "31", "2025-12-31T00:00:00Z"),
            ("2025-12-30T08:00:00Z", "02", "2026-01-02T00:00:00Z"),
            ("2026-03-01T08:00:00Z", "28", "2026-02-28T00:00:00Z"),
            ("2026-03-02T08:00:00Z", "30", "2026-03-30T00:00:00Z"),
            ("2026-05-14T08:00:00Z", "15", "2026-05-15T00:00:00Z"),
            ("2026-05-14T08:00:00Z", "32", "none"),
            ("2026-05-14T08:00:00Z", "0", "none"),
        ] {
            assert_eq!(shown(calendar(received).day_of_month(text.as_bytes())), expected, "{text} received {received}");
        }
    }

    #[test]
    fn day_changes_move_the_time_not_the_day() {
        let calendar = calendar("2026-05-04T00:00:00Z");
        for (text, expected) in [
            ("03MAY0015", "2026-05-03T00:15:00Z"),
            ("03MAY0015-N", "2026-05-04T00:15:00Z"),
            ("03MAY0015-P", "2026-05-02T00:15:00Z"),
            ("03MAY0015-S", "2026-05-05T00:15:00Z"),
            ("30APR2400-T", "2026-05-04T00:00:00Z"),
            ("03MAY", "none"),
        ] {
            assert_eq!(shown(calendar.moment(text.as_bytes()).unwrap().time), expected, "{text}");
        }
        for refused in ["03MAY2460", "03MAY001", "03MAY0015-X", "03MAY0015N"] {
            assert_eq!(calendar.moment(refused.as_bytes()), None, "{refused}");
        }
    }

    #[test]
    fn written_out_dates_are_read_in_their_spellings() {
        for (text, expected) in [
            ("08AUG231230", "2023-08-08T12:30:00Z"),
            ("01-DEC-2021 2047", "2021-12-01T20:47:00Z"),
            ("08AUG20231230", "2023-08-08T12:30:00Z"),
            ("08 Aug 23 12:30", "2023-08-08T12:30:00Z"),
            ("08AUG23", "2023-08-08T00:00:00Z"),
            ("08AUG2023", "2023-08-08T00:00:00Z"),
            ("2021-12-01T20:47", "2021-12-01T20:47:00Z"),
            ("2021-12-01T20:47:30Z", "2021-12-01T20:47:00Z"),
            ("08AUG", "none"),
            ("YESTERDAY", "none"),
            ("", "none"),
        ] {
            assert_eq!(shown(written_out(text.as_bytes())), expected, "{text}");
        }
        assert_eq!(shown(date_with_year(b"01OCT06")), "2006-10-01T00:00:00Z");
        assert_eq!(shown(establishment(b"11212025")), "2025-11-21T00:00:00Z");
        assert_eq!(shown(establishment(b"21NOV25")), "2025-11-21T00:00:00Z");
        assert_eq!(expiry(b"0527"), Some((2027, 5)));
        assert_eq!(expiry(b"1299"), None);
        assert_eq!(expiry(b"1327"), None);
    }
}

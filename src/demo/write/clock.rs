//! Dates and times as Cargo-IMP writes them.

use super::super::declare::MONTHS;
use crate::model::Timestamp;

/// `06JAN`
pub fn day_month(time: Timestamp) -> String {
    let date = time.civil();
    let month = MONTHS.get(usize::from(date.month().unsigned_abs()).saturating_sub(1)).copied().unwrap_or_default();
    format!("{:02}{month}", date.day())
}

/// `06JAN26`
pub fn date(time: Timestamp) -> String {
    format!("{}{:02}", day_month(time), time.civil().year().rem_euclid(100))
}

/// `1602`
pub fn clock(time: Timestamp) -> String {
    let time = time.civil();
    format!("{:02}{:02}", time.hour(), time.minute())
}

/// `06JAN1602`
pub fn moment(time: Timestamp) -> String {
    format!("{}{}", day_month(time), clock(time))
}

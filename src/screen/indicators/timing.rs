//! T1: data that come too late to be assessed.

use super::{BOTH, Finding, Indicator, Needs, Threat};
use crate::model::Timestamp;
use crate::screen::facts::Facts;

pub(super) const AFTER_DEPARTURE: Indicator = Indicator {
    id: "T1",
    title: "Data sent after the departure",
    domains: BOTH,
    threats: &[Threat::Explosives, Threat::Drugs],
    weight: 20,
    needs: Needs::Message,
    source: "19 CFR 122.48b: as early as practicable, no later than prior to loading",
    about: "the message arrived after the first flight left; where only its day is known, after that day ended everywhere",
    check: |facts| {
        let left = facts.departure().or_else(|| day_over(facts)).filter(|left| *left < facts.received)?;
        let late = facts.received.minutes_since(left);
        let text = format!("the data arrived {} h {:02} min after the departure", late / 60, late % 60);
        Some(Finding::new(text).value("departure", left).value("received", facts.received))
    },
};

pub(super) const LATE: Indicator = Indicator {
    id: "T1-late",
    title: "Data sent shortly before the departure",
    domains: BOTH,
    threats: &[Threat::Explosives, Threat::Drugs],
    weight: 5,
    needs: Needs::Message,
    source: "carrier cut-off times for electronic waybill data",
    about: "the message arrived less than two hours before the departure that its first flight states",
    check: |facts| {
        let minutes = facts.departure()?.minutes_since(facts.received);
        if !(0..LATE_MINUTES).contains(&minutes) {
            return None;
        }
        let text = format!("the data arrived {minutes} min before the departure");
        Some(Finding::new(text).value("minutes_to_departure", minutes))
    },
};

/// The end of the first flight's day where it ends last, UTC-12.
fn day_over(facts: &Facts<'_>) -> Option<Timestamp> {
    let day = facts.consignment.flights.iter().filter_map(|flight| flight.day).min()?;
    Some(Timestamp::from_millis(day.millis().saturating_add(DAY_OVER_MILLIS)))
}

const LATE_MINUTES: i64 = 120;
const DAY_OVER_MILLIS: i64 = 36 * 3_600_000;

#[cfg(test)]
mod tests {
    use super::super::cases::{hits, misses};
    use super::*;

    fn flight(field: &str, time: &str) -> String {
        format!(r#"{{"flights": [{{"carrier": "LH", "number": "0400", "{field}": "{time}"}}]}}"#)
    }

    #[test]
    fn data_come_before_the_flight() {
        hits(
            &AFTER_DEPARTURE,
            &[
                (
                    &flight("departure", "2026-03-01T10:55:00Z"),
                    "the data arrived 1 h 05 min after the departure",
                    "departure=2026-03-01T10:55:00Z; received=2026-03-01T12:00:00Z",
                ),
                (
                    &flight("day", "2026-02-27T00:00:00Z"),
                    "the data arrived 24 h 00 min after the departure",
                    "departure=2026-02-28T12:00:00Z; received=2026-03-01T12:00:00Z",
                ),
            ],
        );
        misses(
            &AFTER_DEPARTURE,
            &[&flight("departure", "2026-03-01T12:00:00Z"), &flight("day", "2026-02-28T00:00:00Z"), r#"{"flights": []}"#],
        );
    }

    #[test]
    fn two_hours_are_late() {
        hits(
            &LATE,
            &[(
                &flight("departure", "2026-03-01T13:59:00Z"),
                "the data arrived 119 min before the departure",
                "minutes_to_departure=119",
            )],
        );
        misses(
            &LATE,
            &[
                &flight("departure", "2026-03-01T14:00:00Z"),
                &flight("departure", "2026-03-01T11:59:00Z"),
                &flight("day", "2026-03-01T00:00:00Z"),
            ],
        );
    }
}

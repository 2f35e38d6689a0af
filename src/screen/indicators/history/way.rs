//! T2, T4, H1 to H4: shipments on their way that are not what was declared, or not where they should be.

use super::super::{BOTH, CUSTOMS, Finding, Indicator, Needs, Threat};
use super::{Count, complete, first_version, minutes_after, station};
use crate::memory::history::{Discrepancy, Way};
use crate::memory::observation::{Stage, Station};
use crate::screen::facts::Facts;

pub const DEPARTED_UNDECLARED: Indicator = Indicator {
    id: "T2",
    title: "Departed before its data came",
    domains: BOTH,
    threats: &[Threat::Explosives, Threat::Drugs],
    weight: 15,
    needs: Needs::Memory,
    source: "19 CFR 122.48b and PACT implementation guide 1.9: data are due before loading",
    about: "the shipment departed (DEP) and its waybill is not known, or came more than an hour later, eleven in the Americas, where \
            reports in local time look earlier; in a memory of at least 14 days",
    check: |facts| {
        let history = complete(facts)?;
        let departed = history.way.step(Stage::Departed)?;
        let from = station(&departed.station);
        let text = match history.version {
            None => format!("departed from {from} at {}, and no waybill is known", departed.first),
            Some(_) => {
                let first = first_version(history)?;
                if minutes_after(first, departed.first, departed.station) <= 0 {
                    return None;
                }
                format!("departed from {from} at {}, the data arrived at {first}", departed.first)
            }
        };
        Some(Finding::new(text).value("departed", departed.first))
    },
};

pub const DEPARTED_OPEN: Indicator = Indicator {
    id: "T2-open",
    title: "Departed with its evidence unanswered",
    domains: BOTH,
    threats: &[Threat::Explosives, Threat::Drugs],
    weight: 30,
    needs: Needs::Memory,
    source: "PACT implementation guide 1.9: no loading before a referral is answered",
    about: "the last assessment before the departure (DEP) has 40 points or more, and no outcome came since",
    check: |facts| {
        let history = facts.history?;
        let departed = history.way.step(Stage::Departed)?;
        let assessed = history.course.assessed.as_ref().filter(|assessed| assessed.stamp.at() < departed.first)?;
        let points = assessed.scores.into_iter().max().filter(|points| *points >= OPEN_POINTS)?;
        let concluded = history.conclusions.iter().any(|conclusion| conclusion.stamp.at() >= assessed.stamp.at());
        let answered = assessed.evidence.iter().all(|evidence| history.course.answered().contains(evidence));
        if concluded || answered {
            return None;
        }
        let text = format!("departed at {} with {points} points of evidence that nobody answered", departed.first);
        Some(Finding::new(text).value("departed", departed.first).value("score", points))
    },
};

pub const NOT_COLLECTED: Indicator = Indicator {
    id: "T4",
    title: "Long not collected at the destination",
    domains: CUSTOMS,
    threats: &[Threat::Drugs],
    weight: 10,
    needs: Needs::Memory,
    source: "common targeting practice: rip-off",
    about: "10 days or more from the arrival at the destination to the delivery, or to now",
    check: |facts| {
        let history = facts.history?;
        let arrived = history.way.step(Stage::Received)?;
        if station(&arrived.station) != destination(facts)? {
            return None;
        }
        let delivered = history.way.step(Stage::Delivered).map(|step| step.first);
        let days = days_since(delivered.unwrap_or(facts.received), arrived.last).filter(|days| *days >= DWELL_DAYS)?;
        let at = station(&arrived.station);
        let text = match delivered {
            Some(_) => format!("delivered {days} days after it arrived at {at}"),
            None => format!("arrived at {at} {days} days ago and not delivered"),
        };
        Some(Finding::new(text).value("received_at", arrived.last).value("dwell_days", days))
    },
};

pub const NOT_DEPARTED: Indicator = Indicator {
    id: "T4-origin",
    title: "Long not departed",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives],
    weight: 8,
    needs: Needs::Memory,
    source: "common targeting practice",
    about: "7 days or more from the acceptance (RCS) to now, without anything loaded",
    check: |facts| {
        let way = &facts.history?.way;
        let accepted = way.step(Stage::Accepted)?;
        let left = [Stage::Manifested, Stage::Departed, Stage::Received, Stage::Delivered];
        let days = days_since(facts.received, accepted.last).filter(|days| *days >= WAIT_DAYS)?;
        if left.into_iter().any(|stage| way.step(stage).is_some()) {
            return None;
        }
        let text = format!("accepted at {} {days} days ago and not departed", station(&accepted.station));
        Some(Finding::new(text).value("accepted", accepted.last).value("days", days))
    },
};

fn days_since(time: crate::model::Timestamp, earlier: crate::model::Timestamp) -> Option<i64> {
    Some(time.minutes_since(earlier) / (24 * 60))
}

/// Of the bill, as the message or memory states it.
fn destination<'f>(facts: &Facts<'f>) -> Option<&'f str> {
    station(&facts.history?.version.as_ref()?.destination).into()
}

pub const GHOST: Indicator = Indicator {
    id: "H1",
    title: "On a flight without waybill or booking",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives],
    weight: 30,
    needs: Needs::Memory,
    source: "cases of rip-on by airline and handling staff",
    about: "manifested, departed or received, and neither waybill nor booking is known in a memory of at least 14 days",
    check: |facts| {
        let history = complete(facts)?;
        if history.version.is_some() || history.way.step(Stage::Booked).is_some() {
            return None;
        }
        let stages = [Stage::Manifested, Stage::Departed, Stage::Received];
        let (stage, step) = stages.into_iter().find_map(|stage| Some((stage, history.way.step(stage)?)))?;
        let at = station(&step.station);
        let known = history.memory_days;
        let pieces = Count(step.pieces, "piece");
        let text =
            format!("{pieces} {} at {at}, and neither waybill nor booking is known in {known} days of memory", stage.as_str());
        Some(Finding::new(text).value("stage", stage.as_str()).value("pieces", step.pieces))
    },
};

pub const FOUND: Indicator = Indicator {
    id: "H1-found",
    title: "Found where nobody manifested it",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives],
    weight: 15,
    needs: Needs::Memory,
    source: "cases of rip-on by airline and handling staff; IATA code list of discrepancies: FDCA, FDAW",
    about: "a discrepancy report says found cargo (FDCA) or found waybill (FDAW), and none before says missing",
    check: |facts| {
        let way = &facts.history?.way;
        let found = reported(way, &[b"FDCA", b"FDAW"]).next()?;
        if reported(way, MISSING_CODES).any(|missing| missing.time <= found.time) {
            return None;
        }
        Some(discrepancy("found", found))
    },
};

pub const MISSING_THEN_FOUND: Indicator = Indicator {
    id: "H2",
    title: "Missing, then found",
    domains: BOTH,
    threats: &[Threat::Drugs],
    weight: 30,
    needs: Needs::Memory,
    source: "Europol, criminal networks in ports and airports: rip-off; IATA code list of discrepancies: MSCA, FDCA",
    about: "a discrepancy report says missing cargo (MSCA) or waybill (MSAW), and later it is found, received or delivered",
    check: |facts| {
        let way = &facts.history?.way;
        let missing = reported(way, MISSING_CODES).next()?;
        let found = reported(way, &[b"FDCA", b"FDAW"]).map(|found| (found.time, "found"));
        let stages =
            [Stage::Received, Stage::Delivered].into_iter().filter_map(|stage| Some((way.step(stage)?.last, stage.as_str())));
        let (time, how) = found.chain(stages).filter(|(time, _)| *time > missing.time).min()?;
        let text = format!("missing at {} at {}, {how} at {time}", station(&missing.station), missing.time);
        Some(Finding::new(text).value("missing", missing.time).value(how, time))
    },
};

pub const OFFLOADED: Indicator = Indicator {
    id: "H2-offloaded",
    title: "Offloaded or overcarried",
    domains: BOTH,
    threats: &[Threat::Drugs],
    weight: 4,
    needs: Needs::Memory,
    source: "Europol, criminal networks in ports and airports: rip-off; IATA code list of discrepancies: OFLD, OVCD",
    about: "a discrepancy report says offloaded (OFLD) or overcarried (OVCD); full flights do that too",
    check: |facts| {
        let way = &facts.history?.way;
        let found = reported(way, &[b"OVCD", b"OFLD"]).next()?;
        let how = if &found.code == b"OVCD" { "overcarried" } else { "offloaded" };
        Some(discrepancy(how, found))
    },
};

const MISSING_CODES: &[&[u8; 4]] = &[b"MSCA", b"MSAW"];

/// Discrepancies of these codes, in order of time.
fn reported<'w>(way: &'w Way, codes: &'w [&'w [u8; 4]]) -> impl Iterator<Item = &'w Discrepancy> {
    way.discrepancies.iter().filter(move |found| codes.contains(&&found.code))
}

fn discrepancy(how: &'static str, found: &Discrepancy) -> Finding {
    let code = std::str::from_utf8(&found.code).unwrap_or_default().to_owned();
    let pieces = Count(found.pieces.into(), "piece");
    let text = format!("{pieces} {how} ({code}) at {} at {}", station(&found.station), found.time);
    Finding::new(text).value("discrepancy", code).value("pieces", found.pieces)
}

pub const TWO_FLIGHTS: Indicator = Indicator {
    id: "H4",
    title: "Departed twice from one station",
    domains: BOTH,
    threats: &[Threat::Drugs],
    weight: 20,
    needs: Needs::Memory,
    source: "common targeting practice: swap",
    about: "the whole shipment departed (DEP, shipment code T) from a station, and it or a part of it on another flight too",
    check: |facts| {
        let doubled = facts.history?.way.doubled?;
        let at: &Station = &doubled.station;
        let text = format!("the whole shipment departed from {}, and again: {} flights", station(at), doubled.flights);
        Some(Finding::new(text).value("station", station(at)).value("flights", doubled.flights))
    },
};

/// From where the default policy has a person look.
const OPEN_POINTS: u32 = 40;
const DWELL_DAYS: i64 = 10;
const WAIT_DAYS: i64 = 7;

#[cfg(test)]
mod tests;

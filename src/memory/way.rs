//! The way of a shipment: what was reported of it, stage by stage, put together.

use super::Memory;
use super::entities::Forget;
use super::history::{Discrepancy, Doubled, LoadHistory, Sighting, Step, Way};
use super::key::Mark;
use super::observation::{Lead, Part, Stage};
use crate::model::Timestamp;

impl Memory {
    pub(super) fn way(&self, parts: &[Part]) -> Way {
        let first = self.first();
        let mut way = Way::default();
        if parts.is_empty() {
            return way;
        }
        let is_live = |part: &&Part| part.stamp.day() >= first;
        let live = || parts.iter().filter(is_live);
        // Parts lie in the order of their stages.
        for of_stage in parts.chunk_by(|one, next| one.stage == next.stage) {
            let live = || of_stage.iter().filter(is_live);
            let told_again = |part: &Part| part.stage == Stage::Booked && live().any(|other| part.is_told_again_by(other));
            if let (Some(step), Some(part)) = (step(live().filter(|part| !told_again(part))), of_stage.first()) {
                way.set(part.stage, step);
            }
        }
        way.booked_late = booked_late(live().filter(|part| part.stage == Stage::Booked));
        way.moved_over = moved_over(live());
        way.seals = sightings(live().filter(|part| part.whole), |part| part.seals);
        way.recipients = sightings(live(), |part| part.recipient);
        way.doubled = doubled(live().filter(|part| part.stage == Stage::Departed && part.flight != 0));
        way.discrepancies = live().filter(|part| part.stage == Stage::Discrepancy).map(discrepancy).collect();
        way.discrepancies.sort_unstable_by_key(|found| (found.time, found.code));
        let loads = live().filter_map(|part| self.loads.get(part.load)).map(|load| load.from(first));
        way.loads =
            loads.map(|load| LoadHistory { lines: load.lines, lines_g: load.weight_g, stated_g: load.stated_g }).collect();
        way
    }
}

/// A departure of the whole shipment beside another flight from the same station.
fn doubled<'p>(departed: impl Iterator<Item = &'p Part> + Clone) -> Option<Doubled> {
    let at = |station| departed.clone().filter(move |part| part.station == station).map(|part| part.flight);
    let whole = departed.clone().find(|whole| whole.whole && at(whole.station).any(|flight| flight != whole.flight))?;
    let mut flights: Vec<u32> = at(whole.station).collect();
    flights.sort_unstable();
    flights.dedup();
    Some(Doubled { station: whole.station, flights: flights.len() as u32 })
}

/// When space was booked on the day of the flight, if it never was before.
fn booked_late<'p>(booked: impl Iterator<Item = &'p Part> + Clone) -> Option<Timestamp> {
    let ahead = booked.clone().any(|part| part.lead == Lead::Ahead);
    booked.filter(|part| !ahead && part.lead == Lead::SameDay).map(|part| part.stamp.time).min()
}

/// An arrival in another device than the manifests of its flight name, where all of them name one.
fn moved_over<'p>(parts: impl Iterator<Item = &'p Part> + Clone) -> Option<Sighting> {
    let mut received = parts.clone().filter(|part| part.stage == Stage::Received && part.flight_number != 0);
    let found = received.find(|received| {
        let of_flight = |part: &&Part| part.stage == Stage::Manifested && part.flight_number == received.flight_number;
        let mut manifested = parts.clone().filter(of_flight).peekable();
        manifested.peek().is_some() && manifested.all(|part| part.device.differs(received.device))
    });
    found.map(sighting)
}

fn sighting(part: &Part) -> Sighting {
    Sighting { time: part.stamp.time, stage: part.stage, station: part.station }
}

/// What parts state of something, in order of time; nothing is allocated where none does.
fn sightings<'p>(parts: impl Iterator<Item = &'p Part>, stated: impl Fn(&Part) -> Mark) -> Vec<(Sighting, Mark)> {
    let mut found: Vec<_> = parts.map(|part| (sighting(part), stated(part))).filter(|(_, mark)| !mark.is_none()).collect();
    found.sort_unstable();
    found
}

fn discrepancy(part: &Part) -> Discrepancy {
    Discrepancy { code: part.discrepancy, time: part.stamp.time, station: part.station, pieces: part.pieces }
}

/// Parts of one stage added up: the latest statement of the whole shipment where there is one, else the sum of the parts. A stage
/// that happens at several stations (departed, received) counts the station with the most.
fn step<'p>(parts: impl Iterator<Item = &'p Part> + Clone) -> Option<Step> {
    let latest = parts.clone().max_by_key(|part| (part.stamp, part.identity))?;
    let whole = parts.clone().filter(|part| part.whole).max_by_key(|part| (part.stamp, part.identity));
    let at = |station| parts.clone().filter(move |part| part.station == station && !part.whole);
    let sum =
        |station| at(station).fold((0, 0), |(pieces, weight), part| (pieces + u64::from(part.pieces), weight + part.weight_g));
    let (pieces, weight_g) = match whole {
        Some(whole) => (u64::from(whole.pieces), whole.weight_g),
        None => parts.clone().map(|part| sum(part.station)).max().unwrap_or_default(),
    };
    let times = parts.clone().map(|part| part.stamp.time);
    Some(Step {
        pieces,
        weight_g,
        first: times.clone().min()?,
        last: times.max()?,
        station: latest.station,
        whole: whole.is_some(),
    })
}

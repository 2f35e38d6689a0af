//! Deadlines in event time: what has to have happened by then, or a person is told.
//!
//! A deadline is a function of a consignment's entry. It belongs to the partition that its bill (or, for a hold, its assessment)
//! stood in, and passes when that partition's watermark, the latest event time whose verdicts are committed, moves past it: never
//! by the clock. The watermark travels with the committed position, so whoever takes the partition over goes on from there, and
//! each deadline passes once.

use serde::{Deserialize, Serialize};

use super::Memory;
use super::consignment::Consignment;
use super::key::Key;
use super::observation::{LogPlace, Stage};
use crate::model::{BillKind, Decision, Timestamp};

/// What should have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// The houses of a consolidation, some hours before departure (indicator Q4).
    Houses,
    /// The delivery of a shipment that arrived at its destination (indicator T4).
    Pickup,
    /// An outcome for a hold.
    Outcome,
}

/// A deadline that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Passed {
    pub time: Timestamp,
    pub consignment: Key,
    pub kind: Kind,
}

/// Houses are due this long before departure: carriers want them four hours ahead (cut-off times for electronic waybill data).
const HOUSES_BEFORE_DEPARTURE_MILLIS: i64 = 4 * HOUR;
/// A shipment that nobody picks up for this long is remarkable.
const PICKUP_MILLIS: i64 = 5 * 24 * HOUR;
/// A hold that nobody answers for this long is told again.
const OUTCOME_MILLIS: i64 = 24 * HOUR;
const HOUR: i64 = 3_600_000;

/// Partition of an input topic.
pub type Partition = (u16, i32);

impl Consignment {
    /// The deadlines that are open, each with the partition it belongs to.
    pub(super) fn deadlines(&self) -> impl Iterator<Item = (Partition, Timestamp, Kind)> {
        let bill = self.stamp.map(|_| self.bill.place);
        let houses = bill.zip(self.houses_due()).map(|(place, time)| (partition(place), time, Kind::Houses));
        let pickup = bill.zip(self.pickup_due()).map(|(place, time)| (partition(place), time, Kind::Pickup));
        houses.into_iter().chain(pickup).chain(self.outcome_due())
    }

    fn houses_due(&self) -> Option<Timestamp> {
        let missing = self.bill.kind == BillKind::Consolidation && self.houses().count == 0;
        let departure = self.bill.departure.filter(|_| missing)?;
        Some(plus(departure.time(), -HOUSES_BEFORE_DEPARTURE_MILLIS))
    }

    fn pickup_due(&self) -> Option<Timestamp> {
        let gone = self.stage(Stage::Delivered).next().is_some();
        let arrived = self.stage(Stage::Received).filter(|part| part.station == self.bill.lane.destination);
        arrived.map(|part| part.stamp.time).max().filter(|_| !gone).map(|time| plus(time, PICKUP_MILLIS))
    }

    fn outcome_due(&self) -> Option<(Partition, Timestamp, Kind)> {
        let assessed = self.more.as_ref()?.course.assessed.as_ref()?;
        let answered = self.conclusions().first().is_some_and(|latest| latest.stamp.at() >= assessed.stamp.at());
        let waiting = assessed.decision > Decision::Clear && !answered;
        waiting.then(|| (partition(assessed.place), plus(assessed.stamp.time, OUTCOME_MILLIS), Kind::Outcome))
    }
}

fn partition(place: LogPlace) -> Partition {
    (place.topic, place.partition)
}

fn plus(time: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(time.millis().saturating_add(millis))
}

impl Memory {
    /// Notes the deadlines of an entry that has changed. Those that no longer hold are found out when they come up.
    pub(super) fn note_deadlines(&mut self, slot: u32) {
        let Some((key, entry)) = self.consignments.at(slot) else { return };
        for (partition, time, kind) in entry.deadlines() {
            self.deadlines.insert((partition, Passed { time, consignment: key, kind }));
        }
    }

    /// What passed of a partition's deadlines while its watermark moved from `after` to `until`, in order of time.
    pub fn passed(&self, partition: Partition, after: Timestamp, until: Timestamp) -> Vec<Passed> {
        let from = Passed { time: plus(after, 1), consignment: Key::NONE, kind: Kind::Houses };
        let to = Passed { time: plus(until, 1), consignment: Key::NONE, kind: Kind::Houses };
        if from > to {
            return Vec::new();
        }
        let candidates = self.deadlines.range((partition, from)..(partition, to)).map(|(_, passed)| *passed);
        candidates.filter(|passed| self.still_due(partition, passed)).collect()
    }

    fn still_due(&self, partition: Partition, passed: &Passed) -> bool {
        let entry = self.consignments.get(passed.consignment).filter(|entry| entry.is_live(self.first()));
        let same = |(of, time, kind): (Partition, Timestamp, Kind)| of == partition && time == passed.time && kind == passed.kind;
        entry.is_some_and(|entry| entry.deadlines().any(same))
    }

    /// Forgets the deadlines of what has passed the horizon.
    pub(super) fn forget_deadlines(&mut self) {
        let first = self.first();
        self.deadlines.retain(|(_, passed)| super::days::Day::of(passed.time) >= first);
    }
}

//! When a consignment departs, as far as memory knows: for the figures that tell how near holds and verdicts are to their flights.
//! No verdict stands on it.

use super::Memory;
use super::consignment::Consignment;
use super::key::Key;
use super::observation::{Bill, Stage};
use crate::model::Timestamp;

/// What memory knows of a departure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// No bill states a flight.
    Unknown,
    Due(Due),
    /// It left (DEP).
    Left,
}

/// When the first flight of a bill departs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub earliest: Timestamp,
    pub latest: Timestamp,
}

const HALF_DAY_MILLIS: i64 = 12 * 3_600_000;

impl Due {
    /// A flight of which the day alone is stated, which memory keeps as noon, departs at any time of that day.
    pub fn of(bill: &Bill) -> Option<Self> {
        let stated = bill.departure?.time();
        let either_way = if stated.millis().rem_euclid(2 * HALF_DAY_MILLIS) == HALF_DAY_MILLIS { HALF_DAY_MILLIS } else { 0 };
        let at = |millis: i64| Timestamp::from_millis(stated.millis().saturating_add(millis));
        Some(Self { earliest: at(-either_way), latest: at(either_way) })
    }

    /// It may depart between now and `millis` from now.
    pub fn is_within(self, millis: i64, now: Timestamp) -> bool {
        self.earliest.millis() <= now.millis().saturating_add(millis) && now <= self.latest
    }
}

impl Memory {
    /// A house departs with its master, unless its own bill names a flight.
    pub fn departure(&self, consignment: Key) -> Departure {
        let Some(own) = self.live(consignment) else { return Departure::Unknown };
        let first = self.first();
        let left = |entry: &Consignment| entry.stage(Stage::Departed).any(|part| part.stamp.day() >= first);
        if left(own) || self.live(own.bill.master).is_some_and(left) {
            return Departure::Left;
        }
        self.due(&own.bill).map_or(Departure::Unknown, Departure::Due)
    }

    /// By the bill, else by that of its master.
    pub(super) fn due(&self, bill: &Bill) -> Option<Due> {
        Due::of(bill).or_else(|| Due::of(&self.live(bill.master)?.bill))
    }

    /// A bill of it was read.
    pub fn is_declared(&self, consignment: Key) -> bool {
        self.live(consignment).is_some_and(|entry| entry.stamp.is_some())
    }

    pub(super) fn live(&self, consignment: Key) -> Option<&Consignment> {
        self.consignments.get(consignment).filter(|entry| entry.is_live(self.first()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::observation::{Declared, Minute, Moved, Observation, Part, Stamp};
    use super::super::{Horizons, Keys};
    use super::*;
    use crate::model::Awb;

    /// Milliseconds of 2026-03-02.
    const DAY: i64 = 1_772_409_600_000;
    const HOUR: i64 = 3_600_000;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_millis(DAY + hour * HOUR)
    }

    fn key(hawb: Option<&str>) -> Key {
        Keys::new(&[3; 16]).consignment(Awb::new(20, 12_345_675), hawb, &mut String::new())
    }

    fn memory(bills: &[(Key, Key, Option<i64>)]) -> Memory {
        let mut memory = Memory::new(Horizons::default());
        for &(consignment, master, departs) in bills {
            let bill = Bill { master, departure: departs.and_then(|hour| Minute::of(at(hour))), ..Bill::default() };
            let stamp = Stamp { time: at(0), hash: 1 };
            memory.fold(&Observation::Declared(Declared { consignment, stamp, bill, ..Declared::default() }));
        }
        memory
    }

    fn departed(memory: &mut Memory, consignment: Key) {
        let left = Part::new(Stage::Departed, Stamp { time: at(9), hash: 1 });
        let part = Part { whole: true, station: *b"FRA", flight: 1, pieces: 1, weight_g: 1, ..left };
        memory.fold(&Observation::Moved(Moved { consignment, part }));
    }

    #[test]
    fn a_stated_time_is_one_moment_and_a_day_alone_is_all_of_it() {
        let memory = memory(&[(key(None), Key::NONE, Some(10)), (key(Some("H1")), Key::NONE, Some(12))]);
        assert_eq!(memory.departure(key(None)), Departure::Due(Due { earliest: at(10), latest: at(10) }));
        assert_eq!(memory.departure(key(Some("H1"))), Departure::Due(Due { earliest: at(0), latest: at(24) }));
        assert_eq!(memory.departure(key(Some("H2"))), Departure::Unknown);
    }

    #[test]
    fn a_house_departs_and_leaves_with_its_master() {
        let mut memory = memory(&[(key(None), Key::NONE, Some(10)), (key(Some("H1")), key(None), None)]);
        assert_eq!(memory.departure(key(Some("H1"))), Departure::Due(Due { earliest: at(10), latest: at(10) }));
        departed(&mut memory, key(None));
        assert_eq!((memory.departure(key(Some("H1"))), memory.departure(key(None))), (Departure::Left, Departure::Left));
    }

    #[test]
    fn what_moves_without_a_bill_is_not_declared() {
        let mut memory = memory(&[(key(None), Key::NONE, None)]);
        departed(&mut memory, key(Some("H1")));
        assert!(memory.is_declared(key(None)) && !memory.is_declared(key(Some("H1"))));
    }

    #[test]
    fn a_departure_is_near_from_so_long_before_it_until_it_passes() {
        let due = Due { earliest: at(10), latest: at(10) };
        assert_eq!([7, 8, 10, 11].map(|hour| due.is_within(2 * HOUR, at(hour))), [false, true, true, false]);
        let some_day = Due { earliest: at(0), latest: at(24) };
        assert_eq!([-3, -2, 23, 25].map(|hour| some_day.is_within(2 * HOUR, at(hour))), [false, true, true, false]);
    }
}

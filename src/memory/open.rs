//! Which shipments are open: declared, and as far as is known not departed yet.

use std::collections::BTreeMap;

use super::consignment::Consignment;
use super::days::Day;
use super::deadline::Partition;
use super::key::Key;
use super::observation::Stage;
use super::{FrozenMemory, Memory};

/// A shipment whose departure nobody reports counts as departed this long after the day that its bill announced.
const DAYS_AFTER_DEPARTURE: u16 = 2;
/// The same for a bill that announces none: after the day of the bill.
const DAYS_AFTER_BILL: u16 = 14;

impl Consignment {
    /// The whole of it has left its origin, or some of it is delivered.
    fn has_departed(&self) -> bool {
        let left = self.stage(Stage::Departed).filter(|part| part.station == self.bill.lane.origin);
        let pieces: u64 = left.map(|part| u64::from(part.pieces)).sum();
        let all = self.bill.pieces > 0 && pieces >= u64::from(self.bill.pieces);
        all || self.stage(Stage::Departed).any(|part| part.whole) || self.stage(Stage::Delivered).next().is_some()
    }

    /// Declared and not departed; `today` is the day of the newest event.
    fn is_open(&self, today: Day) -> bool {
        let Some(stamp) = self.stamp else { return false };
        let left = match self.bill.departure {
            Some(departure) => today.since(Day::of(departure.time())) > DAYS_AFTER_DEPARTURE,
            None => today.since(stamp.day()) > DAYS_AFTER_BILL,
        };
        !left && !self.has_departed()
    }
}

impl Memory {
    /// Whether a shipment is open: a house departs with its master.
    pub fn is_open(&self, consignment: Key) -> bool {
        let Some(own) = self.consignments.get(consignment).filter(|own| own.is_open(self.today())) else { return false };
        !self.consignments.get(own.bill.master).is_some_and(Consignment::has_departed)
    }

    fn today(&self) -> Day {
        self.days.last().unwrap_or_default()
    }
}

impl FrozenMemory {
    /// Where the latest bills of open shipments stand, in these partitions before these offsets: ascending. Some of them may be of
    /// houses that left with their masters.
    pub fn open_bills(&self, before: &BTreeMap<Partition, i64>) -> BTreeMap<Partition, Vec<i64>> {
        let today = self.days.last().unwrap_or_default();
        let mut found: BTreeMap<Partition, Vec<i64>> = BTreeMap::new();
        for (_, entry) in self.consignments.iter() {
            let place = entry.bill.place;
            let (partition, offset) = ((place.topic, place.partition), place.offset);
            if before.get(&partition).is_some_and(|before| offset < *before) && entry.is_open(today) {
                found.entry(partition).or_default().push(offset);
            }
        }
        for offsets in found.values_mut() {
            offsets.sort_unstable();
            offsets.dedup();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::observation::{Bill, Declared, LogPlace, Minute, Moved, Observation, Part, Stamp};
    use super::super::{Horizons, Keys, key::Kind};
    use super::*;
    use crate::model::Timestamp;

    const DAY_MILLIS: i64 = 86_400_000;

    fn on(day: i64) -> Timestamp {
        Timestamp::from_millis((20_000 + day) * DAY_MILLIS)
    }

    fn key(number: u32) -> Key {
        Keys::new(&[7; 16]).key(Kind::Consignment, &[&number.to_le_bytes()])
    }

    /// The bill of shipment `number` stands at that offset of partition 3.
    fn bill(number: u32, day: i64, change: impl FnOnce(&mut Bill)) -> Observation {
        let place = LogPlace { topic: 0, partition: 3, offset: i64::from(number), index: 0 };
        let mut bill = Bill { pieces: 10, place, ..Bill::default() };
        bill.lane.origin = *b"BOG";
        change(&mut bill);
        Observation::Declared(Declared {
            consignment: key(number),
            stamp: Stamp { time: on(day), hash: 1 },
            bill,
            ..Declared::default()
        })
    }

    fn departed(number: u32, station: &[u8; 3], pieces: u32, whole: bool) -> Observation {
        let left = Part::new(Stage::Departed, Stamp { time: on(0), hash: 1 });
        let part = Part { whole, identity: pieces, station: *station, pieces, ..left };
        Observation::Moved(Moved { consignment: key(number), part })
    }

    fn open(observations: &[Observation]) -> Vec<i64> {
        let mut memory = Memory::new(Horizons::default());
        observations.iter().for_each(|observation| memory.fold(observation));
        let found = memory.freeze().open_bills(&[((0, 3), 100)].into()).remove(&(0, 3)).unwrap_or_default();
        for offset in 0..100 {
            let is_open = found.contains(&offset);
            let house = offset >= 50;
            assert!(house || memory.is_open(key(offset as u32)) == is_open, "both ways of asking agree about {offset}");
        }
        found
    }

    #[test]
    fn a_shipment_is_open_from_its_bill_until_the_whole_of_it_has_left() {
        let bills: Vec<Observation> = (1..=5).map(|number| bill(number, 0, |_| ())).collect();
        let moved = [departed(1, b"BOG", 10, true), departed(2, b"BOG", 4, false), departed(4, b"MIA", 10, false)];
        let rest = [departed(3, b"BOG", 4, false), departed(3, b"BOG", 6, false), departed(6, b"BOG", 6, false)];
        assert_eq!(open(&[&bills[..], &moved, &rest].concat()), [2, 4, 5]);
    }

    #[test]
    fn what_is_not_reported_departed_counts_as_departed_some_days_later() {
        let leaves = |day| move |bill: &mut Bill| bill.departure = Minute::of(on(day));
        let bills = [bill(1, 0, leaves(12)), bill(2, 0, leaves(11)), bill(3, 1, |_| ()), bill(4, 0, |_| ()), bill(5, 15, |_| ())];
        assert_eq!(open(&bills), [3, 5], "twelve is three days ago");
        assert_eq!(open(&bills[..4]), [1, 2, 3, 4]);
    }

    #[test]
    fn a_house_leaves_with_its_master() {
        let house = bill(50, 0, |house| house.master = key(1));
        let mut memory = Memory::new(Horizons::default());
        memory.fold(&bill(1, 0, |_| ()));
        memory.fold(&house);
        assert!(memory.is_open(key(50)));
        memory.fold(&departed(1, b"BOG", 10, true));
        assert!(!memory.is_open(key(50)));
    }

    #[test]
    fn only_bills_before_the_position_of_a_partition_are_found_and_each_record_once() {
        let same_record = |number| move |bill: &mut Bill| bill.place.offset = number;
        let bills = [bill(7, 0, |_| ()), bill(8, 0, same_record(7)), bill(9, 0, |_| ())];
        let mut memory = Memory::new(Horizons::default());
        bills.iter().for_each(|bill| memory.fold(bill));
        assert_eq!(memory.freeze().open_bills(&[((0, 3), 9)].into()), [((0, 3), vec![7])].into());
        assert_eq!(memory.freeze().open_bills(&[((0, 4), 9)].into()), BTreeMap::new());
    }
}

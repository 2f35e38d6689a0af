//! Folding: one observation into memory. Commutative and idempotent; see [`super`].

use super::Memory;
use super::consignment::{Consignment, Replaced};
use super::days::Day;
use super::entities::{Forget, Share, Sign};
use super::key::{Key, Kind};
use super::observation::{Assessed, Bill, Declared, Loaded, Observation, Part, PartySight, Stage};
use super::places::{AT_ONCE, BillPlaces, Places};
use super::table::{Place, Table};
use crate::model::BillKind;

impl Memory {
    /// Takes in what one message told. What is older than the horizon changes nothing.
    pub fn fold(&mut self, observation: &Observation) {
        self.fold_at(observation, &mut Places::of(observation));
    }

    /// Takes in a batch; what was looked up serves [`recall_at`](Self::recall_at). Much of the time is waiting for memory, so what a
    /// few observations are about is fetched before they are folded: reads that do not depend on each other wait together.
    pub fn fold_all(&mut self, observations: &[Observation]) -> Vec<Places> {
        let mut all: Vec<Places> = observations.iter().map(Places::of).collect();
        for (observations, places) in observations.chunks(AT_ONCE).zip(all.chunks_mut(AT_ONCE)) {
            self.fetch(places);
            observations.iter().zip(places).for_each(|(observation, places)| self.fold_at(observation, places));
        }
        all
    }

    fn fold_at(&mut self, observation: &Observation, places: &mut Places) {
        let day = Day::of(observation.time());
        self.advance(day);
        if day < self.first() {
            return;
        }
        self.days.insert(day);
        match observation {
            Observation::Declared(declared) => match places {
                Places::Bill(places) => self.declared(declared, day, places),
                Places::Consignment(_) => self.declared(declared, day, &mut BillPlaces::declared(declared)),
            },
            Observation::Loaded(loaded) => self.loaded(loaded),
            Observation::Moved(moved) => self.moved(places.consignment(), moved.part),
            Observation::Concluded(concluded) => {
                let (before, after) = self.change(places.consignment(), day, |entry| entry.conclude(concluded.conclusion));
                self.settle(before, after);
            }
            Observation::Assessed(assessed) => self.assessed(places.consignment(), assessed),
            Observation::Tallied(tallied) => self.tally(tallied),
        }
        self.sweep();
    }

    /// Moves the horizon: what was due on the days passed is taken out of the sums.
    fn advance(&mut self, day: Day) {
        if self.days.last().is_some_and(|newest| day <= newest) {
            return;
        }
        let before = self.first();
        self.days.insert(day);
        self.forget_tallies();
        let first = self.first();
        if first > before {
            let kept = self.due.split_off(&first);
            let due = std::mem::replace(&mut self.due, kept);
            due.into_values().flatten().for_each(|slot| self.forget(slot, first));
            self.forget_deadlines();
        }
    }

    fn forget(&mut self, slot: u32, first: Day) {
        let Some(entry) = self.consignments.at_mut(slot) else { return };
        let before = share(entry);
        let dropped = entry.forget_before(first);
        let (after, empty) = (share(entry), entry.is_empty());
        self.settle(before, after);
        dropped.iter().for_each(|part| self.unload(part));
        if empty {
            self.consignments.remove(slot);
        }
    }

    /// Changes a consignment's entry. What it adds to the sums before and after is yet to be settled.
    fn change(&mut self, place: &mut Place, day: Day, change: impl FnOnce(&mut Consignment)) -> (Option<Share>, Option<Share>) {
        let Some(slot) = self.consignments.slot_at(place) else { return (None, None) };
        let Some(entry) = self.consignments.at_mut(slot) else { return (None, None) };
        let before = share(entry);
        change(entry);
        let after = share(entry);
        self.due.entry(day).or_default().push(slot);
        self.note_deadlines(slot);
        (before, after)
    }

    fn assessed(&mut self, place: &mut Place, assessed: &Assessed) {
        let Some(slot) = self.consignments.slot_at(place) else { return };
        if let Some(entry) = self.consignments.at_mut(slot) {
            entry.more().course.take(assessed.clone());
        }
        self.note_deadlines(slot);
    }

    fn settle(&mut self, before: Option<Share>, after: Option<Share>) {
        if before == after {
            return;
        }
        before.iter().for_each(|share| self.add(share, -1));
        after.iter().for_each(|share| self.add(share, 1));
    }

    fn declared(&mut self, declared: &Declared, day: Day, places: &mut BillPlaces) {
        let (before, after) = self.change(&mut places.consignment, day, |entry| {
            entry.declare(declared.stamp, declared.bill);
        });
        // The first version, which most are: what sees it counts it too, in one go.
        let first = after.filter(|share| before.is_none() && share.bill == declared.bill);
        match &first {
            Some(share) => self.add_unseen(share, 1, (&mut places.band, &mut places.daily)),
            None => self.settle(before, after),
        }
        let first = first.as_ref();
        self.see(declared, day, places, first);
        let Bill { shipper, consignee, .. } = declared.bill;
        self.see_party(&mut places.shipper, consignee, &declared.shipper, day, first);
        self.see_party(&mut places.consignee, shipper, &declared.consignee, day, first);
        self.agents.change_at(&mut places.agent, |party| {
            party.days.insert(day);
            first.into_iter().for_each(|share| party.change(1, share));
        });
    }

    /// Adds a consignment's share to every sum, or takes it out.
    fn add(&mut self, share: &Share, sign: Sign) {
        let bill = &share.bill;
        let mut daily = Place::unknown(bill.daily_value(Day::of(share.time)));
        self.add_unseen(share, sign, (&mut Place::unknown(bill.band()), &mut daily));
        for party in [bill.shipper, bill.consignee] {
            self.parties.change(party, |party| party.change(sign, share));
        }
        self.agents.change(bill.agent, |party| party.change(sign, share));
        for trace in bill.traces() {
            self.traces.change(trace, |trace| trace.change(sign, share));
        }
    }

    /// The sums of what keeps no days.
    fn add_unseen(&mut self, share: &Share, sign: Sign, (band, daily): (&mut Place, &mut Place)) {
        let bill = &share.bill;
        self.record.change(sign, share);
        self.bands.change_at(band, |band| band.change(sign, share));
        self.traces.change_at(daily, |trace| trace.change(sign, share));
        if bill.kind == BillKind::House {
            self.consignments.change(bill.master, |master| master.more().houses.change(bill, sign));
        }
    }

    /// Notes when things were seen and what shares them, for every version of a bill; `first` is the share of a bill that is new.
    fn see(&mut self, declared: &Declared, day: Day, places: &mut BillPlaces, first: Option<&Share>) {
        for place in &mut places.traces {
            self.traces.change_at(place, |trace| {
                trace.days.insert(day);
                first.into_iter().for_each(|share| trace.change(1, share));
            });
        }
        let Declared { bill, shipper, consignee, house_number, .. } = declared;
        let mut link = |shared: Key, thing: Key| {
            if !thing.is_none() {
                self.links.change_at(&mut places.link(shared), |link| link.things.insert(thing.bits(), day));
            }
        };
        for (sight, party) in [(shipper, bill.shipper), (consignee, bill.consignee)] {
            sight.contacts.iter().chain([&sight.address]).for_each(|shared| link(*shared, party));
        }
        link(*house_number, bill.master);
        declared.seals.iter().for_each(|seal| link(*seal, declared.shipment()));
    }

    fn see_party(&mut self, place: &mut Place, partner: Key, sight: &PartySight, day: Day, first: Option<&Share>) {
        self.parties.change_at(place, |party| {
            party.days.insert(day);
            first.into_iter().for_each(|share| party.change(1, share));
            party.spellings.insert(sight.spelling, day);
            if !partner.is_none() {
                party.partners.insert(partner.bits(), day);
            }
            if !sight.address.is_none() {
                party.addresses.insert(sight.address.bits(), day);
            }
            sight.contacts.iter().for_each(|contact| party.contacts.insert(contact.bits(), day));
        });
    }

    fn moved(&mut self, place: &mut Place, part: Part) {
        let Some(slot) = self.consignments.slot_at(place) else { return };
        let Some(entry) = self.consignments.at_mut(slot) else { return };
        match entry.moved(part) {
            Replaced::Unchanged => return,
            Replaced::Nothing => {}
            Replaced::One(out) => self.unload(&out),
        }
        if !part.load.is_none() {
            self.loads.change(part.load, |load| load.change(1, part.weight_g));
            self.due.entry(part.stamp.day()).or_default().push(slot);
        }
        if part.stage == Stage::Received {
            self.note_deadlines(slot);
        }
    }

    fn unload(&mut self, part: &Part) {
        self.loads.change(part.load, |load| load.change(-1, part.weight_g));
    }

    fn loaded(&mut self, loaded: &Loaded) {
        self.loads.change(loaded.load, |load| {
            if (loaded.stamp, loaded.weight_g) > (load.stated_at, load.stated_g) {
                (load.stated_at, load.stated_g) = (loaded.stamp, loaded.weight_g);
            }
        });
    }

    /// Removes entries of which nothing is left, a few at a time, so that no message waits for it. Whether it has come by changes
    /// nothing that is recalled, and nothing in a digest or snapshot, which leave such entries out.
    fn sweep(&mut self) {
        let (first, at) = (self.first(), self.swept);
        self.swept = self.swept.wrapping_add(1);
        // In strides, because neighbours are read at the price of one.
        if !at.is_multiple_of(STRIDE) {
            return;
        }
        sweep(&mut self.parties, at, first);
        sweep(&mut self.agents, at, first);
        sweep(&mut self.bands, at, first);
        sweep(&mut self.traces, at, first);
        sweep(&mut self.links, at, first);
        sweep(&mut self.loads, at, first);
        for at in at..at + STRIDE {
            let slot = at.checked_rem(self.consignments.slots()).unwrap_or(0);
            if self.consignments.at(slot).is_some_and(|(_, entry)| !entry.is_live(first)) {
                self.forget(slot, first);
            }
        }
    }
}

/// Slots swept at once; a power of two, so that the counter may wrap.
const STRIDE: u32 = 16;

fn sweep<T: Forget + Clone + Default>(table: &mut Table<T>, at: u32, first: Day) {
    // Entered anew where the table ends within a stride.
    for at in at..at + STRIDE {
        let Some(slot) = at.checked_rem(table.slots()) else { return };
        if table.at(slot).is_some_and(|(_, entry)| entry.is_spent(first)) {
            table.remove(slot);
        }
    }
}

/// What a consignment adds to the sums.
pub(super) fn share(entry: &Consignment) -> Option<Share> {
    let stamp = entry.stamp?;
    Some(Share { bill: entry.bill, time: stamp.time, inspected: entry.inspected(), found: entry.found() })
}

impl Bill {
    /// What is usual for these goods, by six digits, from there. The value is in the currency, so that is part of it.
    pub fn band(&self) -> Key {
        commodity(self).with(Kind::Band, u64::from(self.subheading) << 24 | number(&self.currency) | 1 << 32)
    }

    /// Everything that this bill is a trace of.
    pub fn traces(&self) -> [Key; 14] {
        let (lane, consignee) = (self.lane.bits(), self.consignee.bits());
        let heading = u64::from(self.heading);
        let lane_key = lane_key(lane);
        [
            self.shipper.with(Kind::Pair, consignee),
            self.pair_commodity(),
            self.shipper.with(Kind::ShipperLane, lane),
            self.consignee.with(Kind::ConsigneeLane, lane),
            self.shipper.with(Kind::ShipperCommodity, heading),
            self.consignee.with(Kind::ShipperCommodity, heading),
            commodity(self),
            lane_key,
            lane_key.with(Kind::LaneCommodity, heading),
            lane_key.with(Kind::Route, u64::from(self.route)),
            lane_key.with(Kind::Route, if self.route == 0 { 0 } else { u64::MAX }),
            self.screener,
            self.entity,
            if self.exempt { self.entity.with(Kind::ExemptedBy, 1) } else { Key::NONE },
        ]
    }

    pub(super) fn pair_commodity(&self) -> Key {
        self.shipper.with(Kind::Pair, self.consignee.bits()).with(Kind::PairCommodity, u64::from(self.heading))
    }

    /// The same goods on the way back between the same parties.
    pub(super) fn return_trade(&self) -> Key {
        self.consignee.with(Kind::Pair, self.shipper.bits()).with(Kind::PairCommodity, u64::from(self.heading))
    }

    /// What one consignee is sent on one day, in one currency.
    pub(super) fn daily_value(&self, day: Day) -> Key {
        let valued = self.value_hundredths > 0;
        let of = number(&self.currency) << 16 | u64::from(day.0);
        self.consignee.with(Kind::DailyValue, if valued { of } else { 0 })
    }
}

/// All consignments on a lane that state a route.
pub(super) fn routed(lane: u64) -> Key {
    lane_key(lane).with(Kind::Route, u64::MAX)
}

pub(super) fn lane_key(lane: u64) -> Key {
    Key::of_public(Kind::Lane, lane)
}

/// Goods of one heading from one country.
pub(super) fn commodity(bill: &Bill) -> Key {
    let [a, b] = bill.origin_country;
    let country = u64::from(a) << 8 | u64::from(b);
    if country == 0 || bill.heading == 0 {
        return Key::NONE;
    }
    Key::of_public(Kind::OriginCommodity, country << 16 | u64::from(bill.heading))
}

fn number(code: &[u8; 3]) -> u64 {
    code.iter().fold(0, |number, letter| number << 8 | u64::from(*letter))
}

//! Recalling: what memory knows about one consignment. Reads only.

use super::consignment::{Consignment, Version};
use super::course::Course;
use super::days::{Day, DaySet};
use super::entities::{Band, Party, Record, Share, WEEK_SLOTS, week_slot};
use super::fold::share;
use super::histogram::{Histogram, Others, Surprise, bounds, tenths_of_bits};
use super::history::{BandHistory, History, Master, PartyHistory, TraceHistory, Unusual};
use super::key::Key;
use super::observation::{Bill, Declared};
use super::places::{BillPlaces, Places};
use super::table::Place;
use super::{Horizons, Memory};
use crate::model::Timestamp;

impl Memory {
    /// What is known about a bill that was folded already, as far as it was known on the day of this version of it.
    pub fn recall(&self, declared: &Declared) -> History {
        self.recall_bill(declared, &BillPlaces::declared(declared))
    }

    /// The same, where it was looked up already when it was folded: `places` begins with what was looked up for it, and goes on with
    /// that for what comes next, which is asked for.
    pub fn recall_at(&self, declared: &Declared, places: &[Places]) -> History {
        places.get(1).into_iter().for_each(|next| self.ask_for(next));
        match places.first() {
            Some(Places::Bill(places)) => self.recall_bill(declared, places),
            _ => self.recall(declared),
        }
    }

    fn recall_bill(&self, declared: &Declared, places: &BillPlaces) -> History {
        let own = self.consignments.get_at(places.consignment);
        let counted = own.and_then(share);
        let mut history = View::new(self, declared.bill, declared.stamp.time, counted).history(places);
        let Declared { shipper, consignee, house_number, .. } = declared;
        let Horizons { contact_days, document_days, .. } = self.horizons;
        let sharing = |key: Key, within_days| self.sharing(places.link(key), within_days);
        let contacts = shipper.contacts.iter().chain(&consignee.contacts);
        history.contact_parties = contacts.map(|contact| sharing(*contact, contact_days)).max().unwrap_or(0);
        history.shipper_address_parties = sharing(shipper.address, contact_days);
        history.consignee_address_parties = sharing(consignee.address, contact_days);
        history.house_number_masters = sharing(*house_number, document_days);
        let seals = declared.seals.iter().map(|seal| self.used_before(places.link(*seal), declared.stamp.day(), document_days));
        history.seal_shipments = seals.max().unwrap_or(0);
        history.master = self.master(places.master);
        history.departs = self.due(&declared.bill);
        own.into_iter().for_each(|own| self.recall_entry(own, &mut history));
        history.version = Some(Version::of(declared.stamp, &declared.bill));
        history.consignment = declared.consignment;
        history.tally = self.tallies.get(&declared.stamp.day()).cloned();
        history.superseded = own.and_then(|own| own.stamp).is_some_and(|latest| latest > declared.stamp);
        history
    }

    /// What is known about a consignment by itself, without a message: `None` when nothing is.
    pub fn recall_known(&self, consignment: Key) -> Option<History> {
        let own = self.live(consignment)?;
        let Some(share) = share(own) else { return Some(History { consignment, ..self.shipment(own) }) };
        let day = Day::of(share.time);
        let places = BillPlaces::of_bill(consignment, &share.bill, day);
        let habits = View::new(self, share.bill, share.time, Some(share)).history(&places);
        Some(History { consignment, ..self.shipment_with(own, habits) })
    }

    /// The same without how its parties, its lane and goods like it behave: a tenth of the work.
    pub fn recall_shipment(&self, consignment: Key) -> Option<History> {
        Some(self.shipment(self.live(consignment)?))
    }

    fn shipment(&self, own: &Consignment) -> History {
        let time = own.stamp.map(|stamp| stamp.time).or_else(|| own.last()).unwrap_or_default();
        self.shipment_with(own, History { memory_days: self.reaches_back(time), ..History::default() })
    }

    fn shipment_with(&self, own: &Consignment, habits: History) -> History {
        let bill = own.stamp.map(|stamp| (stamp, own.bill));
        let version = bill.map(|(stamp, bill)| Version::of(stamp, &bill));
        let mut history = History { master: self.master(Place::unknown(own.bill.master)), version, bill, ..habits };
        self.recall_entry(own, &mut history);
        history
    }

    fn recall_entry(&self, own: &Consignment, history: &mut History) {
        let first = self.first();
        history.way = self.way(&own.parts);
        history.collectors = own.bill.collectors;
        history.houses = own.houses();
        history.versions = own.versions().iter().filter(|version| version.stamp.day() >= first).copied().collect();
        history.conclusions = own.conclusions().iter().filter(|found| found.stamp.day() >= first).copied().collect();
        history.course = own.more.as_ref().map(|more| more.course.since(first)).unwrap_or_default();
    }

    fn master(&self, place: Place) -> Option<Master> {
        let master = self.consignments.get_at(place).filter(|master| master.is_live(self.first()))?;
        let Bill { pieces, slac, weight_g, .. } = master.bill;
        let (declared, houses, way) = (master.stamp.is_some(), master.houses(), self.way(&master.parts));
        Some(Master { declared, pieces, slac, weight_g, houses, way })
    }

    fn reaches_back(&self, time: Timestamp) -> u16 {
        let first = self.days.from(self.first()).first();
        first.map_or(0, |first| Day::of(time).since(first))
    }

    /// Whether all of this has been read back, but for what is older than the horizon.
    pub fn has_read_back(&self, consignment: Key, told: &Course) -> bool {
        let more = self.consignments.get(consignment).and_then(|entry| entry.more.as_ref());
        more.map_or(&Course::default(), |more| &more.course).covers(&told.since(self.first()))
    }

    /// How many different things share this key, within so many days of the newest event.
    fn sharing(&self, shared: Place, within_days: u16) -> u32 {
        self.links.get_at(shared).map_or(0, |link| link.things.count(self.within(within_days)))
    }

    /// How many different things shared this key within so many days, and no more since the day before `today`.
    fn used_before(&self, shared: Place, today: Day, within_days: u16) -> u32 {
        self.links.get_at(shared).map_or(0, |link| link.things.last_seen_within(self.within(within_days), today.minus(1)))
    }

    /// The first of so many days behind the newest event, as far as memory reaches.
    fn within(&self, days: u16) -> Day {
        self.days.last().unwrap_or_default().minus(days).max(self.first())
    }
}

/// Memory as one bill sees it: the bill itself taken out of every count.
struct View<'m> {
    memory: &'m Memory,
    bill: Bill,
    time: Timestamp,
    /// What the consignment has added to the sums: the share of its latest version, which may not be this one.
    counted: Option<Share>,
    /// Where it has added.
    counted_traces: [Key; 14],
}

impl<'m> View<'m> {
    fn new(memory: &'m Memory, bill: Bill, time: Timestamp, counted: Option<Share>) -> Self {
        let counted_traces = counted.map(|share| share.bill.traces()).unwrap_or_default();
        Self { memory, bill, time, counted, counted_traces }
    }

    fn history(&self, places: &BillPlaces) -> History {
        let [
            pair,
            _,
            shipper_lane,
            consignee_lane,
            shipper_commodity,
            consignee_commodity,
            origin_commodity,
            lane_alone,
            lane_commodity,
            route,
            _,
            screener,
            entity,
            _,
        ] = places.traces;
        History {
            memory_days: self.memory.reaches_back(self.time),
            overall: self.others(self.memory.record, self.counted.is_some()),
            shipper: self.party(places.shipper),
            consignee: self.party(places.consignee),
            agent: self.agent(places.agent),
            pair: self.trace(pair),
            return_trade: self.trace(places.return_trade),
            shipper_lane: self.trace(shipper_lane),
            consignee_lane: self.trace(consignee_lane),
            shipper_commodity: self.trace(shipper_commodity),
            consignee_commodity: self.trace(consignee_commodity),
            origin_commodity: self.trace(origin_commodity),
            lane: self.trace(lane_alone),
            lane_commodity: self.trace(lane_commodity),
            route: self.trace(route),
            routed: self.trace(places.routed),
            screener: self.trace(screener),
            entity: self.trace(entity),
            exempted: self.trace(places.exempted),
            daily: self.daily(places.daily),
            band: self.band(places.band),
            ..History::default()
        }
    }

    fn today(&self) -> Day {
        Day::of(self.time)
    }

    fn others(&self, record: Record, is_counted: bool) -> Record {
        let mut others = record;
        self.counted.iter().filter(|_| is_counted).for_each(|share| others.change(-1, share));
        others
    }

    fn seen(&self, days: DaySet, record: Record, value_hundredths: u64) -> TraceHistory {
        let today = self.today();
        let earlier = days.from(self.memory.first()).before(today);
        TraceHistory {
            shipments: record.shipments,
            inspected: record.inspected,
            found: record.found,
            value_hundredths,
            first_days_ago: earlier.first().map(|day| today.since(day)),
            last_days_ago: earlier.last().map(|day| today.since(day)),
        }
    }

    fn trace(&self, place: Place) -> TraceHistory {
        let Some(trace) = self.memory.traces.get_at(place) else { return TraceHistory::default() };
        let is_counted = self.counted_traces.contains(&place.key);
        self.seen(trace.days, self.others(trace.record, is_counted), trace.value_hundredths)
    }

    fn daily(&self, place: Place) -> TraceHistory {
        let key = place.key;
        let Some(trace) = self.memory.traces.get_at(place) else { return TraceHistory::default() };
        let own = self.counted.filter(|share| share.bill.daily_value(Day::of(share.time)) == key);
        let value = own.map_or(0, |share| share.bill.value_hundredths);
        self.seen(trace.days, self.others(trace.record, own.is_some()), trace.value_hundredths.wrapping_sub(value))
    }

    fn party(&self, place: Place) -> PartyHistory {
        let key = place.key;
        let counted = self.counted.filter(|share| share.bill.shipper == key || share.bill.consignee == key);
        self.habits(key, self.memory.parties.get_at(place), counted)
    }

    fn agent(&self, place: Place) -> PartyHistory {
        let key = place.key;
        self.habits(key, self.memory.agents.get_at(place), self.counted.filter(|share| share.bill.agent == key))
    }

    fn habits(&self, key: Key, party: Option<&Party>, counted: Option<Share>) -> PartyHistory {
        let named = !key.is_none();
        let Some(party) = party else { return PartyHistory { named, ..PartyHistory::default() } };
        let first = self.memory.first();
        let own = Share { bill: self.bill, time: self.time, inspected: false, found: false };
        let weights = party.weights.others(counted.and_then(|share| share.weight_bin()), own.weight_bin());
        let record = self.others(party.record, counted.is_some());
        let (week, same_week_slot) = self.week(party, record.shipments, counted);
        PartyHistory {
            named,
            record: self.seen(party.days, record, 0),
            active_days: party.days.from(first).before(self.today()).count(),
            spellings: party.spellings.count(first),
            partners: party.partners.count(first),
            addresses: party.addresses.count(first),
            contacts: party.contacts.count(first),
            weight: weights.surprise,
            usual_weight_g: weights.usual.map(octaves),
            week,
            same_week_slot,
        }
    }

    /// How surprising the time of the week is for a party: against an even week, so that only a pattern that is there is broken.
    fn week(&self, party: &Party, others: u32, counted: Option<Share>) -> (Surprise, u32) {
        let slot = week_slot(self.time);
        let is_counted = counted.is_some_and(|share| share.week_slot() == slot);
        let same = party.week.get(slot).copied().unwrap_or_default().wrapping_sub(u32::from(is_counted));
        let bits = tenths_of_bits(u64::from(others) + WEEK_SLOTS as u64, u64::from(same) + 1);
        let even = tenths_of_bits(WEEK_SLOTS as u64, 1);
        (Surprise { tenths: bits.saturating_sub(even), high: false }, same)
    }

    fn band(&self, place: Place) -> BandHistory {
        let unknown = Band::default();
        let band = self.memory.bands.get_at(place).unwrap_or(&unknown);
        let counted = self.counted.filter(|share| share.bill.band() == place.key);
        let own = Share { bill: self.bill, time: self.time, inspected: false, found: false };
        let record = self.others(band.record, counted.is_some());
        let Bill { weight_g, pieces, volume_cm3, value_hundredths, .. } = self.bill;
        let Band { values, pieces: weights, densities, .. } = band;
        let ratio = |over: u64, under: u64| over.checked_div(under).filter(|ratio| *ratio > 0);
        BandHistory {
            shipments: record.shipments,
            inspected: record.inspected,
            found: record.found,
            value: unusual(
                values,
                counted.and_then(|share| share.value_bin()),
                own.value_bin(),
                ratio(value_hundredths.saturating_mul(1_000), weight_g),
            ),
            piece: unusual(weights, counted.and_then(|share| share.piece_bin()), own.piece_bin(), ratio(weight_g, pieces.into())),
            density: unusual(
                densities,
                counted.and_then(|share| share.density_bin()),
                own.density_bin(),
                ratio(weight_g.saturating_mul(1_000), volume_cm3),
            ),
        }
    }
}

/// `counted` is the bin that the consignment itself has added to, `own` the one it is judged by.
fn unusual<const N: usize>(band: &Histogram<N>, counted: Option<u8>, own: Option<u8>, value: Option<u64>) -> Unusual {
    let Others { total, surprise, usual } = band.others(counted, own);
    Unusual { value: value.filter(|_| own.is_some()), others: total, surprise, usual: usual.map(bounds) }
}

/// Weights are kept by octave of decagrams: the bounds in grams.
fn octaves((low, high): (usize, usize)) -> (u64, u64) {
    let grams = |octave: usize| 10_u64.checked_shl(octave as u32).unwrap_or(u64::MAX);
    (grams(low), grams(high + 1))
}

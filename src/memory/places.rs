//! Places: where the entries lie that an observation is about, and how they are brought near before they are needed.

use super::Memory;
use super::days::Day;
use super::fold::routed;
use super::key::{Key, Kind};
use super::observation::{Bill, Declared, Observation};
use super::table::{Place, Table};

/// How many observations are fetched before they are folded: as much as a core keeps near itself.
pub(super) const AT_ONCE: usize = 32;
/// Most bills share fewer contacts and addresses; what is above is looked up when it is needed.
const LINKS: usize = 8;

/// Where the entries lie that an observation is about.
#[derive(Debug, Clone)]
pub enum Places {
    Bill(Box<BillPlaces>),
    /// Of what is about a consignment alone.
    Consignment(Place),
}

/// Where the entries lie that a bill is about.
#[derive(Debug, Clone, Default)]
pub struct BillPlaces {
    pub(super) consignment: Place,
    pub(super) master: Place,
    pub(super) shipper: Place,
    pub(super) consignee: Place,
    pub(super) agent: Place,
    pub(super) band: Place,
    pub(super) daily: Place,
    pub(super) traces: [Place; 14],
    /// What is recalled and not folded.
    pub(super) return_trade: Place,
    pub(super) routed: Place,
    pub(super) exempted: Place,
    links: [Place; LINKS],
}

impl Places {
    /// Not looked up yet.
    pub(super) fn of(observation: &Observation) -> Self {
        match observation {
            Observation::Declared(declared) => Self::Bill(Box::new(BillPlaces::declared(declared))),
            other => Self::Consignment(Place::unknown(other.consignment())),
        }
    }

    pub(super) fn consignment(&mut self) -> &mut Place {
        match self {
            Self::Bill(bill) => &mut bill.consignment,
            Self::Consignment(place) => place,
        }
    }
}

impl BillPlaces {
    pub(super) fn declared(declared: &Declared) -> Self {
        let mut places = Self::of_bill(declared.consignment, &declared.bill, declared.stamp.day());
        places.links.iter_mut().zip(declared.shared()).for_each(|(place, key)| *place = Place::unknown(key));
        places
    }

    pub(super) fn of_bill(consignment: Key, bill: &Bill, day: Day) -> Self {
        Self {
            consignment: Place::unknown(consignment),
            master: Place::unknown(bill.master),
            shipper: Place::unknown(bill.shipper),
            consignee: Place::unknown(bill.consignee),
            agent: Place::unknown(bill.agent),
            band: Place::unknown(bill.band()),
            daily: Place::unknown(bill.daily_value(day)),
            traces: bill.traces().map(Place::unknown),
            return_trade: Place::unknown(bill.return_trade()),
            routed: Place::unknown(routed(bill.lane.bits())),
            exempted: Place::unknown(bill.entity.with(Kind::ExemptedBy, 1)),
            links: Default::default(),
        }
    }

    pub(super) fn link(&self, key: Key) -> Place {
        self.links.iter().find(|place| place.key == key).copied().unwrap_or(Place::unknown(key))
    }
}

impl Memory {
    /// Brings near what some observations are about: the index first, then the entries, in passes in which nothing waits.
    pub(super) fn fetch(&self, all: &mut [Places]) {
        all.iter_mut().for_each(|places| self.each(places, AskingForIndex));
        all.iter_mut().for_each(|places| self.each(places, Locating));
    }

    /// Asks for what was looked up before.
    pub(super) fn ask_for(&self, places: &Places) {
        match places {
            Places::Bill(bill) => self.each_of_bill(&mut bill.as_ref().clone(), Asking),
            Places::Consignment(place) => self.consignments.ask_for(*place),
        }
    }

    fn each(&self, places: &mut Places, step: impl Step) {
        match places {
            Places::Bill(bill) => self.each_of_bill(bill, step),
            Places::Consignment(place) => step.of(&self.consignments, place),
        }
    }

    fn each_of_bill(&self, places: &mut BillPlaces, step: impl Step) {
        let BillPlaces { consignment, master, shipper, consignee, agent, band, daily, traces, .. } = places;
        [consignment, master].into_iter().for_each(|place| step.of(&self.consignments, place));
        [shipper, consignee].into_iter().for_each(|place| step.of(&self.parties, place));
        step.of(&self.agents, agent);
        step.of(&self.bands, band);
        let more = [daily, &mut places.return_trade, &mut places.routed, &mut places.exempted];
        traces.iter_mut().chain(more).for_each(|place| step.of(&self.traces, place));
        places.links.iter_mut().for_each(|place| step.of(&self.links, place));
    }
}

/// One of the passes.
trait Step: Copy {
    fn of<T: Clone + Default>(self, table: &Table<T>, place: &mut Place);
}

#[derive(Clone, Copy)]
struct AskingForIndex;

impl Step for AskingForIndex {
    fn of<T: Clone + Default>(self, table: &Table<T>, place: &mut Place) {
        table.ask_for_index(place.key);
    }
}

#[derive(Clone, Copy)]
struct Locating;

impl Step for Locating {
    fn of<T: Clone + Default>(self, table: &Table<T>, place: &mut Place) {
        *place = table.locate(place.key);
        table.ask_for(*place);
    }
}

#[derive(Clone, Copy)]
struct Asking;

impl Step for Asking {
    fn of<T: Clone + Default>(self, table: &Table<T>, place: &mut Place) {
        table.ask_for(*place);
    }
}

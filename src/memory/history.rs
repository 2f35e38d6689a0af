//! What memory recalls about one consignment: flat, owned and without names, so that it can travel to the thread that screens.

use std::sync::Arc;

use super::consignment::{Houses, Version};
use super::course::Course;
use super::departure::Due;
use super::entities::Record;
use super::histogram::Surprise;
use super::key::{Key, Mark};
use super::observation::{Bill, Conclusion, Stage, Stamp, Station};
use super::tally::DayTally;
use crate::model::Timestamp;

/// Everything remembered that a consignment is judged by. The consignment itself is left out of all counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// Days of experience before this event: nothing is unusual to a memory of three days.
    pub memory_days: u16,
    /// All other consignments: what inspections find on the whole.
    pub overall: Record,
    pub shipper: PartyHistory,
    pub consignee: PartyHistory,
    pub agent: PartyHistory,
    /// This shipper to this consignee.
    pub pair: TraceHistory,
    /// These goods on the way back.
    pub return_trade: TraceHistory,
    pub shipper_lane: TraceHistory,
    pub consignee_lane: TraceHistory,
    pub shipper_commodity: TraceHistory,
    pub consignee_commodity: TraceHistory,
    /// Goods of this heading from this country.
    pub origin_commodity: TraceHistory,
    pub lane: TraceHistory,
    pub lane_commodity: TraceHistory,
    /// This routing on this lane, and all consignments on it that state one.
    pub route: TraceHistory,
    pub routed: TraceHistory,
    pub screener: TraceHistory,
    pub entity: TraceHistory,
    /// By this regulated entity under an exemption.
    pub exempted: TraceHistory,
    /// To this consignee on this day in this currency, with their values.
    pub daily: TraceHistory,
    pub band: BandHistory,
    /// Parties that share the most shared contact of the shipper or consignee.
    pub contact_parties: u32,
    pub shipper_address_parties: u32,
    pub consignee_address_parties: u32,
    /// Masters under which this house number was used.
    pub house_number_masters: u32,
    /// Other shipments that bore one of its seals, the last of them the day before yesterday or earlier.
    pub seal_shipments: u32,
    /// Names of those who may collect the goods, by the bill.
    pub collectors: [Mark; 3],
    pub way: Way,
    /// Of a master: its houses together.
    pub houses: Houses,
    /// Of a house: its master.
    pub master: Option<Master>,
    /// By its bill, or its master's.
    pub departs: Option<Due>,
    /// The version screened, or the latest where no message is: `None` when no bill is known, only movements or outcomes.
    pub version: Option<Version>,
    /// Earlier versions of the bill, latest first.
    pub versions: Vec<Version>,
    /// The latest version known is not the one screened.
    pub superseded: bool,
    pub conclusions: Vec<Conclusion>,
    /// What was published about it.
    pub course: Course,
    /// What was told of others on the day of this event, and the key that this consignment is counted under.
    pub tally: Option<Arc<DayTally>>,
    pub consignment: Key,
    /// The latest version, where no message is screened but what memory knows.
    pub bill: Option<(Stamp, Bill)>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct PartyHistory {
    /// The message names this party.
    pub named: bool,
    pub record: TraceHistory,
    /// Days on which it was seen before this one.
    pub active_days: u32,
    pub spellings: u32,
    pub partners: u32,
    pub addresses: u32,
    pub contacts: u32,
    pub weight: Surprise,
    /// Of the middle eight tenths of its consignments, grams.
    pub usual_weight_g: Option<(u64, u64)>,
    /// Of the time of the week, and how many of its consignments came at that time.
    pub week: Surprise,
    pub same_week_slot: u32,
}

/// How often and when something was seen, the consignment itself not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TraceHistory {
    pub shipments: u32,
    pub inspected: u32,
    pub found: u32,
    pub value_hundredths: u64,
    /// Days since it was first seen, before today; `None` when today is the first.
    pub first_days_ago: Option<u16>,
    pub last_days_ago: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BandHistory {
    /// Consignments of this commodity from this origin.
    pub shipments: u32,
    pub inspected: u32,
    pub found: u32,
    pub value: Unusual,
    pub piece: Unusual,
    pub density: Unusual,
}

/// A value against its band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unusual {
    /// Of the consignment; `None` when it does not state what is needed.
    pub value: Option<u64>,
    /// How many others the band holds.
    pub others: u32,
    pub surprise: Surprise,
    /// Middle eight tenths of the others.
    pub usual: Option<(u64, u64)>,
}

/// The way of a shipment as far as it is known, by stage.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Way {
    stages: [Option<Step>; Stage::ALL.len()],
    /// Discrepancies reported, in order of time.
    pub discrepancies: Vec<Discrepancy>,
    /// Unit load devices that it is manifested in, with their weights.
    pub loads: Vec<LoadHistory>,
    /// It left as a whole from one station, and again from there on another flight.
    pub doubled: Option<Doubled>,
    /// Space was booked then, on the day of the flight, and never before that day.
    pub booked_late: Option<Timestamp>,
    /// Received in another unit load device than the manifests of the same flight name.
    pub moved_over: Option<Sighting>,
    /// What was stated of the whole shipment's seals, in order of time.
    pub seals: Vec<(Sighting, Mark)>,
    /// To whom it was delivered.
    pub recipients: Vec<(Sighting, Mark)>,
}

/// Where and when something was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    pub time: Timestamp,
    pub stage: Stage,
    pub station: Station,
}

/// One stage: parts added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Step {
    pub pieces: u64,
    pub weight_g: u64,
    pub first: Timestamp,
    pub last: Timestamp,
    /// Of the latest part.
    pub station: Station,
    /// The pieces are those of the whole shipment.
    pub whole: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discrepancy {
    pub code: [u8; 4],
    pub time: Timestamp,
    pub station: Station,
    pub pieces: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubled {
    pub station: Station,
    pub flights: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadHistory {
    pub lines: u32,
    pub lines_g: u64,
    /// 0 when the manifest states none.
    pub stated_g: u64,
}

/// The master of a house bill.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Master {
    /// The master itself was declared.
    pub declared: bool,
    pub pieces: u32,
    pub slac: u32,
    pub weight_g: u64,
    pub houses: Houses,
    pub way: Way,
}

impl Way {
    pub fn step(&self, stage: Stage) -> Option<&Step> {
        self.stages.get(stage as usize)?.as_ref()
    }

    pub(crate) fn set(&mut self, stage: Stage, step: Step) {
        if let Some(slot) = self.stages.get_mut(stage as usize) {
            *slot = Some(step);
        }
    }
}

impl TraceHistory {
    /// Never seen before today.
    pub fn is_new(&self) -> bool {
        self.first_days_ago.is_none()
    }

    /// Share of inspections that found something, smoothed as if two more had found a tenth of one: one find in one inspection
    /// is not certainty, none in none is not innocence.
    pub fn find_rate(&self) -> f64 {
        (f64::from(self.found) + 0.1) / (f64::from(self.inspected) + 2.0)
    }
}

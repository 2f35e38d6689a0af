//! Entries as formats 2 and 3 wrote them: without marks of names and seals, and without the lead of bookings.
//!
//! The shape of an old format never changes, so these are copies of what the types were then, in the order of their fields.

use serde::Deserialize;

use super::super::consignment::{Consignment, Houses, More, Version};
use super::super::course::Course;
use super::super::key::Key;
use super::super::observation::{Assessed, Bill, Conclusion, Lane, LogPlace, Minute, Part, Stage, Stamp, Station};
use crate::model::{Awb, BillKind};

#[derive(Clone, Deserialize)]
pub struct OldConsignment {
    stamp: Option<Stamp>,
    bill: OldBill,
    parts: Vec<OldPart>,
    more: Option<OldMore>,
}

#[derive(Clone, Deserialize)]
struct OldBill {
    awb: Option<Awb>,
    shipper: Key,
    consignee: Key,
    agent: Key,
    screener: Key,
    entity: Key,
    master: Key,
    lane: Lane,
    origin_country: [u8; 2],
    currency: [u8; 3],
    heading: u16,
    subheading: u8,
    route: u32,
    pieces: u32,
    slac: u32,
    weight_g: u64,
    volume_cm3: u64,
    value_hundredths: u64,
    departure: Option<Minute>,
    kind: BillKind,
    exempt: bool,
    place: LogPlace,
}

#[derive(Clone, Deserialize)]
struct OldPart {
    stage: Stage,
    whole: bool,
    identity: u32,
    stamp: Stamp,
    station: Station,
    flight: u32,
    pieces: u32,
    weight_g: u64,
    load: Key,
    discrepancy: [u8; 4],
}

#[derive(Clone, Deserialize)]
struct OldMore {
    versions: Vec<OldVersion>,
    conclusions: Vec<Conclusion>,
    assessed: Option<Assessed>,
    answered: Option<Assessed>,
    houses: Houses,
}

#[derive(Clone, Deserialize)]
struct OldVersion {
    stamp: Stamp,
    consignee: u32,
    destination: Station,
    pieces: u32,
    weight_g: u64,
}

impl From<OldConsignment> for Consignment {
    fn from(old: OldConsignment) -> Self {
        Self {
            stamp: old.stamp,
            bill: old.bill.into(),
            parts: old.parts.into_iter().map(Part::from).collect(),
            more: old.more.map(|more| Box::new(more.into())),
        }
    }
}

impl From<OldBill> for Bill {
    fn from(old: OldBill) -> Self {
        Self {
            awb: old.awb,
            shipper: old.shipper,
            consignee: old.consignee,
            agent: old.agent,
            screener: old.screener,
            entity: old.entity,
            master: old.master,
            lane: old.lane,
            origin_country: old.origin_country,
            currency: old.currency,
            heading: old.heading,
            subheading: old.subheading,
            route: old.route,
            pieces: old.pieces,
            slac: old.slac,
            weight_g: old.weight_g,
            volume_cm3: old.volume_cm3,
            value_hundredths: old.value_hundredths,
            departure: old.departure,
            kind: old.kind,
            exempt: old.exempt,
            place: old.place,
            ..Self::default()
        }
    }
}

impl From<OldPart> for Part {
    fn from(old: OldPart) -> Self {
        Self {
            whole: old.whole,
            identity: old.identity,
            station: old.station,
            flight: old.flight,
            pieces: old.pieces,
            weight_g: old.weight_g,
            load: old.load,
            discrepancy: old.discrepancy,
            ..Self::new(old.stage, old.stamp)
        }
    }
}

impl From<OldMore> for More {
    fn from(old: OldMore) -> Self {
        Self {
            versions: old.versions.into_iter().map(Version::from).collect(),
            conclusions: old.conclusions,
            course: Course { assessed: old.assessed, answered: old.answered },
            houses: old.houses,
        }
    }
}

impl From<OldVersion> for Version {
    fn from(old: OldVersion) -> Self {
        let OldVersion { stamp, consignee, destination, pieces, weight_g } = old;
        Self { stamp, consignee, destination, pieces, weight_g, ..Self::default() }
    }
}

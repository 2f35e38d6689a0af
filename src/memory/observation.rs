//! Observations: what one message tells memory, as keys and integers. Made in parallel by `Observer`; folding them
//! needs neither the message nor its text.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::days::Day;
use super::key::{Key, Mark};
use super::tally::Tallied;
use crate::model::{Awb, BillKind, Decision, Timestamp};

#[derive(Debug, Clone, PartialEq)]
pub enum Observation {
    /// A waybill or house bill, or an amendment of it.
    Declared(Declared),
    /// A quantity of a shipment at one stage of its way: booked, accepted, manifested, departed …
    Moved(Moved),
    /// What a manifest states about a unit load device as a whole.
    Loaded(Loaded),
    /// What a person found.
    Concluded(Concluded),
    /// What loadgate itself published about a consignment, read back.
    Assessed(Assessed),
    /// The same, as caps and alert budgets count it.
    Tallied(Tallied),
}

impl Observation {
    /// Event time: nothing older than the horizon is folded.
    pub fn time(&self) -> Timestamp {
        match self {
            Observation::Declared(declared) => declared.stamp.time,
            Observation::Moved(moved) => moved.part.stamp.time,
            Observation::Loaded(loaded) => loaded.stamp.time,
            Observation::Concluded(concluded) => concluded.conclusion.stamp.time,
            Observation::Assessed(assessed) => assessed.stamp.time,
            Observation::Tallied(tallied) => tallied.time,
        }
    }

    /// The consignments that moved, each once however many parts follow each other, with its place among all that moved.
    pub fn moved(observations: &[Observation]) -> impl Iterator<Item = (usize, Key)> {
        let moved = observations.iter().filter(|observation| matches!(observation, Observation::Moved(_)));
        let mut last = Key::NONE;
        let new = move |(_, key): &(usize, Key)| std::mem::replace(&mut last, *key) != *key;
        moved.map(Observation::consignment).enumerate().filter(new)
    }

    pub fn consignment(&self) -> Key {
        match self {
            Observation::Declared(declared) => declared.consignment,
            Observation::Moved(moved) => moved.consignment,
            Observation::Loaded(_) => Key::NONE,
            Observation::Concluded(concluded) => concluded.consignment,
            Observation::Assessed(assessed) => assessed.consignment,
            Observation::Tallied(tallied) => tallied.consignment,
        }
    }
}

/// Orders the versions of one thing: by event time, then by a hash of the content, so that every replica keeps the same one.
/// Packed, as entries are counted in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[repr(Rust, packed(4))]
pub struct Stamp {
    pub time: Timestamp,
    pub hash: u32,
}

impl Stamp {
    /// The time as a value: a field of a packed struct cannot be borrowed, as comparing it would.
    pub fn at(self) -> Timestamp {
        self.time
    }

    pub fn day(self) -> Day {
        Day::of(self.time)
    }
}

/// Whole minutes since 1970: a time that may be missing in four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Minute(NonZeroU32);

impl Minute {
    /// `None` outside 1970 to 10136.
    pub fn of(time: Timestamp) -> Option<Self> {
        NonZeroU32::new(u32::try_from(time.millis().div_euclid(60_000)).ok()?).map(Self)
    }

    pub fn number(self) -> u32 {
        self.0.get()
    }

    pub fn time(self) -> Timestamp {
        Timestamp::from_millis(i64::from(self.0.get()) * 60_000)
    }
}

/// Three letters of an airport, zero when unknown.
pub type Station = [u8; 3];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Lane {
    pub origin: Station,
    pub destination: Station,
}

impl Lane {
    /// As a number for compound keys; 0 unless both ends are known.
    pub fn bits(self) -> u64 {
        let [a, b, c] = self.origin;
        let [d, e, f] = self.destination;
        if a == 0 || d == 0 { 0 } else { u64::from_le_bytes([a, b, c, d, e, f, 0, 0]) }
    }
}

/// Where a waybill's record stands in the log, for reading it again. Packed, as entries are counted in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[repr(Rust, packed(4))]
pub struct LogPlace {
    /// Index among the inputs.
    pub topic: u16,
    pub partition: i32,
    pub offset: i64,
    /// Which consignment of the record.
    pub index: u32,
}

/// What memory keeps of the latest version of a bill: everything that it adds to a sum, so that it can be taken out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bill {
    /// The waybill's number; a house bill's is its master's.
    pub awb: Option<Awb>,
    pub shipper: Key,
    pub consignee: Key,
    pub agent: Key,
    /// The first person named as screener.
    pub screener: Key,
    /// The regulated agent or carrier that issued the security status.
    pub entity: Key,
    /// The master of a house bill.
    pub master: Key,
    pub lane: Lane,
    /// Country that the goods come from: as stated, else that of the origin; two letters.
    pub origin_country: [u8; 2],
    pub currency: [u8; 3],
    /// First Harmonized System heading (4 digits); 0 when none is stated.
    pub heading: u16,
    /// The two digits after the heading; 0 when none are stated.
    pub subheading: u8,
    /// Stations and carriers of the routing, hashed; 0 when none is stated.
    pub route: u32,
    pub pieces: u32,
    pub slac: u32,
    pub weight_g: u64,
    pub volume_cm3: u64,
    /// Declared customs value in hundredths of `currency`; 0 when none is declared.
    pub value_hundredths: u64,
    /// Departure of the first flight, or noon of its day; `None` when unknown.
    pub departure: Option<Minute>,
    pub kind: BillKind,
    /// The security status rests on an exemption.
    pub exempt: bool,
    /// Names of those who may collect the goods: consignee, the first to be notified, agent.
    pub collectors: [Mark; 3],
    /// All seals together.
    pub seals: Mark,
    pub place: LogPlace,
}

/// One version of a bill.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Declared {
    pub consignment: Key,
    pub stamp: Stamp,
    pub bill: Bill,
    pub shipper: PartySight,
    pub consignee: PartySight,
    /// A house bill's own number, whatever its master.
    pub house_number: Key,
    /// Numbers of the seals on it.
    pub seals: Vec<Key>,
}

impl Declared {
    /// What it may share with others: contacts, addresses, the house number, seals.
    pub(super) fn shared(&self) -> impl Iterator<Item = Key> {
        let sights = [&self.shipper, &self.consignee].into_iter();
        let sights = sights.flat_map(|sight| sight.contacts.iter().copied().chain([sight.address]));
        sights.chain([self.house_number]).chain(self.seals.iter().copied())
    }

    /// The shipment that it belongs to: its master, else itself.
    pub(super) fn shipment(&self) -> Key {
        self.bill.master.some().unwrap_or(self.consignment)
    }
}

/// How a party was written this time: what only sets remember.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PartySight {
    /// Hash of the name as written.
    pub spelling: u64,
    pub address: Key,
    /// Phones, e-mail addresses, accounts, network addresses.
    pub contacts: Vec<Key>,
}

/// Where a shipment is on its way, in the order of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// FFR, FFA, FBL, BKD.
    Booked,
    /// FOH: at the terminal, not yet ready for carriage.
    OnHand,
    /// RCS.
    Accepted,
    /// FFM, MAN, PRE.
    Manifested,
    /// DEP.
    Departed,
    /// ARR, RCF, AWR.
    Received,
    /// NFD, AWD.
    Notified,
    /// TGC, CRC, CCD: in or out of customs control.
    Customs,
    /// DLV, DDL.
    Delivered,
    /// DIS; the part says which.
    Discrepancy,
}

impl Stage {
    pub const ALL: [Stage; 10] = [
        Stage::Booked,
        Stage::OnHand,
        Stage::Accepted,
        Stage::Manifested,
        Stage::Departed,
        Stage::Received,
        Stage::Notified,
        Stage::Customs,
        Stage::Delivered,
        Stage::Discrepancy,
    ];

    /// The stage of a status code (code list 1.18).
    pub fn of(status: &str) -> Option<Self> {
        Some(match status {
            "BKD" => Stage::Booked,
            "FOH" => Stage::OnHand,
            "RCS" => Stage::Accepted,
            "PRE" | "MAN" => Stage::Manifested,
            "DEP" => Stage::Departed,
            "ARR" | "RCF" | "AWR" => Stage::Received,
            "NFD" | "AWD" => Stage::Notified,
            "TGC" | "CRC" | "CCD" => Stage::Customs,
            "DLV" | "DDL" => Stage::Delivered,
            "DIS" => Stage::Discrepancy,
            _ => return None,
        })
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Booked => "booked",
            Stage::OnHand => "on hand",
            Stage::Accepted => "accepted",
            Stage::Manifested => "manifested",
            Stage::Departed => "departed",
            Stage::Received => "received",
            Stage::Notified => "notified",
            Stage::Customs => "customs",
            Stage::Delivered => "delivered",
            Stage::Discrepancy => "discrepancy",
        }
    }
}

/// How long before its flight space was booked, as far as the message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum Lead {
    /// The flight's day is not stated, or the message repeats bookings (FBL, FSA).
    #[default]
    Unknown,
    /// On a day before that of the flight.
    Ahead,
    /// On the day of the flight.
    SameDay,
}

/// A quantity of a shipment at one stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub stage: Stage,
    /// The whole shipment, as far as the message knows (shipment code T).
    pub whole: bool,
    /// What tells this part from others of the stage: flight, station, unit load device; a partial quantity also by its time.
    pub identity: u32,
    pub stamp: Stamp,
    pub station: Station,
    /// Hash of the flight and its day; 0 without one.
    pub flight: u32,
    pub pieces: u32,
    /// 0 when not stated.
    pub weight_g: u64,
    /// The unit load device on its flight, of a manifest line.
    pub load: Key,
    /// DIS: FDCA, MSCA, OFLD …; zero otherwise.
    pub discrepancy: [u8; 4],
    /// Of a booking; a part is told by it as well, as what was booked ahead is not booked late when it is told again.
    pub lead: Lead,
    /// The unit load device that it is in.
    pub device: Mark,
    /// Carrier and number of the flight without its day, hashed: arrivals may state the day after. 0 without one.
    pub flight_number: u16,
    /// All seals together.
    pub seals: Mark,
    /// Delivered: the name of who took the goods.
    pub recipient: Mark,
}

impl Part {
    /// Nothing but this is stated.
    pub fn new(stage: Stage, stamp: Stamp) -> Self {
        Self {
            stage,
            whole: false,
            identity: 0,
            stamp,
            station: Station::default(),
            flight: 0,
            pieces: 0,
            weight_g: 0,
            load: Key::NONE,
            discrepancy: [0; 4],
            lead: Lead::Unknown,
            device: Mark::NONE,
            flight_number: 0,
            seals: Mark::NONE,
            recipient: Mark::NONE,
        }
    }

    /// The other tells the same part later: a booking, with another lead.
    pub(super) fn is_told_again_by(&self, other: &Part) -> bool {
        let same = (self.stage, self.identity) == (other.stage, other.identity);
        same && self.lead != other.lead && (self.stamp, self.lead) < (other.stamp, other.lead)
    }

    /// What tells it from all other parts of a shipment, and orders them.
    pub(super) fn place(&self) -> (Stage, u32, Lead) {
        (self.stage, self.identity, self.lead)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moved {
    pub consignment: Key,
    pub part: Part,
}

/// A unit load device as a manifest states it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loaded {
    pub load: Key,
    pub stamp: Stamp,
    pub weight_g: u64,
}

/// What a person found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concluded {
    pub consignment: Key,
    pub conclusion: Conclusion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Conclusion {
    pub stamp: Stamp,
    /// Somebody looked at the goods, not only at papers.
    pub inspected: bool,
    /// Something was found.
    pub found: bool,
}

/// What loadgate published about a consignment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Assessed {
    pub consignment: Key,
    pub awb: Option<Awb>,
    /// Of a house bill: its number, which memory keeps nowhere else.
    pub hawb: Option<Box<str>>,
    /// When the message came that was assessed.
    pub stamp: Stamp,
    /// Where it stood: of two of one time, the later in the log is the latest.
    pub place: LogPlace,
    /// The severest order.
    pub decision: Decision,
    /// Points by domain.
    pub scores: [u32; 2],
    /// Hashes of the ids of the evidence that counts, ascending.
    pub evidence: Vec<u32>,
    /// Hashes of the ids of evidence that a person has answered, ascending; set on the assessment of an outcome.
    pub answered: Vec<u32>,
}

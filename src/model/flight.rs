//! Flights and what is on them: manifests (FFM), booked lists (FBL), bookings (FFR, FFA).

use serde::{Deserialize, Serialize};

use super::{Airport, Awb, Carrier, Code, CustomsNote, Dimensions, Handling, Quantity, Remark, Text, Timestamp, Uld};

/// A flight on a date, as far as a message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FlightRef {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<Carrier>,
    /// Digits with an optional suffix letter, as written: `0012`, `7771B`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<Code<5>>,
    /// Day of the flight at 00:00 UTC; year and month inferred from the record's time where the message has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Airport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Airport>,
    /// Scheduled or actual departure; the field assumes UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departure: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrival: Option<Timestamp>,
}

/// One waybill's line on a flight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadLine<'a> {
    pub awb: Awb,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Airport>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Airport>,
    #[serde(default)]
    pub quantity: Quantity,
    #[serde(borrow, default)]
    pub description: Text<'a>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handling: Vec<Handling>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<Dimensions>,
    /// Onward or inbound flights of this line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<FlightRef>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub customs_notes: Vec<CustomsNote<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark<'a>>,
}

/// A unit load device with its lines; `uld` is `None` for bulk.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UldLoad<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uld: Option<Uld>,
    /// Loading indicator L, M, N, R or U.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loading: Option<Code<1>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_g: Option<u64>,
    #[serde(borrow)]
    pub lines: Vec<LoadLine<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark<'a>>,
}

/// What is unloaded at one airport.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UnloadPoint<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub airport: Option<Airport>,
    /// The message says NIL: nothing for this airport.
    pub nil: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrival: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departure: Option<Timestamp>,
    #[serde(borrow)]
    pub loads: Vec<UldLoad<'a>>,
}

/// A manifest or a booked list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FlightList<'a> {
    pub flight: FlightRef,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aircraft: Option<Code<10>>,
    /// Sequence of this message in a continued manifest, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<u16>,
    /// The message ends the list (`LAST`); false when more follow (`CONT`).
    pub last: bool,
    #[serde(borrow)]
    pub points: Vec<UnloadPoint<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark<'a>>,
}

impl<'a> FlightList<'a> {
    /// All waybill lines with the ULD each is in.
    pub fn lines(&self) -> impl Iterator<Item = (Option<Uld>, &LoadLine<'a>)> {
        let loads = self.points.iter().flat_map(|point| &point.loads);
        loads.flat_map(|load| load.lines.iter().map(move |line| (load.uld, line)))
    }
}

/// A space booking of one waybill (FFR request, FFA answer).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Booking<'a> {
    #[serde(borrow)]
    pub line: LoadLine<'a>,
    pub flights: Vec<FlightBooking>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FlightBooking {
    pub flight: FlightRef,
    /// Space allocation code: KK confirmed, NN need, LL waitlisted, UU unable …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocation: Option<Code<2>>,
}

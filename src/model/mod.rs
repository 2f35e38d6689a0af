//! The canonical form: what a cargo message says, whatever format it came in.
//!
//! Every decoder produces these types and nothing behind `decode` knows a wire format. Values borrow from the payload
//! ([`Text`], [`Code`] is inline), units stand in names (`weight_g`, `volume_cm3`), amounts are integers so that memory can
//! add and subtract them exactly. A field that a message does not carry is `None` or empty; what a decoder did not
//! understand is kept in `remarks`, so no line is ever silently lost.
//!
//! The same types, through serde, are the JSON form; `schemas/message.avsc` is the Avro form, field by field.

mod code;
mod consignment;
mod decision;
mod flight;
mod ids;
mod outcome;
mod party;
mod security;
mod status;
mod text;
mod time;

pub use code::{Airport, Carrier, Code, Country, Currency, Handling};
pub use consignment::{BillKind, Charges, Consignment, Dimensions, GoodsLine, Houses, Money, Quantity, Remark, ShipmentCode};
pub use decision::Decision;
pub use flight::{Booking, FlightBooking, FlightList, FlightRef, LoadLine, UldLoad, UnloadPoint};
pub use ids::{Awb, ConsignmentId, Uld};
pub use outcome::{Outcome, OutcomeKind};
pub use party::{Contact, ContactKind, Party, Role};
pub use security::{Account, CustomsNote, RegulatedEntity, SecurityDeclaration};
pub use status::{StatusEvent, StatusReport};
pub use text::Text;
pub use time::Timestamp;

use serde::{Deserialize, Serialize};

/// One message of a terminal. A Kafka record may hold several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message<'a> {
    /// FWB: a master air waybill, direct or consolidated.
    #[serde(borrow)]
    Waybill(Box<Consignment<'a>>),
    /// FHL: house bills under one master.
    Houses(Houses<'a>),
    /// FFM: what is on a flight, by unloading point and ULD.
    Manifest(FlightList<'a>),
    /// FBL: what is booked on a flight.
    BookedList(FlightList<'a>),
    /// FFR, FFA: one booking requested or answered.
    Booking(Booking<'a>),
    /// FSU, FSA, FSR: what happened to a shipment, or the question what happened.
    Status(StatusReport<'a>),
    /// What a person found: the answer to a referral.
    Outcome(Box<Outcome<'a>>),
}

impl<'a> Message<'a> {
    /// The consignments that this message asks to be assessed: the waybill, or each house bill.
    pub fn consignments(&self) -> &[Consignment<'a>] {
        match self {
            Message::Waybill(waybill) => std::slice::from_ref(waybill),
            Message::Houses(houses) => &houses.houses,
            _ => &[],
        }
    }

    /// A bounded name for metrics and logs.
    pub fn kind(&self) -> &'static str {
        match self {
            Message::Waybill(_) => "waybill",
            Message::Houses(_) => "houses",
            Message::Manifest(_) => "manifest",
            Message::BookedList(_) => "booked_list",
            Message::Booking(_) => "booking",
            Message::Status(_) => "status",
            Message::Outcome(_) => "outcome",
        }
    }
}

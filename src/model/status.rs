//! Status updates: what happened to a shipment, where and when.

use serde::{Deserialize, Serialize};

use super::{Airport, Awb, Code, CustomsNote, FlightRef, Quantity, Remark, Text, Timestamp, Uld};

/// An FSU, FSA or FSR. An FSR (the question) has no events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatusReport<'a> {
    pub awb: Awb,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Airport>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Airport>,
    #[serde(default)]
    pub quantity: Quantity,
    #[serde(borrow, default)]
    pub events: Vec<StatusEvent<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub customs_notes: Vec<CustomsNote<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark<'a>>,
}

/// One status line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatusEvent<'a> {
    /// RCS, MAN, DEP, RCF, DLV, DIS … (code list 1.18); unknown codes kept.
    pub code: Code<3>,
    /// Where it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<Airport>,
    /// When; the field assumes UTC; the year is inferred from the record's time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flight: Option<FlightRef>,
    #[serde(default)]
    pub quantity: Quantity,
    /// DIS: FDCA found cargo, MSCA missing cargo, OVCD overcarried …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discrepancy: Option<Code<4>>,
    /// Who delivered, received or was notified. Personal data.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ulds: Vec<Uld>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark<'a>>,
}

//! A consignment as declared: a master waybill or one house bill.

use serde::{Deserialize, Serialize};

use super::{
    Account, Airport, Awb, Code, Currency, CustomsNote, FlightRef, Handling, Party, SecurityDeclaration, Text, Timestamp, Uld,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillKind {
    /// A master waybill without houses (Cargo-XML 740, FWB `/NG/`).
    #[default]
    Direct,
    /// A master waybill over house bills (741, FWB `/NC/`).
    Consolidation,
    /// A house bill (703).
    House,
}

impl BillKind {
    pub fn as_str(self) -> &'static str {
        match self {
            BillKind::Direct => "direct",
            BillKind::Consolidation => "consolidation",
            BillKind::House => "house",
        }
    }
}

/// Whether a quantity is the whole shipment (Cargo-IMP shipment description codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShipmentCode {
    /// T
    #[default]
    Total,
    /// P: part consignment
    Part,
    /// S: split on one flight
    Split,
    /// D: divided
    Divided,
    /// M: multi
    Multi,
}

/// Pieces, weight and volume as stated, converted to grams and cubic centimetres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Quantity {
    pub code: ShipmentCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pieces: Option<u32>,
    /// Gross weight. Pounds are converted at 453.59237 g.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_g: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_cm3: Option<u64>,
    /// Density group 0 to 10 (Cargo-IMP `DG`), where no volume is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub density_group: Option<u8>,
    /// `Tnn` after a part: pieces of the whole shipment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_pieces: Option<u32>,
}

/// An amount in hundredths of its currency's unit, also for currencies without cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    pub hundredths: i64,
}

/// Charges and declared values. `None` for carriage is NVD, for customs NCV, for insurance XXX, or not stated at all:
/// [`Charges::declared`] tells whether anything was declared.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Charges {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// IATA charge code: PP prepaid cash, PX prepaid credit, CC collect …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charge_code: Option<Code<2>>,
    /// Weight/valuation and other charges: P prepaid or C collect, as written (`PP`, `CC`, `P`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prepaid_collect: Option<Code<2>>,
    /// True when the message has a value declaration at all (Cargo-IMP CVD).
    pub declared: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carriage_value: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customs_value: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insurance_value: Option<Money>,
    /// Total freight charges, prepaid and collect together (`CT` of PPD and COL).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freight: Option<Money>,
}

/// Length × width × height of `pieces` pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimensions {
    pub length_mm: u32,
    pub width_mm: u32,
    pub height_mm: u32,
    pub pieces: u32,
    /// Weight of these pieces, where stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_g: Option<u64>,
}

/// One rate or goods line of a bill.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct GoodsLine<'a> {
    /// Description; continuation lines are joined with one blank.
    #[serde(borrow)]
    pub description: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pieces: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_g: Option<u64>,
    /// Harmonized System codes as stated, digits only, 4 to 12 of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hs_codes: Vec<Text<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<Dimensions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_cm3: Option<u64>,
    /// Shipper's load and count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slac: Option<u32>,
    /// Country of origin of the goods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Code<2>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ulds: Vec<Uld>,
    /// Rate class (M, N, Q, C, S, U …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_class: Option<Code<1>>,
}

/// A line kept as written because the canonical form has no field for it, under its Cargo-IMP line identifier or JSON name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Remark<'a> {
    /// `SSR`, `OSI`, `ACC`, `OTH` …
    #[serde(borrow)]
    pub line: Text<'a>,
    pub text: Text<'a>,
}

/// A master waybill or one house bill.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Consignment<'a> {
    pub kind: BillKind,
    /// The master air waybill; `None` on a house bill sent before its master is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awb: Option<Awb>,
    /// House bill number; `Some` exactly when `kind` is House.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub hawb: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Airport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<Airport>,
    pub quantity: Quantity,
    /// Booked flights; Cargo-IMP gives a day only, the date is inferred from the record's time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flights: Vec<FlightRef>,
    /// Stations after the origin with the carrier to each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routing: Vec<(Airport, Option<Code<3>>)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipper: Option<Party<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consignee: Option<Party<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<Party<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notify: Vec<Party<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<GoodsLine<'a>>,
    pub charges: Charges,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub handling: Vec<Handling>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security: Vec<SecurityDeclaration<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Account<'a>>,
    /// UN numbers (`UN3481`) or `ID8000`, from OCI `DNR/D` lines and the goods text of dangerous goods.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dangerous_goods: Vec<Code<7>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub customs_notes: Vec<CustomsNote<'a>>,
    /// Date of execution (FWB ISU).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executed: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark<'a>>,
}

/// House bills under one master (an FHL).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Houses<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awb: Option<Awb>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Airport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<Airport>,
    /// What the master declares as a whole (MBI line).
    pub quantity: Quantity,
    #[serde(borrow)]
    pub houses: Vec<Consignment<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark<'a>>,
}

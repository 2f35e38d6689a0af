//! Parties: the names, addresses and contacts of the 7+1 data. All of it is personal data.

use serde::{Deserialize, Serialize};

use super::{Code, Country, Text};

/// A party to a shipment as a message states it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Party<'a> {
    /// Lines are joined with one blank. Empty when missing.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Street address; lines are joined with one blank. Empty when missing.
    pub address: Text<'a>,
    pub place: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postcode: Option<Text<'a>>,
    /// Account number with the carrier, or the agent's cargo account (IATA code / CASS address).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact<'a>>,
}

/// A way to reach a party, from its address block (`/TE/…`) or from customs notes (`CT`, `VP`, `MU`+`MD` …).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact<'a> {
    pub kind: ContactKind,
    #[serde(borrow)]
    pub value: Text<'a>,
    /// The filer states that it verified this contact (ACAS `VP`, `VU`+`VD`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub verified: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    Phone,
    Fax,
    Telex,
    Email,
    /// A named contact person (OCI `CP`).
    Person,
}

impl ContactKind {
    /// Cargo-IMP contact identifiers `TE`, `FX`, `TL`.
    pub fn from_cargo_imp(code: &[u8]) -> Option<Self> {
        match code {
            b"TE" => Some(Self::Phone),
            b"FX" => Some(Self::Fax),
            b"TL" => Some(Self::Telex),
            _ => None,
        }
    }
}

/// Who a party is to the shipment (IATA code list 1.36); unknown codes are kept as text in [`super::CustomsNote`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Shipper,
    Consignee,
    Agent,
    Notify,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Shipper => "shipper",
            Role::Consignee => "consignee",
            Role::Agent => "agent",
            Role::Notify => "notify",
        }
    }

    /// The OCI subject (code list 1.19): `SHP`, `CNE`, `AGT`, `NFY`.
    pub fn from_subject(subject: Code<3>) -> Option<Self> {
        match subject.as_bytes() {
            b"SHP" => Some(Role::Shipper),
            b"CNE" => Some(Role::Consignee),
            b"AGT" => Some(Role::Agent),
            b"NFY" => Some(Role::Notify),
            _ => None,
        }
    }
}

//! What OCI lines say: security declarations (e-CSD), customs notes, and the account data of Enhanced ACAS.

use serde::{Deserialize, Serialize};

use super::{Code, Country, Handling, Text, Timestamp};

/// One OCI line, complete, as it stands in the message (code lists 1.19 and 1.100). The interpreted parts of it are copied to
/// [`SecurityDeclaration`], [`Account`], contacts and dangerous goods; the line itself is always kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomsNote<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// `SHP`, `ISS`, `DNR`, `HWB` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Code<3>>,
    /// `RA`, `SM`, `ED`, `CT` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code<2>>,
    #[serde(borrow)]
    pub text: Text<'a>,
}

/// The electronic consignment security declaration, composed from consecutive OCI lines (e-CSD rules) and the SPH codes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SecurityDeclaration<'a> {
    /// SPX, SCO, SHR or NSC, from `SS` or the special handling codes; other values kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Handling>,
    /// Regulated agent or carrier that issued the status (`ISS` or `CSS`).
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<RegulatedEntity<'a>>,
    /// Regulated agent that accepted an issued status (`OSS`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptor: Option<RegulatedEntity<'a>>,
    /// Known or account consignor the goods were received from (`KC`, `AC`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received_from: Option<RegulatedEntity<'a>>,
    /// `SM`: screening methods, as written (XRY, EDS, PHS …).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<Text<'a>>,
    /// `L`: grounds for exemption, as written (BIOM, DIPL, MAIL …).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exemptions: Vec<Text<'a>>,
    /// `SN`: who screened or issued. Personal data.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub screeners: Vec<Text<'a>>,
    /// `SD`: when, as far as it can be read; UTC.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub screened_at: Vec<Timestamp>,
    /// `ST`: additional security information.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Text<'a>>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RegulatedEntity<'a> {
    /// RA regulated agent, KC known consignor, AC account consignor, RC/AO aircraft operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Code<2>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    #[serde(borrow)]
    pub id: Text<'a>,
    /// `ED`, MMYY: the last valid month, as (year, month). `1299` is a dummy in the field and stands for no expiry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiry: Option<(i16, u8)>,
}

/// Account data of Enhanced ACAS (90 FR 52796): subject `CUS`. Codes are kept as written; the indicators know their meaning.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Account<'a> {
    /// `AH`: S shipper, C consignee, L logistics provider, B broker, 3 third party.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Text<'a>>,
    /// `AI`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Text<'a>>,
    /// `AN`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Text<'a>>,
    /// `AR`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<Text<'a>>,
    /// `AF`: shipping frequency, S I O B R X.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Text<'a>>,
    /// `AE`: establishment date at 00:00 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub established: Option<Timestamp>,
    /// `BT`: EFT, MBL, CC, CSH cash, CHQ, CTO crypto, BILL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing: Option<Text<'a>>,
    /// `KP`: known consignor, Y or N.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_consignor: Option<bool>,
    /// `RT`: B2B, C2C …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<Text<'a>>,
    /// `FT`: 01 standard, 02 express, 03 e-commerce, 04 postal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filing: Option<Text<'a>>,
    /// `PI`, `MI`, `II`: identity documents and registrations, as `(code, text)`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<(Code<2>, Text<'a>)>,
    /// `IA`: IP address at account creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_created: Option<Text<'a>>,
    /// `IR`: IP address at the pickup request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_requested: Option<Text<'a>>,
}

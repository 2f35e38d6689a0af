//! Outcomes: what a person found about a referred shipment.

use serde::{Deserialize, Serialize};

use super::{Awb, Code, Remark, Text, Timestamp};

/// The answer of a screening team to a referral, or the result of an inspection without one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Outcome<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awb: Option<Awb>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub hawb: Option<Text<'a>>,
    /// Never assumed: an outcome that does not say what it came to is refused.
    pub kind: OutcomeKind,
    /// Screening methods used, as in a security declaration: XRY, EDD, PHS …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<Text<'a>>,
    /// What was seized: drugs, wildlife, arms …; the team's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seized: Option<Text<'a>>,
    /// When; the record's timestamp where the message does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    /// The status code of the referral that is answered: 7H, 8J …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Code<2>>,
    /// The team or officer. Personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark<'a>>,
}

/// What it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// The terminal sent what was asked for, and it satisfies: answers a request for information, nothing more.
    #[default]
    InformationReceived,
    /// Screened with the methods named, nothing found.
    Screened,
    /// A person decided that it may go, on whatever grounds.
    Cleared,
    /// Inspected on a suspicion that proved wrong.
    FalseAlarm,
    /// Something was found and taken: the shipment does not go.
    Seized,
}

impl OutcomeKind {
    pub const ALL: [OutcomeKind; 5] = [
        OutcomeKind::InformationReceived,
        OutcomeKind::Screened,
        OutcomeKind::Cleared,
        OutcomeKind::FalseAlarm,
        OutcomeKind::Seized,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            OutcomeKind::InformationReceived => "information_received",
            OutcomeKind::Screened => "screened",
            OutcomeKind::Cleared => "cleared",
            OutcomeKind::FalseAlarm => "false_alarm",
            OutcomeKind::Seized => "seized",
        }
    }

    /// Somebody looked at the goods.
    pub fn inspects(self) -> bool {
        matches!(self, OutcomeKind::Screened | OutcomeKind::FalseAlarm | OutcomeKind::Seized)
    }

    pub fn finds(self) -> bool {
        self == OutcomeKind::Seized
    }
}

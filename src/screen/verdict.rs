//! Evidence and verdicts: what screening says, and why.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::ConsignmentId;

/// What becomes of a consignment, in ascending severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    #[default]
    Clear,
    /// Request for information.
    Rfi,
    /// Request for (high-risk) screening.
    Rfs,
    /// Do not load. Proposed by the machine, ordered by a person (policy `highest_order`).
    Dnl,
}

impl Decision {
    pub const ALL: [Decision; 4] = [Decision::Clear, Decision::Rfi, Decision::Rfs, Decision::Dnl];

    pub fn as_str(self) -> &'static str {
        match self {
            Decision::Clear => "clear",
            Decision::Rfi => "rfi",
            Decision::Rfs => "rfs",
            Decision::Dnl => "dnl",
        }
    }
}

/// Whose risk it is. The two have different authorities, outcomes and confidentiality, so their alerts go to different topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// Bomb in the box: the pre-loading regimes.
    AviationSecurity,
    /// Drugs, wildlife, weapons, fraud: customs and police.
    Customs,
}

impl Domain {
    pub const ALL: [Domain; 2] = [Domain::AviationSecurity, Domain::Customs];

    pub fn as_str(self) -> &'static str {
        match self {
            Domain::AviationSecurity => "aviation_security",
            Domain::Customs => "customs",
        }
    }
}

/// What kind of rule found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    Indicator,
    Profile,
    List,
    /// Drawn by the policy's seeded quota.
    Random,
}

/// One reason, complete enough to be checked by a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    pub kind: EvidenceKind,
    /// Indicator (`D1`), profile or list id.
    pub id: Cow<'static, str>,
    /// Whose evidence it is; an indicator may speak to both.
    pub domains: Vec<Domain>,
    /// One sentence with the values in it.
    pub text: String,
    /// The values compared, by fact name or label.
    pub values: Vec<(Cow<'static, str>, String)>,
    /// Points towards the score; 0 for evidence in shadow mode or suppressed.
    pub weight: u32,
    /// The least decision this reason alone demands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral: Option<Decision>,
    /// Evaluated and counted, never acted upon.
    pub shadow: bool,
    /// The policy's suppression that holds it back: counted, never acted upon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed_by: Option<String>,
}

impl Evidence {
    /// Whether it is acted upon.
    pub fn counts(&self) -> bool {
        !self.shadow && self.suppressed_by.is_none()
    }
}

/// What one domain makes of its evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Assessment {
    pub score: u32,
    /// What the evidence warrants.
    pub proposed: Decision,
    /// What is ordered: `proposed`, at most the policy's highest order.
    pub ordered: Decision,
}

/// The result of screening one consignment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    pub consignment: ConsignmentId,
    /// The severest order of the domains: what the terminal is told.
    pub decision: Decision,
    /// The highest score of the domains.
    pub score: u32,
    /// Indexed by [`Domain`].
    pub domains: [Assessment; 2],
    /// In descending weight, then by id.
    pub evidence: Vec<Evidence>,
    /// PACT data-quality codes (`MISSING_CNE_NAME` …), which the terminal may see.
    pub errors: Vec<&'static str>,
}

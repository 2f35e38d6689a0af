//! Evidence and verdicts: what screening says, and why.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::ConsignmentId;
pub use crate::model::Decision;

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
    /// Points that an earlier assessment of the same consignment gave, where only memory is judged.
    Earlier,
}

/// What led to an assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// A bill or an amendment of it.
    #[default]
    Declared,
    /// A movement that memory finds remarkable.
    Moved,
    /// A deadline passed in event time.
    Deadline,
    /// A person's outcome.
    Outcome,
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

impl Verdict {
    /// Ids of the reasons that count: those found, in descending weight, then those of the assessment before that stand. Points of
    /// an earlier assessment are no reason of their own.
    pub fn reasons(&self) -> impl Iterator<Item = &str> {
        let found = self.evidence.iter().filter(|evidence| evidence.counts() && evidence.kind != EvidenceKind::Earlier);
        found.map(|evidence| &*evidence.id).chain(self.carried.iter().map(|id| &**id))
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
    /// Ids of the evidence that a person has answered: told, and counted no more.
    pub answered: Vec<Cow<'static, str>>,
    /// Ids of the assessment before that are found no longer.
    pub withdrawn: Vec<Cow<'static, str>>,
    /// Ids of the assessment before that stand without being looked at again.
    pub carried: Vec<Cow<'static, str>>,
}

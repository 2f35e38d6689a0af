//! Evidence and verdicts: what screening says, and why.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use crate::model::Decision;
use crate::model::{Airport, ConsignmentId};

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
    /// How a profile with a cap stands on this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<Cap>,
}

/// A profile's cap, and how it stands on the day of the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cap {
    /// Consignments a day that the profile may be acted upon for.
    pub per_day: u32,
    /// Other consignments of the day for which it was, as far as memory has read.
    pub fired: u32,
    /// It is above the cap: its evidence is in shadow.
    pub demoted: bool,
    /// Its owner, who is told: set as long as memory has read of no demotion on this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_to: Option<String>,
}

impl Cap {
    pub fn new(per_day: u32) -> Self {
        Self { per_day, fired: 0, demoted: false, told_to: None }
    }
}

/// A customs alert that the budget of its terminal holds back: the hold stands, and the assessment tells all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HeldBack {
    pub terminal: Airport,
    /// The budget.
    pub per_day: u32,
    /// Alerts of the terminal and day that rank above this one: at least as many as the budget.
    pub outranked_by: u32,
}

impl Evidence {
    /// Whether it is acted upon.
    pub fn counts(&self) -> bool {
        !self.shadow && self.suppressed_by.is_none()
    }
}

impl Verdict {
    pub fn of(&self, domain: Domain) -> Assessment {
        let [aviation_security, customs] = self.domains;
        match domain {
            Domain::AviationSecurity => aviation_security,
            Domain::Customs => customs,
        }
    }

    /// An alert on it goes to the team of this domain: its evidence warrants more than nothing, whatever the policy then orders, some
    /// was withdrawn, or the owner of a profile is to be told; unless the budget holds it back.
    pub fn alerts(&self, domain: Domain) -> bool {
        let told =
            |found: &Evidence| found.domains.contains(&domain) && found.cap.as_ref().is_some_and(|cap| cap.told_to.is_some());
        let warranted = self.of(domain).proposed > Decision::Clear || !self.withdrawn.is_empty();
        let held_back = domain == Domain::Customs && self.held_back.is_some();
        (warranted && !held_back) || self.evidence.iter().any(told)
    }

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
    /// The customs alert is held back by the budget of its terminal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_back: Option<HeldBack>,
    /// Ids of the evidence that a person has answered: told, and counted no more.
    pub answered: Vec<Cow<'static, str>>,
    /// Ids of the assessment before that are found no longer.
    pub withdrawn: Vec<Cow<'static, str>>,
    /// Ids of the assessment before that stand without being looked at again.
    pub carried: Vec<Cow<'static, str>>,
}

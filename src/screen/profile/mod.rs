//! Profiles: what analysts look for, each in one TOML file with its condition, its reason and its own test cases.
//!
//! A profile that loads is complete: its condition is compiled, every fact that its reason names exists, and its cases can be
//! run. `docs/profiles.md` is the guide for those who write them.

mod case;
#[cfg(test)]
mod golden;
mod lint;
mod read;
mod reason;
mod set;

pub use case::{Case, Expectation, FactTable};
pub(super) use read::condition;
pub use read::{DOMAINS, REFERRALS};
pub use reason::Reason;
pub use set::Profiles;

use super::cel::{Condition, Outcome, Row};
use super::facts::Fact;
use super::verdict::{Cap, Decision, Domain, Evidence, EvidenceKind};
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::model::Timestamp;

/// Whether a match is acted upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    Active,
    /// Evaluated and reported as evidence without weight.
    Shadow,
}

impl Mode {
    pub const CHOICES: [(&'static str, Mode); 2] = [("active", Mode::Active), ("shadow", Mode::Shadow)];
}

#[derive(Debug, Clone)]
pub struct Profile {
    /// Lower-case words with dashes; unique in a bundle.
    pub id: String,
    pub title: String,
    /// The team that answers for it.
    pub owner: String,
    /// Free word: cocaine, wildlife, explosives …
    pub threat: String,
    pub domain: Domain,
    pub mode: Mode,
    /// First moment of validity, by event time.
    pub valid_from: Option<Timestamp>,
    /// First moment after it: the start of the day after `valid_until`.
    pub valid_before: Option<Timestamp>,
    /// Points towards the score of the domain.
    pub weight: u32,
    /// The least decision that a match alone demands.
    pub referral: Option<Decision>,
    /// Consignments a day that it may be acted upon for; what is above is demoted to shadow. None without a limit.
    pub cap_per_day: Option<u32>,
    /// Where the knowledge is from.
    pub source: String,
    pub condition: Condition,
    /// Of the condition in its file.
    pub place: Place,
    pub reason: Reason,
    pub cases: Vec<Case>,
}

impl Profile {
    /// Reads one file against a catalogue of facts; every fault found is told.
    pub fn read(source: Source<'_>, catalogue: &[Fact]) -> Result<Self, Vec<Diagnostic>> {
        read::profile(source, catalogue)
    }

    /// Validity is judged by event time, never by the clock.
    pub fn valid_at(&self, received: Timestamp) -> bool {
        self.valid_from.is_none_or(|from| from <= received) && self.valid_before.is_none_or(|before| received < before)
    }

    pub fn evaluate<R: Row>(&self, row: &R) -> Outcome {
        self.condition.evaluate(row)
    }

    /// The evidence of a match: the reason and the facts that the condition read. Without weight in shadow mode.
    pub fn evidence<R: Row>(&self, row: &R, catalogue: &'static [Fact]) -> Evidence {
        let shadow = self.mode == Mode::Shadow;
        Evidence {
            kind: EvidenceKind::Profile,
            id: self.id.clone().into(),
            domains: vec![self.domain],
            text: self.reason.fill(row),
            values: reason::values(self.condition.facts(), row, catalogue),
            weight: if shadow { 0 } else { self.weight },
            referral: self.referral.filter(|_| !shadow),
            shadow,
            suppressed_by: None,
            cap: self.cap_per_day.filter(|_| !shadow).map(Cap::new),
        }
    }

    /// One fault for every case whose outcome is not the expected one.
    pub fn check_cases(&self, catalogue: &[Fact]) -> Vec<Diagnostic> {
        self.cases.iter().filter_map(|case| case.check(&self.condition, catalogue)).collect()
    }
}

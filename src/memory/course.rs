//! The course of a case as memory keeps it: what was published about a consignment, as far as later verdicts stand on it.

use serde::{Deserialize, Serialize};

use super::days::Day;
use super::observation::{Assessed, LogPlace, Stamp};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Course {
    /// The latest assessment published.
    pub assessed: Option<Assessed>,
    /// The latest assessment that answered evidence.
    pub answered: Option<Assessed>,
}

impl Course {
    /// Takes in an assessment, whatever the order in which they come.
    pub fn take(&mut self, assessed: Assessed) {
        let is_latest = |known: &Option<Assessed>| known.as_ref().map(order) < Some(order(&assessed));
        if !assessed.answered.is_empty() && is_latest(&self.answered) {
            self.answered = Some(assessed.clone());
        }
        if is_latest(&self.assessed) {
            self.assessed = Some(assessed);
        }
    }

    /// Takes in all of another.
    pub fn join(&mut self, other: &Self) {
        other.answered.iter().chain(&other.assessed).for_each(|assessed| self.take(assessed.clone()));
    }

    /// Whether another can add nothing.
    pub fn covers(&self, other: &Self) -> bool {
        let last = |assessed: &Option<Assessed>| assessed.as_ref().map(order);
        last(&other.assessed) <= last(&self.assessed) && last(&other.answered) <= last(&self.answered)
    }

    /// What is from that day or later.
    pub fn since(&self, first: Day) -> Self {
        let kept = |assessed: &Option<Assessed>| assessed.clone().filter(|assessed| assessed.stamp.day() >= first);
        Self { assessed: kept(&self.assessed), answered: kept(&self.answered) }
    }

    /// Whether the latest assessment gives this evidence, by the hash of its id.
    pub fn gives(&self, evidence: u32) -> bool {
        self.assessed.as_ref().is_some_and(|assessed| assessed.evidence.contains(&evidence))
    }

    /// Hashes of the ids of the evidence that a person has answered.
    pub fn answered(&self) -> &[u32] {
        self.answered.as_ref().map(|assessed| assessed.answered.as_slice()).unwrap_or_default()
    }
}

/// Of two of one time, the later in the log is the latest.
fn order(assessed: &Assessed) -> (Stamp, LogPlace) {
    (assessed.stamp, assessed.place)
}

//! What people found in consignments: what a profile's hits are measured by.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::model::{Awb, ConsignmentId};

/// What an examination says about the suspicion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Something was found.
    Confirmed,
    /// It was looked at, and nothing was found.
    Refuted,
}

/// The latest finding of each consignment.
#[derive(Debug, Clone, Default)]
pub struct Outcomes(HashMap<ConsignmentId, Finding>);

/// A line of outcomes that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BadOutcome {
    /// From 1.
    pub line: usize,
    pub reason: serde_json::Error,
}

/// One outcome as written; other keys are left alone.
#[derive(Deserialize)]
struct Written {
    awb: Awb,
    hawb: Option<String>,
    outcome: Outcome,
}

/// What became of a referral.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// Examined and let go.
    Cleared,
    /// Says nothing about the goods yet.
    InformationReceived,
    /// Screened without a find.
    Screened,
    Seized,
}

impl Outcomes {
    /// Reads JSON lines, the latest of a consignment last.
    pub fn read(text: &str) -> Result<Self, BadOutcome> {
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        let read = lines.map(|(line, text)| serde_json::from_str(text).map_err(|reason| BadOutcome { line, reason }));
        let written: Vec<Written> = read.collect::<Result<_, _>>()?;
        Ok(written.into_iter().filter_map(Written::finding).collect())
    }

    pub fn of(&self, id: &ConsignmentId) -> Option<Finding> {
        self.0.get(id).copied()
    }
}

impl FromIterator<(ConsignmentId, Finding)> for Outcomes {
    fn from_iter<I: IntoIterator<Item = (ConsignmentId, Finding)>>(outcomes: I) -> Self {
        Self(outcomes.into_iter().collect())
    }
}

impl Written {
    fn finding(self) -> Option<(ConsignmentId, Finding)> {
        let finding = match self.outcome {
            Outcome::Seized => Finding::Confirmed,
            Outcome::Cleared | Outcome::Screened => Finding::Refuted,
            Outcome::InformationReceived => return None,
        };
        Some((ConsignmentId { awb: Some(self.awb), hawb: self.hawb }, finding))
    }
}

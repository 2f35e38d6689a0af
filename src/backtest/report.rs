//! What a back-test found: one line a profile, and the sums.

use serde::Serialize;

use super::Finding;
use crate::model::ConsignmentId;
use crate::screen::verdict::Decision;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Hash of the bundle tested.
    pub bundle: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// Each bill was judged by what its message states alone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stateless: bool,
    pub totals: Totals,
    /// By id.
    pub profiles: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Totals {
    pub messages: u64,
    /// Messages that cannot be read.
    pub refused: u64,
    pub consignments: u64,
    /// Consignments by order: clear, rfi, rfs, dnl.
    pub decisions: [u64; 4],
    /// The same by the other bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decisions_against: Option<[u64; 4]>,
    /// Consignments of which the two order something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    pub profile: String,
    pub hits: u64,
    /// Hits that the other bundle does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<u64>,
    /// Hits that only the other bundle has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<u64>,
    /// Hits of which it is known what was found.
    pub known_outcomes: u64,
    pub confirmed: u64,
    /// Confirmed among the known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
    pub examples: Vec<Example>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Example {
    #[serde(flatten)]
    pub consignment: ConsignmentId,
    /// The reason as the team would read it.
    pub text: String,
    pub is_new: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
}

impl Totals {
    pub(super) fn count(&mut self, decision: Decision, other: Option<Decision>) {
        self.consignments += 1;
        tally(&mut self.decisions, decision);
        if let Some(other) = other {
            tally(self.decisions_against.get_or_insert_default(), other);
            *self.changed.get_or_insert_default() += u64::from(other != decision);
        }
    }
}

fn tally(decisions: &mut [u64; 4], decision: Decision) {
    if let Some(count) = decisions.get_mut(decision as usize) {
        *count += 1;
    }
}

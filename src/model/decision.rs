//! What becomes of a consignment.

use serde::{Deserialize, Serialize};

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

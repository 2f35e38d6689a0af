//! Indicators: the field's machine-checkable red flags, each a small function over the facts of one message.

use std::borrow::Cow;

use super::facts::Facts;
use super::verdict::Domain;

/// One row of the catalogue.
pub struct Indicator {
    pub id: &'static str,
    pub title: &'static str,
    /// Whose risk it speaks to.
    pub domains: &'static [Domain],
    pub threats: &'static [Threat],
    /// Default points towards the score, 0 to 100.
    pub weight: u32,
    /// Rule or practice it is taken from.
    pub source: &'static str,
    /// What is tested, and when it is not.
    pub about: &'static str,
    pub check: fn(&Facts<'_>) -> Option<Finding>,
}

/// What an indicator warns of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Threat {
    /// Data that cannot be assessed.
    Quality,
}

/// What an indicator found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// One sentence with the values in it, without a full stop.
    pub text: String,
    /// The values compared, by fact name or label.
    pub values: Vec<(Cow<'static, str>, String)>,
    /// PACT data-quality codes, which the terminal may see.
    pub errors: Vec<&'static str>,
}

/// Every indicator.
pub static CATALOGUE: &[Indicator] = &[];

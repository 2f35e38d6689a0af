//! Facts: one flat, typed row about one consignment, and the catalogue of their names.

use super::value::{Kind, Value};
use crate::model::{Consignment, Timestamp};

/// What is known about one consignment when it is screened.
pub struct Facts<'f> {
    pub consignment: &'f Consignment<'f>,
    /// When the message arrived: event time of the screening; never the clock.
    pub received: Timestamp,
}

/// One row of the catalogue.
pub struct Fact {
    /// As profiles write it.
    pub name: &'static str,
    pub kind: Kind,
    /// Empty when the value has none.
    pub unit: &'static str,
    pub meaning: &'static str,
    /// Where it comes from: message and line.
    pub source: &'static str,
    /// The values a profile may compare it with, when they are a closed list.
    pub codes: &'static [&'static str],
    pub get: for<'f> fn(&'f Facts<'f>) -> Value<'f>,
}

/// Every fact, in the order of the documentation.
pub static CATALOGUE: &[Fact] = &[
    Fact {
        name: "kind",
        kind: Kind::Text,
        unit: "",
        meaning: "direct, consolidation or house",
        source: "FWB RTD, FHL",
        codes: &["direct", "consolidation", "house"],
        get: |facts| Value::Text(facts.consignment.kind.as_str()),
    },
    Fact {
        name: "origin",
        kind: Kind::Text,
        unit: "IATA airport or city",
        meaning: "origin of the bill",
        source: "FWB, FHL HBS",
        codes: &[],
        get: |facts| facts.consignment.origin.as_ref().map_or(Value::Missing, |code| Value::Text(code.as_str())),
    },
];

/// The fact of that name.
pub fn find(name: &str) -> Option<&'static Fact> {
    CATALOGUE.iter().find(|fact| fact.name == name)
}

//! Indicators: the field's machine-checkable red flags, each a small function over the facts of one message.
//!
//! One indicator rarely means much; the policy adds their weights up. The weights here are defaults for orders at 40 (request for
//! information), 70 (request for screening) and 100 (do not load): what an honest shipment shows now and then weighs under 20,
//! what needs an answer before loading 40 and more. An indicator never looks at history; what memory recalls is another stage's.
//!
//! Each family is a file; a row stands beside its function.

#[cfg(test)]
mod cases;
mod completeness;
mod description;
mod identifiers;
mod parties;
mod placeholder;
mod words;

use std::borrow::Cow;

use super::facts::Facts;
use super::verdict::Domain;

/// One row of the catalogue.
pub struct Indicator {
    /// Family letter and number, with a suffix for a variant that the policy weighs by itself: `D3`, `D3-address`.
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
    /// Improvised explosive device in the cargo.
    Explosives,
    Drugs,
    Wildlife,
    Arms,
    Counterfeit,
    /// Money, gold and stones.
    Cash,
    /// Misdeclaration, money laundering by trade.
    Fraud,
    /// Undeclared dangerous goods.
    Safety,
    /// Data that cannot be assessed.
    Quality,
}

impl Threat {
    pub fn as_str(self) -> &'static str {
        match self {
            Threat::Explosives => "explosives",
            Threat::Drugs => "drugs",
            Threat::Wildlife => "wildlife",
            Threat::Arms => "arms",
            Threat::Counterfeit => "counterfeit",
            Threat::Cash => "cash",
            Threat::Fraud => "fraud",
            Threat::Safety => "safety",
            Threat::Quality => "quality",
        }
    }
}

/// What an indicator found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// One sentence with the values in it, without a full stop.
    pub text: String,
    /// The values compared, by fact name or label.
    pub values: Vec<(Cow<'static, str>, String)>,
    /// PACT data-quality codes (PACT implementation guide 1.9, tables 7 and 9), which the terminal may see.
    pub errors: Vec<&'static str>,
}

impl Finding {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), values: Vec::new(), errors: Vec::new() }
    }

    fn value(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((Cow::Borrowed(name), value.to_string()));
        self
    }

    fn error(mut self, code: &'static str) -> Self {
        self.errors.push(code);
        self
    }
}

/// Every indicator, by id within its family.
pub static CATALOGUE: &[Indicator] = &[
    description::VAGUE,
    description::PLACEHOLDER,
    completeness::PLACEHOLDER_PARTY,
    completeness::MISSING,
    completeness::MISSING_ADDRESS,
    completeness::POSTBOX,
    completeness::POSTCODE,
    parties::FORWARDER_CONSIGNEE,
    parties::UNDECLARED_CONSOLIDATION,
    identifiers::CHECK_DIGIT,
    identifiers::UNKNOWN_AIRLINE,
    identifiers::HOUSE_IS_MASTER,
    identifiers::INVALID_HS,
    identifiers::HS_MISMATCH,
    identifiers::MISSING_HS,
    parties::NEW_ACCOUNT,
    parties::UNTRACEABLE_PAYMENT,
    parties::UNKNOWN_CONSIGNOR,
    parties::EXPIRED_ENTITY,
    parties::FOREIGN_PHONE,
    parties::FREE_MAIL,
];

/// The indicator of that id.
pub fn find(id: &str) -> Option<&'static Indicator> {
    CATALOGUE.iter().find(|indicator| indicator.id == id)
}

/// What the enabled indicators find, in the order of the catalogue, each with its index in it.
pub fn run<'r>(
    facts: &'r Facts<'r>,
    enabled: impl Fn(usize) -> bool + 'r,
) -> impl Iterator<Item = (usize, &'static Indicator, Finding)> + 'r {
    let indicators = CATALOGUE.iter().enumerate().filter(move |(index, _)| enabled(*index));
    indicators.filter_map(|(index, indicator)| Some((index, indicator, (indicator.check)(facts)?)))
}

const BOTH: &[Domain] = &[Domain::AviationSecurity, Domain::Customs];
const SECURITY: &[Domain] = &[Domain::AviationSecurity];
const CUSTOMS: &[Domain] = &[Domain::Customs];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_states_each_id_once_and_in_full() {
        let mut ids: Vec<_> = CATALOGUE.iter().map(|indicator| indicator.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), CATALOGUE.len());
        for indicator in CATALOGUE {
            let Indicator { id, title, domains, threats, weight, source, about, .. } = indicator;
            assert!((1..=100).contains(weight) && !domains.is_empty() && !threats.is_empty(), "{id}");
            assert!([title, source, about].iter().all(|text| !text.is_empty() && !text.ends_with('.')), "{id}");
        }
    }

    #[test]
    fn only_enabled_indicators_run() {
        cases::with_facts(r#"{"goods": [{"description": "PARTS"}]}"#, |facts| {
            let found: Vec<_> = run(facts, |_| true).map(|(_, indicator, _)| indicator.id).collect();
            assert_eq!(found, ["D1"]);
            assert_eq!(run(facts, |index| CATALOGUE[index].id != "D1").count(), 0);
        });
    }
}

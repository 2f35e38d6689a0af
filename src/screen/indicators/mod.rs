//! Indicators: the field's machine-checkable red flags, each a small function over the facts of one message.
//!
//! One indicator rarely means much; the policy adds their weights up. The weights here are defaults for orders at 40 (request for
//! information), 70 (request for screening) and 100 (do not load): what an honest shipment shows now and then weighs under 20,
//! what needs an answer before loading 40 and more. What memory recalls is read by the indicators in `history`, which find nothing
//! where there is no memory.
//!
//! Each family is a file; a row stands beside its function.

mod anomaly;
#[cfg(test)]
mod cases;
mod commodities;
mod completeness;
mod covers;
mod dangerous;
mod description;
mod history;
mod identifiers;
mod parties;
mod placeholder;
mod quantity;
mod route;
mod security;
mod timing;
mod value;
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
    pub needs: Needs,
    /// Rule or practice it is taken from.
    pub source: &'static str,
    /// What is tested, and when it is not.
    pub about: &'static str,
    pub check: fn(&Facts<'_>) -> Option<Finding>,
}

/// What an indicator can be judged from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// The message of the consignment, with what memory recalls or without.
    Message,
    /// Memory alone: it is judged again whenever something happens to a consignment, from what memory knows of the shipment itself.
    /// Of the history it reads nothing that [`recall_shipment`](crate::memory::Memory::recall_shipment) leaves out.
    Memory,
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
    /// Hundredths of the policy's weight that it is worth, at most 100: where a finding is a matter of degree.
    pub strength: u32,
}

impl Finding {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), values: Vec::new(), errors: Vec::new(), strength: 100 }
    }

    fn value(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((Cow::Borrowed(name), value.to_string()));
        self
    }

    fn strength(self, hundredths: u32) -> Self {
        Self { strength: hundredths.min(100), ..self }
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
    history::parties::HOUSE_NUMBER_REUSED,
    identifiers::INVALID_HS,
    identifiers::HS_MISMATCH,
    identifiers::MISSING_HS,
    history::parties::NEW_SHIPPER,
    history::parties::NEW_CONSIGNEE,
    history::parties::NEW_PAIR,
    history::parties::DORMANT,
    parties::NEW_ACCOUNT,
    parties::UNTRACEABLE_PAYMENT,
    parties::UNKNOWN_CONSIGNOR,
    parties::EXPIRED_ENTITY,
    parties::FOREIGN_PHONE,
    parties::FREE_MAIL,
    history::parties::SHARED_CONTACT,
    history::parties::CONSIGNEE_ADDRESS,
    history::parties::SHIPPER_ADDRESS,
    history::parties::MANY_ADDRESSES,
    history::parties::SPELLINGS,
    history::parties::NEW_GOODS,
    history::parties::NEW_CONSIGNEE_GOODS,
    history::finds::SHIPPER,
    history::finds::CONSIGNEE,
    history::finds::AGENT,
    history::finds::GOODS,
    history::unusual::VALUE,
    value::FREIGHT_OVER_VALUE,
    value::VALUABLE_WITHOUT_VALUE,
    value::NO_VALUE,
    history::split::DAILY_VALUE,
    quantity::IMPLAUSIBLE,
    quantity::DIMENSIONS,
    history::unusual::PIECE_WEIGHT,
    history::unusual::DENSITY,
    history::quantities::MORE,
    history::quantities::FEWER,
    history::quantities::WEIGHT,
    history::quantities::BOOKED,
    history::houses::OVER_MASTER,
    history::houses::UNDER_MASTER,
    history::houses::MISSING,
    history::houses::ORPHAN,
    history::quantities::UNIT,
    history::houses::IDENTICAL,
    history::houses::ROUND,
    history::unusual::ROUTE,
    history::unusual::GOODS_OF_ORIGIN,
    route::ORIGIN,
    route::DESTINATION,
    history::parties::NEW_LANE,
    history::amended::CONSIGNEE,
    history::amended::DESTINATION,
    history::parties::RETURN,
    timing::AFTER_DEPARTURE,
    timing::LATE,
    history::amended::BOOKED_LATE,
    history::amended::AFTER_ACCEPTANCE,
    history::way::DEPARTED_UNDECLARED,
    history::way::DEPARTED_OPEN,
    history::unusual::WEEK,
    history::unusual::SHIPPER_WEIGHT,
    history::way::NOT_COLLECTED,
    history::way::NOT_DEPARTED,
    history::custody::OTHER_RECIPIENT,
    history::way::GHOST,
    history::way::FOUND,
    history::way::MISSING_THEN_FOUND,
    history::way::OFFLOADED,
    history::custody::UNKNOWN_UNIT,
    history::custody::MOVED_OVER,
    history::custody::SEAL_CHANGED,
    history::custody::SEAL_REUSED,
    history::way::TWO_FLIGHTS,
    security::UNSUPPORTED,
    security::UNDECLARED,
    security::ACCOUNT_CONSIGNOR,
    security::CONFLICT,
    security::WRONG_ISSUER,
    security::UNSUITABLE_METHOD,
    security::UNKNOWN_METHOD,
    security::SCREENING_TIME,
    history::security::SCREENER,
    history::security::EXEMPTIONS,
    dangerous::UNDECLARED,
    dangerous::AIRCRAFT,
    commodities::PRECURSOR,
    commodities::DRUG_EQUIPMENT,
    commodities::PRECURSOR_HS,
    history::houses::MANY_IN_A_CARTON,
    commodities::WILDLIFE,
    commodities::WILDLIFE_PERMIT,
    commodities::WEAPON,
    commodities::WEAPON_PART,
    covers::BRAND,
    covers::CASH,
    covers::HEAVY_DOCUMENTS,
    covers::HUMAN_REMAINS,
    covers::DIPLOMATIC,
    covers::COMPANY_MAIL,
    commodities::CANNABIS,
    commodities::CANNABIS_COVER,
    anomaly::UNUSUAL,
];

/// What the enabled indicators find, in the order of the catalogue, each with its index in it.
#[cfg(test)]
fn run<'r>(
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

    /// Points of each domain when every indicator runs at its default weight.
    fn scores(patch: &str) -> [u32; 2] {
        let points = |domain: Domain, facts: &Facts<'_>| -> u32 {
            run(facts, |_| true).filter(|(_, it, _)| it.domains.contains(&domain)).map(|(_, it, _)| it.weight).sum()
        };
        cases::with_facts(patch, |facts| Domain::ALL.map(|domain| points(domain, facts)))
    }

    #[test]
    fn honest_shipments_score_nothing() {
        let honest = [
            "{}",
            // A consolidation between forwarders.
            r#"{"kind": "consolidation", "shipper": {"name": "NORTH CARGO GMBH"}, "consignee": {"name": "SOUTH FREIGHT INC"},
                "goods": [{"description": "CONSOLIDATION AS PER ATTACHED LIST"}], "charges": {"customs_value": null}}"#,
            // A house under it, sent by a person, without security data of its own.
            r#"{"kind": "house", "hawb": "HH-1001", "shipper": {"name": "JANE ROE"}, "handling": [], "security": [],
                "flights": [], "goods": [{"description": "USED CHILDREN'S BOOKS"}]}"#,
            // Declared batteries, perishables, a known consignor.
            r#"{"goods": [{"description": "LAPTOPS WITH LITHIUM ION BATTERIES", "hs_codes": ["847130"]}], 
                "handling": ["ELI", "SPX"], "dangerous_goods": ["UN3481"]}"#,
            r#"{"origin": "NBO", "destination": "AMS", "shipper": {"country": "KE", "postcode": null,
                "contacts": [{"kind": "phone", "value": "+254 20 1234567"}]},
                "consignee": {"country": "NL", "contacts": [{"kind": "phone", "value": "+31 20 1234567"}]},
                "goods": [{"description": "FRESH CUT FLOWERS ROSES", "hs_codes": ["060311"]}], "handling": ["PER", "PEF", "SPX"],
                "security": [{"status": "SPX", "issuer": {"category": "RA", "id": "1"},
                    "received_from": {"category": "KC", "id": "2"}}]}"#,
        ];
        for patch in honest {
            assert_eq!(scores(patch), [0, 0], "{patch}");
        }
    }

    #[test]
    fn one_mild_flaw_orders_nothing() {
        let flaws = [
            r#"{"consignee": {"postcode": null}}"#,
            r#"{"consignee": {"address": "P.O. BOX 12"}}"#,
            r#"{"awb": "020-12345676"}"#,
            r#"{"goods": [{"description": "SPARE PARTS"}]}"#,
            r#"{"shipper": {"country": null}}"#,
            r#"{"consignee": {"name": "HARBOUR LOGISTICS"}}"#,
            r#"{"security": []}"#,
            r#"{"goods": [{"description": "POWER BANKS"}]}"#,
            r#"{"charges": {"customs_value": {"hundredths": 5000}}}"#,
        ];
        for patch in flaws {
            let score = scores(patch).into_iter().max().unwrap();
            assert!((1..40).contains(&score), "{score}: {patch}");
        }
    }

    #[test]
    fn what_needs_an_answer_before_loading_orders_one() {
        let serious = [
            (r#"{"consignee": null}"#, 40),
            (r#"{"goods": [{"description": "XXX"}]}"#, 40),
            (r#"{"goods": [{"description": "4-ANPP POWDER"}]}"#, 60),
            (r#"{"security": [{"status": "SPX", "issuer": {"category": "RA", "id": "1"}}]}"#, 45),
            // A vague description, cash, and an account of yesterday.
            (
                r#"{"goods": [{"description": "GIFTS"}], "account": {"billing": "CSH", "established": "2026-02-28T00:00:00Z"}}"#,
                70,
            ),
        ];
        for (patch, expected) in serious {
            assert_eq!(scores(patch).into_iter().max(), Some(expected), "{patch}");
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

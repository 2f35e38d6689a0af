//! The policy: what scores and referrals lead to. One TOML file (`policy.toml`) of the bundle; every key has a default.

use crate::diagnostic::table::{self, Table};
use crate::diagnostic::{Diagnostic, Source, did_you_mean};
use crate::screen::budget::Budget;
use crate::screen::cap;
use crate::screen::indicators::Indicator;
use crate::screen::profile::{DOMAINS, Mode, REFERRALS};
use crate::screen::quota::Quota;
use crate::screen::suppression::{self, Suppression};
use crate::screen::verdict::{Decision, Domain};

#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Indexed by [`Domain`].
    pub thresholds: [Thresholds; 2],
    /// The severest decision that the machine orders by itself; what is above is proposed to a person.
    pub highest_order: Decision,
    /// What differs from the catalogue, by the indicator's place in it; empty when nothing does.
    pub indicators: Vec<Option<IndicatorRule>>,
    pub random: Quota,
    pub suppressions: Vec<Suppression>,
    /// Of every profile that may have a cap and names none.
    pub profile_cap: Option<u32>,
    pub budget: Budget,
}

/// Least score of each decision; ascending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    pub rfi: u32,
    pub rfs: u32,
    pub dnl: u32,
}

/// How an indicator is used where that differs from its row in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorRule {
    pub enabled: bool,
    pub weight: Option<u32>,
    pub mode: Mode,
    /// Not more than the catalogue's.
    pub domains: Option<Vec<Domain>>,
}

/// Scores end here, so that thresholds and scores share one range.
pub const SCORE_MAX: u32 = 1_000;

impl Default for Thresholds {
    fn default() -> Self {
        Self { rfi: 40, rfs: 70, dnl: 100 }
    }
}

impl Default for IndicatorRule {
    fn default() -> Self {
        Self { enabled: true, weight: None, mode: Mode::Active, domains: None }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            thresholds: Default::default(),
            highest_order: Decision::Rfs,
            indicators: Vec::new(),
            random: Quota::default(),
            suppressions: Vec::new(),
            profile_cap: None,
            budget: Budget::default(),
        }
    }
}

impl Thresholds {
    pub fn decide(&self, score: u32) -> Decision {
        match score {
            score if score >= self.dnl => Decision::Dnl,
            score if score >= self.rfs => Decision::Rfs,
            score if score >= self.rfi => Decision::Rfi,
            _ => Decision::Clear,
        }
    }
}

impl Policy {
    /// The rule for the indicator at that place of the catalogue, where it differs.
    pub fn rule(&self, place: usize) -> Option<&IndicatorRule> {
        self.indicators.get(place)?.as_ref()
    }

    pub fn thresholds(&self, domain: Domain) -> Thresholds {
        let [aviation_security, customs] = self.thresholds;
        match domain {
            Domain::AviationSecurity => aviation_security,
            Domain::Customs => customs,
        }
    }

    /// Reads the file against the catalogue of indicators; every fault found is told.
    pub fn read(source: Source<'_>, indicators: &[Indicator]) -> Result<Self, Vec<Diagnostic>> {
        table::read(source, |table| Some(from_table(table, indicators)))
    }
}

fn from_table(table: Table<'_, '_>, indicators: &[Indicator]) -> Policy {
    let defaults = Policy::default();
    let orders: Vec<_> = REFERRALS.into_iter().chain([("clear", Decision::Clear)]).collect();
    let policy = Policy {
        highest_order: table.choice("highest_order", &orders).unwrap_or(defaults.highest_order),
        thresholds: table.table("thresholds").map_or(defaults.thresholds, domain_thresholds),
        indicators: table.table("indicators").map(|rules| indicator_rules(&rules, indicators)).unwrap_or_default(),
        random: table.table("random").map_or(defaults.random, Quota::read),
        suppressions: suppression::read(&table),
        profile_cap: table.table("caps").and_then(cap::read),
        budget: table.table("alert_budget").map(Budget::read).unwrap_or_default(),
    };
    table.finish();
    policy
}

fn domain_thresholds(table: Table<'_, '_>) -> [Thresholds; 2] {
    let thresholds = Domain::ALL.map(|domain| table.table(domain.as_str()).map(thresholds).unwrap_or_default());
    table.finish();
    thresholds
}

fn thresholds(table: Table<'_, '_>) -> Thresholds {
    let defaults = Thresholds::default();
    let points = |key, default| {
        let points = table.integer(key, 1..=i64::from(SCORE_MAX)).and_then(|points| u32::try_from(points).ok());
        points.unwrap_or(default)
    };
    let read =
        Thresholds { rfi: points("rfi", defaults.rfi), rfs: points("rfs", defaults.rfs), dnl: points("dnl", defaults.dnl) };
    if !(read.rfi <= read.rfs && read.rfs <= read.dnl) {
        table.faults().add(table.span(), "thresholds must ascend: rfi, rfs, dnl", None);
    }
    table.finish();
    read
}

fn indicator_rules(table: &Table<'_, '_>, indicators: &[Indicator]) -> Vec<Option<IndicatorRule>> {
    let mut rules = Vec::new();
    for (id, value) in table.entries() {
        let place = indicators.iter().position(|indicator| indicator.id == id.text);
        let Some((place, indicator)) = place.and_then(|place| Some((place, indicators.get(place)?))) else {
            let hint = did_you_mean(id.text, indicators.iter().map(|indicator| indicator.id));
            table.faults().add(id.span, format!("there is no indicator `{}`", id.text), hint);
            continue;
        };
        if let Some(rule) = table.as_table(id.text, value) {
            rules.resize(rules.len().max(place + 1), None);
            if let Some(slot) = rules.get_mut(place) {
                *slot = Some(indicator_rule(rule, indicator));
            }
        }
    }
    rules
}

fn indicator_rule(table: Table<'_, '_>, indicator: &Indicator) -> IndicatorRule {
    let weight = table.integer("weight", 0..=i64::from(SCORE_MAX)).and_then(|weight| u32::try_from(weight).ok());
    let rule = IndicatorRule {
        enabled: table.boolean("enabled").unwrap_or(true),
        weight,
        mode: table.choice("mode", &Mode::CHOICES).unwrap_or_default(),
        domains: table.value("domains").map(|_| indicator_domains(&table, indicator)),
    };
    table.finish();
    rule
}

fn indicator_domains(table: &Table<'_, '_>, indicator: &Indicator) -> Vec<Domain> {
    let own = |domain: &Domain| indicator.domains.contains(domain);
    let choices: Vec<_> = DOMAINS.into_iter().filter(|(_, domain)| own(domain)).collect();
    let mut domains: Vec<_> = table.texts("domains").iter().filter_map(|word| table.chosen("domains", word, &choices)).collect();
    domains.sort_unstable();
    domains.dedup();
    domains
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::indicators::Threat;

    static INDICATORS: &[Indicator] = &[Indicator {
        id: "D1",
        title: "",
        domains: &[Domain::Customs],
        threats: &[Threat::Quality],
        weight: 10,
        needs: crate::screen::indicators::Needs::Message,
        source: "",
        about: "",
        check: |_| None,
    }];

    fn read(text: &str) -> Result<Policy, Vec<Diagnostic>> {
        Policy::read(Source { name: "policy.toml", text }, INDICATORS)
    }

    #[test]
    fn an_empty_policy_is_the_default_one() {
        assert_eq!(read("").unwrap(), Policy::default());
    }

    #[test]
    fn every_key_is_read() {
        let policy = read(
            "highest_order = 'rfi'\n[thresholds.customs]\nrfi = 1\nrfs = 2\ndnl = 3\n\
             [indicators.D1]\nenabled = true\nweight = 5\nmode = 'shadow'\ndomains = ['customs']\n\
             [random]\nseed = 's'\nshare_per_10_000 = 7\nreferral = 'rfi'\ndomain = 'customs'\n",
        );
        let policy = policy.unwrap();
        assert_eq!(policy.highest_order, Decision::Rfi);
        assert_eq!(policy.thresholds(Domain::Customs), Thresholds { rfi: 1, rfs: 2, dnl: 3 });
        assert_eq!(policy.thresholds(Domain::AviationSecurity), Thresholds::default());
        let rule = IndicatorRule { enabled: true, weight: Some(5), mode: Mode::Shadow, domains: Some(vec![Domain::Customs]) };
        let place = INDICATORS.iter().position(|indicator| indicator.id == "D1").unwrap();
        assert_eq!(policy.rule(place), Some(&rule));
        assert_eq!((policy.rule(place + 1), policy.rule(usize::MAX)), (None, None));
        let random =
            Quota { seed: "s".into(), share_per_10_000: 7, referral: Decision::Rfi, domain: Domain::Customs, lanes: Vec::new() };
        assert_eq!(policy.random, random);
    }

    #[test]
    fn a_suppression_without_owner_reason_or_end_is_refused() {
        let whole = "[[suppression]]\nid = 'a'\nowner = 'o'\nreason = 'r'\nof = ['D1']\ncondition = 'pieces > 3'\n\
            valid_until = 2026-12-31\n";
        assert_eq!(read(whole).unwrap().suppressions[0].of[0].id, "D1");
        let told = |text: &str| read(text).unwrap_err().into_iter().map(|fault| fault.message).collect::<Vec<_>>().join("; ");
        for (line, expected) in [
            ("owner = 'o'", "`owner` is missing"),
            ("reason = 'r'", "`reason` is missing"),
            ("valid_until = 2026-12-31", "`valid_until` is missing"),
            ("of = ['D1']", "`of` must list what is held back: ids of profiles or indicators"),
            ("condition = 'pieces > 3'", "`condition` is missing"),
        ] {
            assert_eq!(told(&whole.replace(line, "")), expected);
        }
        assert_eq!(told(&whole.repeat(2)), "there are two suppressions `a`");
        assert_eq!(told(&whole.replace("pieces > 3", "picees > 3")), "there is no fact `picees`");
    }

    #[test]
    fn every_fault_of_a_policy_is_told() {
        let text = "highest_ordr = 'rfs'\n[thresholds.customs]\nrfi = 90\n[indicators.D11]\n[indicators.D1]\n\
                    domains = ['aviation_security']\n[random]\nshare_per_10_000 = 20000\n";
        let lines: Vec<_> = read(text).unwrap_err().iter().map(|fault| fault.place.line).collect();
        assert_eq!(lines, [1, 2, 4, 6, 8]);
    }
}

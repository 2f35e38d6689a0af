//! The decision: evidence of indicators, profiles and the random quota, added up per domain and held against the policy.
//!
//! Law 3: the verdict is a function of the facts and the bundle alone. Evidence is put in a total order before it is used, and
//! sums do not depend on order, so neither does the verdict depend on the order of profiles or indicators.

use super::cap;
use super::course::Ids;
use super::facts::{CATALOGUE, Facts};
use super::index;
use super::indicators::{self, Finding, Indicator};
use super::policy::{IndicatorRule, Policy, SCORE_MAX};
use super::profile::Mode;
use super::suppression;
use super::verdict::{Assessment, Decision, Domain, Evidence, EvidenceKind, Verdict};
use super::watch;
use crate::bundle::Bundle;
use crate::model::{Consignment, ConsignmentId};

/// What a screening thread keeps from one consignment to the next. Nothing in it changes a verdict.
#[derive(Debug, Default)]
pub struct Scratch {
    index: index::Scratch,
    /// What the watchlists said of parties seen before.
    pub seen_parties: watch::Cache,
}

/// The verdict on one consignment.
pub fn screen(facts: &Facts<'_>, bundle: &Bundle, scratch: &mut Scratch) -> Verdict {
    let mut evidence = Vec::new();
    let mut errors = Vec::new();
    for (place, indicator) in indicators::CATALOGUE.iter().enumerate() {
        let found = finding(indicator, facts, bundle.policy.rule(place));
        evidence.extend(found.map(|(found, codes)| {
            errors.extend(codes);
            found
        }));
    }
    bundle.profiles.evaluate(facts, &mut scratch.index);
    let matched = bundle.profiles.matched(&scratch.index).filter(|profile| profile.valid_at(facts.judged));
    evidence.extend(matched.map(|profile| profile.evidence(facts, CATALOGUE)));
    if let Some(watch) = &bundle.watch {
        watch.find(facts, &mut scratch.seen_parties, &mut evidence);
    }
    suppression::apply(&bundle.policy.suppressions, facts, &mut evidence);
    cap::apply(bundle, facts, &mut evidence);
    let Consignment { awb, hawb, .. } = facts.consignment;
    evidence.extend(bundle.policy.random.draw(facts.consignment));
    errors.sort_unstable();
    errors.dedup();
    let id = ConsignmentId { awb: *awb, hawb: hawb.as_ref().map(ToString::to_string) };
    judge(id, evidence, errors, Ids::new(), &bundle.policy)
}

/// What an enabled indicator finds, as the policy wants it used, and its data-quality codes.
pub(super) fn finding(
    indicator: &Indicator,
    facts: &Facts<'_>,
    rule: Option<&IndicatorRule>,
) -> Option<(Evidence, Vec<&'static str>)> {
    if rule.is_some_and(|rule| !rule.enabled) {
        return None;
    }
    let Finding { text, values, errors, strength } = (indicator.check)(facts)?;
    let shadow = rule.is_some_and(|rule| rule.mode == Mode::Shadow);
    let weight = rule.and_then(|rule| rule.weight).unwrap_or(indicator.weight);
    let weight = weight.saturating_mul(strength) / 100;
    let domains = rule.and_then(|rule| rule.domains.as_deref()).unwrap_or(indicator.domains);
    let evidence = Evidence {
        kind: EvidenceKind::Indicator,
        id: indicator.id.into(),
        domains: domains.to_vec(),
        text,
        values,
        weight: if shadow { 0 } else { weight },
        referral: None,
        shadow,
        suppressed_by: None,
        cap: None,
    };
    Some((evidence, errors))
}

/// What the policy makes of evidence; `answered` ids are told and count no more.
pub(super) fn judge(
    consignment: ConsignmentId,
    mut evidence: Vec<Evidence>,
    errors: Vec<&'static str>,
    answered: Ids,
    policy: &Policy,
) -> Verdict {
    evidence.sort_by(|left, right| right.weight.cmp(&left.weight).then_with(|| left.id.cmp(&right.id)));
    let domains = Domain::ALL.map(|domain| assess(domain, &evidence, &answered, policy));
    let decision = domains.iter().map(|assessment| assessment.ordered).max().unwrap_or_default();
    let score = domains.iter().map(|assessment| assessment.score).max().unwrap_or_default();
    Verdict {
        consignment,
        decision,
        score,
        domains,
        evidence,
        errors,
        held_back: None,
        answered,
        withdrawn: Ids::new(),
        carried: Ids::new(),
    }
}

fn assess(domain: Domain, evidence: &[Evidence], answered: &Ids, policy: &Policy) -> Assessment {
    let counts = |evidence: &Evidence| evidence.counts() && !answered.contains(&evidence.id);
    let acted_upon = || evidence.iter().filter(|evidence| counts(evidence) && evidence.domains.contains(&domain));
    let score = acted_upon().fold(0, |score: u32, evidence| score.saturating_add(evidence.weight)).min(SCORE_MAX);
    let demanded = acted_upon().filter_map(|evidence| evidence.referral).max().unwrap_or(Decision::Clear);
    let proposed = policy.thresholds(domain).decide(score).max(demanded);
    Assessment { score, proposed, ordered: proposed.min(policy.highest_order) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bundle::File;
    use crate::model::Timestamp;
    use crate::screen::facts::FactsBuffer;
    use crate::screen::profile::Profiles;

    const RECEIVED: Timestamp = Timestamp::from_millis(1_767_225_600_000);

    fn profile(id: &str, domain: &str, effect: &str, condition: &str) -> File {
        let text = format!(
            "id = '{id}'\ntitle = 't'\nowner = 'o'\nthreat = 'x'\ndomain = '{domain}'\n{effect}\nsource = 's'\n\
             condition = \"{condition}\"\nreason = '{{pieces}} from {{origin}}'\n"
        );
        File { path: format!("profiles/{id}.toml"), text }
    }

    /// No indicators: whatever the catalogue holds, these tests are about the profiles.
    fn bundle(policy: &str, files: Vec<File>) -> Bundle {
        Bundle::without_indicators(policy, files).unwrap()
    }

    fn screened(json: &str, bundle: &Bundle) -> (Verdict, u64) {
        let consignment: Consignment<'_> = serde_json::from_str(json).unwrap();
        let (mut buffer, mut scratch) = (FactsBuffer::default(), Scratch::default());
        let verdict = screen(&Facts::new(&consignment, RECEIVED, &mut buffer), bundle, &mut scratch);
        (verdict, scratch.index.undecided().len() as u64)
    }

    const SEVEN: &str = r#"{"awb": "020-12345675", "origin": "BOG", "quantity": {"pieces": 7}}"#;

    #[test]
    fn weights_add_up_by_domain_and_evidence_is_ordered() {
        let files = vec![
            profile("a", "customs", "weight = 30", "pieces > 3"),
            profile("b", "customs", "weight = 45", "pieces > 4"),
            profile("c", "aviation_security", "weight = 30", "pieces > 5"),
            profile("d", "aviation_security", "weight = 90\nmode = 'shadow'\nreferral = 'dnl'", "pieces > 5"),
            profile("e", "customs", "weight = 90\nvalid_until = 2025-12-31", "pieces > 5"),
            profile("f", "customs", "weight = 90", "pieces > 7"),
            profile("g", "customs", "weight = 90", "slac > 7"),
        ];
        let (verdict, undecided) = screened(SEVEN, &bundle("", files));
        let ids: Vec<_> = verdict.evidence.iter().map(|evidence| (&*evidence.id, evidence.weight)).collect();
        assert_eq!(ids, [("b", 45), ("a", 30), ("c", 30), ("d", 0)]);
        assert_eq!(verdict.evidence[0].text, "7 from BOG");
        assert_eq!(verdict.evidence[0].values, [("pieces".into(), "7".to_owned())]);
        let customs = Assessment { score: 75, proposed: Decision::Rfs, ordered: Decision::Rfs };
        let security = Assessment { score: 30, proposed: Decision::Clear, ordered: Decision::Clear };
        assert_eq!(verdict.domains, [security, customs]);
        assert_eq!((verdict.decision, verdict.score, undecided), (Decision::Rfs, 75, 1));
    }

    #[test]
    fn a_referral_is_a_floor_and_orders_end_at_the_highest_order() {
        let files = || vec![profile("a", "customs", "referral = 'dnl'", "pieces > 3")];
        for (policy, ordered) in
            [("", Decision::Rfs), ("highest_order = 'dnl'", Decision::Dnl), ("highest_order = 'rfi'", Decision::Rfi)]
        {
            let (verdict, _) = screened(SEVEN, &bundle(policy, files()));
            assert_eq!(verdict.domains[1], Assessment { score: 0, proposed: Decision::Dnl, ordered });
            assert_eq!(verdict.decision, ordered);
        }
    }

    #[test]
    fn a_suppression_holds_back_what_it_names_for_whom_it_names_until_it_ends() {
        let suppression = |condition: &str, until: &str| {
            format!(
                "[[suppression]]\nid = 'known-lane'\nowner = 'o'\nreason = 'looked into'\nof = ['a', 'b']\n\
                 condition = \"{condition}\"\nvalid_until = {until}\n"
            )
        };
        let files = || {
            vec![
                profile("a", "customs", "weight = 45", "pieces > 3"),
                profile("b", "customs", "referral = 'rfs'", "pieces > 3"),
                profile("c", "customs", "weight = 30", "pieces > 3"),
            ]
        };
        let held = |condition: &str, until: &str| screened(SEVEN, &bundle(&suppression(condition, until), files())).0;
        let verdict = held("origin == 'BOG'", "2026-01-01");
        assert_eq!(verdict.domains[1], Assessment { score: 30, proposed: Decision::Clear, ordered: Decision::Clear });
        let told: Vec<_> =
            verdict.evidence.iter().map(|found| (&*found.id, found.weight, found.suppressed_by.as_deref())).collect();
        assert_eq!(told, [("c", 30, None), ("a", 0, Some("known-lane")), ("b", 0, Some("known-lane"))]);
        assert_eq!(verdict.evidence[1].text, "7 from BOG", "it is still evidence");
        // The day before was its last; it is for another lane; what decides is not stated.
        for (condition, until) in
            [("origin == 'BOG'", "2025-12-31"), ("origin == 'MDE'", "2026-12-31"), ("slac == 1", "2026-12-31")]
        {
            let verdict = held(condition, until);
            assert_eq!(verdict.domains[1].score, 75, "{condition} {until}");
            assert!(verdict.evidence.iter().all(|found| found.suppressed_by.is_none()));
        }
    }

    #[test]
    fn the_random_quota_draws_whatever_the_evidence() {
        let (verdict, _) =
            screened(SEVEN, &bundle("[random]\nseed = 's'\nshare_per_10_000 = 10000\nreferral = 'rfi'", Vec::new()));
        assert_eq!(verdict.decision, Decision::Rfi);
        assert_eq!(verdict.evidence[0].kind, EvidenceKind::Random);
    }

    proptest! {
        #[test]
        fn law_3_screening_is_pure_and_the_order_of_profiles_changes_nothing(
            mut order in Just((0..12).collect::<Vec<usize>>()).prop_shuffle(),
            pieces in 0u32..12,
        ) {
            let files = (0..12).map(|number| {
                let effect = format!("weight = {}", 10 + number % 3);
                profile(&format!("p{number}"), if number % 2 == 0 { "customs" } else { "aviation_security" }, &effect,
                    &format!("pieces > {number}"))
            });
            let mut bundle = bundle("", files.collect());
            let message = format!(r#"{{"awb": "020-12345675", "origin": "BOG", "quantity": {{"pieces": {pieces}}}}}"#);
            let (first, _) = screened(&message, &bundle);
            let shuffled = order.drain(..).map(|index| bundle.profiles[index].clone()).collect();
            bundle.profiles = Profiles::new(shuffled, CATALOGUE);
            prop_assert_eq!(screened(&message, &bundle).0, first.clone());
            prop_assert_eq!(screened(&message, &bundle).0, first);
        }
    }
}

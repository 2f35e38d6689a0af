//! Caps and alert budgets over days of messages, judged one after the other as the service does.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use crate::bundle::{Bundle, File};
use crate::decode::{Decoder, DecoderConfig, Format, Limits};
use crate::memory::Horizons;
use crate::model::Timestamp;
use crate::replay::{Event, Given, Replay};
use crate::screen::verdict::{Decision, Domain, EvidenceKind, HeldBack, Verdict};

/// Noon of 2026-01-01.
const NOON: i64 = 1_767_268_800_000;
const DAY: i64 = 86_400_000;

pub(crate) fn profile(id: &str, more: &str, condition: &str) -> File {
    let text = format!(
        "id = '{id}'\ntitle = 't'\nowner = 'desk'\nthreat = 'x'\ndomain = 'customs'\nsource = 's'\ncondition = \"{condition}\"\n\
         reason = 'r'\n{more}\n"
    );
    let text = if more.contains("domain =") { text.replacen("domain = 'customs'\n", "", 1) } else { text };
    File { path: format!("profiles/{id}.toml"), text }
}

/// No indicators: these tests are about profiles of known weight.
fn bundle(policy: &str, files: Vec<File>) -> Result<Bundle, String> {
    Bundle::without_indicators(policy, files)
        .map_err(|faults| faults.iter().map(|fault| fault.message.clone()).collect::<Vec<_>>().join("; "))
}

struct Log(Replay);

impl Log {
    fn new(bundle: Bundle) -> Self {
        let decoder = Decoder::new(DecoderConfig::default()).unwrap();
        Self(Replay::new(decoder, Arc::new(bundle), Limits::default(), Horizons::default()))
    }

    /// The verdicts on one message.
    fn send(&mut self, at: i64, message: &str) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        self.0.take(Given::new(Format::Json, message.as_bytes(), Timestamp::from_millis(at)), |event| {
            if let Event::Judged(judged, _) = event {
                verdicts.push(judged.verdict.clone());
            }
            true
        });
        verdicts
    }

    fn waybill(&mut self, at: i64, serial: u32, more: &str) -> Verdict {
        let number = 1_000_000 + serial;
        let message = format!(r#"{{"waybill": {{"awb": "020-{number}{}", "origin": "BOG"{more}}}}}"#, number % 7);
        self.send(at, &message).remove(0)
    }
}

/// `(weight, fired, demoted, owner told)` of the evidence of `a`.
fn cap(verdict: &Verdict) -> (u32, u32, bool, Option<&str>) {
    let found = verdict.evidence.iter().find(|found| found.id == "a").unwrap();
    let cap = found.cap.as_ref().unwrap();
    assert_eq!(found.shadow, cap.demoted);
    (found.weight, cap.fired, cap.demoted, cap.told_to.as_deref())
}

fn capped(policy: &str) -> Log {
    Log::new(bundle(policy, vec![profile("a", "weight = 45\ncap_per_day = 2", "pieces > 0")]).unwrap())
}

const PIECES: &str = r#", "quantity": {"pieces": 3}"#;

#[test]
fn a_profile_above_its_cap_is_in_shadow_until_the_day_ends_and_its_owner_is_told_once() {
    let mut log = capped("");
    let told: Vec<_> = (0..5).map(|serial| log.waybill(NOON + i64::from(serial), serial, PIECES)).collect();
    let acted_upon = |fired| (45, fired, false, None);
    let demoted = |told| (0, 2, true, told);
    assert_eq!(
        told.iter().map(cap).collect::<Vec<_>>(),
        [acted_upon(0), acted_upon(1), demoted(Some("desk")), demoted(None), demoted(None)]
    );
    let decisions: Vec<_> = told.iter().map(|verdict| verdict.decision).collect();
    assert_eq!(decisions[1..4], [Decision::Rfi, Decision::Clear, Decision::Clear]);
    let alerts: Vec<_> = told.iter().map(|verdict| verdict.alerts(Domain::Customs)).collect();
    assert_eq!(alerts, [true, true, true, false, false], "the owner hears of it though nothing else is found");
    assert_eq!(cap(&log.waybill(NOON + DAY, 9, PIECES)), acted_upon(0), "the next day");
}

#[test]
fn a_consignment_that_the_profile_was_acted_upon_for_stays_with_it_and_counts_once() {
    let mut log = capped("");
    log.waybill(NOON, 0, PIECES);
    assert_eq!(cap(&log.waybill(NOON + 1, 0, r#", "quantity": {"pieces": 4}"#)), (45, 0, false, None), "itself is not counted");
    log.waybill(NOON + 2, 1, PIECES);
    log.waybill(NOON + 3, 2, PIECES);
    let amended = log.waybill(NOON + 4, 0, r#", "quantity": {"pieces": 5}"#);
    assert_eq!((cap(&amended), amended.decision), ((45, 1, false, None), Decision::Rfi));
    let amended = log.waybill(NOON + 5, 2, r#", "quantity": {"pieces": 5}"#);
    assert_eq!(cap(&amended), (0, 2, true, None), "who was never held is no exception");
}

#[test]
fn what_is_suppressed_or_in_shadow_counts_for_no_cap() {
    let suppression = "[[suppression]]\nid = 's'\nowner = 'o'\nreason = 'r'\nof = ['a']\ncondition = 'pieces == 9'\n\
        valid_until = 2026-12-31\n";
    let mut log = capped(suppression);
    for serial in 0..4 {
        let verdict = log.waybill(NOON, serial, r#", "quantity": {"pieces": 9}"#);
        assert_eq!(verdict.evidence[0].suppressed_by.as_deref(), Some("s"));
    }
    assert_eq!(cap(&log.waybill(NOON, 8, PIECES)), (45, 0, false, None));
}

#[test]
fn the_policy_caps_what_may_have_a_cap_and_names_none() {
    let policy = "[caps]\nprofile_per_day = 7\n";
    let files = vec![
        profile("a", "weight = 45\ncap_per_day = 2", "pieces > 0"),
        profile("b", "weight = 45", "pieces > 0"),
        profile("c", "domain = 'aviation_security'\nweight = 45", "pieces > 0"),
        profile("d", "referral = 'dnl'", "pieces > 0"),
        profile("lookout-e", "weight = 45", "pieces > 0"),
    ];
    let caps: Vec<_> = bundle(policy, files).unwrap().profiles.iter().map(|profile| profile.cap_per_day).collect();
    assert_eq!(caps, [Some(2), Some(7), None, None, None]);
}

#[test]
fn what_must_not_be_loaded_unseen_has_no_cap() {
    for (id, more, told) in [
        ("a", "domain = 'aviation_security'\nweight = 5\ncap_per_day = 9", "a profile of aviation security has no cap"),
        ("a", "referral = 'dnl'\ncap_per_day = 9", "a profile that demands `dnl` has no cap"),
        ("lookout-a", "weight = 5\ncap_per_day = 9", "an emergency lookout has no cap"),
        ("a", "weight = 5\ncap_per_day = 0", "`cap_per_day` must be from 1 to 10000"),
    ] {
        let refused = bundle("", vec![profile(id, more, "pieces > 0")]).unwrap_err();
        assert!(refused.contains(told), "{refused}");
    }
    assert_eq!(bundle("[caps]\n", Vec::new()).unwrap_err(), "`profile_per_day` is missing");
}

const BUDGET: &str = "[alert_budget]\n[[alert_budget.terminal]]\nairport = 'BOG'\nper_day = 2\n";

fn weighed() -> Vec<File> {
    let weighs = |points: u32| profile(&format!("w{points}"), &format!("weight = {points}"), &format!("pieces == {points}"));
    let mut files: Vec<File> = [40, 45, 50, 60, 75, 100].map(weighs).into();
    files.push(profile("bomb", "domain = 'aviation_security'\nreferral = 'rfi'", "slac == 1"));
    files
}

fn weighing(points: u32, departs_in_hours: i64) -> String {
    let departure = Timestamp::from_millis(NOON + departs_in_hours * 3_600_000);
    format!(r#", "quantity": {{"pieces": {points}}}, "flights": [{{"departure": "{departure}"}}]"#)
}

#[test]
fn an_alert_that_the_budget_outranks_is_held_back_and_its_hold_stands() {
    let mut log = Log::new(bundle(BUDGET, weighed()).unwrap());
    let mut held = |serial, points, hours| log.waybill(NOON + i64::from(serial) * 1_000, serial, &weighing(points, hours));
    assert_eq!(held(0, 45, 30).held_back, None);
    assert_eq!(held(1, 45, 20).held_back, None);
    let third = held(2, 45, 40);
    let terminal = crate::model::Airport::new("BOG").unwrap();
    assert_eq!(third.held_back, Some(HeldBack { terminal, per_day: 2, outranked_by: 2 }));
    assert_eq!((third.decision, third.alerts(Domain::Customs)), (Decision::Rfi, false));
    assert_eq!(held(3, 45, 10).held_back, None, "it departs before the others");
    assert_eq!(held(4, 50, 90).held_back, None, "more risk comes first");
    assert_eq!(held(5, 45, 10).held_back.map(|held| held.outranked_by), Some(2), "of equals the first that came");
    assert_eq!(held(6, 75, 90).held_back, None, "an RFS is always told");
    assert_eq!(held(7, 50, 1).held_back, None);
    assert_eq!(held(8, 50, 2).held_back.map(|held| held.outranked_by), Some(2), "an RFS takes from the budget");
    assert_eq!(log.waybill(NOON + DAY, 9, &weighing(40, 90)).held_back, None, "the next day");
    let elsewhere = r#"{"waybill": {"awb": "020-20000002", "origin": "MDE", "quantity": {"pieces": 40}}}"#;
    assert_eq!(log.send(NOON, elsewhere)[0].held_back, None, "another terminal");
}

#[test]
fn what_a_person_must_hear_of_is_never_held_back() {
    let list = "id,type,name\n1,company,Kestrel Ridge Trading LLC\n";
    let settings = "[[list]]\nid = 'l'\nfile = 'l.csv'\nformat = 'csv'\nowner = 'o'\nweight = 40\n";
    let files = || {
        let mut files = weighed();
        files.push(profile("lookout-x", "weight = 5", "slac == 2"));
        files.push(profile("capped", "weight = 5\ncap_per_day = 1", "slac == 3"));
        files.push(File { path: "lists/lists.toml".into(), text: settings.into() });
        files.push(File { path: "lists/l.csv".into(), text: list.into() });
        files
    };
    let slac = |slac: u32| format!(r#", "quantity": {{"pieces": 40}}, "goods": [{{"description": "X", "slac": {slac}}}]"#);
    let listed = r#", "consignee": {"name": "KESTREL RIDGE TRADING LLC"}"#.to_owned();
    let after_three = |policy: &str, more: &str| {
        let mut log = Log::new(bundle(policy, files()).unwrap());
        (0..3).for_each(|serial| drop(log.waybill(NOON, serial, &weighing(60, 1))));
        log.waybill(NOON, 3, r#", "quantity": {"pieces": 0}, "goods": [{"description": "X", "slac": 3}]"#);
        log.waybill(NOON + 1, 7, more)
    };
    assert!(after_three(BUDGET, &weighing(40, 20)).held_back.is_some(), "else");
    let hold = |verdict: Verdict| (verdict.of(Domain::Customs).proposed, verdict.held_back);
    for (what, more) in [("lookout", slac(2)), ("list", listed), ("notice", slac(3))] {
        assert_eq!(hold(after_three(BUDGET, &more)), (Decision::Rfi, None), "{what}");
    }
    let security = after_three(BUDGET, &slac(1));
    assert!(security.alerts(Domain::AviationSecurity) && !security.alerts(Domain::Customs), "each domain for itself");
    let random = format!("{BUDGET}[random]\nseed = 's'\nshare_per_10_000 = 10000\nreferral = 'rfi'\ndomain = 'customs'\n");
    let drawn = after_three(&random, &weighing(40, 20));
    assert!(drawn.evidence.iter().any(|found| found.kind == EvidenceKind::Random));
    assert_eq!(drawn.held_back, None);
    // An RFI that the policy does not order holds nothing: the alert is all there is.
    let advisory = format!("highest_order = 'clear'\n{BUDGET}");
    assert_eq!(hold(after_three(&advisory, &weighing(40, 20))), (Decision::Rfi, None));
}

#[test]
fn withdrawn_evidence_and_an_rfi_that_nobody_answers_are_told_whatever_the_budget() {
    let mut log = Log::new(bundle(BUDGET, weighed()).unwrap());
    (0..3).for_each(|serial| drop(log.waybill(NOON, serial, &weighing(60, 1))));
    assert!(log.waybill(NOON, 5, &weighing(50, 9)).held_back.is_some());
    let amended = log.waybill(NOON + 1, 5, &weighing(45, 9));
    assert_eq!((amended.withdrawn.len(), amended.held_back), (1, None));
    let later = log.send(NOON + DAY + 60_000, r#"{"waybill": {"awb": "020-20000002", "origin": "MDE"}}"#);
    let unanswered = later.iter().filter(|verdict| verdict.evidence.iter().any(|found| found.id == "unanswered"));
    assert!(unanswered.clone().count() >= 4);
    assert!(unanswered.into_iter().all(|verdict| verdict.alerts(Domain::Customs) && verdict.held_back.is_none()));
}

#[test]
fn a_budget_that_says_nothing_is_refused() {
    for (policy, told) in [
        ("[alert_budget]\n", "an alert budget has a `per_day`, terminals or both"),
        ("[alert_budget]\nper_day = 0\n", "`per_day` must be from 1 to 1000"),
        (
            "[alert_budget]\n[[alert_budget.terminal]]\nairport = 'Bogota'\nper_day = 1\n",
            "`airport` is three capital letters, such as \"BOG\"",
        ),
        (&format!("{BUDGET}[[alert_budget.terminal]]\nairport = 'BOG'\nper_day = 1\n"), "there are two budgets of BOG"),
    ] {
        assert_eq!(bundle(policy, Vec::new()).unwrap_err(), told);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Whatever comes in whatever order: only RFIs of customs are held back, each outranked by as many as the budget; the greatest
    /// of the day are told; and budget or not, everything else about a verdict is the same.
    #[test]
    fn law_5_what_is_held_back_is_outranked_and_its_hold_stands(
        waybills in prop::collection::vec((0_u32..12, prop::sample::select(vec![0, 40, 45, 50, 75, 100]), 1_i64..6), 1..40),
    ) {
        let mut log = Log::new(bundle(BUDGET, weighed()).unwrap());
        let mut without = Log::new(bundle("", weighed()).unwrap());
        // Of each consignment: its greatest risk and departure so far.
        let mut ranked: BTreeMap<u32, (Decision, u32, i64)> = BTreeMap::new();
        for (at, (serial, points, hours)) in (0..).zip(waybills) {
            let more = weighing(points, hours);
            let verdict = log.waybill(NOON + at, serial, &more);
            let same = without.waybill(NOON + at, serial, &more);
            prop_assert_eq!(&Verdict { held_back: None, ..verdict.clone() }, &same);
            let customs = verdict.of(Domain::Customs);
            let rank = (customs.proposed, customs.score, -hours);
            let above = ranked.iter().filter(|(other, known)| **other != serial && **known > rank).count();
            let equal = ranked.iter().filter(|(other, known)| **other != serial && **known == rank).count();
            match verdict.held_back {
                Some(held) => {
                    prop_assert_eq!(customs.proposed, Decision::Rfi);
                    prop_assert!(verdict.withdrawn.is_empty() && !verdict.alerts(Domain::Customs));
                    prop_assert!(above + equal >= 2 && held.outranked_by >= 2);
                }
                None if customs.proposed > Decision::Clear => {
                    prop_assert!(verdict.alerts(Domain::Customs));
                    let might_be = customs.proposed == Decision::Rfi && verdict.withdrawn.is_empty();
                    prop_assert!(!might_be || above < 2, "{} rank above", above);
                }
                None => {}
            }
            if customs.proposed > Decision::Clear {
                let greatest = ranked.entry(serial).or_insert(rank);
                *greatest = (*greatest).max(rank);
            }
        }
    }
}

//! Lists in a bundle's folder, and what they say of a consignment.

use std::fs;

use super::*;
use crate::bundle::Bundle;
use crate::model::{Consignment, Timestamp};
use crate::screen::decision::{Scratch, screen};
use crate::screen::facts::FactsBuffer;
use crate::screen::verdict::{Decision, EvidenceKind, Verdict};

const LIST: &str = "\
id,type,name,country,phone,email,account,ip,awb,valid_from,valid_until,reason,effect
1,person,Arvid Solbakken,NO,+47 22 12 34 56,,,,,,,precursors,
2,company,Kestrel Ridge Trading LLC,AE,,sales@kestrel.example,ACC-778899,,,,,fraud,
3,,,,,,,203.0.113.0/24,020-12340000/12349999,,,test shipments,
4,person,Petra Novotna,CZ,,,,,,2026-01-01,2026-01-31,lookout,
5,company,Kestrel Ridge Tradings LLC,DE,,,,,,,,known,allow
";

const SETTINGS: &str = "[[list]]\nid = 'lookouts'\nfile = 'lookouts.csv'\nformat = 'csv'\nowner = 'joint unit'\n";

const RECEIVED: &str = "2026-01-15T12:00:00Z";

fn bundle(settings: &str) -> Result<Bundle, Vec<Diagnostic>> {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("lists")).unwrap();
    fs::write(folder.path().join("policy.toml"), "").unwrap();
    fs::write(folder.path().join("lists/lists.toml"), settings).unwrap();
    fs::write(folder.path().join("lists/lookouts.csv"), LIST).unwrap();
    Bundle::load(folder.path())
}

fn screened(bundle: &Bundle, message: &str, received: &str, scratch: &mut Scratch) -> Verdict {
    let consignment: Consignment<'_> = serde_json::from_str(message).unwrap();
    let mut buffer = FactsBuffer::default();
    screen(&Facts::new(&consignment, Timestamp::parse_rfc3339(received).unwrap(), &mut buffer), bundle, scratch)
}

fn hits(bundle: &Bundle, message: &str) -> Vec<String> {
    let verdict = screened(bundle, message, RECEIVED, &mut Scratch::default());
    verdict.evidence.iter().filter(|evidence| evidence.kind == EvidenceKind::List).map(|evidence| evidence.text.clone()).collect()
}

#[test]
fn every_party_role_and_contact_is_met() {
    let bundle = bundle(SETTINGS).unwrap();
    for (message, text) in [
        (
            r#"{"shipper": {"name": "SOLBAKEN ARVID"}}"#,
            "shipper \"SOLBAKEN ARVID\" resembles entry 1 \"Arvid Solbakken\" of list lookouts at 0.98",
        ),
        (
            r#"{"kind": "house", "hawb": "H1", "consignee": {"name": "KESTREL RIDGE TRDG L.L.C", "country": "AE"}}"#,
            "consignee \"KESTREL RIDGE TRDG L.L.C\" resembles entry 2 \"Kestrel Ridge Trading LLC\" of list lookouts at 1.00",
        ),
        (
            r#"{"notify": [{"name": "A"}, {"name": "HARBOUR", "contacts": [{"kind": "phone", "value": "0047-22123456"}]}]}"#,
            "phone 0047-22123456 of the notify is that of entry 1 of list lookouts",
        ),
        (
            r#"{"agent": {"contacts": [{"kind": "email", "value": "Sales@Kestrel.example"}]}}"#,
            "email Sales@Kestrel.example of the agent is that of entry 2 of list lookouts",
        ),
        (r#"{"shipper": {"account": "acc 778899"}}"#, "account acc 778899 of the shipper is that of entry 2 of list lookouts"),
        (r#"{"awb": "020-12345675"}"#, "awb 020-12345675 of the consignment is that of entry 3 of list lookouts"),
        (
            r#"{"customs_notes": [{"text": "203.0.113.77"}]}"#,
            "ip 203.0.113.77 of the consignment is that of entry 3 of list lookouts",
        ),
    ] {
        assert_eq!(hits(&bundle, message), [text], "{message}");
    }
    assert_eq!(hits(&bundle, r#"{"shipper": {"name": "FLORES DEL VALLE"}, "awb": "057-12345675"}"#), Vec::<String>::new());
}

#[test]
fn a_hit_is_evidence_with_list_entry_score_and_parts() {
    let bundle = bundle(&format!("{SETTINGS}weight = 60\nreferral = 'rfs'\ndomains = ['customs']\n")).unwrap();
    let verdict = screened(&bundle, r#"{"shipper": {"name": "SOLBAKEN ARVID"}}"#, RECEIVED, &mut Scratch::default());
    let hit = verdict.evidence.iter().find(|evidence| evidence.kind == EvidenceKind::List).unwrap();
    assert_eq!((&*hit.id, hit.weight, hit.referral, hit.domains.len()), ("lookouts", 60, Some(Decision::Rfs), 1));
    let value = |name: &str| hit.values.iter().find(|(label, _)| label == name).map(|(_, value)| value.as_str());
    assert_eq!((value("entry"), value("owner"), value("reason")), (Some("1"), Some("joint unit"), Some("precursors")));
    assert_eq!(value("parts"), Some("arvid = arvid (exact 1.00); solbaken = solbakken (sound 0.95)"));
    assert_eq!(verdict.decision, Decision::Rfs);
}

#[test]
fn a_lookout_ends_with_its_last_day() {
    let bundle = bundle(SETTINGS).unwrap();
    let found = |received: &str| {
        let verdict = screened(&bundle, r#"{"shipper": {"name": "PETRA NOVOTNA"}}"#, received, &mut Scratch::default());
        verdict.evidence.iter().filter(|evidence| evidence.kind == EvidenceKind::List).count()
    };
    assert_eq!(
        ["2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-01-31T23:59:59Z", "2026-02-01T00:00:00Z"].map(found),
        [0, 1, 1, 0]
    );
}

#[test]
fn an_allowed_party_is_shown_in_shadow() {
    let bundle = bundle(SETTINGS).unwrap();
    let message = r#"{"shipper": {"name": "KESTREL RIDGE TRADINGS L.L.C.", "country": "DE"}}"#;
    let verdict = screened(&bundle, message, RECEIVED, &mut Scratch::default());
    let hit = verdict.evidence.iter().find(|evidence| evidence.kind == EvidenceKind::List).unwrap();
    assert!(hit.shadow && hit.weight == 0 && hit.values.contains(&("allowed_by".into(), "lookouts/5".to_owned())), "{hit:?}");
}

#[test]
fn a_restricted_list_tells_its_entry_by_number_alone() {
    let bundle = bundle(&format!("{SETTINGS}sensitivity = 'restricted'\n")).unwrap();
    let verdict = screened(&bundle, r#"{"shipper": {"name": "SOLBAKEN ARVID"}}"#, RECEIVED, &mut Scratch::default());
    let told = serde_json::to_string(&verdict.evidence).unwrap();
    assert!(told.contains("lookouts") && !told.contains("Solbakken") && !told.contains("precursors"), "{told}");
}

#[test]
fn law_3_a_party_seen_before_gets_the_same_answer_from_the_cache() {
    let bundle = bundle(SETTINGS).unwrap();
    let mut scratch = Scratch::default();
    let message = r#"{"shipper": {"name": "SOLBAKEN ARVID"}, "consignee": {"name": "TULIP TRADING"}}"#;
    let first = screened(&bundle, message, RECEIVED, &mut scratch);
    assert_eq!(scratch.seen_parties.take_lookups(), Lookups { known: 0, searched: 2 });
    assert_eq!(screened(&bundle, message, RECEIVED, &mut scratch), first);
    assert_eq!(scratch.seen_parties.take_lookups(), Lookups { known: 2, searched: 0 });
    assert_eq!(screened(&bundle, message, RECEIVED, &mut Scratch::default()), first);
}

#[test]
fn other_lists_are_another_bundle_and_bad_ones_are_refused() {
    let hash = bundle(SETTINGS).unwrap().hash;
    assert_eq!(bundle(SETTINGS).unwrap().hash, hash);
    assert_ne!(bundle(&format!("{SETTINGS}weight = 1\n")).unwrap().hash, hash);
    for (settings, told) in [
        (format!("{SETTINGS}entries_min = 50\n"), "the list is refused: 5 entries, and at least 50 are expected"),
        (format!("{SETTINGS}entries_expected = 10\n"), "the list is refused: 5 entries after 10: more than 20 % fewer"),
        (SETTINGS.replace("lookouts.csv", "../policy.toml"), "a list's file lies in the folder `lists` itself"),
        (SETTINGS.replace("'csv'", "'cvs'"), "`format`"),
        (format!("{SETTINGS}wieght = 3\n"), "there is no key `wieght` here"),
    ] {
        let faults = bundle(&settings).unwrap_err();
        assert!(faults.iter().any(|fault| fault.to_string().contains(told)), "{told}: {faults:?}");
    }
}

//! One way to be accepted, and one test for each way to be refused.

use super::super::pack::Restored;
use super::super::signature::SecretKey;
use super::*;
use crate::diagnostic::Source;

/// 2026-06-01T00:00:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_780_272_000_000);
const HOUR: i64 = 3_600_000;
const PEOPLE: [(&str, u8); 5] = [("analyst", 1), ("lead", 2), ("chief", 3), ("left", 4), ("stranger", 5)];

fn after(hours: i64) -> Timestamp {
    Timestamp::from_millis(NOW.millis() + hours * HOUR)
}

fn key(person: &str) -> SecretKey {
    let (_, seed) = PEOPLE.into_iter().find(|(name, _)| *name == person).unwrap();
    SecretKey::of_seed([seed; 32])
}

/// Two approvals; the key of `left` ended in April, `stranger` is not enrolled.
fn trust() -> Trust {
    let person = |(id, _): &(&str, u8)| {
        let until = if *id == "left" { "2026-04-30" } else { "2026-12-31" };
        let public = key(id).public();
        format!("[[person]]\nid = '{id}'\n[[person.key]]\npublic = '{public}'\nvalid_from = 2026-01-01\nvalid_until = {until}\n")
    };
    let people: String = PEOPLE[..4].iter().map(person).collect();
    let text = format!("bundle = 'screening'\nenvironment = 'production'\napprovals = 2\nsequence_min = 3\n{people}");
    Trust::read(Source { name: "trust.toml", text: &text }).unwrap()
}

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

fn profile(id: &str, more: &str) -> File {
    let text = format!(
        "id = '{id}'\ntitle = 't'\nowner = 'o'\nthreat = 'x'\ndomain = 'customs'\nweight = 10\nsource = 's'\n\
         condition = 'pieces > 3'\nreason = '{{pieces}} pieces'\n{more}"
    );
    file(&format!("profiles/{id}.toml"), &text)
}

fn manifest(sequence: u64) -> Manifest {
    Manifest {
        bundle: "screening".into(),
        environment: "production".into(),
        author: "analyst".into(),
        sequence,
        kind: Kind::Regular,
        valid_from: NOW,
        valid_until: None,
        restores: None,
    }
}

fn lookout_manifest(sequence: u64) -> Manifest {
    Manifest { kind: Kind::Lookout, valid_until: Some(after(12)), ..manifest(sequence) }
}

fn signed(manifest: Manifest, files: Vec<File>, signers: &[&str]) -> Pack {
    let mut pack = Pack::new(manifest, files).unwrap();
    for signer in signers {
        pack.sign(key(signer).sign(signer, &pack.hash())).unwrap();
    }
    pack
}

fn offer(pack: &Pack) -> Offer {
    Offer { place: "here".into(), kind: pack.manifest().kind, bytes: pack.to_bytes(), delivered: NOW }
}

const ALL: [&str; 3] = ["analyst", "lead", "chief"];

/// A good pack of that number, whose only profile is named after it.
fn good(sequence: u64) -> Pack {
    signed(manifest(sequence), vec![profile(&format!("p{sequence}"), "")], &ALL)
}

/// What the shelf says to one offer, when number 5 is in force; which must stay so.
fn refused(offer: Offer) -> Refusal {
    let mut shelf = Shelf::new(trust());
    assert!(shelf.consider(vec![self::offer(&good(5))]).bundle.is_some());
    let answer = shelf.consider(vec![offer]);
    assert!(answer.bundle.is_none());
    assert_eq!(shelf.in_force(Kind::Regular).unwrap().manifest.sequence, 5);
    let [(place, refused)] = &answer.refused[..] else { panic!("{answer:?}") };
    assert_eq!(place, "here");
    refused.reason
}

fn refused_pack(pack: Pack) -> Refusal {
    refused(offer(&pack))
}

fn ids(bundle: &Bundle) -> Vec<&str> {
    bundle.profiles.iter().map(|profile| profile.id.as_str()).collect()
}

#[test]
fn a_bundle_signed_by_its_author_and_enough_others_takes_effect() {
    let mut shelf = Shelf::new(trust());
    let answer = shelf.consider(vec![offer(&good(5))]);
    assert_eq!(answer.bundle.unwrap().hash, good(5).content());
    let next = shelf.consider(vec![offer(&good(6))]);
    assert_eq!((next.bundle.unwrap().hash, next.refused.len()), (good(6).content(), 0));
    let again = shelf.consider(vec![offer(&good(6))]);
    assert!(again.bundle.is_none() && again.refused.is_empty(), "what is in force already is neither news nor a fault");
}

#[test]
fn of_many_offers_the_newest_acceptable_one_is_taken_and_its_history_is_no_replay() {
    let mut shelf = Shelf::new(trust());
    let failing = "[[case]]\nname = 'few'\nexpect = 'match'\nfacts = { pieces = 2 }\n";
    let broken = signed(manifest(9), vec![profile("p", failing)], &ALL);
    let answer = shelf.consider([good(4), good(6), broken, good(5)].iter().map(offer).collect());
    assert_eq!(ids(&answer.bundle.unwrap()), ["p6"]);
    assert_eq!(answer.refused.iter().map(|(_, refused)| refused.reason).collect::<Vec<_>>(), [Refusal::FailingCase]);
}

#[test]
fn an_older_one_replayed_is_refused_and_so_is_a_used_number() {
    assert_eq!(refused_pack(good(4)), Refusal::OlderSequence);
    assert_eq!(refused_pack(signed(manifest(5), vec![profile("other", "")], &ALL)), Refusal::ReusedSequence);
}

#[test]
fn below_the_least_number_of_the_trust_file_nothing_is_taken_even_at_the_start() {
    let answer = Shelf::new(trust()).consider(vec![offer(&good(2))]);
    assert_eq!(answer.refused[0].1.reason, Refusal::OlderSequence);
    assert!(answer.bundle.is_none());
}

#[test]
fn a_rollback_is_a_new_number_over_the_old_content() {
    let mut shelf = Shelf::new(trust());
    shelf.consider(vec![offer(&good(5))]);
    shelf.consider(vec![offer(&good(6))]);
    let restores = Some(Restored { sequence: 5, content: good(5).content() });
    let rollback = signed(Manifest { restores, ..manifest(7) }, good(5).into_files(), &ALL);
    assert_eq!(shelf.consider(vec![offer(&rollback)]).bundle.unwrap().hash, good(5).content());
    assert_eq!(shelf.in_force(Kind::Regular).unwrap().manifest.sequence, 7);
}

#[test]
fn a_rollback_to_other_content_than_it_names_is_refused() {
    let restores = Some(Restored { sequence: 4, content: good(4).content() });
    assert_eq!(refused_pack(signed(Manifest { restores, ..manifest(7) }, good(5).into_files(), &ALL)), Refusal::OtherContent);
}

#[test]
fn another_bundle_or_environment_is_refused() {
    let other = Manifest { bundle: "training".into(), ..manifest(6) };
    assert_eq!(refused_pack(signed(other, Vec::new(), &ALL)), Refusal::OtherBundle);
    let staging = Manifest { environment: "staging".into(), ..manifest(6) };
    assert_eq!(refused_pack(signed(staging, Vec::new(), &ALL)), Refusal::OtherEnvironment);
}

#[test]
fn a_lookout_in_the_place_of_the_regular_bundle_is_refused() {
    let pack = signed(lookout_manifest(6), vec![profile("lookout-a", "")], &ALL);
    assert_eq!(refused(Offer { kind: Kind::Regular, ..offer(&pack) }), Refusal::Misplaced);
}

#[test]
fn an_unknown_signer_is_refused_even_beside_enough_others() {
    let files = vec![profile("p", "")];
    assert_eq!(refused_pack(signed(manifest(6), files, &["analyst", "lead", "chief", "stranger"])), Refusal::UnknownSigner);
}

#[test]
fn an_expired_key_is_refused_by_the_time_of_delivery() {
    let pack = signed(Manifest { valid_from: after(-2000), ..manifest(6) }, vec![profile("p", "")], &["analyst", "lead", "left"]);
    assert_eq!(refused_pack(pack.clone()), Refusal::ExpiredKey);
    let in_april = Offer { delivered: after(-1000), ..offer(&pack) };
    assert!(Shelf::new(trust()).consider(vec![in_april]).bundle.is_some());
    let before_enrolment = Offer { delivered: after(-24 * 200), ..offer(&pack) };
    assert_eq!(refused(before_enrolment), Refusal::ExpiredKey);
}

#[test]
fn tampered_content_is_refused_wherever_it_was_changed() {
    let bytes = good(6).to_bytes();
    // The sequence number, the condition and the signatures.
    let within = |text: &[u8]| bytes.windows(text.len()).position(|window| window == text).unwrap();
    for at in [within(b"analyst") + 7 + 7, within(b"pieces > 3") + 9, bytes.len() - 1] {
        let mut bytes = bytes.clone();
        bytes[at] = bytes[at].wrapping_add(1);
        assert_eq!(refused(Offer { bytes, ..offer(&good(6)) }), Refusal::Tampered, "byte {at}");
    }
    // A signature taken from another version.
    let mut grafted = Pack::new(manifest(6), vec![profile("p", "")]).unwrap();
    good(6).signatures().iter().for_each(|signature| grafted.sign(signature.clone()).unwrap());
    assert_eq!(refused_pack(grafted), Refusal::Tampered);
}

#[test]
fn torn_and_foreign_bytes_are_refused() {
    let bytes = good(6).to_bytes();
    assert_eq!(refused(Offer { bytes: bytes[..bytes.len() / 2].to_vec(), ..offer(&good(6)) }), Refusal::Torn);
    assert_eq!(refused(Offer { bytes: Vec::new(), ..offer(&good(6)) }), Refusal::Torn);
    assert_eq!(refused(Offer { bytes: b"id = 'a'".to_vec(), ..offer(&good(6)) }), Refusal::NotABundle);
    assert_eq!(refused(Offer { bytes: [bytes, vec![0]].concat(), ..offer(&good(6)) }), Refusal::Malformed);
}

#[test]
fn the_author_does_not_count_for_his_own_change_and_has_to_sign_it() {
    let pack = |signers: &[&str]| signed(manifest(6), vec![profile("p", "")], signers);
    assert_eq!(refused_pack(pack(&["analyst"])), Refusal::SelfApproved);
    assert_eq!(refused_pack(pack(&["analyst", "lead"])), Refusal::TooFewSignatures);
    assert_eq!(refused_pack(pack(&["lead", "chief"])), Refusal::AuthorMissing);
    assert_eq!(refused_pack(pack(&[])), Refusal::AuthorMissing);
}

#[test]
fn one_person_with_another_s_name_on_it_is_refused() {
    let mut pack = signed(manifest(6), vec![profile("p", "")], &["analyst", "lead"]);
    pack.sign(key("lead").sign("chief", &pack.hash())).unwrap();
    assert_eq!(refused_pack(pack), Refusal::Tampered);
}

#[test]
fn validity_is_judged_by_the_time_of_delivery() {
    let pack =
        |valid_from, valid_until| signed(Manifest { valid_from, valid_until, ..manifest(6) }, vec![profile("p", "")], &ALL);
    assert_eq!(refused_pack(pack(after(-2), Some(NOW))), Refusal::Expired);
    assert_eq!(refused_pack(pack(after(1), None)), Refusal::NotYetValid);
    let answer = Shelf::new(trust()).consider(vec![offer(&pack(after(-2), Some(after(1))))]);
    assert!(answer.bundle.is_some(), "{answer:?}");
}

#[test]
fn faulty_files_and_failing_cases_are_refused() {
    assert_eq!(refused_pack(signed(manifest(6), vec![file("policy.toml", "highest_order = 'x'")], &ALL)), Refusal::Faulty);
    let failing = "[[case]]\nname = 'few'\nexpect = 'match'\nfacts = { pieces = 2 }\n";
    assert_eq!(refused_pack(signed(manifest(6), vec![profile("p", failing)], &ALL)), Refusal::FailingCase);
}

#[test]
fn an_emergency_lookout_needs_one_approval_and_holds_for_its_time_of_event_time_alone() {
    let mut shelf = Shelf::new(trust());
    let lookout = signed(lookout_manifest(3), vec![profile("lookout-a", "")], &["analyst", "lead"]);
    let early = shelf.consider(vec![offer(&lookout)]);
    assert!(early.bundle.is_none() && early.refused.is_empty(), "there is nothing yet to be on top of");
    let bundle = shelf.consider(vec![offer(&good(5))]).bundle.unwrap();
    assert_eq!(ids(&bundle), ["lookout-a", "p5"]);
    let holds = |id: &str, time| bundle.profiles.iter().find(|profile| profile.id == id).unwrap().valid_at(time);
    assert_eq!([-1, 0, 11, 12].map(|hours| holds("lookout-a", after(hours))), [false, true, true, false]);
    assert_eq!([-1, 0, 11, 12].map(|hours| holds("p5", after(hours))), [true; 4]);
    // It stays on top of the next regular bundle, and its successor takes its place.
    let next = shelf.consider(vec![offer(&good(6))]).bundle.unwrap();
    assert_eq!(ids(&next), ["lookout-a", "p6"]);
    let successor = signed(lookout_manifest(4), vec![profile("lookout-b", "")], &["lead", "analyst"]);
    assert_eq!(ids(&shelf.consider(vec![offer(&successor)]).bundle.unwrap()), ["lookout-b", "p6"]);
    // The order in which they came does not matter: every replica names the same hash.
    let in_force = shelf.consider(vec![offer(&good(7))]).bundle.unwrap();
    let mut other = Shelf::new(trust());
    assert_eq!(other.consider(vec![offer(&successor), offer(&good(7))]).bundle.unwrap().hash, in_force.hash);
}

#[test]
fn a_lookout_of_its_author_alone_or_without_an_end_within_a_day_is_refused() {
    let files = || vec![profile("lookout-a", "")];
    assert_eq!(refused_pack(signed(lookout_manifest(6), files(), &["analyst"])), Refusal::SelfApproved);
    let ending = |valid_until| signed(Manifest { valid_until, ..lookout_manifest(6) }, files(), &["analyst", "lead"]);
    assert_eq!(refused_pack(ending(None)), Refusal::LongLookout);
    assert_eq!(refused_pack(ending(Some(after(25)))), Refusal::LongLookout);
    assert_eq!(refused_pack(ending(Some(NOW))), Refusal::Expired);
    let mut shelf = Shelf::new(trust());
    assert!(shelf.consider(vec![offer(&good(5)), offer(&ending(Some(after(24))))]).refused.is_empty());
}

#[test]
fn a_lookout_can_add_profiles_and_nothing_else() {
    let lookout = |file| signed(lookout_manifest(6), vec![file], &["analyst", "lead"]);
    assert_eq!(refused_pack(lookout(file("policy.toml", "highest_order = 'clear'"))), Refusal::WrongContent);
    assert_eq!(refused_pack(lookout(profile("p5", ""))), Refusal::WrongContent);
    let regular = |file| signed(manifest(6), vec![file], &ALL);
    assert_eq!(refused_pack(regular(profile("lookout-a", ""))), Refusal::WrongContent);
    assert_eq!(refused_pack(regular(file("lookout.toml", ""))), Refusal::WrongContent);
}

#[test]
fn every_reason_has_a_row_of_its_own_and_a_test() {
    let mut names: Vec<_> = Refusal::ALL.iter().map(|refusal| refusal.as_str()).collect();
    assert!(Refusal::ALL.iter().enumerate().all(|(at, refusal)| *refusal as usize == at));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Refusal::ALL.len());
    let tests = [include_str!("tests.rs"), include_str!("../pack.rs")].concat();
    for refusal in Refusal::ALL {
        assert!(
            tests.contains(&format!("Refusal::{refusal:?})")) || tests.contains(&format!("Refusal::{refusal:?},")),
            "{refusal}"
        );
    }
}

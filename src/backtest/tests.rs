use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::bundle::{Bundle, File};
use crate::decode::{Decoder, DecoderConfig, Format, Limits};
use crate::memory::Horizons;
use crate::model::Timestamp;
use crate::source::Writer;

/// 2026-01-01T00:00:00Z and a day.
const RECEIVED: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const DAY_MS: i64 = 86_400_000;

fn replay(bundle: &Arc<Bundle>) -> Replay {
    Replay::new(Decoder::new(DecoderConfig::default()).unwrap(), Arc::clone(bundle), Limits::default(), Horizons::default())
}

fn stateless(bundle: &Arc<Bundle>) -> Replay {
    Replay::stateless(Decoder::new(DecoderConfig::default()).unwrap(), Arc::clone(bundle), Limits::default())
}

/// A bundle of one profile, without indicators that would decide for themselves.
fn bundle(profile: &str) -> Arc<Bundle> {
    let file = File { path: "profiles/a.toml".into(), text: profile.to_owned() };
    Arc::new(Bundle::without_indicators("", vec![file]).unwrap())
}

/// The guide's blocks of a language.
fn blocks(guide: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    guide.split(&opening).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_example_of_the_guide_prints_what_the_guide_shows() {
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/backtest.md")).unwrap();
    let [draft, in_force] = &blocks(&guide, "toml")[..] else { panic!("two profiles") };
    let (draft, in_force) = (bundle(draft), bundle(in_force));
    assert_eq!(draft.check_cases(), []);
    let outcomes = Outcomes::read(&blocks(&guide, "jsonl")[0]).unwrap();
    let mut run = Backtest::new(replay(&draft), Some(replay(&in_force)), &outcomes).unwrap();
    run.record(Given::new(Format::Auto, blocks(&guide, "json")[0].as_bytes(), RECEIVED), |_| {});
    let shown = &blocks(&guide, "console")[0];
    let (command, table) = shown.split_once('\n').unwrap();
    assert!(command.starts_with("$ loadgate backtest --bundle draft"));
    assert_eq!(run.report().to_string(), table.trim_end());
}

const PROFILE: &str = "id = 'a'\ntitle = 't'\nowner = 'o'\nthreat = 'x'\ndomain = 'customs'\nweight = 50\nsource = 's'\n\
    condition = 'pieces > 3'\nreason = '{pieces} pieces'\n";

#[test]
fn without_another_bundle_nothing_is_new_or_gone() {
    let (bundle, outcomes) = (bundle(PROFILE), Outcomes::default());
    let mut run = Backtest::new(replay(&bundle), None, &outcomes).unwrap();
    let mut shares = Vec::new();
    let payload = br#"[{"waybill": {"awb": "020-12345675", "quantity": {"pieces": 9}}}, {"waybill": 7}]"#;
    run.record(Given::new(Format::Json, payload, RECEIVED), |share| shares.push(share));
    let report = run.report();
    let Totals { messages, refused, consignments, decisions, .. } = report.totals;
    assert_eq!((messages, refused, consignments, decisions), (2, 1, 1, [0, 1, 0, 0]));
    assert_eq!(shares, [0.5, 1.0]);
    let [line] = report.profiles.as_slice() else { panic!("{report}") };
    assert_eq!((line.hits, line.new, line.gone, line.precision), (1, None, None, None));
    assert_eq!(line.examples[0].text, "9 pieces");
    assert!(report.to_string().contains("a              1        -        -        0          -  020-12345675"), "{report}");
}

/// Waybills of a shipper each, on days of their own.
fn run(mut run: Backtest<'_>, sent: &[(i64, &str)]) -> Report {
    for (serial, (day, shipper)) in (100_000..).zip(sent) {
        let awb = format!("020-{serial:07}{}", serial % 7);
        let payload =
            format!(r#"{{"waybill": {{"awb": "{awb}", "shipper": {{"name": "{shipper}"}}, "quantity": {{"pieces": 9}}}}}}"#);
        run.record(
            Given::new(Format::Json, payload.as_bytes(), Timestamp::from_millis(RECEIVED.millis() + day * DAY_MS)),
            |_| {},
        );
    }
    run.report()
}

#[test]
fn a_profile_on_memory_hits_what_the_messages_before_make_remarkable_and_is_refused_without_memory() {
    let new_shipper = PROFILE.replace("pieces > 3", "memory_days >= 7 && shipper_shipments == 0");
    let (new_shipper, plain, outcomes) = (bundle(&new_shipper), bundle(PROFILE), Outcomes::default());
    // On the first day everybody is new.
    let sent = [(0, "Ada Flowers"), (8, "Bee Farms"), (9, "Ada Flowers"), (10, "Bee Farms")];
    let report = run(Backtest::new(replay(&new_shipper), Some(replay(&plain)), &outcomes).unwrap(), &sent);
    let [line] = report.profiles.as_slice() else { panic!("{report}") };
    assert_eq!((line.hits, line.new, line.gone), (1, Some(0), Some(3)));
    assert_eq!(line.examples[0].consignment.awb.map(|awb| awb.to_string()).as_deref(), Some("020-01000016"));
    for (tested, against) in [(&new_shipper, &plain), (&plain, &new_shipper)] {
        let refused = Backtest::new(stateless(tested), Some(stateless(against)), &outcomes).err().unwrap();
        assert_eq!(refused.to_string(), "without memory these profiles cannot be judged: a (memory_days, shipper_shipments)");
    }
}

#[test]
fn each_bundle_remembers_its_own_verdicts_and_a_stateless_run_remembers_none() {
    let (plain, outcomes) = (bundle(PROFILE), Outcomes::default());
    let capped = bundle(&format!("cap_per_day = 1\n{PROFILE}"));
    let sent = [(0, "Ada Flowers"), (0, "Bee Farms")];
    let report = run(Backtest::new(replay(&capped), Some(replay(&plain)), &outcomes).unwrap(), &sent);
    let Totals { decisions, decisions_against, changed, .. } = report.totals;
    assert_eq!((decisions, decisions_against, changed), ([1, 1, 0, 0], Some([0, 2, 0, 0]), Some(1)));
    assert_eq!((report.profiles[0].hits, report.profiles[0].new), (2, Some(0)), "above its cap it still hits");
    assert!(serde_json::to_value(&report).unwrap().get("stateless").is_none());

    let report = run(Backtest::new(stateless(&capped), Some(stateless(&plain)), &outcomes).unwrap(), &sent);
    assert_eq!((report.totals.decisions, report.totals.changed), ([0, 2, 0, 0], Some(0)));
    assert_eq!(report.profiles[0].hits, 2);
    assert_eq!(serde_json::to_value(&report).unwrap()["stateless"], true);
    let last = report.to_string().lines().last().unwrap().to_owned();
    assert_eq!(last, "stateless: each bill by what its message states alone, as if nothing else were known");
}

#[test]
fn the_bar_goes_through_a_payload_once_for_both_bundles() {
    let (plain, outcomes) = (bundle(PROFILE), Outcomes::default());
    let mut run = Backtest::new(stateless(&plain), Some(stateless(&plain)), &outcomes).unwrap();
    let mut shares = Vec::new();
    run.record(Given::new(Format::Json, br#"[{"waybill": 7}, {"waybill": 7}]"#, RECEIVED), |share| shares.push(share));
    assert_eq!(shares, [0.25, 0.5, 0.75, 1.0]);
    let Totals { messages, refused, .. } = run.report().totals;
    assert_eq!((messages, refused), (2, 2));
}

#[test]
fn law_3_what_a_writer_may_not_send_is_refused_as_in_the_service() {
    let (plain, outcomes) = (bundle(PROFILE), Outcomes::default());
    let outcome = br#"{"outcome": {"awb": "020-12345675", "kind": "cleared", "at": "2026-01-01T00:00:00Z"}}"#;
    for (writer, expected) in [(Some(Writer::Terminals), 1), (Some(Writer::Teams), 0), (None, 0)] {
        let mut run = Backtest::new(replay(&plain), None, &outcomes).unwrap();
        run.record(Given { writer, ..Given::new(Format::Json, outcome, RECEIVED) }, |_| {});
        assert_eq!(run.report().totals.refused, expected, "{writer:?}");
    }
}

#[test]
fn outcomes_that_cannot_be_read_are_told_with_their_line() {
    let bad = Outcomes::read("{\"awb\": \"020-12345675\", \"outcome\": \"seized\"}\n\n{\"awb\": \"x\"}").unwrap_err();
    assert_eq!(bad.line, 3);
}

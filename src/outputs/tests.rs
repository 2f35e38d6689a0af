use std::borrow::Cow;

use apache_avro::{Schema, from_avro_datum};
use serde_json::{Value, json};

use super::*;
use crate::decode::Format;
use crate::model::{Awb, Code, Consignment, FlightRef, GoodsLine, Party, Text, Timestamp};
use crate::record::Reason;
use crate::screen::verdict::{Assessment, Cap, Decision, Domain, Evidence, EvidenceKind, HeldBack, Occasion};

/// What apache-avro reads with the published schema, by name; nothing may be left over.
fn read_back(output: Output, datum: &[u8]) -> Value {
    let schema = Schema::parse_str(output.schema()).unwrap();
    let mut rest = datum;
    let value = from_avro_datum(&schema, &mut rest, None).unwrap();
    assert!(rest.is_empty(), "{} bytes left over", rest.len());
    Value::try_from(value).unwrap()
}

fn example(name: &str) -> Value {
    let path = format!("{}/schemas/examples/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

const SOURCE: Source<'_> = Source { topic: "cargo.messages", partition: 3, offset: 4711, index: 0 };
const RECEIVED: Timestamp = Timestamp::from_millis(1_767_225_600_000);

fn evidence() -> Evidence {
    Evidence {
        kind: EvidenceKind::Indicator,
        id: Cow::Borrowed("D7"),
        domains: vec![Domain::AviationSecurity, Domain::Customs],
        text: "the check digit of the waybill is 6 instead of 5".into(),
        values: vec![(Cow::Borrowed("awb"), "020-12345676".into())],
        weight: 25,
        referral: Some(Decision::Rfi),
        shadow: false,
        suppressed_by: None,
        cap: Some(Cap { per_day: 200, fired: 200, demoted: true, told_to: Some("targeting desk".into()) }),
    }
}

fn consignment() -> Consignment<'static> {
    let party = |name| Some(Party { name: Text::borrowed(name), ..Default::default() });
    let flight = FlightRef { carrier: Code::new("KL"), number: Code::new("0611"), day: Some(RECEIVED), ..Default::default() };
    let line = |description| GoodsLine { description: Text::borrowed(description), ..Default::default() };
    Consignment {
        awb: Awb::new(20, 12_345_676),
        origin: Code::new("AMS"),
        destination: Code::new("ORD"),
        shipper: party("ACME MACHINERY"),
        consignee: party("EXAMPLE IMPORTS"),
        goods: vec![line("GEAR WHEELS"), line("BOLTS")],
        flights: vec![flight],
        ..Default::default()
    }
}

fn alert<'a>(evidence: &'a Evidence, consignment: &'a Consignment<'_>) -> Alert<'a> {
    Alert {
        alert_id: "a1b2c3",
        awb: consignment.awb,
        hawb: None,
        domain: Domain::Customs,
        decision: Decision::Rfi,
        proposed: Decision::Rfs,
        score: 25,
        evidence: vec![evidence],
        consignment: Summary::from(consignment),
        received: RECEIVED,
        source: SOURCE,
        bundle: "9f86d081884c7d65",
        memory: &[Position { topic: "cargo.messages", partition: 3, next_offset: 4712 }],
        occasion: Occasion::Declared,
        withdrawn_ids: &[Cow::Borrowed("P1")],
        answered_ids: &[],
        retro: false,
    }
}

fn assessment() -> AssessmentLine<'static> {
    AssessmentLine {
        awb: None,
        hawb: Some("H1"),
        decision: Decision::Rfs,
        domains: [
            Assessment { score: 60, proposed: Decision::Dnl, ordered: Decision::Rfs },
            Assessment { score: 0, proposed: Decision::Clear, ordered: Decision::Clear },
        ],
        evidence_ids: vec!["D7", "P-1"],
        shadow_ids: vec![],
        suppressed: vec![Suppressed { id: "D11", by: "known-lane" }],
        errors: &[],
        bundle: "9f86d081884c7d65",
        received: RECEIVED,
        source: SOURCE,
        occasion: Occasion::Moved,
        withdrawn_ids: &[Cow::Borrowed("P1")],
        answered_ids: &[Cow::Borrowed("D1")],
        memory: &[Position { topic: "cargo.messages", partition: 3, next_offset: 4712 }],
        retro: true,
        judged_at: Some(Timestamp::from_millis(RECEIVED.millis() + 1)),
        caps: vec![CapLine { id: "P-1", per_day: 200, fired: 200, demoted: true }],
        terminal: Code::new("BOG"),
        departure: Some(RECEIVED),
        held_back: Code::new("BOG").map(|terminal| HeldBack { terminal, per_day: 40, outranked_by: 41 }),
    }
}

fn dead_letter() -> DeadLetter<'static> {
    DeadLetter {
        reason: Reason::BadAwb,
        detail: "awb: not an air waybill number",
        position: 18,
        source: SOURCE,
        timestamp: RECEIVED,
        key: Some(b"\x00\xff"),
        headers: vec![Header { name: "trace", value: None }, Header { name: "unit", value: Some(b"AMS") }],
        payload: br#"{"waybill":{"awb":"020-1"}}"#,
        payload_bytes: 27,
        format: Format::Json,
    }
}

#[test]
fn an_alert_reads_back_by_name_as_its_example() {
    let mut datum = Vec::new();
    alert(&evidence(), &consignment()).encode(&mut datum);
    assert_eq!(read_back(Output::Alert, &datum), example("alert"));
}

#[test]
fn a_referral_reads_back_by_name_as_its_example() {
    let errors = ["MISSING_CNE_NAME"];
    let awb = Awb::new(20, 12_345_675);
    let referral = Referral {
        awb,
        hawb: Some("H1"),
        code: "7H",
        regime: "pact",
        errors: &errors,
        received: RECEIVED,
        source: SOURCE,
        since: Some(RECEIVED),
        associated: Some("8J"),
        retro: false,
    };
    let mut datum = Vec::new();
    referral.encode(&mut datum);
    assert_eq!(read_back(Output::Referral, &datum), example("referral"));
}

#[test]
fn an_assessment_reads_back_by_name_as_its_example() {
    let mut datum = Vec::new();
    assessment().encode(&mut datum);
    assert_eq!(read_back(Output::Assessment, &datum), example("assessment"));
}

#[test]
fn a_dead_letter_reads_back_by_name_as_its_example_and_keeps_every_byte() {
    let letter = dead_letter();
    let mut datum = Vec::new();
    letter.encode(&mut datum);
    assert_eq!(read_back(Output::DeadLetter, &datum), example("dead-letter"));
    let bare = DeadLetter { key: None, headers: vec![], ..letter };
    datum.clear();
    bare.encode(&mut datum);
    assert_eq!(read_back(Output::DeadLetter, &datum)["key"], json!(null));
}

#[test]
fn a_frame_names_the_schema_before_the_datum() {
    let mut out = Vec::new();
    Frame::Confluent(0x0102).write(&mut out);
    assert_eq!(out, [0, 0, 0, 1, 2]);
    for output in Output::ALL {
        let schema = Schema::parse_str(output.schema()).unwrap();
        let header = schema.fingerprint::<apache_avro::rabin::Rabin>().bytes;
        out.clear();
        output.single_object().write(&mut out);
        assert_eq!(out, [&[0xc3, 0x01], &header[..]].concat(), "{output:?}");
    }
}

/// The frames that may stand before an output, each as it is written.
fn frames(output: Output) -> [Vec<u8>; 2] {
    [Frame::Confluent(5), output.single_object()].map(|frame| {
        let mut written = Vec::new();
        frame.write(&mut written);
        written
    })
}

#[test]
fn an_alert_is_read_back_in_every_frame_and_as_nothing_else() {
    let (evidence, consignment) = (evidence(), consignment());
    for mut written in frames(Output::Alert) {
        alert(&evidence, &consignment).encode(&mut written);
        let read = read::alert(&written).unwrap();
        assert_eq!((read.alert_id, read.awb, read.hawb), ("a1b2c3", Some("020-12345676"), None));
        assert_eq!((read.domain, read.decision, read.proposed), (Domain::Customs, Decision::Rfi, Decision::Rfs));
        let [reason] = read.evidence[..] else { panic!("one reason: {read:?}") };
        assert_eq!((reason.kind, reason.id, reason.text), (evidence.kind, "D7", evidence.text.as_str()));
        let read::Summary { origin, destination, shipper, consignee, goods } = read.consignment;
        assert_eq!((origin, destination, goods), (Some("AMS"), Some("ORD"), "GEAR WHEELS; BOLTS"));
        assert_eq!((shipper, consignee), (Some("ACME MACHINERY"), Some("EXAMPLE IMPORTS")));
        assert_eq!(read::dead_letter(&written), None);
    }
}

#[test]
fn an_assessment_is_read_back_in_every_frame_and_cut_only_where_a_record_of_its_time_ended() {
    for frame in frames(Output::Assessment) {
        let mut written = frame.clone();
        assessment().encode(&mut written);
        let read = read::assessment(&written).unwrap();
        assert_eq!((read.awb, read.hawb, read.decision), (None, Some("H1"), Decision::Rfs));
        let scores = read.domains.iter().map(|of| (of.domain, of.score, of.proposed, of.ordered));
        let [security, customs] = Domain::ALL;
        let clear = (customs, 0, Decision::Clear, Decision::Clear);
        assert_eq!(scores.collect::<Vec<_>>(), [(security, 60, Decision::Dnl, Decision::Rfs), clear]);
        assert_eq!((read.evidence_ids, read.errors.len(), read.source), (vec!["D7", "P-1"], 0, SOURCE));
        assert_eq!((read.retro, read.judged_at), (true, Some(Timestamp::from_millis(RECEIVED.millis() + 1))));
        // A record ends where the fields of its time did: before caps and budgets, and before retro verdicts with the flag and the
        // time with the branch of its union.
        let mut without = frame;
        AssessmentLine { caps: Vec::new(), terminal: None, departure: None, held_back: None, ..assessment() }
            .encode(&mut without);
        let older = [without.len() - 4, without.len() - 4 - 8];
        for cut in (0..written.len()).filter(|cut| !older.contains(cut)) {
            assert_eq!(read::assessment(&written[..cut]), None, "cut to {cut} bytes");
        }
        for (cut, retro) in older.into_iter().zip([true, false]) {
            let read = read::assessment(&written[..cut]).unwrap();
            assert_eq!((read.hawb, read.retro, read.judged_at.is_some()), (Some("H1"), retro, retro));
            assert_eq!((read.caps.len(), read.terminal, read.departure), (0, None, None));
        }
        assert_eq!(read::assessment(&[&written[..], b"!"].concat()), None, "a byte too many");
    }
}

#[test]
fn a_referral_is_read_back_in_every_frame() {
    for mut written in frames(Output::Referral) {
        let awb = Awb::new(20, 12_345_675);
        Referral {
            awb,
            hawb: Some("H1"),
            code: "7H",
            regime: "pact",
            errors: &[],
            received: RECEIVED,
            source: SOURCE,
            since: None,
            associated: None,
            retro: false,
        }
        .encode(&mut written);
        let read = read::referral(&written).unwrap();
        assert_eq!((read.awb, read.hawb, read.code), (Some("020-12345675"), Some("H1"), "7H"));
        assert_eq!((read.regime, read.received, read.source), ("pact", RECEIVED, SOURCE));
    }
}

#[test]
fn a_dead_letter_is_read_back_in_every_frame() {
    for mut written in frames(Output::DeadLetter) {
        dead_letter().encode(&mut written);
        let read = read::dead_letter(&written).unwrap();
        assert_eq!(read, read::DeadLetter { reason: "bad_awb", detail: dead_letter().detail, position: 18, source: SOURCE });
    }
}

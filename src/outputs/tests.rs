use std::borrow::Cow;

use apache_avro::{Schema, from_avro_datum};
use serde_json::{Value, json};

use super::*;
use crate::decode::Format;
use crate::model::{Awb, Code, Consignment, FlightRef, GoodsLine, Party, Text, Timestamp};
use crate::record::Reason;
use crate::screen::verdict::{Assessment, Decision, Domain, Evidence, EvidenceKind};

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

#[test]
fn an_alert_reads_back_by_name_as_its_example() {
    let (evidence, consignment) = (evidence(), consignment());
    let alert = Alert {
        alert_id: "a1b2c3",
        awb: consignment.awb,
        hawb: None,
        domain: Domain::Customs,
        decision: Decision::Rfi,
        proposed: Decision::Rfs,
        score: 25,
        evidence: vec![&evidence],
        consignment: Summary::from(&consignment),
        received: RECEIVED,
        source: SOURCE,
        bundle: "9f86d081884c7d65",
        memory: &[Position { topic: "cargo.messages", partition: 3, next_offset: 4712 }],
    };
    let mut datum = Vec::new();
    alert.encode(&mut datum);
    assert_eq!(read_back(Output::Alert, &datum), example("alert"));
}

#[test]
fn a_referral_reads_back_by_name_as_its_example() {
    let errors = ["MISSING_CNE_NAME"];
    let awb = Awb::new(20, 12_345_675);
    let referral =
        Referral { awb, hawb: Some("H1"), code: "7H", regime: "pact", errors: &errors, received: RECEIVED, source: SOURCE };
    let mut datum = Vec::new();
    referral.encode(&mut datum);
    assert_eq!(read_back(Output::Referral, &datum), example("referral"));
}

#[test]
fn an_assessment_reads_back_by_name_as_its_example() {
    let line = AssessmentLine {
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
    };
    let mut datum = Vec::new();
    line.encode(&mut datum);
    assert_eq!(read_back(Output::Assessment, &datum), example("assessment"));
}

#[test]
fn a_dead_letter_reads_back_by_name_as_its_example_and_keeps_every_byte() {
    let letter = DeadLetter {
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
    };
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

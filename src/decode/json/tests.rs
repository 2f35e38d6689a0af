use proptest::prelude::*;

use super::*;
use crate::decode::Limits;
use crate::model::Timestamp;

fn decoded(payload: &[u8]) -> Decoded<'_> {
    decoded_within(payload, Limits::default())
}

fn decoded_within(payload: &[u8], limits: Limits) -> Decoded<'_> {
    let mut out = Vec::new();
    decode(payload, &Context { received: Timestamp::from_millis(0), limits }, &mut out);
    out
}

fn waybill(fields: &str) -> String {
    format!(r#"{{"waybill":{{"awb":"020-12345675"{fields}}}}}"#)
}

fn refused(payload: &[u8]) -> (Reason, usize) {
    match &decoded(payload)[..] {
        [Err(rejected)] => (rejected.reason, rejected.position),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_waybill_is_read_and_its_text_is_borrowed() {
    let json = waybill(
        r#", "origin": "AMS", "shipper": {"name": "ACME MACHINERY", "contacts": [{"kind": "phone", "value": "+31 20"}]},
             "quantity": {"code": "part", "pieces": 3, "weight_g": 12500}, "routing": [["JFK", "KL"], ["LAX", null]],
             "executed": "2026-01-01T00:00:00Z", "goods": [{"description": "GEAR\nBOX \u00e9\ud83d\ude00"}]"#,
    );
    let json = json.replace('\n', " ").replace("GEAR BOX", "GEAR\\nBOX");
    let out = decoded(json.as_bytes());
    let [Ok(Message::Waybill(waybill))] = &out[..] else { panic!("{out:?}") };
    let shipper = waybill.shipper.as_ref().unwrap();
    assert_eq!((shipper.name.as_str(), shipper.name.is_borrowed()), ("ACME MACHINERY", true));
    assert!(shipper.contacts[0].value.is_borrowed());
    assert_eq!((waybill.quantity.pieces, waybill.quantity.weight_g), (Some(3), Some(12_500)));
    assert_eq!(waybill.routing.len(), 2);
    assert_eq!(waybill.executed, Some(Timestamp::from_millis(1_767_225_600_000)));
    assert_eq!(waybill.goods[0].description, "GEAR\nBOX é😀");
    assert_eq!(out[0], serde_json::from_str(&json).map_err(|_| Rejected::new(Reason::Empty, 0, "")));
}

#[test]
fn several_messages_come_one_after_another_one_a_line_or_as_a_list() {
    let one = waybill("");
    for (payload, count) in [
        (one.clone(), 1),
        (format!("{one}{one}"), 2),
        (format!("{one}\n{one}\r\n\n{one}\n"), 3),
        (format!(" [{one} , {one}] "), 2),
    ] {
        let out = decoded(payload.as_bytes());
        assert_eq!((out.len(), out.iter().filter(|item| item.is_ok()).count()), (count, count), "{payload}");
    }
}

#[test]
fn an_unreadable_message_does_not_cost_its_neighbours() {
    let one = waybill("");
    let payload = format!(r#"{one}{{"waybill":{{"awb":"020-1"}}}}{one}"#);
    let out = decoded(payload.as_bytes());
    assert_eq!(out.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    let broken = format!("{one}{{nonsense}}{one}");
    assert_eq!(decoded(broken.as_bytes()).iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn unknown_fields_are_kept_as_remarks_with_their_json() {
    let json = waybill(r#", "carrier_note": {"a": [1, "x"]}, "nothing": null, "shipper": {"name": "ACME", "vat": "NL1"}"#);
    let json = json.replace("}}}", r#"}}, "sent_by": 7}"#);
    let out = decoded(json.as_bytes());
    let [Ok(Message::Waybill(waybill))] = &out[..] else { panic!("{out:?}") };
    let remarks: Vec<_> = waybill.remarks.iter().map(|remark| (remark.line.as_str(), remark.text.as_str())).collect();
    assert_eq!(remarks, [("carrier_note", r#"{"a": [1, "x"]}"#), ("vat", r#""NL1""#), ("sent_by", "7")]);
}

#[test]
fn every_refusal_has_its_reason_and_its_byte() {
    let table: [(&str, Reason, usize); 21] = [
        ("", Reason::Empty, 0),
        ("  ", Reason::Empty, 2),
        ("[]", Reason::Empty, 2),
        (r#"{"waybill":{"awb":"020-1"}}"#, Reason::BadAwb, 18),
        (r#"{"waybill":{}}"#, Reason::BadAwb, 0),
        (r#" {"status":{}}"#, Reason::BadField, 11),
        (r#"{"waybill":{"awb":"020-12345675""#, Reason::Truncated, 32),
        (r#"{"waybill":{"awb":"020-123"#, Reason::Truncated, 26),
        (r#"{"waybill":{"origin":"AMSTERDAM"}}"#, Reason::BadField, 21),
        (r#"{"waybill":{"quantity":{"pieces":"many"}}}"#, Reason::BadField, 33),
        (r#"{"waybill":{"quantity":{"pieces":-1}}}"#, Reason::BadField, 33),
        (r#"{"waybill":{"quantity":{"pieces":1.5}}}"#, Reason::BadField, 33),
        (r#"{"waybill":{"quantity":{"pieces":01}}}"#, Reason::BadField, 33),
        (r#"{"waybill":{"kind":"pirate"}}"#, Reason::BadField, 19),
        (r#"{"waybill":{"awb":tru}}"#, Reason::BadField, 21),
        (r#"{"waybill":{"awb":"020-12345675",}}"#, Reason::BadField, 33),
        (r#"{"waybill":{"awb":"020-12345675","awb":"020-12345675"}}"#, Reason::BadField, 11),
        (r#"{"waybill":{"hawb":"\ud800"}}"#, Reason::BadField, 21),
        (r#"{"uws":{}}"#, Reason::UnsupportedVersion, 1),
        (r#"{"manifest":{}}"#, Reason::BadField, 0),
        (r#"{"waybill":{"routing":[["AMS","KL",1]]}}"#, Reason::BadField, 34),
    ];
    for (payload, reason, position) in table {
        assert_eq!(refused(payload.as_bytes()), (reason, position), "{payload}");
    }
    assert_eq!(refused(b"{\"waybill\":{\"hawb\":\"\xff\"}}"), (Reason::NotText, 20));
    assert_eq!(refused(br#"{"waybill":{"awb":"020-12345675"},"houses":{}}"#), (Reason::BadField, 34));
}

#[test]
fn a_refusal_never_quotes_a_value() {
    for payload in [
        r#"{"waybill":{"awb":"JANE DOE"}}"#,
        r#"{"waybill":{"origin":"JANE DOE"}}"#,
        r#"{"waybill":{"kind":"JANE DOE"}}"#,
        r#"{"waybill":{"executed":"JANE DOE"}}"#,
        r#"{"waybill":{"quantity":"JANE DOE"}}"#,
        r#"{"waybill":{"quantity":{"pieces":"JANE DOE"}}}"#,
        r#"{"JANE DOE":{}}"#,
    ] {
        let out = decoded(payload.as_bytes());
        let rejected = out[0].as_ref().unwrap_err();
        assert!(!rejected.detail.contains("JANE"), "{rejected}");
    }
}

#[test]
fn the_limits_answer_before_anything_else_does() {
    let deep = format!(r#"{{"waybill":{{"x":{}"#, "[".repeat(1_000_000));
    assert_eq!(refused(deep.as_bytes()).0, Reason::TooDeep);
    let limits = Limits { payload_bytes: 100, elements: 3, depth: 200 };
    let reason = |json: &str| decoded_within(json.as_bytes(), limits)[0].as_ref().unwrap_err().reason;
    assert_eq!(reason(&waybill(r#", "handling": ["A","B","C"]"#)), Reason::TooMany);
    assert_eq!(reason(&" ".repeat(101)), Reason::TooLarge);
    let roomy = Limits { depth: 500, ..Limits::default() };
    let nested = waybill(&format!(r#", "x": {}{}"#, "[".repeat(400), "]".repeat(400)));
    assert!(decoded_within(nested.as_bytes(), roomy)[0].is_ok());
}

proptest! {
    /// Whatever serde_json makes of a text, so do we: the same acceptance, the same strings and numbers.
    #[test]
    fn the_scanner_agrees_with_serde_json(text in r#"[\[\]{},:"\\\-+.eE0-9tfn ulraseA-F\n]{0,24}"#) {
        let ours = serde_json::Value::deserialize(&mut Scanner::new(&text, Limits::default()));
        let mut theirs = serde_json::Deserializer::from_str(&text);
        let theirs = serde_json::Value::deserialize(&mut theirs);
        prop_assert_eq!(ours.as_ref().ok(), theirs.as_ref().ok(), "{:?} {:?}", ours, theirs);
    }

    #[test]
    fn strings_survive(text in any::<String>()) {
        let json = serde_json::to_string(&text).unwrap();
        let ours = String::deserialize(&mut Scanner::new(&json, Limits::default()));
        prop_assert_eq!(ours.unwrap(), text);
    }

    #[test]
    fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        prop_assert!(!decoded(&bytes).is_empty());
    }
}

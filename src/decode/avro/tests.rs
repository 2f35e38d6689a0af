mod evolution;
mod resolution;

use std::collections::HashSet;

use apache_avro::types::Value as AvroValue;
use apache_avro::{Schema as ApacheSchema, from_avro_datum, to_avro_datum};
use proptest::prelude::*;
use serde_json::{Value, json};

use self::resolution::{PROBE, Probe};
use super::*;
use crate::decode::{Limits, json as json_form};
use crate::model::Timestamp;

const EXAMPLES: [(&str, &str); 7] = [
    ("waybill", include_str!("../../../schemas/examples/message-waybill.json")),
    ("houses", include_str!("../../../schemas/examples/message-houses.json")),
    ("manifest", include_str!("../../../schemas/examples/message-manifest.json")),
    ("booked list", include_str!("../../../schemas/examples/message-booked-list.json")),
    ("booking", include_str!("../../../schemas/examples/message-booking.json")),
    ("status", include_str!("../../../schemas/examples/message-status.json")),
    ("outcome", include_str!("../../../schemas/examples/message-outcome.json")),
];

fn context() -> Context {
    Context { received: Timestamp::from_millis(0), limits: Limits::default() }
}

fn example(text: &str) -> Message<'_> {
    let mut out = Vec::new();
    json_form::decode(text.as_bytes(), &context(), &mut out);
    assert_eq!(out.len(), 1);
    out.remove(0).unwrap()
}

fn bytes_of(message: &Message<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    encode(message, &mut out);
    out
}

fn bare(payload: &[u8]) -> Result<Message<'_>, Rejected> {
    AvroDecoder::with_registry(Framing::Bare, None).decode_one(payload, &context())
}

fn read<'de, T: Deserialize<'de>>(program: &Program, bytes: &'de [u8], limits: Limits) -> Result<T, Rejected> {
    let mut cursor = Cursor::new(bytes, 0, limits);
    let value = T::deserialize(Datum { program, node: program.root, cursor: &mut cursor });
    let value = value.map_err(|problem| problem.into_rejected(0))?;
    assert_eq!(cursor.remaining(), 0, "bytes left over");
    Ok(value)
}

/// A message as JSON by Avro's names: times in milliseconds, pairs as records, without what says nothing.
fn plain(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let named = members.into_iter().map(|(name, value)| {
                let value = match name.as_str() {
                    "routing" => pairs(value, ["airport", "carrier"]),
                    "identities" => pairs(value, ["code", "text"]),
                    "expiry" if value.is_array() => pair(value, ["year", "month"]),
                    _ => value,
                };
                (name, plain(value))
            });
            let says = |value: &Value| !value.is_null() && *value != json!([]) && *value != json!(false) && *value != json!("");
            Value::Object(named.filter(|(_, value)| says(value)).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        Value::String(text) => match Timestamp::parse_rfc3339(&text) {
            Some(time) => json!(time.millis()),
            None => Value::String(text),
        },
        other => other,
    }
}

fn pairs(list: Value, names: [&str; 2]) -> Value {
    match list {
        Value::Array(items) => Value::Array(items.into_iter().map(|item| pair(item, names)).collect()),
        other => other,
    }
}

fn pair(value: Value, names: [&str; 2]) -> Value {
    if value.is_array() { json!({ names[0]: value[0], names[1]: value[1] }) } else { value }
}

#[test]
fn apache_avro_reads_what_we_write_by_the_same_names() {
    let schema = ApacheSchema::parse_str(MESSAGE_SCHEMA).unwrap();
    for (name, text) in EXAMPLES {
        let message = example(text);
        let bytes = bytes_of(&message);
        let mut rest = &bytes[..];
        let theirs = Value::try_from(from_avro_datum(&schema, &mut rest, None).unwrap()).unwrap();
        assert!(rest.is_empty(), "{name}: {} bytes left over", rest.len());
        assert_eq!(plain(theirs), plain(serde_json::to_value(&message).unwrap()), "{name}");
    }
}

#[test]
fn the_examples_use_every_field_of_the_schema() {
    let all: String = EXAMPLES.map(|(_, text)| text).concat();
    let pairs = ["airport", "carrier", "year", "month", "code", "text"];
    let schema: Value = serde_json::from_str(MESSAGE_SCHEMA).unwrap();
    let mut missing = Vec::new();
    each_record(&schema, &mut |record| {
        for field in record["fields"].as_array().unwrap() {
            let name = field["name"].as_str().unwrap();
            assert!(field["doc"].as_str().is_some_and(|doc| !doc.is_empty()), "{name} has no doc");
            if !pairs.contains(&name) && !all.contains(&format!("\"{name}\"")) {
                missing.push(name.to_owned());
            }
        }
    });
    assert_eq!(missing, [""; 0]);
}

fn each_record(schema: &Value, visit: &mut dyn FnMut(&Value)) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| each_record(item, visit)),
        Value::Object(object) => {
            if schema["type"] == "record" {
                visit(schema);
            }
            object.values().filter(|value| value.is_array() || value.is_object()).for_each(|value| each_record(value, visit));
        }
        _ => {}
    }
}

#[test]
fn a_message_survives_avro_and_its_text_is_borrowed() {
    for (name, text) in EXAMPLES {
        let message = example(text);
        let bytes = bytes_of(&message);
        assert_eq!(bare(&bytes), Ok(message), "{name}");
    }
    let bytes = bytes_of(&example(EXAMPLES[0].1));
    let Ok(Message::Waybill(waybill)) = bare(&bytes) else { panic!() };
    assert!(waybill.shipper.as_ref().unwrap().name.is_borrowed() && waybill.remarks[0].text.is_borrowed());
}

#[test]
fn each_framing_is_told_apart() {
    let message = example(EXAMPLES[5].1);
    let datum = bytes_of(&message);
    let framed = |frame: Frame| {
        let mut out = Vec::new();
        frame.write(&mut out);
        out.extend_from_slice(&datum);
        out
    };
    let decode = |framing, payload: &[u8]| {
        let answer = AvroDecoder::with_registry(framing, None).decode_one(payload, &context());
        answer.map(|message| bytes_of(&message)).map_err(|rejected| rejected.reason)
    };
    let single = framed(message_frame());
    assert_eq!(&single[..2], [0xc3, 0x01]);
    let table = [
        (Framing::Auto, single.clone(), Ok(datum.clone())),
        (Framing::Auto, datum.clone(), Ok(datum.clone())),
        (Framing::Bare, datum.clone(), Ok(datum.clone())),
        (Framing::SingleObject, single.clone(), Ok(datum.clone())),
        (Framing::SingleObject, datum.clone(), Err(Reason::BadHeader)),
        (Framing::SingleObject, single[..9].to_vec(), Err(Reason::Truncated)),
        (Framing::SingleObject, framed(Frame::SingleObject(7)), Err(Reason::UnknownSchema)),
        (Framing::Confluent, framed(Frame::Confluent(7)), Err(Reason::UnknownSchema)),
        (Framing::Confluent, vec![0, 0, 0], Err(Reason::Truncated)),
        (Framing::Confluent, single, Err(Reason::BadHeader)),
        (Framing::Auto, vec![], Err(Reason::Empty)),
    ];
    for (framing, payload, expected) in table {
        assert_eq!(decode(framing, &payload), expected, "{framing:?} {payload:?}");
    }
}

#[test]
fn nesting_is_bounded_in_data_that_is_read_and_in_data_that_is_skipped() {
    let nested = r#"{"type": "record", "name": "Probe", "fields": [{"name": "next", "type": ["null", "Probe"]}]}"#;
    let skipped = nested.replace("next", "other");
    let reader = Schema::parse(PROBE, &[]).unwrap();
    for schema in [nested, &skipped] {
        let program = Program::compile(&Schema::parse(schema, &[]).unwrap(), &reader).unwrap();
        let reason = read::<Probe>(&program, &vec![2; 1_000_000], Limits::default()).unwrap_err().reason;
        assert_eq!(reason, Reason::TooDeep, "{schema}");
    }
}

#[test]
fn hostile_numbers_and_lengths_are_refused() {
    let fields = [
        ("whole", "\"long\""),
        ("text", "\"string\""),
        ("list", r#"{"type": "array", "items": "long"}"#),
        ("skipped", r#"{"type": "array", "items": "null"}"#),
        ("maybe", r#"["null", "long"]"#),
    ];
    let huge = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    let least = [0xff; 9].into_iter().chain([0x01]).collect::<Vec<_>>();
    let table: [(usize, &[u8], Reason); 13] = [
        (0, &[0xff; 11], Reason::BadField),
        (0, &[0x80, 0x80], Reason::Truncated),
        (1, &huge, Reason::Truncated),
        (1, &[1], Reason::BadField),
        (1, &[4, b'a'], Reason::Truncated),
        (1, &[2, 0xff], Reason::NotText),
        (2, &huge, Reason::TooMany),
        (2, &least, Reason::Truncated),
        (2, &[1, 1, 0], Reason::BadField),
        (2, &[4, 2], Reason::Truncated),
        (3, &huge, Reason::TooMany),
        (4, &[4], Reason::BadField),
        (4, &[1], Reason::BadField),
    ];
    let reader = Schema::parse(PROBE, &[]).unwrap();
    for (index, bytes, reason) in table {
        let (name, kind) = fields[index];
        let schema = format!(r#"{{"type": "record", "name": "Probe", "fields": [{{"name": "{name}", "type": {kind}}}]}}"#);
        let program = Program::compile(&Schema::parse(&schema, &[]).unwrap(), &reader).unwrap();
        let error = read::<Probe>(&program, bytes, Limits::default()).unwrap_err();
        assert_eq!(error.reason, reason, "{name} {bytes:x?}: {error}");
    }
}

#[test]
fn every_cut_of_a_message_is_refused_at_or_before_its_end() {
    for (name, text) in EXAMPLES {
        let bytes = bytes_of(&example(text));
        for end in 1..bytes.len() {
            let rejected = bare(&bytes[..end]).unwrap_err();
            assert!(rejected.position <= end, "{name} cut at {end}: {rejected}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(bare(&longer).unwrap_err().position, bytes.len(), "{name}");
    }
}

#[test]
fn a_record_of_no_or_of_two_messages_is_refused() {
    assert_eq!(bare(&[0; 7]).unwrap_err().reason, Reason::UnsupportedVersion);
    let booking = bytes_of(&example(EXAMPLES[4].1));
    let status = bytes_of(&example(EXAMPLES[5].1));
    let both = [&booking[..booking.len() - 2], &status[5..]].concat();
    let rejected = bare(&both).unwrap_err();
    assert_eq!((rejected.reason, rejected.detail.as_str()), (Reason::BadField, "two messages in one record"));
}

#[test]
fn a_malformed_awb_is_told_as_such_and_not_quoted() {
    let text = EXAMPLES[5].1;
    let mut bytes = bytes_of(&example(text));
    let place = bytes.windows(12).position(|window| window == b"020-12345675").unwrap();
    bytes[place + 4] = b'X';
    let rejected = bare(&bytes).unwrap_err();
    assert_eq!((rejected.reason, rejected.position), (Reason::BadAwb, place - 1));
    assert!(!rejected.detail.contains("020"), "{rejected}");
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..128)) {
        let mut out = Vec::new();
        AvroDecoder::with_registry(Framing::Bare, None).decode(&bytes, &context(), &mut out);
        prop_assert_eq!(out.len(), 1);
    }

    /// One flipped byte of a real message: an answer, and if it is a message, one that can be written again.
    #[test]
    fn a_damaged_message_gets_an_answer(place in 0_usize..2_000, byte in any::<u8>(), which in 0_usize..6) {
        let mut bytes = bytes_of(&example(EXAMPLES[which].1));
        let place = place % bytes.len();
        bytes[place] = byte;
        if let Ok(message) = bare(&bytes) {
            let again = bytes_of(&message);
            prop_assert_eq!(bare(&again), Ok(message));
        }
    }
}

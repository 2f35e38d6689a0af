use std::collections::HashSet;

use apache_avro::types::Value as AvroValue;
use apache_avro::{Schema as ApacheSchema, from_avro_datum, to_avro_datum};
use proptest::prelude::*;
use serde_json::{Value, json};

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

/// The canonical schema with `edit` applied to the fields of every record, each named type defined where it is first met.
fn edited(edit: &dyn Fn(&str, &mut Vec<Value>)) -> String {
    let schema = serde_json::from_str(MESSAGE_SCHEMA).unwrap();
    let mut definitions = HashMap::new();
    collect(&schema, &mut definitions);
    for (name, definition) in &mut definitions {
        if let Some(fields) = definition["fields"].as_array_mut() {
            edit(name, fields);
        }
    }
    inline(&json!("Message"), &definitions, &mut HashSet::new()).to_string()
}

fn collect(schema: &Value, into: &mut HashMap<String, Value>) {
    if let Some(name) = schema["name"].as_str().filter(|_| schema["type"] == "record" || schema["type"] == "enum") {
        into.insert(name.to_owned(), schema.clone());
    }
    match schema {
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        Value::Object(object) => object.values().for_each(|value| collect(value, into)),
        _ => {}
    }
}

fn inline(schema: &Value, definitions: &HashMap<String, Value>, seen: &mut HashSet<String>) -> Value {
    let name = schema.as_str().or_else(|| schema["name"].as_str()).unwrap_or_default();
    match definitions.get(name) {
        Some(definition) if seen.insert(name.to_owned()) => {
            let mut definition = definition.clone();
            for field in definition["fields"].as_array_mut().into_iter().flatten() {
                field["type"] = inline(&field["type"], definitions, seen);
            }
            definition
        }
        Some(_) => json!(name),
        None if schema["type"] == "array" => json!({"type": "array", "items": inline(&schema["items"], definitions, seen)}),
        None => match schema {
            Value::Array(branches) => branches.iter().map(|branch| inline(branch, definitions, seen)).collect(),
            other => other.clone(),
        },
    }
}

/// What apache-avro writes of an example under another schema.
fn written_under(schema: &str, text: &str) -> Vec<u8> {
    let ours = ApacheSchema::parse_str(MESSAGE_SCHEMA).unwrap();
    let theirs = ApacheSchema::parse_str(schema).unwrap();
    let value = from_avro_datum(&ours, &mut &bytes_of(&example(text))[..], Some(&theirs)).unwrap();
    to_avro_datum(&theirs, value).unwrap()
}

fn read_under<'a>(schema: &str, bytes: &'a [u8]) -> Message<'a> {
    let writer = Schema::parse(schema, &[]).unwrap();
    read(&Program::compile(&writer, &bundled().reader).unwrap(), bytes, Limits::default()).unwrap()
}

#[test]
fn an_older_writer_leaves_new_fields_at_their_defaults() {
    let older = edited(&|name, fields| {
        let removed = if name == "Consignment" { ["account", "remarks", "charges"] } else { ["expiry", "verified", "part"] };
        fields.retain(|field| !removed.contains(&field["name"].as_str().unwrap()));
    });
    for (name, text) in EXAMPLES {
        let mut expected = example(text);
        let bytes = written_under(&older, text);
        match &mut expected {
            Message::Waybill(waybill) => {
                (waybill.account, waybill.charges) = (None, Default::default());
                waybill.remarks.clear();
                waybill.security[0].issuer.as_mut().unwrap().expiry = None;
                waybill.shipper.as_mut().unwrap().contacts[0].verified = false;
            }
            Message::Manifest(list) => list.part = None,
            _ => {}
        }
        assert_eq!(read_under(&older, &bytes), expected, "{name}");
    }
}

#[test]
fn a_newer_writer_may_add_and_reorder_fields_everywhere() {
    let newer = edited(&|_, fields| {
        fields.reverse();
        let added = json!({"type": "array", "items": {"type": "array", "items": "double"}});
        let map = json!({"name": "extra_map", "type": {"type": "map", "values": "string"}, "default": {"k": "v"}});
        fields.insert(0, json!({"name": "extra_list", "type": added, "default": [[1.5, 2.5]]}));
        fields.push(map);
    });
    for (name, text) in EXAMPLES {
        let bytes = written_under(&newer, text);
        assert_eq!(read_under(&newer, &bytes), example(text), "{name}");
    }
}

#[derive(Debug, PartialEq, Default, Deserialize)]
#[serde(default)]
struct Probe {
    number: f64,
    whole: i64,
    text: String,
    kind: ProbeKind,
    maybe: Option<i64>,
    time: Option<Timestamp>,
    list: Vec<i64>,
    next: Option<Box<Probe>>,
}

#[derive(Debug, PartialEq, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ProbeKind {
    #[default]
    Other,
    Red,
    Blue,
}

const PROBE: &str = r#"{"type": "record", "name": "Probe", "namespace": "a", "aliases": ["old.Sonde"], "fields": [
    {"name": "number", "type": "double", "default": 0.5},
    {"name": "whole", "type": "long", "default": 7, "aliases": ["count"]},
    {"name": "text", "type": "string", "default": "none"},
    {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["other", "red", "blue"], "default": "other"},
     "default": "red"},
    {"name": "maybe", "type": ["null", "long"], "default": null},
    {"name": "time", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}], "default": null},
    {"name": "list", "type": {"type": "array", "items": "long"}, "default": [1]},
    {"name": "next", "type": ["null", "Probe"], "default": null}]}"#;

fn defaults() -> Probe {
    Probe { number: 0.5, whole: 7, text: "none".into(), kind: ProbeKind::Red, list: vec![1], ..Probe::default() }
}

/// What apache-avro writes of one field under a writer's schema, read by ours.
fn probed(name: &str, field: &str, value: AvroValue) -> Result<Probe, String> {
    let schema = format!(r#"{{"type": "record", "name": "{name}", "fields": [{field}]}}"#);
    let apache = ApacheSchema::parse_str(&schema).unwrap();
    let field: Value = serde_json::from_str(field).unwrap();
    let record = AvroValue::Record(vec![(field["name"].as_str().unwrap().to_owned(), value)]);
    let bytes = to_avro_datum(&apache, record).unwrap();
    let program = Program::compile(&Schema::parse(&schema, &[])?, &Schema::parse(PROBE, &[])?)?;
    read(&program, &bytes, Limits::default()).map_err(|rejected| rejected.to_string())
}

#[test]
fn a_writers_field_is_promoted_renamed_and_unwrapped_as_avro_prescribes() {
    let union = |index, value| AvroValue::Union(index, Box::new(value));
    let longs = |list: &[i64]| AvroValue::Array(list.iter().map(|item| AvroValue::Long(*item)).collect());
    let table = [
        (r#"{"name": "number", "type": "int"}"#, AvroValue::Int(-3), Probe { number: -3.0, ..defaults() }),
        (r#"{"name": "number", "type": "long"}"#, AvroValue::Long(1 << 40), Probe { number: 1_099_511_627_776.0, ..defaults() }),
        (r#"{"name": "number", "type": "float"}"#, AvroValue::Float(1.5), Probe { number: 1.5, ..defaults() }),
        (r#"{"name": "whole", "type": "int"}"#, AvroValue::Int(9), Probe { whole: 9, ..defaults() }),
        (r#"{"name": "count", "type": "long"}"#, AvroValue::Long(9), Probe { whole: 9, ..defaults() }),
        (r#"{"name": "text", "type": "bytes"}"#, AvroValue::Bytes(b"abc".into()), Probe { text: "abc".into(), ..defaults() }),
        (
            r#"{"name": "text", "type": ["int", "string"]}"#,
            union(1, AvroValue::String("x".into())),
            Probe { text: "x".into(), ..defaults() },
        ),
        (
            r#"{"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["green", "blue"]}}"#,
            AvroValue::Enum(1, "blue".into()),
            Probe { kind: ProbeKind::Blue, ..defaults() },
        ),
        (
            r#"{"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["green", "blue"]}}"#,
            AvroValue::Enum(0, "green".into()),
            Probe { kind: ProbeKind::Other, ..defaults() },
        ),
        (r#"{"name": "maybe", "type": "long"}"#, AvroValue::Long(5), Probe { maybe: Some(5), ..defaults() }),
        (r#"{"name": "maybe", "type": ["int", "null"]}"#, union(0, AvroValue::Int(5)), Probe { maybe: Some(5), ..defaults() }),
        (r#"{"name": "maybe", "type": ["int", "null"]}"#, union(1, AvroValue::Null), defaults()),
        (r#"{"name": "maybe", "type": "null"}"#, AvroValue::Null, defaults()),
        (
            r#"{"name": "time", "type": {"type": "long", "logicalType": "timestamp-micros"}}"#,
            AvroValue::TimestampMicros(-1_500),
            Probe { time: Some(Timestamp::from_millis(-2)), ..defaults() },
        ),
        (
            r#"{"name": "time", "type": {"type": "int", "logicalType": "date"}}"#,
            AvroValue::Date(1),
            Probe { time: Some(Timestamp::from_millis(86_400_000)), ..defaults() },
        ),
        (
            r#"{"name": "time", "type": "long"}"#,
            AvroValue::Long(5),
            Probe { time: Some(Timestamp::from_millis(5)), ..defaults() },
        ),
        (
            r#"{"name": "list", "type": {"type": "array", "items": "long"}}"#,
            longs(&[1, 2, 300]),
            Probe { list: vec![1, 2, 300], ..defaults() },
        ),
        (r#"{"name": "list", "type": {"type": "array", "items": "long"}}"#, longs(&[]), Probe { list: vec![], ..defaults() }),
        (r#"{"name": "unheard_of", "type": "long"}"#, AvroValue::Long(5), defaults()),
    ];
    for (field, value, expected) in table {
        assert_eq!(probed("Probe", field, value), Ok(expected), "{field}");
    }
    assert!(probed("Sonde", r#"{"name": "whole", "type": "long"}"#, AvroValue::Long(1)).unwrap_err().contains("Sonde"));
}

#[test]
fn what_avro_cannot_resolve_is_said_with_the_fields_name() {
    let table = [
        (
            r#"{"name": "whole", "type": "double"}"#,
            AvroValue::Double(1.0),
            "whole: the writer has a double where a long is needed",
        ),
        (r#"{"name": "list", "type": "string"}"#, AvroValue::String("x".into()), "list: the writer has a string where an array"),
        (
            r#"{"name": "whole", "type": ["string", "null"]}"#,
            AvroValue::Union(1, Box::new(AvroValue::Null)),
            "whole: the writer has a string",
        ),
    ];
    for (field, value, expected) in table {
        let error = probed("Probe", field, value).unwrap_err();
        assert!(error.contains(expected), "{field}: {error}");
    }
    let reader = Schema::parse(MESSAGE_SCHEMA, &[]).unwrap();
    let no_awb = edited(&|name, fields| fields.retain(|field| name != "LoadLine" || field["name"] != "awb"));
    let program = Program::compile(&Schema::parse(&no_awb, &[]).unwrap(), &reader).unwrap();
    let rejected = read::<Message<'_>>(&program, &[0, 0, 2], Limits::default()).unwrap_err();
    assert_eq!(rejected.reason, Reason::SchemaMismatch);
    assert!(rejected.detail.ends_with("points: loads: lines: awb is missing and has no default"), "{rejected}");
}

#[test]
fn a_branch_that_does_not_resolve_is_an_error_only_when_it_is_written() {
    let field = r#"{"name": "whole", "type": ["string", "long"]}"#;
    let union = |index, value| AvroValue::Union(index, Box::new(value));
    assert_eq!(probed("Probe", field, union(1, AvroValue::Long(3))).unwrap().whole, 3);
    assert!(probed("Probe", field, union(0, AvroValue::String("x".into()))).unwrap_err().starts_with("schema_mismatch"));
}

#[test]
fn types_are_found_by_alias_by_reference_and_in_themselves() {
    let aliased = r#"{"type": "record", "name": "Sonde", "namespace": "old", "fields": [
        {"name": "whole", "type": "long"}, {"name": "next", "type": ["null", "Sonde"]}]}"#;
    let reader = Schema::parse(PROBE, &[]).unwrap();
    let program = Program::compile(&Schema::parse(aliased, &[]).unwrap(), &reader).unwrap();
    let probe: Probe = read(&program, &[2, 2, 4, 0], Limits::default()).unwrap();
    assert_eq!((probe.whole, probe.next.unwrap().whole), (1, 2));

    let referring = r#"{"type": "record", "name": "Probe", "fields": [{"name": "kind", "type": "b.Kind"}]}"#;
    let reference = r#"{"type": "enum", "name": "Kind", "namespace": "b", "symbols": ["blue"]}"#;
    let program = Program::compile(&Schema::parse(referring, &[reference]).unwrap(), &reader).unwrap();
    assert_eq!(read::<Probe>(&program, &[0], Limits::default()).unwrap().kind, ProbeKind::Blue);
    assert!(Schema::parse(referring, &[]).unwrap_err().contains("b.Kind"));
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

/// `(old, new)`: the schemas as first published, kept for ever, and as they are.
const PUBLISHED: [(&str, &str); 5] = [
    (include_str!("../../../tests/data/schemas/v1/message.avsc"), MESSAGE_SCHEMA),
    (include_str!("../../../tests/data/schemas/v1/alert.avsc"), include_str!("../../../schemas/alert.avsc")),
    (include_str!("../../../tests/data/schemas/v1/referral.avsc"), include_str!("../../../schemas/referral.avsc")),
    (include_str!("../../../tests/data/schemas/v1/assessment.avsc"), include_str!("../../../schemas/assessment.avsc")),
    (include_str!("../../../tests/data/schemas/v1/dead-letter.avsc"), include_str!("../../../schemas/dead-letter.avsc")),
];

/// Why data of `writer` cannot always be read as `reader`; unlike the decoder, this does not put off what a union may hide.
fn incompatibility(writer: &str, reader: &str) -> Option<String> {
    let [writer, reader] = [writer, reader].map(|text| Schema::parse(text, &[]).unwrap());
    match Program::compile(&writer, &reader) {
        Err(why) => Some(why),
        Ok(program) => program.mismatches().next().map(str::to_owned),
    }
}

#[test]
fn the_schemas_read_and_are_read_by_their_first_published_version() {
    for (old, new) in PUBLISHED {
        assert_eq!(incompatibility(old, new), None, "old data, new reader");
        assert_eq!(incompatibility(new, old), None, "new data, old reader");
    }
}

#[test]
fn removing_a_field_without_a_default_is_found_to_be_incompatible() {
    let without = |removed: &str| {
        let shorter = edited(&|_, fields| fields.retain(|field| field["name"] != removed));
        incompatibility(&shorter, MESSAGE_SCHEMA)
    };
    assert_eq!(without("remarks"), None);
    assert!(without("length_mm").unwrap().ends_with("length_mm is missing and has no default"));
}

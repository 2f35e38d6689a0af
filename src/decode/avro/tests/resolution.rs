//! How a field of the writer becomes one of the reader, as Avro prescribes.

use super::evolution::edited;
use super::*;

#[derive(Debug, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Probe {
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

pub const PROBE: &str = r#"{"type": "record", "name": "Probe", "namespace": "a", "aliases": ["old.Sonde"], "fields": [
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

//! Messages of older and newer writers, and whether schemas stay compatible.

use super::*;

/// The canonical schema with `edit` applied to the fields of every record, each named type defined where it is first met.
pub fn edited(edit: &dyn Fn(&str, &mut Vec<Value>)) -> String {
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

/// `(old, new)`: the schemas as first published, kept for ever, and as they are.
const PUBLISHED: [(&str, &str); 5] = [
    (include_str!("../../../../tests/data/schemas/v1/message.avsc"), MESSAGE_SCHEMA),
    (include_str!("../../../../tests/data/schemas/v1/alert.avsc"), include_str!("../../../../schemas/alert.avsc")),
    (include_str!("../../../../tests/data/schemas/v1/referral.avsc"), include_str!("../../../../schemas/referral.avsc")),
    (include_str!("../../../../tests/data/schemas/v1/assessment.avsc"), include_str!("../../../../schemas/assessment.avsc")),
    (include_str!("../../../../tests/data/schemas/v1/dead-letter.avsc"), include_str!("../../../../schemas/dead-letter.avsc")),
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

//! A writer's schema comes from a registry, which others fill: schema and datum, separated by a zero byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use loadgate::decode::avro::RecordReader;
use serde::de::IgnoredAny;

fuzz_target!(|input: &[u8]| {
    let middle = input.iter().position(|byte| *byte == 0).unwrap_or(input.len());
    let (schema, datum) = input.split_at(middle);
    let Ok(schema) = std::str::from_utf8(schema) else { return };
    if let Ok(reader) = RecordReader::of(schema, schema) {
        let _ = reader.read::<IgnoredAny>(datum.get(1..).unwrap_or_default());
    }
});

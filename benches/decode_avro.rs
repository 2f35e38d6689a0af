//! How fast an Avro waybill of some 1.8 kB becomes a message, and how long apache-avro takes to its values.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a benchmark stops at what is not as expected")]

#[path = "support/timing.rs"]
mod timing;

use std::hint::black_box;

use apache_avro::{Schema, from_avro_datum};
use loadgate::decode::{Context, Decoder, DecoderConfig, Format, Limits, avro};
use loadgate::model::{Message, Timestamp};

use timing::{fastest, report};

/// Goal: `avro_decode_1800b_ratio` at least 3. It is taken against apache-avro's step to its values alone: its serde form reads
/// those and comes on top, and it refuses the pairs of our types (`routing`).
fn main() {
    let context = Context { received: Timestamp::from_millis(0), limits: Limits::default() };
    let mut decoder = Decoder::new(DecoderConfig::default()).expect("the default configuration is valid");
    let json = include_str!("../schemas/examples/message-waybill.json").replace("KEEP DRY", &"KEEP DRY ".repeat(120));
    let mut messages = Vec::new();
    decoder.decode(Format::Json, json.as_bytes(), &context, &mut messages);
    let Some(Ok(message)) = messages.first() else { panic!("the example is valid") };
    assert!(matches!(message, Message::Waybill(_)), "the example is a waybill");
    let mut datum = Vec::new();
    avro::encode(message, &mut datum);

    let ours = fastest(|| {
        let mut out = Vec::new();
        decoder.decode(Format::Avro, black_box(&datum), &context, &mut out);
        assert!(out.iter().all(Result::is_ok));
        black_box(&out);
    });

    // apache-avro has no serde form of our one-of record, so it reads the waybill alone, which favours it.
    let consignment = consignment_schema();
    let alone: Vec<u8> = datum.iter().skip(1).take(datum.len() - 6).copied().collect();
    let schema = Schema::parse_str(&consignment).expect("a part of a valid schema");
    let value_only = fastest(|| {
        black_box(from_avro_datum(&schema, &mut black_box(&alone[..]), None).expect("the same bytes"));
    });
    println!("avro_decode_size {} bytes", datum.len());
    report("avro_decode_1800b", ours);
    report("avro_decode_1800b_apache_values", value_only);
    println!("avro_decode_1800b_ratio {:.1} x", value_only.as_secs_f64() / ours.as_secs_f64());
}

fn consignment_schema() -> String {
    let message: serde_json::Value = serde_json::from_str(avro::MESSAGE_SCHEMA).expect("the schema is JSON");
    let mut consignment = message["fields"][0]["type"][1].clone();
    consignment["namespace"] = message["namespace"].clone();
    consignment.to_string()
}

//! How fast a JSON waybill becomes a message, and how serde_json fares with the same bytes and types.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a benchmark stops at what is not as expected")]

#[path = "support/timing.rs"]
mod timing;

use std::hint::black_box;

use loadgate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use loadgate::model::{Message, Timestamp};

use timing::{fastest, report};

fn main() {
    let context = Context { received: Timestamp::from_millis(0), limits: Limits::default() };
    let mut decoder = Decoder::new(DecoderConfig::default()).expect("the default configuration is valid");
    let pretty: Message<'_> =
        serde_json::from_str(include_str!("../schemas/examples/message-waybill.json")).expect("the example is valid");
    let json = serde_json::to_vec(&pretty).expect("a message is JSON");
    let ours = fastest(|| {
        let mut out = Vec::new();
        decoder.decode(Format::Json, black_box(&json), &context, &mut out);
        assert!(out.iter().all(Result::is_ok));
        black_box(&out);
    });
    let theirs = fastest(|| {
        black_box(serde_json::from_slice::<Message<'_>>(black_box(&json)).expect("the same bytes"));
    });
    println!("{} bytes", json.len());
    report("loadgate, unknown fields kept", ours, json.len());
    report("serde_json, unknown fields lost", theirs, json.len());
}

//! How fast a JSON waybill becomes a message, and how serde_json fares with the same bytes and types.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a benchmark stops at what is not as expected")]

#[path = "support/timing.rs"]
mod timing;

use std::hint::black_box;

use loadgate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use loadgate::model::{Message, Timestamp};

use timing::{fastest, report};

/// Goal: `json_decode_ratio` at least 1, although we keep unknown fields and positions. The goal's measure is serde_json into
/// structs with owned strings; here it borrows them as we do, which favours it.
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
    println!("json_decode_size {} bytes", json.len());
    report("json_decode", ours);
    report("json_decode_serde_json", theirs);
    println!("json_decode_ratio {:.2} x", theirs.as_secs_f64() / ours.as_secs_f64());
}

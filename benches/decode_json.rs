//! How fast a JSON waybill becomes a message, and how serde_json fares with the same bytes and types.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a benchmark stops at what is not as expected")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use loadgate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use loadgate::model::{Message, Timestamp};

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

/// The fastest of many rounds, per call.
fn fastest(mut work: impl FnMut()) -> Duration {
    const CALLS: u32 = 2_000;
    let round = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        (0..CALLS).for_each(|_| work());
        start.elapsed() / CALLS
    };
    (0..30).map(|_| round(&mut work)).min().unwrap_or_default()
}

fn report(name: &str, time: Duration, bytes: usize) {
    let seconds = time.as_secs_f64();
    println!("{name:34} {:8.0} ns {:10.0} messages/s {:8.0} MB/s", seconds * 1e9, 1.0 / seconds, bytes as f64 / seconds / 1e6);
}

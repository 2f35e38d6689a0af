//! What screening costs: decoding the synthetic terminals' mixed traffic, and screening its consignments with the starter bundle.
//! Prints `name value unit`.

#![allow(clippy::expect_used, clippy::panic, reason = "a benchmark stops at what is not as expected")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use loadgate::bundle::Bundle;
use loadgate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use loadgate::demo;
use loadgate::screen::decision::{self, Scratch};
use loadgate::screen::facts::{Facts, FactsBuffer};

const MESSAGES: usize = 20_000;
const ROUNDS: usize = 7;

fn main() {
    let sent: Vec<_> = demo::stream(1).take(MESSAGES).collect();
    let bundle = Bundle::starter().expect("the starter bundle is valid");
    let mut decoder = Decoder::new(DecoderConfig::default()).expect("the default configuration is valid");
    let context = |message: &demo::Sent| Context { received: message.at, limits: Limits::default() };

    let decode = fastest(|| {
        for message in &sent {
            let mut decoded = Vec::new();
            decoder.decode(Format::Auto, &message.payload, &context(message), &mut decoded);
            black_box(&decoded);
        }
    });

    let decoded: Vec<_> = sent
        .iter()
        .map(|message| {
            let mut decoded = Vec::new();
            decoder.decode(Format::Auto, &message.payload, &context(message), &mut decoded);
            (message.at, decoded)
        })
        .collect();
    let readable = || decoded.iter().flat_map(|(at, messages)| messages.iter().flatten().map(move |message| (*at, message)));
    let consignments: Vec<_> =
        readable().flat_map(|(at, message)| message.consignments().iter().map(move |one| (at, one))).collect();
    let (mut buffer, mut scratch) = (FactsBuffer::default(), Scratch::default());
    let screen = fastest(|| {
        for (received, consignment) in &consignments {
            let facts = Facts::new(consignment, *received, &mut buffer);
            black_box(decision::screen(&facts, &bundle, &mut scratch));
        }
    });

    println!("decode_mixed_traffic {:.0} ns/message", per(decode, sent.len()));
    println!("decode_mixed_traffic_rate {:.0} messages/s", 1e9 / per(decode, sent.len()));
    println!("screen_starter_bundle {:.0} ns/consignment", per(screen, consignments.len()));
    println!("screen_starter_bundle_rate {:.0} consignments/s", 1e9 / per(screen, consignments.len()));
}

fn per(duration: Duration, count: usize) -> f64 {
    duration.as_nanos() as f64 / count.max(1) as f64
}

fn fastest(mut round: impl FnMut()) -> Duration {
    let timed = |round: &mut dyn FnMut()| {
        let start = Instant::now();
        round();
        start.elapsed()
    };
    (0..ROUNDS).map(|_| timed(&mut round)).min().unwrap_or_default()
}

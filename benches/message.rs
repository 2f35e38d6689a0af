//! What a message costs on one core from its bytes to its verdict, while memory grows: decoded, observed, folded, recalled and judged
//! by the starter bundle, in batches of a thousand. Prints `name value unit`.
//!
//! Waybills in canonical JSON.
//! `cargo bench --bench message -- 1000000` takes that size alone; the largest needs some 6 GB.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a benchmark stops at what is not as expected")]

#[path = "support/growth.rs"]
mod growth;

use std::hint::black_box;
use std::time::{Duration, Instant};

use loadgate::allocator::Allocator;
use loadgate::bundle::Bundle;
use loadgate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use loadgate::memory::observation::{LogPlace, Observation};
use loadgate::memory::{Horizons, Keys, Memory, Observer, Seen};
use loadgate::model::{Message, Timestamp};
use loadgate::screen::judge::Judge;

use growth::Trade;

/// As in the program.
#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

const BATCH: u64 = 1_000;
const BYTES_A_CONSIGNMENT: u64 = 600;

fn main() {
    growth::run("message", BYTES_A_CONSIGNMENT, measure);
}

/// Nanoseconds for each message.
fn measure(size: u64) -> f64 {
    let mut stages = Stages::new();
    let mut spent = [Duration::ZERO; 3];
    for first in (0..size).step_by(BATCH as usize) {
        let batch: Vec<_> = (first..(first + BATCH).min(size)).map(|number| waybill(number, size)).collect();
        let took = stages.take(&batch, first);
        spent.iter_mut().zip(took).for_each(|(spent, took)| *spent += took);
    }
    let per = |time: Duration| time.as_nanos() as f64 / size as f64;
    let all = per(spent.iter().sum());
    for (name, spent) in ["decode", "remember", "judge"].into_iter().zip(spent) {
        println!("message_{size}_{name} {:.0} ns/message", per(spent));
    }
    println!("message_{size} {all:.0} ns/message");
    println!("message_{size}_rate {:.0} messages/s", 1e9 / all);
    all
}

struct Stages {
    decoder: Decoder,
    observer: Observer,
    memory: Memory,
    judge: Judge,
    bundle: Bundle,
}

impl Stages {
    fn new() -> Self {
        Self {
            decoder: Decoder::new(DecoderConfig::default()).expect("the default configuration is valid"),
            observer: Observer::new(Keys::new(&[7; 16])),
            memory: Memory::new(Horizons::default()),
            judge: Judge::default(),
            bundle: Bundle::starter().expect("the starter bundle is valid"),
        }
    }

    /// How long decoding, remembering and judging took.
    fn take(&mut self, batch: &[(Timestamp, String)], first: u64) -> [Duration; 3] {
        let start = Instant::now();
        let (mut decoded, mut observations) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
        for (received, payload) in batch {
            let context = Context { received: *received, limits: Limits::default() };
            self.decoder.decode(Format::Auto, payload.as_bytes(), &context, &mut decoded);
        }
        for (offset, (message, (received, payload))) in (first..).zip(decoded.iter().zip(batch)) {
            let place = LogPlace { offset: offset as i64, ..LogPlace::default() };
            let seen = Seen { received: *received, content: crc32fast::hash(payload.as_bytes()), place };
            self.observer.observe(message.as_ref().expect("a waybill"), seen, &mut observations);
        }
        let decoding = start.elapsed();

        let start = Instant::now();
        let places = self.memory.fold_all(&observations);
        let recall = |(at, observation): (usize, &Observation)| match observation {
            Observation::Declared(declared) => self.memory.recall_at(declared, places.get(at..).unwrap_or_default()),
            other => panic!("{other:?}"),
        };
        let histories: Vec<_> = observations.iter().enumerate().map(recall).collect();
        let remembering = start.elapsed();

        let start = Instant::now();
        for ((message, history), (received, _)) in decoded.iter().zip(&histories).zip(batch) {
            let Ok(Message::Waybill(waybill)) = message else { panic!("{message:?}") };
            black_box(self.judge.declared(waybill, *received, history, &self.bundle));
        }
        [decoding, remembering, start.elapsed()]
    }
}

/// The `number`th of `size` waybills, and when it came.
fn waybill(number: u64, size: u64) -> (Timestamp, String) {
    let trade = Trade::of(number, size);
    let [origin, destination] = trade.lane().map(|station| station.map(char::from).iter().collect::<String>());
    let party = |role: &str, number: u64, country: &str| {
        let name = ["NORTHERN", "ACME", "DELTA", "HARBOUR", "SUMMIT", "ORCHARD"][(number % 6) as usize];
        format!(
            r#""{role}":{{"name":"{name} {number} TRADING LTD","address":"DOCK ROAD {number}","place":"PORT","country":"{country}","contacts":[{{"kind":"phone","value":"49{number:09}"}}]}}"#
        )
    };
    let (prefix, serial) = (20 + number / 10_000_000, number % 10_000_000);
    let (pieces, weight) = (trade.pieces(), trade.weight_g());
    let text = format!(
        r#"{{"waybill":{{"kind":"direct","awb":"{prefix:03}-{serial:07}{check}","origin":"{origin}","destination":"{destination}","quantity":{{"code":"total","pieces":{pieces},"weight_g":{weight},"volume_cm3":{volume}}},{shipper},{consignee},"agent":{{"name":"FORWARDING {agent} GMBH","place":"FRANKFURT","country":"DE","account":"{agent:07}"}},"goods":[{{"description":"CENTRIFUGAL WATER PUMP SPARE PARTS OF STEEL","pieces":{pieces},"weight_g":{weight},"hs_codes":["{hs:06}"]}}],"charges":{{"currency":"EUR","prepaid_collect":"PP","declared":true,"customs_value":{{"hundredths":{value}}}}}}}}}"#,
        check = serial % 7,
        volume = trade.volume_cm3(),
        shipper = party("shipper", trade.shipper(), "DE"),
        consignee = party("consignee", trade.consignee(), "CA"),
        agent = trade.pick(3, 5_000),
        hs = 840_000 + trade.pick(8, 90_000),
        value = trade.value_hundredths(),
    );
    (trade.time, text)
}

//! What a message costs on one core from its bytes to its verdict, while memory grows: decoded, observed, folded, recalled and judged
//! by the starter bundle, in batches of a thousand. Prints `name value unit`.
//!
//! Waybills in canonical JSON; a fifth as many parties as consignments, a relation of two parties trades five times over sixty days.
//! `cargo bench --bench message -- 1000000` takes that size alone; the largest needs some 6 GB.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a benchmark stops at what is not as expected")]

#[path = "support/taken.rs"]
mod taken;

use std::hint::black_box;
use std::time::{Duration, Instant};

use loadgate::allocator::Allocator;
use loadgate::bundle::Bundle;
use loadgate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use loadgate::memory::key::mix;
use loadgate::memory::observation::{LogPlace, Observation};
use loadgate::memory::{Horizons, Keys, Memory, Observer, Seen};
use loadgate::model::{Message, Timestamp};
use loadgate::screen::judge::Judge;

/// As in the program.
#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

const SIZES: [u64; 3] = [100_000, 1_000_000, 10_000_000];
const BATCH: u64 = 1_000;
const DAYS: u64 = 60;
/// 2026-01-01.
const START_MS: i64 = 1_767_225_600_000;
const BYTES_A_CONSIGNMENT: u64 = 600;

fn main() {
    let asked: Vec<u64> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    taken::take(sizes.iter().max().unwrap_or(&0) * BYTES_A_CONSIGNMENT);
    let costs: Vec<f64> = sizes.iter().map(|size| measure(*size)).collect();
    if let (Some(first), Some(last)) = (costs.first(), costs.last()) {
        println!("message_cost_ratio {:.2} largest/smallest", last / first);
    }
}

/// Nanoseconds for each message.
fn measure(size: u64) -> f64 {
    let mut stages = Stages::new();
    let mut spent = [Duration::ZERO; 3];
    for first in (0..size).step_by(BATCH as usize) {
        let batch: Vec<_> =
            (first..(first + BATCH).min(size)).map(|number| (time(number, size), waybill(number, size))).collect();
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

fn time(number: u64, size: u64) -> Timestamp {
    Timestamp::from_millis(START_MS + (number as f64 / size as f64 * (DAYS * 86_400_000) as f64) as i64)
}

/// The `number`th of `size` waybills.
fn waybill(number: u64, size: u64) -> String {
    let parties = (size / 5).max(2);
    let relation = mix(number) % (size / 5).max(1);
    let of = |salt: u64, count: u64| mix(relation ^ salt << 56) % count;
    let (shipper, consignee) = (of(1, parties / 2), parties / 2 + of(2, parties / 2));
    let mine = mix(number ^ 9 << 56);
    let station =
        |number: u64| [number % 26, number / 26 % 26, 0].map(|letter| char::from(b'A' + letter as u8)).iter().collect::<String>();
    let (origin, destination) = (station(of(6, 200)), station(300 + of(7, 200)));
    let party = |role: &str, number: u64, country: &str| {
        let name = ["NORTHERN", "ACME", "DELTA", "HARBOUR", "SUMMIT", "ORCHARD"][(number % 6) as usize];
        format!(
            r#""{role}":{{"name":"{name} {number} TRADING LTD","address":"DOCK ROAD {number}","place":"PORT","country":"{country}","contacts":[{{"kind":"phone","value":"49{number:09}"}}]}}"#
        )
    };
    let (prefix, serial) = (20 + number / 10_000_000, number % 10_000_000);
    let (pieces, weight) = (1 + mine % 40, 1_000 + mine / 64 % 900_000);
    format!(
        r#"{{"waybill":{{"kind":"direct","awb":"{prefix:03}-{serial:07}{check}","origin":"{origin}","destination":"{destination}","quantity":{{"code":"total","pieces":{pieces},"weight_g":{weight},"volume_cm3":{volume}}},{shipper},{consignee},"agent":{{"name":"FORWARDING {agent} GMBH","place":"FRANKFURT","country":"DE","account":"{agent:07}"}},"goods":[{{"description":"CENTRIFUGAL WATER PUMP SPARE PARTS OF STEEL","pieces":{pieces},"weight_g":{weight},"hs_codes":["{hs:06}"]}}],"charges":{{"currency":"EUR","prepaid_collect":"PP","declared":true,"customs_value":{{"hundredths":{value}}}}}}}}}"#,
        check = serial % 7,
        volume = 10_000 + mine / 512 % 3_000_000,
        shipper = party("shipper", shipper, "DE"),
        consignee = party("consignee", consignee, "CA"),
        agent = of(3, 5_000),
        hs = 840_000 + of(8, 90_000),
        value = 10_000 + mine / 4_096 % 9_000_000,
    )
}

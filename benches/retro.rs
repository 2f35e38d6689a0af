//! What it takes to screen 100,000 open shipments again when a profile comes into force, and what live messages notice of it: one
//! replica on a real broker. Prints `name value unit`. `LOADGATE_TEST_BROKERS` uses a running cluster instead of one started here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    reason = "a benchmark stops at what is not as expected; it uses a part of the tests' support"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use support::desk::{Delivery, Desk, FAN_HEATERS, count};
use support::eventually;
use support::kafka::Cluster;
use support::reader::{Live, Published, now_ms};
use support::replica::Setup;
use support::terminals::{Terminals, send_payloads};
use support::waybill;

const PARTITIONS: i32 = 6;
const OPEN: u32 = 100_000;
/// Their numbers begin where those of the live messages do not come.
const FIRST: u32 = 5_000_000;
/// Every so many are found by the new profile.
const FOUND_EVERY: u32 = 20;
/// Live messages a second.
const RATE: u32 = 500;
const LIVE_ALONE: Duration = Duration::from_secs(20);
const DEADLINE: Duration = Duration::from_secs(600);

fn main() {
    let cluster = support::kafka::external().unwrap_or_else(|| Cluster::start(1));
    let desk = Desk::open(&cluster, Delivery::Topic);
    let mut setup = Setup::new(&cluster, "bench-retro", PARTITIONS);
    setup.further = desk.configuration.clone();
    desk.write("policy.toml", "");
    desk.publish(1);
    let replica = setup.ready_replica("one");
    let live = Live::start(&cluster, &setup.assessments, "assessment");
    let number = |number| (waybill::awb(FIRST + number), bill(number));
    send_payloads(&cluster, &setup.input, (0..OPEN).map(number));
    eventually("all are assessed", DEADLINE, || (live.with(<[_]>::len) >= OPEN as usize).then_some(()));

    let _terminals = Terminals::start(&cluster, &setup.input, RATE);
    let alone = now_ms();
    eventually("live messages are measured alone", DEADLINE, || {
        (now_ms() - alone >= LIVE_ALONE.as_millis() as i64).then_some(())
    });
    desk.write("profiles/fan-heaters.toml", FAN_HEATERS);
    let second = desk.publish(2);
    let (start, from) = (Instant::now(), now_ms());
    let is_retro = |told: &&Published| told.value["retro"] == true && told.value["bundle"] == *second.hash;
    let expected = OPEN.div_ceil(FOUND_EVERY) as usize;
    eventually("all that the profile finds is told", DEADLINE, || {
        let done = count(&replica, "loadgate_rescreen_partitions_left") == Some(0.0);
        (done && live.with(|told| told.iter().filter(is_retro).count()) == expected).then_some(())
    });
    println!("retro_100000_open_shipments {:.1} s", start.elapsed().as_secs_f64());
    let (before, during) = (p99_ms(&live, alone..from), p99_ms(&live, from..now_ms()));
    println!("retro_live_p99_before {before} ms\nretro_live_p99_during {during} ms");
    println!("retro_live_p99_ratio {:.2} during/before", during as f64 / before.max(1) as f64);
}

fn bill(number: u32) -> String {
    let number_of_awb = FIRST + number;
    if number.is_multiple_of(FOUND_EVERY) {
        waybill::of_goods(number_of_awb, "FAN HEATERS")
    } else {
        waybill::clear(number_of_awb)
    }
}

/// From a live message's own time until its assessment is visible.
fn p99_ms(live: &Live, received_ms: std::ops::Range<i64>) -> i64 {
    let latency = |told: &Published| {
        let received = told.value["received"].as_i64().filter(|received| received_ms.contains(received))?;
        (told.value["retro"] != true).then_some(told.seen_ms - received)
    };
    let mut latencies: Vec<i64> = live.with(|told| told.iter().filter_map(latency).collect());
    latencies.sort_unstable();
    latencies.get(latencies.len() * 99 / 100).copied().unwrap_or_default()
}

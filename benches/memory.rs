//! What memory costs on one core: folding and recalling waybills, and writing memory down. Prints `name value unit`.
//!
//! Each party has its phone and address. Observations are made before the clock runs; batches are of a thousand, folded whole and then
//! recalled, as in the service.
//! `cargo bench --bench memory -- 1000000` takes that size alone; the largest needs some 8 GB.

#![allow(clippy::expect_used, clippy::panic, reason = "a benchmark stops at what is not as expected")]

#[path = "support/growth.rs"]
mod growth;

use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use loadgate::allocator::Allocator;
use loadgate::memory::key::{Key, Kind, mix};
use loadgate::memory::observation::{Bill, Declared, Lane, LogPlace, Minute, Observation, PartySight, Stamp};
use loadgate::memory::snapshot::{self, Header};
use loadgate::memory::{FrozenMemory, Horizons, Memory};
use loadgate::model::Timestamp;

use growth::Trade;

/// As in the program.
#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

const BATCH: u64 = 1_000;
/// Batches made at once.
const AHEAD: u64 = 100;
const BYTES_A_CONSIGNMENT: u64 = 700;

fn main() {
    growth::run("memory", BYTES_A_CONSIGNMENT, measure);
}

/// Nanoseconds for each consignment.
fn measure(size: u64) -> f64 {
    let mut memory = Memory::new(Horizons::default());
    let (mut fold, mut recall) = (Duration::ZERO, Duration::ZERO);
    let mut last = Vec::new();
    for first in (0..size).step_by((BATCH * AHEAD) as usize) {
        let made: Vec<Observation> = (first..(first + BATCH * AHEAD).min(size)).map(|number| declared(number, size)).collect();
        for batch in made.chunks(BATCH as usize) {
            let (folded, recalled) = pass(&mut memory, batch);
            fold += folded;
            recall += recalled;
        }
        last = made;
    }
    let per = |time: Duration| time.as_nanos() as f64 / size as f64;
    let (fold, recall) = (per(fold), per(recall));
    println!("memory_{size}_fold {fold:.0} ns/consignment");
    println!("memory_{size}_recall {recall:.0} ns/consignment");
    println!("memory_{size}_rate {:.0} consignments/s", 1e9 / (fold + recall));
    bytes(&memory, size);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("memory");
    let held = memory.size().bytes as f64;
    println!("memory_{size}_write {:.2} GB/s_of_memory", held / written(&mut memory, &path, size) / 1e9);
    frozen(&mut memory, size, &last);
    // Two memories of the largest size may not fit.
    drop(memory);
    println!("memory_{size}_load {:.2} GB/s_of_memory", held / loaded(&path) / 1e9);
    fold + recall
}

fn pass(memory: &mut Memory, batch: &[Observation]) -> (Duration, Duration) {
    let start = cpu();
    let places = memory.fold_all(batch);
    let folded = cpu().saturating_sub(start);
    let start = cpu();
    for (index, observation) in batch.iter().enumerate() {
        let Observation::Declared(declared) = observation else { continue };
        black_box(memory.recall_at(black_box(declared), places.get(index..).unwrap_or_default()));
    }
    (folded, cpu().saturating_sub(start))
}

/// Time that this thread has run, so that other processes on the machine do not count; the clock where the kernel does not tell.
fn cpu() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    let start = *START.get_or_init(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

fn bytes(memory: &Memory, size: u64) {
    let found = memory.size();
    println!("memory_{size}_bytes {:.0} MB", found.bytes as f64 / 1e6);
    println!("memory_{size}_bytes_per_consignment {:.0} bytes", found.bytes as f64 / size as f64);
    for table in memory.tables() {
        println!("memory_{size}_{} {} entries", table.name, table.entries);
        println!("memory_{size}_{}_entry {:.0} bytes", table.name, table.bytes as f64 / table.entries.max(1) as f64);
    }
}

/// Seconds to write a snapshot.
fn written(memory: &mut Memory, path: &Path, size: u64) -> f64 {
    let header = Header { keys: 1, topics: Vec::new(), positions: Vec::new() };
    // What the allocator puts off until it is asked for much is not the cost of freezing.
    black_box(Vec::<u8>::with_capacity(1 << 20));
    let frozen = freeze(memory, &format!("memory_{size}_freeze"));
    let start = Instant::now();
    let bytes = snapshot::write(&frozen, &header, path).expect("room on the disk");
    let seconds = start.elapsed().as_secs_f64();
    println!("memory_{size}_snapshot {:.0} MB", bytes as f64 / 1e6);
    println!("memory_{size}_write_file {:.2} GB/s", bytes as f64 / seconds / 1e9);
    plain(path, size);
    seconds
}

fn freeze(memory: &mut Memory, name: &str) -> FrozenMemory {
    let start = Instant::now();
    let frozen = memory.freeze();
    println!("{name} {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    frozen
}

/// Seconds to load it.
fn loaded(path: &Path) -> f64 {
    let start = Instant::now();
    let (loaded, _) = snapshot::load(path, 1, &[], Horizons::default()).expect("what was written");
    let seconds = start.elapsed().as_secs_f64();
    black_box(loaded);
    seconds
}

/// The same bytes without a form: what the disk and the checksum take.
fn plain(path: &Path, size: u64) {
    let start = Instant::now();
    let bytes = std::fs::read(path).expect("what was just written");
    let rate = |start: Instant| bytes.len() as f64 / start.elapsed().as_secs_f64() / 1e9;
    println!("memory_{size}_plain_read {:.2} GB/s", rate(start));
    let start = Instant::now();
    black_box(crc32fast::hash(&bytes));
    println!("memory_{size}_checksum {:.2} GB/s", rate(start));
    let start = Instant::now();
    let mut file = std::fs::File::create(path.with_extension("plain")).expect("room on the disk");
    file.write_all(&bytes).and_then(|()| file.sync_all()).expect("room on the disk");
    println!("memory_{size}_plain_write {:.2} GB/s", rate(start));
}

/// What folding costs while a snapshot is being written, and how long the next one keeps it waiting.
fn frozen(memory: &mut Memory, size: u64, batch: &[Observation]) {
    let frozen = memory.freeze();
    let again: Vec<Observation> = batch.iter().take(10_000).map(amended).collect();
    let (fold, recall) = again.chunks(BATCH as usize).fold((Duration::ZERO, Duration::ZERO), |(fold, recall), batch| {
        let (folded, recalled) = pass(memory, batch);
        (fold + folded, recall + recalled)
    });
    let per = (fold + recall).as_nanos() as f64 / again.len() as f64;
    println!("memory_{size}_rate_while_frozen {:.0} amendments/s", 1e9 / per);
    drop(frozen);
    drop(freeze(memory, &format!("memory_{size}_freeze_again")));
}

fn amended(observation: &Observation) -> Observation {
    let Observation::Declared(declared) = observation else { panic!("only waybills are made") };
    let mut later = declared.clone();
    later.stamp.hash ^= u32::MAX;
    later.stamp.time = Timestamp::from_millis(later.stamp.time.millis() + 3_600_000);
    later.bill.weight_g += 1_000;
    Observation::Declared(later)
}

/// The `number`th of `size` waybills.
fn declared(number: u64, size: u64) -> Observation {
    let trade = Trade::of(number, size);
    let (of, [origin, destination]) = (|salt, count| trade.pick(salt, count), trade.lane());
    let bill = Bill {
        shipper: Key::of_public(Kind::Party, trade.shipper() + 1),
        consignee: Key::of_public(Kind::Party, trade.consignee() + 1),
        agent: Key::of_public(Kind::Agent, of(3, 5_000) + 1),
        screener: Key::of_public(Kind::Screener, of(4, 2_000) + 1),
        entity: Key::of_public(Kind::RegulatedEntity, of(5, 2_000) + 1),
        lane: Lane { origin, destination },
        origin_country: [b'A' + of(6, 20) as u8, b'B'],
        currency: *b"USD",
        heading: 100 + of(8, 1_000) as u16,
        subheading: of(10, 9) as u8,
        route: of(11, 3) as u32 + 1,
        pieces: trade.pieces() as u32,
        weight_g: trade.weight_g(),
        volume_cm3: trade.volume_cm3(),
        value_hundredths: trade.value_hundredths(),
        departure: Minute::of(Timestamp::from_millis(trade.time.millis() + 36_000_000)),
        place: LogPlace { offset: number as i64, ..LogPlace::default() },
        ..Bill::default()
    };
    let sight = |party: u64| PartySight {
        spelling: mix(party),
        address: Key::of_public(Kind::Address, party + 1),
        contacts: vec![Key::of_public(Kind::Phone, party + 1)],
    };
    Observation::Declared(Declared {
        consignment: Key::of_public(Kind::Consignment, number + 1),
        stamp: Stamp { time: trade.time, hash: number as u32 },
        bill,
        shipper: sight(trade.shipper()),
        consignee: sight(trade.consignee()),
        ..Declared::default()
    })
}

//! Measuring while memory grows: the sizes, and who trades with whom. A fifth as many parties as consignments; a relation of two
//! parties trades five times over sixty days.

use std::hint::black_box;
use std::time::Instant;

use loadgate::allocator;
use loadgate::memory::key::mix;
use loadgate::model::Timestamp;

const SIZES: [u64; 3] = [100_000, 1_000_000, 10_000_000];
const PIECE_BYTES: usize = 1 << 20;
const DAYS: u64 = 60;
/// 2026-01-01.
const START_MS: i64 = 1_767_225_600_000;

/// Measures at each size asked for, else at all; `measure` tells what one costs. It runs on memory that the program has already taken
/// from its host, as a service does: a virtual machine may be slower to give it than any program to fill it.
pub fn run(name: &str, bytes_each: u64, measure: impl Fn(u64) -> f64) {
    let asked: Vec<u64> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    take(sizes.iter().max().unwrap_or(&0) * bytes_each);
    let costs: Vec<f64> = sizes.iter().map(|size| measure(*size)).collect();
    if let (Some(first), Some(last)) = (costs.first(), costs.last()) {
        println!("{name}_cost_ratio {:.2} largest/smallest", last / first);
    }
}

/// Takes that much, and gives it back to the allocator, which keeps it. Prints how fast the host gave it.
fn take(bytes: u64) {
    allocator::keep_what_is_freed();
    let start = Instant::now();
    let pieces: Vec<Vec<u8>> = (0..bytes / PIECE_BYTES as u64).map(|_| black_box(vec![1; PIECE_BYTES])).collect();
    println!("new_memory {:.2} GB/s", bytes as f64 / start.elapsed().as_secs_f64() / 1e9);
    drop(black_box(pieces));
}

/// One consignment of many.
pub struct Trade {
    relation: u64,
    parties: u64,
    pub time: Timestamp,
    /// Random bits of its own.
    pub own: u64,
}

impl Trade {
    /// The `number`th of `size`.
    pub fn of(number: u64, size: u64) -> Self {
        let millis = (number as f64 / size as f64 * (DAYS * 86_400_000) as f64) as i64;
        Self {
            relation: mix(number) % (size / 5).max(1),
            parties: (size / 5).max(2),
            time: Timestamp::from_millis(START_MS + millis),
            own: mix(number ^ 9 << 56),
        }
    }

    /// A number below `count` that the relation always has.
    pub fn pick(&self, salt: u64, count: u64) -> u64 {
        mix(self.relation ^ salt << 56) % count
    }

    pub fn shipper(&self) -> u64 {
        self.pick(1, self.parties / 2)
    }

    pub fn consignee(&self) -> u64 {
        self.parties / 2 + self.pick(2, self.parties / 2)
    }

    /// Airports of origin and destination.
    pub fn lane(&self) -> [[u8; 3]; 2] {
        let station = |number: u64| [b'A' + (number % 26) as u8, b'A' + (number / 26 % 26) as u8, b'A'];
        [station(self.pick(6, 200)), station(300 + self.pick(7, 200))]
    }

    pub fn pieces(&self) -> u64 {
        1 + self.own % 40
    }

    pub fn weight_g(&self) -> u64 {
        1_000 + self.own / 64 % 900_000
    }

    pub fn volume_cm3(&self) -> u64 {
        10_000 + self.own / 512 % 3_000_000
    }

    pub fn value_hundredths(&self) -> u64 {
        10_000 + self.own / 4_096 % 9_000_000
    }
}

//! What memory detects. Prints `name value unit`.
//!
//! Real data is read from `../shared/data`, beside the repository; a part whose folder is absent says so and is left out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark stops at what is not as expected"
)]

#[path = "detection/cargo2000.rs"]
mod cargo2000;
#[path = "detection/customs.rs"]
mod customs;
#[path = "detection/nab.rs"]
mod nab;
#[path = "detection/published.rs"]
mod published;
#[path = "detection/stories.rs"]
mod stories;
#[path = "detection/table.rs"]
mod table;

use std::path::{Path, PathBuf};

use loadgate::memory::key::mix;
use loadgate::memory::observation::LogPlace;
use loadgate::model::Timestamp;

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    customs::run(&data);
    stories::run();
    nab::run(&data);
    cargo2000::run(&data);
}

/// The path, or a line that says that it is not there.
fn present(data: &Path, name: &str) -> Option<PathBuf> {
    let path = data.join(name);
    if !path.exists() {
        println!("# {} is absent: that part is left out", path.display());
    }
    path.exists().then_some(path)
}

/// What a record that is the `number`th of its log is seen as.
fn seen(received: Timestamp, number: u64) -> loadgate::memory::Seen {
    let place = LogPlace { offset: number as i64, ..LogPlace::default() };
    loadgate::memory::Seen { received, content: mix(number) as u32, place }
}

/// Share of hits among the best so many hundredths; ties in the order of rows.
fn precision(ranked: &[(i64, bool)], hundredths: usize) -> f64 {
    let mut order: Vec<usize> = (0..ranked.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(ranked[*index].0), *index));
    let top = &order[..ranked.len() * hundredths / 100];
    top.iter().filter(|index| ranked[**index].1).count() as f64 / top.len().max(1) as f64
}

/// Probability that a hit is ranked above a miss.
fn area_under_curve(ranked: &[(i64, bool)]) -> f64 {
    let mut sorted = ranked.to_vec();
    sorted.sort_unstable();
    let (mut wins, mut misses, mut start) = (0.0, 0.0, 0);
    while start < sorted.len() {
        let ties = sorted[start..].iter().take_while(|(score, _)| *score == sorted[start].0);
        let (count, hits) = ties.fold((0, 0.0), |(count, hits), (_, hit)| (count + 1, hits + f64::from(u8::from(*hit))));
        wins += hits * (misses + (count as f64 - hits) / 2.0);
        misses += count as f64 - hits;
        start += count;
    }
    wins / (misses * (sorted.len() as f64 - misses)).max(1.0)
}

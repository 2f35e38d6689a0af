//! How the decoders' benchmarks take and print their figures.

use std::time::{Duration, Instant};

/// The fastest of many rounds, per call.
pub fn fastest(mut work: impl FnMut()) -> Duration {
    const CALLS: u32 = 2_000;
    let round = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        (0..CALLS).for_each(|_| work());
        start.elapsed() / CALLS
    };
    (0..30).map(|_| round(&mut work)).min().unwrap_or_default()
}

pub fn report(name: &str, time: Duration, bytes: usize) {
    let seconds = time.as_secs_f64();
    println!("{name:34} {:8.0} ns {:10.0} messages/s {:8.0} MB/s", seconds * 1e9, 1.0 / seconds, bytes as f64 / seconds / 1e6);
}

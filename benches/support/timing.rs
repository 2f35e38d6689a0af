//! How the decoders' benchmarks take and print their figures: lines of name, value and unit.

use std::time::{Duration, Instant};

/// Time of one call in the fastest of many short rounds: what the core can do when nobody else has it.
pub fn fastest(mut work: impl FnMut()) -> Duration {
    const CALLS: u32 = 200;
    let mut round = || {
        let start = Instant::now();
        (0..CALLS).for_each(|_| work());
        start.elapsed() / CALLS
    };
    (0..500).map(|_| round()).min().unwrap_or_default()
}

pub fn report(name: &str, time: Duration) {
    println!("{name}_time {} ns/message", time.as_nanos());
    println!("{name}_rate {:.0} messages/s", 1.0 / time.as_secs_f64());
}

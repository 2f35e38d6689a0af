//! What the scenarios stand on: a real broker, replicas as processes, terminals that send and readers that check.

pub mod audit;
pub mod bundle;
pub mod desk;
pub mod fetched;
pub mod group;
pub mod http;
pub mod kafka;
pub mod process;
pub mod reader;
pub mod registry;
pub mod replica;
pub mod seed;
pub mod terminals;
pub mod tools;
pub mod waybill;

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Asks `condition` until it answers; a test that waits for ever fails with `what` it waited for.
pub fn eventually<T>(what: &str, deadline: Duration, mut condition: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = condition() {
            return answer;
        }
        assert!(start.elapsed() < deadline, "{what}: not within {} s", deadline.as_secs());
        thread::park_timeout(Duration::from_millis(10));
    }
}

/// A port nobody listens on, below the ephemeral range, so that no outgoing connection takes it while its owner restarts.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = (std::process::id() % 10_000) as u16;
    let candidates = std::iter::repeat_with(|| 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000);
    candidates.take(12_000).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("12,000 ports are not all taken")
}

/// `target/`, for what is fetched once and kept.
pub fn target_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).parent().expect("target/tmp has a parent").to_path_buf()
}

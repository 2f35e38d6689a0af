//! Memory that a program has already taken from its host, which is what a service runs on: a virtual machine may be slower to give it
//! than any program to fill it.

use std::hint::black_box;
use std::time::Instant;

use loadgate::allocator;

const PIECE_BYTES: usize = 1 << 20;

/// Takes that much, and gives it back to the allocator, which keeps it. Prints how fast the host gave it.
pub fn take(bytes: u64) {
    allocator::keep_what_is_freed();
    let start = Instant::now();
    let pieces: Vec<Vec<u8>> = (0..bytes / PIECE_BYTES as u64).map(|_| black_box(vec![1; PIECE_BYTES])).collect();
    println!("new_memory {:.2} GB/s", bytes as f64 / start.elapsed().as_secs_f64() / 1e9);
    drop(black_box(pieces));
}

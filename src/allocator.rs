//! The allocator of the program. What one thread allocates another frees, batch after batch.

#![expect(unsafe_code, reason = "a call into the allocator; it sets a number")]

use std::ffi::{c_int, c_long};

pub use mimalloc::MiMalloc as Allocator;

/// `mi_option_purge_delay` of mimalloc 3, which the binding does not name: after how many milliseconds memory that is free is given
/// back to the system; -1 for never.
const PURGE_DELAY: c_int = 15;
const NEVER: c_long = -1;

/// Keeps what is freed: between two transactions much of what the stages work with is free for a moment, and what is given back then
/// has to be taken, and zeroed, again, which costs a tenth of the rate. The process stays as large as it once was.
pub fn keep_what_is_freed() {
    // SAFETY: the call stores the value of an option; it may be made at any time and from any thread.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, NEVER) };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delay() -> c_long {
        // SAFETY: the call reads the value of an option.
        unsafe { libmimalloc_sys::mi_option_get(PURGE_DELAY) }
    }

    #[test]
    fn the_number_is_that_of_the_delay_and_is_set() {
        assert_eq!(delay(), 1_000, "the default of the delay; another option has another");
        keep_what_is_freed();
        assert_eq!(delay(), NEVER);
    }
}

//! Takes the place of librdkafka's handling of leaders that brokers name in answers to fetch and produce requests (KIP-951).
//!
//! A broker that has just been restarted answers that nobody leads a partition. librdkafka counts such an answer and leaves it out
//! (its issue 5280, open in 2.16), and then takes what lies in memory for the number, leader and epoch of a partition: seen here as
//! partitions that are never fetched again, and as a segmentation fault. So these answers are dropped. Nothing is lost by it: the
//! error that comes with them makes the client ask for all leaders anew, as it did before KIP-951.

#![expect(unsafe_code, reason = "a symbol that librdkafka calls; it touches nothing")]

use std::ffi::{c_int, c_void};

/// `RD_KAFKA_OP_RES_HANDLED`: the caller frees what it gave.
const HANDLED: c_int = 1;

/// Called instead of `rd_kafka_metadata_update_op`, on Linux: `build.rs` tells the linker.
// Sound: no other symbol has this name, and the pointers are not followed.
#[unsafe(no_mangle)]
extern "C" fn __wrap_rd_kafka_metadata_update_op(_client: *mut c_void, _leaders: *mut c_void) -> c_int {
    HANDLED
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    unsafe extern "C" {
        fn rd_kafka_metadata_update_op(client: *mut c_void, leaders: *mut c_void) -> c_int;
    }

    #[test]
    fn leaders_that_come_with_answers_are_dropped() {
        // Sound: it is the function above. librdkafka's own would follow the null pointer and end the test.
        let handled = unsafe { rd_kafka_metadata_update_op(std::ptr::null_mut(), std::ptr::null_mut()) };
        assert_eq!(handled, HANDLED);
    }
}

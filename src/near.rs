//! Asking for memory before it is needed: much of the time of a fold, and of a look at thousands of profiles, is waiting for it.

/// Bytes that come together.
pub const LINE: usize = 64;

/// Asks for all of a value to be brought near. Nothing waits for it, and whoever needs the value sooner waits as without.
#[inline]
pub fn ask_for<T>(value: &T) {
    let start = std::ptr::from_ref(value).cast::<i8>();
    (0..size_of::<T>()).step_by(LINE).for_each(|byte| ask_for_line(start.wrapping_add(byte)));
    ask_for_line(start.wrapping_add(size_of::<T>().saturating_sub(1)));
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[expect(unsafe_code, reason = "a hint to the processor, which changes nothing that the program sees")]
fn ask_for_line(at: *const i8) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: every x86-64 has the instruction; it may name any address, reads nothing into the program and never faults.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(at) };
}

/// Other processors bring it when it is needed.
#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn ask_for_line(_: *const i8) {}

//! The output topics are read back, and anybody may write to them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use loadgate::outputs::{Told, read};

fuzz_target!(|record: &[u8]| {
    let _ = (Told::read(record), read::referral(record));
    let _ = (read::assessment(record), read::dead_letter(record), read::alert(record));
});

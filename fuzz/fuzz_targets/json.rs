#![no_main]

mod answer;

use libfuzzer_sys::fuzz_target;
use loadgate::decode::Format;

fuzz_target!(|payload: &[u8]| answer::always(Format::Json, payload));

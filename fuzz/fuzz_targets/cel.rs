#![no_main]

use libfuzzer_sys::fuzz_target;
use loadgate::screen::cel::Condition;
use loadgate::screen::facts;

fuzz_target!(|text: &str| {
    let _ = Condition::compile(text, facts::CATALOGUE);
});

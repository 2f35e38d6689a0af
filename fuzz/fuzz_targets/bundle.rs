#![no_main]

use libfuzzer_sys::fuzz_target;
use loadgate::bundle::pack::Pack;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(pack) = Pack::from_bytes(bytes) {
        assert_eq!(pack.to_bytes(), bytes, "there is one way only to write a pack down");
    }
});

#![no_main]

use libfuzzer_sys::fuzz_target;
use loadgate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use loadgate::model::Timestamp;

fuzz_target!(|payload: &[u8]| {
    let mut decoder = Decoder::new(DecoderConfig::default()).expect("the default configuration is valid");
    let context = Context { received: Timestamp::from_millis(1_772_409_600_000), limits: Limits::default() };
    let mut decoded = Vec::new();
    decoder.decode(Format::CargoImp, payload, &context, &mut decoded);
    assert!(!decoded.is_empty(), "always an answer");
    for rejected in decoded.iter().filter_map(|message| message.as_ref().err()) {
        assert!(rejected.position <= payload.len(), "{rejected}");
    }
});

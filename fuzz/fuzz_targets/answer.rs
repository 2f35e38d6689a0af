//! What holds of every decoder and every payload.

use std::cell::RefCell;

use loadgate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use loadgate::model::Timestamp;

thread_local! {
    static DECODER: RefCell<Decoder> =
        RefCell::new(Decoder::new(DecoderConfig::default()).expect("the default configuration is valid"));
}

/// There is an answer, and what is refused is refused at a place in the payload.
pub fn always(format: Format, payload: &[u8]) {
    let context = Context { received: Timestamp::from_millis(1_772_409_600_000), limits: Limits::default() };
    let mut decoded = Vec::new();
    DECODER.with_borrow_mut(|decoder| decoder.decode(format, payload, &context, &mut decoded));
    assert!(!decoded.is_empty(), "no answer");
    for rejected in decoded.iter().filter_map(|message| message.as_ref().err()) {
        assert!(rejected.position <= payload.len(), "{rejected}");
    }
}

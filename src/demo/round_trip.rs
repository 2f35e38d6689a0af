//! The writers and the decoders agree: what the synthetic terminals send is read back as the same message, and what they send
//! broken is rejected for the expected reason.

use crate::decode::{Context, Decoded, Decoder, DecoderConfig, Format, Limits};
use crate::demo::{Expected, PAYLOAD_BYTES_MAX, Stream, stream};
use crate::model::{Message, Timestamp};

fn decode<'a>(decoder: &mut Decoder, payload: &'a [u8], received: Timestamp) -> Decoded<'a> {
    let limits = Limits { payload_bytes: PAYLOAD_BYTES_MAX, ..Default::default() };
    let mut decoded = Vec::new();
    decoder.decode(Format::Auto, payload, &Context { received, limits }, &mut decoded);
    decoded
}

#[test]
fn every_message_of_the_stream_has_the_fate_that_the_terminal_expects() {
    let mut decoder = Decoder::new(DecoderConfig::default()).unwrap();
    for sent in stream(21).take(30_000) {
        let decoded = decode(&mut decoder, &sent.payload, sent.at);
        let text = String::from_utf8_lossy(&sent.payload);
        match sent.expected {
            Expected::DeadLetter(reason) => {
                let reasons: Vec<_> = decoded.iter().map(|item| item.as_ref().err().map(|rejected| rejected.reason)).collect();
                assert_eq!(reasons, [Some(reason)], "{text:.400}");
            }
            Expected::Assessed(count) => {
                let found: usize = decoded.iter().map(|item| item.as_ref().unwrap().consignments().len()).sum();
                assert_eq!(found, count as usize, "{text}");
            }
            Expected::Remembered => {
                assert!(decoded.iter().all(|item| item.as_ref().unwrap().consignments().is_empty()), "{text}");
            }
        }
    }
}

#[test]
fn what_is_written_is_read_back_as_the_same_message() {
    let mut decoder = Decoder::new(DecoderConfig::default()).unwrap();
    for (message, sent) in Stream::messages(22).take(30_000) {
        let decoded = decode(&mut decoder, &sent.payload, sent.at);
        let [Ok(found)] = decoded.as_slice() else { panic!("{decoded:?}\n{}", String::from_utf8_lossy(&sent.payload)) };
        let same: &Message = &message;
        assert_eq!(found, same, "{}", String::from_utf8_lossy(&sent.payload));
    }
}

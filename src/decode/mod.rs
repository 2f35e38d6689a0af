//! Decoding: bytes of a record to canonical messages, or the reason why not.

pub mod avro;
pub mod cargo_imp;
mod check;
pub mod json;
mod problem;
pub mod registry;

use self::problem::Problem;
use crate::model::{Message, Timestamp};
use crate::record::{Reason, Rejected};

/// The wire format of an input topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Told from the first bytes of each payload.
    #[default]
    Auto,
    CargoImp,
    Json,
    Avro,
}

/// What one payload held, in its order.
pub type Decoded<'a> = Vec<Result<Message<'a>, Rejected>>;

/// What a decoder may spend on one payload.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub payload_bytes: usize,
    /// Messages, lines, list elements: each counted against this.
    pub elements: usize,
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { payload_bytes: 8 << 20, elements: 200_000, depth: 64 }
    }
}

/// What a decoder is told about a payload besides its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The record's timestamp: partial dates are completed to the nearest one.
    pub received: Timestamp,
    pub limits: Limits,
}

/// What a [`Decoder`] is built from.
#[derive(Debug, Clone, Default)]
pub struct DecoderConfig {
    pub avro: avro::AvroConfig,
}

/// Decodes payloads of any format. One for each decode thread: a clone has its own table of compiled schemas and shares the
/// registry's cache.
#[derive(Clone)]
pub struct Decoder {
    avro: avro::AvroDecoder,
}

impl Decoder {
    pub fn new(config: DecoderConfig) -> Result<Self, avro::AvroConfigError> {
        Ok(Self { avro: avro::AvroDecoder::new(config.avro)? })
    }

    /// Appends what the payload holds to `out`, in its order: at least one item, whatever the payload is.
    pub fn decode<'a>(&mut self, format: Format, payload: &'a [u8], context: &Context, out: &mut Decoded<'a>) {
        let before = out.len();
        if payload.len() > context.limits.payload_bytes {
            let detail = format!("{} bytes, at most {} are read", payload.len(), context.limits.payload_bytes);
            return out.push(Err(Rejected::new(Reason::TooLarge, 0, detail)));
        }
        let format = if format == Format::Auto { sniff(payload) } else { Ok(format) };
        match format {
            _ if payload.is_empty() => out.push(Err(Rejected::new(Reason::Empty, 0, "the record has no payload"))),
            Ok(Format::Json) => json::decode(payload, context, out),
            Ok(Format::Avro) => self.avro.decode(payload, context, out),
            Ok(Format::CargoImp | Format::Auto) => cargo_imp::decode(payload, context, out),
            Err(looks_like) => out.push(Err(Rejected::new(Reason::UnknownFormat, 0, looks_like))),
        }
        if out.len() == before {
            out.push(Err(Rejected::new(Reason::Empty, 0, "no message in the payload")));
        }
    }
}

/// The format that the first bytes speak of, or what they look like instead.
fn sniff(payload: &[u8]) -> Result<Format, &'static str> {
    let text = payload.trim_ascii_start();
    match (payload, text) {
        ([0x00, ..] | [0xc3, 0x01, ..], _) => Ok(Format::Avro),
        // A bare waybill: the first message is set, one of three kinds of bill, a number that is set and has twelve characters.
        ([0x02, 0x00 | 0x02 | 0x04, 0x02, 0x18, ..], _) => Ok(Format::Avro),
        (_, [b'{' | b'[', ..]) => Ok(Format::Json),
        _ if cargo_imp::sniff(payload) => Ok(Format::CargoImp),
        (_, [b'<', ..] | [0xef, 0xbb, 0xbf, b'<', ..]) => Err("looks like XML, which is not read"),
        ([b'O', b'b', b'j', 0x01, ..], _) => Err("looks like an Avro container file; send one datum a record"),
        ([0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..], _) => Err("looks compressed; let Kafka compress the record instead"),
        (_, []) => Err("only blanks"),
        _ if payload.iter().take(SNIFFED_BYTES).any(|byte| matches!(byte, 0..=8 | 14..=31)) => Err("looks like binary data"),
        _ => Err("looks like text, but no cargo message begins like this"),
    }
}

/// How far binary data is looked for.
const SNIFFED_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Awb, Consignment};

    fn answer(format: Format, payload: &[u8]) -> (usize, Option<Rejected>) {
        let mut out = Vec::new();
        let context = Context { received: Timestamp::from_millis(0), limits: Limits { payload_bytes: 200, ..Limits::default() } };
        Decoder::new(DecoderConfig::default()).unwrap().decode(format, payload, &context, &mut out);
        (out.len(), out.into_iter().find_map(Result::err))
    }

    #[test]
    fn the_format_is_told_from_the_first_bytes_or_said_to_look_like_something_else() {
        let mut status = Vec::new();
        let json: &[u8] = br#" {"status": {"awb": "020-12345675"}} "#;
        let mut decoded = Vec::new();
        json::decode(json, &Context { received: Timestamp::from_millis(0), limits: Limits::default() }, &mut decoded);
        avro::message_frame().write(&mut status);
        avro::encode(decoded[0].as_ref().unwrap(), &mut status);
        assert_eq!(answer(Format::Auto, json), (1, None));
        assert_eq!(answer(Format::Auto, &status), (1, None));
        assert_eq!(answer(Format::Auto, &status[10..]), (1, None));
        let waybill = Message::Waybill(Box::new(Consignment { awb: Awb::parse("020-12345675"), ..Default::default() }));
        let mut bare = Vec::new();
        avro::encode(&waybill, &mut bare);
        assert_eq!(answer(Format::Auto, &bare), (1, None));
        let table: [(&[u8], Reason, &str); 8] = [
            (b"", Reason::Empty, "no payload"),
            (b" \n", Reason::UnknownFormat, "blanks"),
            (b" <Waybill/>", Reason::UnknownFormat, "XML"),
            (b"Obj\x01...", Reason::UnknownFormat, "container file"),
            (b"\x1f\x8b\x08", Reason::UnknownFormat, "compressed"),
            (b"\x02\x04abc", Reason::UnknownFormat, "binary"),
            (b"hello world", Reason::UnknownFormat, "text"),
            (&[b'{'; 201], Reason::TooLarge, "201 bytes"),
        ];
        for (payload, reason, hint) in table {
            let (count, rejected) = answer(Format::Auto, payload);
            let rejected = rejected.unwrap();
            assert_eq!((count, rejected.reason), (1, reason), "{payload:?}");
            assert!(rejected.detail.contains(hint), "{rejected}");
        }
    }

    #[test]
    fn every_format_answers_an_empty_payload() {
        for format in [Format::Auto, Format::CargoImp, Format::Json, Format::Avro] {
            let (count, rejected) = answer(format, b"");
            assert_eq!((count, rejected.unwrap().reason), (1, Reason::Empty), "{format:?}");
        }
    }
}

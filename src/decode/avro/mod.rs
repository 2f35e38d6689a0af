//! Avro to canonical messages.

mod encode;
pub mod frame;

pub use self::encode::{encode, encode_record};
use super::{Context, Decoded};
use crate::record::{Reason, Rejected};

/// How Avro payloads are framed and where their schemas come from.
#[derive(Debug, Clone, Default)]
pub struct AvroConfig {}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct AvroConfigError(String);

#[derive(Clone)]
pub struct AvroDecoder {}

impl AvroDecoder {
    pub fn new(_: AvroConfig) -> Result<Self, AvroConfigError> {
        Ok(Self {})
    }

    pub fn decode<'a>(&mut self, _: &'a [u8], _: &Context, out: &mut Decoded<'a>) {
        out.push(Err(Rejected::new(Reason::UnknownSchema, 0, "no schema")));
    }
}

//! Avro to canonical messages, by any writer's schema that resolves to `schemas/message.avsc`.
//!
//! A datum says which schema wrote it by its frame ([`Framing`]). The first datum of a schema compiles it to a `Program`;
//! the program then reads bytes straight into the model, borrowing text, without an intermediate value.

mod cursor;
mod de;
mod encode;
pub mod frame;
mod program;
mod record;
mod schema;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use self::cursor::Cursor;
use self::de::Datum;
pub use self::encode::{encode, encode_record};
pub use self::frame::Frame;
use self::frame::{CONFLUENT_MAGIC, SINGLE_OBJECT_MAGIC};
use self::program::Program;
pub use self::record::RecordReader;
use self::schema::Schema;
use super::check::settle;
use super::registry::{Registry, RegistryConfig, RegistryConfigError, Time};
use super::{Context, Decoded};
use crate::model::Message;
use crate::record::{Reason, Rejected};

/// How Avro payloads are framed and where their schemas come from.
#[derive(Debug, Clone, Default)]
pub struct AvroConfig {
    pub registry: Option<RegistryConfig>,
    pub framing: Framing,
}

/// What stands before a datum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// `C3 01` is single-object encoding; else Confluent's if there is a registry; else a bare datum. Never ambiguous: no datum of
    /// the canonical message begins with `C3 01`.
    #[default]
    Auto,
    Confluent,
    SingleObject,
    Bare,
}

pub type AvroConfigError = RegistryConfigError;

/// The canonical message, `schemas/message.avsc`.
pub const MESSAGE_SCHEMA: &str = include_str!("../../../schemas/message.avsc");

/// Decodes Avro payloads. A clone is for another thread: it shares the registry's cache and compiles for itself.
#[derive(Clone)]
pub struct AvroDecoder {
    framing: Framing,
    registry: Option<Arc<Registry>>,
    /// By the registry's id.
    programs: HashMap<u32, Arc<Program>>,
}

impl AvroDecoder {
    pub fn new(config: AvroConfig) -> Result<Self, AvroConfigError> {
        let registry = config.registry.map(|registry| Registry::new(registry, Time::default())).transpose()?;
        Ok(Self::with_registry(config.framing, registry.map(Arc::new)))
    }

    pub fn with_registry(framing: Framing, registry: Option<Arc<Registry>>) -> Self {
        Self { framing, registry, programs: HashMap::new() }
    }

    /// Appends the message that the payload holds, or the reason why not.
    pub fn decode<'a>(&mut self, payload: &'a [u8], context: &Context, out: &mut Decoded<'a>) {
        out.push(self.decode_one(payload, context));
    }

    fn decode_one<'a>(&mut self, payload: &'a [u8], context: &Context) -> Result<Message<'a>, Rejected> {
        if payload.len() > context.limits.payload_bytes {
            let detail = format!("{} bytes, at most {} are read", payload.len(), context.limits.payload_bytes);
            return Err(Rejected::new(Reason::TooLarge, 0, detail));
        }
        let (frame, start) = self.frame(payload)?;
        let program = match frame {
            Frame::Bare => bundled().program.clone(),
            Frame::SingleObject(fingerprint) => by_fingerprint(fingerprint)?,
            Frame::Confluent(id) => self.by_id(id)?,
        };
        let mut cursor = Cursor::new(payload, start, context.limits);
        let datum = Datum { program: &program, node: program.root, cursor: &mut cursor };
        let message = Message::deserialize(datum).map_err(|problem| problem.into_rejected(start))?;
        if cursor.remaining() > 0 {
            let detail = format!("{} bytes are left behind the message", cursor.remaining());
            return Err(Rejected::new(Reason::BadField, cursor.position(), detail));
        }
        let mut message = message;
        settle(&mut message).map_err(|rejected| Rejected { position: start, ..rejected })?;
        Ok(message)
    }

    /// The frame and where the datum begins.
    fn frame(&self, payload: &[u8]) -> Result<(Frame, usize), Rejected> {
        let single_object = payload.starts_with(&SINGLE_OBJECT_MAGIC);
        match self.framing {
            _ if payload.is_empty() => Err(Rejected::new(Reason::Empty, 0, "the record has no payload")),
            Framing::Auto if !single_object && self.registry.is_none() => Ok((Frame::Bare, 0)),
            Framing::Bare => Ok((Frame::Bare, 0)),
            Framing::Auto | Framing::SingleObject if single_object => {
                match payload.get(2..10).and_then(|id| id.try_into().ok()) {
                    Some(fingerprint) => Ok((Frame::SingleObject(u64::from_le_bytes(fingerprint)), 10)),
                    None => Err(Rejected::new(Reason::Truncated, payload.len(), "the payload ends in its schema's fingerprint")),
                }
            }
            Framing::SingleObject => Err(Rejected::new(Reason::BadHeader, 0, "single-object encoding begins with C3 01")),
            _ if payload.first() != Some(&CONFLUENT_MAGIC) => {
                Err(Rejected::new(Reason::BadHeader, 0, "Confluent's wire format begins with a zero byte"))
            }
            _ => match payload.get(1..5).and_then(|id| id.try_into().ok()) {
                Some(id) => Ok((Frame::Confluent(u32::from_be_bytes(id)), 5)),
                None => Err(Rejected::new(Reason::Truncated, payload.len(), "the payload ends in its schema's id")),
            },
        }
    }

    fn by_id(&mut self, id: u32) -> Result<Arc<Program>, Rejected> {
        if let Some(program) = self.programs.get(&id) {
            return Ok(program.clone());
        }
        let registry = self.registry.as_ref();
        let registry = registry.ok_or_else(|| Rejected::new(Reason::UnknownSchema, 1, "no schema registry is configured"))?;
        let fetched = registry.schema(id).map_err(|absent| Rejected::new(absent.reason, 1, absent.detail))?;
        let references: Vec<_> = fetched.references.iter().map(String::as_str).collect();
        let program = Schema::parse(&fetched.schema, &references).and_then(|writer| Program::compile(&writer, &bundled().reader));
        let mismatch = |why| Rejected::new(Reason::SchemaMismatch, 1, format!("schema id {id}: {why}"));
        let program = Arc::new(program.map_err(mismatch)?);
        self.programs.insert(id, program.clone());
        Ok(program)
    }
}

/// Our own schema: as the reader of all others, and as the writer of bare and single-object data.
struct Bundled {
    reader: Schema,
    program: Arc<Program>,
    fingerprint: u64,
}

fn bundled() -> &'static Bundled {
    static BUNDLED: OnceLock<Bundled> = OnceLock::new();
    BUNDLED.get_or_init(|| {
        // A part of the program, not input: the tests below fail if it does not parse or resolve.
        let (reader, program) = Schema::parse(MESSAGE_SCHEMA, &[])
            .and_then(|reader| Program::compile(&reader, &reader).map(|program| (reader, program)))
            .unwrap_or_default();
        let fingerprint = apache_avro::Schema::parse_str(MESSAGE_SCHEMA).map_or(0, |schema| frame::fingerprint(&schema));
        Bundled { reader, program: Arc::new(program), fingerprint }
    })
}

/// The frame of single-object encoding for [`encode`].
pub fn message_frame() -> Frame {
    Frame::SingleObject(bundled().fingerprint)
}

fn by_fingerprint(fingerprint: u64) -> Result<Arc<Program>, Rejected> {
    if fingerprint == bundled().fingerprint {
        return Ok(bundled().program.clone());
    }
    let detail = format!("no schema with the fingerprint {fingerprint:016x}; use a schema registry for schemas of your own");
    Err(Rejected::new(Reason::UnknownSchema, 2, detail))
}

#[cfg(test)]
mod tests;

//! The schema registry (Confluent's REST interface): schemas by id, and the registration of our own.
//!
//! Blocking and small. Answers are kept for ever, since an id never changes its schema; a refusal or a failure is kept for a
//! while. So a registry that is down costs the retries once per id and pause, and meanwhile the records that need it go to the
//! dead letters as `schema_unavailable`, whole, to be sent again: the partition neither waits for ever nor loses a message.
//!
//! One cache serves all decode threads, which ask it only for ids that they have not compiled yet.

mod client;
mod config;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use self::client::{Answer, Client};
pub use self::config::{RegistryConfig, RegistryConfigError, Secret};
use crate::record::Reason;

/// A schema as the registry gave it, with those it names, each before those that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    pub schema: String,
    pub references: Vec<String>,
}

/// Why there is no schema: a reject reason and what to tell the person who looks into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    pub reason: Reason,
    pub detail: String,
}

/// Why our schema was not registered.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RegisterError {
    /// The registry's compatibility rule refuses it.
    #[error("the registry refuses the schema of {subject} as incompatible: {why}")]
    Incompatible { subject: String, why: String },
    #[error("the registry refuses the schema of {subject}: status {status}: {why}")]
    Refused { subject: String, status: u16, why: String },
    #[error("the schema registry does not answer: {0}")]
    Unavailable(String),
}

/// Time as the registry's cache and its retries see it; tests bring their own.
pub struct Time {
    /// Since any fixed moment.
    pub now: Box<dyn Fn() -> Duration + Send + Sync>,
    pub sleep: Box<dyn Fn(Duration) + Send + Sync>,
}

impl Default for Time {
    fn default() -> Self {
        let start = Instant::now();
        Self { now: Box::new(move || start.elapsed()), sleep: Box::new(std::thread::sleep) }
    }
}

pub struct Registry {
    client: Client,
    absent_for: Duration,
    cache: Mutex<HashMap<u32, Cached>>,
}

type Found = Result<Arc<Fetched>, Absent>;

struct Cached {
    found: Found,
    at: Duration,
}

impl Registry {
    pub fn new(config: RegistryConfig, time: Time) -> Result<Self, RegistryConfigError> {
        let absent_for = config.absent_for;
        Ok(Self { client: Client::new(config, time)?, absent_for, cache: Mutex::default() })
    }

    /// The schema of that id. Threads that ask at the same time wait for one another rather than ask the registry twice.
    pub fn schema(&self, id: u32) -> Found {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.client.now();
        if let Some(cached) = cache.get(&id) {
            let fresh = now.saturating_sub(cached.at) < self.absent_for;
            if cached.found.is_ok() || fresh {
                return cached.found.clone();
            }
        }
        if cache.len() >= CACHED_MAX {
            cache.retain(|_, cached| cached.found.is_ok());
        }
        let found = self.fetch(id).map(Arc::new);
        cache.insert(id, Cached { found: found.clone(), at: self.client.now() });
        found
    }

    fn fetch(&self, id: u32) -> Result<Fetched, Absent> {
        let body = self.ask(&format!("/schemas/ids/{id}"), &format!("schema id {id}"))?;
        let mut fetched = Fetched { schema: schema_of(&body, &format!("schema id {id}"))?, references: Vec::new() };
        let mut asked = 0;
        self.references(&body, &mut fetched.references, &mut asked)?;
        Ok(fetched)
    }

    /// Depth first, so that each schema stands behind those it names.
    fn references(&self, body: &Value, into: &mut Vec<String>, asked: &mut usize) -> Result<(), Absent> {
        let references = body.get("references").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for reference in references {
            *asked += 1;
            if *asked > REFERENCES_MAX {
                return Err(mismatch(format!("the schema has more than {REFERENCES_MAX} references")));
            }
            let subject = reference.get("subject").and_then(Value::as_str).unwrap_or_default();
            let version = reference.get("version").and_then(Value::as_i64).unwrap_or_default();
            let what = format!("version {version} of the subject {subject}");
            let body = self.ask(&format!("/subjects/{}/versions/{version}", path_segment(subject)), &what)?;
            self.references(&body, into, asked)?;
            let schema = schema_of(&body, &what)?;
            if !into.contains(&schema) {
                into.push(schema);
            }
        }
        Ok(())
    }

    fn ask(&self, path: &str, what: &str) -> Result<Value, Absent> {
        match self.client.get(path) {
            Ok(Answer { status: 200, body }) => Ok(body),
            Ok(Answer { status: 404, .. }) => {
                Err(Absent { reason: Reason::UnknownSchema, detail: format!("the registry does not know {what}") })
            }
            Ok(Answer { status, .. }) => Err(unavailable(format!("the registry answers {status} to {what}"))),
            Err(why) => Err(unavailable(format!("{what}: {why}"))),
        }
    }

    /// Registers a schema and returns its id; registering the same one again returns the same id.
    pub fn register(&self, subject: &str, schema: &str) -> Result<u32, RegisterError> {
        let path = format!("/subjects/{}/versions", path_segment(subject));
        let request = serde_json::json!({ "schemaType": "AVRO", "schema": schema });
        let answer = self.client.post(&path, &request).map_err(RegisterError::Unavailable)?;
        let why = answer.body.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
        let (subject, id) = (subject.to_owned(), answer.body.get("id").and_then(Value::as_u64));
        match (answer.status, id.and_then(|id| u32::try_from(id).ok())) {
            (200, Some(id)) => Ok(id),
            (409, _) => Err(RegisterError::Incompatible { subject, why }),
            (status, _) => Err(RegisterError::Refused { subject, status, why }),
        }
    }
}

/// Ids kept; beyond it, the absent ones are forgotten. A hostile producer may name any id, the registry knows few.
const CACHED_MAX: usize = 10_000;
const REFERENCES_MAX: usize = 64;

fn unavailable(detail: String) -> Absent {
    Absent { reason: Reason::SchemaUnavailable, detail }
}

fn mismatch(detail: String) -> Absent {
    Absent { reason: Reason::SchemaMismatch, detail }
}

fn schema_of(body: &Value, what: &str) -> Result<String, Absent> {
    match body.get("schemaType").and_then(Value::as_str) {
        None | Some("AVRO") => {}
        Some(other) => return Err(mismatch(format!("{what} is a {other} schema, not Avro"))),
    }
    let schema = body.get("schema").and_then(Value::as_str);
    schema.map(str::to_owned).ok_or_else(|| unavailable(format!("the registry's answer to {what} holds no schema")))
}

/// Percent-encodes all but letters, digits and `-._~` (RFC 3986).
fn path_segment(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests;

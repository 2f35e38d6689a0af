//! The configuration: one TOML file, with overrides from the environment, checked before anything starts.
//!
//! `document` reads the file and the environment into one table that knows where each value stands; it becomes the types
//! below, whose values are checked on their own; `checks` then looks across fields. Every fault is reported, each with its
//! place. `config/loadgate.toml` explains every key and states every default.

mod checks;
mod document;
mod kafka;
mod properties;
mod schema;
mod secret;
mod source;
mod table;
mod text;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

pub use self::kafka::{Kafka, SaslMechanism, Security, SecurityProtocol};
pub use self::secret::{Secret, SecretRef, SecretUnavailable};
pub use self::text::parse_duration;
use crate::decode::Format;
use crate::diagnostic::Diagnostic;
use crate::logging::LogFormat;
use crate::memory::Horizons;
use crate::source::Writer;
use document::Document;

/// The configuration of one replica. All replicas of a group share it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub kafka: Kafka,
    /// The topics that terminals and screening teams write to.
    pub input: Vec<Input>,
    pub outputs: Outputs,
    pub batch: Batch,
    pub limits: Limits,
    pub workers: Workers,
    pub memory: Memory,
    pub bundle: Bundle,
    pub registry: Registry,
    pub admin: Admin,
    pub log: Log,
    pub shutdown: Shutdown,
}

/// One input topic.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    pub topic: String,
    /// What the topic's records are written in: auto (told from the first bytes of each), cargo_imp, json or avro.
    #[serde(default)]
    #[schemars(with = "FormatName")]
    pub format: Format,
    /// Who writes to the topic: terminals may send everything but outcomes, teams outcomes alone.
    #[serde(default)]
    pub writer: Writer,
}

/// The topics that loadgate writes to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Outputs {
    /// Alerts for the aviation security team. Personal data.
    pub alerts_aviation_security: String,
    /// Alerts for the customs team. Personal data.
    pub alerts_customs: String,
    /// Status codes for the terminals, without reasons.
    pub referrals: String,
    /// One line for every consignment screened.
    pub assessments: String,
    /// What could not be read, as received. Personal data.
    pub dead_letters: String,
    /// Whose status codes the referrals carry.
    pub regime: Regime,
}

/// A regime of advance cargo information.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// Pre-load Air Cargo Targeting, Canada.
    #[default]
    Pact,
}

/// When the reader cuts a batch, which is what one transaction commits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Batch {
    #[serde(deserialize_with = "text::count")]
    #[schemars(with = "text::Count")]
    pub records: usize,
    #[serde(deserialize_with = "text::size")]
    #[schemars(with = "text::Size")]
    pub bytes: usize,
    /// The age of the oldest record in the batch.
    #[serde(deserialize_with = "text::duration")]
    #[schemars(with = "text::Period")]
    pub age: Duration,
    /// Batches between reader and publisher, the one being committed included.
    #[serde(deserialize_with = "text::count")]
    #[schemars(with = "text::Count")]
    pub in_flight: usize,
}

/// What a decoder may spend on one payload.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    #[serde(deserialize_with = "text::size")]
    #[schemars(with = "text::Size")]
    pub payload: usize,
    /// Messages, lines and list elements of one payload.
    #[serde(deserialize_with = "text::count")]
    #[schemars(with = "text::Count")]
    pub elements: usize,
    /// Nesting of JSON and Avro.
    #[serde(deserialize_with = "text::count")]
    #[schemars(with = "text::Count")]
    pub depth: usize,
}

/// Threads that decode and screen; 0 is one for each core.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Workers {
    pub screen: usize,
}

/// What is remembered, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Memory {
    /// Days that the behaviour of parties, lanes and shipments is remembered, behind the newest event.
    pub identity_days: u16,
    /// Days that it is remembered who shared a phone, an address, an account.
    pub contact_days: u16,
    /// Days that it is remembered which numbers documents bore.
    pub document_days: u16,
    /// The secret under which identities are hashed; the same on every replica.
    pub key: Option<SecretRef>,
    /// The file that memory is written down to; without it, a start reads the log from the horizon.
    pub snapshot: Option<PathBuf>,
    #[serde(deserialize_with = "text::duration")]
    #[schemars(with = "text::Period")]
    pub snapshot_every: Duration,
}

/// The rule bundle.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bundle {
    /// Directory of the bundle, taken as it is at start. One of path, file and topic at most; without any, the starter bundle that
    /// is compiled in.
    pub path: Option<PathBuf>,
    /// Packed, signed bundle that is watched; an emergency lookout lies beside it, with `.lookout` behind its name.
    pub file: Option<PathBuf>,
    /// Compacted topic of packed, signed bundles.
    pub topic: Option<String>,
    /// Whose signatures make a bundle of `file` or `topic` take effect.
    pub trust: Option<PathBuf>,
}

/// The schema registry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Registry {
    /// Tried in turn. Empty: only the schemas that are compiled in.
    pub urls: Vec<String>,
    pub user: Option<String>,
    pub password: Option<SecretRef>,
    /// Certificate authorities to trust, PEM; without it, the system's.
    pub ca_file: Option<PathBuf>,
    /// What stands before each Avro record that loadgate publishes.
    pub framing: Framing,
}

/// What stands before an Avro datum and names its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// A zero byte and the id that the schema registry gave the schema.
    Confluent,
    /// Avro's single-object encoding: C3 01 and the schema's fingerprint.
    #[default]
    SingleObject,
}

/// The HTTP port: /metrics, /live, /ready.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    #[schemars(with = "String")]
    pub listen: SocketAddr,
    /// /live fails when a stage has not moved for this long.
    #[serde(deserialize_with = "text::duration")]
    #[schemars(with = "text::Period")]
    pub stall_limit: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    /// error, warn, info, debug or trace; or by module, as in `info,loadgate::sink=debug`.
    pub level: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Shutdown {
    /// From the signal to the end, finished or not.
    #[serde(deserialize_with = "text::duration")]
    #[schemars(with = "text::Period")]
    pub grace: Duration,
}

impl Config {
    /// Reads the file, if one is given, and applies those of `environment` that begin with `LOADGATE__`.
    pub fn load(file: Option<&Path>, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, Vec<Diagnostic>> {
        let Some(path) = file else {
            return Self::parse("defaults", "", environment);
        };
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&name, &text, environment),
            Err(error) => Err(vec![Diagnostic::of_file(name, format!("cannot be read: {error}"))]),
        }
    }

    /// As [`Config::load`], from text; `file` names it in diagnostics.
    pub fn parse(
        file: &str,
        text: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let (sources, schema) = (source::gather(file, text, environment), Self::schema());
        let mut document = Document::parse(&sources, &schema);
        let config: Config = document.read();
        checks::across_fields(&config, &mut document);
        document.verdict(config)
    }

    /// The JSON Schema of the file, for editors and for the reader of the file.
    pub fn schema() -> serde_json::Value {
        let settings = schemars::generate::SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
        settings.into_generator().into_root_schema_for::<Config>().to_value()
    }

    /// Names of the input topics, in the order that `Origin::topic` indexes.
    pub fn topics(&self) -> Vec<&str> {
        self.input.iter().map(|input| input.topic.as_str()).collect()
    }
}

impl Workers {
    pub fn screen_threads(&self) -> usize {
        threads(self.screen)
    }
}

fn threads(configured: usize) -> usize {
    match configured {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        count => count,
    }
}

impl Outputs {
    /// Each key with its topic.
    pub fn topics(&self) -> [(&'static str, &str); 5] {
        [
            ("alerts_aviation_security", &self.alerts_aviation_security),
            ("alerts_customs", &self.alerts_customs),
            ("referrals", &self.referrals),
            ("assessments", &self.assessments),
            ("dead_letters", &self.dead_letters),
        ]
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            kafka: Kafka::default(),
            input: [("cargo.messages", Writer::Terminals), ("cargo.outcomes", Writer::Teams)]
                .map(|(topic, writer)| Input { topic: topic.to_owned(), format: Format::Auto, writer })
                .into(),
            outputs: Outputs::default(),
            batch: Batch::default(),
            limits: Limits::default(),
            workers: Workers::default(),
            memory: Memory::default(),
            bundle: Bundle::default(),
            registry: Registry::default(),
            admin: Admin::default(),
            log: Log::default(),
            shutdown: Shutdown::default(),
        }
    }
}

impl Default for Outputs {
    fn default() -> Self {
        Self {
            alerts_aviation_security: "cargo.alerts.security".to_owned(),
            alerts_customs: "cargo.alerts.customs".to_owned(),
            referrals: "cargo.referrals".to_owned(),
            assessments: "cargo.assessments".to_owned(),
            dead_letters: "cargo.dead-letters".to_owned(),
            regime: Regime::default(),
        }
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self { records: 5_000, bytes: 8 << 20, age: Duration::from_millis(50), in_flight: 4 }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let crate::decode::Limits { payload_bytes, elements, depth } = crate::decode::Limits::default();
        Self { payload: payload_bytes, elements, depth }
    }
}

impl From<&Limits> for crate::decode::Limits {
    fn from(limits: &Limits) -> Self {
        Self { payload_bytes: limits.payload, elements: limits.elements, depth: limits.depth }
    }
}

impl Default for Memory {
    fn default() -> Self {
        let Horizons { identity_days, contact_days, document_days } = Horizons::default();
        let snapshot_every = Duration::from_secs(300);
        Self { identity_days, contact_days, document_days, key: None, snapshot: None, snapshot_every }
    }
}

impl Default for Admin {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([0, 0, 0, 0], 9464)), stall_limit: Duration::from_secs(60) }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { grace: Duration::from_secs(20) }
    }
}

/// [`Format`] in the JSON Schema: the same names.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used")]
enum FormatName {
    Auto,
    CargoImp,
    Json,
    Avro,
}

#[cfg(test)]
mod tests;

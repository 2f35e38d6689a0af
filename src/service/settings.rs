//! From the checked configuration to what the service is told.

use std::time::Duration;

use sha2::Digest;

use super::snapshots::SnapshotSettings;
use super::{MemorySettings, Settings, Topics};
use crate::config::{Config, Framing, Outputs, Regime, SecretUnavailable};
use crate::decode::DecoderConfig;
use crate::decode::avro::AvroConfig;
use crate::decode::registry::{RegisterError, Registry, RegistryConfig, RegistryConfigError, Secret, Time};
use crate::kafka::Connection;
use crate::memory::{Horizons, Keys};
use crate::outputs::Frames;
use crate::source::{BatchLimits, Input, Role};

impl Settings {
    /// Reads the secrets that the configuration refers to.
    pub fn of(config: &Config) -> Result<Self, SecretUnavailable> {
        let Config { kafka, batch, outputs, .. } = config;
        Ok(Self {
            connection: Connection { brokers: kafka.brokers.join(","), properties: kafka.client_properties()? },
            group: kafka.group.clone(),
            transactional_id: kafka.transactional_id(),
            session_timeout: kafka.session_timeout,
            transaction_timeout: kafka.transaction_timeout,
            inputs: inputs(config),
            memory: memory(config)?,
            topics: Topics::from(outputs),
            regime: match outputs.regime {
                Regime::Pact => "pact".to_owned(),
            },
            batch: BatchLimits { records: batch.records, bytes: batch.bytes, age: batch.age },
            in_flight: batch.in_flight,
            workers: config.workers.screen_threads(),
            limits: (&config.limits).into(),
            decoder: DecoderConfig { avro: AvroConfig { registry: registry(config)?, ..AvroConfig::default() } },
            stall_limit: config.admin.stall_limit,
            // The rest of the grace period is for what is under way.
            leave_timeout: (config.shutdown.grace / 4).min(Duration::from_secs(5)),
        })
    }
}

/// What terminals and teams write, then what is read back.
fn inputs(config: &Config) -> Vec<Input> {
    let written =
        config.input.iter().map(|input| Input { topic: input.topic.clone(), role: Role::Messages(input.format, input.writer) });
    let Outputs { assessments, referrals, .. } = &config.outputs;
    let read_back = [(assessments, Role::Assessments), (referrals, Role::Referrals)];
    written.chain(read_back.map(|(topic, role)| Input { topic: topic.clone(), role })).collect()
}

fn memory(config: &Config) -> Result<MemorySettings, SecretUnavailable> {
    let crate::config::Memory { identity_days, contact_days, document_days, key, snapshot, snapshot_every } = &config.memory;
    let secret = key.as_ref().map(|key| key.read()).transpose()?;
    let digest = sha2::Sha256::digest(secret.as_ref().map_or(config.kafka.group.as_bytes(), |secret| secret.expose().as_bytes()));
    let mut secret = [0; 16];
    secret.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    Ok(MemorySettings {
        keys: Keys::new(&secret),
        horizons: Horizons { identity_days: *identity_days, contact_days: *contact_days, document_days: *document_days },
        snapshot: snapshot.clone().map(|path| SnapshotSettings { path, every: *snapshot_every }),
    })
}

impl From<&Outputs> for Topics {
    fn from(outputs: &Outputs) -> Self {
        let Outputs { alerts_aviation_security, alerts_customs, referrals, assessments, dead_letters, .. } = outputs.clone();
        Self { alerts_aviation_security, alerts_customs, referrals, assessments, dead_letters }
    }
}

fn registry(config: &Config) -> Result<Option<RegistryConfig>, SecretUnavailable> {
    let crate::config::Registry { urls, user, password, ca_file, .. } = &config.registry;
    if urls.is_empty() {
        return Ok(None);
    }
    let basic_auth = match (user, password) {
        (Some(user), Some(password)) => Some((user.clone(), Secret::new(password.read()?.expose()))),
        _ => None,
    };
    Ok(Some(RegistryConfig { urls: urls.clone(), ca_file: ca_file.clone(), basic_auth, ..RegistryConfig::default() }))
}

/// Why what is published cannot be framed as configured.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error("schema registry: {0}")]
    Registry(#[from] RegistryConfigError),
    #[error("{0}")]
    Register(#[from] RegisterError),
}

/// The frames of what is published; registers the schemas where the configuration asks for it.
pub fn frames(config: &Config, settings: &Settings) -> Result<Frames, FrameError> {
    match (config.registry.framing, &settings.decoder.avro.registry) {
        (Framing::Confluent, Some(registry)) => {
            let registry = Registry::new(registry.clone(), Time::default())?;
            Ok(Frames::registered(&registry, |output| settings.topics.of(output))?)
        }
        _ => Ok(Frames::single_object()),
    }
}

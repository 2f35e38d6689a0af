//! From the checked configuration to what the service is told.

use std::time::Duration;

use super::{Settings, Topics};
use crate::config::{Config, Outputs, Regime, SecretUnavailable};
use crate::decode::DecoderConfig;
use crate::kafka::Connection;
use crate::source::{BatchLimits, Input};

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
            inputs: config.input.iter().map(|input| Input { topic: input.topic.clone(), format: input.format }).collect(),
            topics: Topics::from(outputs),
            regime: match outputs.regime {
                Regime::Pact => "pact".to_owned(),
            },
            batch: BatchLimits { records: batch.records, bytes: batch.bytes, age: batch.age },
            in_flight: batch.in_flight,
            workers: config.workers.screen_threads(),
            limits: (&config.limits).into(),
            decoder: DecoderConfig::default(),
            // The rest of the grace period is for what is under way.
            leave_timeout: (config.shutdown.grace / 4).min(Duration::from_secs(5)),
        })
    }
}

impl From<&Outputs> for Topics {
    fn from(outputs: &Outputs) -> Self {
        let Outputs { alerts_aviation_security, alerts_customs, referrals, assessments, dead_letters, .. } = outputs.clone();
        Self { alerts_aviation_security, alerts_customs, referrals, assessments, dead_letters }
    }
}

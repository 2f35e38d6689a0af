//! Messages of the past, from files or from Kafka.

use clap::Args;

use super::files::{Input, Payload, parse_time};
use crate::config::Config;
use crate::decode::{Decoder, DecoderConfig, Format, Limits};
use crate::diagnostic::render;
use crate::memory::Horizons;
use crate::model::Timestamp;
use crate::replay::Given;
use crate::service::Settings;
use crate::source::{self, ByTime, Kept};

#[derive(Debug, Args)]
pub struct FromKafka {
    /// Read Kafka instead of files: every record at or after this time (RFC 3339), up to where the topics end now. Default with
    /// --brokers or --config: all of them.
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with_all = ["files", "received"])]
    from: Option<Timestamp>,
    /// Brokers to read from. Default: those of the configuration.
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["files", "received"])]
    brokers: Option<String>,
    /// Topic to read, in the format given. Default: the inputs of the configuration, each in its format.
    #[arg(long, conflicts_with_all = ["files", "received"])]
    topic: Option<String>,
    /// Configuration file: connection, inputs, schema registry. Default: the built-in defaults and the environment.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["files", "received"])]
    config: Option<std::path::PathBuf>,
}

/// Messages in their order, and how they are to be read and remembered.
pub struct Opened<'a> {
    pub decoder: Decoder,
    pub limits: Limits,
    pub horizons: Horizons,
    pub payloads: Box<dyn Iterator<Item = Result<Kept, String>> + 'a>,
}

/// What is kept of the past, as a replay takes it.
pub fn given(kept: &Kept) -> Given<'_> {
    Given { format: kept.format, writer: kept.writer, payload: &kept.payload, received: kept.timestamp }
}

impl FromKafka {
    /// What the topics hold, where the command line asks for them; else what the files hold.
    pub fn or_files<'a>(&self, input: &'a Input) -> Result<Opened<'a>, String> {
        let format: Format = input.format.into();
        let decoder = |config| Decoder::new(config).map_err(|error| error.to_string());
        let Some((settings, from)) = self.settings(format)? else {
            let kept = move |Payload { bytes, received, share }| Kept {
                format,
                writer: None,
                payload: bytes,
                timestamp: received,
                share,
            };
            let payloads = Box::new(input.payloads().map(move |payload| payload.map(kept)));
            let (decoder, horizons) = (decoder(DecoderConfig::default())?, Horizons::default());
            return Ok(Opened { decoder, limits: input.limits(), horizons, payloads });
        };
        let brokers = settings.connection.brokers.clone();
        let told = move |error| format!("{brokers}: {error}");
        let records = ByTime::open(&settings.connection, &settings.inputs, from).map_err(&told)?;
        // Who writes to a topic named by hand is not known.
        let is_configured = self.topic.is_none();
        let known = move |kept: Kept| Kept { writer: kept.writer.filter(|_| is_configured), ..kept };
        let payloads = Box::new(records.map(move |kept| kept.map(known).map_err(&told)));
        let decoder = decoder(settings.decoder)?;
        Ok(Opened { decoder, limits: settings.limits, horizons: settings.memory.horizons, payloads })
    }

    /// The configuration with what the command line says otherwise, and since when; `None` where files are to be read.
    fn settings(&self, format: Format) -> Result<Option<(Settings, Timestamp)>, String> {
        let Self { from, brokers, topic, config } = self;
        if from.is_none() && brokers.is_none() && topic.is_none() && config.is_none() {
            return Ok(None);
        }
        let config = Config::load(config.as_deref(), std::env::vars()).map_err(|faults| render(&faults))?;
        let mut settings = Settings::of(&config).map_err(|error| error.to_string())?;
        // What is read back was said by loadgate, not to it.
        settings.inputs.retain(source::Input::is_screened);
        if let Some(brokers) = brokers {
            settings.connection.brokers.clone_from(brokers);
        }
        if let Some(topic) = topic {
            settings.inputs = vec![source::Input::messages(topic, format)];
        }
        Ok(Some((settings, from.unwrap_or_default())))
    }
}

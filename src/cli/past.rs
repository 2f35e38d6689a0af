//! Kafka instead of files: what the input topics hold.

use clap::Args;

use super::files::parse_time;
use crate::config::Config;
use crate::decode::Format;
use crate::diagnostic::render;
use crate::model::Timestamp;
use crate::service::Settings;
use crate::source::Input;

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

impl FromKafka {
    /// The configuration with what the command line says otherwise, and since when; `None` where files are to be read.
    pub fn settings(&self, format: Format) -> Result<Option<(Settings, Timestamp)>, String> {
        let Self { from, brokers, topic, config } = self;
        if from.is_none() && brokers.is_none() && topic.is_none() && config.is_none() {
            return Ok(None);
        }
        let config = Config::load(config.as_deref(), std::env::vars()).map_err(|faults| render(&faults))?;
        let mut settings = Settings::of(&config).map_err(|error| error.to_string())?;
        // What is read back was said by loadgate, not to it.
        settings.inputs.retain(Input::is_screened);
        if let Some(brokers) = brokers {
            settings.connection.brokers.clone_from(brokers);
        }
        if let Some(topic) = topic {
            settings.inputs = vec![Input::messages(topic, format)];
        }
        Ok(Some((settings, from.unwrap_or_default())))
    }
}

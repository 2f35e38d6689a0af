//! `loadgate topics`

use std::path::PathBuf;

use clap::Args;
use rdkafka::error::KafkaError;

use super::{Exit, fail, say, settings};
use crate::config::Config;
use crate::operations::Brokers;
use crate::operations::topics::{self, Topic};
use crate::service::Settings;

/// Shows the topics that a configuration names, or creates those that are missing, each as its role needs it.
///
/// What is there already is left as it is: `loadgate check --brokers` tells what to change. Exit code 0 when all exist in the end, 1
/// when some are missing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate topics --config config/loadgate.toml
  loadgate topics --config config/loadgate.toml --create --partitions 12")]
pub struct Arguments {
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Create the topics that are missing.
    #[arg(long)]
    create: bool,
    /// Partitions of a topic created.
    #[arg(long, default_value_t = 8, requires = "create", value_parser = clap::value_parser!(i32).range(1..))]
    partitions: i32,
    /// Replicas of each partition. Default: three, or as many as there are brokers.
    #[arg(long, requires = "create", value_parser = clap::value_parser!(i32).range(1..))]
    replication: Option<i32>,
}

pub fn run(arguments: &Arguments) -> Exit {
    let (config, settings) = match settings(arguments.config.as_deref()) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    match show(&config, &settings, arguments) {
        Ok(true) => Exit::Done,
        Ok(false) => Exit::Failed,
        Err(error) => fail(Exit::Failed, format_args!("{}: {error}", settings.connection.brokers)),
    }
}

/// True when all exist in the end.
fn show(config: &Config, settings: &Settings, arguments: &Arguments) -> Result<bool, KafkaError> {
    let brokers = Brokers::connect(&settings.connection)?;
    let metadata = brokers.metadata()?;
    let replicas = arguments.replication.unwrap_or_else(|| topics::replicas(metadata.brokers().len()));
    let mut complete = true;
    for Topic { name, role } in topics::of(config) {
        let found = metadata.topics().iter().find(|topic| topic.name() == name).map(|topic| topic.partitions().len());
        match found {
            Some(partitions) => say(format_args!("{name}  {partitions} partitions")),
            None if arguments.create => {
                let with = topics::created_with(role, replicas, config.memory.identity_days);
                let partitions = role.partitions(arguments.partitions);
                brokers.create_topic(name, partitions, replicas, &with)?;
                say(format_args!("{name}  created with {partitions} partitions of {replicas} replicas"));
            }
            None => {
                complete = false;
                say(format_args!("{name}  missing: create it with `loadgate topics --create`"));
            }
        }
    }
    Ok(complete)
}

//! `loadgate topics`

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use super::{Exit, fail, refuse};
use crate::config::Config;
use crate::service::Settings;

/// Shows the topics that a configuration names, or creates those that are missing.
///
/// Exit code 0 when all exist in the end, 1 when some are missing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate topics --config config/loadgate.toml
  loadgate topics --config config/loadgate.toml --create --partitions 12 --replication 3")]
pub struct Arguments {
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Create the topics that are missing.
    #[arg(long)]
    create: bool,
    /// Partitions of a topic created.
    #[arg(long, default_value_t = 8, requires = "create", value_parser = clap::value_parser!(i32).range(1..))]
    partitions: i32,
    /// Replicas of each partition; more than the cluster has brokers is refused by it.
    #[arg(long, default_value_t = 1, requires = "create", value_parser = clap::value_parser!(i32).range(1..))]
    replication: i32,
}

const TIMEOUT: Duration = Duration::from_secs(10);

pub fn run(arguments: &Arguments) -> Exit {
    let config = match Config::load(arguments.config.as_deref(), std::env::vars()) {
        Ok(config) => config,
        Err(faults) => return refuse(&faults),
    };
    let settings = match Settings::of(&config) {
        Ok(settings) => settings,
        Err(error) => return fail(Exit::Usage, error),
    };
    let names = config.topics().into_iter().chain(config.outputs.topics().map(|(_, topic)| topic));
    let streams = names.map(|name| stream(name, arguments));
    let topics: Vec<_> = streams.chain(config.bundle.topic.iter().map(|name| of_bundles(name, arguments))).collect();
    match show(&settings, &topics, arguments) {
        Ok(true) => Exit::Done,
        Ok(false) => Exit::Failed,
        Err(error) => fail(Exit::Failed, format_args!("{}: {error}", settings.connection.brokers)),
    }
}

fn stream<'n>(name: &'n str, arguments: &Arguments) -> NewTopic<'n> {
    NewTopic::new(name, arguments.partitions, TopicReplication::Fixed(arguments.replication))
}

/// The newest of each bundle is kept for ever; the broker stamps when it was published, so that nobody can date one back.
fn of_bundles<'n>(name: &'n str, arguments: &Arguments) -> NewTopic<'n> {
    NewTopic::new(name, 1, TopicReplication::Fixed(arguments.replication))
        .set("cleanup.policy", "compact")
        .set("message.timestamp.type", "LogAppendTime")
        .set("max.message.bytes", RECORD_BYTES_MAX)
}

/// The largest pack, and what Kafka writes around it: 65 MiB.
const RECORD_BYTES_MAX: &str = "68157440";

/// True when all exist in the end.
fn show(settings: &Settings, topics: &[NewTopic<'_>], arguments: &Arguments) -> Result<bool, KafkaError> {
    let admin: AdminClient<DefaultClientContext> = settings.connection.client("topics").create()?;
    let metadata = admin.inner().fetch_metadata(None, TIMEOUT)?;
    let mut complete = true;
    for topic in topics {
        let name = topic.name;
        let partitions = metadata.topics().iter().find(|topic| topic.name() == name).map(|topic| topic.partitions().len());
        match partitions {
            Some(partitions) => say(format_args!("{name}  {partitions} partitions")),
            None if arguments.create => {
                create(&admin, topic)?;
                say(format_args!("{name}  created with {} partitions", topic.num_partitions));
            }
            None => {
                complete = false;
                say(format_args!("{name}  missing: create it with `loadgate topics --create`"));
            }
        }
    }
    Ok(complete)
}

/// A reader that hangs up wants no more.
fn say(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn create(admin: &AdminClient<DefaultClientContext>, topic: &NewTopic<'_>) -> Result<(), KafkaError> {
    let options = AdminOptions::new().request_timeout(Some(TIMEOUT)).operation_timeout(Some(TIMEOUT));
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.map_err(|_| KafkaError::AdminOp(RDKafkaErrorCode::Fail))?;
    for created in runtime.block_on(admin.create_topics([topic], &options))? {
        match created {
            Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((_, code)) => return Err(KafkaError::AdminOp(code)),
        }
    }
    Ok(())
}

//! `loadgate demo`

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::running::{Running, interruption};
use super::{Exit, fail, say};
use crate::config::Config;
use crate::demo::{self, Endpoint, Options};
use crate::logging::{self, LogFormat};
use crate::service::Rules;

/// Shows loadgate at work: starts an embedded broker, synthetic terminals that send realistic mixed traffic with planted smuggling
/// stories and disguised names of a watchlist, and the real service, and shows what happens. At the end every message sent is
/// accounted for.
///
/// The embedded broker only simulates exactly-once; with --brokers the same runs against a real Kafka.
/// Exit code 0 when the account balances, 1 when not.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate demo
  loadgate demo --for 30s --rate 2000 --seed 7
  loadgate demo --brokers localhost:9092")]
pub struct Arguments {
    /// The same seed sends the same messages.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Messages a second.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    rate: u32,
    /// Ends after this long, as in 30s or 5m. Default: until Ctrl-C.
    #[arg(long = "for", value_name = "TIME", value_parser = super::parse_duration)]
    duration: Option<Duration>,
    /// A real Kafka instead of the embedded broker.
    #[arg(long, value_name = "HOST:PORT")]
    brokers: Option<String>,
    /// Where /metrics, /live and /ready are served.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9464")]
    admin: SocketAddr,
    /// Partitions of each topic.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(i32).range(1..=64))]
    partitions: i32,
}

pub fn run(arguments: &Arguments) -> Exit {
    if let Err(reason) = logging::start(LogFormat::Text, "error") {
        return fail(Exit::Failed, reason);
    }
    let shutdown = match interruption() {
        Ok(interrupted) => interrupted,
        Err(error) => return fail(Exit::Failed, error),
    };
    let options = Options {
        seed: arguments.seed,
        rate: arguments.rate,
        duration: arguments.duration,
        brokers: arguments.brokers.clone(),
        admin: arguments.admin,
        partitions: arguments.partitions,
    };
    match demo::run(&options, |endpoint| start(endpoint, arguments.admin), &shutdown) {
        Ok(account) => {
            say(&account);
            if account.balances() { Exit::Done } else { Exit::Failed }
        }
        Err(error) => fail(Exit::Failed, error),
    }
}

/// Starts the service as `loadgate run` does, configured for the demonstration's broker.
fn start(endpoint: &Endpoint, admin: SocketAddr) -> Result<demo::Running, String> {
    let render = |faults: Vec<crate::diagnostic::Diagnostic>| crate::diagnostic::render(&faults);
    let config = Config::parse("demo", &configuration(endpoint, admin), []).map_err(render)?;
    let rules = Rules::Fixed(Arc::new(demo::bundle().map_err(render)?));
    let running = Arc::new(Running::start(&config, rules).map_err(|error| error.to_string())?);
    let (asked, positions) = (Arc::clone(&running), Arc::clone(&running));
    Ok(demo::Running {
        ended: Box::new(move || Some(asked.ended()?.err().map_or_else(|| "it stopped".to_owned(), |error| error.to_string()))),
        positions: Box::new(move || {
            positions.positions().into_iter().map(|(partition, next)| (partition.number, next)).collect()
        }),
        stop: Box::new(move || running.stop().map_err(|error| error.to_string())),
    })
}

fn configuration(endpoint: &Endpoint, admin: SocketAddr) -> String {
    let demo::Topics { messages, assessments, referrals, alerts_aviation_security, alerts_customs, dead_letters, .. } =
        &endpoint.topics;
    format!(
        "[kafka]\nbrokers = [{:?}]\ngroup = {:?}\n[[input]]\ntopic = {messages:?}\n[limits]\npayload = {}\n[admin]\nlisten = \"{admin}\"\n\
         [outputs]\nassessments = {assessments:?}\nreferrals = {referrals:?}\nalerts_aviation_security = {alerts_aviation_security:?}\n\
         alerts_customs = {alerts_customs:?}\ndead_letters = {dead_letters:?}\n",
        endpoint.brokers, endpoint.group, endpoint.payload_bytes_max
    )
}

//! `loadgate lag`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::files::Lines;
use super::{Exit, fail, settings};
use crate::operations::lag::{self, PartitionLag};

/// Shows how far each partition is behind: what the group has committed against what is there, and how long the oldest record waits.
///
/// Asks the brokers, so it works when no replica runs. Exit code 1 when a partition is further behind than --max allows.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate lag --config config/loadgate.toml
  loadgate lag --config config/loadgate.toml --json | jq 'select(.lag_seconds > 10)'
  loadgate lag --config config/loadgate.toml --max 60s || page somebody")]
pub struct Arguments {
    /// Configuration file. Default: the built-in defaults and the environment.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One JSON line a partition.
    #[arg(long)]
    json: bool,
    /// The longest that a record may wait, as in 60s.
    #[arg(long, value_name = "TIME", value_parser = super::parse_duration)]
    max: Option<std::time::Duration>,
}

pub fn run(arguments: &Arguments) -> Exit {
    let (config, settings) = match settings(arguments.config.as_deref()) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    let lags = match lag::lag(&config, &settings.connection) {
        Ok(lags) => lags,
        Err(error) => return fail(Exit::Failed, format_args!("{}: {error}", settings.connection.brokers)),
    };
    if arguments.json {
        let mut lines = Lines::stdout();
        let _ = lags.iter().all(|lag| lines.write(lag)) && lines.finish();
    } else {
        let _ = std::io::stdout().write_all(table(&lags).as_bytes());
    }
    let worst = lags.iter().map(|lag| lag.lag_seconds).fold(0.0, f64::max);
    let too_late = arguments.max.is_some_and(|max| worst > max.as_secs_f64());
    if too_late { Exit::Failed } else { Exit::Done }
}

fn table(lags: &[PartitionLag]) -> String {
    let head = ["topic", "partition", "position", "end", "records", "seconds"].map(str::to_owned);
    let rows = lags.iter().map(|lag| {
        let position = lag.position.map_or_else(|| "none".to_owned(), |position| position.to_string());
        let [partition, end, records] = [i64::from(lag.partition), lag.end, lag.lag_records].map(|number| number.to_string());
        [lag.topic.clone(), partition, position, end, records, format!("{:.1}", lag.lag_seconds)]
    });
    super::columns(std::iter::once(head).chain(rows))
}

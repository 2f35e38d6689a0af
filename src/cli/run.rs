//! `loadgate run`

use std::path::{Path, PathBuf};

use clap::Args;

use super::running::{Running, interruption};
use super::{Exit, fail, refuse};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::logging;
use crate::service::Rules;

/// Runs until SIGTERM or SIGINT: then what is under way is committed and the group is left, within the grace period.
///
/// Exit code 0 after a clean end, 1 when the service could not start or go on, 64 when the configuration or the bundle is faulty.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate run --config config/loadgate.toml
  LOADGATE__KAFKA__BROKERS='[\"kafka:9092\"]' loadgate run")]
pub struct Arguments {
    /// Configuration file. Default: the built-in defaults and the environment.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Exit {
    let (config, rules) = match load(arguments.config.as_deref()) {
        Ok(loaded) => loaded,
        Err(faults) => return refuse(&faults),
    };
    if let Err(reason) = logging::start(config.log.format, &config.log.level) {
        return fail(Exit::Usage, reason);
    }
    let interrupted = match interruption() {
        Ok(interrupted) => interrupted,
        Err(error) => return fail(Exit::Failed, error),
    };
    match Running::start(&config, rules).and_then(|running| running.wait(&interrupted)) {
        Ok(()) => {
            tracing::info!("stopped");
            Exit::Done
        }
        Err(error) => {
            tracing::error!(%error, "the service cannot go on");
            Exit::Failed
        }
    }
}

fn load(file: Option<&Path>) -> Result<(Config, Rules), Vec<Diagnostic>> {
    let config = Config::load(file, std::env::vars())?;
    let rules = Rules::load(&config.bundle)?;
    Ok((config, rules))
}

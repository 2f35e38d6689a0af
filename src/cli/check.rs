//! `loadgate check`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, fail};
use crate::bundle::{Bundle, Trust};
use crate::config::{self, Config};
use crate::diagnostic::Diagnostic;
use crate::operations::examine::{self, Finding};
use crate::service::Settings;
use crate::source::bundles;

/// Checks a configuration, its trust file and the bundle it names (or the one given), runs every profile's test cases, and prints
/// every fault with file, line, column and a caret. A signed bundle in a file is judged as the service would at its start; those of
/// a topic are not fetched. With --brokers it also asks the brokers whether topics, limits and rights are as the service needs them,
/// and says how to mend what is not.
///
/// Exit code 0 when nothing is wrong, 1 when something is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate check --config config/loadgate.toml
  loadgate check --config config/loadgate.toml --brokers
  loadgate check --bundle config/bundle
  loadgate check --schema > loadgate.schema.json")]
pub struct Arguments {
    /// Configuration file.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Rule bundle: a folder with policy.toml and profiles/, or a packed bundle. Default: the one the configuration names.
    #[arg(long, value_name = "DIR")]
    bundle: Option<PathBuf>,
    /// Ask the brokers too: topics, limits, rights.
    #[arg(long)]
    brokers: bool,
    /// Print the JSON Schema of the configuration file, for editors.
    #[arg(long)]
    schema: bool,
}

pub fn run(arguments: &Arguments) -> Exit {
    if arguments.schema {
        let _ = writeln!(std::io::stdout(), "{:#}", Config::schema());
        return Exit::Done;
    }
    let mut faults = Vec::new();
    let config = Config::load(arguments.config.as_deref(), std::env::vars());
    match (&arguments.bundle, &config) {
        (Some(path), _) => faults.extend(bundle_faults(Some(path))),
        (None, Ok(config)) => faults.extend(configured_faults(&config.bundle)),
        (None, Err(_)) => {}
    }
    faults.splice(0..0, config.as_ref().err().cloned().into_iter().flatten());
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    let on_brokers = match config.as_ref().ok().filter(|_| arguments.brokers).map(broker_faults) {
        None => 0,
        Some(Ok(count)) => count,
        Some(Err(reason)) => return fail(Exit::Failed, reason),
    };
    match faults.len() + on_brokers {
        0 => {
            let _ = writeln!(std::io::stdout(), "no faults");
            Exit::Done
        }
        count => {
            eprintln!("{count} {}", if count == 1 { "fault" } else { "faults" });
            Exit::Failed
        }
    }
}

fn configured_faults(config: &config::Bundle) -> Vec<Diagnostic> {
    let Some(trust) = &config.trust else { return bundle_faults(config.path.as_deref()) };
    match (Trust::load(trust), &config.file) {
        (Err(faults), _) => faults,
        // One that is not there yet is waited for.
        (Ok(trust), Some(file)) => bundles::judge_files(file, trust)
            .into_iter()
            .map(|(place, refused)| Diagnostic::of_file(place, refused.to_string()))
            .collect(),
        (Ok(_), None) => Vec::new(),
    }
}

fn bundle_faults(folder: Option<&Path>) -> Vec<Diagnostic> {
    match Bundle::load_or_starter(folder) {
        Ok(bundle) => bundle.check_cases(),
        Err(faults) => faults,
    }
}

/// Prints what the brokers have that the service cannot work with; how many faults there are.
fn broker_faults(config: &Config) -> Result<usize, String> {
    let settings = Settings::of(config).map_err(|error| error.to_string())?;
    let findings = examine::examine(config, &settings).map_err(|error| format!("{}: {error}", settings.connection.brokers))?;
    findings.iter().for_each(|finding| eprintln!("{finding}"));
    Ok(findings.iter().filter(|finding| matches!(finding, Finding::Fault { .. })).count())
}

//! `loadgate check`

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, cost, fail, say};
use crate::bundle::{Bundle, Trust};
use crate::config::{self, Config};
use crate::diagnostic::Diagnostic;
use crate::operations::examine::{self, Finding};
use crate::screen::facts::CATALOGUE;
use crate::service::Settings;
use crate::source::bundles;

/// Checks a configuration, its trust file and the bundle it names (or the one given), runs every profile's test cases, and prints
/// every fault with file, line, column and a caret. A signed bundle in a file is judged as the service would at its start; those of
/// a topic are not fetched. Profiles that are valid but hardly what was meant are warned of: never or always true, the same as
/// another, covered by another, about nationality alone. With --brokers it also asks the brokers whether topics, limits and rights
/// are as the service needs them, and says how to mend what is not.
///
/// Exit code 0 when nothing is wrong, warnings or not; 1 when something is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate check --config config/loadgate.toml
  loadgate check --config config/loadgate.toml --brokers
  loadgate check --bundle config/bundle
  loadgate check --bundle config/bundle --cost
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
    /// Also measure what the profiles cost on synthetic traffic, and tell which are evaluated for every consignment and why.
    #[arg(long)]
    cost: bool,
    /// Print the JSON Schema of the configuration file, for editors.
    #[arg(long)]
    schema: bool,
}

pub fn run(arguments: &Arguments) -> Exit {
    if arguments.schema {
        say(format_args!("{:#}", Config::schema()));
        return Exit::Done;
    }
    let config = Config::load(arguments.config.as_deref(), std::env::vars());
    let mut faults: Vec<Diagnostic> = config.as_ref().err().cloned().unwrap_or_default();
    let bundle = judged_bundle(arguments, config.as_ref().ok(), &mut faults);
    let warnings = bundle.as_ref().map(|bundle| bundle.profiles.lint(CATALOGUE)).unwrap_or_default();
    faults.iter().chain(&warnings).for_each(|told| eprintln!("{told}"));
    if let Some(Err(reason)) = bundle.as_ref().filter(|_| arguments.cost).map(print_cost) {
        return fail(Exit::Failed, reason);
    }
    let on_brokers = match config.as_ref().ok().filter(|_| arguments.brokers).map(broker_faults) {
        None => 0,
        Some(Ok(count)) => count,
        Some(Err(reason)) => return fail(Exit::Failed, reason),
    };
    let count = faults.len() + on_brokers;
    if count > 0 {
        eprintln!("{}", counted(count, "fault"));
        return Exit::Failed;
    }
    let warned = if warnings.is_empty() { String::new() } else { format!(", {}", counted(warnings.len(), "warning")) };
    say(format_args!("no faults{warned}"));
    Exit::Done
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn print_cost(bundle: &Bundle) -> Result<(), String> {
    let report = cost::measure(bundle).map_err(|reason| reason.to_string())?;
    say(report);
    Ok(())
}

/// The bundle given, or the one that the configuration names, with its faults. `None` when it has any, or is delivered to the service
/// while it runs.
fn judged_bundle(arguments: &Arguments, config: Option<&Config>, faults: &mut Vec<Diagnostic>) -> Option<Bundle> {
    let folder = match (&arguments.bundle, config) {
        (Some(given), _) => Some(given.as_path()),
        (None, Some(Config { bundle: config::Bundle { trust: Some(trust), file, .. }, .. })) => {
            faults.extend(delivery_faults(trust, file.as_deref()));
            return None;
        }
        (None, Some(config)) => config.bundle.path.as_deref(),
        (None, None) => return None,
    };
    match Bundle::load_or_starter(folder) {
        Ok(bundle) => {
            faults.extend(bundle.check_cases());
            Some(bundle)
        }
        Err(found) => {
            faults.extend(found);
            None
        }
    }
}

fn delivery_faults(trust: &Path, file: Option<&Path>) -> Vec<Diagnostic> {
    match (Trust::load(trust), file) {
        (Err(faults), _) => faults,
        // One that is not there yet is waited for.
        (Ok(trust), Some(file)) => {
            let refused = bundles::judge_files(file, trust).into_iter();
            refused.map(|(place, refused)| Diagnostic::of_file(place, refused.to_string())).collect()
        }
        (Ok(_), None) => Vec::new(),
    }
}

/// Prints what the brokers have that the service cannot work with; how many faults there are.
fn broker_faults(config: &Config) -> Result<usize, String> {
    let settings = Settings::of(config).map_err(|error| error.to_string())?;
    let findings = examine::examine(config, &settings).map_err(|error| format!("{}: {error}", settings.connection.brokers))?;
    findings.iter().for_each(|finding| eprintln!("{finding}"));
    Ok(findings.iter().filter(|finding| matches!(finding, Finding::Fault { .. })).count())
}

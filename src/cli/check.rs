//! `loadgate check`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::{Exit, cost, fail};
use crate::bundle::Bundle;
use crate::config::Config;
use crate::screen::facts::CATALOGUE;

/// Checks a configuration and the bundle it names (or the one given), runs every profile's test cases, and prints every fault with
/// file, line, column and a caret. Profiles that are valid but hardly what was meant are warned of: never or always true, the same
/// as another, covered by another, about nationality alone.
///
/// Exit code 0 when nothing is wrong, warnings or not; 1 when something is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate check --config config/loadgate.toml
  loadgate check --bundle config/bundle
  loadgate check --bundle config/bundle --cost
  loadgate check --schema > loadgate.schema.json")]
pub struct Arguments {
    /// Configuration file.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Rule bundle: a folder with policy.toml and profiles/. Default: the one the configuration names.
    #[arg(long, value_name = "DIR")]
    bundle: Option<PathBuf>,
    /// Also measure what the profiles cost on synthetic traffic, and tell which are evaluated for every consignment and why.
    #[arg(long)]
    cost: bool,
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
    let named = config.as_ref().ok().and_then(|config| config.bundle.path.clone());
    faults.extend(config.err().into_iter().flatten());
    let bundle = Bundle::load_or_starter(arguments.bundle.clone().or(named).as_deref());
    let warnings = match &bundle {
        Ok(bundle) => {
            faults.extend(bundle.check_cases());
            bundle.profiles.lint(CATALOGUE)
        }
        Err(found) => {
            faults.extend(found.iter().cloned());
            Vec::new()
        }
    };
    faults.iter().chain(&warnings).for_each(|told| eprintln!("{told}"));
    if let (Ok(bundle), true) = (&bundle, arguments.cost) {
        match cost::measure(bundle) {
            Ok(report) => {
                let _ = writeln!(std::io::stdout(), "{report}");
            }
            Err(reason) => return fail(Exit::Failed, reason),
        }
    }
    if !faults.is_empty() {
        eprintln!("{}", counted(faults.len(), "fault"));
        return Exit::Failed;
    }
    let warned = if warnings.is_empty() { String::new() } else { format!(", {}", counted(warnings.len(), "warning")) };
    let _ = writeln!(std::io::stdout(), "no faults{warned}");
    Exit::Done
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

//! `loadgate check`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Exit;
use crate::bundle::Bundle;
use crate::config::Config;
use crate::diagnostic::Diagnostic;

/// Checks a configuration and the bundle it names (or the one given), runs every profile's test cases, and prints every fault with
/// file, line, column and a caret.
///
/// Exit code 0 when nothing is wrong, 1 when something is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate check --config config/loadgate.toml
  loadgate check --bundle config/bundle
  loadgate check --schema > loadgate.schema.json")]
pub struct Arguments {
    /// Configuration file.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Rule bundle: a folder with policy.toml and profiles/. Default: the one the configuration names.
    #[arg(long, value_name = "DIR")]
    bundle: Option<PathBuf>,
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
    faults.extend(bundle_faults(arguments.bundle.clone().or(named).as_deref()));
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    match faults.len() {
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

fn bundle_faults(folder: Option<&Path>) -> Vec<Diagnostic> {
    match Bundle::load_or_starter(folder) {
        Ok(bundle) => bundle.check_cases(),
        Err(faults) => faults,
    }
}

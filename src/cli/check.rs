//! `loadgate check`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, cost, fail, say};
use crate::bundle::{Bundle, Trust};
use crate::config::{self, Config};
use crate::diagnostic::Diagnostic;
use crate::operations::examine::{self, Examiner, Finding};
use crate::screen::facts::CATALOGUE;
use crate::service::Settings;
use crate::source::bundles;

/// Checks a configuration, its trust file and the bundle it names (or the one given), runs every profile's test cases, and prints
/// every fault with file, line, column and a caret. A signed bundle in a file is judged as the service would at its start; those of
/// a topic are not fetched. Profiles that are valid but hardly what was meant are warned of: never or always true, the same as
/// another, covered by another, about nationality alone. With --brokers it also asks the brokers whether topics, limits and rights
/// are as they have to be, and says how to mend what is not: lines of Kafka's own tools, which read how an administrator connects from
/// admin.properties in the folder in which they are run.
///
/// Exit code 0 when nothing is wrong, warnings or not; 1 when something is; 3 when nothing wrong was found, but not everything could be
/// looked at: the last line says how much, and why.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate check --config config/loadgate.toml
  loadgate check --config config/loadgate.toml --brokers
  loadgate check --config operator.toml --brokers --as operator
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
    /// Whose credentials the configuration holds: whose rights are looked at, those that `loadgate acls` prints for the role.
    #[arg(long = "as", value_name = "ROLE", value_enum, default_value = "service", requires = "brokers")]
    examiner: Examiner,
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
    let on_brokers = match config.as_ref().ok().filter(|_| arguments.brokers).map(|config| examined(config, arguments.examiner)) {
        None => OnBrokers::default(),
        Some(Ok(found)) => found,
        Some(Err(reason)) => return fail(Exit::Failed, reason),
    };
    conclude(faults.len() + on_brokers.faults, warnings.len(), &on_brokers.unchecked)
}

/// Says in the last line what came of it all.
fn conclude(faults: usize, warnings: usize, unchecked: &[String]) -> Exit {
    let (line, exit) = conclusion(faults, warnings, unchecked);
    if exit == Exit::Done {
        say(line)
    } else {
        eprintln!("{line}")
    }
    exit
}

fn conclusion(faults: usize, warnings: usize, unchecked: &[String]) -> (String, Exit) {
    let warned = if warnings == 0 { String::new() } else { format!(", {}", counted(warnings, "warning")) };
    let reasons: BTreeSet<&str> = unchecked.iter().map(String::as_str).collect();
    let reasons = reasons.into_iter().collect::<Vec<_>>().join("; ");
    let things = format!("{} could not be checked: {reasons}", counted(unchecked.len(), "thing"));
    match (faults, unchecked) {
        (0, []) => (format!("no faults{warned}"), Exit::Done),
        (0, _) => (format!("nothing wrong was found{warned}, but {things}"), Exit::Unchecked),
        (_, []) => (counted(faults, "fault"), Exit::Failed),
        (_, _) => (format!("{}, and {things}", counted(faults, "fault")), Exit::Failed),
    }
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

/// What the brokers have that cannot be worked with.
#[derive(Default)]
struct OnBrokers {
    faults: usize,
    /// Why each thing that could not be looked at could not be.
    unchecked: Vec<String>,
}

/// Asks the brokers and prints what was found.
fn examined(config: &Config, examiner: Examiner) -> Result<OnBrokers, String> {
    let settings = Settings::of(config).map_err(|error| error.to_string())?;
    let findings = examine::examine(config, &settings, examiner);
    let mut found = OnBrokers::default();
    for finding in findings.map_err(|error| format!("{}: {error}", settings.connection.brokers))? {
        eprintln!("{finding}");
        match finding {
            Finding::Fault { .. } => found.faults += 1,
            Finding::Unchecked { why, .. } => found.unchecked.push(why),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_checked_is_no_pass() {
        let blind = ["may not look", "timed out", "may not look"].map(str::to_owned);
        let why = "3 things could not be checked: may not look; timed out";
        for (faults, warnings, unchecked, line, exit) in [
            (0, 0, &[][..], "no faults".to_owned(), Exit::Done),
            (0, 1, &[], "no faults, 1 warning".to_owned(), Exit::Done),
            (2, 1, &[], "2 faults".to_owned(), Exit::Failed),
            (0, 0, &blind, format!("nothing wrong was found, but {why}"), Exit::Unchecked),
            (0, 2, &blind, format!("nothing wrong was found, 2 warnings, but {why}"), Exit::Unchecked),
            (1, 0, &blind, format!("1 fault, and {why}"), Exit::Failed),
        ] {
            assert_eq!(conclusion(faults, warnings, unchecked), (line, exit));
        }
    }
}

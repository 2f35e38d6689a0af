//! The commands. Each is a file; exit codes are decided here and in `main` alone.

mod acls;
mod backtest;
mod bundle;
mod check;
mod cost;
mod dead_letters;
mod decode;
mod demo;
mod explain;
mod files;
mod health;
mod lag;
mod list;
mod lists;
mod match_names;
mod match_pairs;
mod past;
mod printable;
mod registering;
mod run;
mod running;
mod screen;
mod topics;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::service::Settings;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for was done.
    Done,
    /// The command's own answer is "no": faults were found, an account does not balance, the service could not go on.
    Failed,
    /// All input was answered, but some of it with a refusal.
    SomeRefused,
    /// Nothing wrong was found, and not everything could be looked at.
    Unchecked,
    /// The command line or a file named on it cannot be used (`EX_USAGE`).
    Usage,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::SomeRefused => 2,
            Exit::Unchecked => 3,
            Exit::Usage => 64,
        })
    }
}

/// Air-cargo screening: which shipments must not be loaded before a person has looked, and why.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  loadgate demo --for 30s                     see it work, with an embedded broker
  loadgate screen waybills.txt | jq .decision screen message files without Kafka
  loadgate check --config loadgate.toml       find every fault of a configuration and its bundle
  loadgate run --config loadgate.toml         the service";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service: read, screen and publish until SIGTERM.
    Run(run::Arguments),
    /// See it work: an embedded broker, synthetic terminals and the real service.
    Demo(demo::Arguments),
    /// Screen message files and print one JSON line per consignment.
    Screen(screen::Arguments),
    /// Tell a shipment's whole story: messages, verdicts, holds.
    Explain(explain::Arguments),
    /// Run history through a bundle and print what each profile would have hit.
    Backtest(backtest::Arguments),
    /// Decode message files and print the canonical form, one JSON line per message.
    Decode(decode::Arguments),
    /// Pack, sign, compare, publish and roll back rule bundles.
    Bundle(bundle::Arguments),
    /// Check a configuration and its bundle; print every fault with file, line and column.
    Check(check::Arguments),
    /// Show or create the topics that a configuration names.
    Topics(topics::Arguments),
    /// Print the rights that a role needs on the brokers.
    Acls(acls::Arguments),
    /// Show how far each partition is behind.
    Lag(lag::Arguments),
    /// Ask a replica whether it is alive and ready.
    Health(health::Arguments),
    /// List, show or send again what could not be read.
    DeadLetters(dead_letters::Arguments),
    /// Print a catalogue: facts, indicators, codes, reasons, refusals, metrics, profiles.
    List(list::Arguments),
    /// Check a watchlist: what it holds and what is wrong with it.
    Lists(lists::Arguments),
    /// Match names against watchlists, or pairs of names, and explain every score.
    Match(match_names::Arguments),
}

/// Runs the command line's command.
pub fn run(cli: Cli) -> Exit {
    match cli.command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Screen(arguments) => screen::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Backtest(arguments) => backtest::run(&arguments),
        Command::Decode(arguments) => decode::run(&arguments),
        Command::Bundle(arguments) => bundle::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Topics(arguments) => topics::run(&arguments),
        Command::Acls(arguments) => acls::run(&arguments),
        Command::Lag(arguments) => lag::run(&arguments),
        Command::Health(arguments) => health::run(&arguments),
        Command::DeadLetters(arguments) => dead_letters::run(&arguments),
        Command::List(arguments) => list::run(&arguments),
        Command::Lists(arguments) => lists::run(&arguments),
        Command::Match(arguments) => match_names::run(&arguments),
    }
}

/// Says on standard error why a command cannot go on.
fn fail(exit: Exit, reason: impl std::fmt::Display) -> Exit {
    eprintln!("loadgate: {reason}");
    exit
}

/// Shows the faults of a file that a command cannot go on without.
fn refuse(faults: &[Diagnostic]) -> Exit {
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    Exit::Usage
}

/// The configuration in a file, or the built-in one; a fault is shown.
fn configuration(file: Option<&Path>) -> Result<Config, Exit> {
    Config::load(file, std::env::vars()).map_err(|faults| refuse(&faults))
}

/// The configuration with what a client of its brokers needs; a fault is shown.
fn settings(file: Option<&Path>) -> Result<(Config, Settings), Exit> {
    let config = configuration(file)?;
    let settings = Settings::of(&config).map_err(|error| fail(Exit::Usage, error))?;
    Ok((config, settings))
}

/// Prints a line. A reader that hangs up wants no more.
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A time on the command line.
fn parse_duration(text: &str) -> Result<std::time::Duration, String> {
    crate::config::parse_duration(text).ok_or_else(|| "expected a time such as 30s or 5m".into())
}

/// Rows of text in columns as wide as they need.
fn columns<const N: usize>(rows: impl Iterator<Item = [String; N]>) -> String {
    let rows: Vec<[String; N]> = rows.collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}

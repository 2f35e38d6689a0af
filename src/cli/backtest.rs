//! `loadgate backtest`

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;

use super::files::Input;
use super::past::FromKafka;
use super::{Exit, fail, refuse, say};
use crate::backtest::{Backtest, Outcomes, Report};
use crate::bundle::Bundle;
use crate::decode::{Context, Decoder, DecoderConfig};
use crate::diagnostic::Diagnostic;
use crate::model::Timestamp;
use crate::service::Settings;
use crate::source::{History, Past};

/// Runs history through a bundle and prints, per profile: hits, which of them another bundle does not have (new) and which only the
/// other has (gone), known outcomes, precision and examples. The code is that of the service, so every verdict is the live one.
///
/// Exit code 0 when all messages were read, 2 when some were refused.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate backtest --bundle draft january.json
  loadgate backtest --bundle draft --against in-force --outcomes outcomes.json january.json february.json
  loadgate backtest --bundle draft --brokers kafka:9092 --from 2026-01-01T00:00:00Z
  loadgate backtest --bundle draft --json january.json | jq '.profiles[] | select(.hits > 100) | .profile'")]
pub struct Arguments {
    /// The bundle to be tested: a folder with policy.toml and profiles/.
    #[arg(long, value_name = "DIR")]
    bundle: PathBuf,
    /// The bundle to compare with, such as the one in force.
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    /// What was found: JSON lines with awb, hawb (of a house bill) and outcome: cleared, information_received, screened or seized.
    #[arg(long, value_name = "FILE")]
    outcomes: Option<PathBuf>,
    /// A JSON document instead of a table.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    past: FromKafka,
}

pub fn run(arguments: &Arguments) -> Exit {
    let (bundle, against) = match bundles(arguments) {
        Ok(bundles) => bundles,
        Err(faults) => return refuse(&faults),
    };
    match tested(arguments, &bundle, against.as_ref()) {
        Ok(report) => {
            let text = if arguments.json { json(&report) } else { report.to_string() };
            say(text);
            if report.totals.refused > 0 { Exit::SomeRefused } else { Exit::Done }
        }
        Err(reason) => fail(Exit::Usage, reason),
    }
}

fn tested(arguments: &Arguments, bundle: &Bundle, against: Option<&Bundle>) -> Result<Report, String> {
    let outcomes = outcomes(arguments.outcomes.as_deref())?;
    let start = |decoder| Backtest::new(bundle, against, &outcomes, decoder);
    match arguments.past.settings(arguments.input.format.into())? {
        None => replay(start(decoder(DecoderConfig::default())?), &arguments.input),
        Some((settings, from)) => replay_kafka(start(decoder(settings.decoder.clone())?), &settings, from),
    }
}

fn json(report: &Report) -> String {
    serde_json::to_string_pretty(report).unwrap_or_default()
}

fn decoder(config: DecoderConfig) -> Result<Decoder, String> {
    Decoder::new(config).map_err(|error| error.to_string())
}

/// Everything that the input topics hold from that time on.
fn replay_kafka(mut backtest: Backtest<'_>, settings: &Settings, from: Timestamp) -> Result<Report, String> {
    let mut progress = Progress::new(1);
    let told = |error| format!("{}: {error}", settings.connection.brokers);
    let history = History::open(&settings.connection, &settings.inputs, from).map_err(told)?;
    let read = history.read(|Past { input, payload, timestamp, share }| {
        let context = Context { received: timestamp, limits: settings.limits };
        backtest.payload(input.format(), payload, &context, |_| {});
        progress.show(share);
    });
    progress.clear();
    read.map(|()| backtest.report()).map_err(told)
}

fn bundles(arguments: &Arguments) -> Result<(Bundle, Option<Bundle>), Vec<Diagnostic>> {
    let bundle = Bundle::load(&arguments.bundle)?;
    let against = arguments.against.as_deref().map(Bundle::load).transpose()?;
    Ok((bundle, against))
}

fn outcomes(file: Option<&Path>) -> Result<Outcomes, String> {
    let Some(path) = file else { return Ok(Outcomes::default()) };
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Outcomes::read(&text).map_err(|bad| format!("{}: {bad}", path.display()))
}

/// Everything that the files hold, one after the other.
fn replay(mut backtest: Backtest<'_>, input: &Input) -> Result<Report, String> {
    let mut progress = Progress::new(input.files.len().max(1));
    for payload in input.payloads() {
        let payload = payload?;
        let context = Context { received: payload.received, limits: input.limits() };
        backtest.payload(input.format.into(), &payload.bytes, &context, |share| progress.show(share));
        progress.file_done();
    }
    progress.clear();
    Ok(backtest.report())
}

/// A bar on standard error, if that is a terminal.
struct Progress {
    files: usize,
    done: usize,
    shown: Option<Instant>,
    visible: bool,
}

impl Progress {
    const WIDTH: usize = 40;
    const EVERY: Duration = Duration::from_millis(100);

    fn new(files: usize) -> Self {
        Self { files, done: 0, shown: None, visible: std::io::stderr().is_terminal() }
    }

    fn show(&mut self, share_of_file: f64) {
        if !self.visible || self.shown.is_some_and(|shown| shown.elapsed() < Self::EVERY) {
            return;
        }
        self.shown = Some(Instant::now());
        let _ = write!(std::io::stderr(), "\r{}", bar(self.done, share_of_file, self.files));
    }

    fn file_done(&mut self) {
        self.done += 1;
    }

    fn clear(&self) {
        if self.visible && self.shown.is_some() {
            let _ = write!(std::io::stderr(), "\r{:width$}\r", "", width = Self::WIDTH + 40);
        }
    }
}

fn bar(done: usize, share_of_file: f64, files: usize) -> String {
    let share = ((done as f64 + share_of_file) / files as f64).clamp(0.0, 1.0);
    let full = (share * Progress::WIDTH as f64) as usize;
    let current = (done + 1).min(files);
    format!("[{}{}] {:3.0} %  file {current} of {files}", "=".repeat(full), " ".repeat(Progress::WIDTH - full), share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_counts_whole_files_and_the_part_of_the_one_under_way() {
        let half = "=".repeat(20) + &" ".repeat(20);
        assert_eq!(bar(1, 0.0, 2), format!("[{half}]  50 %  file 2 of 2"));
        assert_eq!(bar(0, 1.0, 2), format!("[{half}]  50 %  file 1 of 2"));
        assert!(bar(2, 9.0, 2).contains("100 %"));
    }
}

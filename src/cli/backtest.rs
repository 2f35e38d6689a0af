//! `loadgate backtest`

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use super::files::Input;
use super::past::{self, FromKafka, Opened};
use super::{Exit, fail, refuse, say};
use crate::backtest::{Backtest, Outcomes, Report};
use crate::bundle::Bundle;
use crate::diagnostic::Diagnostic;
use crate::replay::Replay;

/// Runs history through a bundle and prints, per profile: hits, which of them another bundle does not have (new) and which only the
/// other has (gone), known outcomes, precision and examples. The code is that of the service, so every verdict is the live one: of a
/// service that began with the first message given. What the messages before a message tell is remembered for it, so begin early
/// enough, and give files in the order of time, in which Kafka is read.
///
/// Exit code 0 when all messages were read, 2 when some were refused.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate backtest --bundle draft january.json
  loadgate backtest --bundle draft --format recorded --stateless january.jsonl
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
    /// Remember nothing: judge each bill by what its message states alone, several times faster. Refused when a profile asks for facts
    /// of memory; indicators that stand on memory find nothing, and no cap is reached.
    #[arg(long)]
    stateless: bool,
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
    match tested(arguments, bundle, against) {
        Ok(report) => {
            let text = if arguments.json { json(&report) } else { report.to_string() };
            say(text);
            if report.totals.refused > 0 { Exit::SomeRefused } else { Exit::Done }
        }
        Err(reason) => fail(Exit::Usage, reason),
    }
}

fn tested(arguments: &Arguments, bundle: Bundle, against: Option<Bundle>) -> Result<Report, String> {
    let outcomes = outcomes(arguments.outcomes.as_deref())?;
    let Opened { decoder, limits, horizons, payloads } = arguments.past.or_files(&arguments.input)?;
    let replay = |bundle| {
        let (decoder, bundle) = (decoder.clone(), Arc::new(bundle));
        if arguments.stateless {
            Replay::stateless(decoder, bundle, limits)
        } else {
            Replay::new(decoder, bundle, limits, horizons)
        }
    };
    let run = Backtest::new(replay(bundle), against.map(replay), &outcomes);
    let (mut run, mut progress) = (run.map_err(|refused| refused.to_string())?, Progress::new());
    let mut behind = 0.0;
    for kept in payloads {
        let kept = kept?;
        run.record(past::given(&kept), |part| progress.show(behind + part * (kept.share - behind)));
        behind = kept.share;
    }
    Ok(run.report())
}

fn json(report: &Report) -> String {
    serde_json::to_string_pretty(report).unwrap_or_default()
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

/// A bar on standard error, if that is a terminal; gone when it is done with.
struct Progress {
    shown: Option<Instant>,
    visible: bool,
}

impl Progress {
    const WIDTH: usize = 40;
    const EVERY: Duration = Duration::from_millis(100);

    fn new() -> Self {
        Self { shown: None, visible: std::io::stderr().is_terminal() }
    }

    fn show(&mut self, share: f64) {
        if !self.visible || self.shown.is_some_and(|shown| shown.elapsed() < Self::EVERY) {
            return;
        }
        self.shown = Some(Instant::now());
        let _ = write!(std::io::stderr(), "\r{}", bar(share));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(std::io::stderr(), "\r{:width$}\r", "", width = bar(1.0).len());
        }
    }
}

fn bar(share: f64) -> String {
    let share = share.clamp(0.0, 1.0);
    let full = (share * Progress::WIDTH as f64) as usize;
    format!("[{}{}] {:3.0} %", "=".repeat(full), " ".repeat(Progress::WIDTH - full), share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_as_full_as_the_share_that_is_behind() {
        assert_eq!(bar(0.5), format!("[{}{}]  50 %", "=".repeat(20), " ".repeat(20)));
        assert!(bar(0.0).starts_with("[ ") && bar(9.0).ends_with("=] 100 %"));
    }
}

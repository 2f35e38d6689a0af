//! `loadgate explain`

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use super::files::{Input, Lines};
use super::past::{self, FromKafka, Opened};
use super::{Exit, fail, refuse};
use crate::bundle::Bundle;
use crate::model::{Awb, ConsignmentId, Message, Timestamp};
use crate::replay::{Event, Replay};
use crate::screen::judge::Judged;
use crate::sink::{self, Telling};

/// Tells a shipment's whole story from message files or from Kafka: every message that speaks of it, every verdict on it and its houses
/// with the reasons, and what its terminal was told. Everything else is remembered along the way, because the story depends on it:
/// begin early enough.
///
/// The verdicts are derived anew by the bundle given, in the order of time.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate explain 020-12345675 messages.jsonl --format recorded
  loadgate explain 020-12345675 fwb.txt fsu.txt outcomes.json --json | jq .told
  loadgate explain 020-12345675 --brokers kafka:9092 --from 2026-01-01T00:00:00Z
  loadgate explain 020-12345675 --config loadgate.toml --bundle 8.bundle")]
pub struct Arguments {
    /// The air waybill number.
    #[arg(value_parser = parse_awb)]
    awb: Awb,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    past: FromKafka,
    /// Rule bundle: a folder with policy.toml and profiles/, or a packed one. Default: the starter bundle.
    #[arg(long, value_name = "DIR")]
    bundle: Option<PathBuf>,
    /// One JSON line an event.
    #[arg(long)]
    json: bool,
}

fn parse_awb(text: &str) -> Result<Awb, String> {
    Awb::parse(text).ok_or_else(|| "expected an air waybill number like 020-12345675".into())
}

pub fn run(arguments: &Arguments) -> Exit {
    let bundle = match Bundle::load_or_starter(arguments.bundle.as_deref()) {
        Ok(bundle) => Arc::new(bundle),
        Err(faults) => return refuse(&faults),
    };
    match tell(arguments, bundle) {
        Ok(0) => fail(Exit::Failed, format!("no message speaks of {}", arguments.awb)),
        Ok(_) => Exit::Done,
        Err(reason) => fail(Exit::Usage, reason),
    }
}

/// How many events were told.
fn tell(arguments: &Arguments, bundle: Arc<Bundle>) -> Result<usize, String> {
    let Opened { decoder, limits, horizons, payloads } = arguments.past.or_files(&arguments.input)?;
    let mut replay = Replay::new(decoder, bundle, limits, horizons);
    let id = ConsignmentId { awb: Some(arguments.awb), hawb: None };
    let mut story = Story { lines: Lines::stdout(), json: arguments.json, told: 0 };
    for payload in payloads {
        let kept = payload?;
        let at = kept.timestamp;
        let goes_on = replay.take(past::given(&kept), |event| match event {
            Event::Remembered(message) if Replay::concerns(message, &id) => story.message(at, message),
            Event::Judged(judged, tellings) if judged.verdict.consignment.awb == id.awb => story.verdict(at, judged, tellings),
            Event::Rejected(_) | Event::Remembered(_) | Event::Judged(..) | Event::Done(_) => true,
        });
        if !goes_on {
            break;
        }
    }
    let told = story.told;
    story.lines.finish();
    Ok(told)
}

struct Story<W> {
    lines: Lines<W>,
    json: bool,
    /// Events told.
    told: usize,
}

impl<W: std::io::Write> Story<W> {
    fn message(&mut self, at: Timestamp, message: &Message<'_>) -> bool {
        self.told += 1;
        if self.json {
            return self.lines.write(&json!({ "received": at, "message": message }));
        }
        self.lines.text(&format!("{at}  {}", describe(message)))
    }

    fn verdict(&mut self, at: Timestamp, judged: &Judged<'_>, tellings: &[Telling]) -> bool {
        self.told += 1;
        let (verdict, id) = (&judged.verdict, &judged.verdict.consignment);
        let codes: Vec<&str> = tellings.iter().map(|told| sink::code(told.decision, told.standing, id.awb.is_some())).collect();
        if self.json {
            return self.lines.write(&json!({ "received": at, "verdict": verdict, "occasion": judged.occasion, "told": codes }));
        }
        let told = if codes.is_empty() { "nothing".to_owned() } else { codes.join(", ") };
        let occasion = word(&judged.occasion);
        let head =
            format!("{at}  verdict on {id} ({occasion}): {}, {} points; told {told}", verdict.decision.as_str(), verdict.score);
        let reasons = verdict.evidence.iter().map(|evidence| {
            let note = if verdict.answered.contains(&evidence.id) { " (answered)" } else { "" };
            format!("{:>24}  {} {:>+4}  {}{note}", "", evidence.id, evidence.weight, evidence.text)
        });
        let withdrawn = verdict.withdrawn.iter().map(|id| format!("{:>24}  {id} is found no longer", ""));
        std::iter::once(head).chain(reasons).chain(withdrawn).all(|line| self.lines.text(&line))
    }
}

fn describe(message: &Message<'_>) -> String {
    match message {
        Message::Status(report) => {
            let events = report.events.iter().map(|event| {
                let station = event.station.map(|station| format!(" {station}")).unwrap_or_default();
                let pieces = event.quantity.pieces.map(|pieces| format!(" {pieces} pieces")).unwrap_or_default();
                format!("{}{station}{pieces}", event.code)
            });
            format!("status: {}", events.collect::<Vec<_>>().join(", "))
        }
        Message::Outcome(outcome) => format!("outcome: {}", outcome.kind.as_str()),
        Message::Houses(houses) => format!("{} house bills", houses.houses.len()),
        other => other.kind().replace('_', " "),
    }
}

fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

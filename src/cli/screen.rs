//! `loadgate screen`

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::files::{Input, Lines};
use super::{Exit, fail, refuse};
use crate::bundle::Bundle;
use crate::decode::{Decoder, DecoderConfig};
use crate::memory::Horizons;
use crate::model::Awb;
use crate::replay::{Event, Given, Replay};
use crate::screen::judge::Judged;
use crate::screen::verdict::{Assessment, Decision, Domain, Evidence, HeldBack, Occasion};
use crate::sink::{self, Telling};

/// Screens messages as the service does, without Kafka: one JSON line per consignment. A message that cannot be read is a line
/// `{"rejected": …}`. What the messages before a message tell is remembered for it, so their order matters as it does in time; a
/// movement (status, manifest, booking) and an outcome print a line only when they change what is known.
///
/// Exit code 0 when all were read, 2 when some were refused.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate screen fwb.txt
  loadgate screen --format recorded january.jsonl february.jsonl | jq 'select(.decision != \"clear\")'
  loadgate screen --bundle config/bundle messages.json | jq 'select(.decision != \"clear\") | .evidence[].text'")]
pub struct Arguments {
    #[command(flatten)]
    input: Input,
    /// Rule bundle: a folder with policy.toml and profiles/, or a packed one. Default: the starter bundle.
    #[arg(long, value_name = "DIR")]
    bundle: Option<PathBuf>,
}

/// One line of the output.
#[derive(Serialize)]
struct Line<'v> {
    awb: Option<Awb>,
    hawb: Option<&'v str>,
    occasion: Occasion,
    decision: Decision,
    score: u32,
    domains: [DomainLine; 2],
    evidence: &'v [Evidence],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    answered: &'v [Cow<'static, str>],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    withdrawn: &'v [Cow<'static, str>],
    /// What the terminal would be told.
    codes: Vec<&'static str>,
    errors: &'v [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    held_back: Option<HeldBack>,
    bundle: &'v str,
}

#[derive(Serialize)]
struct DomainLine {
    domain: Domain,
    #[serde(flatten)]
    assessment: Assessment,
}

pub fn run(arguments: &Arguments) -> Exit {
    let mut replay = match replay(&arguments.input, arguments.bundle.as_deref()) {
        Ok(replay) => replay,
        Err(exit) => return exit,
    };
    let hash = replay.bundle().hash.to_string();
    let (mut lines, mut refused) = (Lines::stdout(), false);
    for payload in arguments.input.payloads() {
        let payload = match payload {
            Ok(payload) => payload,
            Err(reason) => return fail(Exit::Usage, reason),
        };
        let given = Given::new(arguments.input.format.into(), &payload.bytes, payload.received);
        let goes_on = replay.take(given, |event| match event {
            Event::Remembered(_) | Event::Done(_) => true,
            Event::Judged(judged, tellings) => lines.write(&line(judged, tellings, &hash)),
            Event::Rejected(rejected) => {
                refused = true;
                lines.write(&json!({ "rejected": rejected }))
            }
        });
        if !goes_on {
            return Exit::Done;
        }
    }
    lines.finish();
    if refused { Exit::SomeRefused } else { Exit::Done }
}

/// A replay of files with the bundle of a command, and an empty memory.
fn replay(input: &Input, bundle: Option<&std::path::Path>) -> Result<Replay, Exit> {
    let bundle = Bundle::load_or_starter(bundle).map_err(|faults| refuse(&faults))?;
    let decoder = Decoder::new(DecoderConfig::default()).map_err(|error| fail(Exit::Usage, error))?;
    Ok(Replay::new(decoder, Arc::new(bundle), input.limits(), Horizons::default()))
}

fn line<'v>(judged: &'v Judged<'_>, tellings: &[Telling], bundle: &'v str) -> Line<'v> {
    let verdict = &judged.verdict;
    let [security, customs] = verdict.domains;
    let id = &verdict.consignment;
    Line {
        awb: id.awb,
        hawb: id.hawb.as_deref(),
        occasion: judged.occasion,
        decision: verdict.decision,
        score: verdict.score,
        domains: [
            DomainLine { domain: Domain::AviationSecurity, assessment: security },
            DomainLine { domain: Domain::Customs, assessment: customs },
        ],
        evidence: &verdict.evidence,
        answered: &verdict.answered,
        withdrawn: &verdict.withdrawn,
        codes: tellings.iter().map(|told| sink::code(told.decision, told.standing, id.awb.is_some())).collect(),
        errors: &verdict.errors,
        held_back: verdict.held_back,
        bundle,
    }
}

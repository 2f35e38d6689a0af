//! `loadgate screen`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::files::{Input, Lines, Payload};
use super::{Exit, fail, refuse};
use crate::bundle::Bundle;
use crate::decode::{Context, Decoder, DecoderConfig};
use crate::model::{Awb, Message};
use crate::screen::decision::{self, Scratch};
use crate::screen::facts::{Facts, FactsBuffer};
use crate::screen::verdict::{Assessment, Decision, Domain, Evidence, Verdict};

/// Screens messages as the service does, without Kafka: one JSON line per consignment. A message that cannot be read is a line
/// `{"rejected": …}`; messages that only tell what happened (status, manifest, booking) are read and print nothing.
///
/// Exit code 0 when all were read, 2 when some were refused.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate screen fwb.txt
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
    decision: Decision,
    score: u32,
    domains: [DomainLine; 2],
    evidence: &'v [Evidence],
    errors: &'v [&'static str],
    bundle: &'v str,
}

#[derive(Serialize)]
struct DomainLine {
    domain: Domain,
    #[serde(flatten)]
    assessment: Assessment,
}

pub fn run(arguments: &Arguments) -> Exit {
    let bundle = match Bundle::load_or_starter(arguments.bundle.as_deref()) {
        Ok(bundle) => bundle,
        Err(faults) => return refuse(&faults),
    };
    let decoder = match Decoder::new(DecoderConfig::default()) {
        Ok(decoder) => decoder,
        Err(error) => return fail(Exit::Usage, error),
    };
    let mut screening = Screening {
        bundle_hash: bundle.hash.to_string(),
        bundle,
        decoder,
        facts: FactsBuffer::default(),
        scratch: Scratch::default(),
        lines: Lines::stdout(),
        refused: false,
    };
    for payload in arguments.input.payloads() {
        match payload {
            Ok(payload) if screening.screen(&payload, &arguments.input) => {}
            Ok(_) => return Exit::Done,
            Err(reason) => return fail(Exit::Usage, reason),
        }
    }
    screening.lines.finish();
    if screening.refused { Exit::SomeRefused } else { Exit::Done }
}

struct Screening<W> {
    bundle: Bundle,
    bundle_hash: String,
    decoder: Decoder,
    facts: FactsBuffer,
    scratch: Scratch,
    lines: Lines<W>,
    refused: bool,
}

impl<W: std::io::Write> Screening<W> {
    /// False when nobody reads the output any more.
    fn screen(&mut self, payload: &Payload, input: &Input) -> bool {
        let context = Context { received: payload.received, limits: input.limits() };
        let mut decoded = Vec::new();
        self.decoder.decode(input.format.into(), &payload.bytes, &context, &mut decoded);
        decoded.iter().all(|message| match message {
            Ok(message) => self.assess(message, &context),
            Err(rejected) => {
                self.refused = true;
                self.lines.write(&json!({ "rejected": rejected }))
            }
        })
    }

    fn assess(&mut self, message: &Message<'_>, context: &Context) -> bool {
        message.consignments().iter().all(|consignment| {
            let facts = Facts::new(consignment, context.received, &mut self.facts);
            let verdict = decision::screen(&facts, &self.bundle, &mut self.scratch);
            self.lines.write(&line(&verdict, &self.bundle_hash))
        })
    }
}

fn line<'v>(verdict: &'v Verdict, bundle: &'v str) -> Line<'v> {
    let [security, customs] = verdict.domains;
    Line {
        awb: verdict.consignment.awb,
        hawb: verdict.consignment.hawb.as_deref(),
        decision: verdict.decision,
        score: verdict.score,
        domains: [
            DomainLine { domain: Domain::AviationSecurity, assessment: security },
            DomainLine { domain: Domain::Customs, assessment: customs },
        ],
        evidence: &verdict.evidence,
        errors: &verdict.errors,
        bundle,
    }
}

//! `loadgate decode`

use clap::Args;
use serde_json::json;

use super::files::{Input, Lines};
use super::{Exit, fail};
use crate::decode::{Context, Decoder, DecoderConfig};

/// Prints each message in its canonical form; a message that cannot be read as `{"rejected": {"reason", "detail", "position"}}`.
///
/// Exit code 0 when all were read, 2 when some were refused.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate decode fwb.txt
  loadgate decode --received 2026-01-31T12:00:00Z < messages.txt | jq .waybill.awb")]
pub struct Arguments {
    #[command(flatten)]
    input: Input,
}

pub fn run(arguments: &Arguments) -> Exit {
    let mut decoder = match Decoder::new(DecoderConfig::default()) {
        Ok(decoder) => decoder,
        Err(error) => return fail(Exit::Usage, error),
    };
    let mut lines = Lines::stdout();
    let mut refused = false;
    for payload in arguments.input.payloads() {
        let payload = match payload {
            Ok(payload) => payload,
            Err(reason) => return fail(Exit::Usage, reason),
        };
        let context = Context { received: payload.received, limits: arguments.input.limits() };
        let mut decoded = Vec::new();
        decoder.decode(arguments.input.format.into(), &payload.bytes, &context, &mut decoded);
        for message in &decoded {
            let goes_on = match message {
                Ok(message) => lines.write(message),
                Err(rejected) => {
                    refused = true;
                    lines.write(&json!({ "rejected": rejected }))
                }
            };
            if !goes_on {
                return Exit::Done;
            }
        }
    }
    lines.finish();
    if refused { Exit::SomeRefused } else { Exit::Done }
}

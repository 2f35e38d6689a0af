//! `loadgate dead-letters`

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::printable::printable;
use super::{Exit, fail, say, settings};
use crate::config::Config;
use crate::operations::dead_letters::{Entry, Letter, LetterBox, Place};
use crate::operations::log::{Log, Take};
use crate::operations::redrive::{Fate, Redrive, Selection, Signature};
use crate::service::{self, Settings};

/// Lists, shows or sends again what could not be read.
///
/// `list` and `redrive` print nothing of a message; `show --payload` prints all of it, which is personal data.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate dead-letters --config loadgate.toml list --reason unknown_schema
  loadgate dead-letters --config loadgate.toml show 0/17
  loadgate dead-letters --config loadgate.toml show 0/17 --payload > message.txt
  loadgate dead-letters --config loadgate.toml redrive --reason unknown_schema --dry-run
  loadgate dead-letters --config loadgate.toml redrive --reason unknown_schema --why 'schema 12 registered'")]
pub struct Arguments {
    /// Configuration file. Default: the built-in defaults and the environment.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// One line a letter: place, reason, source, time, whether it was sent again, detail.
    List {
        /// Only letters of this reason, as `loadgate list reasons` prints them.
        #[arg(long)]
        reason: Option<String>,
    },
    /// One letter as JSON, without what the message says; or with --payload the message alone, byte for byte.
    Show {
        /// partition/offset, as `list` prints it.
        place: Place,
        /// The message as it came: personal data.
        #[arg(long)]
        payload: bool,
    },
    /// Send letters again that this build and its registry can read: each record once, whole, to the topic and partition it came from.
    ///
    /// Exit code 0 when all chosen letters are sent, 2 when some cannot be yet.
    Redrive {
        /// Places as `list` prints them; default: all letters.
        places: Vec<Place>,
        /// Only letters of this reason.
        #[arg(long)]
        reason: Option<String>,
        /// Only say what would be done.
        #[arg(long)]
        dry_run: bool,
        /// Who does it, for the note that is kept. Default: $USER.
        #[arg(long)]
        by: Option<String>,
        /// Why, for the note that is kept.
        #[arg(long, default_value = "")]
        why: String,
    },
}

pub fn run(arguments: &Arguments) -> Exit {
    let (config, settings) = match settings(arguments.config.as_deref()) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    let done = match &arguments.action {
        Action::List { reason } => list(&config, &settings, reason.as_deref()),
        Action::Show { place, payload } => show(&config, &settings, *place, *payload),
        Action::Redrive { places, reason, dry_run, by, why } => {
            let selection = Selection { places: places.iter().copied().collect(), reason: reason.clone() };
            let by = by.clone().or_else(|| std::env::var("USER").ok()).unwrap_or_else(|| "unknown".to_owned());
            let signature = Signature { by, why: why.clone() };
            redrive(&config, &settings, selection, signature, *dry_run)
        }
    };
    done.unwrap_or_else(|error| fail(Exit::Failed, format_args!("{}: {error}", settings.connection.brokers)))
}

type Done = Result<Exit, Box<dyn std::error::Error>>;

fn list(config: &Config, settings: &Settings, reason: Option<&str>) -> Done {
    let log = Log::connect(&settings.connection, &settings.group)?;
    let letters = LetterBox::new(&log, &config.outputs.dead_letters);
    let redriven = letters.redriven()?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    letters.read(|place, entry| {
        let line = match entry {
            Entry::Letter(letter) if reason.is_none_or(|reason| reason == letter.reason) => {
                *counts.entry(printable(&letter.reason)).or_default() += 1;
                line(place, &letter, redriven.has(place, &letter))
            }
            Entry::Foreign => format!("{place}  -  -  -  -  not a dead letter of this version"),
            _ => return Take::More,
        };
        if writeln!(out, "{line}").is_ok() { Take::More } else { Take::Stop }
    })?;
    let total: usize = counts.values().sum();
    let by_reason: Vec<String> = counts.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    let _ = writeln!(out, "{total} letters{}{}", if total > 0 { ": " } else { "" }, by_reason.join(", "));
    Ok(Exit::Done)
}

/// A detail quotes what a sender wrote, and whoever may write to the topic can put anything into the rest.
fn line(place: Place, letter: &Letter, sent: bool) -> String {
    let Letter { reason, source, timestamp, detail, .. } = letter;
    let sent = if sent { "sent-again" } else { "-" };
    printable(&format!("{place}  {reason}  {source}  {timestamp}  {sent}  {detail}"))
}

fn show(config: &Config, settings: &Settings, place: Place, payload: bool) -> Done {
    let log = Log::connect(&settings.connection, &settings.group)?;
    let letters = LetterBox::new(&log, &config.outputs.dead_letters);
    let Some(letter) = letters.letter(place)? else {
        return Ok(fail(Exit::Failed, format_args!("no dead letter stands at {place}; `list` shows those that do")));
    };
    let mut out = std::io::stdout();
    if payload {
        let _ = out.write_all(&letter.payload.0);
        return Ok(if letter.is_cut() {
            fail(
                Exit::SomeRefused,
                format_args!(
                    "only the first part: the whole, {} bytes, is at {}",
                    letter.payload_bytes,
                    printable(&letter.source.to_string())
                ),
            )
        } else {
            Exit::Done
        });
    }
    let _ = out.write_all(shown(place, &letter, letters.redriven()?.has(place, &letter)).as_bytes());
    Ok(Exit::Done)
}

/// A letter as JSON, without what the message says.
fn shown(place: Place, letter: &Letter, sent: bool) -> String {
    let headers: Vec<&str> = letter.headers.iter().map(|header| header.name.as_str()).collect();
    let shown = json!({
        "place": place.to_string(), "reason": letter.reason, "detail": letter.detail, "position": letter.position,
        "source": letter.source.to_string(), "index": letter.source.index, "timestamp": letter.timestamp, "format": letter.format,
        "headers": headers, "payload_bytes": letter.payload_bytes, "sent_again": sent,
    });
    format!("{shown:#}").lines().map(|line| printable(line) + "\n").collect()
}

fn redrive(config: &Config, settings: &Settings, selection: Selection, signature: Signature, dry_run: bool) -> Done {
    let frame = service::frames(config, settings)?.dead_letter;
    let redrive = Redrive { config, settings, frame, selection, signature, dry_run };
    let (mut sent, mut before, mut left) = (0, 0, 0);
    redrive.run(|place, letter, fate| {
        match fate {
            Fate::Sent | Fate::SentWith(_) => sent += 1,
            Fate::SentBefore => before += 1,
            _ => left += 1,
        }
        say(printable(&format!("{place}  {}  {}", letter.reason, told(fate, letter, dry_run))));
    })?;
    let verb = if dry_run { "would be sent" } else { "sent" };
    say(format_args!("{sent} {verb}, {before} sent before, {left} left"));
    Ok(if left == 0 { Exit::Done } else { Exit::SomeRefused })
}

fn told(fate: &Fate, letter: &Letter, dry_run: bool) -> String {
    let verb = if dry_run { "would go" } else { "sent" };
    match fate {
        Fate::Sent => format!("{verb} to {} partition {}", letter.source.topic, letter.source.partition),
        Fate::SentWith(place) => format!("{verb} with {place}: the same record"),
        Fate::SentBefore => "sent before".to_owned(),
        Fate::StillRefused(why) => format!("left, still {why}"),
        Fate::SourceGone => format!("left: the whole payload was only at {}, which is gone", letter.source),
        Fate::NoInput => format!("left: {} is no input of this configuration", letter.source.topic),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;
    use crate::operations::dead_letters::{Bytes, Header, Source};

    #[test]
    fn what_a_sender_wrote_cannot_command_the_terminal() {
        let wild = "\u{202e}a\u{1b}[31m\u{9b}b\r\n";
        let letter = Letter {
            reason: wild.into(),
            detail: wild.into(),
            position: 0,
            source: Source { topic: wild.into(), partition: 0, offset: 1, index: 0 },
            timestamp: Timestamp::default(),
            key: None,
            headers: vec![Header { name: wild.into(), value: None }],
            payload: Bytes::default(),
            payload_bytes: 0,
            format: wild.into(),
        };
        let place = Place { partition: 0, offset: 7 };
        let tame = r"\u202ea\u001b[31m\u009bb\u000d\u000a";
        assert_eq!(line(place, &letter, false), format!("0/7  {tame}  {tame}/0/1  1970-01-01T00:00:00Z  -  {tame}"));
        let shown = shown(place, &letter, true);
        assert!(shown.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)), "{shown}");
        let read: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!([&read["reason"], &read["detail"], &read["headers"][0], &read["format"]], [wild; 4]);
    }
}

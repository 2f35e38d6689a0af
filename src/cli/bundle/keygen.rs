//! Signing keys.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use clap::Args;

use super::{Done, fail, now, say, usage};
use crate::bundle::pack::is_name;
use crate::bundle::signature::SecretKey;
use crate::cli::Exit;
use crate::model::Timestamp;

#[derive(Debug, Args)]
#[command(after_help = "Example:
  loadgate bundle keygen --person lead --out lead.key >> trust.toml")]
pub struct Keygen {
    /// Whose key it is: small letters, digits and dashes.
    #[arg(long, value_name = "PERSON")]
    person: String,
    /// The file to write the key to. Whoever has it signs in that person's name.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How many days the entry lets the key be valid, from today.
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=3_650))]
    days: u16,
}

const DAY_MILLIS: i64 = 86_400_000;

pub fn run(arguments: &Keygen) -> Done {
    let Keygen { person, out, days } = arguments;
    if !is_name(person) {
        return Err(usage(format_args!("{person:?} is no name: small letters, digits and dashes, at most 64")));
    }
    let key = SecretKey::generate().map_err(|error| fail(Exit::Failed, format_args!("no randomness: {error}")))?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(out);
    let written = file.and_then(|mut file| file.write_all(key.expose().as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| fail(Exit::Failed, format_args!("{}: {error}", out.display())))?;
    let today = now();
    let last = Timestamp::from_millis(today.millis() + i64::from(*days) * DAY_MILLIS);
    say(format_args!("\n[[person]]\nid = \"{person}\"\n\n[[person.key]]\npublic = \"{}\"", key.public()));
    say(format_args!("valid_from = {}\nvalid_until = {}", today.civil().date(), last.civil().date()));
    Ok(())
}

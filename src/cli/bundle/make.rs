//! Packs: made from a folder, from an earlier version, and signed.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{Authorship, Done, files_of, now, read_key, read_pack, refuse, say, summary, usage, write_pack};
use crate::bundle::pack::{Kind, Manifest, Pack, Restored};
use crate::bundle::{Bundle, shelf};
use crate::cli::files::parse_time;
use crate::cli::{Exit, parse_duration};
use crate::model::Timestamp;
use crate::screen::facts::CATALOGUE;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate bundle pack bundle/ --bundle screening --environment production --sequence 8 \\
      --author analyst --key analyst.key --out 8.bundle
  loadgate bundle pack tonight/ --lookout --for 12h --bundle screening --environment production --sequence 3 \\
      --author analyst --key analyst.key --out tonight.lookout")]
pub struct PackFolder {
    /// The folder: policy.toml, profiles/, and lists/ with the watchlists that its lists.toml names.
    folder: PathBuf,
    /// Name of the bundle: the same over all its versions.
    #[arg(long, value_name = "NAME")]
    bundle: String,
    /// Where it is to run.
    #[arg(long, value_name = "NAME")]
    environment: String,
    #[command(flatten)]
    authorship: Authorship,
    /// An emergency lookout: profiles alone, their ids beginning with `lookout-`, on top of the regular bundle, for a day at most;
    /// one approval is enough. It has sequence numbers of its own.
    #[arg(long)]
    lookout: bool,
    /// First moment of validity (RFC 3339). Default: now.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    valid_from: Option<Timestamp>,
    /// First moment after its validity (RFC 3339). Default: no end.
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "lasts")]
    valid_until: Option<Timestamp>,
    /// How long it is valid, such as 12h.
    #[arg(long = "for", id = "lasts", value_name = "DURATION", value_parser = parse_duration)]
    lasts: Option<Duration>,
}

pub fn pack(arguments: &PackFolder) -> Done {
    let files = files_of(&arguments.folder).map_err(|faults| failed(&faults))?;
    let bundle = Bundle::from_files(files.clone()).map_err(|faults| failed(&faults))?;
    let failing = bundle.check_cases();
    if !failing.is_empty() {
        return Err(failed(&failing));
    }
    bundle.profiles.lint(CATALOGUE).iter().for_each(|warning| eprintln!("{warning}"));
    let valid_from = arguments.valid_from.unwrap_or_else(now);
    let lasting = arguments.lasts.and_then(|lasts| i64::try_from(lasts.as_millis()).ok());
    let end = lasting.map(|millis| Timestamp::from_millis(valid_from.millis().saturating_add(millis)));
    let manifest = Manifest {
        bundle: arguments.bundle.clone(),
        environment: arguments.environment.clone(),
        author: arguments.authorship.author.clone(),
        sequence: arguments.authorship.sequence,
        kind: if arguments.lookout { Kind::Lookout } else { Kind::Regular },
        valid_from,
        valid_until: arguments.valid_until.or(end),
        restores: None,
    };
    if arguments.lookout && manifest.valid_until.is_none() {
        return Err(usage("an emergency lookout needs an end: --for 12h, or --valid-until TIME"));
    }
    let pack = Pack::new(manifest, files).map_err(usage)?;
    shelf::loaded(&pack).map_err(|refused| super::refused(&arguments.folder.display().to_string(), &refused))?;
    arguments.authorship.finish(pack)
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  loadgate bundle sign 8.bundle --person lead --key lead.key")]
pub struct Sign {
    /// The packed bundle.
    file: PathBuf,
    /// Who signs, as the trust file enrols them.
    #[arg(long, value_name = "PERSON")]
    person: String,
    /// Their signing key.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

pub fn sign(arguments: &Sign) -> Done {
    let mut pack = read_pack(&arguments.file)?;
    let signature = read_key(&arguments.key)?.sign(&arguments.person, &pack.hash());
    pack.sign(signature).map_err(usage)?;
    write_pack(&arguments.file, &pack)?;
    say(format_args!("{}: {}", arguments.file.display(), summary(&pack)));
    Ok(())
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  loadgate bundle rollback --to 7.bundle --sequence 9 --author lead --key lead.key --out 9.bundle")]
pub struct Rollback {
    /// The earlier version, packed.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    #[command(flatten)]
    authorship: Authorship,
}

pub fn rollback(arguments: &Rollback) -> Done {
    let old = read_pack(&arguments.to)?;
    let Authorship { sequence, author, .. } = &arguments.authorship;
    if old.manifest().kind == Kind::Lookout {
        return Err(usage("an emergency lookout ends by itself; there is nothing to roll back to"));
    }
    if *sequence <= old.manifest().sequence {
        return Err(usage(format_args!("--sequence must be above {}, the number rolled back to", old.manifest().sequence)));
    }
    let manifest = Manifest {
        author: author.clone(),
        sequence: *sequence,
        valid_from: now(),
        valid_until: None,
        restores: Some(Restored { sequence: old.manifest().sequence, content: old.content() }),
        ..old.manifest().clone()
    };
    let pack = Pack::new(manifest, old.into_files()).map_err(usage)?;
    shelf::loaded(&pack).map_err(|refused| super::refused(&arguments.to.display().to_string(), &refused))?;
    arguments.authorship.finish(pack)
}

/// Shows the faults of what was to be packed.
fn failed(faults: &[crate::diagnostic::Diagnostic]) -> Exit {
    refuse(faults);
    eprintln!("nothing was packed");
    Exit::Failed
}

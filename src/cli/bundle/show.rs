//! What a pack says, and whether it would be accepted.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::{Done, now, offer, read_pack, refuse, refused, say, summary};
use crate::bundle::pack::{Manifest, Pack};
use crate::bundle::shelf::Shelf;
use crate::bundle::{BundleHash, Trust};
use crate::model::Timestamp;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate bundle show 8.bundle
  loadgate bundle show 8.bundle --json | jq .sequence")]
pub struct Show {
    /// The packed bundle.
    file: PathBuf,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

pub fn show(arguments: &Show) -> Done {
    let pack = read_pack(&arguments.file)?;
    if arguments.json {
        say(format_args!("{:#}", described(&pack)));
        return Ok(());
    }
    let Manifest { valid_from, valid_until, author, restores, .. } = pack.manifest();
    say(summary(&pack));
    say(format_args!("author      {author}"));
    let end = valid_until.map_or_else(|| "no end".to_owned(), |end| end.to_string());
    say(format_args!("valid       from {valid_from}, {}{end}", if valid_until.is_some() { "until " } else { "" }));
    if let Some(restored) = restores {
        say(format_args!("restores    version {}, content {}", restored.sequence, restored.content));
    }
    say(format_args!("content     {}", pack.content()));
    say(format_args!("signed hash {}", BundleHash(pack.hash().0)));
    for file in pack.files() {
        say(format_args!("{:>9} B {}", file.text.len(), file.path));
    }
    Ok(())
}

fn described(pack: &Pack) -> Value {
    let Manifest { bundle, environment, author, sequence, kind, valid_from, valid_until, restores } = pack.manifest();
    let restores = restores.map(|restored| json!({ "sequence": restored.sequence, "content": restored.content.to_string() }));
    let files = pack.files().iter().map(|file| json!({ "path": file.path, "bytes": file.text.len() }));
    json!({
        "bundle": bundle,
        "environment": environment,
        "sequence": sequence,
        "kind": kind.as_str(),
        "author": author,
        "valid_from": valid_from,
        "valid_until": valid_until,
        "restores": restores,
        "content": pack.content().to_string(),
        "signed_hash": BundleHash(pack.hash().0).to_string(),
        "signers": pack.signatures().iter().map(|signature| &signature.signer).collect::<Vec<_>>(),
        "files": files.collect::<Vec<_>>(),
    })
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  loadgate bundle verify 8.bundle --trust trust.toml")]
pub struct Verify {
    /// The packed bundle.
    file: PathBuf,
    /// The trust file of the place where it is to run.
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// When it is delivered (RFC 3339). Default: now.
    #[arg(long, value_name = "TIME", value_parser = |text: &str| Timestamp::parse_rfc3339(text).ok_or("expected a time like 2026-01-31T12:00:00Z"))]
    at: Option<Timestamp>,
}

pub fn verify(arguments: &Verify) -> Done {
    let trust = Trust::load(&arguments.trust).map_err(|faults| refuse(&faults))?;
    let pack = read_pack(&arguments.file)?;
    let offer = offer(&arguments.file, &pack, arguments.at.unwrap_or_else(now));
    if let Some((place, reason)) = Shelf::new(trust).consider(vec![offer]).refused.first() {
        return Err(refused(place, reason));
    }
    say(format_args!("{}: {}", arguments.file.display(), summary(&pack)));
    say(format_args!("accepted wherever no version from {} on is in force", pack.manifest().sequence));
    Ok(())
}

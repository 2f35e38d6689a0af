//! `loadgate bundle`

mod diff;
mod keygen;
mod make;
mod publish;
mod show;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::{Args, Subcommand};

use super::{Exit, configuration, fail, refuse, say};
use crate::bundle::pack::{Kind, Pack};
use crate::bundle::shelf::Offer;
use crate::bundle::signature::SecretKey;
use crate::bundle::{Refused, files_of, pack_of};
use crate::model::Timestamp;
use crate::source::bundles::deliver;

/// Change the rules safely: a bundle is packed to one file, signed by its author and by those who approve it, and published;
/// replicas take it over while they run, and refuse what is not signed as their trust file demands.
#[derive(Debug, Args)]
#[command(after_help = "The way of a change:
  loadgate bundle pack bundle/ --bundle screening --environment production --sequence 8 \\
      --author analyst --key analyst.key --out 8.bundle
  loadgate bundle diff 7.bundle 8.bundle                   what the approver looks at
  loadgate bundle sign 8.bundle --person lead --key lead.key
  loadgate bundle verify 8.bundle --trust trust.toml
  loadgate bundle publish 8.bundle --config loadgate.toml

docs/change-control.md tells the whole story.")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a signing key, and print the entry of the trust file that enrols its owner.
    ///
    /// Writes a new Ed25519 signing key to a file that only its owner may read, and prints the entry for the trust file. A file that is
    /// there already is never overwritten.
    Keygen(keygen::Keygen),
    /// Pack a bundle's folder to one file; its test cases are run first.
    ///
    /// Every file is loaded, every profile's test cases are run, and only a bundle without a fault is packed. The same folder and options,
    /// `--valid-from` among them, give the same bytes.
    ///
    /// Exit code 0 when it is packed, 1 when a fault or a failing case was found.
    Pack(make::PackFolder),
    /// Sign a packed bundle.
    ///
    /// The file is signed in place. Look at it first: `show`, and `diff` against the version in force.
    Sign(make::Sign),
    /// Pack the content of an earlier version under a new number.
    ///
    /// Replicas take no old number back, so the content is packed again, to be signed anew: the new pack names the version that it
    /// restores, and holds exactly its files.
    Rollback(make::Rollback),
    /// Show what a packed bundle says about itself, who signed it, and what is in it.
    ///
    /// Signatures are listed, not checked: `verify` does that.
    Show(show::Show),
    /// Show what changes between two bundles, packed or folders.
    ///
    /// Lines that go begin with `-`, lines that come with `+`.
    Diff(diff::Diff),
    /// Tell whether a packed bundle would be accepted, and why not.
    ///
    /// It is judged as a replica would that has just started: form, place, signatures, validity, content and test cases.
    ///
    /// Exit code 0 when it would be accepted, 1 when it is refused.
    Verify(show::Verify),
    /// Publish a packed bundle to where a configuration says that replicas look for it.
    ///
    /// It is judged first as the replicas will: against the trust file and against what lies there already.
    ///
    /// Exit code 0 when it is published, 1 when it is refused or cannot be delivered.
    Publish(publish::Publish),
}

pub fn run(arguments: &Arguments) -> Exit {
    let done = match &arguments.command {
        Command::Keygen(arguments) => keygen::run(arguments),
        Command::Pack(arguments) => make::pack(arguments),
        Command::Sign(arguments) => make::sign(arguments),
        Command::Rollback(arguments) => make::rollback(arguments),
        Command::Show(arguments) => show::show(arguments),
        Command::Diff(arguments) => diff::run(arguments),
        Command::Verify(arguments) => show::verify(arguments),
        Command::Publish(arguments) => publish::run(arguments),
    };
    done.map_or_else(|exit| exit, |()| Exit::Done)
}

/// A command's end: `Err` has said on standard error why it goes no further.
type Done<T = ()> = Result<T, Exit>;

fn usage(reason: impl Display) -> Exit {
    fail(Exit::Usage, reason)
}

fn read_pack(path: &Path) -> Done<Pack> {
    pack_of(path).map_err(|faults| refuse(&faults))
}

fn read_key(path: &Path) -> Done<SecretKey> {
    let text = std::fs::read_to_string(path).map_err(|error| usage(format_args!("{}: {error}", path.display())))?;
    SecretKey::parse(&text)
        .ok_or_else(|| usage(format_args!("{}: this is no signing key; `loadgate bundle keygen` makes one", path.display())))
}

/// Writes a pack in one step, so that nobody meets half of it.
fn write_pack(path: &Path, pack: &Pack) -> Done {
    deliver(path, &pack.to_bytes()).map_err(|error| fail(Exit::Failed, format_args!("{}: {error}", path.display())))
}

/// A pack as it would be delivered at that time.
fn offer(path: &Path, pack: &Pack, delivered: Timestamp) -> Offer {
    Offer { place: path.display().to_string(), kind: pack.manifest().kind, bytes: pack.to_bytes(), delivered }
}

/// Says why a bundle is refused.
fn refused(path: &str, refused: &Refused) -> Exit {
    eprintln!("{path}: refused: {refused}");
    eprintln!("  {}: {}", refused.reason, refused.reason.meaning());
    Exit::Failed
}

fn now() -> Timestamp {
    SystemTime::now().into()
}

/// What is made, in one line.
fn summary(pack: &Pack) -> String {
    let manifest = pack.manifest();
    let what = match (manifest.kind, manifest.restores) {
        (Kind::Lookout, _) => "emergency lookout".to_owned(),
        (Kind::Regular, None) => "version".to_owned(),
        (Kind::Regular, Some(restored)) => format!("rollback to {} as version", restored.sequence),
    };
    let (bundle, sequence, environment) = (&manifest.bundle, manifest.sequence, &manifest.environment);
    let signers: Vec<_> = pack.signatures().iter().map(|signature| signature.signer.as_str()).collect();
    let signed = if signers.is_empty() { "by nobody".to_owned() } else { format!("by {}", signers.join(", ")) };
    format!("{what} {sequence} of {bundle} for {environment}, {} files, signed {signed}", pack.files().len())
}

/// The signing options that `pack` and `rollback` share.
#[derive(Debug, Args)]
struct Authorship {
    /// Number of this version: above that of every version before it.
    #[arg(long, value_name = "NUMBER")]
    sequence: u64,
    /// Who makes the change, as the trust file enrols them.
    #[arg(long, value_name = "PERSON")]
    author: String,
    /// The author's signing key. Without it the author signs later, with `sign`.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The packed bundle to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Authorship {
    /// Signs if there is a key, writes, and says what was made.
    fn finish(&self, mut pack: Pack) -> Done {
        if let Some(key) = &self.key {
            let signature = read_key(key)?.sign(&self.author, &pack.hash());
            pack.sign(signature).map_err(usage)?;
        }
        write_pack(&self.out, &pack)?;
        say(format_args!("{}: {}", self.out.display(), summary(&pack)));
        say(format_args!("content {}", pack.content()));
        Ok(())
    }
}

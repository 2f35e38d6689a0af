//! Bundles: policy and profiles as one whole with a content hash, which every output names.
//!
//! A bundle is a folder: `policy.toml`, `profiles/**/*.toml`, one profile a file, and watchlists in `lists`, which `lists.toml`
//! there names. Anything else in it is left alone, but a TOML file elsewhere is refused, because its author meant it to count. A
//! bundle loads whole or not at all.
//!
//! To take effect where a trust file rules, the folder is packed to one file ([`pack`]) that people sign ([`signature`]); a
//! [`shelf`] decides what of all that is offered is in force, and [`Current`] hands it to those who screen.

mod current;
mod folder;
mod lookout;
pub mod pack;
mod refusal;
pub mod shelf;
pub mod signature;
mod starter;
mod trust;
mod wire;

use std::fmt;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Source};
use crate::screen::course::KnownIds;
use crate::screen::facts::{self, Fact};
use crate::screen::indicators;
use crate::screen::policy::Policy;
use crate::screen::profile::{Profile, Profiles};
use crate::screen::suppression;
use crate::screen::watch::Watch;

pub use current::{Current, Replaced};
pub use refusal::{Refusal, Refused};
pub use trust::Trust;

/// SHA-256 over the content; hexadecimal in text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BundleHash(pub [u8; 32]);

/// Everything that screening is told by people.
#[derive(Debug, Clone)]
pub struct Bundle {
    pub hash: BundleHash,
    pub policy: Policy,
    /// By id.
    pub profiles: Profiles,
    /// The watchlists of the folder `lists`.
    pub watch: Option<Watch>,
    /// Of all the evidence that it can give.
    pub(crate) ids: KnownIds,
}

/// One file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Relative to the bundle, with `/`.
    pub path: String,
    pub text: String,
}

/// Where watchlists are.
const LISTS: &str = "lists/";
const POLICY: &str = "policy.toml";
/// When an emergency lookout on top of the bundle holds, and where its profiles are. Its ids cannot meet those of the bundle.
const LOOKOUT: &str = "lookout.toml";
const LOOKOUT_FOLDER: &str = "profiles/lookout/";
pub const LOOKOUT_ID: &str = "lookout-";

impl Bundle {
    /// Reads a folder, or a packed bundle whose signatures are not asked for; every fault in every file is told.
    pub fn load(path: &Path) -> Result<Self, Vec<Diagnostic>> {
        Self::from_files(files_of(path)?)
    }

    /// The bundle of a folder or pack, or without one the starter bundle.
    pub fn load_or_starter(path: Option<&Path>) -> Result<Self, Vec<Diagnostic>> {
        path.map_or_else(Self::starter, Self::load)
    }

    /// The bundle that comes with the program: `config/bundle`.
    pub fn starter() -> Result<Self, Vec<Diagnostic>> {
        Self::starter_with([])
    }

    /// The same with further files.
    pub fn starter_with(further: impl IntoIterator<Item = File>) -> Result<Self, Vec<Diagnostic>> {
        let file = |(path, text): &(&str, &str)| File { path: (*path).to_owned(), text: (*text).to_owned() };
        Self::from_files(starter::FILES.iter().map(file).chain(further).collect())
    }

    /// A bundle from its files in any order. Without `policy.toml` the default policy holds.
    pub fn from_files(mut files: Vec<File>) -> Result<Self, Vec<Diagnostic>> {
        files.sort_by(|left, right| left.path.cmp(&right.path));
        let mut faults = Vec::new();
        let Contents { policy, mut profiles, watch } = Contents::read(&files, &mut faults);
        profiles.sort_by(|(left, _), (right, _)| left.id.cmp(&right.id));
        faults.extend(profiles.windows(2).filter_map(twice));
        let known = profiles.iter().map(|(profile, _)| &*profile.id);
        let known = known.chain(indicators::CATALOGUE.iter().map(|indicator| indicator.id));
        faults.extend(suppression::unknown_targets(&policy.suppressions, known));
        if !faults.is_empty() {
            return Err(faults);
        }
        profiles.iter_mut().for_each(|(profile, _)| profile.capped(policy.profile_cap));
        let profiles = Profiles::new(profiles.into_iter().map(|(profile, _)| profile).collect(), facts::CATALOGUE);
        let lists = watch.iter().flat_map(Watch::lists).map(|list| list.id);
        let ids = KnownIds::of(profiles.iter().map(|profile| &*profile.id).chain(lists));
        Ok(Self { hash: BundleHash::of(&files), policy, profiles, watch, ids })
    }

    /// A bundle whose profiles alone decide, whatever indicators the catalogue holds.
    #[cfg(test)]
    pub(crate) fn without_indicators(policy: &str, mut files: Vec<File>) -> Result<Self, Vec<Diagnostic>> {
        let off = indicators::CATALOGUE.iter().map(|indicator| format!("\n[indicators.\"{}\"]\nenabled = false", indicator.id));
        files.push(File { path: POLICY.into(), text: format!("{policy}{}", off.collect::<String>()) });
        Self::from_files(files)
    }

    /// Runs the test cases of every profile: one fault for each that fails.
    pub fn check_cases(&self) -> Vec<Diagnostic> {
        self.check_cases_against(facts::CATALOGUE)
    }

    fn check_cases_against(&self, catalogue: &[Fact]) -> Vec<Diagnostic> {
        self.profiles.iter().flat_map(|profile| profile.check_cases(catalogue)).collect()
    }
}

/// What the files of a bundle hold, before it is looked at as a whole.
#[derive(Default)]
struct Contents<'f> {
    policy: Policy,
    /// With the path of each.
    profiles: Vec<(Profile, &'f String)>,
    watch: Option<Watch>,
}

impl<'f> Contents<'f> {
    /// The files ascend by path.
    fn read(files: &'f [File], faults: &mut Vec<Diagnostic>) -> Self {
        let mut contents = Self::default();
        // It sorts before the profiles that it limits.
        let mut lookout = None;
        let (lists, files): (Vec<&File>, Vec<&File>) = files.iter().partition(|file| file.path.starts_with(LISTS));
        keep(Watch::read(&lists), faults, |read| contents.watch = read);
        for file in files {
            let source = Source { name: &file.path, text: &file.text };
            if file.path == POLICY {
                keep(Policy::read(source, indicators::CATALOGUE), faults, |read| contents.policy = read);
            } else if file.path == LOOKOUT {
                keep(lookout::Validity::read(source), faults, |read| lookout = Some(read));
            } else if file.path.starts_with("profiles/") {
                keep(Profile::read(source, facts::CATALOGUE), faults, |mut read| {
                    let limit = lookout.filter(|_| lookout::is_of_lookout(&file.path));
                    limit.into_iter().for_each(|validity| validity.limit(&mut read));
                    contents.profiles.push((read, &file.path));
                });
            } else {
                let mut fault = Diagnostic::of_file(&file.path, "a bundle has no such file");
                fault.suggestion = Some("a bundle is `policy.toml`, `profiles/*.toml` and watchlists in `lists`".to_owned());
                faults.push(fault);
            }
        }
        contents
    }
}

/// The files of a folder or of a pack.
pub fn files_of(path: &Path) -> Result<Vec<File>, Vec<Diagnostic>> {
    if path.is_dir() { folder::files(path) } else { Ok(pack_of(path)?.into_files()) }
}

/// A packed bundle.
pub fn pack_of(path: &Path) -> Result<pack::Pack, Vec<Diagnostic>> {
    let fault = |message: String| vec![Diagnostic::of_file(path.display().to_string(), message)];
    let bytes = folder::read_bounded(path, pack::PACK_BYTES_MAX as u64).map_err(|error| fault(error.to_string()))?;
    pack::Pack::from_bytes(&bytes).map_err(|refused| fault(format!("this bundle cannot be used: {refused}")))
}

fn keep<T>(read: Result<T, Vec<Diagnostic>>, faults: &mut Vec<Diagnostic>, mut take: impl FnMut(T)) {
    match read {
        Ok(value) => take(value),
        Err(found) => faults.extend(found),
    }
}

/// The fault when two neighbours have the same id.
fn twice(pair: &[(Profile, &String)]) -> Option<Diagnostic> {
    let [(first, first_path), (second, second_path)] = pair else { return None };
    let message = || format!("the id `{}` is also that of {first_path}", second.id);
    (first.id == second.id).then(|| Diagnostic::of_file(second_path.as_str(), message()))
}

impl BundleHash {
    /// Over the sorted files: path and text, each after its length, so that no two bundles run together.
    pub(crate) fn of<'f>(files: impl IntoIterator<Item = &'f File>) -> Self {
        let mut hash = Sha256::new();
        for part in files.into_iter().flat_map(|file| [&file.path, &file.text]) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

impl std::str::FromStr for BundleHash {
    type Err = ();

    /// 64 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(());
        }
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(drop)?;
            *byte = u8::from_str_radix(digits, 16).map_err(drop)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for BundleHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BundleHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;

//! A watched file. It is read anew when its time of modification or its size has changed.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use crate::bundle::pack::{Kind, PACK_BYTES_MAX};
use crate::bundle::shelf::{Offer, Shelf};
use crate::bundle::{Refused, Trust};

/// How often it is looked at: well below the second within which a bundle has to be in force.
const LOOK: Duration = Duration::from_millis(200);

pub struct FileSource {
    watched: [Watched; 2],
    looked: Option<Instant>,
}

struct Watched {
    path: PathBuf,
    kind: Kind,
    /// Time of modification and size of what was last handed over.
    seen: Option<(SystemTime, u64)>,
}

/// Where an emergency lookout lies, beside the regular bundle: `screening.bundle.lookout`.
pub fn lookout_path(regular: &Path) -> PathBuf {
    let mut name: OsString = regular.as_os_str().to_owned();
    name.push(".lookout");
    name.into()
}

impl FileSource {
    pub fn new(regular: PathBuf) -> Self {
        let lookout = lookout_path(&regular);
        let watched = [(regular, Kind::Regular), (lookout, Kind::Lookout)];
        Self { watched: watched.map(|(path, kind)| Watched { path, kind, seen: None }), looked: None }
    }

    pub fn poll(&mut self, wait: Duration) -> Vec<Offer> {
        let due = self.looked.map_or(Duration::ZERO, |looked| LOOK.saturating_sub(looked.elapsed()));
        std::thread::park_timeout(due.min(wait));
        if due > wait {
            return Vec::new();
        }
        self.looked = Some(Instant::now());
        self.watched.iter_mut().filter_map(Watched::changed).collect()
    }
}

impl Watched {
    /// A file that is not there is no news: the running bundle stays.
    fn changed(&mut self) -> Option<Offer> {
        let metadata = fs::metadata(&self.path).ok()?;
        let modified = metadata.modified().ok()?;
        if self.seen == Some((modified, metadata.len())) {
            return None;
        }
        let mut bytes = Vec::new();
        // One byte beyond the limit is enough for it to be refused as too large.
        let read = File::open(&self.path).and_then(|file| file.take(PACK_BYTES_MAX as u64 + 1).read_to_end(&mut bytes));
        if let Err(error) = read {
            tracing::warn!(path = %self.path.display(), %error, "a bundle cannot be read, trying again");
            return None;
        }
        self.seen = Some((modified, metadata.len()));
        Some(Offer { place: self.path.display().to_string(), kind: self.kind, bytes, delivered: modified.into() })
    }
}

/// What the service would refuse of the files that lie there, and why.
pub fn judge_files(regular: &Path, trust: Trust) -> Vec<(String, Refused)> {
    Shelf::new(trust).consider(FileSource::new(regular.to_owned()).poll(Duration::ZERO)).refused
}

/// Puts a file in its place in one step, so that no reader meets half of it.
pub fn deliver(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let partial = PathBuf::from(name);
    let mut file = File::create(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&partial, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(source: &mut FileSource) -> Vec<(Kind, Vec<u8>)> {
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline {
            let offers = source.poll(LOOK);
            if !offers.is_empty() {
                return offers.into_iter().map(|offer| (offer.kind, offer.bytes)).collect();
            }
        }
        panic!("the file was not handed over")
    }

    #[test]
    fn a_file_is_handed_over_when_it_is_there_and_whenever_it_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("screening.bundle");
        let mut source = FileSource::new(path.clone());
        assert!(source.poll(Duration::ZERO).is_empty());
        deliver(&path, b"one").unwrap();
        assert_eq!(next(&mut source), [(Kind::Regular, b"one".to_vec())]);
        deliver(&path, b"three").unwrap();
        deliver(&lookout_path(&path), b"look").unwrap();
        let mut seen = next(&mut source);
        if seen.len() < 2 {
            seen.extend(next(&mut source));
        }
        assert_eq!(seen, [(Kind::Regular, b"three".to_vec()), (Kind::Lookout, b"look".to_vec())]);
        source.looked = None;
        assert!(source.poll(Duration::ZERO).is_empty(), "unchanged is no news");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing half-written stays behind");
    }
}

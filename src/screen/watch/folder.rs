//! The folder `lists` of a bundle.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::Watch;
use super::setting::{self, Setting};
use crate::diagnostic::{Diagnostic, Source};
use crate::lists::{Source as ListSource, Watchlists};

const SETTINGS: &str = "lists.toml";
/// Twice the largest collection of lists that is published.
const FILE_BYTES_MAX: u64 = 8 << 30;

pub(super) fn read(folder: &Path) -> Result<Option<Watch>, Vec<Diagnostic>> {
    let path = folder.join(SETTINGS);
    if !path.exists() {
        return Ok(None);
    }
    let name = format!("lists/{SETTINGS}");
    let text = fs::read_to_string(&path).map_err(|error| vec![Diagnostic::of_file(&name, format!("cannot be read: {error}"))])?;
    let settings = setting::read(Source { name: &name, text: &text })?;
    let mut hash = Sha256::new();
    feed(&mut hash, text.as_bytes());
    let (mut sources, mut faults) = (Vec::new(), Vec::new());
    for setting in &settings {
        match source(folder, setting, &mut hash) {
            Ok(source) => sources.push(source),
            Err(fault) => faults.push(*fault),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Some(Watch { lists: Arc::new(Watchlists::new(sources)), settings, hash: hash.finalize().into() }))
}

/// Reads one list; refuses it by its thresholds.
fn source(folder: &Path, setting: &Setting, hash: &mut Sha256) -> Result<ListSource, Box<Diagnostic>> {
    let mut files = Vec::new();
    for name in std::iter::once(&setting.file).chain(&setting.companions) {
        let bytes = bytes(folder, name)?;
        feed(hash, &bytes);
        files.push(bytes);
    }
    let refused = |reason: String| Box::new(Diagnostic::of_file(format!("lists/{}", setting.file), reason));
    let Some((main, companions)) = files.split_first() else { return Err(refused("no file".to_owned())) };
    let list = setting.format.read(main, companions);
    for fault in &list.faults {
        tracing::warn!(list = setting.id, line = fault.line, fault = fault.message, "a row of a list cannot be read");
    }
    let accepted = setting.thresholds.accept(&list, setting.entries_expected);
    accepted.map_err(|refusal| refused(format!("the list is refused: {refusal}")))?;
    let as_of_day = setting.as_of_day.or(list.as_of_day);
    let (id, unread_rows) = (setting.id.clone(), list.fault_count);
    Ok(ListSource { id, valid: setting.valid, entries: list.entries, unread_rows, as_of_day })
}

/// A file of the folder itself: a list cannot be read from anywhere else.
fn bytes(folder: &Path, name: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
    let fault = |reason: String| Box::new(Diagnostic::of_file(format!("lists/{name}"), reason));
    if name.is_empty() || name.contains(['/', '\\']) || name.starts_with('.') {
        return Err(fault("a list's file lies in the folder `lists` itself".to_owned()));
    }
    let path = folder.join(name);
    let unreadable = |error: std::io::Error| fault(format!("cannot be read: {error}"));
    if fs::metadata(&path).map_err(unreadable)?.len() > FILE_BYTES_MAX {
        return Err(fault(format!("larger than {FILE_BYTES_MAX} bytes")));
    }
    fs::read(&path).map_err(unreadable)
}

/// Each part after its length, so that no two collections run together.
fn feed(hash: &mut Sha256, part: &[u8]) {
    hash.update((part.len() as u64).to_be_bytes());
    hash.update(part);
}

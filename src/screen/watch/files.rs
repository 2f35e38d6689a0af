//! The watchlists of a bundle: `lists/lists.toml`, and the files beside it that it names.

use std::collections::HashSet;
use std::sync::Arc;

use super::Watch;
use super::setting::{self, Setting};
use crate::bundle::{BundleHash, File};
use crate::diagnostic::{Diagnostic, Source};
use crate::lists::{Source as ListSource, Watchlists};

/// Beside the lists.
pub const SETTINGS: &str = "lists.toml";
const FOLDER: &str = "lists/";

/// The files that `lists.toml` names, each once. A faulty one names none here: reading the lists tells why.
pub fn named(source: Source<'_>) -> Vec<String> {
    let settings = setting::read(source).unwrap_or_default();
    let mut seen = HashSet::new();
    let names = settings.iter().flat_map(files).filter(|name| is_plain(name) && seen.insert(name.as_str()));
    names.cloned().collect()
}

/// The list's own file first.
fn files(setting: &Setting) -> impl Iterator<Item = &String> {
    std::iter::once(&setting.file).chain(&setting.companions)
}

/// A file of the folder itself: a list cannot be read from anywhere else.
fn is_plain(name: &str) -> bool {
    !(name.is_empty() || name.contains(['/', '\\']) || name.starts_with('.'))
}

/// `None` when there are no files.
pub(super) fn read(all: &[&File]) -> Result<Option<Watch>, Vec<Diagnostic>> {
    let Some((settings, lists)) = take_settings(all) else {
        let stray =
            all.iter().map(|file| Diagnostic::of_file(&file.path, format!("there is no {FOLDER}{SETTINGS} that names it")));
        return if all.is_empty() { Ok(None) } else { Err(stray.collect()) };
    };
    let read = setting::read(Source { name: &settings.path, text: &settings.text })?;
    let (mut sources, mut faults) = (Vec::new(), Vec::new());
    for setting in &read {
        match source(&lists, setting) {
            Ok(source) => sources.push(source),
            Err(fault) => faults.push(*fault),
        }
    }
    let names: HashSet<&String> = read.iter().flat_map(files).collect();
    let stray =
        lists.iter().filter(|file| !file.path.strip_prefix(FOLDER).is_some_and(|name| names.iter().any(|known| *known == name)));
    faults.extend(stray.map(|file| Diagnostic::of_file(&file.path, format!("{SETTINGS} does not name it"))));
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Some(Watch { lists: Arc::new(Watchlists::new(sources)), settings: read, hash: BundleHash::of(all.iter().copied()).0 }))
}

fn take_settings<'f>(all: &[&'f File]) -> Option<(&'f File, Vec<&'f File>)> {
    let is_settings = |file: &&File| file.path.strip_prefix(FOLDER) == Some(SETTINGS);
    let (settings, lists): (Vec<&File>, Vec<&File>) = all.iter().copied().partition(is_settings);
    Some((settings.into_iter().next()?, lists))
}

/// Reads one list; refuses it by its thresholds.
fn source(lists: &[&File], setting: &Setting) -> Result<ListSource, Box<Diagnostic>> {
    let mut texts = Vec::new();
    for name in files(setting) {
        texts.push(text(lists, name)?.as_bytes());
    }
    let refused = |reason: String| Box::new(Diagnostic::of_file(format!("{FOLDER}{}", setting.file), reason));
    let Some((main, companions)) = texts.split_first() else { return Err(refused("no file".to_owned())) };
    let companions: Vec<Vec<u8>> = companions.iter().map(|text| text.to_vec()).collect();
    let list = setting.format.read(main, &companions);
    for fault in &list.faults {
        tracing::warn!(list = setting.id, line = fault.line, fault = fault.message, "a row of a list cannot be read");
    }
    let accepted = setting.thresholds.accept(&list, setting.entries_expected);
    accepted.map_err(|refusal| refused(format!("the list is refused: {refusal}")))?;
    let as_of_day = setting.as_of_day.or(list.as_of_day);
    let (id, unread_rows) = (setting.id.clone(), list.fault_count);
    Ok(ListSource { id, valid: setting.valid, entries: list.entries, unread_rows, as_of_day })
}

fn text<'f>(lists: &[&'f File], name: &str) -> Result<&'f str, Box<Diagnostic>> {
    let fault = |reason: &str| Box::new(Diagnostic::of_file(format!("{FOLDER}{name}"), reason));
    if !is_plain(name) {
        return Err(fault("a list's file lies in the folder `lists` itself"));
    }
    let file = lists.iter().find(|file| file.path.strip_prefix(FOLDER) == Some(name));
    file.map(|file| file.text.as_str()).ok_or_else(|| fault("lists.toml names this file, and it is not here"))
}

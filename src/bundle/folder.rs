//! The files of a bundle's folder.

use std::fs::{self, File as Handle};
use std::io::{self, Read};
use std::path::Path;

use super::File;
use super::pack::FILES_MAX;
use crate::diagnostic::{Diagnostic, Source};
use crate::screen::watch;

/// A profile is a page or two; this bounds what a misplaced file can cost.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Folders within `profiles`.
const DEPTH_MAX: usize = 4;

/// The watchlists' folder, of which only what its `lists.toml` names is read.
const LISTS: &str = "lists";
/// Twice the largest collection of lists that is published.
const LIST_BYTES_MAX: u64 = 8 << 30;

/// Every TOML file below the folder, and the watchlists, in no particular order.
pub(super) fn files(root: &Path) -> Result<Vec<File>, Vec<Diagnostic>> {
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    read_folder(root, "", 0, &mut files, &mut faults);
    read_lists(&root.join(LISTS), &mut files, &mut faults);
    if files.len() > FILES_MAX {
        faults.push(Diagnostic::of_file(root.display().to_string(), format!("more than {FILES_MAX} files")));
    }
    if files.is_empty() && faults.is_empty() {
        faults.push(Diagnostic::of_file(root.display().to_string(), "no bundle here: neither `policy.toml` nor profiles"));
    }
    if faults.is_empty() { Ok(files) } else { Err(faults) }
}

fn read_folder(folder: &Path, prefix: &str, depth: usize, files: &mut Vec<File>, faults: &mut Vec<Diagnostic>) {
    let entries = match fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
        Ok(entries) => entries,
        Err(error) => return faults.push(Diagnostic::of_file(folder.display().to_string(), format!("cannot be read: {error}"))),
    };
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let (path, relative) = (entry.path(), format!("{prefix}{name}"));
        // Hidden entries are a volume's or an editor's, such as the `..data` of a mounted config map.
        if name.starts_with('.') || files.len() > FILES_MAX || relative == LISTS {
            continue;
        }
        if path.is_dir() && depth < DEPTH_MAX {
            read_folder(&path, &format!("{relative}/"), depth + 1, files, faults);
        } else if relative.ends_with(".toml") {
            match read_file(&path) {
                Ok(text) => files.push(File { path: relative, text }),
                Err(error) => faults.push(Diagnostic::of_file(relative, error)),
            }
        }
    }
}

/// `lists.toml`, and the files that it names; it is judged where all bundles are.
fn read_lists(folder: &Path, files: &mut Vec<File>, faults: &mut Vec<Diagnostic>) {
    let settings = folder.join(watch::SETTINGS);
    if !settings.exists() {
        return;
    }
    let path = format!("{LISTS}/{}", watch::SETTINGS);
    let text = match read_file(&settings) {
        Ok(text) => text,
        Err(error) => return faults.push(Diagnostic::of_file(path, error)),
    };
    for name in watch::named(Source { name: &path, text: &text }) {
        let path = format!("{LISTS}/{name}");
        match read_bounded(&folder.join(name), LIST_BYTES_MAX) {
            Ok(bytes) => files.push(File { path, text: crate::lists::into_text(bytes) }),
            Err(error) => faults.push(Diagnostic::of_file(path, format!("cannot be read: {error}"))),
        }
    }
    files.push(File { path, text });
}

/// A file whole, unless it is larger.
pub(super) fn read_bounded(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    Handle::open(path)?.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        return Err(io::Error::other(format!("larger than {bytes_max} bytes")));
    }
    Ok(bytes)
}

fn read_file(path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    if fs::metadata(path).map_err(unreadable)?.len() > FILE_BYTES_MAX {
        return Err(format!("larger than {FILE_BYTES_MAX} bytes"));
    }
    fs::read_to_string(path).map_err(unreadable)
}

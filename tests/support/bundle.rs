//! The starter bundle with a watchlist.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::tools::repository;

/// Ids of the list and its file.
pub const LIST: &str = "lookouts";

pub struct Listed {
    folder: TempDir,
}

/// The starter bundle that also looks out for the entries of `csv`, in our own format, a list of today.
pub fn with_list(csv: &str) -> Listed {
    let folder = tempfile::Builder::new().prefix("bundle-").tempdir().unwrap();
    let bundle = folder.path().join("bundle");
    copy(&repository("config/bundle"), &bundle);
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let settings = format!(
        "[[list]]\nid = \"{LIST}\"\nfile = \"{LIST}.csv\"\nformat = \"csv\"\nowner = \"joint unit\"\nas_of = {today}\nreferral = \"rfi\"\n"
    );
    fs::create_dir(bundle.join("lists")).unwrap();
    fs::write(bundle.join("lists/lists.toml"), settings).unwrap();
    fs::write(bundle.join(format!("lists/{LIST}.csv")), csv).unwrap();
    Listed { folder }
}

impl Listed {
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("bundle")
    }

    /// The part of the configuration that names it.
    pub fn configuration(&self) -> String {
        format!("[bundle]\npath = {:?}\n", self.path())
    }
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

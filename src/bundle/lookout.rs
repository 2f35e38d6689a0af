//! An emergency lookout on top of a regular bundle: its profiles in a folder of their own, and a file that says when they hold.
//! The two together are again a bundle of files, so that a verdict names it by its hash and anybody can put it together anew.

use super::{File, LOOKOUT, LOOKOUT_FOLDER};
use crate::diagnostic::{Diagnostic, Source, table};
use crate::model::Timestamp;
use crate::screen::profile::Profile;

/// When the lookout's profiles hold, by event time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    from: Timestamp,
    before: Timestamp,
}

/// True for the files that only an emergency lookout brings.
pub(super) fn is_of_lookout(path: &str) -> bool {
    path == LOOKOUT || path.starts_with(LOOKOUT_FOLDER)
}

/// The files that a lookout adds to a regular bundle.
pub(super) fn files(lookout: &[File], from: Timestamp, until: Option<Timestamp>) -> Vec<File> {
    let moved = lookout.iter().map(|file| {
        let path = file.path.strip_prefix("profiles/").unwrap_or(&file.path);
        File { path: format!("{LOOKOUT_FOLDER}{path}"), text: file.text.clone() }
    });
    // Without an end it would not have been accepted.
    let text = format!("valid_from = {from}\nvalid_until = {}\n", until.unwrap_or(from));
    moved.chain([File { path: LOOKOUT.to_owned(), text }]).collect()
}

impl Validity {
    pub fn read(source: Source<'_>) -> Result<Self, Vec<Diagnostic>> {
        table::read(source, |table| {
            let [from, before] = ["valid_from", "valid_until"].map(|key| {
                table.require(key);
                table.time(key)
            });
            table.finish();
            Some(Self { from: from?, before: before? })
        })
    }

    /// A profile of a lookout holds no longer than the lookout, by event time: nothing has to be swapped when it ends.
    pub fn limit(self, profile: &mut Profile) {
        profile.valid_from = profile.valid_from.max(Some(self.from));
        profile.valid_before = Some(profile.valid_before.map_or(self.before, |before| before.min(self.before)));
    }
}

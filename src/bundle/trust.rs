//! The trust file: whose signatures make a bundle take effect here, and how many of them.

use std::path::Path;

use super::pack::{SIGNATURES_MAX, is_name};
use super::signature::PublicKey;
use crate::diagnostic::table::{self, Quoted, Table};
use crate::diagnostic::{Diagnostic, Source};
use crate::model::Timestamp;

/// Read by every replica; changed by operations, never by a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// The bundle that runs here, by name.
    pub bundle: String,
    /// What this place is, such as production.
    pub environment: String,
    /// People who must have signed beside the author.
    pub approvals: usize,
    /// Nothing older is taken, whatever else is known: what holds off a replay on a replica that has just started.
    pub sequence_min: u64,
    people: Vec<Person>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Person {
    id: String,
    keys: Vec<Key>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub public: PublicKey,
    valid_from: Timestamp,
    valid_before: Timestamp,
}

/// A page or two; this bounds what a misplaced file can cost.
const FILE_BYTES_MAX: u64 = 1 << 20;
const PEOPLE_MAX: usize = 1_000;
const KEYS_MAX: usize = 16;

impl Trust {
    pub fn load(path: &Path) -> Result<Self, Vec<Diagnostic>> {
        let name = path.display().to_string();
        let fault = |message: String| vec![Diagnostic::of_file(name.clone(), message)];
        let unreadable = |error: std::io::Error| fault(format!("the trust file cannot be read: {error}"));
        if std::fs::metadata(path).map_err(unreadable)?.len() > FILE_BYTES_MAX {
            return Err(fault(format!("larger than {FILE_BYTES_MAX} bytes")));
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::read(Source { name: &name, text: &text })
    }

    /// Every fault found is told.
    pub fn read(source: Source<'_>) -> Result<Self, Vec<Diagnostic>> {
        table::read(source, from_table)
    }

    /// The keys of an enrolled person.
    pub fn keys(&self, person: &str) -> Option<&[Key]> {
        self.people.iter().find(|enrolled| enrolled.id == person).map(|enrolled| &*enrolled.keys)
    }
}

impl Key {
    pub fn valid_at(&self, time: Timestamp) -> bool {
        self.valid_from <= time && time < self.valid_before
    }
}

fn from_table(table: Table<'_, '_>) -> Option<Trust> {
    let (bundle, environment) = (name(&table, "bundle"), name(&table, "environment"));
    table.require("approvals");
    let approvals = table.integer("approvals", 1..=(SIGNATURES_MAX as i64 - 1)).and_then(|count| usize::try_from(count).ok());
    let sequence_min = table.integer("sequence_min", 0..=i64::MAX).and_then(|number| u64::try_from(number).ok());
    let people = people(&table, approvals);
    table.finish();
    Some(Trust {
        bundle: bundle?,
        environment: environment?,
        approvals: approvals?,
        sequence_min: sequence_min.unwrap_or(0),
        people,
    })
}

fn name(table: &Table<'_, '_>, key: &'static str) -> Option<String> {
    let Quoted { text, span } = table.required_text(key)?;
    if !is_name(text) {
        table.faults().add(span, format!("`{key}` is small letters, digits and dashes, at most 64"), None);
        return None;
    }
    Some(text.to_owned())
}

fn people(table: &Table<'_, '_>, approvals: Option<usize>) -> Vec<Person> {
    let (mut people, mut known): (Vec<Person>, Vec<(PublicKey, String)>) = (Vec::new(), Vec::new());
    for entry in table.tables("person").into_iter().take(PEOPLE_MAX + 1) {
        let span = entry.span();
        let Some(person) = person(entry) else { continue };
        if people.iter().any(|other| other.id == person.id) {
            table.faults().add(span.clone(), format!("{} is enrolled twice", person.id), None);
        }
        for key in &person.keys {
            if let Some((_, other)) = known.iter().find(|(public, _)| *public == key.public) {
                let message = format!("{other} has that key too: one key must not count for two people");
                table.faults().add(span.clone(), message, None);
            }
            known.push((key.public, person.id.clone()));
        }
        people.push(person);
    }
    let needed = approvals.map_or(2, |approvals| approvals + 1);
    if people.len() < needed {
        let message = format!("{} enrolled, and a change needs {needed}: its author and who approves it", people.len());
        table.faults().add(table.span(), message, Some("enrol people with [[person]]".to_owned()));
    }
    if people.len() > PEOPLE_MAX {
        table.faults().add(table.span(), format!("more than {PEOPLE_MAX} people"), None);
    }
    people
}

fn person(table: Table<'_, '_>) -> Option<Person> {
    let id = name(&table, "id");
    let entries = table.tables("key");
    if entries.is_empty() || entries.len() > KEYS_MAX {
        table.faults().add(table.span(), format!("a person has from 1 to {KEYS_MAX} keys, each [[person.key]]"), None);
    }
    let keys = entries.into_iter().filter_map(key).collect();
    table.finish();
    Some(Person { id: id?, keys })
}

fn key(table: Table<'_, '_>) -> Option<Key> {
    let public = table.required_text("public").and_then(|text| {
        let key = PublicKey::parse(text.text);
        if key.is_none() {
            let hint = "`loadgate bundle keygen` prints one: ed25519:…".to_owned();
            table.faults().add(text.span, "this is no public key", Some(hint));
        }
        key
    });
    ["valid_from", "valid_until"].into_iter().for_each(|key| table.require(key));
    let (from, before) = (table.day("valid_from"), table.day_end("valid_until"));
    if from.is_some() && before <= from {
        table.faults().add(table.span(), "the key's validity ends before it begins", None);
    }
    table.finish();
    Some(Key { public: public?, valid_from: from?, valid_before: before? })
}

#[cfg(test)]
mod tests {
    use super::super::signature::SecretKey;
    use super::*;

    fn key(seed: u8) -> PublicKey {
        SecretKey::of_seed([seed; 32]).public()
    }

    fn person(id: &str, seed: u8) -> String {
        let dates = "valid_from = 2026-01-01\nvalid_until = 2026-12-31";
        format!("[[person]]\nid = '{id}'\n[[person.key]]\npublic = '{}'\n{dates}\n", key(seed))
    }

    fn read(text: &str) -> Result<Trust, Vec<Diagnostic>> {
        Trust::read(Source { name: "trust.toml", text })
    }

    const HEAD: &str = "bundle = 'screening'\nenvironment = 'production'\napprovals = 1\n";

    #[test]
    fn people_and_the_days_of_their_keys_are_read() {
        let trust = read(&format!("{HEAD}sequence_min = 4\n{}{}", person("a", 1), person("b", 2))).unwrap();
        assert_eq!((&*trust.bundle, &*trust.environment, trust.approvals, trust.sequence_min), ("screening", "production", 1, 4));
        let keys = trust.keys("b").unwrap();
        assert_eq!((keys.len(), keys[0].public), (1, key(2)));
        assert_eq!(trust.keys("c"), None);
        let valid = |time: &str| keys[0].valid_at(Timestamp::parse_rfc3339(time).unwrap());
        assert_eq!(
            ["2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"].map(valid),
            [false, true, true, false]
        );
    }

    #[test]
    fn a_trust_file_that_cannot_protect_is_refused() {
        let two = || person("a", 1) + &person("b", 2);
        let told = |text: String| read(&text).unwrap_err().into_iter().map(|fault| fault.message).collect::<Vec<_>>().join("; ");
        for (text, expected) in [
            (HEAD.replace("= 1", "= 0") + &two(), "`approvals` must be from 1 to 15"),
            (HEAD.to_owned() + &person("a", 1), "1 enrolled, and a change needs 2"),
            (HEAD.to_owned() + &person("a", 1) + &person("b", 1), "one key must not count for two people"),
            (HEAD.to_owned() + &two() + &person("a", 3), "a is enrolled twice"),
            (HEAD.to_owned() + &two().replace("ed25519:", ""), "this is no public key"),
            (HEAD.to_owned() + &two().replace("2026-12-31", "2025-12-31"), "ends before it begins"),
            (HEAD.to_owned() + &two().replace("valid_until = 2026-12-31", ""), "`valid_until` is missing"),
            (HEAD.replace("approvals = 1", "aprovals = 1") + &two(), "`approvals` is missing; there is no key `aprovals` here"),
        ] {
            let told = told(text);
            assert!(told.contains(expected), "{told:?} does not say {expected:?}");
        }
    }
}

//! The formats in which lists come, told apart by name or by their first bytes.

mod ftm;
mod ofac;
mod ofac_xml;
mod own;
mod un;
mod xml;

use std::borrow::Cow;
use std::fmt;

use super::entry::Entry;
pub use own::COLUMNS as OWN_COLUMNS;

/// A list as read: its entries, and what could not be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct List {
    pub entries: Vec<Entry>,
    /// The first thousand.
    pub faults: Vec<Fault>,
    /// All of them.
    pub fault_count: usize,
    /// The line on which reading had to end before the file did: what follows is not known.
    pub ended_at_line: Option<u64>,
    /// Rows that are no parties (addresses, relations), by design.
    pub skipped: usize,
    /// The day of which the list says that it is, counted from 1970-01-01.
    pub as_of_day: Option<i32>,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// From 1.
    pub line: u64,
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// Faults beyond this are counted, not kept.
pub const FAULTS_MAX: usize = 1_000;

impl List {
    fn fault(&mut self, line: u64, message: impl Into<String>) {
        self.fault_count += 1;
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { line, message: message.into() });
        }
    }

    /// A fault after which nothing can be read.
    fn end(&mut self, line: u64, message: impl Into<String>) {
        self.fault(line, message);
        self.ended_at_line = Some(line);
    }

    /// Keeps an entry that has something to be met by, and tells where; `None` when it is refused.
    fn keep(&mut self, entry: Entry, line: u64) -> Option<usize> {
        if entry.names.is_empty() && entry.identifiers.is_empty() {
            self.fault(line, "the entry has neither a name nor an identifier");
            return None;
        }
        if self.entries.len() >= ENTRIES_MAX {
            self.fault(line, format!("more than {ENTRIES_MAX} entries"));
            return None;
        }
        self.entries.push(entry);
        Some(self.entries.len() - 1)
    }
}

/// Twice the largest collection of lists that is published.
const ENTRIES_MAX: usize = 10_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Our CSV: a header with the columns' names.
    Csv,
    /// The consolidated list of the UN Security Council.
    UnXml,
    /// `sdn.csv` of the US Treasury, with `alt.csv` and `add.csv` beside it.
    OfacCsv,
    /// `sdn.xml` of the US Treasury.
    OfacXml,
    /// FollowTheMoney entities, a JSON object a line, as OpenSanctions publishes them.
    Ftm,
}

impl Format {
    pub const CHOICES: [(&'static str, Format); 5] = [
        ("csv", Format::Csv),
        ("un_xml", Format::UnXml),
        ("ofac_csv", Format::OfacCsv),
        ("ofac_xml", Format::OfacXml),
        ("ftm", Format::Ftm),
    ];

    pub fn as_str(self) -> &'static str {
        Self::CHOICES.iter().find(|(_, format)| *format == self).map(|(name, _)| *name).unwrap_or_default()
    }

    /// Told by the first bytes.
    pub fn sniff(bytes: &[u8]) -> Self {
        let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(2_000)).unwrap_or_default());
        let head = head.trim_start_matches('\u{feff}').trim_start();
        match head.as_bytes().first() {
            Some(b'<') if head.contains("CONSOLIDATED_LIST") => Format::UnXml,
            Some(b'<') => Format::OfacXml,
            Some(b'{') => Format::Ftm,
            Some(b'0'..=b'9') => Format::OfacCsv,
            _ => Format::Csv,
        }
    }

    /// Reads a list. `companions` are the files that a format keeps beside the main one: aliases, then addresses.
    pub fn read(self, bytes: &[u8], companions: &[Vec<u8>]) -> List {
        match self {
            Format::Csv => own::read(bytes),
            Format::UnXml => un::read(bytes),
            Format::OfacCsv => ofac::read(bytes, companions),
            Format::OfacXml => ofac_xml::read(bytes),
            Format::Ftm => ftm::read(bytes),
        }
    }
}

/// Text that claims to be UTF-8; older files are Latin 1.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').into(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// A list's file as text, which is how it travels in a bundle.
pub fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| text(error.as_bytes()).into_owned())
}

/// `2026-01-31` (whatever follows), counted from 1970-01-01.
pub fn day(text: &str) -> Option<i32> {
    let date: jiff::civil::Date = text.trim().get(..10)?.parse().ok()?;
    let epoch = jiff::civil::date(1970, 1, 1);
    date.since(epoch).ok().map(|span| span.get_days())
}

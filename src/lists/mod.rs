//! Watchlists: people, companies, contacts and waybills that somebody looks out for, read from the formats in which they come.
//!
//! A faulty row is told with its line and does not stop the rest.

mod birth;
mod country;
mod entry;
mod format;
mod guard;
mod identifier;
mod watchlists;

#[cfg(test)]
mod docs_tests;
#[cfg(test)]
mod format_tests;
#[cfg(test)]
mod real_tests;

pub use birth::{Agreement, Birth};
pub use country::code as country_code;
pub use entry::{Effect, Entry, ListedName, Validity};
pub use format::{Fault, Format, List, OWN_COLUMNS, day, into_text};
pub use guard::{Refusal, Thresholds};
pub use identifier::{Identifier, ip_number};
pub use watchlists::{EntryId, Known, NameHit, Source, Watchlists};

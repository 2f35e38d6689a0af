//! What a list holds: entries, each a party or a bare identifier, with everything that tells it from others.

use std::ops::RangeInclusive;

use super::birth::Birth;
use super::identifier::Identifier;
use crate::names::Schema;

/// One line of a list that somebody put there for a reason.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// As the list numbers it.
    pub id: String,
    /// `None`: could be either.
    pub schema: Option<Schema>,
    /// The first is the main name. Empty for bare identifiers.
    pub names: Vec<ListedName>,
    /// ISO 3166-1 alpha-2: nationality, residence, registration.
    pub countries: Vec<String>,
    pub births: Vec<Birth>,
    pub addresses: Vec<String>,
    pub identifiers: Vec<Identifier>,
    /// Days on which the entry holds, counted from 1970-01-01; everything when not said.
    pub valid: Validity,
    pub reason: String,
    pub source: String,
    pub effect: Effect,
}

/// One name or alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedName {
    pub text: String,
    /// The list itself calls it uncertain or too broad ("low quality a.k.a."): it counts only when it is met exactly.
    pub weak: bool,
}

impl ListedName {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), weak: false }
    }
}

/// Whether an entry raises suspicion or allays it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effect {
    #[default]
    Watch,
    /// Known to be another than the listed party it resembles: its hits are shown in shadow.
    Allow,
}

/// First and last day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    pub from_day: i32,
    pub until_day: i32,
}

impl Default for Validity {
    fn default() -> Self {
        Self { from_day: i32::MIN, until_day: i32::MAX }
    }
}

impl Validity {
    pub fn days(self) -> RangeInclusive<i32> {
        self.from_day..=self.until_day
    }

    /// Both at once.
    pub fn and(self, other: Self) -> Self {
        Self { from_day: self.from_day.max(other.from_day), until_day: self.until_day.min(other.until_day) }
    }
}

impl Entry {
    /// The main name, else the first identifier, else the id: how a person would call the entry.
    pub fn title(&self) -> String {
        let name = self.names.first().map(|name| name.text.clone());
        name.or_else(|| self.identifiers.first().map(ToString::to_string)).unwrap_or_else(|| self.id.clone())
    }

    /// Adds a name unless it is blank or known.
    pub(super) fn name(&mut self, text: &str, weak: bool) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() && !self.names.iter().any(|known| known.text == text) {
            self.names.push(ListedName { text, weak });
        }
    }

    /// Adds a country by code or name; what is no country is left out.
    pub(super) fn country(&mut self, text: &str) {
        let code = super::country::code(text).filter(|code| !self.countries.contains(code));
        self.countries.extend(code);
    }

    pub(super) fn address(&mut self, text: &str) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() && !self.addresses.contains(&text) {
            self.addresses.push(text);
        }
    }

    pub(super) fn birth(&mut self, text: &str) {
        self.births.extend(Birth::parse(text).filter(|birth| !self.births.contains(birth)));
    }
}

//! The configuration as written: the file and the environment in one table, in which every value knows its place, and the
//! faults found in it so far.

use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use super::source::{self, PREFIX, Source, Variable};
use super::{schema, table};
use crate::diagnostic::Diagnostic;

/// Path of a key: tables by name, list elements by position.
pub type Path = Vec<String>;

pub struct Document<'s> {
    sources: &'s [Source],
    root: Spanned<DeTable<'s>>,
    schema: &'s Json,
    faults: Vec<Diagnostic>,
    /// Keys that have been reported and taken out; their defaults stand in for them.
    faulty: Vec<Path>,
    /// False when the file is no TOML: nothing further can then be said about it.
    readable: bool,
}

impl<'s> Document<'s> {
    /// The first of `sources` is the file; the others override it.
    pub fn parse(sources: &'s [Source], schema: &'s Json) -> Self {
        let (root, errors) = DeTable::parse_recoverable(sources.first().map_or("", Source::text));
        let readable = errors.is_empty();
        let mut document = Self { sources, root, schema, faults: Vec::new(), faulty: Vec::new(), readable };
        for error in errors {
            document.fault(&error.span().unwrap_or_default(), error.message(), None);
        }
        if readable {
            for source in sources {
                source.variable().into_iter().for_each(|variable| document.override_with(variable, source.start()));
            }
            document.refuse_unknown_keys();
        }
        document
    }

    /// `LOADGATE__KAFKA__GROUP` is the key `group` of `[kafka]`.
    fn override_with(&mut self, variable: &'s Variable, start: usize) {
        let path: Path = variable.name.trim_start_matches(PREFIX).split("__").map(str::to_lowercase).collect();
        let key = start..start + variable.name.len();
        let value = override_value(variable, schema::at(self.schema, &path));
        if !table::insert(self.root.get_mut(), &path, &key, value) {
            self.fault(&key, &format!("`{}` is below a value that is no table", path.join(".")), None);
        }
    }

    /// Reports each key that the schema does not know and takes it out.
    fn refuse_unknown_keys(&mut self) {
        let mut unknown = Vec::new();
        schema::unknown_keys(self.root.get_ref(), self.schema, &mut Vec::new(), &mut unknown);
        for key in unknown {
            let (name, section) = key.path.split_last().map_or(("", &[][..]), |(name, section)| (name.as_str(), section));
            let place = if section.is_empty() { String::new() } else { format!(" in [{}]", section.join(".")) };
            self.fault(&key.span, &format!("unknown key `{name}`{place}"), key.suggestion);
            table::remove(self.root.get_mut(), &key.path);
            self.faulty.push(key.path);
        }
    }

    /// Turns the table into `T`. Each value that does not fit is reported and taken out, until the rest fits.
    pub fn read<T: DeserializeOwned + Default>(&mut self) -> T {
        while self.readable {
            match T::deserialize(toml::de::Deserializer::from(self.root.clone())) {
                Ok(whole) => return whole,
                Err(error) if self.take_out(&error) => {}
                Err(_) => break,
            }
        }
        T::default()
    }

    /// Reports `error` and removes what it is about; false when that cannot be found.
    fn take_out(&mut self, error: &Error) -> bool {
        let span = error.span().unwrap_or_default();
        self.fault(&span, error.message(), schema::nearest_variant(error.message()));
        let Some(path) = table::innermost(self.root.get_ref(), &span) else { return false };
        let removed = table::remove(self.root.get_mut(), &path);
        self.faulty.push(path);
        removed
    }

    /// Reports a fault that concerns the keys at `paths`, at the first of them that was written. Says nothing when one of them
    /// is faulty already, since its default then stands in for what was meant.
    pub fn refuse(&mut self, paths: &[&[&str]], message: impl Into<String>) {
        let one_holds_the_other = |path: &[&str], fault: &Path| fault.iter().zip(path).all(|(a, b)| a == b);
        let known = paths.iter().any(|path| self.faulty.iter().any(|fault| one_holds_the_other(path, fault)));
        if self.readable && !known {
            let place = paths.iter().find_map(|path| table::place(self.root.get_ref(), path));
            self.fault(&place.unwrap_or_default(), &message.into(), None);
        }
    }

    /// `whole`, or every fault in the order of their places.
    pub fn verdict<T>(mut self, whole: T) -> Result<T, Vec<Diagnostic>> {
        if self.faults.is_empty() {
            return Ok(whole);
        }
        self.faults.sort_by_key(|fault| (fault.place.line, fault.place.column));
        Err(self.faults)
    }

    fn fault(&mut self, span: &Range<usize>, message: &str, suggestion: Option<String>) {
        self.faults.extend(source::diagnostic(self.sources, span, message, suggestion));
    }
}

/// What a variable says: TOML where that fits, else text. Where only text fits it is always text, and where a list of texts is
/// wanted, commas may separate them.
fn override_value<'s>(variable: &'s Variable, schema: Option<&Json>) -> Spanned<DeValue<'s>> {
    let span = variable.value_start..variable.value_start + variable.value.len();
    let text = |part: &'s str| Spanned::new(span.clone(), DeValue::String(part.into()));
    match parse_value(&variable.toml) {
        Some(value) if value.get_ref().is_str() || value.get_ref().is_array() => value,
        _ if schema.is_some_and(schema::is_list_of_text) => {
            let parts = variable.value.split(',').map(|part| text(part.trim()));
            Spanned::new(span.clone(), DeValue::Array(parts.collect()))
        }
        Some(value) if !schema.is_some_and(schema::is_text) => value,
        _ => text(&variable.value),
    }
}

fn parse_value(toml: &str) -> Option<Spanned<DeValue<'_>>> {
    let table = DeTable::parse(toml).ok()?.into_inner();
    table.into_iter().next().map(|(_, value)| value)
}

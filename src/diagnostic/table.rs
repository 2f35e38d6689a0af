//! A TOML table read key by key: each reader names the keys it knows, and every fault is kept with its place. Keys that nobody
//! asked for are refused at the end, with the nearest known one.

use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Diagnostic, Source, article, did_you_mean};
use crate::model::Timestamp;

const DAY_MILLIS: i64 = 86_400_000;
const ID_BYTES_MAX: usize = 64;

/// The faults of one file, collected while it is read.
pub struct Faults<'s> {
    pub source: Source<'s>,
    list: RefCell<Vec<Diagnostic>>,
}

/// One table of the file.
pub struct Table<'t, 's> {
    faults: &'t Faults<'s>,
    entries: &'t DeTable<'s>,
    span: Range<usize>,
    known: RefCell<Vec<&'static str>>,
}

/// A string value and where its text stands, quotes included.
#[derive(Debug, Clone)]
pub struct Quoted<'t> {
    pub text: &'t str,
    pub span: Range<usize>,
}

/// What `from` makes of a file's root table, or every fault that was found.
pub fn read<T>(source: Source<'_>, from: impl FnOnce(Table<'_, '_>) -> Option<T>) -> Result<T, Vec<Diagnostic>> {
    let faults = Faults::new(source);
    let read = faults.parse().and_then(|tree| from(Table::root(&faults, &tree)));
    match read {
        Some(read) if faults.is_empty() => Ok(read),
        _ => Err(faults.into_diagnostics()),
    }
}

impl<'s> Faults<'s> {
    pub fn new(source: Source<'s>) -> Self {
        Self { source, list: RefCell::default() }
    }

    pub fn add(&self, span: Range<usize>, message: impl Into<String>, suggestion: Option<String>) {
        self.list.borrow_mut().push(self.source.error(span, message, suggestion));
    }

    /// A fault within a string value, `inner` being bytes of its text.
    pub fn add_within(&self, quoted: &Quoted<'_>, inner: Range<usize>, message: impl Into<String>, suggestion: Option<String>) {
        let raw = self.source.text.get(quoted.span.clone()).unwrap_or_default();
        let start = quoted.span.start.saturating_add(raw_position(raw, inner.start));
        let end = quoted.span.start.saturating_add(raw_position(raw, inner.end));
        self.add(start..end.max(start), message, suggestion);
    }

    /// The file's syntax tree; `None` when it is not TOML, the reasons being kept.
    pub fn parse(&self) -> Option<Spanned<DeTable<'s>>> {
        let (tree, errors) = DeTable::parse_recoverable(self.source.text);
        for error in &errors {
            self.add(error.span().unwrap_or(0..0), format!("not TOML: {}", error.message()), None);
        }
        errors.is_empty().then_some(tree)
    }

    pub fn is_empty(&self) -> bool {
        self.list.borrow().is_empty()
    }

    /// In the order of the file.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut list = self.list.into_inner();
        list.sort_by_key(|fault| (fault.place.line, fault.place.column));
        list
    }
}

impl<'t, 's> Table<'t, 's> {
    pub fn root(faults: &'t Faults<'s>, tree: &'t Spanned<DeTable<'s>>) -> Self {
        Self::new(faults, tree.get_ref(), 0..0)
    }

    fn new(faults: &'t Faults<'s>, entries: &'t DeTable<'s>, span: Range<usize>) -> Self {
        Self { faults, entries, span, known: RefCell::default() }
    }

    pub fn faults(&self) -> &'t Faults<'s> {
        self.faults
    }

    /// Where the table stands, for faults of the table as a whole.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    pub fn value(&self, key: &'static str) -> Option<&'t Spanned<DeValue<'s>>> {
        self.known.borrow_mut().push(key);
        self.entries.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    /// Every key with its place and value, for tables whose keys are names.
    pub fn entries(&self) -> impl Iterator<Item = (Quoted<'t>, &'t Spanned<DeValue<'s>>)> {
        self.entries.iter().map(|(key, value)| (Quoted { text: key.get_ref(), span: key.span() }, value))
    }

    pub fn text(&self, key: &'static str) -> Option<Quoted<'t>> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(Quoted { text, span: value.span() }),
            _ => self.mistyped(key, value, "a string"),
        }
    }

    /// A text that must be there and not blank.
    pub fn required_text(&self, key: &'static str) -> Option<Quoted<'t>> {
        let present = self.value(key).is_some();
        let text = self.text(key);
        if !present {
            self.missing(key);
        } else if let Some(quoted) = text.as_ref().filter(|quoted| quoted.text.trim().is_empty()) {
            self.faults.add(quoted.span.clone(), format!("`{key}` is empty"), None);
        }
        text
    }

    /// The name of a rule, which must be there.
    pub fn id(&self) -> Option<String> {
        let id = self.required_text("id")?;
        let plain = id.text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !plain || id.text.len() > ID_BYTES_MAX {
            self.faults.add(id.span, format!("an id is small letters, digits and dashes, at most {ID_BYTES_MAX}"), None);
            return None;
        }
        Some(id.text.to_owned())
    }

    /// A fault unless the key is there.
    pub fn require(&self, key: &'static str) {
        if self.value(key).is_none() {
            self.missing(key);
        }
    }

    fn missing(&self, key: &str) {
        self.faults.add(self.span(), format!("`{key}` is missing"), None);
    }

    pub fn integer(&self, key: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.value(key)?;
        let DeValue::Integer(integer) = value.get_ref() else { return self.mistyped(key, value, "a whole number") };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|number| range.contains(number));
        if number.is_none() {
            let message = format!("`{key}` must be from {} to {}", range.start(), range.end());
            self.faults.add(value.span(), message, None);
        }
        number
    }

    pub fn boolean(&self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        value.get_ref().as_bool().or_else(|| self.mistyped(key, value, "true or false"))
    }

    /// One of a closed list of words.
    pub fn choice<T: Copy>(&self, key: &'static str, choices: &[(&'static str, T)]) -> Option<T> {
        self.text(key).and_then(|quoted| self.chosen(key, &quoted, choices))
    }

    /// The meaning of a word that stands under `key`.
    pub fn chosen<T: Copy>(&self, key: &str, word: &Quoted<'_>, choices: &[(&'static str, T)]) -> Option<T> {
        let choice = choices.iter().find(|(name, _)| *name == word.text).map(|(_, choice)| *choice);
        if choice.is_none() {
            let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
            let hint = did_you_mean(word.text, names.iter().copied()).unwrap_or_else(|| format!("one of {}", names.join(", ")));
            self.faults.add(word.span.clone(), format!("`{key}` cannot be {:?}", word.text), Some(hint));
        }
        choice
    }

    /// A calendar day, as the time of its start in UTC.
    pub fn day(&self, key: &'static str) -> Option<Timestamp> {
        let value = self.value(key)?;
        let date = value.get_ref().as_datetime().filter(|time| time.time.is_none()).map(ToString::to_string);
        let time = date.and_then(|date| Timestamp::parse_rfc3339(&format!("{date}T00:00:00Z")));
        time.or_else(|| self.mistyped(key, value, "a date such as 2026-01-31, without quotes"))
    }

    /// The first moment after a calendar day.
    pub fn day_end(&self, key: &'static str) -> Option<Timestamp> {
        self.day(key).map(|day| Timestamp::from_millis(day.millis().saturating_add(DAY_MILLIS)))
    }

    /// A point in time with its offset.
    pub fn time(&self, key: &'static str) -> Option<Timestamp> {
        let value = self.value(key)?;
        let time = value.get_ref().as_datetime().and_then(|time| Timestamp::parse_rfc3339(&time.to_string()));
        time.or_else(|| self.mistyped(key, value, "a time such as 2026-01-31T12:00:00Z, without quotes"))
    }

    pub fn table(&self, key: &'static str) -> Option<Table<'t, 's>> {
        let value = self.value(key)?;
        self.as_table(key, value)
    }

    /// A value that must be a table.
    pub fn as_table(&self, key: &str, value: &'t Spanned<DeValue<'s>>) -> Option<Table<'t, 's>> {
        match value.get_ref() {
            DeValue::Table(entries) => Some(Table::new(self.faults, entries, value.span())),
            _ => self.mistyped(key, value, "a table"),
        }
    }

    /// The elements of `key = [...]`; none when it is absent.
    pub fn array(&self, key: &'static str) -> &'t [Spanned<DeValue<'s>>] {
        let Some(value) = self.value(key) else { return &[] };
        match value.get_ref() {
            DeValue::Array(elements) => elements,
            _ => self.mistyped(key, value, "a list").unwrap_or_default(),
        }
    }

    /// The texts of `key = ["…", "…"]`.
    pub fn texts(&self, key: &'static str) -> Vec<Quoted<'t>> {
        let elements = self.array(key).iter();
        let text = |value: &'t Spanned<DeValue<'s>>| match value.get_ref() {
            DeValue::String(text) => Some(Quoted { text, span: value.span() }),
            _ => self.mistyped(key, value, "a list of strings"),
        };
        elements.filter_map(text).collect()
    }

    /// The tables of `[[key]]`.
    pub fn tables(&self, key: &'static str) -> Vec<Table<'t, 's>> {
        self.array(key).iter().filter_map(|value| self.as_table(key, value)).collect()
    }

    /// Refuses every key that was not asked for.
    pub fn finish(self) {
        let known = self.known.borrow();
        for (key, _) in self.entries().filter(|(key, _)| !known.contains(&key.text)) {
            let hint = did_you_mean(key.text, known.iter().copied());
            self.faults.add(key.span, format!("there is no key `{}` here", key.text), hint);
        }
    }

    fn mistyped<T>(&self, key: &str, value: &Spanned<DeValue<'s>>, wanted: &str) -> Option<T> {
        let found = value.get_ref().type_str();
        self.faults.add(value.span(), format!("`{key}` must be {wanted}, this is {}", article(found)), None);
        None
    }
}

/// The position in a TOML string as written (quotes included) of a byte of its text.
fn raw_position(raw: &str, position: usize) -> usize {
    let multi_line = raw.starts_with("\"\"\"") || raw.starts_with("'''");
    let escapes = raw.starts_with('"');
    let mut at = if multi_line { 3 } else { 1 };
    if multi_line {
        let body = raw.get(at..).unwrap_or_default();
        at += if body.starts_with("\r\n") { 2 } else { usize::from(body.starts_with('\n')) };
    }
    let mut decoded = 0;
    loop {
        let rest = raw.get(at..).unwrap_or_default();
        let skipped = if escapes { line_continuation(rest) } else { 0 };
        if skipped > 0 {
            at += skipped;
            continue;
        }
        if decoded >= position || rest.is_empty() {
            return at;
        }
        let (raw_len, decoded_len) = step(rest, escapes);
        at += raw_len;
        decoded += decoded_len;
    }
}

/// Bytes of a backslash at the end of a line together with the white space it swallows.
fn line_continuation(rest: &str) -> usize {
    let Some(after) = rest.strip_prefix('\\') else { return 0 };
    let blank = after.trim_start_matches([' ', '\t']);
    if blank.starts_with(['\n', '\r']) { rest.len() - after.trim_start_matches([' ', '\t', '\r', '\n']).len() } else { 0 }
}

/// Bytes as written and bytes of text of the next character.
fn step(rest: &str, escapes: bool) -> (usize, usize) {
    let Some(first) = rest.chars().next() else { return (1, 1) };
    if !(escapes && first == '\\') {
        return (first.len_utf8(), first.len_utf8());
    }
    let digits = match rest.as_bytes().get(1) {
        Some(b'x') => 2,
        Some(b'u') => 4,
        Some(b'U') => 8,
        _ => return (2, 1),
    };
    let code = rest.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
    (2 + digits, code.map_or(1, char::len_utf8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_within_a_string_is_found_whatever_its_quotes() {
        for raw in ["'abXcd'", "\"abXcd\"", "'''\nabXcd'''", "\"\"\"\r\nabXcd\"\"\"", "\"\"\"ab\\\n   Xcd\"\"\""] {
            assert_eq!(raw.get(raw_position(raw, 2)..).unwrap().chars().next(), Some('X'), "{raw:?}");
        }
        assert_eq!(raw_position(r#""\u00e9\tX""#, 3), 9);
        assert_eq!(raw_position("'ab'", 99), 4);
    }

    #[test]
    fn every_fault_of_a_table_is_told_in_the_order_of_the_file() {
        let text = "count = 12\nnaem = 'x'\nmode = 'livr'\nday = '2026-01-01'\n";
        let faults = Faults::new(Source { name: "t.toml", text });
        let tree = faults.parse().unwrap();
        let table = Table::root(&faults, &tree);
        assert_eq!(table.integer("count", 0..=9), None);
        assert_eq!(table.choice("mode", &[("live", 1), ("dead", 2)]), None);
        assert_eq!(table.day("day"), None);
        assert!(table.required_text("name").is_none());
        table.finish();
        let told: Vec<_> = faults.into_diagnostics().into_iter().map(|fault| (fault.place.line, fault.suggestion)).collect();
        assert_eq!(
            told,
            [(1, None), (1, None), (2, Some("did you mean `name`?".into())), (3, Some("did you mean `live`?".into())), (4, None)]
        );
    }
}

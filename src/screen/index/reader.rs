//! Reading a fact once, for all conditions: its value becomes keys.
//!
//! A key is something that may be so about a fact: it equals this text, the list holds it, the text contains it, the number lies in
//! this range, the fact is stated. Whatever conditions ask of a fact is looked up together.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use rustc_hash::FxHashMap;

use super::scratch::{Held, Hits, NO_PIECE};
use super::segments::Segments;
use super::{KeyId, NO_KEY};
use crate::screen::cel::{FactIndex, Num, Row};
use crate::screen::value::{List, Value};

/// Longer lists are not taken apart: the budget of list macros could end an evaluation that keys would decide.
const ELEMENTS_MAX: usize = 256;
const ELEMENT_BYTES_MAX: usize = 64 << 10;
/// Patterns of which more bytes are sought share states in a slower, smaller automaton.
const DFA_PATTERN_BYTES_MAX: usize = 64 << 10;

/// Where in the text a pattern must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Anywhere,
    Start,
    End,
}

/// Everything that conditions ask of one fact.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reader {
    pub fact: FactIndex,
    /// The fact, or an element of the list, is this text.
    texts: FxHashMap<Box<str>, KeyId>,
    as_written: Scan,
    any_case: Scan,
    /// Keys of false and true.
    truth: [Option<KeyId>; 2],
    pub segments: Segments,
    constants: Vec<Num>,
    /// Keys of absent and stated; a list without elements is absent.
    presence: [Option<KeyId>; 2],
    /// Some condition has a list macro over the fact.
    pub by_element: bool,
}

/// Texts sought in one pass.
#[derive(Debug, Clone, Default)]
struct Scan {
    numbers: FxHashMap<Box<str>, usize>,
    patterns: Vec<Pattern>,
    automaton: Option<AhoCorasick>,
}

#[derive(Debug, Clone)]
struct Pattern {
    text: Box<str>,
    anywhere: KeyId,
    start: KeyId,
    end: KeyId,
}

impl Reader {
    pub fn of(fact: FactIndex) -> Self {
        Self { fact, ..Self::default() }
    }

    pub fn text_key(&mut self, text: &str, next: impl FnOnce() -> KeyId) -> KeyId {
        if let Some(key) = self.texts.get(text) {
            return *key;
        }
        let key = next();
        self.texts.insert(text.into(), key);
        key
    }

    /// `any_case` looks past the case of ASCII letters.
    pub fn pattern_key(&mut self, text: &str, place: Place, any_case: bool, next: impl FnOnce() -> KeyId) -> KeyId {
        let scan = if any_case { &mut self.any_case } else { &mut self.as_written };
        let number = *scan.numbers.entry(text.into()).or_insert(scan.patterns.len());
        if number == scan.patterns.len() {
            scan.patterns.push(Pattern { text: text.into(), anywhere: NO_KEY, start: NO_KEY, end: NO_KEY });
        }
        let Some(pattern) = scan.patterns.get_mut(number) else { return NO_KEY };
        let key = match place {
            Place::Anywhere => &mut pattern.anywhere,
            Place::Start => &mut pattern.start,
            Place::End => &mut pattern.end,
        };
        if *key == NO_KEY {
            *key = next();
        }
        *key
    }

    pub fn truth_key(&mut self, truth: bool, next: impl FnOnce() -> KeyId) -> KeyId {
        let [when_false, when_true] = &mut self.truth;
        *(if truth { when_true } else { when_false }).get_or_insert_with(next)
    }

    pub fn presence_key(&mut self, stated: bool, next: impl FnOnce() -> KeyId) -> KeyId {
        let [when_absent, when_stated] = &mut self.presence;
        *(if stated { when_stated } else { when_absent }).get_or_insert_with(next)
    }

    pub fn presence(&self, stated: bool) -> Option<KeyId> {
        let [when_absent, when_stated] = self.presence;
        if stated { when_stated } else { when_absent }
    }

    /// Keys of which a single value hits at most one.
    pub fn exclusive_keys(&self) -> impl Iterator<Item = KeyId> {
        self.texts.values().copied().chain(self.truth.into_iter().flatten())
    }

    /// The key tells nothing about how rare it is.
    pub fn is_coarse(&self, key: KeyId) -> bool {
        self.truth.contains(&Some(key)) || self.presence.contains(&Some(key))
    }

    pub fn compare_with(&mut self, numbers: impl Iterator<Item = Num>) {
        self.constants.extend(numbers);
    }

    /// When everything is known that is asked.
    pub fn prepare(&mut self) {
        self.segments = Segments::new(std::mem::take(&mut self.constants));
        self.as_written.prepare(false);
        self.any_case.prepare(true);
    }

    /// Reads the fact and notes every key that is so.
    pub(super) fn read<R: Row>(&self, row: &R, reader: u32, hits: &mut Hits) {
        let value = row.value(self.fact);
        let stated = !matches!(value, Value::Missing) && !matches!(value, Value::List(list) if list.is_empty());
        let [when_absent, when_stated] = self.presence;
        if let Some(key) = if stated { when_stated } else { when_absent } {
            hits.hit(key);
        }
        match value {
            Value::Missing => hits.missing(reader),
            Value::Bool(truth) => {
                let [when_false, when_true] = self.truth;
                hits.hold(reader, Held::Other);
                if let Some(key) = if truth { when_true } else { when_false } {
                    hits.hit(key);
                }
            }
            Value::Int(number) => self.number(Num::Int(number), reader, hits),
            Value::Double(number) => self.number(Num::Double(number), reader, hits),
            Value::Time(time) => self.number(Num::Int(time.millis()), reader, hits),
            Value::Text(text) => {
                hits.hold(reader, Held::Other);
                self.text(text, hits);
            }
            Value::List(list) => self.list(list, reader, hits),
        }
    }

    fn number(&self, number: Num, reader: u32, hits: &mut Hits) {
        let piece = self.segments.piece(number);
        hits.hold(reader, Held::Number(number, piece.map_or(NO_PIECE, super::number)));
        if let Some(piece) = piece {
            self.segments.hit(piece, |key| hits.hit(key));
        }
    }

    fn text(&self, text: &str, hits: &mut Hits) {
        if let Some(key) = self.texts.get(text) {
            hits.hit(*key);
        }
        self.as_written.read(text, hits);
        self.any_case.read(text, hits);
    }

    fn list(&self, list: List<'_>, reader: u32, hits: &mut Hits) {
        hits.hold(reader, if list.is_empty() { Held::Empty } else { Held::Other });
        let mut bytes = 0;
        for element in list.iter() {
            bytes += element.len();
            self.text(element, hits);
        }
        if self.by_element && (list.len() > ELEMENTS_MAX || bytes > ELEMENT_BYTES_MAX) {
            hits.oversize(reader);
        }
    }
}

impl Scan {
    fn prepare(&mut self, any_case: bool) {
        if self.patterns.is_empty() {
            return;
        }
        let texts = self.patterns.iter().map(|pattern| &*pattern.text);
        let bytes: usize = texts.clone().map(str::len).sum();
        let kind = (bytes <= DFA_PATTERN_BYTES_MAX).then_some(AhoCorasickKind::DFA);
        self.automaton = AhoCorasick::builder().ascii_case_insensitive(any_case).kind(kind).build(texts).ok();
        self.numbers = FxHashMap::default();
    }

    fn read(&self, text: &str, hits: &mut Hits) {
        let Some(automaton) = &self.automaton else { return };
        for found in automaton.find_overlapping_iter(text) {
            let Some(pattern) = self.patterns.get(found.pattern().as_usize()) else { continue };
            hits.hit_if_any(pattern.anywhere);
            if found.start() == 0 {
                hits.hit_if_any(pattern.start);
            }
            if found.end() == text.len() {
                hits.hit_if_any(pattern.end);
            }
        }
    }
}

//! The values that facts, profiles and evidence speak of.

use crate::model::{Code, Text, Timestamp};

/// The type of a fact, as profiles see it (CEL: bool, int, double, string, timestamp, list(string)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Bool,
    Int,
    Double,
    Text,
    Time,
    TextList,
}

/// A fact's value for one consignment. `Missing` is what the message did not say: in a profile it is an error value that
/// `has()` tests and that `&&` and `||` absorb as CEL prescribes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'f> {
    Missing,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(&'f str),
    Time(Timestamp),
    List(List<'f>),
}

/// A list of text, borrowed in whichever form the message holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum List<'f> {
    Texts(&'f [Text<'f>]),
    Codes(&'f [Code<3>]),
    Strs(&'f [&'f str]),
    /// Pieces of one text, where derived values share one buffer.
    Spans(&'f str, &'f [Span]),
}

/// A piece of a text: byte positions, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// Empty when the span is not of this text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

impl<'f> List<'f> {
    pub fn len(&self) -> usize {
        match self {
            List::Texts(list) => list.len(),
            List::Codes(list) => list.len(),
            List::Strs(list) => list.len(),
            List::Spans(_, list) => list.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, index: usize) -> Option<&'f str> {
        match self {
            List::Texts(list) => list.get(index).map(Text::as_str),
            List::Codes(list) => list.get(index).map(Code::as_str),
            List::Strs(list) => list.get(index).copied(),
            List::Spans(text, list) => list.get(index).map(|span| span.of(text)),
        }
    }

    pub fn iter(self) -> impl Iterator<Item = &'f str> {
        (0..self.len()).filter_map(move |index| self.get(index))
    }
}

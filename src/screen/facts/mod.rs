//! Facts: one flat, typed row about one consignment, and the catalogue of their names.
//!
//! A fact is what the message says, or what follows from it by arithmetic or a reference table; it is never a judgement. Derived
//! texts and lists are written once, when the row is made, into a [`FactsBuffer`] that the caller keeps from row to row, so that
//! making a row allocates nothing once the buffer has grown. Everything else is borrowed from the consignment.

mod buffer;
mod catalogue;
mod derive;
mod fold;
mod memory;
mod read;
#[cfg(test)]
mod tests;

pub use buffer::FactsBuffer;
pub use catalogue::CATALOGUE;

use super::value::{Kind, Value};
use crate::memory::History;
use crate::model::{Consignment, Timestamp};

/// What is known about one consignment when it is screened.
#[derive(Clone, Copy)]
pub struct Facts<'f> {
    pub consignment: &'f Consignment<'f>,
    /// When the message arrived: event time of the screening; never the clock.
    pub received: Timestamp,
    /// At which time the rules have to be valid: when the message arrived, or when its consignment is screened again.
    pub judged: Timestamp,
    /// What memory recalls; `None` where there is no memory, and then nothing that needs it is known.
    pub history: Option<&'f History>,
    derived: &'f FactsBuffer,
}

impl<'f> Facts<'f> {
    /// The row of one consignment; a pure function of its first two arguments. What the buffer held before is gone.
    pub fn new(consignment: &'f Consignment<'f>, received: Timestamp, buffer: &'f mut FactsBuffer) -> Self {
        derive::fill(buffer, consignment);
        Self { consignment, received, judged: received, history: None, derived: buffer }
    }

    /// The same row, judged by the rules that are valid at a later time.
    pub fn judged_at(self, judged: Timestamp) -> Self {
        Self { judged, ..self }
    }

    /// The same row with what memory recalls about the consignment.
    pub fn with_history(self, history: &'f History) -> Self {
        Self { history: Some(history), ..self }
    }
}

/// One row of the catalogue.
#[derive(Clone, Copy)]
pub struct Fact {
    /// As profiles write it.
    pub name: &'static str,
    pub kind: Kind,
    /// Empty when the value has none.
    pub unit: &'static str,
    pub meaning: &'static str,
    /// Where it comes from: message and line.
    pub source: &'static str,
    /// The values a profile may compare it with, when they are a closed list.
    pub codes: &'static [&'static str],
    pub get: for<'f> fn(&'f Facts<'f>) -> Value<'f>,
}

impl Fact {
    /// Whether memory knows it, and not the message.
    pub fn is_of_memory(&self) -> bool {
        self.source.starts_with("memory")
    }
}

/// The fact of that name.
pub fn find(name: &str) -> Option<&'static Fact> {
    CATALOGUE.iter().find(|fact| fact.name == name)
}

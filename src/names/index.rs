//! Finds the few names of a list, among a million, that a query may score high against.
//!
//! Words are kept once, in a vocabulary; a name is a row of word numbers. A query's word finds the words like it through keys that
//! both share whatever the slip between them ([`keys`]); the names that hold those words are counted together; the best of them
//! are scored by the [`Scorer`], as if there were no index. So a score never depends on the index; only whether it is looked at.

mod candidates;
mod ends;
mod estimate;
mod joined;
mod keyed;
mod keys;
mod likeness;
mod marks;
mod meetings;
mod parted;
mod postings;
mod records;
mod rows;
mod runs;
mod segment;
mod shape;
mod walk;
mod wanted;

use std::collections::HashSet;
use std::sync::Arc;

use super::score::Scorer;
use super::token::{Name, Schema};
pub use segment::Found;
use segment::Segment;

/// The names of one schema. A change makes a new index that shares what stayed: screening goes on with the old one meanwhile.
#[derive(Debug, Clone)]
pub struct Index {
    schema: Schema,
    segments: Vec<Arc<Segment>>,
    /// Owners that hold no longer, in all segments but those added after they left.
    removed: Arc<HashSet<u32>>,
}

/// A search's memory, kept from one to the next.
#[derive(Debug, Default)]
pub struct Search {
    scorer: Scorer,
    meetings: meetings::Meetings,
    work: candidates::Work,
}

impl Index {
    /// An index over names and the number of the entry that each belongs to.
    pub fn build(schema: Schema, names: impl IntoIterator<Item = (String, u32)>) -> Self {
        Self { schema, segments: vec![Arc::new(Segment::build(schema, names))], removed: Arc::default() }
    }

    /// This index without the entries in `removed` and with more names. Owners of added names must be new numbers.
    pub fn updated(&self, added: impl IntoIterator<Item = (String, u32)>, removed: impl IntoIterator<Item = u32>) -> Self {
        let mut all_removed = (*self.removed).clone();
        all_removed.extend(removed);
        let mut segments = self.segments.clone();
        segments.push(Arc::new(Segment::build(self.schema, added)));
        Self { schema: self.schema, segments, removed: Arc::new(all_removed) }
    }

    pub fn schema(&self) -> Schema {
        self.schema
    }

    /// Names held, removed ones included until the next build.
    pub fn len(&self) -> usize {
        self.segments.iter().map(|segment| segment.len()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Heap that the index holds, in bytes.
    pub fn bytes(&self) -> usize {
        self.segments.iter().map(|segment| segment.bytes()).sum()
    }

    /// The best names with a score of `threshold` or more, at most `segment::FOUND_MAX` of each segment, best first; ties in the
    /// order in which they were given. The query must have been read by the index's schema.
    pub fn search(&self, query: &Name, threshold: f32, search: &mut Search, found: &mut Vec<Found>) {
        found.clear();
        for segment in &self.segments {
            segment.search(query, threshold, search, found);
        }
        found.retain(|found| !self.removed.contains(&found.owner));
        found.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.owner.cmp(&other.owner)));
    }

    /// What [`Index::search`] would find if it looked at every name: for tests and benchmarks.
    pub fn search_all(&self, query: &Name, threshold: f32, search: &mut Search, found: &mut Vec<Found>) {
        found.clear();
        for segment in &self.segments {
            segment.search_all(query, threshold, search, found);
        }
        found.retain(|found| !self.removed.contains(&found.owner));
        found.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.owner.cmp(&other.owner)));
    }
}

#[cfg(test)]
mod tests;

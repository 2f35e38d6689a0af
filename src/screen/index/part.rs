//! Parts of a condition that need nothing but what the readers left: keys hit and pieces of the line of numbers. Their outcome is
//! known without their terms.

use super::KeyId;
use super::cover::Cover;
use super::interval::Interval;
use super::term::{ReaderId, Term, Terms, Test, number};

/// Alternatives of which one must hold, or none when negated.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub negated: bool,
    pub keys: Vec<KeyId>,
    /// Reader, first and last piece.
    pub ranges: Vec<[u32; 3]>,
    /// When none of the alternatives is so and one of these is unknown, so is the part.
    pub readers: Vec<ReaderId>,
}

impl Part {
    /// Wherever this is false, so is the condition that the cover is of; where it holds, nothing is said.
    pub fn needed(cover: &Cover) -> Self {
        Self { keys: cover.keys.clone(), readers: cover.readers.clone(), ..Self::default() }
    }

    fn add_test(&mut self, terms: &Terms, test: super::TestId) -> Option<()> {
        let reader = match terms.tests.get(test as usize)? {
            Test::Key(reader, key) => {
                self.keys.push(*key);
                reader
            }
            Test::AnyKey(reader, keys) => {
                self.keys.extend(keys);
                reader
            }
            Test::Within(reader, interval) => {
                self.ranges.push(range(terms, *reader, *interval)?);
                reader
            }
            Test::Has(_) | Test::Direct { .. } => return None,
        };
        if !self.readers.contains(reader) {
            self.readers.push(*reader);
        }
        Some(())
    }
}

fn range(terms: &Terms, reader: ReaderId, interval: Interval) -> Option<[u32; 3]> {
    let (first, last) = terms.readers.get(reader as usize)?.segments.span(interval)?;
    Some([reader, number(first), number(last)])
}

/// The condition as parts that together are all of it; `None` when something in it has to be evaluated.
pub(super) fn parts(terms: &Terms, root: super::TermId) -> Option<Vec<Part>> {
    match terms.terms.get(root as usize)? {
        Term::All(parts) => parts.iter().map(|term| part(terms, *term)).collect(),
        _ => Some(vec![part(terms, root)?]),
    }
}

fn part(terms: &Terms, term: super::TermId) -> Option<Part> {
    let mut part = Part::default();
    match terms.terms.get(term as usize)? {
        Term::Test(test) => part.add_test(terms, *test)?,
        Term::NotTest(test) => {
            part.negated = true;
            part.add_test(terms, *test)?;
        }
        Term::Any(tests) => tests.iter().try_for_each(|test| match terms.terms.get(*test as usize)? {
            Term::Test(test) => part.add_test(terms, *test),
            _ => None,
        })?,
        Term::All(_) => return None,
    }
    Some(part)
}

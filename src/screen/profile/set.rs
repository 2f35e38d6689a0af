//! All profiles of a bundle behind one index.

use std::ops::Deref;

use super::Profile;
use crate::screen::cel::{Outcome, Row};
use crate::screen::facts::Fact;
use crate::screen::index::{Index, Scratch};

/// Profiles by id, with the index that finds the ones that match.
#[derive(Debug, Clone, Default)]
pub struct Profiles {
    list: Vec<Profile>,
    index: Index,
}

impl Profiles {
    /// The profiles must have been read against the catalogue.
    pub fn new(mut list: Vec<Profile>, catalogue: &[Fact]) -> Self {
        list.sort_by(|left, right| left.id.cmp(&right.id));
        let index = Index::new(list.iter().map(|profile| &profile.condition), catalogue);
        Self { list, index }
    }

    /// Leaves the answer in the scratch: [`Profiles::matched`].
    pub fn evaluate<R: Row>(&self, row: &R, scratch: &mut Scratch) {
        self.index.evaluate(row, scratch, |position| self.at(position).map_or(Outcome::NoMatch, |profile| profile.evaluate(row)));
    }

    /// The profiles whose conditions hold, in the order of their ids, whatever their validity.
    pub fn matched<'p>(&'p self, scratch: &'p Scratch) -> impl Iterator<Item = &'p Profile> {
        scratch.matched().iter().filter_map(|position| self.at(*position))
    }

    pub fn index(&self) -> &Index {
        &self.index
    }

    fn at(&self, position: u32) -> Option<&Profile> {
        self.list.get(position as usize)
    }
}

impl Deref for Profiles {
    type Target = [Profile];

    fn deref(&self) -> &[Profile] {
        &self.list
    }
}

impl<'p> IntoIterator for &'p Profiles {
    type Item = &'p Profile;
    type IntoIter = std::slice::Iter<'p, Profile>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

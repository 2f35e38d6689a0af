//! Values under hashes, in a row.

use std::ops::Range;

use super::rows::sum_up;
use crate::near::{self, LINE};

/// A value under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Keyed<T> {
    pub key: u32,
    pub value: T,
}

/// Values under keys, sorted, behind a table of where each leading part of a key begins.
#[derive(Debug, Default)]
pub struct Keys<T> {
    /// By the upper bits of the key.
    starts: Vec<u32>,
    shift: u32,
    keyed: Vec<Keyed<T>>,
}

/// Lines of a key's values that are asked for before they are needed.
const LINES_ASKED: usize = 4;

impl<T: Copy + Ord> Keys<T> {
    pub fn build(mut keyed: Vec<Keyed<T>>) -> Self {
        keyed.sort_unstable();
        keyed.dedup();
        keyed.shrink_to_fit();
        let bits = (usize::BITS - (keyed.len() / 2).leading_zeros()).clamp(1, 24);
        let shift = 32 - bits;
        let mut starts = vec![0; (1 << bits) + 1];
        for Keyed { key, .. } in &keyed {
            if let Some(count) = starts.get_mut((key >> shift) as usize + 1) {
                *count += 1;
            }
        }
        sum_up(&mut starts);
        Self { starts, shift, keyed }
    }

    /// What is under a key.
    pub fn find(&self, key: u32) -> impl Iterator<Item = &T> + '_ {
        let bucket = self.keyed.get(self.bucket(key)).unwrap_or_default();
        bucket.iter().filter(move |known| known.key == key).map(|known| &known.value)
    }

    /// What is under any of some keys. Memory is asked for all of them before the first is waited for.
    pub fn find_all<'a>(&'a self, keys: &'a [u32]) -> impl Iterator<Item = &'a T> {
        let starts = keys.iter().filter_map(|key| self.starts.get((key >> self.shift) as usize));
        starts.for_each(near::ask_for);
        let buckets = keys.iter().filter_map(|key| self.keyed.get(self.bucket(*key)));
        let lines = |bucket: &'a [Keyed<T>]| bucket.iter().step_by((LINE / size_of::<Keyed<T>>()).max(1));
        buckets.flat_map(|bucket| lines(bucket).take(LINES_ASKED)).for_each(near::ask_for);
        keys.iter().flat_map(|key| self.find(*key))
    }

    /// Where the keys are that begin as this one.
    fn bucket(&self, key: u32) -> Range<usize> {
        let bucket = (key >> self.shift) as usize;
        let bounds = self.starts.get(bucket).zip(self.starts.get(bucket + 1));
        bounds.map_or(0..0, |(from, to)| *from as usize..*to as usize)
    }

    pub fn bytes(&self) -> usize {
        self.starts.capacity() * 4 + self.keyed.capacity() * size_of::<Keyed<T>>()
    }
}

//! Tables: entries by key, in segments that a snapshot can share.
//!
//! A lookup is one probe of a small index and one access of the entry. Growth never copies an entry. [`Table::freeze`] hands out the
//! segments as they are; whoever changes one afterwards copies that segment first, so a snapshot is consistent and costs the fold a
//! few words for each group of segments and a copy of each segment that is changed while it is written.
//!
//! Most of the time of a lookup is waiting for memory. So what a batch is about is asked for first, in passes in which nothing waits:
//! [`Table::ask_for_index`], then [`Table::locate`] and [`Table::ask_for`], then the change itself.

mod segments;

use super::index::Index;
use super::key::Key;
use crate::near;
use segments::{SEGMENT, Segments};

pub struct Table<T> {
    index: Index,
    segments: Segments<T>,
    /// Slots given back, to be used again.
    free: Vec<u32>,
    /// Slots ever used.
    used: u32,
}

/// A key and where its entry probably lies: slots are given back and used again, so the key is compared on use.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    pub key: Key,
    slot: u32,
}

impl Place {
    /// Not looked up yet.
    pub fn unknown(key: Key) -> Self {
        Self { key, slot: u32::MAX }
    }
}

#[derive(Debug, Clone, Default)]
struct Entry<T> {
    /// `Key::NONE` when the slot is free.
    key: Key,
    value: T,
}

/// How many buckets are asked for before they are needed.
const BUCKETS_AHEAD: usize = 32;

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { index: Index::default(), segments: Segments::default(), free: Vec::new(), used: 0 }
    }
}

impl<T: Clone + Default> Table<T> {
    pub fn len(&self) -> usize {
        self.used as usize - self.free.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held, entries' own allocations not counted.
    pub fn bytes(&self) -> usize {
        self.segments.bytes() + self.index.bytes() + self.free.capacity() * size_of::<u32>()
    }

    pub fn slot(&self, key: Key) -> Option<u32> {
        self.index.find(key, |slot| self.segments.get(slot).is_some_and(|entry| entry.key == key))
    }

    pub fn get(&self, key: Key) -> Option<&T> {
        self.get_at(self.locate(key))
    }

    /// Asks for that of the index which a search for this key begins with.
    pub fn ask_for_index(&self, key: Key) {
        self.index.ask_for(key);
    }

    /// Where the entry of a key probably lies: by the index alone.
    pub fn locate(&self, key: Key) -> Place {
        let slot = if key.is_none() { None } else { self.index.find(key, |_| true) };
        Place { key, slot: slot.unwrap_or(u32::MAX) }
    }

    /// Asks for the entry of a place.
    pub fn ask_for(&self, place: Place) {
        self.segments.get(place.slot).into_iter().for_each(near::ask_for);
    }

    /// The entry of a place, found anew if it is not there.
    pub fn get_at(&self, place: Place) -> Option<&T> {
        match self.segments.get(place.slot) {
            _ if place.key.is_none() => None,
            Some(entry) if entry.key == place.key => Some(&entry.value),
            _ => self.segments.get(self.slot(place.key)?).map(|entry| &entry.value),
        }
    }

    /// As [`change`](Self::change); the place then tells where the entry lies.
    pub fn change_at(&mut self, place: &mut Place, change: impl FnOnce(&mut T)) {
        if let Some(value) = self.slot_at(place).and_then(|slot| self.at_mut(slot)) {
            change(value);
        }
    }

    /// The slot of a place, taken for its key if that has none; `None` for no key.
    pub fn slot_at(&mut self, place: &mut Place) -> Option<u32> {
        if self.segments.get(place.slot).is_none_or(|entry| entry.key != place.key) {
            place.slot = self.slot_or_insert(place.key.some()?);
        }
        place.key.some().map(|_| place.slot)
    }

    /// The key and entry of a slot in use.
    pub fn at(&self, slot: u32) -> Option<(Key, &T)> {
        let entry = self.segments.get(slot)?;
        entry.key.some().map(|key| (key, &entry.value))
    }

    pub fn at_mut(&mut self, slot: u32) -> Option<&mut T> {
        let entry = self.segments.get_mut(slot)?;
        (!entry.key.is_none()).then_some(&mut entry.value)
    }

    fn slot_or_insert(&mut self, key: Key) -> u32 {
        self.slot(key).unwrap_or_else(|| self.insert(key, T::default()))
    }

    /// Takes a slot for a key that has none.
    fn insert(&mut self, key: Key, value: T) -> u32 {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.used += 1;
            self.used - 1
        });
        if slot as usize / SEGMENT >= self.segments.len() {
            self.segments.push();
        }
        if let Some(place) = self.segments.get_mut(slot) {
            *place = Entry { key, value };
        }
        self.index.insert(key, slot);
        slot
    }

    /// Changes the entry of a key, an empty one if there was none. Nothing happens for `Key::NONE`.
    pub fn change(&mut self, key: Key, change: impl FnOnce(&mut T)) {
        self.change_at(&mut self.locate(key), change);
    }

    /// Makes room in the index of an empty table for about so many entries.
    pub fn expect(&mut self, entries: usize) {
        if self.is_empty() {
            self.index.reserve(entries);
        }
    }

    /// Puts entries under their keys. Each time the index is asked for that of some entries ahead.
    pub fn put_all(&mut self, entries: Vec<(Key, T)>) {
        let mut entries = entries.into_iter();
        entries.as_slice().iter().take(BUCKETS_AHEAD).for_each(|(key, _)| self.ask_for_index(*key));
        while let Some((key, entry)) = entries.next() {
            entries.as_slice().get(BUCKETS_AHEAD - 1).into_iter().for_each(|(key, _)| self.ask_for_index(*key));
            self.put(key, entry);
        }
    }

    fn put(&mut self, key: Key, entry: T) {
        match self.slot(key).and_then(|slot| self.at_mut(slot)) {
            Some(place) => *place = entry,
            None if key.is_none() => {}
            None => drop(self.insert(key, entry)),
        }
    }

    /// Gives a slot back.
    pub fn remove(&mut self, slot: u32) {
        let Some((key, _)) = self.at(slot) else { return };
        self.index.remove(key, slot);
        if let Some(place) = self.segments.get_mut(slot) {
            *place = Entry::default();
        }
        self.free.push(slot);
    }

    /// Slots, used and free.
    pub fn slots(&self) -> u32 {
        self.used
    }

    pub fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.segments.iter()
    }

    /// The table as it is now, for reading on another thread.
    pub fn freeze(&mut self) -> Frozen<T> {
        Frozen { segments: self.segments.freeze(), len: self.len() }
    }
}

/// A table as it was at one moment.
pub struct Frozen<T> {
    segments: segments::Frozen<T>,
    len: usize,
}

impl<T> Frozen<T> {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.segments.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::{Keys, Kind};
    use super::*;

    fn key(number: u32) -> Key {
        Keys::new(&[7; 16]).key(Kind::Party, &[&number.to_le_bytes()])
    }

    #[test]
    fn entries_are_found_changed_and_given_back() {
        let mut table = Table::<u32>::default();
        (0..10_000).for_each(|number| table.change(key(number), |value| *value = number));
        (0..10_000).step_by(2).for_each(|number| table.remove(table.slot(key(number)).unwrap()));
        assert_eq!((table.len(), table.get(key(7)), table.get(key(8))), (5_000, Some(&7), None));
        (20_000..25_000).for_each(|number| table.change(key(number), |value| *value += number));
        assert_eq!((table.len(), table.slots()), (10_000, 10_000), "slots are used again");
        assert_eq!(table.get(key(20_003)), Some(&20_003));
        assert_eq!(table.iter().map(|(_, value)| u64::from(*value)).sum::<u64>(), 25_000_000 + 112_497_500);
    }

    #[test]
    fn a_frozen_table_does_not_change() {
        let mut table = Table::<u32>::default();
        (0..1_000).for_each(|number| table.change(key(number), |value| *value = 1));
        let frozen = table.freeze();
        (0..2_000).for_each(|number| table.change(key(number), |value| *value += 1));
        table.remove(0);
        assert_eq!((frozen.len(), frozen.iter().map(|(_, value)| value).sum::<u32>()), (1_000, 1_000));
        assert_eq!(table.iter().count(), 1_999);
    }

    #[test]
    fn snapshots_that_overlap_each_keep_their_moment() {
        let mut table = Table::<u32>::default();
        let add = |table: &mut Table<u32>, numbers: std::ops::Range<u32>| {
            numbers.for_each(|number| table.change(key(number), |value| *value += 1));
        };
        let sum = |frozen: &Frozen<u32>| frozen.iter().map(|(_, value)| value).sum::<u32>();
        add(&mut table, 0..20_000);
        let first = table.freeze();
        add(&mut table, 100..30_000);
        let second = table.freeze();
        add(&mut table, 0..300);
        assert_eq!((sum(&first), sum(&second)), (20_000, 49_900));
        drop(first);
        add(&mut table, 0..40_000);
        assert_eq!((sum(&second), second.len(), table.len()), (49_900, 30_000, 40_000));
        drop(second);
        add(&mut table, 0..10);
        assert_eq!(table.iter().map(|(_, value)| value).sum::<u32>(), 49_900 + 300 + 40_000 + 10);
        assert_eq!((0..40_000).map(|number| table.get(key(number)).unwrap()).sum::<u32>(), 90_210);
    }
}

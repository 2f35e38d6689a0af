//! Tables: entries by key, in segments that a snapshot can share.
//!
//! A lookup is one probe of a small index and one access of the entry. Growth never copies an entry and never rehashes more than
//! one shard, so no message waits for it. [`Table::freeze`] hands out the segments as they are; whoever changes one afterwards
//! copies that segment first, so a snapshot is consistent and costs the fold a pointer per chapter of segments and a copy per segment
//! touched.

use std::sync::Arc;

use hashbrown::HashTable;

use super::key::Key;

pub struct Table<T> {
    shards: Vec<HashTable<u32>>,
    chapters: Vec<Chapter<T>>,
    /// Slots given back, to be used again.
    free: Vec<u32>,
    /// Slots ever used.
    used: u32,
}

/// A key and where its entry lay when it was looked up: slots are given back and used again, so the key is compared on use.
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

type Segment<T> = Arc<[Entry<T>]>;
/// Segments shared together: freezing counts chapters only.
type Chapter<T> = Arc<Vec<Segment<T>>>;

#[derive(Debug, Clone, Default)]
struct Entry<T> {
    /// `Key::NONE` when the slot is free.
    key: Key,
    value: T,
}

/// Entries of a segment: small enough that copying one is microseconds, large enough that sharing all is cheap.
const SEGMENT: usize = 128;
const CHAPTER: usize = 64;
/// At ten million entries a shard has some 40,000 slots: rehashing one takes a millisecond or two.
const SHARDS: usize = 256;

impl<T> Default for Table<T> {
    fn default() -> Self {
        let shards = std::iter::repeat_with(HashTable::new).take(SHARDS).collect();
        Self { shards, chapters: Vec::new(), free: Vec::new(), used: 0 }
    }
}

fn shard(key: Key) -> usize {
    // The table below takes the lowest and the highest bits.
    (key.bits() >> 40) as usize % SHARDS
}

fn entry<T>(chapters: &[Chapter<T>], slot: u32) -> Option<&Entry<T>> {
    let slot = slot as usize;
    chapters.get(slot / (SEGMENT * CHAPTER))?.get(slot / SEGMENT % CHAPTER)?.get(slot % SEGMENT)
}

/// Those of the slots in use.
fn entries<T>(chapters: &[Chapter<T>]) -> impl Iterator<Item = (Key, &T)> {
    let segments = chapters.iter().flat_map(|chapter| chapter.iter());
    segments.flat_map(|segment| segment.iter()).filter_map(|entry| Some((entry.key.some()?, &entry.value)))
}

/// What is shared with a snapshot is copied first.
fn entry_mut<T: Clone>(chapters: &mut [Chapter<T>], slot: u32) -> Option<&mut Entry<T>> {
    let slot = slot as usize;
    let chapter = Arc::make_mut(chapters.get_mut(slot / (SEGMENT * CHAPTER))?);
    Arc::make_mut(chapter.get_mut(slot / SEGMENT % CHAPTER)?).get_mut(slot % SEGMENT)
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
        let index: usize = self.shards.iter().map(HashTable::allocation_size).sum();
        let segments: usize = self.chapters.iter().map(|chapter| chapter.len()).sum();
        segments * SEGMENT * size_of::<Entry<T>>() + index + self.free.capacity() * size_of::<u32>()
    }

    pub fn slot(&self, key: Key) -> Option<u32> {
        let chapters = &self.chapters;
        let same = |slot: &u32| entry(chapters, *slot).is_some_and(|entry| entry.key == key);
        self.shards.get(shard(key))?.find(key.bits(), same).copied()
    }

    pub fn get(&self, key: Key) -> Option<&T> {
        let slot = self.slot(key)?;
        entry(&self.chapters, slot).map(|entry| &entry.value)
    }

    /// Where the entry of a key lies now.
    pub fn place(&self, key: Key) -> Place {
        let slot = if key.is_none() { None } else { self.slot(key) };
        Place { key, slot: slot.unwrap_or(u32::MAX) }
    }

    /// The entry of a place, found anew if it has moved.
    pub fn get_at(&self, place: Place) -> Option<&T> {
        match entry(&self.chapters, place.slot) {
            _ if place.key.is_none() => None,
            Some(entry) if entry.key == place.key => Some(&entry.value),
            _ => self.get(place.key),
        }
    }

    /// As [`change`](Self::change); the place then tells where the entry lies.
    pub fn change_at(&mut self, place: &mut Place, change: impl FnOnce(&mut T)) {
        if place.key.is_none() {
            return;
        }
        if entry(&self.chapters, place.slot).is_none_or(|entry| entry.key != place.key) {
            place.slot = self.slot_or_insert(place.key);
        }
        if let Some(value) = self.at_mut(place.slot) {
            change(value);
        }
    }

    /// The key and entry of a slot in use.
    pub fn at(&self, slot: u32) -> Option<(Key, &T)> {
        let entry = entry(&self.chapters, slot)?;
        entry.key.some().map(|key| (key, &entry.value))
    }

    pub fn at_mut(&mut self, slot: u32) -> Option<&mut T> {
        let entry = entry_mut(&mut self.chapters, slot)?;
        (!entry.key.is_none()).then_some(&mut entry.value)
    }

    /// The slot of a key, taken for it if it has none.
    pub fn slot_or_insert(&mut self, key: Key) -> u32 {
        if let Some(slot) = self.slot(key) {
            return slot;
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.used += 1;
            self.used - 1
        });
        if (slot as usize).is_multiple_of(SEGMENT) && entry(&self.chapters, slot).is_none() {
            self.grow();
        }
        if let Some(place) = entry_mut(&mut self.chapters, slot) {
            *place = Entry { key, value: T::default() };
        }
        let chapters = &self.chapters;
        let hash_of = |slot: &u32| entry(chapters, *slot).map_or(0, |entry| entry.key.bits());
        if let Some(shard) = self.shards.get_mut(shard(key)) {
            shard.insert_unique(key.bits(), slot, hash_of);
        }
        slot
    }

    /// Adds a segment.
    fn grow(&mut self) {
        let segment = (0..SEGMENT).map(|_| Entry::default()).collect();
        match self.chapters.last_mut().filter(|chapter| chapter.len() < CHAPTER) {
            Some(chapter) => Arc::make_mut(chapter).push(segment),
            None => {
                let mut chapter = Vec::with_capacity(CHAPTER);
                chapter.push(segment);
                self.chapters.push(Arc::new(chapter));
            }
        }
    }

    /// Changes the entry of a key, an empty one if there was none. Nothing happens for `Key::NONE`.
    pub fn change(&mut self, key: Key, change: impl FnOnce(&mut T)) {
        self.change_at(&mut Place::unknown(key), change);
    }

    /// Gives a slot back.
    pub fn remove(&mut self, slot: u32) {
        let Some((key, _)) = self.at(slot) else { return };
        let index = self.shards.get_mut(shard(key));
        if let Some(Ok(found)) = index.map(|index| index.find_entry(key.bits(), |other| *other == slot)) {
            found.remove();
        }
        if let Some(place) = entry_mut(&mut self.chapters, slot) {
            *place = Entry::default();
        }
        self.free.push(slot);
    }

    /// Slots, used and free.
    pub fn slots(&self) -> u32 {
        self.used
    }

    pub fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        entries(&self.chapters)
    }

    /// The table as it is now, for reading on another thread.
    pub fn freeze(&self) -> Frozen<T> {
        Frozen { chapters: self.chapters.clone(), len: self.len() }
    }
}

/// A table as it was at one moment.
pub struct Frozen<T> {
    chapters: Vec<Chapter<T>>,
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
        entries(&self.chapters)
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
}

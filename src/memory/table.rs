//! Tables: entries by key, in segments that a snapshot can share.
//!
//! A lookup is one probe of a small index and one access of the entry. Growth never copies an entry. [`Table::freeze`] hands out the
//! segments as they are; whoever changes one afterwards copies that segment first, so a snapshot is consistent and costs the fold a
//! pointer for each segment and a copy of each that is changed while it is written.
//!
//! Most of the time of a lookup is waiting for memory. So what a batch is about is touched first, in passes in which no read waits for
//! another: [`Table::locate`] once [`Table::touch`] has fetched the index, then the change itself.

use std::sync::Arc;

use super::index::Index;
use super::key::Key;

pub struct Table<T> {
    index: Index,
    segments: Vec<Segment<T>>,
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

/// Owned until a snapshot shares it, and owned again once it is changed after that: to count who shares it at every change would cost
/// more than the change.
enum Segment<T> {
    Own(Owned<T>),
    Shared(Arc<Owned<T>>),
    /// While it passes from one to the other.
    Moving,
}

/// Shared without moving: whoever holds the only share takes it back as it is.
type Owned<T> = Box<Entries<T>>;

/// Begins at a cache line, so that entries whose size is a multiple of one lie on as few as they fill.
#[derive(Clone)]
#[repr(align(64))]
struct Entries<T>([Entry<T>; SEGMENT]);

#[derive(Debug, Clone, Default)]
struct Entry<T> {
    /// `Key::NONE` when the slot is free.
    key: Key,
    value: T,
}

/// Entries of a segment: small enough that copying one is microseconds, large enough that sharing all takes milliseconds.
const SEGMENT: usize = 128;

/// An entry reads a word of each of its cache lines, so that they are near when it is changed. What it reads has no meaning.
pub trait Touch {
    fn touch(&self) -> u64;
}

/// Of a list of counts: one of each cache line.
pub fn touched(counts: &[u32]) -> u32 {
    counts.iter().step_by(16).fold(0, |read, count| read ^ count)
}

impl<T: Clone> Segment<T> {
    fn entries(&self) -> &[Entry<T>] {
        match self {
            Segment::Own(entries) => &entries.0,
            Segment::Shared(entries) => &entries.0,
            Segment::Moving => &[],
        }
    }

    fn entries_mut(&mut self) -> &mut [Entry<T>] {
        if let Segment::Shared(_) = self {
            *self = std::mem::replace(self, Segment::Moving).owned();
        }
        match self {
            Segment::Own(entries) => &mut entries.0,
            Segment::Shared(_) | Segment::Moving => &mut [],
        }
    }

    fn owned(self) -> Self {
        match self {
            Segment::Shared(shared) => Segment::Own(Arc::try_unwrap(shared).unwrap_or_else(|shared| Box::clone(&shared))),
            owned => owned,
        }
    }

    fn share(&mut self) -> Option<Arc<Owned<T>>> {
        *self = match std::mem::replace(self, Segment::Moving) {
            Segment::Own(entries) => Segment::Shared(Arc::new(entries)),
            shared => shared,
        };
        match self {
            Segment::Shared(shared) => Some(Arc::clone(shared)),
            Segment::Own(_) | Segment::Moving => None,
        }
    }
}

/// Those of the slots in use.
fn in_use<T>(entries: &[Entry<T>]) -> impl Iterator<Item = (Key, &T)> {
    entries.iter().filter_map(|entry| Some((entry.key.some()?, &entry.value)))
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { index: Index::default(), segments: Vec::new(), free: Vec::new(), used: 0 }
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
        self.segments.len() * size_of::<Entries<T>>() + self.index.bytes() + self.free.capacity() * size_of::<u32>()
    }

    fn entry(&self, slot: u32) -> Option<&Entry<T>> {
        let slot = slot as usize;
        self.segments.get(slot / SEGMENT)?.entries().get(slot % SEGMENT)
    }

    fn entry_mut(&mut self, slot: u32) -> Option<&mut Entry<T>> {
        let slot = slot as usize;
        self.segments.get_mut(slot / SEGMENT)?.entries_mut().get_mut(slot % SEGMENT)
    }

    pub fn slot(&self, key: Key) -> Option<u32> {
        self.index.find(key, |slot| self.entry(slot).is_some_and(|entry| entry.key == key))
    }

    pub fn get(&self, key: Key) -> Option<&T> {
        self.get_at(self.locate(key))
    }

    /// Reads of the index what a search for this key begins with.
    pub fn touch(&self, key: Key) -> u64 {
        self.index.touch(key)
    }

    /// Where the entry of a key probably lies: by the index alone.
    pub fn locate(&self, key: Key) -> Place {
        let slot = if key.is_none() { None } else { self.index.find(key, |_| true) };
        Place { key, slot: slot.unwrap_or(u32::MAX) }
    }

    /// Reads something of each cache line of the entry at a place.
    pub fn touch_at(&self, place: Place) -> u64
    where
        T: Touch,
    {
        self.entry(place.slot).map_or(0, |entry| entry.key.bits() ^ entry.value.touch())
    }

    /// The entry of a place, found anew if it is not there.
    pub fn get_at(&self, place: Place) -> Option<&T> {
        match self.entry(place.slot) {
            _ if place.key.is_none() => None,
            Some(entry) if entry.key == place.key => Some(&entry.value),
            _ => self.entry(self.slot(place.key)?).map(|entry| &entry.value),
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
        if self.entry(place.slot).is_none_or(|entry| entry.key != place.key) {
            place.slot = self.slot_or_insert(place.key.some()?);
        }
        place.key.some().map(|_| place.slot)
    }

    /// The key and entry of a slot in use.
    pub fn at(&self, slot: u32) -> Option<(Key, &T)> {
        let entry = self.entry(slot)?;
        entry.key.some().map(|key| (key, &entry.value))
    }

    pub fn at_mut(&mut self, slot: u32) -> Option<&mut T> {
        let entry = self.entry_mut(slot)?;
        (!entry.key.is_none()).then_some(&mut entry.value)
    }

    fn slot_or_insert(&mut self, key: Key) -> u32 {
        if let Some(slot) = self.slot(key) {
            return slot;
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.used += 1;
            self.used - 1
        });
        if slot as usize / SEGMENT >= self.segments.len() {
            self.segments.push(Segment::Own(Box::new(Entries(std::array::from_fn(|_| Entry::default())))));
        }
        if let Some(place) = self.entry_mut(slot) {
            *place = Entry { key, value: T::default() };
        }
        self.index.insert(key, slot);
        slot
    }

    /// Changes the entry of a key, an empty one if there was none. Nothing happens for `Key::NONE`.
    pub fn change(&mut self, key: Key, change: impl FnOnce(&mut T)) {
        self.change_at(&mut self.locate(key), change);
    }

    /// Gives a slot back.
    pub fn remove(&mut self, slot: u32) {
        let Some((key, _)) = self.at(slot) else { return };
        self.index.remove(key, slot);
        if let Some(place) = self.entry_mut(slot) {
            *place = Entry::default();
        }
        self.free.push(slot);
    }

    /// Slots, used and free.
    pub fn slots(&self) -> u32 {
        self.used
    }

    pub fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.segments.iter().flat_map(|segment| in_use(segment.entries()))
    }

    /// The table as it is now, for reading on another thread.
    pub fn freeze(&mut self) -> Frozen<T> {
        let mut segments = Vec::with_capacity(self.segments.len());
        segments.extend(self.segments.iter_mut().filter_map(Segment::share));
        Frozen { segments, len: self.len() }
    }
}

/// A table as it was at one moment.
pub struct Frozen<T> {
    segments: Vec<Arc<Owned<T>>>,
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
        self.segments.iter().flat_map(|segment| in_use(&segment.0))
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

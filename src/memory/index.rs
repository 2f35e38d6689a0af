//! The index of a table: from a key to the slot of its entry.
//!
//! Open addressing in shards. A bucket holds a slot and 32 bits of the key, which both choose the bucket and tell keys apart, so a
//! lookup reads one line of the index and growing never looks at an entry. Growth rehashes one shard, by a quarter, so no message
//! waits for it and little room is empty.

use super::key::Key;
use crate::near;

#[derive(Debug)]
pub struct Index {
    shards: Vec<Shard>,
}

#[derive(Debug, Default)]
struct Shard {
    buckets: Vec<Bucket>,
    used: usize,
}

/// 32 bits of the key above the slot and one; 0 when empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Bucket(u64);

/// At ten million entries a shard has some 50,000 buckets: rehashing one takes some hundred microseconds.
const SHARDS: usize = 256;

impl Default for Index {
    fn default() -> Self {
        Self { shards: std::iter::repeat_with(Shard::default).take(SHARDS).collect() }
    }
}

impl Index {
    /// The slot of a key; `same` tells whether the key of a slot is this one, where most of it is.
    pub fn find(&self, key: Key, same: impl Fn(u32) -> bool) -> Option<u32> {
        self.shards.get(shard(key))?.find(key, same).map(|(_, slot)| slot)
    }

    /// Adds a key that is not there.
    pub fn insert(&mut self, key: Key, slot: u32) {
        if let Some(shard) = self.shards.get_mut(shard(key)) {
            shard.insert(Bucket::new(key, slot));
        }
    }

    pub fn remove(&mut self, key: Key, slot: u32) {
        if let Some(shard) = self.shards.get_mut(shard(key)) {
            shard.remove(key, slot);
        }
    }

    /// Makes room for so many keys more, which saves growing for them step by step.
    pub fn reserve(&mut self, more: usize) {
        // Keys are not spread quite evenly.
        self.shards.iter_mut().for_each(|shard| shard.reserve(more / SHARDS * 33 / 32));
    }

    /// Asks for the bucket where the search for a key begins.
    pub fn ask_for(&self, key: Key) {
        let Some(shard) = self.shards.get(shard(key)) else { return };
        shard.buckets.get(shard.home(tag(key))).into_iter().for_each(near::ask_for);
    }

    pub fn bytes(&self) -> usize {
        self.shards.iter().map(|shard| shard.buckets.capacity() * size_of::<Bucket>()).sum()
    }
}

/// Not among the bits of the tag.
fn shard(key: Key) -> usize {
    (key.bits() >> 40) as usize % SHARDS
}

fn tag(key: Key) -> u32 {
    key.bits() as u32
}

impl Bucket {
    fn new(key: Key, slot: u32) -> Self {
        Self(u64::from(tag(key)) << 32 | (u64::from(slot) + 1))
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn tag(self) -> u32 {
        (self.0 >> 32) as u32
    }

    fn slot(self) -> u32 {
        (self.0 as u32).wrapping_sub(1)
    }
}

impl Shard {
    /// Where the search for a tag begins: tags in their order are spread over the buckets in theirs.
    fn home(&self, tag: u32) -> usize {
        ((u64::from(tag) * self.buckets.len() as u64) >> 32) as usize
    }

    fn after(&self, place: usize) -> usize {
        if place + 1 < self.buckets.len() { place + 1 } else { 0 }
    }

    /// The buckets from the home of a tag to the first that is empty, with their places. There always is one.
    fn run(&self, tag: u32) -> impl Iterator<Item = (usize, Bucket)> {
        let mut place = self.home(tag);
        std::iter::from_fn(move || {
            let bucket = *self.buckets.get(place)?;
            let here = place;
            place = self.after(place);
            (!bucket.is_empty()).then_some((here, bucket))
        })
    }

    fn find(&self, key: Key, same: impl Fn(u32) -> bool) -> Option<(usize, u32)> {
        let tag = tag(key);
        let alike = self.run(tag).filter(|(_, bucket)| bucket.tag() == tag).map(|(place, bucket)| (place, bucket.slot()));
        alike.into_iter().find(|(_, slot)| same(*slot))
    }

    fn insert(&mut self, bucket: Bucket) {
        // A fifth stays empty, so that runs stay short.
        if (self.used + 1) * 5 > self.buckets.len() * 4 {
            self.grow();
        }
        self.used += 1;
        self.place(bucket);
    }

    fn place(&mut self, bucket: Bucket) {
        let mut place = self.home(bucket.tag());
        while self.buckets.get(place).is_some_and(|other| !other.is_empty()) {
            place = self.after(place);
        }
        self.set(place, bucket);
    }

    fn set(&mut self, place: usize, bucket: Bucket) {
        if let Some(old) = self.buckets.get_mut(place) {
            *old = bucket;
        }
    }

    fn grow(&mut self) {
        self.resize((self.buckets.len() + self.buckets.len() / 4).max(8));
    }

    fn reserve(&mut self, more: usize) {
        let needed = (self.used + more) * 5 / 4 + 1;
        if needed > self.buckets.len() {
            self.resize(needed);
        }
    }

    fn resize(&mut self, size: usize) {
        let old = std::mem::replace(&mut self.buckets, vec![Bucket::default(); size]);
        old.into_iter().filter(|bucket| !bucket.is_empty()).for_each(|bucket| self.place(bucket));
    }

    /// Empties a bucket, and moves those after it nearer to their homes, so that no search ends at the gap before it finds them.
    fn remove(&mut self, key: Key, slot: u32) {
        let Some((gap, _)) = self.find(key, |other| other == slot) else { return };
        let mut displaced = Vec::new();
        let mut place = self.after(gap);
        while let Some(bucket) = self.buckets.get(place).copied().filter(|bucket| !bucket.is_empty()) {
            displaced.push(bucket);
            self.set(place, Bucket::default());
            place = self.after(place);
        }
        self.set(gap, Bucket::default());
        self.used -= 1;
        displaced.into_iter().for_each(|bucket| self.place(bucket));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Keys of one shard, every eighth of which has the same tag.
    fn key(number: u64) -> Key {
        let bits = ((number % 50) * 85_899_345) | (number << 48);
        postcard::from_bytes(&postcard::to_allocvec(&bits).unwrap()).unwrap()
    }

    proptest! {
        #[test]
        fn it_answers_as_a_map_would(
            steps in prop::collection::vec((any::<bool>(), 0_u64..400), 1..600),
            (room_at, room) in (0_u32..600, 0_usize..200_000),
        ) {
            let (mut index, mut map) = (Index::default(), BTreeMap::<u64, u32>::new());
            for (slot, (adds, number)) in (0_u32..).zip(steps) {
                if slot == room_at {
                    index.reserve(room);
                }
                match (adds, map.get(&number).copied()) {
                    (true, None) => {
                        index.insert(key(number), slot);
                        map.insert(number, slot);
                    }
                    (false, Some(slot)) => {
                        index.remove(key(number), slot);
                        map.remove(&number);
                    }
                    _ => {}
                }
            }
            for number in 0..400 {
                let known = map.get(&number).copied();
                prop_assert_eq!(index.find(key(number), |slot| Some(slot) == known), known);
            }
        }
    }
}

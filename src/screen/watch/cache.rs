//! What the lists said of parties seen before: a party that comes again costs one hash.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem;

use crate::lists::{Known, NameHit, Watchlists};
use crate::names::{Schema, Scorer, Search};

/// Parties remembered in one generation; the cache holds two. Some 60 bytes each.
const GENERATION_MAX: usize = 100_000;

/// Names looked up.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Lookups {
    /// Answered from memory.
    pub known: u64,
    pub searched: u64,
}

/// A bounded memory of answers. Holds no names, only their hashes; never changes an answer, only its cost.
#[derive(Debug, Default)]
pub struct Cache {
    /// The lists that the answers are from.
    lists: [u8; 32],
    young: HashMap<u128, Vec<NameHit>>,
    /// What was young before; what is asked for again is moved to the young.
    old: HashMap<u128, Vec<NameHit>>,
    search: Search,
    scorer: Scorer,
    lookups: Lookups,
}

impl Cache {
    /// What was looked up since this was last asked.
    pub fn take_lookups(&mut self) -> Lookups {
        mem::take(&mut self.lookups)
    }

    /// The hits of a party, from memory or from the lists.
    pub fn hits(
        &mut self,
        version: [u8; 32],
        name: &str,
        schema: Option<Schema>,
        known: Known<'_>,
        lists: &Watchlists,
    ) -> (&[NameHit], &mut Scorer) {
        if self.lists != version {
            self.lists = version;
            self.young.clear();
            self.old.clear();
        }
        if self.young.len() >= GENERATION_MAX {
            self.old = mem::take(&mut self.young);
        }
        let key = key(name, schema, known);
        let hits = match self.young.entry(key) {
            Entry::Occupied(entry) => {
                self.lookups.known += 1;
                entry.into_mut()
            }
            Entry::Vacant(entry) => entry.insert(match self.old.remove(&key) {
                Some(hits) => {
                    self.lookups.known += 1;
                    hits
                }
                None => {
                    self.lookups.searched += 1;
                    lists.names(name, schema, known, None, &mut self.search)
                }
            }),
        };
        (hits.as_slice(), &mut self.scorer)
    }
}

/// 128 bits of everything that the answer depends on.
fn key(name: &str, schema: Option<Schema>, known: Known<'_>) -> u128 {
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        (seed, name, schema, known.country, known.address).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(1) << 64 | half(2)
}

//! Postings: which conditions a key brings up. A posting that grows long is split once more, by the next rarest part of each
//! condition in it, so that a hub airport that most profiles name brings up only those that something else speaks for too.

use rustc_hash::FxHashMap;

use super::cover::Cover;
use super::scratch::Hits;
use super::term::ReaderId;
use super::{KeyId, NO_KEY};

/// Longest posting that is looked through as it is: that costs about what a further look-up of all keys does.
const POSTING_MAX: usize = 192;
/// Splits within splits.
const LEVELS_MAX: usize = 4;

/// Conditions by the keys of one of their parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Level {
    by_key: FxHashMap<KeyId, Posting>,
    /// Brought up when the fact is unknown: such a condition cannot match by this part, but it may be undecided.
    by_unknown: FxHashMap<ReaderId, Posting>,
    /// No part of these is a key.
    pub always: Box<[u32]>,
}

#[derive(Debug, Clone)]
enum Posting {
    List(Box<[Entry]>),
    Split(Box<Level>),
}

/// A condition in a posting, and one key more that it needs: most conditions brought up in vain end here, before anything of
/// theirs is read.
#[derive(Debug, Clone, Copy)]
struct Entry {
    condition: u32,
    key: KeyId,
    reader: ReaderId,
}

/// A condition on its way into a level: how many of its covers, rarest first, are used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub condition: u32,
    pub used: usize,
}

impl Level {
    pub fn new(items: Vec<Item>, covers: &[Vec<Cover>], depth: usize) -> Self {
        let mut by_key: FxHashMap<KeyId, Vec<Item>> = FxHashMap::default();
        let mut by_unknown: FxHashMap<ReaderId, Vec<Item>> = FxHashMap::default();
        let mut always = Vec::new();
        for Item { condition, used } in items {
            let Some(cover) = covers.get(condition as usize).and_then(|covers| covers.get(used)) else {
                always.push(condition);
                continue;
            };
            let item = Item { condition, used: used + 1 };
            for key in &cover.keys {
                push_once(by_key.entry(*key).or_default(), item);
            }
            for reader in &cover.readers {
                push_once(by_unknown.entry(*reader).or_default(), item);
            }
        }
        let posting = |items| Posting::new(items, covers, depth + 1);
        Self {
            by_key: by_key.into_iter().map(|(key, items)| (key, posting(items))).collect(),
            by_unknown: by_unknown.into_iter().map(|(reader, items)| (reader, posting(items))).collect(),
            always: always.into(),
        }
    }

    /// Calls back for every condition that may be other than false, some more than once.
    pub fn visit(&self, hits: &Hits, turn: &mut impl FnMut(u32)) {
        if !self.by_key.is_empty() {
            let postings = hits.posted().iter().filter_map(|key| self.by_key.get(key));
            postings.for_each(|posting| posting.visit(hits, turn));
        }
        if !self.by_unknown.is_empty() {
            let postings = hits.unknown().iter().filter_map(|reader| self.by_unknown.get(reader));
            postings.for_each(|posting| posting.visit(hits, turn));
        }
        self.always.iter().for_each(|condition| turn(*condition));
    }

    /// Calls back for every key that something is posted under.
    pub fn visit_keys(&self, visit: &mut dyn FnMut(KeyId)) {
        for (key, posting) in &self.by_key {
            visit(*key);
            posting.visit_keys(visit);
        }
        self.by_unknown.values().for_each(|posting| posting.visit_keys(visit));
    }
}

fn push_once(items: &mut Vec<Item>, item: Item) {
    if items.last().is_none_or(|last| last.condition != item.condition) {
        items.push(item);
    }
}

impl Entry {
    fn new(Item { condition, used }: Item, covers: &[Vec<Cover>]) -> Self {
        let further = covers.get(condition as usize).and_then(|covers| covers.get(used..)).unwrap_or_default();
        let single = further.iter().find_map(|cover| match (&*cover.keys, &*cover.readers) {
            ([key], [reader]) => Some((*key, *reader)),
            _ => None,
        });
        let (key, reader) = single.unwrap_or((NO_KEY, 0));
        Self { condition, key, reader }
    }
}

impl Posting {
    fn new(items: Vec<Item>, covers: &[Vec<Cover>], depth: usize) -> Self {
        let splits = |item: &Item| covers.get(item.condition as usize).is_some_and(|covers| item.used < covers.len());
        if items.len() > POSTING_MAX && depth < LEVELS_MAX && items.iter().filter(|item| splits(item)).count() > POSTING_MAX {
            return Posting::Split(Box::new(Level::new(items, covers, depth)));
        }
        Posting::List(items.iter().map(|item| Entry::new(*item, covers)).collect())
    }

    fn visit(&self, hits: &Hits, turn: &mut impl FnMut(u32)) {
        match self {
            Posting::List(entries) => {
                let may_hold = entries.iter().filter(|entry| hits.may_hold(entry.key, entry.reader));
                may_hold.for_each(|entry| turn(entry.condition));
            }
            Posting::Split(level) => level.visit(hits, turn),
        }
    }

    fn visit_keys(&self, visit: &mut dyn FnMut(KeyId)) {
        if let Posting::Split(level) = self {
            level.visit_keys(visit);
        }
    }
}

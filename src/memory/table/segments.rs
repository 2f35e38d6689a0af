//! Segments: the entries of a table in pieces that a snapshot can share, and groups of them, so that sharing all takes a moment.
//!
//! A group is owned until a snapshot shares it. Whoever changes an entry of a shared group copies that segment beside it first; when
//! the snapshot is gone, the copies take the place of what they were made of at the next change. The segments of a group lie behind
//! each other, so that an entry is found by two reads, the first of few and often read words.
//!
//! What moves whole segments is `#[cold]` and by itself: its stack is as large as they are, and a function touches each page of its
//! stack whenever it is called.

use std::sync::Arc;

use super::{Entry, Key};

/// Entries of a segment: small enough that copying one is microseconds.
pub const SEGMENT: usize = 128;
/// Segments of a group: ten million entries are some thousand groups.
const GROUP: usize = 64;

/// Begins at a cache line, so that entries whose size is a multiple of one lie on as few as they fill.
#[derive(Clone)]
#[repr(align(64))]
struct Entries<T>([Entry<T>; SEGMENT]);

/// Never more than [`GROUP`], for which there is room: they do not move.
type Pieces<T> = Vec<Entries<T>>;

pub struct Segments<T> {
    groups: Vec<Group<T>>,
    len: usize,
}

enum Group<T> {
    Own(Pieces<T>),
    /// A snapshot reads it, or has read it.
    Shared(Shared<T>),
}

#[derive(Clone)]
struct Shared<T> {
    base: Arc<Pieces<T>>,
    /// What was changed or added since, by place.
    changed: Vec<Option<Changed<T>>>,
}

/// Shared in its turn by a snapshot that begins before another has ended.
type Changed<T> = Arc<Entries<T>>;

impl<T> Default for Segments<T> {
    fn default() -> Self {
        Self { groups: Vec::new(), len: 0 }
    }
}

impl<T: Clone + Default> Segments<T> {
    pub fn len(&self) -> usize {
        self.len
    }

    /// Bytes held, entries' own allocations not counted.
    pub fn bytes(&self) -> usize {
        self.len * size_of::<Entries<T>>()
    }

    pub fn get(&self, slot: u32) -> Option<&Entry<T>> {
        let (group, place, entry) = parts(slot);
        self.groups.get(group)?.segment(place)?.0.get(entry)
    }

    pub fn get_mut(&mut self, slot: u32) -> Option<&mut Entry<T>> {
        let (group, place, entry) = parts(slot);
        self.groups.get_mut(group)?.segment_mut(place)?.0.get_mut(entry)
    }

    /// One more segment, all of it free.
    #[cold]
    #[inline(never)]
    pub fn push(&mut self) {
        let segment = Entries(std::array::from_fn(|_| Entry::default()));
        if self.len.is_multiple_of(GROUP) {
            self.groups.push(Group::Own(Vec::with_capacity(GROUP)));
        }
        if let Some(group) = self.groups.last_mut() {
            group.push(segment);
        }
        self.len += 1;
    }

    /// Those of the slots in use.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.groups.iter().flat_map(|group| (0..GROUP).map_while(|place| group.segment(place))).flat_map(in_use)
    }

    pub fn freeze(&mut self) -> Frozen<T> {
        Frozen { groups: self.groups.iter_mut().map(Group::freeze).collect() }
    }
}

fn parts(slot: u32) -> (usize, usize, usize) {
    let (segment, entry) = (slot as usize / SEGMENT, slot as usize % SEGMENT);
    (segment / GROUP, segment % GROUP, entry)
}

fn in_use<T>(segment: &Entries<T>) -> impl Iterator<Item = (Key, &T)> {
    segment.0.iter().filter_map(|entry| Some((entry.key.some()?, &entry.value)))
}

impl<T: Clone> Group<T> {
    fn segment(&self, place: usize) -> Option<&Entries<T>> {
        match self {
            Group::Own(pieces) => pieces.get(place),
            Group::Shared(shared) => shared.segment(place),
        }
    }

    fn segment_mut(&mut self, place: usize) -> Option<&mut Entries<T>> {
        self.settle();
        match self {
            Group::Own(pieces) => pieces.get_mut(place),
            Group::Shared(shared) => shared.segment_mut(place),
        }
    }

    fn push(&mut self, segment: Entries<T>) {
        self.settle();
        match self {
            Group::Own(pieces) => pieces.push(segment),
            Group::Shared(Shared { base, changed }) => {
                changed.resize(changed.len().max(base.len()), None);
                changed.push(Some(Arc::new(segment)));
            }
        }
    }

    /// Takes a group back that nobody reads any more.
    fn settle(&mut self) {
        if let Group::Shared(shared) = self
            && let Some(own) = shared.taken_back()
        {
            *self = Group::Own(own);
        }
    }

    /// What was changed beside an earlier snapshot stays beside: to put it in its place takes long for all groups at once.
    fn freeze(&mut self) -> Shared<T> {
        match self {
            Group::Own(pieces) => {
                let shared = Shared { base: Arc::new(std::mem::take(pieces)), changed: Vec::new() };
                *self = Group::Shared(shared.clone());
                shared
            }
            Group::Shared(shared) => shared.clone(),
        }
    }
}

impl<T> Shared<T> {
    fn segment(&self, place: usize) -> Option<&Entries<T>> {
        match self.changed.get(place) {
            Some(Some(changed)) => Some(changed),
            _ => self.base.get(place),
        }
    }
}

impl<T: Clone> Shared<T> {
    /// The segment to be changed: a copy beside the one that is shared.
    #[cold]
    #[inline(never)]
    fn segment_mut(&mut self, place: usize) -> Option<&mut Entries<T>> {
        if self.changed.len() <= place {
            self.changed.resize(place + 1, None);
        }
        let changed = self.changed.get_mut(place)?;
        if changed.is_none() {
            *changed = Some(Arc::new(self.base.get(place)?.clone()));
        }
        changed.as_mut().map(Arc::make_mut)
    }

    fn taken_back(&mut self) -> Option<Pieces<T>> {
        let pieces = Arc::get_mut(&mut self.base)?;
        Some(merged(std::mem::take(pieces), std::mem::take(&mut self.changed)))
    }
}

#[cold]
#[inline(never)]
fn merged<T: Clone>(mut pieces: Pieces<T>, changed: Vec<Option<Changed<T>>>) -> Pieces<T> {
    for (place, changed) in changed.into_iter().enumerate() {
        let Some(changed) = changed.map(Arc::unwrap_or_clone) else { continue };
        match pieces.get_mut(place) {
            Some(segment) => *segment = changed,
            None => pieces.push(changed),
        }
    }
    pieces
}

/// Segments as they were at one moment.
pub struct Frozen<T> {
    groups: Vec<Shared<T>>,
}

impl<T> Frozen<T> {
    pub fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.groups.iter().flat_map(|group| (0..GROUP).map_while(|place| group.segment(place))).flat_map(in_use)
    }
}

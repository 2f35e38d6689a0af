//! The consumer group: who owns which partition, and what each member has been told of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::seed::Seed;

/// One life of a replica: after a crash it is another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Life(pub u32);

/// Partitions are handed over cooperatively: a member gives one up when it hears of it, and only then does the next one get it.
/// Who is taken for dead is not asked.
pub struct Group {
    generation: u64,
    members: BTreeSet<Life>,
    /// By partition.
    owners: BTreeMap<i32, Option<Life>>,
    /// To be given up by their owners.
    revoked: BTreeSet<i32>,
}

/// What a member hears.
pub struct News {
    pub generation: u64,
    pub gained: Vec<i32>,
    pub gone: Vec<i32>,
}

impl Group {
    pub fn new(partitions: i32) -> Self {
        let owners = (0..partitions).map(|partition| (partition, None)).collect();
        Self { generation: 0, members: BTreeSet::new(), owners, revoked: BTreeSet::new() }
    }

    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The session timed out: of a dead member, or of one that was only stopped and does not know.
    pub fn expire(&mut self, life: Life) {
        if self.members.remove(&life) {
            self.owners.values_mut().filter(|owner| **owner == Some(life)).for_each(|owner| *owner = None);
            self.generation += 1;
        }
    }

    /// Asks the owner of some partition for it.
    pub fn revoke(&mut self, partition: i32) {
        if self.owners.get(&partition).copied().flatten().is_some() {
            self.revoked.insert(partition);
            self.generation += 1;
        }
    }

    /// Gives every partition without an owner to some member.
    pub fn assign(&mut self, seed: &mut Seed) {
        let members: Vec<_> = self.members.iter().copied().collect();
        if members.is_empty() || self.owners.values().all(Option::is_some) {
            return;
        }
        for owner in self.owners.values_mut().filter(|owner| owner.is_none()) {
            *owner = Some(members[seed.below(members.len())]);
        }
        self.generation += 1;
    }

    /// A member's poll: it hears what changed since `known`, gives up what is asked of it, and joins if it was taken for dead.
    pub fn poll(&mut self, life: Life, known: &BTreeSet<i32>) -> News {
        if self.members.insert(life) {
            self.generation += 1;
        }
        for (partition, owner) in &mut self.owners {
            if *owner == Some(life) && self.revoked.remove(partition) {
                *owner = None;
                self.generation += 1;
            }
        }
        let owned: BTreeSet<i32> =
            self.owners.iter().filter(|(_, owner)| **owner == Some(life)).map(|(partition, _)| *partition).collect();
        News {
            generation: self.generation,
            gained: owned.difference(known).copied().collect(),
            gone: known.difference(&owned).copied().collect(),
        }
    }
}

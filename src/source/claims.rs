//! The partitions this replica screens, each under a claim, with the position its verdicts have reached.

use std::collections::BTreeMap;

use crate::batch::{Claim, Entry};
use crate::bundle::BundleHash;
use crate::record::Origin;
use crate::source::JudgedBy;

/// A partition of an input topic; the topic by its index in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    pub topic: u16,
    pub number: i32,
}

impl From<Origin> for Partition {
    fn from(origin: Origin) -> Self {
        Self { topic: origin.topic, number: origin.partition }
    }
}

/// The claims in force. A claim number is never used twice in a process.
#[derive(Debug, Default)]
pub struct Claims {
    last: Claim,
    held: BTreeMap<Partition, Held>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    claim: Claim,
    /// Offset to screen next; `None` until the group's committed position is known.
    next_offset: Option<i64>,
    /// Known with the position.
    judged_by: Option<JudgedBy>,
}

impl Claims {
    /// Claims a partition whose position is yet to be found. A claim already held is replaced.
    pub fn claim(&mut self, partition: Partition) -> Claim {
        self.last = Claim(self.last.0 + 1);
        self.held.insert(partition, Held { claim: self.last, next_offset: None, judged_by: None });
        self.last
    }

    /// Sets where a claim begins. False when the claim is no longer in force: the answer came too late.
    pub fn begin(&mut self, partition: Partition, claim: Claim, next_offset: i64) -> bool {
        match self.held.get_mut(&partition) {
            Some(held) if held.claim == claim => {
                held.next_offset = Some(next_offset);
                true
            }
            _ => false,
        }
    }

    /// Gives a partition up. Returns its claim if there was one.
    pub fn release(&mut self, partition: Partition) -> Option<Claim> {
        self.held.remove(&partition).map(|held| held.claim)
    }

    /// True when what was read under this claim may still be published, and is what comes next: offsets may have gaps
    /// (transaction markers, compaction) but never go back.
    pub fn accepts(&self, entry: Entry<'_>) -> bool {
        let held = self.held.get(&entry.record.origin.into());
        held.is_some_and(|held| {
            held.claim == entry.claim && held.next_offset.is_some_and(|next| entry.record.origin.offset >= next)
        })
    }

    /// Notes by what the bills of a claim before its position are judged.
    pub fn judged(&mut self, partition: Partition, claim: Claim, by: JudgedBy) {
        let held = self.held.get_mut(&partition).filter(|held| held.claim == claim);
        held.into_iter().for_each(|held| held.judged_by = Some(by));
    }

    /// Some bills of a partition are judged by this bundle.
    pub fn judged_also(&mut self, partition: Partition, bundle: BundleHash) {
        let another = |by: &&mut JudgedBy| **by != JudgedBy::One(bundle);
        let by = self.held.get_mut(&partition).and_then(|held| held.judged_by.as_mut()).filter(another);
        by.into_iter().for_each(|by| *by = JudgedBy::Several);
    }

    pub fn judged_by(&self, partition: Partition) -> Option<JudgedBy> {
        self.held.get(&partition)?.judged_by
    }

    /// The claims of whose bills some were judged by another bundle.
    pub fn not_judged_by(&self, bundle: BundleHash) -> impl Iterator<Item = (Partition, Claim)> {
        let another = move |held: &Held| held.judged_by.is_some_and(|by| by != JudgedBy::One(bundle));
        self.held.iter().filter(move |(_, held)| another(held)).map(|(partition, held)| (*partition, held.claim))
    }

    /// The next offset of a claim that is in force and has begun.
    pub fn position(&self, partition: Partition, claim: Claim) -> Option<i64> {
        self.held.get(&partition).filter(|held| held.claim == claim)?.next_offset
    }

    /// Moves positions forward after a commit.
    pub fn advance(&mut self, positions: impl IntoIterator<Item = (Partition, i64)>) {
        for (partition, next_offset) in positions {
            if let Some(held) = self.held.get_mut(&partition) {
                held.next_offset = held.next_offset.max(Some(next_offset));
            }
        }
    }

    /// The partitions held, and whether the claim has begun: whether its position is known.
    pub fn begun(&self) -> impl Iterator<Item = (Partition, bool)> {
        self.held.iter().map(|(partition, held)| (*partition, held.next_offset.is_some()))
    }

    /// Next offsets of the partitions whose position is known.
    pub fn positions(&self) -> impl Iterator<Item = (Partition, i64)> {
        self.held.iter().filter_map(|(partition, held)| held.next_offset.map(|next| (*partition, next)))
    }

    /// Claims whose position is not known yet.
    pub fn pending(&self) -> usize {
        self.held.values().filter(|held| held.next_offset.is_none()).count()
    }

    pub fn len(&self) -> usize {
        self.held.len()
    }

    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Batch;
    use crate::model::Timestamp;
    use crate::record::Record;

    const P: Partition = Partition { topic: 0, number: 4 };

    fn accepts(claims: &Claims, claim: Claim, offset: i64) -> bool {
        let mut batch = Batch::default();
        let origin = Origin { topic: P.topic, partition: P.number, offset };
        batch.push(claim, Record { origin, timestamp: Timestamp::default(), key: None, payload: b"" }, std::iter::empty());
        batch.entries().all(|entry| claims.accepts(entry))
    }

    #[test]
    fn nothing_is_accepted_before_the_position_is_known() {
        let mut claims = Claims::default();
        let claim = claims.claim(P);
        assert!(!accepts(&claims, claim, 10));
        assert!(claims.begin(P, claim, 10));
        assert!(accepts(&claims, claim, 10) && accepts(&claims, claim, 12) && !accepts(&claims, claim, 9));
    }

    #[test]
    fn a_partition_lost_and_regained_refuses_what_was_read_before() {
        let mut claims = Claims::default();
        let old = claims.claim(P);
        claims.begin(P, old, 0);
        assert_eq!(claims.release(P), Some(old));
        assert!(!accepts(&claims, old, 0));
        let new = claims.claim(P);
        assert!(!claims.begin(P, old, 0), "an answer for the old claim comes too late");
        claims.begin(P, new, 5);
        assert!(!accepts(&claims, old, 6) && accepts(&claims, new, 6));
    }

    #[test]
    fn bills_are_judged_by_another_bundle_until_they_are_judged_again() {
        let [old, new] = [BundleHash([1; 32]), BundleHash([2; 32])];
        let mut claims = Claims::default();
        let claim = claims.claim(P);
        assert_eq!(claims.not_judged_by(new).count(), 0, "it is not known yet by which");
        claims.begin(P, claim, 4);
        claims.judged(P, claim, JudgedBy::One(old));
        claims.judged_also(P, old);
        assert_eq!(claims.not_judged_by(new).collect::<Vec<_>>(), [(P, claim)]);
        assert_eq!((claims.not_judged_by(old).count(), claims.position(P, claim)), (0, Some(4)));
        claims.judged_also(P, new);
        let after = (claims.not_judged_by(old).count(), claims.not_judged_by(new).count());
        assert_eq!(after, (1, 1), "back at the old bundle, what the new one judged is judged again");
        claims.judged(P, claim, JudgedBy::One(new));
        assert_eq!((claims.not_judged_by(new).count(), claims.judged_by(P)), (0, Some(JudgedBy::One(new))));
        let again = claims.claim(P);
        assert_eq!((claims.position(P, claim), claims.position(P, again), claims.judged_by(P)), (None, None, None));
    }

    #[test]
    fn positions_only_move_forward() {
        let mut claims = Claims::default();
        let claim = claims.claim(P);
        claims.begin(P, claim, 3);
        claims.advance([(P, 8)]);
        claims.advance([(P, 6)]);
        assert_eq!(claims.positions().collect::<Vec<_>>(), [(P, 8)]);
    }
}

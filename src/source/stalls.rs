//! Partitions that deliver nothing although their log goes on.
//!
//! After a restart of its broker, librdkafka may never fetch a partition again, and says nothing of it. Whoever follows the log must
//! not wait for that for ever: such a partition is followed anew.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Partition;
use super::ends::Fetched;

/// How each partition stood when it was looked at last.
pub struct Stalls {
    fetched: Arc<Fetched>,
    looks: BTreeMap<Partition, Look>,
}

#[derive(Clone, Copy)]
struct Look {
    /// Next offset to read.
    position: i64,
    /// One after the last committed record.
    end: i64,
}

impl Stalls {
    pub fn new(fetched: Arc<Fetched>) -> Self {
        Self { fetched, looks: BTreeMap::new() }
    }

    /// Notes where the log ends now. Returns the partitions of which nothing was read since the last look, although there was
    /// something to read even then.
    pub fn look(&mut self, positions: &BTreeMap<Partition, i64>, ends: impl Iterator<Item = (Partition, i64)>) -> Vec<Partition> {
        let now = ends.filter_map(|(partition, end)| Some((partition, Look { position: *positions.get(&partition)?, end })));
        let before = std::mem::replace(&mut self.looks, now.collect());
        let stands = |(partition, look): (Partition, Look)| {
            let moved = self.looks.get(&partition).is_none_or(|now| now.position != look.position);
            // The markers of transactions take offsets and are never delivered.
            let is_read = look.position >= look.end || self.fetched.has_reached(partition, look.end);
            (!moved && !is_read).then_some(partition)
        };
        before.into_iter().filter_map(stands).collect()
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::statistics::{self, Statistics, Topic};

    use super::*;
    use crate::decode::Format;
    use crate::kafka::{Listener, Unheard};
    use crate::metrics::labels::Client;
    use crate::source::Input;

    const P: Partition = Partition { topic: 0, number: 3 };

    fn stalls() -> Stalls {
        Stalls::new(Arc::new(Fetched::new(Arc::new(Unheard), &[Input::messages("in", Format::Auto)])))
    }

    fn look(stalls: &mut Stalls, position: i64, end: i64) -> Vec<Partition> {
        stalls.look(&[(P, position)].into(), [(P, end)].into_iter())
    }

    #[test]
    fn a_partition_that_stands_still_before_the_end_of_its_log_is_found() {
        let mut stalls = stalls();
        assert_eq!(look(&mut stalls, 5, 9), [], "the first look");
        assert_eq!(look(&mut stalls, 5, 12), [P]);
        assert_eq!(look(&mut stalls, 7, 12), [], "it moved");
        assert_eq!(look(&mut stalls, 7, 12), [P]);
    }

    #[test]
    fn a_partition_that_was_read_to_its_end_does_not_stand_still() {
        let mut stalls = stalls();
        assert_eq!(look(&mut stalls, 9, 9), []);
        assert_eq!(look(&mut stalls, 9, 12), [], "what there is came since");
        assert_eq!(look(&mut stalls, 12, 12), []);
    }

    #[test]
    fn what_is_left_may_be_markers_alone() {
        let mut stalls = stalls();
        let partition = statistics::Partition { next_offset: 12, ..Default::default() };
        let topic = Topic { partitions: [(P.number, partition)].into(), ..Default::default() };
        let statistics = Statistics { topics: [("in".to_owned(), topic)].into(), ..Default::default() };
        assert_eq!(look(&mut stalls, 10, 12), []);
        stalls.fetched.statistics(Client::Reader, &statistics);
        assert_eq!(look(&mut stalls, 10, 12), []);
    }
}

//! The account of what was published: every consignment once, none missing, each partition in order.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};

use super::eventually;
use super::kafka::Cluster;
use super::reader::{Published, SourcePosition, partitions};

/// The offset behind the last record, by partition.
pub type LogEnds = BTreeMap<i32, i64>;

/// Asserts that `published` holds exactly one record for each record of `input`, which holds one consignment a record.
pub fn assert_each_exactly_once(cluster: &Cluster, input: &str, published: &[Published]) {
    let ends = log_ends(cluster, input);
    account(&ends, published.iter().map(|record| record.source)).unwrap_or_else(|problem| panic!("{problem}"));
}

/// Asserts that what one input partition led to stands in its order in each output partition.
pub fn assert_in_order(published: &[Published]) {
    let places = published.iter().map(|record| (record.partition, record.source));
    order(places).unwrap_or_else(|problem| panic!("{problem}"));
}

pub fn log_ends(cluster: &Cluster, topic: &str) -> LogEnds {
    let consumer: BaseConsumer = cluster.client().create().expect("a client of fixed settings can be created");
    let timeout = Duration::from_secs(2);
    let end = |partition| {
        eventually("a partition tells its end", 15 * timeout, || consumer.fetch_watermarks(topic, partition, timeout).ok()).1
    };
    (0..partitions(&consumer, topic)).map(|partition| (partition, end(partition))).collect()
}

/// The input is written by an idempotent producer without transactions: its offsets are 0, 1, 2 … without gaps.
fn account(ends: &LogEnds, published: impl Iterator<Item = SourcePosition>) -> Result<(), String> {
    let mut times: BTreeMap<SourcePosition, usize> = BTreeMap::new();
    published.for_each(|source| *times.entry(source).or_default() += 1);
    let position = |partition, offset| SourcePosition { partition, offset, index: 0 };
    let sent = ends.iter().flat_map(|(&partition, &end)| (0..end).map(move |offset| position(partition, offset)));
    let total: i64 = ends.values().sum();
    let some = |of: Vec<SourcePosition>, what: &str| match of.len() {
        0 => Ok(()),
        count => Err(format!("{count} of {total} {what}: {:?}", &of[..count.min(10)])),
    };
    some(sent.filter(|source| !times.contains_key(source)).collect(), "never told")?;
    some(times.iter().filter(|(_, times)| **times > 1).map(|(source, _)| *source).collect(), "told more than once")?;
    let sent = |source: &SourcePosition| source.index == 0 && ends.get(&source.partition) > Some(&source.offset);
    some(times.into_keys().filter(|source| !sent(source)).collect(), "told but never sent")
}

fn order(places: impl Iterator<Item = (i32, SourcePosition)>) -> Result<(), String> {
    let mut last: BTreeMap<(i32, i32), SourcePosition> = BTreeMap::new();
    for (output, source) in places {
        match last.insert((output, source.partition), source) {
            Some(before) if before >= source => return Err(format!("{source:?} behind {before:?} in output partition {output}")),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(of: &[(i32, i64, i64)]) -> impl Iterator<Item = SourcePosition> {
        of.iter().map(|&(partition, offset, index)| SourcePosition { partition, offset, index })
    }

    #[test]
    fn the_account_finds_what_is_lost_repeated_or_invented() {
        let ends = LogEnds::from([(0, 2), (1, 1)]);
        let problem = |of: &[(i32, i64, i64)]| account(&ends, sources(of)).err().unwrap_or_default();
        assert_eq!(problem(&[(1, 0, 0), (0, 0, 0), (0, 1, 0)]), "");
        assert!(problem(&[(1, 0, 0), (0, 0, 0)]).starts_with("1 of 3 never told: [SourcePosition { partition: 0, offset: 1"));
        assert!(problem(&[(1, 0, 0), (0, 0, 0), (0, 1, 0), (1, 0, 0)]).starts_with("1 of 3 told more than once"));
        for invented in [(0, 2, 0), (2, 0, 0), (0, 0, 1)] {
            assert!(
                problem(&[(1, 0, 0), (0, 0, 0), (0, 1, 0), invented]).starts_with("1 of 3 told but never sent"),
                "{invented:?}"
            );
        }
    }

    #[test]
    fn order_is_kept_for_each_input_partition_within_an_output_partition() {
        let at = |output: i32, partition, offset| (output, SourcePosition { partition, offset, index: 0 });
        assert_eq!(order([at(0, 0, 1), at(0, 1, 0), at(1, 0, 0), at(0, 0, 2)].into_iter()), Ok(()));
        assert!(order([at(0, 0, 1), at(0, 1, 0), at(0, 0, 0)].into_iter()).is_err());
        assert!(order([at(0, 0, 1), at(0, 0, 1)].into_iter()).is_err());
    }
}

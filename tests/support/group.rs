//! Who owns which partition, as the group coordinator tells it.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};

use super::kafka::Cluster;

/// Member id of each partition's owner.
pub type Owners = BTreeMap<i32, String>;

/// The owners of `topic`'s partitions in `group`; `None` while the group is between two assignments or nobody answers.
pub fn owners(consumer: &BaseConsumer, group: &str, topic: &str) -> Option<Owners> {
    let list = consumer.fetch_group_list(Some(group), Duration::from_secs(2)).ok()?;
    let group = list.groups().first().filter(|group| group.state() == "Stable")?;
    let mut owners = Owners::new();
    for member in group.members() {
        for partition in assigned(member.assignment()?, topic)? {
            owners.insert(partition, member.id().to_owned());
        }
    }
    Some(owners)
}

/// A client that asks.
pub fn observer(cluster: &Cluster) -> BaseConsumer {
    cluster.client().create().expect("a client of fixed settings can be created")
}

/// The consumer protocol's assignment: version (2 bytes), then topics, each with its name and its partitions (4 bytes each).
fn assigned(mut bytes: &[u8], wanted: &str) -> Option<Vec<i32>> {
    let mut found = Vec::new();
    bytes = bytes.get(2..)?;
    for _ in 0..number(&mut bytes)? {
        let (length, rest) = bytes.split_first_chunk()?;
        let (topic, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        bytes = rest;
        for _ in 0..number(&mut bytes)? {
            let partition = number(&mut bytes)?;
            if topic == wanted.as_bytes() {
                found.push(partition);
            }
        }
    }
    Some(found)
}

fn number(bytes: &mut &[u8]) -> Option<i32> {
    let (number, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(i32::from_be_bytes(*number))
}

#[test]
fn an_assignment_is_read_as_the_protocol_lays_it_out() {
    let bytes = b"\0\x01\0\0\0\x02\0\x01a\0\0\0\x01\0\0\0\x07\0\x01b\0\0\0\x02\0\0\0\x03\0\0\0\x05\xff\xff\xff\xff";
    assert_eq!(assigned(bytes, "b"), Some(vec![3, 5]));
    assert_eq!(assigned(bytes, "a"), Some(vec![7]));
    assert_eq!(assigned(&bytes[..20], "b"), None);
}

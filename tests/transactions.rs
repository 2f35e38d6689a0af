//! The harness itself: a real broker that keeps what is committed and hides what is aborted.

use std::time::Duration;

use rdkafka::Message;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use crate::support::{eventually, kafka};

const TIMEOUT: Duration = Duration::from_secs(20);

#[test]
fn a_committed_reader_sees_what_was_committed_and_nothing_that_was_aborted() {
    let cluster = kafka::shared();
    let topic = cluster.topic("transactions", 1);
    let producer: BaseProducer = cluster.client().set("transactional.id", &topic).create().unwrap();
    producer.init_transactions(TIMEOUT).unwrap();
    for (value, commit) in [("first", true), ("second", false), ("third", true)] {
        producer.begin_transaction().unwrap();
        producer.send(BaseRecord::<(), str>::to(&topic).payload(value)).unwrap();
        producer.flush(TIMEOUT).unwrap();
        if commit { producer.commit_transaction(TIMEOUT).unwrap() } else { producer.abort_transaction(TIMEOUT).unwrap() }
    }
    let reader: BaseConsumer = cluster.client().set("group.id", "reader").create().unwrap();
    let mut start = TopicPartitionList::new();
    start.add_partition_offset(&topic, 0, Offset::Beginning).unwrap();
    reader.assign(&start).unwrap();
    let mut seen = Vec::new();
    eventually("both committed records are read", TIMEOUT, || {
        let message = reader.poll(Duration::from_millis(100))?.ok()?;
        seen.push(String::from_utf8(message.payload()?.to_vec()).unwrap());
        (seen.len() == 2).then_some(())
    });
    assert_eq!(seen, ["first", "third"]);
}

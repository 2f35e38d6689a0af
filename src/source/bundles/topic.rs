//! The compacted topic of bundles: read from its beginning by every replica, for committed records alone, outside of any group.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::key;
use crate::bundle::pack::Kind;
use crate::bundle::shelf::Offer;
use crate::kafka::{ClientContext, Connection, Listener, partitions};
use crate::metrics::labels;
use crate::model::Timestamp;

pub struct TopicSource {
    consumer: BaseConsumer<ClientContext>,
    topic: String,
    keys: [(String, Kind); 2],
    progress: Progress,
}

enum Progress {
    /// The topic's partitions are not known yet.
    Unassigned,
    /// Reading what lies there; these partitions have not been read to their end.
    CatchingUp {
        unfinished: BTreeSet<i32>,
        offers: Vec<Offer>,
    },
    Following,
}

const CALL: Duration = Duration::from_secs(1);
/// Of what compaction has not removed yet, the newest this much is looked at when a replica starts.
const CATCH_UP_BYTES_MAX: usize = 256 << 20;

impl TopicSource {
    pub fn connect(
        connection: &Connection,
        group: &str,
        topic: &str,
        bundle: &str,
        listener: Arc<dyn Listener>,
    ) -> KafkaResult<Self> {
        // A group id is required and never used: this consumer neither joins nor commits.
        let mut config = connection.consumer("bundles", &format!("{group}-bundles"));
        config.set("enable.partition.eof", "true").set("fetch.wait.max.ms", "100");
        let consumer = config.create_with_context(ClientContext::new(labels::Client::Reader, listener))?;
        let keys = Kind::ALL.map(|kind| (key(bundle, kind), kind));
        Ok(Self { consumer, topic: topic.to_owned(), keys, progress: Progress::Unassigned })
    }

    /// True once everything that lay there has been handed over.
    pub fn caught_up(&self) -> bool {
        matches!(self.progress, Progress::Following)
    }

    pub fn poll(&mut self, wait: Duration) -> Vec<Offer> {
        if matches!(self.progress, Progress::Unassigned) {
            match self.assign() {
                Ok(progress) => self.progress = progress,
                Err(error) => {
                    tracing::warn!(topic = self.topic, %error, "the topic of bundles cannot be read yet, trying again");
                    std::thread::park_timeout(wait);
                    return Vec::new();
                }
            }
        }
        let offer = match self.consumer.poll(wait) {
            Some(Ok(message)) => offer(&message, &self.topic, &self.keys),
            Some(Err(KafkaError::PartitionEOF(partition))) => return self.ended(partition),
            Some(Err(error)) => {
                tracing::debug!(%error, "bundles poll");
                None
            }
            None => None,
        };
        match &mut self.progress {
            Progress::CatchingUp { offers, .. } => {
                offers.extend(offer);
                drop_oldest(offers);
                Vec::new()
            }
            _ => offer.into_iter().collect(),
        }
    }

    fn assign(&self) -> KafkaResult<Progress> {
        let unfinished: BTreeSet<i32> = partitions(&self.consumer, &self.topic, CALL)?.into_iter().collect();
        if unfinished.is_empty() {
            return Err(KafkaError::MetadataFetch(rdkafka::error::RDKafkaErrorCode::UnknownTopicOrPartition));
        }
        let mut list = TopicPartitionList::new();
        for partition in &unfinished {
            list.add_partition_offset(&self.topic, *partition, Offset::Beginning)?;
        }
        self.consumer.assign(&list)?;
        Ok(Progress::CatchingUp { unfinished, offers: Vec::new() })
    }

    /// Hands over what lay there once all partitions were read.
    fn ended(&mut self, partition: i32) -> Vec<Offer> {
        let Progress::CatchingUp { unfinished, offers } = &mut self.progress else { return Vec::new() };
        unfinished.remove(&partition);
        if !unfinished.is_empty() {
            return Vec::new();
        }
        let offers = std::mem::take(offers);
        self.progress = Progress::Following;
        offers
    }
}

/// A record under one of our keys; a tombstone is an offer of nothing, which is refused like any torn one.
fn offer(message: &BorrowedMessage<'_>, topic: &str, keys: &[(String, Kind)]) -> Option<Offer> {
    let key = message.key().unwrap_or_default();
    let (_, kind) = keys.iter().find(|(name, _)| name.as_bytes() == key)?;
    Some(Offer {
        place: format!("{topic}/{}@{}", message.partition(), message.offset()),
        kind: *kind,
        bytes: message.payload().unwrap_or_default().to_vec(),
        delivered: Timestamp::from_millis(message.timestamp().to_millis().unwrap_or_default()),
    })
}

fn drop_oldest(offers: &mut Vec<Offer>) {
    let mut bytes: usize = offers.iter().map(|offer| offer.bytes.len()).sum();
    let beyond = offers.iter().take_while(|offer| {
        let drop = bytes > CATCH_UP_BYTES_MAX;
        bytes -= offer.bytes.len();
        drop
    });
    let beyond = beyond.count();
    offers.drain(..beyond);
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::kafka::Unheard;
    use rdkafka::mocking::MockCluster;
    use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

    fn send(producer: &BaseProducer, key: &str, payload: Option<&str>) {
        let record = BaseRecord::<str, str>::to("cargo.bundles").key(key);
        producer
            .send(match payload {
                Some(payload) => record.payload(payload),
                None => record,
            })
            .map_err(|(error, _)| error)
            .unwrap();
        producer.flush(Duration::from_secs(10)).unwrap();
    }

    fn next(source: &mut TopicSource) -> Vec<(Kind, Vec<u8>)> {
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline {
            let offers = source.poll(Duration::from_millis(20));
            if !offers.is_empty() {
                return offers.into_iter().map(|offer| (offer.kind, offer.bytes)).collect();
            }
        }
        panic!("nothing was handed over")
    }

    #[test]
    fn what_lies_there_is_handed_over_together_and_what_comes_later_as_it_comes() {
        let cluster = MockCluster::new(1).unwrap();
        cluster.create_topic("cargo.bundles", 2, 1).unwrap();
        let connection = Connection { brokers: cluster.bootstrap_servers(), properties: Vec::new() };
        let producer: BaseProducer = connection.client("test").create().unwrap();
        for (key, payload) in [("main", "1"), ("other", "x"), ("main.lookout", "2"), ("main", "3")] {
            send(&producer, key, Some(payload));
        }
        let mut source = TopicSource::connect(&connection, "g", "cargo.bundles", "main", Arc::new(Unheard)).unwrap();
        let mut first = next(&mut source);
        first.sort();
        let regular = |text: &str| (Kind::Regular, text.as_bytes().to_vec());
        assert_eq!(first, [regular("1"), regular("3"), (Kind::Lookout, b"2".to_vec())]);
        assert!(source.caught_up());
        send(&producer, "main", Some("4"));
        assert_eq!(next(&mut source), [regular("4")]);
        send(&producer, "main", None);
        assert_eq!(next(&mut source), [regular("")]);
    }

    #[test]
    fn what_is_kept_while_catching_up_is_bounded_and_the_newest_stays() {
        let offer = |bytes: usize| Offer {
            place: String::new(),
            kind: Kind::Regular,
            bytes: vec![0; bytes],
            delivered: Timestamp::default(),
        };
        let mut offers = vec![offer(CATCH_UP_BYTES_MAX / 2), offer(CATCH_UP_BYTES_MAX / 2), offer(1)];
        drop_oldest(&mut offers);
        assert_eq!(offers.iter().map(|offer| offer.bytes.len()).collect::<Vec<_>>(), [CATCH_UP_BYTES_MAX / 2, 1]);
    }
}

//! Watching: a thread that reads everything published, as any team would (`read_committed`), and enters it in the ledger.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message as _;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::broker::Topics;
use super::published::Alert;
use super::{DemoError, SharedLedger};
use crate::outputs::read;
use crate::screen::verdict::Occasion;

/// What the live view shows beside the ledger's counts.
#[derive(Debug, Default)]
pub struct Published {
    /// Referrals by status code.
    pub referrals: BTreeMap<String, u64>,
    pub alerts: u64,
    /// The latest ones, oldest first.
    pub latest: VecDeque<Alert>,
    /// Records that could not be read as what their topic promises.
    pub unreadable: u64,
}

impl Published {
    fn alert(&mut self, alert: Alert) {
        self.alerts += 1;
        self.latest.push_back(alert);
        if self.latest.len() > LATEST_ALERTS {
            self.latest.pop_front();
        }
    }
}

pub type SharedPublished = Arc<std::sync::Mutex<Published>>;

pub struct Watch {
    topics: Topics,
    consumer: BaseConsumer,
}

impl Watch {
    pub fn connect(brokers: &str, topics: &Topics) -> Result<Self, DemoError> {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", brokers)
            .set("client.id", "loadgate-demo-watch")
            // Required by the client; nothing is committed.
            .set("group.id", "loadgate-demo-watch")
            .set("enable.auto.commit", "false")
            .set("isolation.level", "read_committed")
            .set("fetch.wait.max.ms", "50")
            .set("queued.max.messages.kbytes", "8192")
            .create()?;
        let mut assignment = TopicPartitionList::new();
        for (topic, partitions) in topics.outputs() {
            for partition in 0..partitions {
                assignment.add_partition_offset(topic, partition, Offset::Beginning)?;
            }
        }
        consumer.assign(&assignment)?;
        Ok(Self { topics: topics.clone(), consumer })
    }

    pub fn start(
        self,
        ledger: SharedLedger,
        published: SharedPublished,
        stop: Arc<AtomicBool>,
    ) -> Result<JoinHandle<()>, DemoError> {
        let watch = move || {
            while !stop.load(Ordering::Relaxed) {
                match self.consumer.poll(Duration::from_millis(100)) {
                    Some(Ok(record)) => self.enter(record.topic(), record.payload().unwrap_or_default(), &ledger, &published),
                    Some(Err(error)) => tracing::debug!(%error, "reading what was published"),
                    None => {}
                }
            }
        };
        Ok(thread::Builder::new().name("watch".into()).spawn(watch)?)
    }

    fn enter(&self, topic: &str, payload: &[u8], ledger: &SharedLedger, published: &SharedPublished) {
        let read = if topic == self.topics.assessments {
            read::assessment(payload).map(|read::Assessment { source, decision, occasion, .. }| match occasion {
                Occasion::Declared => super::lock(ledger).assessed(source.partition, source.offset, decision),
                // What memory finds on the way is no answer to the message that was sent.
                Occasion::Moved | Occasion::Deadline | Occasion::Outcome => super::lock(ledger).totals.noticed += 1,
            })
        } else if topic == self.topics.dead_letters {
            read::dead_letter(payload).map(|read::DeadLetter { source, reason, .. }| {
                super::lock(ledger).dead_letter(source.partition, source.offset, reason);
            })
        } else if topic == self.topics.referrals {
            read::referral(payload)
                .map(|referral| *super::lock(published).referrals.entry(referral.code.to_owned()).or_default() += 1)
        } else {
            read::alert(payload).map(|alert| super::lock(published).alert(Alert::from(&alert)))
        };
        if read.is_none() {
            super::lock(published).unreadable += 1;
        }
    }
}

const LATEST_ALERTS: usize = 6;

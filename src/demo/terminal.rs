//! The synthetic terminals: one thread that produces the stream at its rate and enters every delivered message in the ledger.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::ClientContext;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::Message as _;
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer, ProducerContext, ThreadedProducer};

use super::SharedLedger;
use super::ledger::Delivered;
use super::sent::Sent;
use super::stream::Stream;
use crate::model::Timestamp;

/// What a terminal is told.
pub struct Terminal {
    pub brokers: String,
    pub topic: String,
    /// Messages a second.
    pub rate: u32,
    /// Producing waits while the fullest partition has more bytes than this under way.
    pub bytes_under_way_max: usize,
}

impl Terminal {
    /// Sends until `stop`, then waits for the last delivery reports and ends.
    pub fn start(self, stream: Stream, ledger: SharedLedger, stop: Arc<AtomicBool>) -> Result<JoinHandle<()>, super::DemoError> {
        let producer = self.producer(ledger.clone())?;
        let send = move || self.send(stream, &producer, &ledger, &stop);
        Ok(thread::Builder::new().name("terminal".into()).spawn(send)?)
    }

    fn producer(&self, ledger: SharedLedger) -> KafkaResult<ThreadedProducer<Reports>> {
        ClientConfig::new()
            .set("bootstrap.servers", &self.brokers)
            .set("client.id", "loadgate-demo-terminal")
            .set("enable.idempotence", "true")
            .set("linger.ms", "5")
            // Both bound what waits in the producer; when it is full, the terminal waits.
            .set("queue.buffering.max.messages", "20000")
            .set("queue.buffering.max.kbytes", "2048")
            .set("message.timeout.ms", "60000")
            .create_with_context(Reports { ledger })
    }

    fn send(&self, stream: Stream, producer: &ThreadedProducer<Reports>, ledger: &SharedLedger, stop: &AtomicBool) {
        let started = Instant::now();
        for (number, sent) in stream.enumerate() {
            let due = Duration::from_secs_f64(number as f64 / f64::from(self.rate.max(1)));
            thread::sleep(due.saturating_sub(started.elapsed()));
            while !stop.load(Ordering::Relaxed) && super::lock(ledger).bytes_under_way() > self.bytes_under_way_max {
                thread::sleep(WAIT);
            }
            if stop.load(Ordering::Relaxed) {
                break;
            }
            self.produce(sent, producer, ledger);
        }
        if let Err(error) = producer.flush(Duration::from_secs(30)) {
            tracing::warn!(%error, "the last messages of the terminals were not confirmed");
        }
    }

    fn produce(&self, sent: Sent, producer: &ThreadedProducer<Reports>, ledger: &SharedLedger) {
        let Sent { at, key, payload, expected, story } = sent;
        let entry = Delivered { key: key.clone(), expected, story, bytes: payload.len(), sent_at: Instant::now() };
        // A broker refuses timestamps far in its future; an accelerated stream may get there.
        let at = at.min(now());
        let record = BaseRecord::with_opaque_to(&self.topic, Box::new(entry));
        let mut record = record.key(key.as_str()).payload(payload.as_slice()).timestamp(at.millis());
        loop {
            match producer.send(record) {
                Ok(()) => return,
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    record = back;
                    thread::sleep(WAIT);
                }
                Err((error, _)) => {
                    tracing::warn!(%error, "a message of the terminals was not sent");
                    return super::lock(ledger).undelivered();
                }
            }
        }
    }
}

/// Enters delivery reports in the ledger.
struct Reports {
    ledger: SharedLedger,
}

impl ClientContext for Reports {}

impl ProducerContext for Reports {
    type DeliveryOpaque = Box<Delivered>;

    fn delivery(&self, result: &DeliveryResult<'_>, entry: Box<Delivered>) {
        let mut ledger = super::lock(&self.ledger);
        match result {
            Ok(message) => ledger.delivered(message.partition(), message.offset(), *entry),
            Err((error, _)) => {
                tracing::warn!(%error, "a message of the terminals was not delivered");
                ledger.undelivered();
            }
        }
    }
}

pub fn now() -> Timestamp {
    std::time::SystemTime::now().into()
}

const WAIT: Duration = Duration::from_millis(2);

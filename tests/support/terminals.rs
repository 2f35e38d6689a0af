//! Terminals: a thread that sends unique waybills at a steady rate until it is stopped.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};

use super::kafka::Cluster;
use super::waybill;

/// Past the longest outage that a scenario makes.
const FLUSH: Duration = Duration::from_secs(120);
/// Every so many waybills one has to be held.
const RISKY_EVERY: u32 = 10;

/// The last offset that the broker acknowledged, by partition.
pub type Acknowledged = BTreeMap<i32, i64>;

pub struct Terminals {
    stop: Arc<AtomicBool>,
    deliveries: Deliveries,
    thread: Option<JoinHandle<()>>,
}

impl Terminals {
    /// Sends `rate` waybills a second, keyed by AWB.
    pub fn start(cluster: &Cluster, topic: &str, rate: u32) -> Self {
        let (stop, deliveries) = (Arc::new(AtomicBool::new(false)), Deliveries::default());
        let producer = producer(cluster, deliveries.clone());
        let (topic, stopped) = (topic.to_owned(), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            let start = Instant::now();
            let mut sent = 0;
            while !stopped.load(Ordering::Relaxed) {
                while f64::from(sent) < start.elapsed().as_secs_f64() * f64::from(rate) {
                    send(&producer, &topic, sent);
                    sent += 1;
                }
                producer.poll(Duration::from_millis(5));
            }
            producer.flush(FLUSH).expect("every waybill reaches the broker in the end");
        });
        Self { stop, deliveries, thread: Some(thread) }
    }

    pub fn acknowledged(&self) -> Acknowledged {
        self.deliveries.last.lock().expect("no delivery callback panics").clone()
    }

    /// Stops sending; what was sent is acknowledged when this returns.
    pub fn stop(mut self) -> Acknowledged {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().expect("stopped once").join().expect("the terminals do not panic");
        self.acknowledged()
    }
}

impl Drop for Terminals {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Sends waybills `numbers` and waits until all are acknowledged.
pub fn send_waybills(cluster: &Cluster, topic: &str, numbers: std::ops::Range<u32>) {
    let producer = producer(cluster, Deliveries::default());
    numbers.for_each(|number| send(&producer, topic, number));
    producer.flush(FLUSH).expect("every waybill reaches the broker");
}

/// Sends one payload and waits until it is acknowledged.
pub fn send_payload(cluster: &Cluster, topic: &str, key: &str, payload: &[u8]) {
    send_payloads(cluster, topic, [(key.to_owned(), payload)]);
}

/// Sends payloads by key and waits until all are acknowledged.
pub fn send_payloads<P: AsRef<[u8]>>(cluster: &Cluster, topic: &str, payloads: impl IntoIterator<Item = (String, P)>) {
    let producer = producer(cluster, Deliveries::default());
    payloads.into_iter().for_each(|(key, payload)| send_to(&producer, topic, &key, payload.as_ref()));
    producer.flush(FLUSH).expect("every payload reaches the broker");
}

fn send(producer: &BaseProducer<Deliveries>, topic: &str, number: u32) {
    let waybill = if number.is_multiple_of(RISKY_EVERY) { waybill::risky(number) } else { waybill::clear(number) };
    send_to(producer, topic, &waybill::awb(number), waybill.as_bytes());
}

fn send_to(producer: &BaseProducer<Deliveries>, topic: &str, key: &str, payload: &[u8]) {
    let mut record = BaseRecord::to(topic).key(key).payload(payload);
    while let Err((_full, unsent)) = producer.send(record) {
        producer.poll(Duration::from_millis(50));
        record = unsent;
    }
}

fn producer(cluster: &Cluster, deliveries: Deliveries) -> BaseProducer<Deliveries> {
    let mut config = cluster.client();
    // In order and once, so that the input partition itself is the list of what has to be assessed.
    config.set("enable.idempotence", "true").set("message.timeout.ms", FLUSH.as_millis().to_string()).set("linger.ms", "5");
    config.create_with_context(deliveries).expect("a client of fixed settings can be created")
}

#[derive(Default, Clone)]
struct Deliveries {
    last: Arc<Mutex<Acknowledged>>,
}

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        let Ok(message) = result else { return };
        self.last.lock().expect("no delivery callback panics").insert(message.partition(), message.offset());
    }
}

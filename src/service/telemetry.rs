//! What the stages report: one place that turns events of the service into metrics, health and log lines.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, Sender, bounded};
use prometheus::IntCounter;
use rdkafka::error::KafkaError;
use rdkafka::statistics::Statistics;

use super::Settings;
use super::departures::Departures;
use super::health::{Health, Pulse, Wait};
use super::remembering::{Inquiry, Positions};
use super::worker::{Referral, ScreenedRecord, What};
use crate::batch::Batch;
use crate::bundle::pack::Kind;
use crate::bundle::shelf::{Accepted, Shelf};
use crate::bundle::{Bundle, Refused};
use crate::codes;
use crate::kafka::Listener;
use crate::memory::{FrozenMemory, Size};
use crate::metrics::labels::{self, Change, Client, EntryKind, Stage, Within};
use crate::metrics::{Bounds, Metrics};
use crate::model::Timestamp;
use crate::screen::indicators;
use crate::screen::verdict::Decision;
use crate::screen::watch::Watch;
use crate::sink::{Holds, Outcome, Standing};
use crate::source::{Begin, Claims, Input, Partition};

#[derive(Clone)]
pub struct Telemetry {
    pub metrics: Arc<Metrics>,
    pub health: Arc<Health>,
    inputs: Arc<[Input]>,
    committed: Arc<Mutex<BTreeMap<Partition, Progress>>>,
    /// Questions to the thread that owns memory.
    ask: Sender<Inquiry>,
    asked: Receiver<Inquiry>,
}

/// How long memory may take to answer: a batch may be under way.
const ANSWER: Duration = Duration::from_secs(10);

/// Equal memories have equal digests: what replicas that read the same remember is the same.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MemoryDigest {
    pub digest: String,
    /// Topic, partition and next offset of everything that memory has read.
    pub positions: Vec<(String, i32, i64)>,
}

/// How far the verdicts of an owned partition are committed.
#[derive(Debug, Clone, Copy, Default)]
struct Progress {
    next_offset: i64,
    /// Timestamp of the last record committed.
    timestamp: Timestamp,
}

impl Telemetry {
    /// Metrics and health of a service with these settings.
    pub fn of(settings: &Settings) -> prometheus::Result<Self> {
        let topics: Vec<[&str; 2]> = settings.inputs.iter().map(|input| [input.topic.as_str(), input.writer()]).collect();
        let codes: Vec<&str> = codes::lists::REFERRAL.iter().map(|(code, _)| *code).collect();
        let evidence: Vec<&str> = indicators::CATALOGUE.iter().map(|indicator| indicator.id).collect();
        let metrics = Metrics::new(Bounds { topics: &topics, codes: &codes, evidence: &evidence })?;
        let inputs = settings.inputs.clone().into();
        let (ask, asked) = bounded(4);
        Ok(Self {
            metrics: Arc::new(metrics),
            health: Arc::new(Health::new(settings.stall_limit)),
            inputs,
            committed: Arc::default(),
            ask,
            asked,
        })
    }

    pub fn listener(&self) -> Arc<dyn Listener> {
        Arc::new(self.clone())
    }

    /// Times the phases of transactions, each of which is a step forward of whoever publishes.
    pub fn transaction_observer(&self, pulse: Arc<Pulse>) -> Box<dyn Fn(labels::Phase, Duration) + Send> {
        let metrics = Arc::clone(&self.metrics);
        Box::new(move |phase, took| {
            pulse.beat();
            metrics.transaction_duration.of(phase).observe(took.as_secs_f64());
        })
    }

    /// What is asked of memory, for the thread that owns it.
    pub fn inquiries(&self) -> Receiver<Inquiry> {
        self.asked.clone()
    }

    /// What memory is now: its digest at the positions it has read to. Takes as long as hashing all of it.
    pub fn memory_digest(&self) -> Result<MemoryDigest, &'static str> {
        let (memory, positions) = self.frozen_memory()?;
        let topic = |partition: &Partition| self.inputs.get(usize::from(partition.topic)).map(|input| input.topic.clone());
        let positions = positions.iter().filter_map(|(partition, next)| Some((topic(partition)?, partition.number, *next)));
        Ok(MemoryDigest { digest: memory.digest().to_string(), positions: positions.collect() })
    }

    /// Memory as it is between two batches, and the positions it has read to.
    pub fn frozen_memory(&self) -> Result<(FrozenMemory, Positions), &'static str> {
        self.ask_memory(Inquiry::Whole)
    }

    /// The positions that memory has read to.
    pub fn remembered_positions(&self) -> Result<Positions, &'static str> {
        self.ask_memory(Inquiry::Positions)
    }

    fn ask_memory<T>(&self, inquiry: impl FnOnce(Sender<T>) -> Inquiry) -> Result<T, &'static str> {
        let (answer, answered) = bounded(1);
        self.ask.try_send(inquiry(answer)).map_err(|_| "others are asking")?;
        answered.recv_timeout(ANSWER).map_err(|_| "memory does not answer")
    }

    /// Runs a stage's work on one batch.
    pub fn time<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = work();
        let seconds = started.elapsed().as_secs_f64();
        self.metrics.stage_busy.of(stage).inc_by(seconds);
        self.metrics.stage_duration.of(stage).observe(seconds);
        result
    }

    /// Runs a wait for the next stage: backpressure.
    pub fn wait<T>(&self, stage: Stage, wait: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = wait();
        self.metrics.stage_waiting.of(stage).inc_by(started.elapsed().as_secs_f64());
        result
    }

    pub fn read(&self, batch: &Batch) {
        for entry in batch.entries() {
            self.metrics.records_read.of(entry.record.origin.topic).into_iter().for_each(IntCounter::inc);
        }
    }

    pub fn gained(&self, partitions: usize) {
        tracing::info!(partitions, "partitions gained");
        self.metrics.ownership_changes.of(Change::Gained).inc_by(partitions as u64);
    }

    pub fn gone(&self, partitions: &[Partition], lost: bool) {
        tracing::info!(partitions = partitions.len(), lost, "partitions given up");
        let change = if lost { Change::Lost } else { Change::Gone };
        self.metrics.ownership_changes.of(change).inc_by(partitions.len() as u64);
        let mut committed = self.committed.lock().unwrap_or_else(PoisonError::into_inner);
        for partition in partitions {
            committed.remove(partition);
            if let Some(input) = self.inputs.get(usize::from(partition.topic)) {
                self.metrics.forget_partition(&input.topic, partition.number);
            }
        }
    }

    pub fn rebalanced(&self) {
        self.metrics.rebalances.inc();
    }

    /// What the service waits for; `None` when it is at work.
    pub fn waits_for(&self, wait: Option<Wait>) {
        self.health.set_waiting(wait);
        self.metrics.ready.set(i64::from(wait.is_none()));
    }

    pub fn ownership(&self, claims: &Claims, stray_records: u64) {
        self.metrics.partitions_owned.set(claims.len() as i64);
        let counted = self.metrics.owner_stray_records.get();
        self.metrics.owner_stray_records.inc_by(stray_records.saturating_sub(counted));
    }

    /// How many records are left until memory has caught up; `None` before that is known.
    pub fn catching_up(&self, left: Option<i64>) {
        self.metrics.memory_catch_up_records.set(left.unwrap_or_default());
    }

    pub fn memory(&self, size: &Size) {
        let Size { consignments, parties, bands, traces, links, loads, tallies, bytes } = *size;
        let entries = [consignments, parties, bands, traces, links, loads, tallies];
        for (kind, entries) in EntryKind::ALL.into_iter().zip(entries) {
            self.metrics.memory_entries.of(kind).set(entries as i64);
        }
        self.metrics.memory_bytes.set(bytes as i64);
    }

    pub fn snapshot_written(&self, took: Duration, bytes: u64) {
        self.metrics.snapshots.inc();
        self.metrics.snapshot_time.set(now().millis() / 1_000);
        self.metrics.snapshot_duration.set(took.as_secs_f64());
        self.metrics.snapshot_bytes.set(bytes as i64);
        tracing::info!(seconds = took.as_secs_f64(), bytes, "memory is written down");
    }

    pub fn snapshot_failed(&self, path: &std::path::Path, error: &std::io::Error) {
        self.metrics.snapshot_failures.inc();
        tracing::error!(path = %path.display(), %error, "memory could not be written down; the snapshot before is kept, and the service goes on");
    }

    pub fn dropped(&self, records: usize) {
        self.metrics.dropped_verdicts.inc_by(records as u64);
    }

    pub fn told(&self, codes: &[&'static str]) {
        codes.iter().for_each(|code| self.metrics.referrals.of(code).inc());
    }

    pub fn transaction(&self, outcome: Outcome, records: usize) {
        let label = match outcome {
            Outcome::Committed => labels::Outcome::Committed,
            Outcome::Aborted | Outcome::NotMember => labels::Outcome::Aborted,
            Outcome::Unknown => labels::Outcome::Unknown,
        };
        self.metrics.transactions.of(label).inc();
        self.metrics.transaction_records.observe(records as f64);
        if outcome == Outcome::Unknown {
            self.metrics.producer_rebuilds.inc();
        }
    }

    /// A claim begins: from here on its lag is known. It counts from the last event that was committed, or from now where none was.
    pub fn begun(&self, begin: Begin) {
        let progress = Progress { next_offset: begin.next_offset, timestamp: begin.note.watermark.unwrap_or_else(now) };
        self.committed.lock().unwrap_or_else(PoisonError::into_inner).insert(begin.partition, progress);
    }

    /// There is no sound producer, and so none that a broker answers.
    pub fn no_producer(&self) {
        self.metrics.broker_up.of(Client::Producer).set(0);
    }

    pub fn committed(&self, records: &[ScreenedRecord<'_>]) {
        let now = now();
        let mut committed = self.committed.lock().unwrap_or_else(PoisonError::into_inner);
        for screened in records {
            self.time_to_departure(screened.referrals(), now);
            let record = screened.entry.record;
            let timestamp = record.timestamp;
            self.metrics.records_screened.of(record.origin.topic).into_iter().for_each(IntCounter::inc);
            self.metrics.e2e_latency.observe((now.millis() - timestamp.millis()).max(0) as f64 / 1_000.0);
            committed.insert(record.origin.into(), Progress { next_offset: record.origin.offset + 1, timestamp });
        }
    }

    /// How long before their departure the verdicts on bills came.
    fn time_to_departure(&self, referrals: &[Referral], now: Timestamp) {
        for referral in referrals {
            if let (Some(due), What::Ordered(decision)) = (referral.departs, referral.telling) {
                let left = (due.latest.millis() - now.millis()).max(0) as f64 / 1_000.0;
                self.metrics.time_to_departure.of(decision).observe(left);
            }
        }
    }

    /// The open holds, and with memory's answer how near they are to their departures.
    pub fn holds(&self, holds: &Holds) {
        for decision in [Decision::Rfi, Decision::Rfs, Decision::Dnl] {
            let code = crate::sink::code(decision, Standing::Issued, true);
            self.metrics.holds_open.of(code).set(holds.open(decision) as i64);
        }
        // Full when memory is busy: then the next one will do.
        let _ = self.ask.try_send(Inquiry::Departures(holds.all_open().collect()));
    }

    pub fn departures(&self, departures: &Departures) {
        for (decision, departed) in Decision::ALL.into_iter().zip(departures.departed) {
            self.metrics.holds_departed.of(decision).set(departed);
        }
        for (within, counts) in Within::ALL.into_iter().zip(departures.within) {
            let counts = Decision::ALL.into_iter().zip(counts);
            counts.for_each(|(decision, count)| self.metrics.holds_departing.of(decision, within).set(count));
        }
    }

    /// A bundle was refused, and the one in force stays.
    pub fn bundle_refused(&self, place: &str, refused: &Refused) {
        self.metrics.bundle_refused.of(refused.reason).inc();
        tracing::warn!(place, reason = refused.reason.as_str(), detail = refused.detail, "bundle refused; the running one stays");
    }

    /// Nothing more is published under any other bundle. `shelf`: where it was delivered.
    pub fn bundle_in_force(&self, bundle: &Bundle, shelf: Option<&Shelf>) {
        let hash = bundle.hash;
        for kind in Kind::ALL {
            let Some(accepted) = shelf.and_then(|shelf| shelf.in_force(kind)) else { continue };
            let Accepted { manifest, place, .. } = accepted;
            self.metrics.bundle_sequence.of(kind).set(i64::try_from(manifest.sequence).unwrap_or(i64::MAX));
            let (kind, sequence) = (kind.as_str(), manifest.sequence);
            let restores = manifest.restores.map(|restored| restored.sequence);
            tracing::info!(bundle = %hash, kind, sequence, restores, author = manifest.author, place, "bundle in force");
        }
        self.metrics.bundle_in_force(&hash.to_string(), bundle.watch.iter().flat_map(Watch::lists));
    }

    /// Positions after what is committed, of the owned partitions.
    pub fn committed_positions(&self) -> Vec<(Partition, i64)> {
        let committed = self.committed.lock().unwrap_or_else(PoisonError::into_inner);
        committed.iter().map(|(partition, progress)| (*partition, progress.next_offset)).collect()
    }

    /// Lag of the owned partitions, from what the reader's client knows about the end of each.
    fn lag(&self, statistics: &Statistics) {
        let now = now();
        let committed = self.committed.lock().unwrap_or_else(PoisonError::into_inner);
        for (&partition, progress) in committed.iter() {
            let Some(input) = self.inputs.get(usize::from(partition.topic)) else { continue };
            let known = statistics.topics.get(&input.topic).and_then(|topic| topic.partitions.get(&partition.number));
            let Some(known) = known.filter(|known| known.ls_offset >= 0) else { continue };
            // Markers of transactions take offsets too: when the fetcher stands at the end and holds nothing, nothing is missing.
            let at_the_end = known.next_offset >= known.ls_offset && known.app_offset <= progress.next_offset;
            let records = if at_the_end { 0 } else { (known.ls_offset - progress.next_offset).max(0) };
            let age = (now.millis() - progress.timestamp.millis()).max(0) as f64 / 1_000.0;
            let lag = self.metrics.partition_lag(&input.topic, partition.number);
            lag.records.set(records);
            lag.seconds.set(if records > 0 { age } else { 0.0 });
        }
    }
}

impl Listener for Telemetry {
    fn error(&self, client: Client, error: &KafkaError) {
        self.metrics.broker_errors.of(client).inc();
        tracing::warn!(client = client.as_str(), %error, "kafka client");
    }

    fn statistics(&self, client: Client, statistics: &Statistics) {
        let up = statistics.brokers.values().any(|broker| broker.state == "UP");
        self.metrics.broker_up.of(client).set(i64::from(up));
        self.metrics.client_queue_records.of(client).set(statistics.msg_cnt as i64 + statistics.replyq);
        self.metrics.client_queue_bytes.of(client).set(statistics.msg_size as i64);
        if client == Client::Reader {
            self.lag(statistics);
            let shared = self.inputs.iter().filter(|input| input.is_screened());
            let known = shared.filter_map(|input| statistics.topics.get(&input.topic)).flat_map(|topic| topic.partitions.keys());
            // Number -1 stands for what has no partition yet.
            self.metrics.partitions_known.set(known.filter(|number| **number >= 0).count() as i64);
        }
    }
}

/// The wall clock, for latency and lag only: nothing that is published holds it.
fn now() -> Timestamp {
    SystemTime::now().into()
}

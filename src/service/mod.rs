//! The running service: wires the stages and stops them in order.
//!
//! ```text
//!              commands                                        claims, positions
//!        ┌─────────────────────────────────────────────────────────────────┐
//!        ▼                                                                 │
//!  reader ──batch──▶ decode 0..n ──▶ memory ──▶ screen 0..n ──screened──▶ publisher ──▶ one transaction
//!                                       │
//!                                       └──frozen──▶ snapshots
//! ```
//!
//! Each arrow is a bounded channel, or one for each worker (`lanes`): a slow sink slows the reader, and the order of each partition
//! needs no sorting. Every replica remembers everything and screens what it has claimed. Stopping runs with the flow: the publisher
//! tells the reader to stop, the reader hands over its last batch and hangs up, each stage drains and hangs up, the publisher commits
//! what came and leaves the group.

mod bundles;
mod decoding;
mod departures;
#[cfg(test)]
mod derived_tests;
mod health;
mod lanes;
mod publisher;
mod remembering;
mod rescreening;
mod settings;
mod snapshots;
mod telemetry;
mod telling;
mod underway;
mod worker;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, RecvError, RecvTimeoutError, Sender, bounded, unbounded};

use crate::batch::Batch;
use crate::bundle::Current;
use crate::decode::{Decoder, DecoderConfig, Limits};
use crate::kafka::Connection;
use crate::memory::{Horizons, Keys, Observer};
use crate::metrics::labels::Stage;
use crate::model::Timestamp;
use crate::outputs::Frames;
use crate::screen::judge::Judge;
use crate::sink::{HoldLog, Holds, Transactor};
use crate::source::reader::{Command, Reader, Start};
use crate::source::{BatchLimits, Claims, Input, Ownership, Partition, Positions};
use decoding::{DecodeWorker, Observed};
use publisher::Publisher;
use remembering::{Remembered, Rememberer};
use rescreening::Rescreener;
use worker::Named;

pub use bundles::Rules;
pub use decoding::{read_back, seen};
pub use health::{Health, Pulse, Wait};
pub use publisher::Topics;
pub use remembering::Recalled;
pub use settings::{FrameError, frames};
pub use snapshots::SnapshotSettings;
use snapshots::Snapshots;
pub use telemetry::Telemetry;
use underway::UnderWay;
pub use worker::{Referral, Screened, ScreenedRecord, What, Worker};

/// What memory is made with.
#[derive(Debug, Clone)]
pub struct MemorySettings {
    pub keys: Keys,
    pub horizons: Horizons,
    pub snapshot: Option<SnapshotSettings>,
}

/// What the service is told; checked by `config`.
#[derive(Debug, Clone)]
pub struct Settings {
    pub connection: Connection,
    /// Consumer group: the replicas that share the screening.
    pub group: String,
    /// Stable for a replica, so that its restart fences what the old process left open.
    pub transactional_id: String,
    pub session_timeout: Duration,
    pub transaction_timeout: Duration,
    /// What terminals and teams write, then what is read back.
    pub inputs: Vec<Input>,
    pub memory: MemorySettings,
    pub topics: Topics,
    /// Whose status codes the terminals are told, by name.
    pub regime: String,
    pub batch: BatchLimits,
    /// Batches waiting between two stages.
    pub in_flight: usize,
    /// Threads of each stage that has several: decoding and screening.
    pub workers: usize,
    pub limits: Limits,
    pub decoder: DecoderConfig,
    /// How long a loop may stand still and count as alive.
    pub stall_limit: Duration,
    /// How long leaving the group may take at the end.
    pub leave_timeout: Duration,
}

#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error("decoder: {0}")]
    Decoder(#[from] crate::decode::avro::AvroConfigError),
    #[error("kafka client: {0}")]
    Kafka(#[from] rdkafka::error::KafkaError),
    #[error("thread: {0}")]
    Thread(#[from] std::io::Error),
    #[error("a stage ended without being asked to; the log above says why")]
    StageEnded,
}

/// Tells a running service to stop.
#[derive(Debug, Clone, Default)]
pub struct Shutdown(Arc<AtomicBool>);

impl Shutdown {
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// What is sent next; `None` when the end is requested before. `Err` when nobody will send.
    pub fn receive<T>(&self, from: &Receiver<T>) -> Result<Option<T>, RecvError> {
        while !self.is_requested() {
            match from.recv_timeout(IDLE) {
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(RecvError),
                Ok(sent) => return Ok(Some(sent)),
            }
        }
        Ok(None)
    }
}

/// Runs until `shutdown` is requested and everything under way is committed. Blocks the calling thread, which publishes.
///
/// Brokers that are away are waited for; only what cannot get better (a setting that librdkafka refuses) is an error.
pub fn run(
    settings: &Settings,
    rules: &Rules,
    frames: Frames,
    telemetry: &Telemetry,
    shutdown: &Shutdown,
) -> Result<(), ServiceError> {
    let Some(current) = rules.current(settings, telemetry, shutdown)? else { return Ok(()) };
    let listener = telemetry.listener();
    let Settings { connection, group, memory, .. } = settings;
    let inputs: Arc<[Input]> = settings.inputs.clone().into();
    let topics: Vec<String> = inputs.iter().map(|input| input.topic.clone()).collect();
    telemetry.waits_for(Some(Wait::Snapshot));
    let (remembered, header) = snapshots::restore(memory.snapshot.as_ref(), &memory.keys, &topics, memory.horizons);
    let folded: BTreeMap<Partition, i64> =
        header.positions.iter().map(|(topic, number, next)| (Partition { topic: *topic, number: *number }, *next)).collect();

    let ownership = Ownership::connect(connection, group, settings.session_timeout, &inputs, listener.clone())?;
    let mut hold_log = HoldLog::connect(connection, group, &settings.topics.referrals, listener.clone())?;
    let positions = Positions::start(&ownership, &inputs, move || hold_log.catch_up())?;
    let start = Start { positions: folded.clone(), since: horizon(memory.horizons) };
    let reader = Reader::connect(connection, group, &inputs, settings.batch, start, listener.clone())?;
    let pulse = Arc::new(telemetry.health.pulse("publisher"));
    let observer = telemetry.transaction_observer(Arc::clone(&pulse));
    let transactor = Transactor::new(connection, &settings.transactional_id, settings.transaction_timeout, listener, observer);
    let (commands, reader_commands) = unbounded();

    let (batches, observed) = start_decoding(settings, telemetry, &inputs)?;
    let rememberer = Rememberer {
        memory: remembered,
        positions: folded,
        watermarks: HashMap::new(),
        snapshots: Snapshots::start(memory.snapshot.clone(), telemetry.clone())?,
        header,
        telemetry: telemetry.clone(),
        measured: Instant::now(),
        judge: Judge::default(),
        under_way: UnderWay::default(),
    };
    let (recalled, screened) = start_screening(settings, &current, frames, telemetry, &inputs)?;
    start_memory(rememberer, observed, recalled, telemetry)?;
    let (picked, reader_picked) = bounded(1);
    let (errands, given) = unbounded();
    let rescreener = Rescreener {
        connection: connection.clone(),
        group: group.clone(),
        inputs: Arc::clone(&inputs),
        errands: given,
        picked,
        fetched: reader.fetched(),
        telemetry: telemetry.clone(),
    };
    rescreener.start()?;
    start_reader(reader, (reader_commands, reader_picked), batches, telemetry.clone())?;
    let publisher = Publisher {
        ownership,
        positions,
        transactor,
        inputs,
        topics: settings.topics.clone(),
        regime: settings.regime.clone(),
        frames,
        reader: commands,
        screened,
        limits: settings.batch.times(settings.in_flight),
        telemetry: telemetry.clone(),
        pulse,
        claims: Claims::default(),
        holds: Holds::new(memory.keys.clone()),
        stale: false,
        unsure: false,
        joined: false,
        outcomes_seen: BTreeMap::new(),
        measured: Instant::now(),
        current,
        errands,
        errand: None,
    };
    match publisher.run(shutdown, settings.leave_timeout)? {
        true => Ok(()),
        false => Err(ServiceError::StageEnded),
    }
}

/// What is older than this need not be read: it would be forgotten at once. The clock decides only what is read, never what is
/// remembered of it.
fn horizon(horizons: Horizons) -> Timestamp {
    let days = i64::from(horizons.identity_days) + 1;
    Timestamp::from_millis(Timestamp::from(SystemTime::now()).millis().saturating_sub(days * 86_400_000))
}

/// Channels into and out of the workers of a stage, by worker.
type Lanes<I, O> = (Vec<Sender<I>>, Vec<Receiver<O>>);

/// Starts the workers of a stage, each on a thread of its own between two bounded channels.
fn start_stage<I: Send + 'static, O: Send + 'static, W: FnMut(I) -> O + Send + 'static>(
    name: &str,
    stage: Stage,
    settings: &Settings,
    telemetry: &Telemetry,
    mut worker: impl FnMut() -> Result<W, ServiceError>,
) -> Result<Lanes<I, O>, ServiceError> {
    let mut lanes = (Vec::new(), Vec::new());
    for number in 0..settings.workers.max(1) {
        let (give, taken) = bounded::<I>(settings.in_flight);
        let (done, finished) = bounded(settings.in_flight);
        let (mut work, telemetry, name) = (worker()?, telemetry.clone(), format!("{name}-{number}"));
        let pulse = telemetry.health.pulse(&name);
        let run = move || {
            while let Some(item) = lanes::take(&taken, &pulse) {
                let result = telemetry.time(stage, || work(item));
                if !telemetry.wait(stage, || lanes::give(&done, result, &pulse)) {
                    return;
                }
            }
        };
        thread::Builder::new().name(name).spawn(run)?;
        lanes.0.push(give);
        lanes.1.push(finished);
    }
    Ok(lanes)
}

fn start_decoding(
    settings: &Settings,
    telemetry: &Telemetry,
    inputs: &Arc<[Input]>,
) -> Result<Lanes<Batch, Observed>, ServiceError> {
    // Its clones share the registry's cache.
    let decoder = Decoder::new(settings.decoder.clone())?;
    start_stage("decode", Stage::Decode, settings, telemetry, || {
        let mut worker = DecodeWorker {
            decoder: decoder.clone(),
            observer: Observer::new(settings.memory.keys.clone()),
            inputs: Arc::clone(inputs),
            limits: settings.limits,
            metrics: Arc::clone(&telemetry.metrics),
        };
        Ok(move |batch| worker.decode(batch))
    })
}

fn start_screening(
    settings: &Settings,
    current: &Arc<Current>,
    frames: Frames,
    telemetry: &Telemetry,
    inputs: &Arc<[Input]>,
) -> Result<Lanes<Remembered, Screened>, ServiceError> {
    start_stage("screen", Stage::Screen, settings, telemetry, || {
        let mut worker = Worker {
            current: Arc::clone(current),
            named: Named::of(&current.take(), &telemetry.metrics),
            inputs: Arc::clone(inputs),
            frames,
            metrics: Arc::clone(&telemetry.metrics),
            judge: Judge::default(),
        };
        Ok(move |remembered| worker.screen(remembered))
    })
}

/// How long is waited for what comes next before it is looked what else there is to do: an answer, an end.
const IDLE: Duration = Duration::from_millis(20);

fn start_memory(
    mut rememberer: Rememberer,
    observed: Vec<Receiver<Observed>>,
    recalled: Vec<Sender<Remembered>>,
    telemetry: &Telemetry,
) -> Result<(), ServiceError> {
    let (telemetry, inquiries) = (telemetry.clone(), telemetry.inquiries());
    let pulse = telemetry.health.pulse("memory");
    let run = move || {
        let mut hand_over = lanes::in_turn(recalled, &pulse);
        let mut turn = 0;
        while let Some(lane) = observed.get(turn) {
            pulse.beat();
            rememberer.answer(&inquiries);
            match lane.recv_timeout(IDLE) {
                Ok(batch) => {
                    turn = (turn + 1) % observed.len();
                    let remembered = telemetry.time(Stage::Remember, || rememberer.remember(batch));
                    if !telemetry.wait(Stage::Remember, || hand_over(remembered)) {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    };
    thread::Builder::new().name("memory".into()).spawn(run)?;
    Ok(())
}

fn start_reader(
    reader: Reader,
    (commands, picked): (Receiver<Command>, Receiver<Batch>),
    workers: Vec<Sender<Batch>>,
    telemetry: Telemetry,
) -> Result<(), ServiceError> {
    let pulse = telemetry.health.pulse("reader");
    thread::Builder::new().name("reader".into()).spawn(move || {
        let mut hand_over = lanes::in_turn(workers, &pulse);
        let give = |batch: Batch| {
            telemetry.read(&batch);
            telemetry.wait(Stage::Read, || hand_over(batch))
        };
        let beat = |left| {
            pulse.beat();
            telemetry.catching_up(left);
        };
        reader.run(&commands, &picked, give, beat);
    })?;
    Ok(())
}

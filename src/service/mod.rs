//! The running service: wires the stages and stops them in order.
//!
//! ```text
//!              commands                      claims, positions
//!        ┌───────────────────────────────────────────┐
//!        ▼                                           │
//!  reader ──batch──▶ worker 0..n ──screened──▶ publisher ──▶ one transaction
//! ```
//!
//! Each arrow is a bounded channel: a slow sink slows the reader. A batch goes to the workers in turn and is taken from them in
//! the same turn, so the order of each partition needs no sorting. Stopping runs with the flow: the publisher tells the reader to
//! stop, the reader hands over its last batch and hangs up, the workers drain and hang up, the publisher commits what came and
//! leaves the group.

mod bundles;
mod health;
mod publisher;
mod settings;
mod telemetry;
mod telling;
mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::batch::Batch;
use crate::bundle::Current;
use crate::decode::{Decoder, DecoderConfig, Limits};
use crate::kafka::Connection;
use crate::metrics::labels::Stage;
use crate::outputs::Frames;
use crate::screen::decision::Scratch;
use crate::screen::facts::FactsBuffer;
use crate::sink::{HoldLog, Holds, Transactor};
use crate::source::reader::{Command, Reader, in_turn};
use crate::source::{BatchLimits, Claims, Input, Ownership, Positions};
use publisher::Publisher;
use worker::Named;

pub use bundles::Rules;
pub use health::{Beat, Health};
pub use publisher::Topics;
pub use settings::{FrameError, frames};
pub use telemetry::Telemetry;
pub use worker::{Referral, Screened, ScreenedRecord, Worker};

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
    pub inputs: Vec<Input>,
    pub topics: Topics,
    /// Whose status codes the terminals are told, by name.
    pub regime: String,
    pub batch: BatchLimits,
    /// Batches waiting between two stages.
    pub in_flight: usize,
    /// Screening threads.
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
    let Settings { connection, group, .. } = settings;
    let inputs: Arc<[Input]> = settings.inputs.clone().into();
    let ownership = Ownership::connect(connection, group, settings.session_timeout, &inputs, listener.clone())?;
    let mut hold_log = HoldLog::connect(connection, group, &settings.topics.referrals, listener.clone())?;
    let positions = Positions::start(&ownership, &inputs, move || hold_log.catch_up())?;
    let reader = Reader::connect(connection, group, &inputs, settings.batch, listener.clone())?;
    let observer = telemetry.transaction_observer();
    let transactor = Transactor::new(connection, &settings.transactional_id, settings.transaction_timeout, listener, observer);
    let (commands, reader_commands) = unbounded();
    let (batches, screened) = start_workers(settings, &current, frames, telemetry, &inputs)?;
    start_reader(reader, reader_commands, batches, telemetry.clone())?;
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
        telemetry: telemetry.clone(),
        claims: Claims::default(),
        holds: Holds::default(),
        stale: false,
        unsure: false,
    };
    match publisher.run(shutdown, settings.leave_timeout)? {
        true => Ok(()),
        false => Err(ServiceError::StageEnded),
    }
}

/// Channels into and out of the workers, by worker.
type Lanes = (Vec<Sender<Batch>>, Vec<Receiver<Screened>>);

fn start_workers(
    settings: &Settings,
    current: &Arc<Current>,
    frames: Frames,
    telemetry: &Telemetry,
    inputs: &Arc<[Input]>,
) -> Result<Lanes, ServiceError> {
    // Its clones share the registry's cache.
    let decoder = Decoder::new(settings.decoder.clone())?;
    let mut lanes: Lanes = (Vec::new(), Vec::new());
    for number in 0..settings.workers.max(1) {
        let (batches, taken) = bounded(settings.in_flight);
        let (give, screened) = bounded(settings.in_flight);
        let worker = Worker {
            decoder: decoder.clone(),
            current: Arc::clone(current),
            named: Named::of(&current.take(), &telemetry.metrics),
            inputs: Arc::clone(inputs),
            limits: settings.limits,
            frames,
            metrics: Arc::clone(&telemetry.metrics),
            facts: FactsBuffer::default(),
            scratch: Scratch::default(),
        };
        let telemetry = telemetry.clone();
        thread::Builder::new().name(format!("screen-{number}")).spawn(move || work(worker, &taken, &give, &telemetry))?;
        lanes.0.push(batches);
        lanes.1.push(screened);
    }
    Ok(lanes)
}

fn work(mut worker: Worker, batches: &Receiver<Batch>, screened: &Sender<Screened>, telemetry: &Telemetry) {
    for batch in batches {
        let done = telemetry.time(Stage::Screen, || worker.screen(batch));
        if !telemetry.wait(Stage::Screen, || screened.send(done).is_ok()) {
            return;
        }
    }
}

fn start_reader(
    reader: Reader,
    commands: Receiver<Command>,
    workers: Vec<Sender<Batch>>,
    telemetry: Telemetry,
) -> Result<(), ServiceError> {
    let mut hand_over = in_turn(workers);
    thread::Builder::new().name("reader".into()).spawn(move || {
        let give = |batch: Batch| {
            telemetry.read(&batch);
            telemetry.wait(Stage::Read, || hand_over(batch))
        };
        reader.run(&commands, give, || telemetry.beat(Beat::Reader));
    })?;
    Ok(())
}

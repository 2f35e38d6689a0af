//! The demonstration: synthetic terminals with planted smuggling stories, the real service, and an account of every message.
//!
//! [`stream`] is the synthetic traffic alone, for tests and benchmarks. [`run`] starts a broker, the service that it is given,
//! the terminals and a reader of everything published; it shows what happens and returns the account.

mod account;
mod broken;
mod broker;
mod chance;
mod declare;
mod flight;
mod latency;
mod ledger;
mod lookouts;
mod published;
#[cfg(test)]
mod recall;
#[cfg(test)]
mod round_trip;
mod sent;
mod shipment;
pub mod stories;
mod stream;
mod tables;
mod terminal;
mod view;
mod watch;
mod world;
pub mod write;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

pub use account::Account;
pub use broken::PAYLOAD_BYTES_MAX;
pub use broker::Topics;
pub use lookouts::bundle;
pub use sent::{Expected, Sent};
pub use stream::{Pace, Stream, stream};

use broker::Broker;
use ledger::{Ledger, PATIENCE};
use terminal::Terminal;
use view::{Scene, View};
use watch::{Published, SharedPublished, Watch};

/// What the command line asks for.
#[derive(Debug, Clone)]
pub struct Options {
    pub seed: u64,
    /// Messages a second.
    pub rate: u32,
    /// Until stopped, if `None`.
    pub duration: Option<Duration>,
    /// A real Kafka instead of the embedded broker.
    pub brokers: Option<String>,
    /// Where the service serves its metrics; only shown here.
    pub admin: SocketAddr,
    /// Of each topic.
    pub partitions: i32,
}

/// What the service is to be started with.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub brokers: String,
    pub topics: Topics,
    pub group: String,
    /// Larger payloads are to be rejected; some of the stream are.
    pub payload_bytes_max: usize,
}

/// The service under demonstration, running on threads of its own.
pub struct Running {
    /// Why it has ended, if it has.
    pub ended: Box<dyn Fn() -> Option<String>>,
    /// Positions after what it has committed, by partition of the messages' topic.
    pub positions: Box<dyn Fn() -> Vec<(i32, i64)>>,
    /// Stops it and waits until it has.
    pub stop: Box<dyn FnOnce() -> Result<(), String>>,
}

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("kafka client: {0}")]
    Kafka(#[from] rdkafka::error::KafkaError),
    #[error("topic {topic} was not created: {code}")]
    Topic { topic: String, code: rdkafka::error::RDKafkaErrorCode },
    #[error("thread: {0}")]
    Thread(#[from] std::io::Error),
    #[error("the service did not start: {0}")]
    Service(String),
}

type SharedLedger = Arc<Mutex<Ledger>>;

/// Runs the demonstration until its time is over, `shutdown` is set or the service ends, and returns the account.
pub fn run(
    options: &Options,
    start: impl FnOnce(&Endpoint) -> Result<Running, String>,
    shutdown: &AtomicBool,
) -> Result<Account, DemoError> {
    let started = terminal::now();
    let broker = match &options.brokers {
        Some(brokers) => Broker::Real { brokers: brokers.clone() },
        None => Broker::embedded()?,
    };
    let prefix = options.brokers.as_ref().map_or("cargo".to_owned(), |_| format!("loadgate-demo-{}", started.millis()));
    let topics = Topics::new(&prefix, options.partitions);
    broker.create(&topics)?;
    let endpoint = Endpoint { brokers: broker.bootstrap_servers(), topics, group: prefix, payload_bytes_max: PAYLOAD_BYTES_MAX };
    let stage = Stage::set(&endpoint)?;
    let service = start(&endpoint).map_err(DemoError::Service)?;
    stage.play(options, &endpoint, (&broker, service), shutdown)
}

/// The demonstration's own threads and what they share.
struct Stage {
    ledger: SharedLedger,
    published: SharedPublished,
    stop_watch: Arc<AtomicBool>,
    watch: thread::JoinHandle<()>,
}

impl Stage {
    fn set(endpoint: &Endpoint) -> Result<Self, DemoError> {
        let ledger = SharedLedger::default();
        let published = SharedPublished::default();
        let stop_watch = Arc::new(AtomicBool::new(false));
        let watch = Watch::connect(&endpoint.brokers, &endpoint.topics)?;
        let watch = watch.start(ledger.clone(), published.clone(), stop_watch.clone())?;
        Ok(Self { ledger, published, stop_watch, watch })
    }

    fn play(
        self,
        options: &Options,
        endpoint: &Endpoint,
        (broker, service): (&Broker, Running),
        shutdown: &AtomicBool,
    ) -> Result<Account, DemoError> {
        let mut view = View::new();
        let stop_terminal = Arc::new(AtomicBool::new(false));
        let terminal = Terminal {
            brokers: endpoint.brokers.clone(),
            topic: endpoint.topics.messages.clone(),
            rate: options.rate,
            bytes_under_way_max: broker.bytes_under_way_max(),
        };
        let stream = Stream::new(options.seed, pace(options));
        let terminal = terminal.start(stream, self.ledger.clone(), stop_terminal.clone())?;
        let is_over = |view: &View| options.duration.is_some_and(|duration| view.elapsed() >= duration);
        let mut failure = None;
        while failure.is_none() && !is_over(&view) && !shutdown.load(Ordering::Relaxed) {
            self.look(options, &service, &mut view);
            failure = (service.ended)();
        }
        stop_terminal.store(true, Ordering::Relaxed);
        join(terminal, "terminal");
        let elapsed = view.elapsed();
        self.settle(options, &service, &mut view);
        failure = failure.or((service.stop)().err());
        self.stop_watch.store(true, Ordering::Relaxed);
        join(self.watch, "watch");
        let unreadable = lock(&self.published).unreadable;
        let account = Account::of(&lock(&self.ledger), unreadable, elapsed, options.brokers.is_none());
        Ok(Account { failure, ..account })
    }

    /// Waits until every message is accounted for, or nothing has moved for too long.
    fn settle(&self, options: &Options, service: &Running, view: &mut View) {
        let mut moved = (Instant::now(), 0);
        loop {
            self.look(options, service, view);
            let (is_settled, count) = {
                let ledger = lock(&self.ledger);
                (ledger.is_settled(), ledger.totals.settled().saturating_add(ledger.totals.consignments()))
            };
            if count != moved.1 {
                moved = (Instant::now(), count);
            }
            if is_settled || moved.0.elapsed() > PATIENCE || (service.ended)().is_some() {
                return;
            }
        }
    }

    /// Enters the service's positions and shows what there is to see.
    fn look(&self, options: &Options, service: &Running, view: &mut View) {
        let before = Instant::now();
        let committed = (service.positions)();
        let mut ledger = lock(&self.ledger);
        committed.into_iter().for_each(|(partition, next)| ledger.committed(partition, next));
        if view.is_due() {
            let published: MutexGuard<'_, Published> = lock(&self.published);
            let admin = options.admin.to_string();
            view.draw(&Scene { elapsed: view.elapsed(), ledger: &ledger, published: &published, admin: &admin });
        }
        drop(ledger);
        thread::sleep(LOOK.saturating_sub(before.elapsed()));
    }
}

/// The stream is played in quick motion and ends today: as dense as it must be for the whole run to fit in twenty days.
fn pace(options: &Options) -> Pace {
    let seconds = options.duration.unwrap_or(UNLIMITED).as_secs().max(1);
    let messages_per_day = u64::from(options.rate).saturating_mul(seconds) / DAYS;
    let start = terminal::now().millis().saturating_sub((DAYS as i64 + 1) * declare::DAY_MS);
    Pace {
        start: declare::day(crate::model::Timestamp::from_millis(start)),
        flights_per_day: (messages_per_day / MESSAGES_PER_FLIGHT).max(Pace::default().flights_per_day),
    }
}

/// A thread that panicked has said so on standard error; what it left is in the ledger.
fn join(thread: thread::JoinHandle<()>, name: &str) {
    if thread.join().is_err() {
        tracing::error!(thread = name, "a thread of the demonstration panicked");
    }
}

/// Counts stay meaningful if another thread panicked while it held them.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

const LOOK: Duration = Duration::from_millis(100);
const UNLIMITED: Duration = Duration::from_secs(8 * 3_600);
const DAYS: u64 = 20;
const MESSAGES_PER_FLIGHT: u64 = 75;

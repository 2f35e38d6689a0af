//! Screening again: when another bundle comes into force, every open shipment is judged by it as well.
//!
//! ```text
//!  publisher ──errand──▶ rescreener ──bills picked out of the log──▶ reader ──▶ the stages as ever ──▶ publisher
//!                 ▲                                                                                       │
//!                 └──────────────────────────────── ticket ───────────────────────────────────────────────┘
//! ```
//!
//! Memory knows where the latest bill of each open shipment stands. A few hundred at a time go through the pipeline in the order of
//! their partition, and the next only when the publisher has told what became of the last: live messages wait for one small batch at
//! most. A bill is told when the verdict differs from what memory knows was told last, so memory first has to have read that back;
//! then it does not matter how often a bill is looked at, and what was told before a crash is not told again after it. Which bundle
//! all bills of a partition are judged by travels with its committed position: that is how whoever takes it over, or starts again,
//! knows that there is something to do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::Telemetry;
use crate::batch::{Batch, Claim, Retro};
use crate::bundle::BundleHash;
use crate::kafka::Connection;
use crate::source::{Fetched, Input, Partition, Picker};

/// Claims in which a bill was judged by another bundle than this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    pub bundle: BundleHash,
    pub claims: Vec<(Partition, Claim)>,
}

/// Runs errands on a thread of its own, one at a time.
pub struct Rescreener {
    pub connection: Connection,
    pub group: String,
    pub inputs: Arc<[Input]>,
    pub errands: Receiver<Errand>,
    /// To the reader.
    pub picked: Sender<Batch>,
    pub fetched: Arc<Fetched>,
    pub telemetry: Telemetry,
}

/// Records of a batch: at some 30 microseconds each, what a live message may have to wait for.
const BATCH_RECORDS: usize = 250;
const PAUSE: Duration = Duration::from_millis(50);
/// Before an errand is tried again that a broker or memory stood in the way of.
const AGAIN: Duration = Duration::from_secs(1);

/// The errand is done, or another has to be given: a batch was not published.
struct Over;

impl Rescreener {
    pub fn start(self) -> std::io::Result<()> {
        thread::Builder::new().name("rescreen".into()).spawn(move || self.run()).map(drop)
    }

    fn run(self) {
        while let Ok(errand) = self.errands.recv() {
            // A later one takes the place of those before it.
            let errand = self.errands.try_iter().last().unwrap_or(errand);
            while let Err(error) = self.run_errand(&errand) {
                tracing::warn!(%error, "open shipments cannot be screened again yet, trying again");
                thread::park_timeout(AGAIN);
                if !self.errands.is_empty() {
                    break;
                }
            }
            self.telemetry.metrics.rescreen_records_left.set(0);
        }
    }

    fn run_errand(&self, errand: &Errand) -> Result<(), Trouble> {
        // Once this has come through, all that the bundle before judged is published and before these positions.
        let Ok(positions) = self.pass(Batch::default(), None, false) else { return Ok(()) };
        let mut picker = Picker::connect(&self.connection, &self.group, &self.inputs)?;
        let Ok(()) = self.wait_until_read(picker.ends_of_assessments()?)? else { return Ok(()) };
        let bills = self.open_bills(errand, &positions)?;
        let mut left: usize = bills.iter().map(|(.., offsets)| offsets.len()).sum();
        tracing::info!(bundle = %errand.bundle, records = left, partitions = bills.len(), "screening open shipments again");
        for (partition, claim, offsets) in bills {
            // A partition without any has a last batch, too.
            let mut batches = offsets.chunks(BATCH_RECORDS).chain(offsets.is_empty().then_some(&[][..])).peekable();
            while let Some(offsets) = batches.next() {
                self.telemetry.metrics.rescreen_records_left.set(left as i64);
                let batch = picker.pick(partition, claim, offsets)?;
                let gone = offsets.len() - batch.len();
                if gone > 0 {
                    tracing::warn!(
                        ?partition,
                        gone,
                        "bills of open shipments are no longer in their topic: their verdicts stand"
                    );
                }
                if self.pass(batch, Some((partition, claim)), batches.peek().is_none()).is_err() {
                    return Ok(());
                }
                left -= offsets.len();
            }
        }
        tracing::info!(bundle = %errand.bundle, "open shipments are screened again");
        Ok(())
    }

    /// Sends a batch through all stages and waits until it is published.
    fn pass(&self, mut batch: Batch, of: Option<(Partition, Claim)>, last: bool) -> Result<Vec<(Partition, i64)>, Over> {
        let (ticket, published) = bounded(1);
        batch.retro = Some(Retro { of, last, ticket });
        self.picked.send(batch).map_err(|_| Over)?;
        published.recv().map_err(|_| Over)
    }

    /// Waits until memory has read back all that was assessed up to these ends.
    fn wait_until_read(&self, mut ends: BTreeMap<Partition, i64>) -> Result<Result<(), Over>, Trouble> {
        while !ends.is_empty() {
            if !self.errands.is_empty() {
                return Ok(Err(Over));
            }
            thread::park_timeout(PAUSE);
            let remembered = self.telemetry.remembered_positions().map_err(Trouble::Memory)?;
            let remembered: BTreeMap<Partition, i64> = remembered.iter().copied().collect();
            let is_read = |partition: Partition, end: i64| remembered.get(&partition).is_some_and(|next| *next >= end);
            ends.retain(|partition, end| !is_read(*partition, *end) && !self.fetched.has_reached(*partition, *end));
        }
        // What was fetched has come through all stages when this has.
        Ok(self.pass(Batch::default(), None, false).map(drop))
    }

    fn open_bills(&self, errand: &Errand, positions: &[(Partition, i64)]) -> Result<Vec<(Partition, Claim, Vec<i64>)>, Trouble> {
        let before = positions.iter().map(|(partition, next)| ((partition.topic, partition.number), *next)).collect();
        let (memory, _) = self.telemetry.frozen_memory().map_err(Trouble::Memory)?;
        let mut found = memory.open_bills(&before);
        let mut of = |partition: Partition| found.remove(&(partition.topic, partition.number)).unwrap_or_default();
        Ok(errand.claims.iter().map(|(partition, claim)| (*partition, *claim, of(*partition))).collect())
    }
}

/// Why an errand has to be tried again.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("{0}")]
    Kafka(#[from] rdkafka::error::KafkaError),
    #[error("{0}")]
    Memory(&'static str),
}

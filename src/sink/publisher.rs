//! The publishing stage: takes screened batches in order, publishes what the claims still allow, commits, and keeps the claims.
//!
//! It is the one place that knows who owns what, so it also runs the control side: after each look at the group it tells the
//! reader what to read and from where. Nothing ever waits inside a rebalance callback.

use std::collections::BTreeMap;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::{Destination, HoldKey, Holds, Outcome, Outgoing, Transactor};
use crate::screen::verdict::Decision;
use crate::service::{Screened, Telemetry};
use crate::source::reader::Command;
use crate::source::{Change, Claims, Input, Ownership, Partition, Positions};

/// Names of the output topics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topics {
    pub alerts_aviation_security: String,
    pub alerts_customs: String,
    pub referrals: String,
    pub assessments: String,
    pub dead_letters: String,
}

impl Topics {
    pub fn name(&self, destination: Destination) -> &str {
        match destination {
            Destination::AlertsAviationSecurity => &self.alerts_aviation_security,
            Destination::AlertsCustoms => &self.alerts_customs,
            Destination::Referrals => &self.referrals,
            Destination::Assessments => &self.assessments,
            Destination::DeadLetters => &self.dead_letters,
        }
    }
}

/// What the publisher works with; made by the service.
pub struct Publisher {
    pub ownership: Ownership,
    pub positions: Positions<Vec<(HoldKey, Decision)>>,
    pub transactor: Transactor,
    pub inputs: Vec<Input>,
    pub topics: Topics,
    pub reader: Sender<Command>,
    /// One channel a worker, taken from in turn.
    pub screened: Vec<Receiver<Screened>>,
    pub telemetry: Telemetry,
    pub claims: Claims,
    pub holds: Holds,
    /// The claims must be made anew before anything is published.
    pub stale: bool,
}

/// How long the publisher waits for a batch before it looks at the group again.
const WAIT: Duration = Duration::from_millis(10);

impl Publisher {
    /// Runs until the workers hang up, then leaves the group within `leave_timeout`.
    pub fn run(mut self, stop: impl Fn() -> bool, leave_timeout: Duration) {
        let mut turn = 0;
        let mut stopping = false;
        loop {
            self.telemetry.beat();
            if stop() && !stopping {
                stopping = true;
                let _ = self.reader.send(Command::Stop);
            }
            self.listen();
            match self.screened.get(turn).map(|worker| worker.recv_timeout(WAIT)) {
                Some(Ok(batch)) => {
                    turn = (turn + 1) % self.screened.len();
                    self.publish(&batch);
                }
                Some(Err(RecvTimeoutError::Timeout)) => self.telemetry.idle(&self.claims),
                // The reader stopped, the workers drained: nothing more will come.
                Some(Err(RecvTimeoutError::Disconnected)) | None => break,
            }
        }
        self.ownership.leave(leave_timeout);
    }

    /// Takes in what the group and the positions thread have to say.
    fn listen(&mut self) {
        for change in self.ownership.poll(Duration::ZERO) {
            match change {
                Change::Gained(partitions) => partitions.into_iter().for_each(|partition| self.claim(partition)),
                Change::Gone { partitions, lost } => {
                    tracing::info!(count = partitions.len(), lost, "partitions given up");
                    self.telemetry.gone(partitions.len(), lost);
                    partitions.into_iter().for_each(|partition| self.release(partition));
                }
            }
        }
        if self.stale && self.transactor_ready() && self.ownership.metadata().is_some() {
            self.stale = false;
            let partitions: Vec<_> = self.claims.partitions().collect();
            partitions.into_iter().for_each(|partition| self.claim(partition));
        }
        let found: Vec<_> = self.positions.found().collect();
        for found in found {
            found.learnt.into_iter().for_each(|(key, decision)| self.holds.learn(key, decision));
            for (partition, claim, next_offset) in found.begins {
                if self.claims.begin(partition, claim, next_offset) {
                    let _ = self.reader.send(Command::Begin { partition, claim, next_offset });
                }
            }
        }
        self.telemetry.ownership(&self.claims, self.ownership.stray_records());
    }

    fn claim(&mut self, partition: Partition) {
        let claim = self.claims.claim(partition);
        self.telemetry.gained();
        self.positions.ask(partition, claim);
    }

    fn release(&mut self, partition: Partition) {
        self.claims.release(partition);
        let _ = self.reader.send(Command::End(partition));
    }

    fn transactor_ready(&mut self) -> bool {
        match self.transactor.ready() {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "no transaction coordinator yet, trying again");
                false
            }
        }
    }

    fn publish(&mut self, batch: &Screened) {
        let accepted: Vec<_> = batch.records().filter(|record| self.claims.accepts(record.entry)).collect();
        self.telemetry.dropped(batch.len() - accepted.len());
        if self.stale || accepted.is_empty() {
            return;
        }
        let mut next: BTreeMap<Partition, i64> = BTreeMap::new();
        for record in &accepted {
            let origin = record.entry.record.origin;
            next.insert(origin.into(), origin.offset + 1);
        }
        let mut referrals = super::Outbox::default();
        for referral in accepted.iter().flat_map(|record| record.referrals()) {
            let (decision, standing) = self.holds.tell(referral.key(), referral.ordered);
            referral.write(decision, standing, &mut referrals);
        }
        let outcome = self.commit(&accepted.iter().flat_map(|record| record.outgoing()).collect::<Vec<_>>(), &referrals, &next);
        self.telemetry.transaction(outcome);
        if outcome == Outcome::Committed {
            self.claims.advance(next);
            self.holds.commit();
            self.telemetry.committed(&accepted, &self.holds);
        } else {
            // One recovery for all: forget, read the committed positions again, go on from there.
            self.holds.forget();
            self.stale = true;
        }
    }

    fn commit(&mut self, records: &[Outgoing<'_>], referrals: &super::Outbox, next: &BTreeMap<Partition, i64>) -> Outcome {
        let mut positions = TopicPartitionList::new();
        for (partition, &next_offset) in next {
            let topic = self.inputs.get(usize::from(partition.topic)).map(|input| input.topic.as_str()).unwrap_or_default();
            if positions.add_partition_offset(topic, partition.number, Offset::Offset(next_offset)).is_err() {
                return Outcome::Unknown;
            }
        }
        let all = records.iter().copied().chain(referrals.slice(0..referrals.len()));
        let ownership = &self.ownership;
        self.transactor.commit(&|destination| self.topics.name(destination), all, &positions, || ownership.metadata())
    }
}

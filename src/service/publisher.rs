//! The publishing stage: takes screened batches in order, publishes what the claims still allow, commits, and keeps the claims.
//!
//! What waits when a transaction begins goes into it together: slow transactions grow instead of keeping batches waiting in line.
//!
//! It is the one place that knows who owns what, so it also runs the control side: after each look at the group it tells the
//! reader what to read and from where. Nothing ever waits inside a rebalance callback.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use prometheus::IntCounter;
use rdkafka::error::KafkaResult;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use crate::batch::Retro;
use crate::bundle::Current;
use crate::metrics::labels::Stage;
use crate::outputs::{Frames, Output, Source, Told};
use crate::record::Origin;
use crate::screen::verdict::Decision;
use crate::sink::{Destination, Holds, Outbox, Outcome, Outgoing, Transactor};
use crate::source::reader::Command;
use crate::source::{BatchLimits, Change, Claims, Input, JudgedBy, Note, Ownership, Partition, Positions, Question};

use super::health::{Pulse, Wait};
use super::rescreening::Errand;
use super::telling::TerminalView;
use super::worker::{Referral, Screened, ScreenedRecord, What};
use super::{Shutdown, Telemetry};

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

impl Topics {
    /// The topics that carry an output.
    pub fn of(&self, output: Output) -> Vec<String> {
        match output {
            Output::Alert => vec![self.alerts_aviation_security.clone(), self.alerts_customs.clone()],
            Output::Referral => vec![self.referrals.clone()],
            Output::Assessment => vec![self.assessments.clone()],
            Output::DeadLetter => vec![self.dead_letters.clone()],
        }
    }
}

/// What the publisher works with; made by the service.
pub struct Publisher {
    pub ownership: Ownership,
    pub positions: Positions<Vec<Told>>,
    pub transactor: Transactor,
    pub inputs: Arc<[Input]>,
    pub topics: Topics,
    pub regime: String,
    pub frames: Frames,
    pub reader: Sender<Command>,
    /// One channel a worker, taken from in turn.
    pub screened: Vec<Receiver<Screened>>,
    /// What goes into one transaction, at least one batch.
    pub limits: BatchLimits,
    pub telemetry: Telemetry,
    pub pulse: Arc<Pulse>,
    pub claims: Claims,
    pub holds: Holds,
    /// The claims must be made anew before anything is published.
    pub stale: bool,
    /// A transaction ended unknown: what it told may stand, so the holds are to be read again too.
    pub unsure: bool,
    /// This replica takes part in the group: it does so once its memory holds all that the log held when it started.
    pub joined: bool,
    /// Outcomes up to these offsets were seen before their hold was known; the holds have been read again since.
    pub outcomes_seen: BTreeMap<Partition, i64>,
    pub measured: Instant,
    pub current: Arc<Current>,
    /// To whom bills are given that are to be screened again, and what was given last.
    pub errands: Sender<Errand>,
    pub errand: Option<Errand>,
}

/// How long the publisher waits for a batch before it looks at the group again.
const WAIT: Duration = Duration::from_millis(10);
/// How often it is looked how near the open holds are to their departures, which takes longer the more there are.
const MEASURE_EVERY: Duration = Duration::from_secs(5);

impl Publisher {
    /// Runs until `shutdown` is requested and everything under way is committed; then leaves the group. False when a stage ended
    /// by itself.
    pub fn run(mut self, shutdown: &Shutdown, leave_timeout: Duration) -> KafkaResult<bool> {
        self.telemetry.waits_for(Some(Wait::Coordinator));
        while !self.transactor_ready() && !shutdown.is_requested() {
            // Nothing to hear of a group that is not joined yet, but of the brokers.
            self.ownership.poll(Duration::ZERO);
        }
        let mut turn = 0;
        let mut stopping = false;
        loop {
            self.pulse.beat();
            if shutdown.is_requested() && !stopping {
                stopping = true;
                let _ = self.reader.send(Command::Stop);
            }
            self.listen();
            match self.screened.get(turn).map(|worker| worker.recv_timeout(WAIT)) {
                Some(Ok(batch)) => {
                    turn = (turn + 1) % self.screened.len();
                    let batches = self.with_waiting(batch, &mut turn);
                    let telemetry = self.telemetry.clone();
                    telemetry.time(Stage::Publish, || self.publish(&batches));
                    if batches.iter().any(Screened::caught_up) && !self.joined {
                        self.joined = true;
                        self.ownership.join()?;
                    }
                }
                Some(Err(RecvTimeoutError::Timeout)) => {}
                // The reader stopped and the workers drained: nothing more will come.
                Some(Err(RecvTimeoutError::Disconnected)) | None => break,
            }
        }
        self.ownership.leave(leave_timeout);
        Ok(stopping)
    }

    /// A batch and those that wait behind it, in their order, up to the limits of a transaction: what a transaction costs the broker
    /// is by the partitions that it writes to, whatever it writes.
    fn with_waiting(&self, first: Screened, turn: &mut usize) -> Vec<Screened> {
        let mut batches = vec![first];
        let (mut records, mut bytes) = (0, 0);
        while let Some(last) = batches.last() {
            records += last.claimed_count();
            bytes += last.bytes();
            if records >= self.limits.records || bytes >= self.limits.bytes {
                break;
            }
            let Some(Ok(next)) = self.screened.get(*turn).map(Receiver::try_recv) else { break };
            *turn = (*turn + 1) % self.screened.len();
            batches.push(next);
        }
        batches
    }

    /// Takes in what the group and the positions thread have to say.
    fn listen(&mut self) {
        let changes = self.ownership.poll(Duration::ZERO);
        if !changes.is_empty() {
            self.telemetry.rebalanced();
        }
        for change in changes {
            match change {
                Change::Gained(partitions) => {
                    self.telemetry.gained(partitions.len());
                    partitions.into_iter().for_each(|partition| self.claim(partition, true));
                }
                Change::Gone { partitions, lost } => {
                    self.telemetry.gone(&partitions, lost);
                    partitions.into_iter().for_each(|partition| self.release(partition));
                }
            }
        }
        if self.stale && self.transactor_ready() && self.ownership.metadata().is_some() {
            self.stale = false;
            // Those not begun yet still have to learn what they were to learn.
            let learn = std::mem::take(&mut self.unsure);
            let claims: Vec<_> = self.claims.begun().collect();
            claims.into_iter().for_each(|(partition, begun)| self.claim(partition, learn || !begun));
        }
        self.begin_claims();
        self.transactor.poll();
        self.rescreen();
        self.telemetry.ownership(&self.claims, self.ownership.stray_records());
        if self.measured.elapsed() >= MEASURE_EVERY {
            self.measured = Instant::now();
            self.telemetry.holds(&self.holds);
        }
        self.telemetry.waits_for(match (self.ownership.is_member(), self.stale, self.claims.pending()) {
            (false, ..) if !self.joined => Some(Wait::Memory),
            (false, ..) => Some(Wait::Group),
            (_, true, _) => Some(Wait::Coordinator),
            (.., 0) => None,
            _ => Some(Wait::Positions),
        });
    }

    fn begin_claims(&mut self) {
        let found: Vec<_> = self.positions.found().collect();
        for found in found {
            found.learnt.iter().for_each(|told| self.holds.learn(told));
            for begin in found.begins {
                if self.claims.begin(begin.partition, begin.claim, begin.next_offset) {
                    self.telemetry.begun(begin);
                    let judged_by = begin.note.judged_by.unwrap_or_else(|| JudgedBy::One(self.current.take().hash));
                    self.claims.judged(begin.partition, begin.claim, judged_by);
                    let _ = self.reader.send(Command::Begin(begin));
                }
            }
        }
    }

    /// Has the open shipments screened again of all claims in which a bill was judged by another bundle than the one in force.
    fn rescreen(&mut self) {
        let bundle = self.current.take().hash;
        let claims: Vec<_> = self.claims.not_judged_by(bundle).collect();
        self.telemetry.metrics.rescreen_partitions_left.set(claims.len() as i64);
        if self.errand.as_ref().is_some_and(|errand| errand.bundle == bundle) || claims.is_empty() || self.stale {
            return;
        }
        let errand = Errand { bundle, claims };
        let _ = self.errands.send(errand.clone());
        self.errand = Some(errand);
    }

    fn claim(&mut self, partition: Partition, learn: bool) {
        let claim = self.claims.claim(partition);
        self.positions.ask(Question { partition, claim, learn });
    }

    fn release(&mut self, partition: Partition) {
        self.claims.release(partition);
        let _ = self.reader.send(Command::End(partition));
    }

    fn transactor_ready(&mut self) -> bool {
        self.pulse.beat();
        let ready = self.transactor.ready();
        if let Err(error) = &ready {
            self.telemetry.no_producer();
            tracing::warn!(%error, "no transaction coordinator yet, trying again");
        }
        ready.is_ok()
    }

    /// Batches of live messages go into one transaction, one of bills that are screened again into its own.
    fn publish(&mut self, batches: &[Screened]) {
        batches.iter().flat_map(Screened::told).for_each(|told| self.holds.learn(told));
        for together in batches.chunk_by(|left, right| left.retro().is_none() && right.retro().is_none()) {
            match together {
                [again] if again.retro().is_some() => self.publish_retro(again),
                live => self.publish_live(live),
            }
        }
    }

    /// The ticket of what was published tells the positions; an errand that is given up is given out anew for the claims that are left.
    fn publish_retro(&mut self, batch: &Screened) {
        let Some(retro) = batch.retro() else { return };
        if self.publish_changes(batch, retro) {
            let _ = retro.ticket.send(self.claims.positions().collect());
        } else {
            self.errand = None;
        }
    }

    /// Publishes what has changed of bills that were screened again. False when they have to be screened yet another time.
    fn publish_changes(&mut self, batch: &Screened, retro: &Retro) -> bool {
        let bundle = batch.judged_by();
        if self.stale || self.errand.as_ref().is_none_or(|errand| errand.bundle != bundle) {
            return false;
        }
        let Some((partition, claim)) = retro.of else { return true };
        let Some(next_offset) = self.claims.position(partition, claim) else { return false };
        if retro.last {
            self.claims.judged(partition, claim, JudgedBy::One(bundle));
        }
        let records: Vec<_> = batch.records().collect();
        let changed = records.iter().any(|record| !record.referrals().is_empty());
        let next = [(partition, next_offset)].into();
        let done = !changed && !retro.last || self.send(&records, &next, std::slice::from_ref(batch));
        if retro.last && self.errand.as_ref().is_some_and(|errand| errand.claims.last() == Some(&(partition, claim))) {
            self.errand = None;
        }
        done
    }

    /// Publishes what the claims still allow of these batches, in one transaction.
    fn publish_live(&mut self, batches: &[Screened]) {
        let records = batches.iter().flat_map(Screened::records);
        let accepted: Vec<_> = records.filter(|record| self.claims.accepts(record.entry)).collect();
        let claimed: usize = batches.iter().map(Screened::claimed_count).sum();
        self.telemetry.dropped(claimed.saturating_sub(accepted.len()));
        if self.stale || accepted.is_empty() {
            return;
        }
        if self.answers_the_unknown(&accepted) {
            (self.stale, self.unsure) = (true, true);
            return;
        }
        let next: BTreeMap<Partition, i64> = accepted.iter().map(|record| after(record.entry.record.origin)).collect();
        if self.send(&accepted, &next, batches) {
            self.claims.advance(next);
            self.telemetry.committed(&accepted);
        }
    }

    /// Publishes what is to be told of these records, with the positions, in one transaction. False when it did not commit.
    fn send(&mut self, records: &[ScreenedRecord<'_>], next: &BTreeMap<Partition, i64>, batches: &[Screened]) -> bool {
        for (partition, batch) in next.keys().flat_map(|partition| batches.iter().map(move |batch| (partition, batch))) {
            self.claims.judged_also(*partition, batch.judged_by());
        }
        let (referrals, codes) = self.refer(records);
        let outgoing = records.iter().flat_map(|record| record.outgoing()).chain(referrals.slice(0..referrals.len()));
        let outcome = self.commit(outgoing, next, batches);
        self.telemetry.transaction(outcome, records.len());
        if outcome == Outcome::Committed {
            self.holds.commit();
            self.telemetry.told(&codes);
            records.iter().flat_map(|record| record.counted()).for_each(IntCounter::inc);
        } else {
            // One recovery for all: forget, read the committed positions again, go on from there.
            self.holds.forget();
            self.stale = true;
            self.unsure |= outcome == Outcome::Unknown;
        }
        outcome == Outcome::Committed
    }

    /// An outcome answers a hold that is not known here. Whoever answered has seen the referral, so it is in the log: the holds
    /// are read again to the end before the outcome is told, once.
    fn answers_the_unknown(&mut self, accepted: &[ScreenedRecord<'_>]) -> bool {
        let mut unknown = false;
        for record in accepted {
            let (partition, next_offset) = after(record.entry.record.origin);
            let is_new = self.outcomes_seen.get(&partition).is_none_or(|seen| *seen < next_offset);
            let releases = |referral: &Referral| matches!(referral.telling, What::Released(closes) if closes > Decision::Clear);
            let unheld = |referral: &Referral| releases(referral) && self.holds.held(self.holds.id(&referral.id)).is_none();
            if is_new && record.referrals().iter().any(unheld) {
                self.outcomes_seen.insert(partition, next_offset);
                unknown = true;
            }
        }
        unknown
    }

    /// The terminals' view of these records, under the codes that the open holds demand.
    fn refer(&mut self, accepted: &[ScreenedRecord<'_>]) -> (Outbox, Vec<&'static str>) {
        let mut outbox = Outbox::default();
        let mut codes = Vec::new();
        let inputs = Arc::clone(&self.inputs);
        for record in accepted {
            let Origin { topic, partition, offset } = record.entry.record.origin;
            let topic = inputs.get(usize::from(topic)).map(|input| input.topic.as_str()).unwrap_or_default();
            for referral in record.referrals() {
                let source = Source { topic, partition, offset, index: referral.index };
                let (ordered, released) = match referral.telling {
                    What::Ordered(ordered) => (ordered, None),
                    What::Released(closes) => (Decision::Clear, Some(closes)),
                };
                let id = self.holds.id(&referral.id);
                let at = referral.again.unwrap_or(record.entry.record.timestamp);
                let mut tellings = self.holds.tellings(id, ordered, released, at);
                // Of what is screened again only new holds are told.
                tellings.retain(|telling| referral.again.is_none() || telling.is_new_hold());
                let associated = self.holds.associated(id);
                let view = TerminalView { referral, entry: record.entry, source, regime: &self.regime, associated };
                codes.extend(tellings.into_iter().map(|telling| view.tell(telling, &self.frames, &mut outbox)));
            }
        }
        (outbox, codes)
    }

    fn commit<'o>(
        &'o mut self,
        records: impl Iterator<Item = Outgoing<'o>>,
        next: &BTreeMap<Partition, i64>,
        batches: &[Screened],
    ) -> Outcome {
        let mut positions = TopicPartitionList::new();
        for (partition, &next_offset) in next {
            let topic = self.inputs.get(usize::from(partition.topic)).map(|input| input.topic.as_str()).unwrap_or_default();
            let mut element = positions.add_partition(topic, partition.number);
            if element.set_offset(Offset::Offset(next_offset)).is_err() {
                return Outcome::Unknown;
            }
            // Event time travels with the position: whoever takes over goes on from there.
            let watermark = batches.iter().rev().find_map(|batch| batch.watermark(*partition));
            element.set_metadata(Note { watermark, judged_by: self.claims.judged_by(*partition) }.to_string());
        }
        let (ownership, topics) = (&self.ownership, &self.topics);
        self.transactor.commit(&|destination| topics.name(destination), records, &positions, || ownership.metadata())
    }
}

/// The position after a record. Records of a partition are in order, so the last one wins.
fn after(origin: Origin) -> (Partition, i64) {
    (origin.into(), origin.offset + 1)
}

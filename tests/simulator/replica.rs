//! One replica: the publisher's recipe step by step, over the real claims, holds and outbox.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use loadgate::batch::{Batch, Claim};
use loadgate::memory::Keys;
use loadgate::outputs::{self, Told};
use loadgate::record::{Origin, Record};
use loadgate::screen::verdict::Decision;
use loadgate::sink::{self, Destination, HoldId, Holds, Outbox, Outcome, Standing, Telling};
use loadgate::source::{Claims, Partition, Question};

use super::broker::{Broker, Refused, Transaction};
use super::bug::Bug;
use super::group::Life;
use super::screening::{RECEIVED, Screened, Screening, source};
use crate::support::seed::Seed;

pub struct Replica {
    pub life: Life,
    /// Steps that it does not take because its process is stopped.
    pub stopped: usize,
    bug: Option<Bug>,
    /// What the group said last.
    generation: u64,
    owned: BTreeSet<i32>,
    claims: Claims,
    holds: Holds,
    questions: Vec<Question>,
    /// The reader's side of a claim: where it reads next.
    reading: BTreeMap<i32, (Claim, i64)>,
    screened: VecDeque<Screened>,
    open: Option<Open>,
    /// The claims must be made anew before anything is published.
    stale: bool,
    /// A transaction ended unknown: the holds are to be read again too.
    unsure: bool,
}

/// The transaction under way.
struct Open {
    transaction: Transaction,
    next: BTreeMap<i32, i64>,
    positions_sent: bool,
}

/// How the coordinator's answer to a commit fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Heard,
    /// It committed, and nobody heard.
    Lost,
    /// The request is under way still, and may arrive at any time.
    Late,
}

impl Replica {
    pub fn new(life: Life, bug: Option<Bug>) -> Self {
        Self {
            life,
            stopped: 0,
            bug,
            generation: 0,
            owned: BTreeSet::new(),
            claims: Claims::default(),
            holds: Holds::new(Keys::new(&[0; 16])),
            questions: Vec::new(),
            reading: BTreeMap::new(),
            screened: VecDeque::new(),
            open: None,
            stale: false,
            unsure: false,
        }
    }

    fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// Hears the group, and makes claims anew where it must.
    pub fn listen(&mut self, broker: &mut Broker) {
        if self.open.is_some() {
            return;
        }
        let news = broker.group.poll(self.life, &self.owned);
        self.generation = news.generation;
        for partition in news.gone {
            self.owned.remove(&partition);
            self.claims.release(of(partition));
            self.reading.remove(&partition);
        }
        for partition in news.gained {
            self.owned.insert(partition);
            self.claim(of(partition), true);
        }
        if std::mem::take(&mut self.stale) {
            if self.has(Bug::UnknownNotFenced) {
                broker.abort_all(self.life)
            } else {
                broker.fence(self.life)
            }
            let learn = std::mem::take(&mut self.unsure) && !self.has(Bug::HoldsNotLearntAfterUnknown);
            let claims: Vec<_> = self.claims.begun().collect();
            claims.into_iter().for_each(|(partition, begun)| self.claim(partition, learn || !begun));
        }
    }

    fn claim(&mut self, partition: Partition, learn: bool) {
        let claim = self.claims.claim(partition);
        self.questions.retain(|question| question.partition != partition);
        self.questions.push(Question { partition, claim, learn });
    }

    /// Finds out where one claim begins, and what was told before; waits where either may still change.
    pub fn ask(&mut self, broker: &Broker, seed: &mut Seed) {
        if self.questions.is_empty() {
            return;
        }
        let number = seed.below(self.questions.len());
        let Question { partition, claim, learn } = self.questions[number];
        let stable = broker.stable_position(partition.number);
        let early = self.has(Bug::PositionReadTooEarly).then(|| broker.position(partition.number));
        let Some(next_offset) = stable.or(early) else { return };
        if learn && !self.has(Bug::HoldsNotLearntOnTakeOver) {
            if !broker.is_settled(Destination::Referrals) && !self.has(Bug::HoldsReadTooEarly) {
                return;
            }
            for told in broker.committed(Destination::Referrals).filter_map(Told::read) {
                self.holds.learn(&told);
            }
        }
        self.questions.remove(number);
        if self.claims.begin(partition, claim, next_offset) {
            self.reading.insert(partition.number, (claim, next_offset));
        }
    }

    /// Reads a few records of the claimed partitions, in any order among them, and screens them.
    pub fn read(&mut self, broker: &Broker, screening: &mut Screening, seed: &mut Seed) {
        if self.screened.len() >= QUEUE_BATCHES {
            return;
        }
        let mut batch = Batch::default();
        for _ in 0..=seed.below(BATCH_RECORDS_MAX) {
            let number = seed.below(self.reading.len().max(1));
            let Some((&partition, (claim, next))) = self.reading.iter_mut().nth(number) else { return };
            let Some(sent) = broker.input[partition as usize].get(*next as usize) else { continue };
            let origin = Origin { topic: 0, partition, offset: *next };
            let record = Record { origin, timestamp: RECEIVED, key: Some(sent.key.as_bytes()), payload: &sent.payload };
            batch.push(*claim, record, std::iter::empty());
            *next += 1;
        }
        if !batch.is_empty() {
            self.screened.push_back(screening.screen(batch));
        }
    }

    /// Nothing waits to be published or claimed.
    pub fn is_idle(&self) -> bool {
        self.screened.is_empty() && self.open.is_none() && self.questions.is_empty() && !self.stale
    }

    /// One step of publishing: what is told, the positions, the commit.
    pub fn publish(&mut self, broker: &mut Broker, screening: &Screening, answer: Answer) {
        match self.open.take() {
            None => self.begin(broker, screening),
            Some(open) if !open.positions_sent => self.send_positions(broker, open),
            Some(open) => self.commit(broker, open, answer),
        }
    }

    fn begin(&mut self, broker: &mut Broker, screening: &Screening) {
        let overtakes = self.has(Bug::BatchesOvertake);
        let batch = if overtakes { self.screened.pop_back() } else { self.screened.pop_front() };
        let Some(batch) = batch else { return };
        let blind = self.has(Bug::PublishedAfterTheClaimWasLost);
        let accepted: Vec<_> = batch.records().filter(|(entry, ..)| blind || self.claims.accepts(*entry)).collect();
        if self.stale || accepted.is_empty() {
            return;
        }
        let transaction = broker.begin(self.life);
        let (mut referrals, mut next, mut fenced) = (Outbox::default(), BTreeMap::new(), false);
        for (entry, outgoing, told) in accepted {
            let Origin { partition, offset, .. } = entry.record.origin;
            next.insert(partition, offset + self.step());
            for record in outgoing {
                let dropped = record.destination == Destination::DeadLetters && self.has(Bug::DeadLetterDropped);
                fenced |= !dropped && broker.publish(transaction, record).is_err();
            }
            for referral in told {
                let telling = self.tell(self.holds.id(&referral.id), referral.ordered);
                let record = outputs::Referral {
                    awb: referral.id.awb,
                    hawb: referral.id.hawb.as_deref(),
                    code: sink::code(telling.decision, telling.standing, referral.id.awb.is_some()),
                    regime: "pact",
                    errors: &[],
                    received: RECEIVED,
                    source: source(entry, referral.index),
                    since: telling.since,
                    associated: None,
                    retro: false,
                };
                referrals.push(Destination::Referrals, &[], |out| {
                    screening.frames.referral.write(out);
                    record.encode(out);
                });
            }
        }
        for record in referrals.slice(0..referrals.len()) {
            fenced |= broker.publish(transaction, record).is_err();
        }
        match fenced {
            true => self.end(Outcome::Unknown, &BTreeMap::new()),
            false => self.open = Some(Open { transaction, next, positions_sent: false }),
        }
    }

    fn tell(&mut self, id: HoldId, ordered: Decision) -> Telling {
        let told = self.holds.tell(id, ordered, RECEIVED);
        let bare = Telling { decision: ordered, standing: Standing::Issued, since: Some(RECEIVED) };
        if self.has(Bug::HoldReleasedByAmendment) { bare } else { told }
    }

    fn step(&self) -> i64 {
        match self.bug {
            Some(Bug::PositionOneShort) => 0,
            Some(Bug::PositionOneTooFar) => 2,
            _ => 1,
        }
    }

    fn send_positions(&mut self, broker: &mut Broker, open: Open) {
        if self.has(Bug::PositionsOutsideTheTransaction) {
            broker.commit_positions(&open.next);
            self.open = Some(Open { positions_sent: true, ..open });
            return;
        }
        let generation = (!self.has(Bug::GenerationNotSent)).then_some(self.generation);
        match broker.send_positions(open.transaction, generation, &open.next) {
            Ok(()) => self.open = Some(Open { positions_sent: true, ..open }),
            Err(Refused::NotMember) => {
                broker.abort(open.transaction);
                self.end(Outcome::NotMember, &open.next);
            }
            Err(Refused::Fenced) => self.end(Outcome::Unknown, &open.next),
        }
    }

    fn commit(&mut self, broker: &mut Broker, open: Open, answer: Answer) {
        let outcome = match answer {
            Answer::Late => {
                broker.commit_late(self.life);
                Outcome::Unknown
            }
            _ if broker.commit(open.transaction).is_ok() && answer == Answer::Heard => Outcome::Committed,
            _ => Outcome::Unknown,
        };
        self.end(outcome, &open.next);
    }

    fn end(&mut self, outcome: Outcome, next: &BTreeMap<i32, i64>) {
        let assumed = outcome == Outcome::Unknown && self.has(Bug::UnknownTakenForCommitted);
        if outcome == Outcome::Committed || assumed {
            self.claims.advance(next.iter().map(|(partition, next)| (of(*partition), *next)));
            if self.has(Bug::HoldForgottenAfterCommit) {
                self.holds.forget()
            } else {
                self.holds.commit()
            }
            return;
        }
        if self.has(Bug::HoldKeptAfterAbort) {
            self.holds.commit()
        } else {
            self.holds.forget()
        }
        self.stale = !self.has(Bug::GoesOnAfterAnAbort);
        self.unsure |= outcome == Outcome::Unknown;
    }
}

fn of(partition: i32) -> Partition {
    Partition { topic: 0, number: partition }
}

const BATCH_RECORDS_MAX: usize = 4;
/// Screened batches that wait to be published.
const QUEUE_BATCHES: usize = 3;

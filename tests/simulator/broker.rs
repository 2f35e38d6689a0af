//! Kafka in memory, as far as the service leans on it: an input topic, transactions with their markers, the group's positions.

use std::collections::{BTreeMap, BTreeSet};

use loadgate::sink::{Destination, Outgoing};

use super::group::{Group, Life};

/// What a terminal sent.
pub struct Sent {
    pub key: String,
    pub payload: Vec<u8>,
}

/// A record that is published, visible or not.
struct Published {
    transaction: Transaction,
    destination: Destination,
    value: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Transaction(usize);

struct State {
    owner: Life,
    phase: Phase,
    positions: BTreeMap<i32, i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Pending,
    /// The coordinator has written the decision, and the marker in the log of positions; those in the output topics come later.
    Marking,
    Committed,
    Aborted,
}

/// Why the coordinator refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The transaction is over: its time ran out, or a younger producer of the same id has come.
    Fenced,
    /// The generation is not the group's.
    NotMember,
}

pub struct Broker {
    pub input: Vec<Vec<Sent>>,
    pub group: Group,
    published: Vec<Published>,
    transactions: Vec<State>,
    positions: BTreeMap<i32, i64>,
    /// Of each producer; younger ones of the same id have higher ones.
    epochs: BTreeMap<Life, u32>,
    /// Requests to commit that have not arrived. They name the producer, not the transaction.
    late: Vec<(Life, u32)>,
}

impl Broker {
    pub fn new(partitions: i32) -> Self {
        Self {
            input: (0..partitions).map(|_| Vec::new()).collect(),
            group: Group::new(partitions),
            published: Vec::new(),
            transactions: Vec::new(),
            positions: BTreeMap::new(),
            epochs: BTreeMap::new(),
            late: Vec::new(),
        }
    }

    pub fn begin(&mut self, owner: Life) -> Transaction {
        self.transactions.push(State { owner, phase: Phase::Pending, positions: BTreeMap::new() });
        Transaction(self.transactions.len() - 1)
    }

    pub fn publish(&mut self, transaction: Transaction, record: Outgoing<'_>) -> Result<(), Refused> {
        self.pending(transaction)?;
        self.published.push(Published { transaction, destination: record.destination, value: record.value.to_vec() });
        Ok(())
    }

    /// With the positions comes the member's generation; `None` leaves the group out of it, as nobody should.
    pub fn send_positions(
        &mut self,
        transaction: Transaction,
        generation: Option<u64>,
        positions: &BTreeMap<i32, i64>,
    ) -> Result<(), Refused> {
        if generation.is_some_and(|generation| generation != self.group.generation()) {
            return Err(Refused::NotMember);
        }
        self.pending(transaction)?.positions = positions.clone();
        Ok(())
    }

    pub fn commit(&mut self, transaction: Transaction) -> Result<(), Refused> {
        let state = self.pending(transaction)?;
        state.phase = Phase::Marking;
        let positions = std::mem::take(&mut state.positions);
        self.commit_positions(&positions);
        Ok(())
    }

    pub fn commit_positions(&mut self, positions: &BTreeMap<i32, i64>) {
        self.positions.extend(positions);
    }

    pub fn abort(&mut self, transaction: Transaction) {
        if let Ok(state) = self.pending(transaction) {
            state.phase = Phase::Aborted;
        }
    }

    pub fn commit_late(&mut self, owner: Life) {
        self.late.push((owner, self.epoch(owner)));
    }

    /// The late requests arrive: each commits whatever its producer has pending by now.
    pub fn deliver(&mut self) {
        for (owner, epoch) in std::mem::take(&mut self.late) {
            let pending = |state: &State| state.owner == owner && state.phase == Phase::Pending;
            let pending = self.transactions.iter().position(pending).filter(|_| epoch == self.epoch(owner));
            // Refused only if it is not pending.
            pending.map(|number| self.commit(Transaction(number)));
        }
    }

    fn epoch(&self, owner: Life) -> u32 {
        self.epochs.get(&owner).copied().unwrap_or_default()
    }

    /// A younger producer comes, or the time of a pending transaction ran out: it is aborted, and the old producer's requests
    /// count no more.
    pub fn fence(&mut self, owner: Life) {
        self.abort_all(owner);
        *self.epochs.entry(owner).or_default() += 1;
    }

    pub fn abort_all(&mut self, owner: Life) {
        let pending = self.transactions.iter_mut().filter(|state| state.owner == owner && state.phase == Phase::Pending);
        pending.for_each(|state| state.phase = Phase::Aborted);
    }

    /// Writes the markers that are still missing.
    pub fn mark(&mut self) {
        let marking = self.transactions.iter_mut().filter(|state| state.phase == Phase::Marking);
        marking.for_each(|state| state.phase = Phase::Committed);
    }

    /// Producers with a pending transaction.
    pub fn pending_owners(&self) -> BTreeSet<Life> {
        self.transactions.iter().filter(|state| state.phase == Phase::Pending).map(|state| state.owner).collect()
    }

    /// The group's position; `None` while a pending transaction may still move it.
    pub fn stable_position(&self, partition: i32) -> Option<i64> {
        let open = |state: &State| state.phase == Phase::Pending && state.positions.contains_key(&partition);
        (!self.transactions.iter().any(open)).then(|| self.position(partition))
    }

    pub fn position(&self, partition: i32) -> i64 {
        self.positions.get(&partition).copied().unwrap_or_default()
    }

    /// False while some record of the topic is neither visible nor void.
    pub fn is_settled(&self, destination: Destination) -> bool {
        let open = |record: &Published| matches!(self.phase(record.transaction), Phase::Pending | Phase::Marking);
        !self.published.iter().any(|record| record.destination == destination && open(record))
    }

    /// What a reader of committed records sees of a topic: in order, and nothing behind the first open transaction.
    pub fn committed(&self, destination: Destination) -> impl Iterator<Item = &[u8]> {
        let records = self.published.iter().filter(move |record| record.destination == destination);
        let stable = records.take_while(|record| !matches!(self.phase(record.transaction), Phase::Pending | Phase::Marking));
        stable.filter(|record| self.phase(record.transaction) == Phase::Committed).map(|record| &record.value[..])
    }

    fn phase(&self, transaction: Transaction) -> Phase {
        self.transactions[transaction.0].phase
    }

    fn pending(&mut self, transaction: Transaction) -> Result<&mut State, Refused> {
        let state = &mut self.transactions[transaction.0];
        if state.phase == Phase::Pending { Ok(state) } else { Err(Refused::Fenced) }
    }
}

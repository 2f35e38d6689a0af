//! The transactional producer: one batch, one transaction, one answer.
//!
//! ```text
//!  begin → produce → group metadata → positions → drain → commit
//! ```
//!
//! After anything but a clean commit or a clean abort the producer is dropped and made anew: initialising it bumps the epoch, so
//! whatever the old one still had under way is fenced. An unknown outcome is never continued, because a delayed end of
//! transaction could otherwise close a later one (librdkafka does not implement KIP-890 part 2).

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::topic_partition_list::TopicPartitionList;

use super::Outgoing;
use crate::kafka::{CALL_TIMEOUT, Client, ClientContext, Connection, SOCKET_TIMEOUT, Triage, triage};

/// How a transaction ended.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Outcome {
    Committed,
    /// Nothing of it is visible; the positions stand where they stood.
    Aborted,
    /// The group no longer counts on this replica: aborted, and nothing may be sent before the group has spoken.
    NotMember,
    /// Whether it committed is for the group's committed positions to tell. The producer is gone.
    Unknown,
}

/// Phases that are timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Init,
    Produce,
    Positions,
    Drain,
    Commit,
    Abort,
}

/// Makes producers, and keeps one as long as it is sound.
pub struct Transactor {
    config: rdkafka::ClientConfig,
    client: Arc<dyn Client>,
    producer: Option<BaseProducer<ClientContext>>,
    observe: Box<dyn Fn(Phase, Duration) + Send>,
}

impl Transactor {
    pub fn new(
        connection: &Connection,
        transactional_id: &str,
        transaction_timeout: Duration,
        client: Arc<dyn Client>,
        observe: Box<dyn Fn(Phase, Duration) + Send>,
    ) -> Self {
        let mut config = connection.client("sink");
        let socket_timeout = SOCKET_TIMEOUT.min(transaction_timeout);
        config
            .set("transactional.id", transactional_id)
            .set("transaction.timeout.ms", transaction_timeout.as_millis().to_string())
            // Below the transaction's, or a record could outlive it.
            .set("message.timeout.ms", transaction_timeout.as_millis().to_string())
            .set("socket.timeout.ms", socket_timeout.as_millis().to_string())
            // Transactions follow one another; the default 100 ms would be paid on most of them.
            .set("retry.backoff.ms", "10")
            .set("linger.ms", "5")
            .set("batch.num.messages", "100000")
            .set("batch.size", "1000000")
            .set("queue.buffering.max.messages", "1000000")
            .set("queue.buffering.max.kbytes", "262144");
        Self { config, client, producer: None, observe }
    }

    /// Makes sure there is a sound producer. Fails while the brokers cannot be reached; to be tried again.
    pub fn ready(&mut self) -> KafkaResult<()> {
        if self.producer.is_some() {
            return Ok(());
        }
        let producer: BaseProducer<ClientContext> =
            self.config.create_with_context(ClientContext::new("sink", Arc::clone(&self.client)))?;
        self.timed(Phase::Init, || retrying(|| producer.init_transactions(CALL_TIMEOUT)))?;
        self.producer = Some(producer);
        Ok(())
    }

    /// Publishes the records and the positions after them. `metadata` is asked as late as possible: an eviction in between must
    /// be noticed.
    pub fn commit<'o>(
        &mut self,
        topics: &impl Fn(super::Destination) -> &'o str,
        records: impl Iterator<Item = Outgoing<'o>>,
        positions: &TopicPartitionList,
        metadata: impl FnOnce() -> Option<ConsumerGroupMetadata>,
    ) -> Outcome {
        let Some(producer) = self.producer.take() else { return Outcome::Unknown };
        match self.attempt(&producer, topics, records, positions, metadata) {
            Ok(outcome) => {
                self.producer = Some(producer);
                outcome
            }
            Err(error) => {
                tracing::warn!(%error, "transaction ended unknown: the producer is made anew");
                Outcome::Unknown
            }
        }
    }

    /// `Err` when the producer must not be used again.
    fn attempt<'o>(
        &self,
        producer: &BaseProducer<ClientContext>,
        topics: &impl Fn(super::Destination) -> &'o str,
        records: impl Iterator<Item = Outgoing<'o>>,
        positions: &TopicPartitionList,
        metadata: impl FnOnce() -> Option<ConsumerGroupMetadata>,
    ) -> KafkaResult<Outcome> {
        producer.begin_transaction()?;
        self.timed(Phase::Produce, || produce(producer, topics, records))?;
        let Some(metadata) = metadata() else {
            self.abort(producer)?;
            return Ok(Outcome::NotMember);
        };
        let committed = self
            .timed(Phase::Positions, || retrying(|| producer.send_offsets_to_transaction(positions, &metadata, CALL_TIMEOUT)))
            .and_then(|()| self.timed(Phase::Drain, || drain(producer)))
            .and_then(|()| self.timed(Phase::Commit, || retrying(|| producer.commit_transaction(CALL_TIMEOUT))));
        match committed {
            Ok(()) => Ok(Outcome::Committed),
            Err(error) if triage(&error) == Triage::Abort => {
                tracing::info!(%error, "transaction aborted");
                self.abort(producer)?;
                Ok(if evicted(&error) { Outcome::NotMember } else { Outcome::Aborted })
            }
            Err(error) => Err(error),
        }
    }

    fn abort(&self, producer: &BaseProducer<ClientContext>) -> KafkaResult<()> {
        // Drained first: an abort waits two seconds for what is in flight, otherwise.
        self.timed(Phase::Abort, || drain(producer).and_then(|()| retrying(|| producer.abort_transaction(CALL_TIMEOUT))))
    }

    fn timed<T>(&self, phase: Phase, run: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = run();
        (self.observe)(phase, started.elapsed());
        result
    }
}

/// Hands the records to librdkafka; a full queue is waited for.
fn produce<'o>(
    producer: &BaseProducer<ClientContext>,
    topics: &impl Fn(super::Destination) -> &'o str,
    records: impl Iterator<Item = Outgoing<'o>>,
) -> KafkaResult<()> {
    for Outgoing { destination, key, value } in records {
        let mut record = BaseRecord::to(topics(destination)).key(key).payload(value);
        let deadline = Instant::now() + CALL_TIMEOUT;
        while let Err((error, refused)) = producer.send(record) {
            let full = error.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull);
            if !full || Instant::now() >= deadline {
                return Err(error);
            }
            producer.poll(Duration::from_millis(1));
            record = refused;
        }
    }
    Ok(())
}

/// Serves delivery reports until none is outstanding, so that the commit finds nothing to wait for: left to itself it waits in
/// steps of 100 ms.
fn drain(producer: &BaseProducer<ClientContext>) -> KafkaResult<()> {
    let deadline = Instant::now() + CALL_TIMEOUT;
    while producer.in_flight_count() > 0 {
        producer.poll(Duration::ZERO);
        if producer.in_flight_count() == 0 {
            break;
        }
        if Instant::now() >= deadline {
            return Err(KafkaError::Flush(RDKafkaErrorCode::OperationTimedOut));
        }
        std::thread::park_timeout(Duration::from_micros(200));
    }
    Ok(())
}

/// The identical call again while librdkafka says that it may be, at most for three timeouts.
fn retrying(call: impl Fn() -> KafkaResult<()>) -> KafkaResult<()> {
    let deadline = Instant::now() + CALL_TIMEOUT * 3;
    loop {
        match call() {
            Err(error) if triage(&error) == Triage::Retry && Instant::now() < deadline => {
                tracing::debug!(%error, "call repeated");
            }
            result => return result,
        }
    }
}

fn evicted(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(RDKafkaErrorCode::UnknownMemberId | RDKafkaErrorCode::IllegalGeneration | RDKafkaErrorCode::FencedInstanceId)
    )
}

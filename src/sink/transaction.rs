//! The transactional producer: some batches, one transaction, one answer.
//!
//! ```text
//!  begin → produce → drain → group metadata → positions → commit
//! ```
//!
//! After anything but a clean commit or a clean abort the producer is dropped and made anew: initialising it bumps the epoch, so
//! whatever the old one still had under way is fenced. An unknown outcome is never continued, because a delayed end of
//! transaction could otherwise close a later one (librdkafka does not implement KIP-890 part 2).

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::topic_partition_list::TopicPartitionList;

use super::Outgoing;
use crate::kafka::{self, CALL_TIMEOUT, ClientContext, Connection, Listener, SOCKET_TIMEOUT, Triage, triage};
use crate::metrics::labels::{self, Phase};

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

/// Makes producers, and keeps one as long as it is sound.
pub struct Transactor {
    config: rdkafka::ClientConfig,
    listener: Arc<dyn Listener>,
    producer: Option<Arc<BaseProducer<ClientContext>>>,
    observe: Box<dyn Fn(Phase, Duration) + Send>,
}

impl Transactor {
    pub fn new(
        connection: &Connection,
        transactional_id: &str,
        transaction_timeout: Duration,
        listener: Arc<dyn Listener>,
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
            .set("retry.backoff.max.ms", "100")
            .set("linger.ms", "5")
            .set("batch.num.messages", "100000")
            .set("batch.size", "1000000")
            .set("queue.buffering.max.messages", "1000000")
            .set("queue.buffering.max.kbytes", "262144")
            .set("statistics.interval.ms", kafka::STATISTICS_EVERY_MS);
        Self { config, listener, producer: None, observe }
    }

    /// Makes sure there is a sound producer. Fails while the brokers cannot be reached; to be tried again.
    pub fn ready(&mut self) -> KafkaResult<()> {
        if self.producer.is_some() {
            return Ok(());
        }
        let producer: BaseProducer<ClientContext> =
            self.config.create_with_context(ClientContext::new(labels::Client::Producer, Arc::clone(&self.listener)))?;
        self.timed(Phase::Init, || retrying(|| producer.init_transactions(CALL_TIMEOUT)))?;
        self.producer = Some(Arc::new(producer));
        Ok(())
    }

    /// Lets an idle producer speak: errors and statistics wait for somebody who polls.
    pub fn poll(&self) {
        self.producer.iter().for_each(|producer| {
            producer.poll(Duration::ZERO);
        });
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
        producer: &Arc<BaseProducer<ClientContext>>,
        topics: &impl Fn(super::Destination) -> &'o str,
        records: impl Iterator<Item = Outgoing<'o>>,
        positions: &TopicPartitionList,
        metadata: impl FnOnce() -> Option<ConsumerGroupMetadata>,
    ) -> KafkaResult<Outcome> {
        producer.begin_transaction()?;
        self.timed(Phase::Produce, || produce(producer, topics, records))?;
        // Drained before the positions: while partitions are being added to the transaction, the group's coordinator may refuse them,
        // and librdkafka asks again half a second later.
        let drained = self.timed(Phase::Drain, || drain(producer));
        let Some(metadata) = metadata() else {
            self.abort(producer)?;
            return Ok(Outcome::NotMember);
        };
        let committed = drained
            .and_then(|()| {
                let positions = Arc::new((positions.clone(), metadata));
                self.timed(Phase::SendOffsets, || retrying(|| send_positions(producer, &positions)))
            })
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

/// How long a drain pauses at most: little beside what it takes.
const DRAIN_PAUSE_MAX: Duration = Duration::from_millis(2);

/// Serves delivery reports until none is outstanding, so that the commit finds nothing to wait for: left to itself it waits in
/// steps of 100 ms.
fn drain(producer: &BaseProducer<ClientContext>) -> KafkaResult<()> {
    let deadline = Instant::now() + CALL_TIMEOUT;
    let mut pause = Duration::from_micros(100);
    while producer.in_flight_count() > 0 {
        producer.poll(Duration::ZERO);
        if producer.in_flight_count() == 0 {
            break;
        }
        if Instant::now() >= deadline {
            return Err(KafkaError::Flush(RDKafkaErrorCode::OperationTimedOut));
        }
        // To poll with a timeout is to poll without pause for its last millisecond.
        thread::park_timeout(pause);
        pause = (pause * 2).min(DRAIN_PAUSE_MAX);
    }
    Ok(())
}

/// Adds the positions to the transaction, in a thread of its own: while the group's coordinator is away the call may outlast its timeout,
/// for ever (librdkafka issue 5511). Then the thread is left behind with the producer, which the next one fences.
fn send_positions(
    producer: &Arc<BaseProducer<ClientContext>>,
    positions: &Arc<(TopicPartitionList, ConsumerGroupMetadata)>,
) -> KafkaResult<()> {
    let (producer, positions) = (Arc::clone(producer), Arc::clone(positions));
    let (answer, answered) = crossbeam_channel::bounded(1);
    let call = move || {
        let (offsets, metadata) = &*positions;
        let _ = answer.send(producer.send_offsets_to_transaction(offsets, metadata, CALL_TIMEOUT));
    };
    let timed_out = || KafkaError::Global(RDKafkaErrorCode::OperationTimedOut);
    thread::Builder::new().name("send-positions".into()).spawn(call).map_err(|_| timed_out())?;
    answered.recv_timeout(CALL_TIMEOUT + SOCKET_TIMEOUT).unwrap_or_else(|_| Err(timed_out()))
}

/// The identical call again while librdkafka says that it may be, at most for three timeouts ([`kafka::CALL_MAX`] in all).
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::Unheard;
    use crate::sink::{Destination, Outbox};
    use rdkafka::consumer::{BaseConsumer, Consumer};
    use rdkafka::message::Message;
    use rdkafka::mocking::{MockCluster, MockCoordinator};
    use rdkafka::topic_partition_list::Offset;
    use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

    const WAIT: Duration = Duration::from_secs(20);

    /// Embedded brokers of which the first has all work, a transactor, and a member of the group that owns `in`. They keep no
    /// transactional positions and hide no aborted records: that both hold is shown on real Kafka (`tests/`).
    struct Stage {
        cluster: MockCluster<'static, rdkafka::producer::DefaultProducerContext>,
        connection: Connection,
        transactor: Transactor,
        member: BaseConsumer,
    }

    impl Stage {
        fn new() -> Self {
            let cluster = MockCluster::new(2).unwrap();
            for topic in ["in", "out"] {
                cluster.create_topic(topic, 1, 1).unwrap();
                cluster.partition_leader(topic, 0, Some(1)).unwrap();
            }
            for role in [MockCoordinator::Group("g".into()), MockCoordinator::Transaction("t".into())] {
                cluster.coordinator(role, 1).unwrap();
            }
            let connection = Connection { brokers: cluster.bootstrap_servers(), properties: Vec::new() };
            let member: BaseConsumer = connection.consumer("member", "g").create().unwrap();
            member.subscribe(&["in"]).unwrap();
            let deadline = Instant::now() + WAIT;
            while member.assignment().unwrap().count() == 0 {
                assert!(Instant::now() < deadline, "the member joins");
                member.poll(Duration::from_millis(20));
            }
            let transactor = Transactor::new(&connection, "t", Duration::from_secs(6), Arc::new(Unheard), Box::new(|_, _| ()));
            Self { cluster, connection, transactor, member }
        }

        fn commit(&mut self, value: &str, next_offset: i64, metadata: bool) -> Outcome {
            self.transactor.ready().unwrap();
            let mut outbox = Outbox::default();
            outbox.push(Destination::Assessments, b"key", |out| out.extend_from_slice(value.as_bytes()));
            let mut positions = TopicPartitionList::new();
            positions.add_partition_offset("in", 0, Offset::Offset(next_offset)).unwrap();
            let member = &self.member;
            let metadata = || metadata.then(|| member.group_metadata()).flatten();
            self.transactor.commit(&|_| "out", outbox.slice(0..1), &positions, metadata)
        }

        /// What was produced, in order, until `last` is seen.
        fn produced_until(&self, last: &str) -> Vec<String> {
            let consumer: BaseConsumer = self.connection.consumer("check", "check").create().unwrap();
            let mut list = TopicPartitionList::new();
            list.add_partition_offset("out", 0, Offset::Beginning).unwrap();
            consumer.assign(&list).unwrap();
            let mut seen = Vec::new();
            while seen.last().map(String::as_str) != Some(last) {
                let message = consumer.poll(WAIT).expect("a record arrives").unwrap();
                seen.push(String::from_utf8(message.payload().unwrap().to_vec()).unwrap());
            }
            seen
        }
    }

    #[test]
    fn transactions_follow_one_another() {
        let mut stage = Stage::new();
        assert_eq!(stage.commit("first", 5, true), Outcome::Committed);
        assert_eq!(stage.commit("second", 9, true), Outcome::Committed);
        assert_eq!(stage.produced_until("second"), ["first", "second"]);
    }

    #[test]
    fn without_membership_nothing_is_committed_and_the_producer_lives() {
        let mut stage = Stage::new();
        assert_eq!(stage.commit("lost", 5, false), Outcome::NotMember);
        assert!(stage.transactor.producer.is_some());
        assert_eq!(stage.commit("kept", 6, true), Outcome::Committed);
    }

    #[test]
    fn a_fatal_or_unknown_end_costs_the_producer_and_a_new_one_goes_on() {
        let mut stage = Stage::new();
        assert_eq!(stage.commit("first", 1, true), Outcome::Committed);
        stage.cluster.request_errors(RDKafkaApiKey::EndTxn, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_PRODUCER_FENCED]);
        assert_eq!(stage.commit("fenced", 2, true), Outcome::Unknown);
        assert!(stage.transactor.producer.is_none());
        assert_eq!(stage.commit("third", 3, true), Outcome::Committed);
    }

    #[test]
    fn a_group_whose_coordinator_is_away_costs_the_producer_and_no_more_than_a_timeout() {
        let mut stage = Stage::new();
        assert_eq!(stage.commit("first", 1, true), Outcome::Committed);
        stage.cluster.coordinator(MockCoordinator::Group("g".into()), 2).unwrap();
        stage.cluster.broker_down(2).unwrap();
        let refused = [RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_COORDINATOR];
        stage.cluster.request_errors(RDKafkaApiKey::TxnOffsetCommit, &refused);
        assert_eq!(stage.commit("lost", 2, true), Outcome::Unknown);
        assert!(stage.transactor.producer.is_none());
        stage.cluster.coordinator(MockCoordinator::Group("g".into()), 1).unwrap();
        assert_eq!(stage.commit("third", 2, true), Outcome::Committed);
    }

    #[test]
    fn a_member_the_group_does_not_know_is_told_so() {
        let mut stage = Stage::new();
        let refused = [RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID];
        stage.cluster.request_errors(RDKafkaApiKey::TxnOffsetCommit, &refused);
        assert_eq!(stage.commit("evicted", 2, true), Outcome::NotMember);
    }
}

//! Follows every partition of every topic and cuts what it reads into batches.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::ends::{Ends, Fetched};
use super::stalls::Stalls;
use super::{BatchLimits, Begin, Input, Partition};
use crate::batch::{Batch, Claim};
use crate::kafka::{ClientContext, Connection, Listener, partitions};
use crate::metrics::labels;
use crate::model::Timestamp;
use crate::record::{Origin, Record};

/// What the owner of the claims tells the reader, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// From this offset on, what is read of the partition is under this claim. Replaces an earlier claim.
    Begin(Begin),
    /// The partition is somebody else's: it is read on without a claim.
    End(Partition),
    /// Hand over what was read and stop.
    Stop,
}

/// Where reading starts.
#[derive(Debug, Clone)]
pub struct Start {
    /// What memory holds already: next offset to read.
    pub positions: BTreeMap<Partition, i64>,
    /// Partitions that memory holds nothing of are read from the first record of this time; from their first with the epoch.
    pub since: Timestamp,
}

/// The reading stage. Owns the consumer that fetches; runs on its own thread until it is told to stop.
pub struct Reader {
    consumer: BaseConsumer<ClientContext>,
    inputs: Vec<Input>,
    limits: BatchLimits,
    start: Start,
    fetched: Arc<Fetched>,
    /// Known once every topic has been found.
    ends: Option<Ends>,
    /// Next offset to read of every partition that is followed.
    positions: BTreeMap<Partition, i64>,
    claims: BTreeMap<Partition, (Claim, i64)>,
    batch: Batch,
    first_read: Option<Instant>,
    looked: Option<Instant>,
    look_every: Duration,
    stalls: Stalls,
    /// Nothing was waiting to be taken at some moment since the last look.
    idle: bool,
}

/// How long a poll waits when nothing is there; bounds how late a command is seen.
const POLL: Duration = Duration::from_millis(5);
/// Records taken between two looks at the clock and at what is asked.
const AT_ONCE: usize = 64;
/// How long one question to a broker may take.
const CALL: Duration = Duration::from_secs(2);
/// How often new partitions and stalled ones are looked for, and how soon again while a topic is missing.
const LOOK_EVERY: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(500);

impl Reader {
    pub fn connect(
        connection: &Connection,
        group: &str,
        inputs: &[Input],
        limits: BatchLimits,
        start: Start,
        listener: Arc<dyn Listener>,
    ) -> KafkaResult<Self> {
        // A group id is required and never used: this consumer neither joins nor commits.
        let mut config = connection.consumer("reader", &format!("{group}-reader"));
        config
            .set("queued.min.messages", "10000")
            // Bounds what is buffered ahead, and with it how long the first record of a rewind queues behind older data.
            .set("queued.max.messages.kbytes", "65536")
            .set("fetch.wait.max.ms", "50")
            .set("fetch.queue.backoff.ms", "10")
            .set("statistics.interval.ms", "500");
        let fetched = Arc::new(Fetched::new(listener, inputs));
        let listener: Arc<dyn Listener> = Arc::clone(&fetched) as _;
        let consumer = config.create_with_context(ClientContext::new(labels::Client::Reader, listener))?;
        Ok(Self {
            consumer,
            inputs: inputs.to_vec(),
            limits,
            start,
            look_every: LOOK_EVERY,
            stalls: Stalls::new(Arc::clone(&fetched)),
            idle: false,
            fetched,
            ends: None,
            positions: BTreeMap::new(),
            claims: BTreeMap::new(),
            batch: Batch::default(),
            first_read: None,
            looked: None,
        })
    }

    /// What has been fetched so far.
    pub fn fetched(&self) -> Arc<Fetched> {
        Arc::clone(&self.fetched)
    }

    /// Reads until [`Command::Stop`] or until nobody takes the batches. A full `batches` channel makes it wait: that is how a slow
    /// sink slows the reader, and librdkafka's bounded queue then stops fetching. `beat` is told how many records are left until
    /// the log has been read to where it ended at the start. What comes from `picked` is handed on after all that was read before it.
    pub fn run(
        mut self,
        commands: &Receiver<Command>,
        picked: &Receiver<Batch>,
        mut batches: impl FnMut(Batch) -> bool,
        beat: impl Fn(Option<i64>),
    ) {
        loop {
            beat(self.ends.as_ref().map(|ends| ends.left(&self.positions)));
            for command in commands.try_iter() {
                match command {
                    Command::Begin(begin) => self.begin(begin),
                    Command::End(partition) => {
                        let ended = self.claims.remove(&partition);
                        self.batch.ended.extend(ended.map(|(claim, _)| claim));
                    }
                    Command::Stop => {
                        batches(std::mem::take(&mut self.batch));
                        return;
                    }
                }
            }
            self.look();
            self.poll();
            if self.ends.as_mut().is_some_and(|ends| ends.newly_reached(&self.positions)) {
                self.batch.caught_up = true;
            }
            if self.is_due() && !batches(self.cut()) {
                return;
            }
            for again in picked.try_iter() {
                if !batches(self.cut()) || !batches(again) {
                    return;
                }
            }
        }
    }

    /// Looks for partitions that are not followed yet, and for those that deliver nothing.
    fn look(&mut self) {
        let pause = if self.ends.is_some() { self.look_every } else { LOOK_AGAIN };
        if self.looked.is_some_and(|looked| looked.elapsed() < pause) {
            return;
        }
        self.looked = Some(Instant::now());
        match self.follow_new().and_then(|()| self.follow_stalled()) {
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, "cannot find the partitions to read yet, trying again"),
        }
    }

    /// Follows partitions anew that deliver nothing although their log goes on. What is only slow is left alone: as long as something
    /// waits to be taken, more may not be fetched.
    fn follow_stalled(&mut self) -> KafkaResult<()> {
        let ends = self.ends_now()?;
        let stalled = self.stalls.look(&self.positions, ends.into_iter());
        let idle = std::mem::take(&mut self.idle);
        for partition in stalled.into_iter().filter(|_| idle) {
            let Some(position) = self.positions.get(&partition).copied() else { continue };
            let topic = self.topic(partition);
            tracing::error!(topic, partition = partition.number, position, "a partition delivers nothing: it is followed anew");
            if let Err(error) = self.unfollow(partition) {
                tracing::warn!(topic = self.topic(partition), partition = partition.number, %error, "it was not followed at all");
            }
            // Kept whatever happens: to read anything again under the same claim would tell it twice.
            self.positions.insert(partition, position);
            self.follow(partition, position)?;
        }
        Ok(())
    }

    /// Where the log of each followed partition ends now, by one question to each broker.
    fn ends_now(&self) -> KafkaResult<Vec<(Partition, i64)>> {
        let mut asked = TopicPartitionList::new();
        for partition in self.positions.keys() {
            asked.add_partition_offset(self.topic(*partition), partition.number, Offset::End)?;
        }
        let told = self.consumer.offsets_for_times(asked, CALL)?;
        let end = |partition: &Partition| match told.find_partition(self.topic(*partition), partition.number)?.offset() {
            Offset::Offset(end) => Some((*partition, end)),
            _ => None,
        };
        Ok(self.positions.keys().filter_map(end).collect())
    }

    fn topic(&self, partition: Partition) -> &str {
        self.inputs.get(usize::from(partition.topic)).map(|input| input.topic.as_str()).unwrap_or_default()
    }

    fn follow_new(&mut self) -> KafkaResult<()> {
        let found = self.new_partitions()?;
        if self.ends.is_none() {
            let ends: BTreeMap<Partition, i64> = found.iter().map(|(partition, (_, end))| (*partition, *end)).collect();
            self.forget_another_log(&ends);
            self.ends = Some(Ends::new(Arc::clone(&self.fetched), ends));
        }
        for (partition, (first, end)) in found {
            let from = self.first_offset(partition, first, end)?;
            self.follow(partition, from)?;
        }
        Ok(())
    }

    /// Every partition that is not followed yet, with its first offset and the one after its last.
    fn new_partitions(&self) -> KafkaResult<BTreeMap<Partition, (i64, i64)>> {
        let mut found = BTreeMap::new();
        for (topic, input) in (0_u16..).zip(&self.inputs) {
            let numbers = partitions(&self.consumer, &input.topic, CALL)?;
            if numbers.is_empty() {
                tracing::warn!(topic = input.topic, "the topic does not exist yet");
                return Err(KafkaError::MetadataFetch(rdkafka::error::RDKafkaErrorCode::UnknownTopicOrPartition));
            }
            let new = numbers.into_iter().map(|number| Partition { topic, number });
            for partition in new.filter(|partition| !self.positions.contains_key(partition)) {
                found.insert(partition, self.consumer.fetch_watermarks(&input.topic, partition.number, CALL)?);
            }
        }
        Ok(found)
    }

    /// A memory that is ahead of the log is of another log. It is given up, and the log is read from the horizon.
    fn forget_another_log(&mut self, ends: &BTreeMap<Partition, i64>) {
        let is_ahead = |(partition, position): (&Partition, &i64)| ends.get(partition).is_none_or(|end| position > end);
        if self.start.positions.iter().any(is_ahead) {
            tracing::error!(
                "the snapshot of memory is ahead of the log, so the topics were made anew: reading the log from the horizon"
            );
            self.start.positions.clear();
            self.batch.forget = true;
        }
    }

    /// Where a partition that is new to this reader is read from.
    fn first_offset(&self, partition: Partition, first: i64, end: i64) -> KafkaResult<i64> {
        if let Some(position) = self.start.positions.get(&partition) {
            return Ok((*position).clamp(first, end));
        }
        if self.start.since.millis() <= 0 {
            return Ok(first);
        }
        let topic = self.topic(partition);
        let mut times = TopicPartitionList::new();
        times.add_partition_offset(topic, partition.number, Offset::Offset(self.start.since.millis()))?;
        let found = self.consumer.offsets_for_times(times, CALL)?;
        let offset = found.find_partition(topic, partition.number).map(|element| element.offset());
        // Nothing that young: whatever is there was written before the horizon.
        Ok(match offset {
            Some(Offset::Offset(offset)) => offset.clamp(first, end),
            _ => end,
        })
    }

    fn follow(&mut self, partition: Partition, from: i64) -> KafkaResult<()> {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(self.topic(partition), partition.number, Offset::Offset(from))?;
        self.consumer.incremental_assign(&list)?;
        self.positions.insert(partition, from);
        Ok(())
    }

    /// Reads a partition again from where its verdicts stand, if it has been read further already.
    fn begin(&mut self, begin: Begin) {
        let Begin { partition, claim, next_offset, note } = begin;
        let ended = self.claims.insert(partition, (claim, next_offset));
        self.batch.ended.extend(ended.map(|(claim, _)| claim));
        self.batch.begun.extend(note.watermark.map(|watermark| (claim, watermark)));
        if self.positions.get(&partition).is_some_and(|position| *position <= next_offset) {
            return;
        }
        if let Err(error) = self.unfollow(partition).and_then(|()| self.follow(partition, next_offset)) {
            tracing::error!(topic = self.topic(partition), partition = partition.number, %error, "cannot read a claimed partition");
        }
    }

    fn unfollow(&mut self, partition: Partition) -> KafkaResult<()> {
        if self.positions.remove(&partition).is_none() {
            return Ok(());
        }
        let mut list = TopicPartitionList::new();
        list.add_partition(self.topic(partition), partition.number);
        self.consumer.incremental_unassign(&list)
    }

    /// Waits for a record and takes those that are there besides, some at a time: between them nothing looks at the clock.
    fn poll(&mut self) {
        let mut wait = self.wait();
        for _ in 0..AT_ONCE {
            match self.consumer.poll(wait) {
                Some(Ok(message)) => {
                    let Some(topic) = self.inputs.iter().position(|input| input.topic == message.topic()) else { continue };
                    let partition = Partition { topic: topic as u16, number: message.partition() };
                    let Some(position) = self.positions.get_mut(&partition) else { continue };
                    *position = message.offset() + 1;
                    let claimed = self.claims.get(&partition).filter(|(_, from)| message.offset() >= *from);
                    push(&mut self.batch, claimed.map_or(Claim::NONE, |(claim, _)| *claim), partition, &message);
                    self.first_read.get_or_insert_with(Instant::now);
                }
                Some(Err(error)) => tracing::debug!(%error, "reader poll"),
                None => {
                    self.idle |= !wait.is_zero();
                    return;
                }
            }
            if self.is_full() {
                return;
            }
            wait = Duration::ZERO;
        }
    }

    /// Until the batch is old enough, at most [`POLL`].
    fn wait(&self) -> Duration {
        self.first_read.map_or(POLL, |first| self.limits.age.saturating_sub(first.elapsed()).min(POLL))
    }

    fn is_full(&self) -> bool {
        self.batch.len() >= self.limits.records || self.batch.bytes() >= self.limits.bytes
    }

    fn is_due(&self) -> bool {
        self.is_full()
            || self.batch.caught_up
            || self.batch.forget
            || self.first_read.is_some_and(|first| first.elapsed() >= self.limits.age)
    }

    fn cut(&mut self) -> Batch {
        self.first_read = None;
        std::mem::take(&mut self.batch)
    }
}

pub(super) fn push(batch: &mut Batch, claim: Claim, partition: Partition, message: &BorrowedMessage<'_>) {
    let record = Record {
        origin: Origin { topic: partition.topic, partition: partition.number, offset: message.offset() },
        timestamp: Timestamp::from_millis(message.timestamp().to_millis().unwrap_or_default()),
        key: message.key(),
        payload: message.payload().unwrap_or_default(),
    };
    let headers = message.headers().into_iter().flat_map(|headers| headers.iter());
    batch.push(claim, record, headers.map(|header| (header.key.as_bytes(), header.value)));
}

#[cfg(test)]
mod tests {
    use super::super::Note;
    use super::*;
    use crate::decode::Format;
    use crate::kafka::Unheard;
    use crossbeam_channel::Sender;
    use rdkafka::mocking::MockCluster;
    use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

    const P: Partition = Partition { topic: 0, number: 1 };

    /// A broker with ten records in partition 1 of `in`, and a reader of it that starts at an offset and runs until it is told to
    /// stop.
    fn with_reader(from: i64, scenario: impl FnOnce(&Sender<Command>, &Receiver<Batch>)) {
        with_prepared_reader(from, |_| (), scenario);
    }

    fn with_prepared_reader(
        from: i64,
        prepare: impl FnOnce(&mut Reader),
        scenario: impl FnOnce(&Sender<Command>, &Receiver<Batch>),
    ) {
        let cluster = MockCluster::new(1).unwrap();
        cluster.create_topic("in", 2, 1).unwrap();
        let connection = Connection { brokers: cluster.bootstrap_servers(), properties: Vec::new() };
        let producer: BaseProducer = connection.client("test").create().unwrap();
        for number in 0..10 {
            let payload = format!("m{number}");
            producer.send(BaseRecord::<(), _>::to("in").partition(P.number).payload(&payload)).unwrap();
        }
        producer.flush(Duration::from_secs(10)).unwrap();

        let inputs = [Input::messages("in", Format::Auto)];
        let limits = BatchLimits { records: 100, bytes: 1 << 20, age: Duration::from_millis(1) };
        let other = Partition { topic: 0, number: 0 };
        let start = Start { positions: [(P, from), (other, 0)].into(), since: Timestamp::default() };
        let mut reader = Reader::connect(&connection, "g", &inputs, limits, start, Arc::new(Unheard)).unwrap();
        prepare(&mut reader);
        let (command, commands) = crossbeam_channel::unbounded();
        let (give, batches) = crossbeam_channel::unbounded();
        let running = std::thread::spawn(move || {
            reader.run(&commands, &crossbeam_channel::never(), |batch| give.send(batch).is_ok(), |_| ())
        });
        scenario(&command, &batches);
        command.send(Command::Stop).unwrap();
        running.join().unwrap();
    }

    /// Reads batches until one holds the record at `last` under `claim`; returns the offsets seen under that claim.
    fn offsets_until(batches: &Receiver<Batch>, claim: Claim, last: i64) -> Vec<i64> {
        let mut seen = Vec::new();
        while seen.last() != Some(&last) {
            let batch = batches.recv_timeout(Duration::from_secs(20)).expect("the reader delivers");
            seen.extend(batch.entries().filter(|entry| entry.claim == claim).map(|entry| entry.record.origin.offset));
        }
        seen
    }

    fn begin(claim: u64, next_offset: i64) -> Command {
        let note = Note { watermark: Some(Timestamp::from_millis(next_offset)), ..Note::default() };
        Command::Begin(Begin { partition: P, claim: Claim(claim), next_offset, note })
    }

    #[test]
    fn every_partition_is_read_from_where_memory_stands_without_a_claim() {
        with_reader(3, |_, batches| assert_eq!(offsets_until(batches, Claim::NONE, 9), [3, 4, 5, 6, 7, 8, 9]));
    }

    #[test]
    fn a_partition_that_is_never_fetched_is_followed_anew() {
        let believes_to_follow = |reader: &mut Reader| {
            reader.look_every = Duration::from_millis(300);
            reader.ends = Some(Ends::new(reader.fetched(), BTreeMap::new()));
            reader.positions = [(P, 3)].into();
        };
        with_prepared_reader(3, believes_to_follow, |_, batches| {
            assert_eq!(offsets_until(batches, Claim::NONE, 9), [3, 4, 5, 6, 7, 8, 9]);
        });
    }

    #[test]
    fn a_memory_ahead_of_the_log_is_given_up_and_the_log_read_from_the_horizon() {
        with_reader(11, |_, batches| {
            let first = batches.recv_timeout(Duration::from_secs(20)).expect("the reader delivers");
            assert!(first.forget);
            let mut seen: Vec<i64> = first.entries().map(|entry| entry.record.origin.offset).collect();
            while seen.len() < 10 {
                let batch = batches.recv_timeout(Duration::from_secs(20)).expect("the reader delivers");
                seen.extend(batch.entries().map(|entry| entry.record.origin.offset));
                assert!(!batch.forget);
            }
            assert_eq!(seen, (0..10).collect::<Vec<_>>());
        });
    }

    #[test]
    fn it_says_once_that_it_has_caught_up() {
        with_reader(3, |_, batches| {
            let mut seen = Vec::new();
            loop {
                let batch = batches.recv_timeout(Duration::from_secs(20)).expect("the reader delivers");
                seen.extend(batch.entries().map(|entry| entry.record.origin.offset));
                if batch.caught_up {
                    break;
                }
            }
            assert_eq!(seen, [3, 4, 5, 6, 7, 8, 9]);
        });
    }

    #[test]
    fn a_claim_is_read_from_its_position_and_again_under_a_new_claim() {
        with_reader(0, |command, batches| {
            offsets_until(batches, Claim::NONE, 9);
            command.send(begin(1, 4)).unwrap();
            assert_eq!(offsets_until(batches, Claim(1), 9), [4, 5, 6, 7, 8, 9]);
            command.send(begin(2, 7)).unwrap();
            assert_eq!(offsets_until(batches, Claim(2), 9), [7, 8, 9]);
        });
    }

    #[test]
    fn what_lies_before_a_claim_is_read_without_it() {
        with_reader(0, |command, batches| {
            command.send(begin(1, 8)).unwrap();
            let seen = offsets_until(batches, Claim(1), 9);
            assert_eq!(seen, [8, 9]);
        });
    }

    #[test]
    fn a_claim_comes_with_the_watermark_of_its_partition() {
        with_reader(0, |command, batches| {
            command.send(begin(5, 2)).unwrap();
            let mut begun = Vec::new();
            while begun.is_empty() {
                begun = batches.recv_timeout(Duration::from_secs(20)).expect("the reader delivers").begun;
            }
            assert_eq!(begun, [(Claim(5), Timestamp::from_millis(2))]);
        });
    }

    #[test]
    fn a_partition_given_up_and_regained_is_claimed_from_where_it_begins() {
        with_reader(0, |command, batches| {
            command.send(begin(1, 0)).unwrap();
            command.send(Command::End(P)).unwrap();
            command.send(begin(3, 9)).unwrap();
            assert_eq!(offsets_until(batches, Claim(3), 9), [9]);
        });
    }
}

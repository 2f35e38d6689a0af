//! Follows the claimed partitions and cuts what it reads into batches.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaResult;
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::{BatchLimits, Input, Partition};
use crate::batch::{Batch, Claim};
use crate::kafka::{ClientContext, Connection, Listener};
use crate::metrics::labels;
use crate::model::Timestamp;
use crate::record::{Origin, Record};

/// What the owner of the claims tells the reader, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Read this partition from this offset, under this claim. Replaces an earlier claim.
    Begin { partition: Partition, claim: Claim, next_offset: i64 },
    /// Read this partition no more.
    End(Partition),
    /// Hand over what was read and stop.
    Stop,
}

/// The reading stage. Owns the consumer that fetches; runs on its own thread until it is told to stop.
pub struct Reader {
    consumer: BaseConsumer<ClientContext>,
    inputs: Vec<Input>,
    limits: BatchLimits,
    claims: BTreeMap<Partition, Claim>,
    batch: Batch,
    first_read: Option<Instant>,
}

/// How long a poll waits when nothing is there; bounds how late a command is seen.
const POLL: Duration = Duration::from_millis(5);

impl Reader {
    pub fn connect(
        connection: &Connection,
        group: &str,
        inputs: &[Input],
        limits: BatchLimits,
        listener: Arc<dyn Listener>,
    ) -> KafkaResult<Self> {
        // A group id is required and never used: this consumer neither joins nor commits.
        let mut config = connection.consumer("reader", &format!("{group}-reader"));
        config
            .set("queued.min.messages", "10000")
            // Bounds what is buffered ahead, and with it how long a seek's first record queues behind older data.
            .set("queued.max.messages.kbytes", "65536")
            .set("fetch.wait.max.ms", "50")
            .set("fetch.queue.backoff.ms", "10")
            .set("statistics.interval.ms", "1000");
        let consumer = config.create_with_context(ClientContext::new(labels::Client::Reader, listener))?;
        Ok(Self { consumer, inputs: inputs.to_vec(), limits, claims: BTreeMap::new(), batch: Batch::default(), first_read: None })
    }

    /// The input topics, by index.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.inputs.iter().map(|input| input.topic.as_str())
    }

    /// Reads until [`Command::Stop`] or until nobody takes the batches. A full `batches` channel makes it wait: that is how a slow
    /// sink slows the reader, and librdkafka's bounded queue then stops fetching.
    pub fn run(mut self, commands: &Receiver<Command>, mut batches: impl FnMut(Batch) -> bool, beat: impl Fn()) {
        loop {
            beat();
            for command in commands.try_iter() {
                match command {
                    Command::Begin { partition, claim, next_offset } => self.begin(partition, claim, next_offset),
                    Command::End(partition) => self.end(partition),
                    Command::Stop => {
                        batches(std::mem::take(&mut self.batch));
                        return;
                    }
                }
            }
            self.poll();
            if self.is_due() && !batches(self.cut()) {
                return;
            }
        }
    }

    fn begin(&mut self, partition: Partition, claim: Claim, next_offset: i64) {
        self.end(partition);
        let mut list = TopicPartitionList::new();
        let Some(input) = self.inputs.get(usize::from(partition.topic)) else { return };
        let offset = Offset::Offset(next_offset);
        let assigned = list
            .add_partition_offset(&input.topic, partition.number, offset)
            .and_then(|()| self.consumer.incremental_assign(&list));
        match assigned {
            Ok(()) => {
                self.claims.insert(partition, claim);
            }
            Err(error) => {
                tracing::error!(topic = input.topic, partition = partition.number, %error, "cannot read a claimed partition")
            }
        }
    }

    fn end(&mut self, partition: Partition) {
        if self.claims.remove(&partition).is_none() {
            return;
        }
        let Some(input) = self.inputs.get(usize::from(partition.topic)) else { return };
        let mut list = TopicPartitionList::new();
        list.add_partition(&input.topic, partition.number);
        if let Err(error) = self.consumer.incremental_unassign(&list) {
            tracing::warn!(topic = input.topic, partition = partition.number, %error, "cannot stop reading a partition");
        }
    }

    fn poll(&mut self) {
        match self.consumer.poll(self.wait()) {
            Some(Ok(message)) => {
                let Some(topic) = self.inputs.iter().position(|input| input.topic == message.topic()) else { return };
                let partition = Partition { topic: topic as u16, number: message.partition() };
                if let Some(&claim) = self.claims.get(&partition) {
                    push(&mut self.batch, claim, partition, &message);
                    self.first_read.get_or_insert_with(Instant::now);
                }
            }
            Some(Err(error)) => tracing::debug!(%error, "reader poll"),
            None => {}
        }
    }

    /// Until the batch is old enough, at most [`POLL`].
    fn wait(&self) -> Duration {
        self.first_read.map_or(POLL, |first| self.limits.age.saturating_sub(first.elapsed()).min(POLL))
    }

    fn is_due(&self) -> bool {
        let full = self.batch.len() >= self.limits.records || self.batch.bytes() >= self.limits.bytes;
        full || self.first_read.is_some_and(|first| first.elapsed() >= self.limits.age)
    }

    fn cut(&mut self) -> Batch {
        self.first_read = None;
        std::mem::take(&mut self.batch)
    }
}

fn push(batch: &mut Batch, claim: Claim, partition: Partition, message: &BorrowedMessage<'_>) {
    let record = Record {
        origin: Origin { topic: partition.topic, partition: partition.number, offset: message.offset() },
        timestamp: Timestamp::from_millis(message.timestamp().to_millis().unwrap_or_default()),
        key: message.key(),
        payload: message.payload().unwrap_or_default(),
    };
    let headers = message.headers().into_iter().flat_map(|headers| headers.iter());
    batch.push(claim, record, headers.map(|header| (header.key.as_bytes(), header.value)));
}

/// Hands batches to the workers in turn: batch `n` goes to worker `n mod workers`, and the sink takes from them in the same turn, so
/// the order needs no numbers and no sorting.
pub fn in_turn(workers: Vec<Sender<Batch>>) -> impl FnMut(Batch) -> bool {
    let mut turn = 0;
    move |batch| {
        let Some(worker) = workers.get(turn) else { return false };
        turn = (turn + 1) % workers.len();
        worker.send(batch).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::Format;
    use crate::kafka::Unheard;
    use rdkafka::mocking::MockCluster;
    use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

    const P: Partition = Partition { topic: 0, number: 1 };

    /// A broker with ten records in partition 1 of `in`, and a reader of it that runs until it is told to stop.
    fn with_reader(scenario: impl FnOnce(&Sender<Command>, &Receiver<Batch>)) {
        let cluster = MockCluster::new(1).unwrap();
        cluster.create_topic("in", 2, 1).unwrap();
        let connection = Connection { brokers: cluster.bootstrap_servers(), properties: Vec::new() };
        let producer: BaseProducer = connection.client("test").create().unwrap();
        for number in 0..10 {
            let payload = format!("m{number}");
            producer.send(BaseRecord::<(), _>::to("in").partition(P.number).payload(&payload)).unwrap();
        }
        producer.flush(Duration::from_secs(10)).unwrap();

        let inputs = [Input { topic: "in".into(), format: Format::Auto }];
        let limits = BatchLimits { records: 100, bytes: 1 << 20, age: Duration::from_millis(1) };
        let reader = Reader::connect(&connection, "g", &inputs, limits, Arc::new(Unheard)).unwrap();
        let (command, commands) = crossbeam_channel::unbounded();
        let (give, batches) = crossbeam_channel::unbounded();
        let running = std::thread::spawn(move || reader.run(&commands, |batch| give.send(batch).is_ok(), || ()));
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

    #[test]
    fn a_claim_is_read_from_its_position_and_again_under_a_new_claim() {
        with_reader(|command, batches| {
            command.send(Command::Begin { partition: P, claim: Claim(1), next_offset: 4 }).unwrap();
            assert_eq!(offsets_until(batches, Claim(1), 9), [4, 5, 6, 7, 8, 9]);
            command.send(Command::Begin { partition: P, claim: Claim(2), next_offset: 7 }).unwrap();
            assert_eq!(offsets_until(batches, Claim(2), 9), [7, 8, 9]);
        });
    }

    #[test]
    fn a_partition_given_up_and_regained_is_read_from_where_it_begins() {
        with_reader(|command, batches| {
            command.send(Command::Begin { partition: P, claim: Claim(1), next_offset: 0 }).unwrap();
            command.send(Command::End(P)).unwrap();
            command.send(Command::Begin { partition: P, claim: Claim(3), next_offset: 9 }).unwrap();
            assert_eq!(offsets_until(batches, Claim(3), 9), [9]);
        });
    }
}

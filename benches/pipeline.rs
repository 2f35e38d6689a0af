//! The whole service against a bare consume-produce-commit loop, on the same real broker and records, in one run.
//! Prints `name value unit`; each value is the middle one of five rounds, a ratio that of the rounds' own ratios.
//!
//! The bare loop copies each record to another topic, 5,000 records a transaction: what exactly-once costs before anything is
//! screened. Its rate at 20,000 a transaction, as many as the service puts into one when it is behind, is printed besides. The
//! service runs with the starter bundle, and with 5,000 profiles more that are made of what the records say, so that they match as
//! real ones do: seldom; and with a list of a million names, where the real lists are whose words they are made of.
//! `LOADGATE_TEST_BROKERS` uses a running cluster instead of one started here; `-- pipeline_5000_profiles` runs that one alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    reason = "a benchmark stops at what is not as expected; it uses a part of the tests' support"
)]

#[path = "pipeline/listed.rs"]
mod listed;
#[path = "pipeline/profiles.rs"]
mod profiles;
#[path = "names/recipe.rs"]
mod recipe;
#[path = "../tests/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use loadgate::allocator::{self, Allocator};
use loadgate::bundle::Bundle;
use loadgate::config::Config;
use loadgate::demo;
use loadgate::metrics::labels::Answer;
use loadgate::outputs::Frames;
use loadgate::service::{self, Rules, Settings, Shutdown, Telemetry};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use support::kafka::Cluster;

/// As in the program.
#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

const RECORDS: usize = 200_000;
/// Besides those of the starter bundle.
const PROFILES: usize = 5_000;
const PARTITIONS: i32 = 8;
const TRANSACTION_RECORDS: usize = 5_000;
const LARGE_TRANSACTION_RECORDS: usize = 20_000;
const WAIT: Duration = Duration::from_secs(10);
/// A broker maps two index files for each partition into memory, of 10 MB each. The rounds leave some hundred partitions behind, and a
/// virtual machine takes milliseconds for a page of that much: what is written to ever more topics would be measured, not the loops.
const SMALL_INDEXES: &str = "log.index.size.max.bytes=65536\n";
/// What else the machine does lasts as long as a round or two.
const ROUNDS: usize = 5;

/// What a run took.
struct Measured {
    wall: Duration,
    cpu: Duration,
    /// Parties looked up in lists: those seen before, and those searched.
    lookups: [u64; 2],
}

fn main() {
    allocator::keep_what_is_freed();
    let cluster = support::kafka::external().unwrap_or_else(|| Cluster::start_with(1, SMALL_INDEXES));
    // Its records carry times of the past: with the broker's own retention they are deleted half a minute later.
    let input = cluster.topic_with("bench-input", PARTITIONS, &[("retention.ms", "-1")]);
    fill(&cluster, &input);
    let bundles = bundles();
    // In turn; the first round warms the broker's page cache and is not reported.
    let round = |_| Round {
        bare: copy(&cluster, &input, TRANSACTION_RECORDS),
        large: copy(&cluster, &input, LARGE_TRANSACTION_RECORDS),
        runs: bundles.iter().map(|(_, bundle)| screen(&cluster, &input, bundle)).collect(),
    };
    let rounds: Vec<Round> = (0..=ROUNDS).map(round).skip(1).collect();
    report("bare_loop", rounds.iter().map(|round| &round.bare));
    report("bare_loop_large_transactions", rounds.iter().map(|round| &round.large));
    for (index, (name, _)) in bundles.iter().enumerate() {
        report(name, rounds.iter().map(|round| &round.runs[index]));
        let ratio = |round: &Round| round.bare.wall.as_secs_f64() / round.runs[index].wall.as_secs_f64();
        let mut ratios: Vec<f64> = rounds.iter().map(ratio).collect();
        ratios.sort_by(f64::total_cmp);
        println!("{name}_ratio {:.2} pipeline/bare", ratios[ROUNDS / 2]);
        println!("{name}_ratio_least {:.2} pipeline/bare", ratios[0]);
    }
}

struct Round {
    bare: Measured,
    large: Measured,
    /// With each bundle.
    runs: Vec<Measured>,
}

/// What the service runs with, as asked for by name.
fn bundles() -> Vec<(&'static str, Arc<Bundle>)> {
    let asked: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let mut bundles = Vec::new();
    for name in BUNDLES.into_iter().filter(|name| asked.is_empty() || asked.iter().any(|asked| asked == name)) {
        match bundle(name) {
            Some(bundle) => bundles.push((name, Arc::new(bundle))),
            None => println!("{name}_skipped 1 no_lists_in_../shared/data/watchlists"),
        }
    }
    bundles
}

const BUNDLES: [&str; 3] = ["pipeline", "pipeline_5000_profiles", "pipeline_million_names"];

fn bundle(name: &str) -> Option<Bundle> {
    match name {
        "pipeline_5000_profiles" => Some(profiles::bundle(PROFILES)),
        "pipeline_million_names" => listed::bundle(),
        _ => Some(Bundle::starter().expect("the starter bundle is valid")),
    }
}

fn report<'m>(name: &str, rounds: impl Iterator<Item = &'m Measured>) {
    let mut rounds: Vec<&Measured> = rounds.collect();
    rounds.sort_by_key(|measured| measured.wall);
    let measured = rounds[ROUNDS / 2];
    println!("{name}_rate {:.0} records/s", RECORDS as f64 / measured.wall.as_secs_f64());
    println!("{name}_cpu {:.2} us/record", measured.cpu.as_micros() as f64 / RECORDS as f64);
    if let [Some(known), Some(searched)] = measured.lookups.map(|count| (count > 0).then_some(count as f64)) {
        println!("{name}_known_parties {:.4} share_of_look-ups", known / (known + searched));
    }
}

fn fill(cluster: &Cluster, topic: &str) {
    let producer: BaseProducer = cluster.client().set("linger.ms", "50").create().unwrap();
    let mut bytes = 0;
    for (number, sent) in demo::stream(1).filter(|sent| sent.payload.len() < 900_000).take(RECORDS).enumerate() {
        bytes += sent.payload.len();
        let partition = number as i32 % PARTITIONS;
        let mut record =
            BaseRecord::to(topic).partition(partition).key(&sent.key).payload(&sent.payload).timestamp(sent.at.millis());
        while let Err((_, refused)) = producer.send(record) {
            producer.poll(Duration::from_millis(10));
            record = refused;
        }
    }
    producer.flush(Duration::from_secs(60)).unwrap();
    println!("record_size {} bytes", bytes / RECORDS);
}

/// The bare loop.
fn copy(cluster: &Cluster, input: &str, transaction_records: usize) -> Measured {
    let output = cluster.topic("bench-copy", PARTITIONS);
    let group = support::kafka::unique("bench-copy");
    let mut client = cluster.client();
    let consumer: BaseConsumer = client
        .set("group.id", &group)
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed")
        .create()
        .unwrap();
    let mut all = TopicPartitionList::new();
    for partition in 0..PARTITIONS {
        all.add_partition_offset(input, partition, Offset::Beginning).unwrap();
    }
    consumer.assign(&all).unwrap();
    let mut client = cluster.client();
    let producer: BaseProducer = client
        .set("transactional.id", &group)
        .set("linger.ms", "5")
        .set("retry.backoff.ms", "10")
        .set("batch.num.messages", "100000")
        .set("queue.buffering.max.messages", "1000000")
        .create()
        .unwrap();
    producer.init_transactions(WAIT).unwrap();
    measured(|| {
        let mut copied = 0;
        while copied < RECORDS {
            copied += copy_transaction(&consumer, &producer, &output, transaction_records.min(RECORDS - copied));
        }
    })
}

fn copy_transaction(consumer: &BaseConsumer, producer: &BaseProducer, output: &str, records: usize) -> usize {
    producer.begin_transaction().unwrap();
    let mut next = std::collections::BTreeMap::new();
    for _ in 0..records {
        let message = consumer.poll(WAIT).expect("a record").unwrap();
        next.insert(message.partition(), message.offset() + 1);
        let record = BaseRecord::to(output).key(message.key().unwrap_or_default()).payload(message.payload().unwrap_or_default());
        producer.send(record).map_err(|(error, _)| error).unwrap();
        producer.poll(Duration::ZERO);
    }
    let mut offsets = TopicPartitionList::new();
    let topic = consumer.assignment().unwrap().elements()[0].topic().to_owned();
    for (partition, offset) in next {
        offsets.add_partition_offset(&topic, partition, Offset::Offset(offset)).unwrap();
    }
    producer.send_offsets_to_transaction(&offsets, &consumer.group_metadata().unwrap(), WAIT).unwrap();
    while producer.in_flight_count() > 0 {
        producer.poll(Duration::ZERO);
        std::thread::park_timeout(Duration::from_micros(200));
    }
    producer.commit_transaction(WAIT).unwrap();
    records
}

/// The service, from the first record to the last commit.
fn screen(cluster: &Cluster, input: &str, bundle: &Arc<Bundle>) -> Measured {
    let topic = |stem: &str| cluster.topic(stem, PARTITIONS);
    let text = format!(
        "[kafka]\nbrokers = [{:?}]\ngroup = {:?}\n[[input]]\ntopic = {input:?}\n[outputs]\nalerts_aviation_security = {:?}\n\
         alerts_customs = {:?}\nreferrals = {:?}\nassessments = {:?}\ndead_letters = {:?}\n",
        cluster.bootstrap(),
        support::kafka::unique("bench"),
        topic("bench-security"),
        topic("bench-customs"),
        topic("bench-referrals"),
        topic("bench-assessments"),
        topic("bench-dead"),
    );
    let config = Config::parse("bench", &text, []).expect("a valid configuration");
    let settings = Settings::of(&config).expect("no secrets are needed");
    let telemetry = Telemetry::of(&settings).expect("the catalogue is consistent");
    let rules = Rules::Fixed(Arc::clone(bundle));
    let shutdown = Shutdown::default();
    let screened = &telemetry.metrics.records_screened;
    std::thread::scope(|scope| {
        let service = scope.spawn(|| service::run(&settings, &rules, Frames::single_object(), &telemetry, &shutdown));
        wait_until(|| telemetry.metrics.records_read.of(0).is_some_and(|read| read.get() > 0));
        let measured = measured(|| wait_until(|| screened.of(0).is_some_and(|screened| screened.get() >= RECORDS as u64)));
        shutdown.request();
        service.join().expect("the service does not panic").expect("the service ends well");
        let lookups = [Answer::Known, Answer::Searched].map(|answer| telemetry.metrics.list_lookups.of(answer).get());
        Measured { lookups, ..measured }
    })
}

fn wait_until(condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(300);
    while !condition() {
        assert!(Instant::now() < deadline, "the service does not get on");
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

fn measured(work: impl FnOnce()) -> Measured {
    let (start, cpu) = (Instant::now(), process_cpu());
    work();
    Measured { wall: start.elapsed(), cpu: process_cpu().saturating_sub(cpu), lookups: [0; 2] }
}

/// User and system time of this process, all threads: fields 14 and 15 of /proc/self/stat, in ticks of 10 ms.
fn process_cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

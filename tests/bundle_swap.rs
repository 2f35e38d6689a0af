//! Rules are changed under load, with a kill -9 in the middle: every message is assessed once, under the old or the new bundle, and
//! under the old one never after a replica has announced the new one.

use std::fs;
use std::process::Command;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tempfile::TempDir;

use crate::support::audit::{assert_each_exactly_once, assert_in_order};
use crate::support::kafka::{Cluster, unique};
use crate::support::reader::{Live, Published, committed, now_ms};
use crate::support::replica::{Replica, Setup};
use crate::support::terminals::{Terminals, send_payload};
use crate::support::{eventually, kafka};

const PARTITIONS: i32 = 6;
const REPLICAS: usize = 3;
/// Waybills a second.
const RATE: u32 = 400;
/// Past a take-over: session timeout, transaction timeout and the broker's sweep.
const DEADLINE: Duration = Duration::from_secs(90);

#[test]
fn a_swap_under_load_with_a_kill_in_the_middle_is_exact() {
    let cluster = kafka::shared();
    let desk = Desk::open(cluster, Delivery::Topic);
    let mut setup = Setup::new(cluster, "bundle-swap", PARTITIONS);
    setup.further = desk.configuration.clone();
    let mut replicas: Vec<Replica> = (0..REPLICAS).map(|number| setup.replica(&format!("replica-{number}"))).collect();
    for replica in &replicas {
        let waits = || replica.get("/ready").filter(|answer| answer.body.contains("waiting for an acceptable bundle"));
        eventually("without a bundle nobody screens", DEADLINE, waits);
    }
    let terminals = Terminals::start(cluster, &setup.input, RATE);
    let live = Live::start(cluster, &setup.assessments, "assessment");
    let first = desk.publish(1);
    replicas.iter_mut().for_each(Replica::wait_until_ready);
    wait_for_assessments(&live, &first.hash, 500);

    // Nothing goes wrong.
    let second = desk.publish(2);
    let announced = all_announce(&replicas, &second.hash);
    println!("bundle_swap_all_replicas {:.3} s", (announced - desk.published_ms(&second)) as f64 / 1000.0);
    wait_for_assessments(&live, &second.hash, 500);
    assert_none_after(&live, &first.hash, announced);

    // One dies between publication and announcement.
    let third = desk.publish(3);
    replicas[0].kill();
    let announced = all_announce(&replicas[1..], &third.hash);
    replicas[0].start();
    replicas[0].wait_until_ready();
    assert_eq!(in_force(&replicas[0]).as_deref(), Some(&*third.hash), "who starts again starts with the newest");
    wait_for_assessments(&live, &third.hash, 1_000);

    // What is not acceptable changes nothing.
    send_payload(cluster, &desk.topic, "screening", &fs::read(desk.path("2.bundle")).unwrap());
    send_payload(cluster, &desk.topic, "screening", b"loadgate-bundle/1\n");
    for replica in &replicas {
        let refused = |reason| count(replica, &format!("loadgate_bundle_refused_total{{reason=\"{reason}\"}}")) == Some(1.0);
        eventually("both are refused", DEADLINE, || (refused("older_sequence") && refused("torn")).then_some(()));
        assert_eq!(in_force(replica).as_deref(), Some(&*third.hash));
        assert_eq!(count(replica, "loadgate_bundle_sequence{kind=\"regular\"}"), Some(3.0));
    }

    let sent = terminals.stop();
    eventually("everything is assessed", DEADLINE, || live.has_seen(&sent).then_some(()));
    for replica in &mut replicas {
        assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());
    }
    assert_none_after(&live, &second.hash, announced);
    let assessments = committed(cluster, &setup.assessments, "assessment");
    assert_each_exactly_once(cluster, &setup.input, &assessments);
    assert_in_order(&assessments);
    let hashes = [&first.hash, &second.hash, &third.hash];
    assert!(assessments.iter().all(|assessment| hashes.iter().any(|hash| bundle(assessment) == **hash)));
}

#[test]
fn a_watched_file_is_taken_over_while_messages_flow_and_half_a_file_is_not() {
    let cluster = kafka::shared();
    let desk = Desk::open(cluster, Delivery::File);
    let mut setup = Setup::new(cluster, "bundle-file", 2);
    setup.further = desk.configuration.clone();
    let first = desk.publish(1);
    let mut replica = setup.ready_replica("only");
    let terminals = Terminals::start(cluster, &setup.input, RATE);
    let live = Live::start(cluster, &setup.assessments, "assessment");
    wait_for_assessments(&live, &first.hash, 200);
    let second = desk.publish(2);
    let announced = all_announce(std::slice::from_ref(&replica), &second.hash);
    wait_for_assessments(&live, &second.hash, 200);
    assert_none_after(&live, &first.hash, announced);

    let whole = fs::read(desk.path("2.bundle")).unwrap();
    fs::write(desk.path("screening.bundle"), &whole[..whole.len() / 2]).unwrap();
    let torn = || count(&replica, "loadgate_bundle_refused_total{reason=\"torn\"}").filter(|count| *count >= 1.0);
    eventually("half a file is refused", DEADLINE, torn);
    assert_eq!(in_force(&replica), Some(second.hash));

    let sent = terminals.stop();
    eventually("everything is assessed", DEADLINE, || live.has_seen(&sent).then_some(()));
    assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());
    assert_each_exactly_once(cluster, &setup.input, &committed(cluster, &setup.assessments, "assessment"));
}

enum Delivery {
    Topic,
    File,
}

/// Analyst and lead with their keys, the trust file, and the topic that they publish to.
struct Desk {
    folder: TempDir,
    topic: String,
    /// `[bundle]` of the replicas' configuration.
    configuration: String,
    consumer: BaseConsumer,
}

struct Version {
    sequence: i64,
    hash: String,
}

impl Desk {
    fn open(cluster: &Cluster, delivery: Delivery) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let topic = unique("bundle-swap.bundles");
        let trust = folder.path().join("trust.toml");
        let place = match delivery {
            Delivery::Topic => format!("topic = \"{topic}\""),
            Delivery::File => format!("file = \"{}\"", folder.path().join("screening.bundle").display()),
        };
        let configuration = format!("[bundle]\n{place}\ntrust = \"{}\"\n", trust.display());
        let desk = Self { folder, topic, configuration, consumer: cluster.client().set("group.id", "desk").create().unwrap() };
        let enrolled =
            ["analyst", "lead"].map(|person| desk.loadgate(&["bundle", "keygen", "--person", person, "--out", person]));
        fs::write(&trust, format!("bundle = \"screening\"\nenvironment = \"test\"\napprovals = 1\n{}", enrolled.concat()))
            .unwrap();
        let brokers = cluster.bootstrap().replace(',', "\", \"");
        let outputs = ["alerts_aviation_security", "alerts_customs", "referrals", "assessments", "dead_letters"];
        let outputs: String = outputs.map(|key| format!("{key} = \"{}.{key}\"\n", desk.topic)).concat();
        let text = format!(
            "[kafka]\nbrokers = [\"{brokers}\"]\n[[input]]\ntopic = \"{}.messages\"\n[outputs]\n{outputs}{}",
            desk.topic, desk.configuration
        );
        fs::write(desk.path("loadgate.toml"), text).unwrap();
        desk.loadgate(&["topics", "--create", "--partitions", "1", "--config", "loadgate.toml"]);
        desk
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Packs, signs and publishes a version that differs from the others by a threshold that nothing reaches.
    fn publish(&self, sequence: i64) -> Version {
        fs::create_dir_all(self.path("bundle")).unwrap();
        fs::write(self.path("bundle/policy.toml"), format!("[thresholds.customs]\ndnl = {}\n", 900 + sequence)).unwrap();
        let (number, file) = (sequence.to_string(), format!("{sequence}.bundle"));
        let author = ["--author", "analyst", "--key", "analyst", "--sequence", &number, "--out", &file];
        let place = ["bundle", "pack", "bundle", "--bundle", "screening", "--environment", "test"];
        let said = self.loadgate(&[&place[..], &author[..]].concat());
        let hash = said.lines().find_map(|line| line.strip_prefix("content ")).expect("pack tells the hash").to_owned();
        self.loadgate(&["bundle", "sign", &file, "--person", "lead", "--key", "lead"]);
        self.loadgate(&["bundle", "publish", &file, "--config", "loadgate.toml"]);
        Version { sequence, hash }
    }

    /// As the broker stamped it: milliseconds since 1970.
    fn published_ms(&self, version: &Version) -> i64 {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&self.topic, 0, Offset::Offset(version.sequence - 1)).unwrap();
        self.consumer.assign(&list).unwrap();
        let poll = || self.consumer.poll(Duration::from_millis(100))?.ok()?.timestamp().to_millis();
        eventually("what was published can be read", DEADLINE, poll)
    }

    fn loadgate(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_loadgate"));
        let output = command.args(arguments).current_dir(self.folder.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }
}

fn bundle(assessment: &Published) -> &str {
    assessment.value["bundle"].as_str().expect("every assessment names its bundle")
}

/// The hash that a replica announces.
fn in_force(replica: &Replica) -> Option<String> {
    let page = replica.get("/metrics")?.body;
    let line = page.lines().find_map(|line| line.strip_prefix("loadgate_bundle_info{hash=\"")?.strip_suffix("\"} 1"));
    line.map(str::to_owned)
}

fn count(replica: &Replica, series: &str) -> Option<f64> {
    let page = replica.get("/metrics")?.body;
    page.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok())
}

/// Waits until every replica has announced that bundle; when that was seen of the last one: milliseconds since 1970.
fn all_announce(replicas: &[Replica], hash: &str) -> i64 {
    let announced = |replica: &Replica| in_force(replica).as_deref() == Some(hash);
    eventually("every replica announces the new bundle", DEADLINE, || replicas.iter().all(announced).then(now_ms))
}

fn wait_for_assessments(live: &Live, hash: &str, more: usize) {
    let seen = || live.with(|assessments| assessments.iter().filter(|assessment| bundle(assessment) == hash).count());
    eventually("assessments under the new bundle come", DEADLINE, || (seen() >= more).then_some(()));
}

/// No record that names `old` was sent after the swap point; some were before it.
fn assert_none_after(live: &Live, old: &str, announced_ms: i64) {
    live.with(|assessments| {
        let sent = || assessments.iter().filter(|assessment| bundle(assessment) == old).map(|assessment| assessment.sent_ms);
        assert!(sent().count() > 0);
        assert_eq!(sent().filter(|sent_ms| *sent_ms > announced_ms).count(), 0, "records under the old bundle after the swap");
    });
}

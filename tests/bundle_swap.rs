//! Rules are changed under load, with a kill -9 in the middle: every message is assessed once, under the old or the new bundle, and
//! under the old one never after a replica has announced the new one.

use std::fs;

use crate::support::audit::{assert_each_exactly_once, assert_in_order};
use crate::support::desk::{DEADLINE, Delivery, Desk, Version, all_announce, count, in_force};
use crate::support::kafka::Cluster;
use crate::support::reader::{Live, Published, committed};
use crate::support::replica::{Replica, Setup};
use crate::support::seed::Seed;
use crate::support::terminals::{Terminals, send_payload};
use crate::support::{eventually, kafka, waybill};

const PARTITIONS: i32 = 6;
const REPLICAS: usize = 3;
/// Waybills a second.
const RATE: u32 = 400;

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
    let first = publish(&desk, 1);
    replicas.iter_mut().for_each(Replica::wait_until_ready);
    wait_for_assessments(&live, &first.hash, 500);

    // Nothing goes wrong.
    let second = publish(&desk, 2);
    let announced = all_announce(&replicas, &second.hash);
    println!("bundle_swap_all_replicas {:.3} s", (announced - desk.published_ms(&second)) as f64 / 1000.0);
    wait_for_assessments(&live, &second.hash, 500);
    assert_none_after(&live, &first.hash, announced);

    // One dies between publication and announcement.
    let third = publish(&desk, 3);
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
    let alone = Alone::start(cluster, &desk, "bundle-file");
    let (second, _) = alone.swap(&desk);

    let whole = fs::read(desk.path("2.bundle")).unwrap();
    fs::write(desk.path("screening.bundle"), &whole[..whole.len() / 2]).unwrap();
    let torn = || count(&alone.replica, "loadgate_bundle_refused_total{reason=\"torn\"}").filter(|count| *count >= 1.0);
    eventually("half a file is refused", DEADLINE, torn);
    assert_eq!(in_force(&alone.replica), Some(second.hash));
    alone.finish(cluster);
}

/// `cargo test --release --test scenarios ten_thousand -- --nocapture` prints what it takes the service as it is shipped.
#[test]
fn ten_thousand_profiles_are_taken_over_while_messages_flow() {
    let cluster = kafka::shared();
    let desk = Desk::open(cluster, Delivery::Topic);
    let alone = Alone::start(cluster, &desk, "bundle-large");
    (0..10_000).for_each(|number| desk.write(&format!("profiles/p{number}.toml"), &profile(number)));
    let (second, announced) = alone.swap(&desk);
    println!("bundle_swap_10000_profiles {:.3} s", (announced - desk.published_ms(&second)) as f64 / 1000.0);
    alone.finish(cluster);
}

/// What a pack of lists weighs is not what a topic takes by default: the one that `topics --create` makes does.
#[test]
fn lists_travel_in_a_signed_bundle_and_match_from_it_in_the_running_service() {
    let cluster = kafka::shared();
    let desk = Desk::open(cluster, Delivery::Topic);
    let mut setup = Setup::new(cluster, "bundle-lists", 1);
    setup.further = desk.configuration.clone();
    let first = publish(&desk, 1);
    let replica = setup.ready_replica("only");
    let live = Live::start(cluster, &setup.assessments, "assessment");
    let listed = |number: u32| {
        send_payload(cluster, &setup.input, &waybill::awb(number), waybill::clear(number).as_bytes());
        let awb = waybill::awb(number);
        let line =
            |lines: &[Published]| lines.iter().find(|line| line.value["awb"] == awb.as_str()).map(|line| line.value.clone());
        let line = eventually("it is assessed", DEADLINE, || live.with(line));
        let ids = line["evidence_ids"].as_array().unwrap().iter().any(|id| id == "pumps");
        (line["bundle"].as_str().unwrap().to_owned(), ids)
    };
    assert_eq!(listed(1), (first.hash, false));

    write_lists(&desk, &mut Seed::new(7));
    let second = publish(&desk, 2);
    assert!(fs::metadata(desk.path("2.bundle")).unwrap().len() > 3 << 20);
    all_announce(std::slice::from_ref(&replica), &second.hash);
    assert_eq!(listed(2), (second.hash, true));

    let narrow = cluster.topic("bundle-lists.narrow", 1);
    let configuration = fs::read_to_string(desk.path("loadgate.toml")).unwrap().replace(&desk.topic, &narrow);
    fs::write(desk.path("narrow.toml"), configuration).unwrap();
    let refused = desk.command(&["bundle", "publish", "2.bundle", "--config", "narrow.toml"]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{told}");
    assert!(told.contains(&format!("--entity-name {narrow} --add-config max.message.bytes=68157440")), "{told}");
}

/// One replica under a first bundle, with messages that flow.
struct Alone {
    setup: Setup,
    replica: Replica,
    terminals: Terminals,
    live: Live,
    first: Version,
}

impl Alone {
    fn start(cluster: &Cluster, desk: &Desk, stem: &str) -> Self {
        let mut setup = Setup::new(cluster, stem, 2);
        setup.further = desk.configuration.clone();
        let first = publish(desk, 1);
        let replica = setup.ready_replica("only");
        let terminals = Terminals::start(cluster, &setup.input, RATE);
        let live = Live::start(cluster, &setup.assessments, "assessment");
        wait_for_assessments(&live, &first.hash, 200);
        Self { setup, replica, terminals, live, first }
    }

    /// Publishes a second bundle and waits until it is in force; when it was announced: milliseconds since 1970.
    fn swap(&self, desk: &Desk) -> (Version, i64) {
        let second = publish(desk, 2);
        let announced = all_announce(std::slice::from_ref(&self.replica), &second.hash);
        wait_for_assessments(&self.live, &second.hash, 200);
        assert_none_after(&self.live, &self.first.hash, announced);
        (second, announced)
    }

    fn finish(self, cluster: &Cluster) {
        let Self { setup, mut replica, terminals, live, .. } = self;
        let sent = terminals.stop();
        eventually("everything is assessed", DEADLINE, || live.has_seen(&sent).then_some(()));
        assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());
        assert_each_exactly_once(cluster, &setup.input, &committed(cluster, &setup.assessments, "assessment"));
    }
}

/// One of many that no waybill here matches.
fn profile(number: u32) -> String {
    let letter = |place: u32| char::from(b'A' + (number / 26_u32.pow(place) % 26) as u8);
    let airport: String = [letter(0), letter(1), letter(2)].iter().collect();
    format!(
        "id = \"p{number}\"\ntitle = \"Sample {number}\"\nowner = \"test\"\nthreat = \"drugs\"\ndomain = \"customs\"\nweight = 30\n\
         source = \"a list\"\ncondition = 'origin == \"{airport}\" && goods.contains(\"NUMBER {number}\") && weight_kg > {number}.0'\n\
         reason = \"{{goods}} from {{origin}}\"\n"
    )
}

/// Versions differ by a threshold that nothing reaches.
fn publish(desk: &Desk, sequence: i64) -> Version {
    desk.write("policy.toml", &format!("[thresholds.customs]\ndnl = {}\n", 900 + sequence));
    desk.publish(sequence)
}

/// One entry that the waybills meet, and some megabytes that no compression makes small.
fn write_lists(desk: &Desk, seed: &mut Seed) {
    let settings = "[[list]]\nid = 'pumps'\nfile = 'pumps.csv'\nformat = 'csv'\nowner = 'joint unit'\n";
    desk.write("lists/lists.toml", settings);
    let reason = |seed: &mut Seed| (0..1_000).map(|_| format!("{:016x}", seed.next())).collect::<String>();
    let rows: String = (2..250).map(|id| format!("{id},NOBODY {id},{}\n", reason(seed))).collect();
    desk.write("lists/pumps.csv", &format!("id,name,reason\n1,Northern Pump Service Inc,lookout\n{rows}"));
}

fn bundle(assessment: &Published) -> &str {
    assessment.value["bundle"].as_str().expect("every assessment names its bundle")
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

//! A desk where bundles are written, signed by two people and published.

use std::fs;
use std::process::{Command, Output};
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tempfile::TempDir;

use super::eventually;
use super::kafka::{Cluster, unique};
use super::reader::now_ms;
use super::replica::Replica;

/// Past a take-over: session timeout, transaction timeout and the broker's sweep.
pub const DEADLINE: Duration = Duration::from_secs(180);

/// A profile that finds fan heaters and refers them.
pub const FAN_HEATERS: &str = r#"
id = "fan-heaters"
title = "Fan heaters"
owner = "test"
threat = "explosives"
domain = "aviation_security"
referral = "rfs"
source = "a warning"
condition = '''goods.contains("FAN HEATER")'''
reason = "{goods} from {origin}"
"#;

pub enum Delivery {
    Topic,
    File,
}

/// Analyst and lead with their keys, the trust file, and the topic that they publish to.
pub struct Desk {
    folder: TempDir,
    pub topic: String,
    /// `[bundle]` of the replicas' configuration.
    pub configuration: String,
    consumer: BaseConsumer,
}

pub struct Version {
    sequence: i64,
    pub hash: String,
}

impl Desk {
    pub fn open(cluster: &Cluster, delivery: Delivery) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let topic = unique("bundles");
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

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of the bundle's folder.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path("bundle").join(name);
        fs::create_dir_all(path.parent().expect("it lies in the folder")).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Packs the folder, signs and publishes it.
    pub fn publish(&self, sequence: i64) -> Version {
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
    pub fn published_ms(&self, version: &Version) -> i64 {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&self.topic, 0, Offset::Offset(version.sequence - 1)).unwrap();
        self.consumer.assign(&list).unwrap();
        let poll = || self.consumer.poll(Duration::from_millis(100))?.ok()?.timestamp().to_millis();
        eventually("what was published can be read", DEADLINE, poll)
    }

    pub fn command(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_loadgate"));
        command.args(arguments).current_dir(self.folder.path()).output().unwrap()
    }

    fn loadgate(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }
}

/// The hash that a replica announces.
pub fn in_force(replica: &Replica) -> Option<String> {
    let page = replica.get("/metrics")?.body;
    let line = page.lines().find_map(|line| line.strip_prefix("loadgate_bundle_info{hash=\"")?.strip_suffix("\"} 1"));
    line.map(str::to_owned)
}

/// The value of a series of the metrics.
pub fn count(replica: &Replica, series: &str) -> Option<f64> {
    let page = replica.get("/metrics")?.body;
    page.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok())
}

/// Waits until every replica has announced that bundle; when that was seen of the last one: milliseconds since 1970.
pub fn all_announce(replicas: &[Replica], hash: &str) -> i64 {
    let announced = |replica: &Replica| in_force(replica).as_deref() == Some(hash);
    eventually("every replica announces the new bundle", DEADLINE, || replicas.iter().all(announced).then(now_ms))
}

//! One broker process, which is its own controller or one of several.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::secured::Security;
use crate::support::process::{Guarded, tail};

#[derive(Debug, Clone, Copy)]
pub struct Ports {
    pub client: u16,
    pub controller: u16,
}

pub struct Broker {
    lib: PathBuf,
    /// What is removed when the test process dies.
    cluster: PathBuf,
    directory: PathBuf,
    process: Option<Guarded>,
}

impl Broker {
    /// Writes the settings, with further lines last, and formats the log directory of broker `index` of the cluster.
    pub fn format(
        lib: &Path,
        cluster: &Path,
        ports: &[Ports],
        index: usize,
        (security, further): (Option<&Security>, &str),
    ) -> Self {
        let directory = cluster.join(format!("broker-{index}"));
        fs::create_dir_all(&directory).expect("target/tmp is writable");
        let properties = properties(&directory, ports, index, security) + further;
        fs::write(directory.join("server.properties"), properties).expect("target/tmp is writable");
        fs::write(directory.join("log4j2.properties"), LOGGING).expect("target/tmp is writable");
        let broker = Self { lib: lib.to_path_buf(), cluster: cluster.to_path_buf(), directory, process: None };
        let arguments = ["kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c"];
        let mut command = broker.java();
        command.args(arguments).arg(broker.settings()).args(security.iter().flat_map(|security| security.credentials()));
        let output = command.output().expect("java was there a moment ago");
        assert!(output.status.success(), "Kafka cannot format its log: {}", String::from_utf8_lossy(&output.stderr));
        broker
    }

    pub fn start(&mut self) {
        let mut command = self.java();
        command.arg("kafka.Kafka").arg(self.settings());
        self.process = Some(Guarded::spawn(command, &self.cluster, &self.log()).expect("java was there a moment ago"));
    }

    pub fn kill(&mut self) {
        self.process = None;
    }

    pub fn assert_running(&mut self) {
        let exited = self.process.as_mut().and_then(Guarded::exit_status);
        assert!(exited.is_none(), "Kafka stopped by itself:\n{}", tail(&self.log(), 30));
    }

    /// A small heap and the quick compiler: the broker is up in half the time and leaves the cores to the tests.
    fn java(&self) -> Command {
        let mut command = Command::new("java");
        command.args(["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]);
        command.arg(format!("-Dlog4j2.configurationFile={}", self.directory.join("log4j2.properties").display()));
        command.arg("-cp").arg(self.lib.join("*"));
        command
    }

    fn settings(&self) -> PathBuf {
        self.directory.join("server.properties")
    }

    fn log(&self) -> PathBuf {
        self.directory.join("broker.log")
    }
}

/// 22 characters of base64: a UUID.
const CLUSTER_ID: &str = "bG9hZGdhdGUtdGVzdHMtMQ";

const LOGGING: &str = "rootLogger.level=WARN\nrootLogger.appenderRef.out.ref=out\nappender.out.type=Console\nappender.out.name=out\n\
    appender.out.layout.type=PatternLayout\nappender.out.layout.pattern=%d{HH:mm:ss.SSS} %p %c{1} %m%n\n";

/// Abandoned transactions are swept every 10 s, the broker's default: take-over is measured as it would be in operation.
fn properties(directory: &Path, ports: &[Ports], index: usize, security: Option<&Security>) -> String {
    let Ports { client, controller } = ports[index];
    let node = |index: usize| index + 1;
    let quorum = ports.iter().enumerate().map(|(index, ports)| format!("{}@127.0.0.1:{}", node(index), ports.controller));
    let quorum = quorum.collect::<Vec<_>>().join(",");
    let (replicas, in_sync) = (ports.len(), ports.len().div_ceil(2));
    let [listener, protocol, further] = security.map(Security::properties).unwrap_or_default();
    format!(
        "process.roles=broker,controller\n\
         node.id={id}\n\
         controller.quorum.voters={quorum}\n\
         listeners=PLAINTEXT://127.0.0.1:{client},CONTROLLER://127.0.0.1:{controller}{listener}\n\
         advertised.listeners=PLAINTEXT://127.0.0.1:{client}{listener}\n\
         listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT{protocol}\n\
         controller.listener.names=CONTROLLER\n\
         inter.broker.listener.name=PLAINTEXT\n\
         log.dirs={log}\n\
         min.insync.replicas={in_sync}\n\
         offsets.topic.replication.factor={replicas}\n\
         offsets.topic.num.partitions=4\n\
         transaction.state.log.replication.factor={replicas}\n\
         transaction.state.log.min.isr={in_sync}\n\
         transaction.state.log.num.partitions=4\n\
         group.initial.rebalance.delay.ms=0\n\
         group.min.session.timeout.ms=1000\n\
         auto.create.topics.enable=false\n{further}",
        id = node(index),
        log = directory.join("log").display(),
    )
}

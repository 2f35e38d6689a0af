//! Replicas of the service as processes, with topics and a consumer group of their own.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output};
use std::time::Duration;

use tempfile::TempDir;

use super::http::{self, Answer};
use super::kafka::{Cluster, unique};
use super::process::{Guarded, tail};
use super::{eventually, free_port};

/// A replica reads every partition's position before it is ready.
pub const READY_DEADLINE: Duration = Duration::from_secs(120);
/// A clean stop commits what is under way and leaves the group.
pub const GRACE: Duration = Duration::from_secs(20);

/// What the replicas of one scenario share.
pub struct Setup {
    pub brokers: String,
    pub group: String,
    pub input: String,
    pub assessments: String,
    pub referrals: String,
    pub dead_letters: String,
    pub alerts: [String; 2],
    pub session_timeout: Duration,
    pub transaction_timeout: Duration,
    /// A batch is cut after this long at the latest: the commit interval.
    pub batch_age: Duration,
    /// Of the admin port; `None`: the default.
    pub stall_limit: Option<&'static str>,
    /// `auto`, `json`, `avro` …
    pub format: &'static str,
    /// `terminals` or `teams`.
    pub writer: &'static str,
    /// How often a replica writes its memory down; `None`: never, so that each start reads the whole log.
    pub snapshot_every: Option<&'static str>,
    /// Further lines of the configuration, complete tables.
    pub further: String,
}

impl Setup {
    /// Creates the topics: the input and the assessments over `partitions`, the others whole.
    pub fn new(cluster: &Cluster, stem: &str, partitions: i32) -> Self {
        let topic = |kind: &str, partitions| cluster.topic(&format!("{stem}.{kind}"), partitions);
        Self {
            brokers: cluster.bootstrap().to_owned(),
            group: unique(stem),
            input: topic("messages", partitions),
            assessments: topic("assessments", partitions),
            referrals: topic("referrals", 1),
            dead_letters: topic("dead-letters", 1),
            alerts: [topic("alerts-aviation-security", 1), topic("alerts-customs", 1)],
            session_timeout: Duration::from_secs(6),
            transaction_timeout: Duration::from_secs(5),
            batch_age: Duration::from_millis(100),
            stall_limit: None,
            format: "auto",
            writer: "terminals",
            snapshot_every: None,
            further: String::new(),
        }
    }

    /// Starts a replica and waits until it is ready. `name` is stable over its restarts.
    pub fn ready_replica(&self, name: &str) -> Replica {
        let mut replica = self.replica(name);
        replica.wait_until_ready();
        replica
    }

    /// Starts a replica and does not wait.
    pub fn replica(&self, name: &str) -> Replica {
        let directory = tempfile::Builder::new().prefix("replica-").tempdir().expect("a temporary directory can be made");
        let admin = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let config = directory.path().join("loadgate.toml");
        let settings = self.config(name, admin) + &self.memory(directory.path());
        fs::write(&config, settings).expect("a temporary directory is writable");
        let mut replica = Replica { name: name.to_owned(), admin, config, process: None, directory };
        replica.start();
        replica
    }

    /// Runs a command of the program with the replicas' configuration.
    pub fn command(&self, arguments: &[&str]) -> Output {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let config = directory.path().join("loadgate.toml");
        fs::write(&config, self.config("", SocketAddr::from((Ipv4Addr::LOCALHOST, 9464)))).expect("it is writable");
        let mut command = Command::new(env!("CARGO_BIN_EXE_loadgate"));
        command.args(arguments).arg("--config").arg(&config).output().expect("loadgate was built for this test")
    }

    /// The table of the configuration that has a replica write its memory down into its directory.
    fn memory(&self, directory: &Path) -> String {
        let Some(every) = self.snapshot_every else { return String::new() };
        let key = directory.join("key");
        fs::write(&key, "a secret of the replicas").expect("a temporary directory is writable");
        let (key, snapshot) = (key.display(), directory.join(SNAPSHOT));
        format!("\n[memory]\nkey = {{ file = \"{key}\" }}\nsnapshot = \"{}\"\nsnapshot_every = \"{every}\"\n", snapshot.display())
    }

    fn config(&self, name: &str, admin: SocketAddr) -> String {
        let Self { brokers, group, input, assessments, referrals, dead_letters, format, writer, further, .. } = self;
        let [aviation_security, customs] = &self.alerts;
        let stall_limit = self.stall_limit.map(|limit| format!("stall_limit = \"{limit}\"\n")).unwrap_or_default();
        let brokers = brokers.replace(',', "\", \"");
        let [session, transaction, age] =
            [self.session_timeout, self.transaction_timeout, self.batch_age].map(|time| time.as_millis());
        format!(
            "[kafka]\nbrokers = [\"{brokers}\"]\ngroup = \"{group}\"\ntransactional_id = \"{group}-{name}\"\n\
             session_timeout = \"{session}ms\"\ntransaction_timeout = \"{transaction}ms\"\n\n\
             [[input]]\ntopic = \"{input}\"\nformat = \"{format}\"\nwriter = \"{writer}\"\n\n\
             [outputs]\nalerts_aviation_security = \"{aviation_security}\"\nalerts_customs = \"{customs}\"\n\
             referrals = \"{referrals}\"\nassessments = \"{assessments}\"\ndead_letters = \"{dead_letters}\"\n\n\
             [batch]\nage = \"{age}ms\"\n\n\
             [admin]\nlisten = \"{admin}\"\n{stall_limit}\n{further}"
        )
    }
}

/// Name of the file of a replica's memory.
const SNAPSHOT: &str = "memory";

pub struct Replica {
    pub name: String,
    admin: SocketAddr,
    config: PathBuf,
    process: Option<Guarded>,
    directory: TempDir,
}

impl Replica {
    /// Starts the process, again if it was killed: same configuration, same identity.
    pub fn start(&mut self) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_loadgate"));
        command.args(["run", "--config"]).arg(&self.config);
        self.process =
            Some(Guarded::spawn(command, self.directory.path(), &self.log()).expect("loadgate was built for this test"));
    }

    pub fn wait_until_ready(&mut self) {
        eventually(&format!("replica {} is ready", self.name), READY_DEADLINE, || {
            self.assert_running();
            self.is_ready().then_some(())
        });
    }

    pub fn is_ready(&self) -> bool {
        self.get("/ready").is_some_and(|answer| answer.status == 200)
    }

    pub fn kill(&mut self) {
        self.process = None;
    }

    /// SIGSTOP: alive for the kernel, gone for the group.
    pub fn pause(&self) {
        self.running().signal("STOP");
    }

    pub fn resume(&self) {
        self.running().signal("CONT");
    }

    /// SIGTERM; the replica has to be gone within its grace.
    pub fn terminate(&mut self) -> ExitStatus {
        self.running().signal("TERM");
        let status =
            eventually(&format!("replica {} stops when asked", self.name), GRACE, || self.process.as_mut()?.exit_status());
        self.process = None;
        status
    }

    /// The last lines that the replica wrote.
    pub fn log_tail(&self) -> String {
        tail(&self.log(), 40)
    }

    /// Everything that it wrote.
    pub fn whole_log(&self) -> String {
        tail(&self.log(), usize::MAX)
    }

    /// Where it writes its memory down.
    pub fn snapshot(&self) -> PathBuf {
        self.directory.path().join(SNAPSHOT)
    }

    /// Its admin port.
    pub fn address(&self) -> SocketAddr {
        self.admin
    }

    pub fn assert_running(&mut self) {
        let exited = self.process.as_mut().expect("the replica was started").exit_status();
        assert!(exited.is_none(), "replica {} stopped by itself ({exited:?}):\n{}", self.name, self.log_tail());
    }

    /// What the admin port answers; `None` while nobody does.
    pub fn get(&self, path: &str) -> Option<Answer> {
        http::get(self.admin, path)
    }

    fn running(&self) -> &Guarded {
        self.process.as_ref().expect("the replica was started")
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("loadgate.log")
    }
}

/// What a command wrote, both streams.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

impl Drop for Replica {
    /// A failed test shows what each replica said last.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- replica {}, last lines ---\n{}", self.name, self.log_tail());
        }
    }
}

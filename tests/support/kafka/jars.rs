//! The broker's jars, from Maven.

use std::path::{Path, PathBuf};

use crate::support::fetched::{maven, once, require};

/// `target/kafka-4.1.1/lib`, filled.
pub fn fetched() -> PathBuf {
    require("java", "-version", "a Java runtime, 17 or newer: apt-get install openjdk-17-jre-headless");
    let pom = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/kafka/pom.xml");
    let home = once("kafka-4.1.1", |partial| {
        let lib = format!("-DoutputDirectory={}", partial.join("lib").display());
        maven("copy-dependencies", &["-f".into(), pom.display().to_string(), lib, "-DincludeScope=runtime".into()]);
    });
    home.join("lib")
}

//! `loadgate topics` shows what is missing and creates it.

use std::process::{Command, Output};

use rdkafka::consumer::BaseConsumer;

use crate::support::kafka::{self, unique};
use crate::support::reader::partitions;

#[test]
fn topics_that_are_missing_are_named_and_then_created() {
    let cluster = kafka::shared();
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("loadgate.toml");
    let stem = unique("topics");
    let names =
        ["messages", "aviation-security", "customs", "referrals", "assessments", "dead"].map(|name| format!("{stem}.{name}"));
    let [input, aviation_security, customs, referrals, assessments, dead_letters] = &names;
    let brokers = cluster.bootstrap().replace(',', "\", \"");
    let text = format!(
        "[kafka]\nbrokers = [\"{brokers}\"]\n[[input]]\ntopic = \"{input}\"\n[outputs]\n\
         alerts_aviation_security = \"{aviation_security}\"\nalerts_customs = \"{customs}\"\nreferrals = \"{referrals}\"\n\
         assessments = \"{assessments}\"\ndead_letters = \"{dead_letters}\"\n"
    );
    std::fs::write(&config, text).unwrap();
    let topics = |further: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_loadgate"));
        command.arg("topics").arg("--config").arg(&config).args(further).output().unwrap()
    };

    let missing = topics(&[]);
    assert_eq!(missing.status.code(), Some(1), "{}", said(&missing));
    for name in &names {
        assert!(
            said(&missing).lines().any(|line| line.contains(name.as_str()) && line.contains("missing")),
            "{}",
            said(&missing)
        );
    }
    let created = topics(&["--create", "--partitions", "3"]);
    assert_eq!(created.status.code(), Some(0), "{}", said(&created));
    let consumer: BaseConsumer = cluster.client().create().unwrap();
    for name in &names {
        assert_eq!(partitions(&consumer, name), 3, "{name}");
    }
    let complete = topics(&["--create"]);
    assert_eq!(complete.status.code(), Some(0), "{}", said(&complete));
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

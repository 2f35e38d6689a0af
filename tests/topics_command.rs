//! `loadgate topics` shows what is missing and creates it; `loadgate check --brokers` finds what is not as it should be.

use std::process::Command;
use std::time::Duration;

use rdkafka::consumer::BaseConsumer;

use crate::support::kafka::{self, Cluster, unique};
use crate::support::reader::partitions;
use crate::support::replica::{Setup, said};

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
    let check =
        Command::new(env!("CARGO_BIN_EXE_loadgate")).args(["check", "--brokers", "--config"]).arg(&config).output().unwrap();
    assert_eq!((check.status.code(), said(&check).as_str()), (Some(0), "no faults\n"), "as created, so needed");
}

#[test]
fn topics_that_are_not_as_they_should_be_are_found_with_the_way_to_mend_them() {
    let setup = Setup::new(kafka::shared(), "examined", 1);
    let check = setup.command(&["check", "--brokers"]);
    assert_eq!(check.status.code(), Some(1), "{}", said(&check));
    let Setup { input, dead_letters, brokers, .. } = &setup;
    for line in [
        format!("fault: topic {input}: retention.ms is 604800000, needed is at least 7776000000: memory is read from it"),
        format!(
            "  fix: kafka-configs.sh --bootstrap-server {brokers} --alter --entity-type topics --entity-name {input} \
             --add-config retention.ms=7776000000"
        ),
        format!("fault: topic {dead_letters}: retention.ms is 604800000, needed is at least 1209600000"),
    ] {
        assert!(said(&check).lines().any(|found| found.starts_with(&line)), "{line}\nis not in\n{}", said(&check));
    }
    assert_eq!(
        said(&check).matches("fault: ").count(),
        4,
        "retention of input, referrals, assessments, dead letters: {}",
        said(&check)
    );
}

#[test]
fn transactions_that_cannot_begin_are_a_fault() {
    let cluster = Cluster::start_with(1, "transaction.state.log.replication.factor=3\n");
    let setup = Setup::new(&cluster, "impossible", 1);
    let check = setup.command(&["check", "--brokers"]);
    let found = said(&check);
    assert_eq!(check.status.code(), Some(1), "{found}");
    assert!(found.contains("fault: transaction.state.log.replication.factor is 3, and 1 brokers are up"), "{found}");
    assert!(found.contains("fault: no transaction can be opened under an id such as"), "{found}");
}

#[test]
fn limits_of_the_brokers_are_compared_with_the_configuration() {
    let mut setup = Setup::new(kafka::shared(), "limits", 1);
    (setup.session_timeout, setup.transaction_timeout) = (Duration::from_secs(3_600), Duration::from_secs(1_800));
    setup.further = "[shutdown]\ngrace = \"1h\"\n".to_owned();
    setup.stall_limit = Some("1h");
    let check = setup.command(&["check", "--brokers"]);
    let found = said(&check);
    assert!(
        found.contains("kafka.transaction_timeout (1800000 ms) is above the brokers' transaction.max.timeout.ms (900000 ms)"),
        "{found}"
    );
    assert!(
        found.contains("kafka.session_timeout (3600000 ms) is above the brokers' group.max.session.timeout.ms (1800000 ms)"),
        "{found}"
    );
    assert!(found.contains("fix: lower kafka.session_timeout to 1800000ms"), "{found}");
}

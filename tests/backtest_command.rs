//! `loadgate backtest` reads a topic from a point in time to its end, and files.

use std::process::{Command, Output};
use std::time::Duration;

use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::support::kafka;

/// Profiles of a draft by id. Only in the order of time are the first and the fourth day among the first five.
const PROFILES: [(&str, &str); 2] =
    [("roses", r#"goods.contains("ROSE")"#), ("young-roses", r#"goods.contains("ROSE") && shipper_shipments < 5"#)];
/// 2026-01-01T00:00:00Z and a day.
const START_MS: i64 = 1_767_225_600_000;
const DAY_MS: i64 = 86_400_000;

fn draft() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(directory.path().join("draft/profiles")).unwrap();
    for (id, condition) in PROFILES {
        let text = format!(
            "id = '{id}'\ntitle = 't'\nowner = 'o'\nthreat = 'x'\ndomain = 'customs'\nweight = 50\nsource = 's'\n\
             condition = '{condition}'\nreason = '{{goods}}'\n"
        );
        std::fs::write(directory.path().join("draft/profiles").join(id).with_extension("toml"), text).unwrap();
    }
    directory
}

fn backtest(directory: &std::path::Path, further: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadgate"));
    command.args(["backtest", "--json", "--bundle"]).arg(directory.join("draft")).args(further);
    command.output().unwrap()
}

/// Consignments, and the hits of both profiles.
fn counts(directory: &std::path::Path, further: &[&str]) -> [u64; 3] {
    let Output { status, stdout, stderr } = backtest(directory, further);
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    let report: serde_json::Value = serde_json::from_slice(&stdout).unwrap();
    let [roses, young] = [0, 1].map(|profile| report["profiles"][profile]["hits"].as_u64().unwrap());
    [report["totals"]["consignments"].as_u64().unwrap(), roses, young]
}

/// Every third day roses.
fn waybill(day: i64) -> String {
    let goods = if day % 3 == 0 { "ROSES" } else { "TULIPS" };
    let shipper = r#"{"name": "ADA FLOWERS"}"#;
    format!(r#"{{"waybill": {{"awb": "020-{day:08}", "shipper": {shipper}, "goods": [{{"description": "{goods}"}}]}}}}"#)
}

#[test]
fn a_topic_is_read_in_the_order_of_time_from_the_given_time_to_its_end_whatever_was_aborted() {
    let cluster = kafka::shared();
    let topic = cluster.topic("history", 3);
    let directory = draft();
    let producer: BaseProducer = cluster.client().set("transactional.id", &topic).create().unwrap();
    producer.init_transactions(Duration::from_secs(30)).unwrap();
    // Thirty days over three partitions; the last transaction is aborted and leaves offsets without records.
    for (days, commit) in [(0..15, true), (15..30, true), (30..40, false)] {
        producer.begin_transaction().unwrap();
        for day in days {
            let payload = waybill(day);
            let record = BaseRecord::<(), _>::to(&topic).partition((day % 3) as i32).timestamp(START_MS + day * DAY_MS);
            producer.send(record.payload(&payload)).map_err(|(error, _)| error).unwrap();
        }
        producer.flush(Duration::from_secs(30)).unwrap();
        let end = if commit { BaseProducer::commit_transaction } else { BaseProducer::abort_transaction };
        end(&producer, Duration::from_secs(30)).unwrap();
    }

    let kafka = ["--brokers", cluster.bootstrap(), "--topic", &topic, "--from"];
    let from = |time| counts(directory.path(), &[&kafka[..], &[time]].concat());
    assert_eq!(from("2025-12-31T00:00:00Z"), [30, 10, 2]);
    // Memory begins with what is read: the days 21 and 24 are young roses, too.
    assert_eq!(from("2026-01-21T00:00:00Z"), [10, 3, 2]);
    assert_eq!(from("2027-01-01T00:00:00Z"), [0, 0, 0]);
}

#[test]
fn files_are_read_in_their_order_and_without_memory_a_profile_that_asks_for_it_is_refused() {
    let directory = draft();
    let file = directory.path().join("history.json");
    std::fs::write(&file, (0..30).map(|day| waybill(day) + "\n").collect::<String>()).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(counts(directory.path(), &[file]), [30, 10, 2]);

    let Output { status, stderr, .. } = backtest(directory.path(), &["--stateless", file]);
    let told = String::from_utf8_lossy(&stderr).into_owned();
    assert_eq!(status.code(), Some(64), "{told}");
    assert!(told.contains("without memory these profiles cannot be judged: young-roses (shipper_shipments)"), "{told}");

    std::fs::remove_file(directory.path().join("draft/profiles/young-roses.toml")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&backtest(directory.path(), &["--stateless", file]).stdout).unwrap();
    assert_eq!((&report["stateless"], &report["profiles"][0]["hits"]), (&true.into(), &10.into()));
}

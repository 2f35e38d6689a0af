//! `loadgate backtest` reads a topic from a point in time to its end, and files.

use std::process::{Command, Output};
use std::time::Duration;

use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::support::kafka;

const PROFILE: &str = "id = 'roses'\ntitle = 't'\nowner = 'o'\nthreat = 'x'\ndomain = 'customs'\nweight = 50\nsource = 's'\n\
    condition = 'goods.contains(\"ROSE\")'\nreason = '{goods}'\n";
/// 2026-01-01T00:00:00Z and a day.
const START_MS: i64 = 1_767_225_600_000;
const DAY_MS: i64 = 86_400_000;

fn backtest(directory: &std::path::Path, further: &[&str]) -> serde_json::Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadgate"));
    command.args(["backtest", "--json", "--bundle"]).arg(directory.join("draft")).args(further);
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    serde_json::from_slice(&stdout).unwrap()
}

fn waybill(serial: i64, goods: &str) -> String {
    format!(r#"{{"waybill": {{"awb": "020-{serial:08}", "goods": [{{"description": "{goods}"}}]}}}}"#)
}

#[test]
fn a_topic_is_read_from_the_given_time_to_its_end_whatever_was_aborted() {
    let cluster = kafka::shared();
    let topic = cluster.topic("history", 3);
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(directory.path().join("draft/profiles")).unwrap();
    std::fs::write(directory.path().join("draft/profiles/roses.toml"), PROFILE).unwrap();
    let producer: BaseProducer = cluster.client().set("transactional.id", &topic).create().unwrap();
    producer.init_transactions(Duration::from_secs(30)).unwrap();
    // Thirty days, a rose every third; the last transaction is aborted and leaves offsets without records.
    for (days, commit) in [(0..15, true), (15..30, true), (30..40, false)] {
        producer.begin_transaction().unwrap();
        for day in days {
            let payload = waybill(day, if day % 3 == 0 { "ROSES" } else { "TULIPS" });
            let record = BaseRecord::<(), _>::to(&topic).partition((day % 3) as i32).timestamp(START_MS + day * DAY_MS);
            producer.send(record.payload(&payload)).map_err(|(error, _)| error).unwrap();
        }
        producer.flush(Duration::from_secs(30)).unwrap();
        let end = if commit { BaseProducer::commit_transaction } else { BaseProducer::abort_transaction };
        end(&producer, Duration::from_secs(30)).unwrap();
    }

    let kafka = ["--brokers", cluster.bootstrap(), "--topic", &topic, "--from"];
    let from = |time| backtest(directory.path(), &[&kafka[..], &[time]].concat());
    let whole = from("2025-12-31T00:00:00Z");
    assert_eq!((&whole["totals"]["consignments"], &whole["profiles"][0]["hits"]), (&30.into(), &10.into()));
    let part = from("2026-01-21T00:00:00Z");
    assert_eq!((&part["totals"]["consignments"], &part["profiles"][0]["hits"]), (&10.into(), &3.into()));
    let nothing = from("2027-01-01T00:00:00Z");
    assert_eq!(nothing["totals"]["consignments"], 0);

    let file = directory.path().join("history.json");
    std::fs::write(
        &file,
        (0..30).map(|day| waybill(day, if day % 3 == 0 { "ROSES" } else { "TULIPS" }) + "\n").collect::<String>(),
    )
    .unwrap();
    let files = backtest(directory.path(), &[file.to_str().unwrap()]);
    assert_eq!(files["profiles"][0]["hits"], whole["profiles"][0]["hits"]);
}

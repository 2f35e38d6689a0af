//! `loadgate explain` tells a shipment's story from the topics, in the order of time whatever the partitions.

use std::process::{Command, Output};
use std::time::Duration;

use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::support::kafka;

/// 2026-03-16T12:00:00Z and an hour.
const START_MS: i64 = 1_773_662_400_000;
const HOUR_MS: i64 = 3_600_000;
const WAYBILL: &str = r#"{"waybill": {"awb": "020-12345675", "origin": "FRA", "destination": "YYZ", "goods": [{"description": "PERSONAL EFFECTS"}]}}"#;
const OTHER: &str = r#"{"waybill": {"awb": "020-76543211", "origin": "FRA", "destination": "YYZ"}}"#;
const STATUS: &str = "FSU/12\n020-12345675FRAYYZ/T10K120\nRCS/16MAR1400/FRA/T10K120/ACME\n";

fn explain(further: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_loadgate")).args(["explain", "020-12345675"]).args(further).output().unwrap();
    (status.code(), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

#[test]
fn a_story_is_told_from_the_topics_in_the_order_of_time() {
    let cluster = kafka::shared();
    let topic = cluster.topic("explain", 3);
    let producer: BaseProducer = cluster.client().create().unwrap();
    for (partition, hours, payload) in [(2, 2, STATUS), (0, 1, OTHER), (0, 0, WAYBILL), (1, 3, WAYBILL)] {
        let record = BaseRecord::<(), _>::to(&topic).partition(partition).timestamp(START_MS + hours * HOUR_MS).payload(payload);
        producer.send(record).map_err(|(error, _)| error).unwrap();
    }
    producer.flush(Duration::from_secs(30)).unwrap();

    let kafka = ["--brokers", cluster.bootstrap(), "--topic", &topic];
    let (code, story) = explain(&kafka);
    assert_eq!(code, Some(0), "{story}");
    let heads: Vec<_> = story.lines().filter(|line| line.starts_with("2026")).collect();
    let hours: Vec<_> = heads.iter().map(|line| &line[11..13]).collect();
    assert!(hours.is_sorted(), "{story}");
    assert_eq!((hours.first(), hours.last()), (Some(&"12"), Some(&"15")), "{story}");
    assert!(heads.iter().any(|line| line.contains("status: RCS FRA 10 pieces")), "{story}");
    assert!(story.contains("PERSONAL EFFECTS") && !story.contains("76543211"), "{story}");

    let late = explain(&[&kafka[..], &["--from", "2026-03-16T13:30:00Z"]].concat()).1;
    assert!(!late.contains("T12:00") && late.contains("T14:00"), "{late}");
    let (code, nothing) = explain(&[&kafka[..], &["--from", "2027-01-01T00:00:00Z"]].concat());
    assert_eq!(code, Some(1), "{nothing}");
    assert!(nothing.contains("no message speaks of 020-12345675"), "{nothing}");
}

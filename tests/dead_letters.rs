//! `loadgate dead-letters`: what could not be read is sent again after a fix, once, and can be traced.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::Message;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Headers;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use crate::support::kafka::{self, Cluster, unique};
use crate::support::reader::{Live, committed};
use crate::support::replica::{Setup, said};
use crate::support::terminals::send_payload;
use crate::support::{eventually, waybill};

const DEADLINE: Duration = Duration::from_secs(60);
pub const FWB: &str = "FWB/16\n020-12345675FRAYYZ/T10K120.0MC0.60\nFLT/LH470/17\nRTG/YYZLH\nSHP\n/ACME MACHINERY\n/HAFENSTRASSE 12\n\
    /FRANKFURT\n/DE/60327\nCNE\n/NORTHERN PUMP SERVICE\n/45 KIPLING AVENUE\n/TORONTO\n/CA/M8Z5K2\nCVD/EUR/PP/PP/NVD/NCV/XXX\n\
    RTD/1/P10/K120/CQ/W120/R4.8/T576\n/NG/CENTRIFUGAL WATER PUMP PARTS\n";

#[test]
fn letters_are_sent_again_once_after_the_fix_and_can_be_traced() {
    let cluster = kafka::shared();
    let mut setup = Setup::new(cluster, "redrive", 2);
    // The fault: Cargo-IMP comes to a topic that is configured for JSON.
    setup.format = "json";
    let second = FWB.replace("12345675", "76543211");
    become_letters(cluster, &setup, &[FWB, "CALL ME WHEN THE TRUCK IS THERE", second.as_str()], 3);
    let unfixed = setup.command(&["dead-letters", "redrive"]);
    assert_eq!(unfixed.status.code(), Some(2), "{}", said(&unfixed));
    assert!(said(&unfixed).ends_with("0 sent, 0 sent before, 3 left\n"), "{}", said(&unfixed));

    setup.format = "auto";
    let planned = setup.command(&["dead-letters", "redrive", "--dry-run"]);
    assert!(said(&planned).ends_with("2 would be sent, 0 sent before, 1 left\n"), "{}", said(&planned));
    assert_eq!(records(cluster, &setup.input).len(), 3, "a dry run sends nothing");

    // Two operators at once: one may be fenced by the other, and nothing is sent twice.
    let redrive = ["dead-letters", "redrive", "--by", "night shift", "--why", "format mended"];
    let both = std::thread::scope(|scope| {
        let both = [scope.spawn(|| setup.command(&redrive)), scope.spawn(|| setup.command(&redrive))];
        both.map(|one| one.join().unwrap())
    });
    assert!(
        both.iter().any(|one| one.status.code() == Some(2)),
        "the one that nobody fenced: {}",
        both.each_ref().map(said).concat()
    );
    let after = setup.command(&redrive);
    assert_eq!(after.status.code(), Some(2), "{}", said(&after));
    let again = setup.command(&redrive);
    assert!(said(&again).ends_with("0 sent, 2 sent before, 1 left\n"), "{}", said(&again));

    let sent = records(cluster, &setup.input).split_off(3);
    let marks: Vec<_> = sent.iter().map(|record| record.headers["loadgate-redriven-from"].clone()).collect();
    let (origin, key) = (format!("{}/0/", setup.dead_letters), b"020-key".to_vec());
    assert!(marks.len() == 2 && marks[0] != marks[1] && marks.iter().all(|mark| mark.starts_with(&origin)), "{marks:?}");
    assert_eq!(sent[0].payload, FWB.as_bytes());
    let all = records(cluster, &setup.input);
    for record in &sent {
        let first = all.iter().find(|first| first.payload == record.payload).unwrap();
        assert_eq!((&record.key, record.timestamp), (&key, first.timestamp), "key and time as it came");
    }

    let mut replica = setup.ready_replica("only");
    let assessments = Live::start(cluster, &setup.assessments, "assessment");
    eventually("both are assessed", DEADLINE, || (assessments.with(<[_]>::len) >= 2).then_some(()));
    assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());
    let mut assessed: Vec<String> = committed(cluster, &setup.assessments, "assessment")
        .iter()
        .map(|record| record.value["awb"].as_str().unwrap().to_owned())
        .collect();
    assessed.sort();
    assert_eq!(assessed, ["020-12345675", "020-76543211"]);

    let list = said(&setup.command(&["dead-letters", "list"]));
    assert_eq!(list.lines().filter(|line| line.contains("sent-again")).count(), 2, "{list}");
    assert!(list.contains("3 letters: "), "notes are no letters: {list}");
    let notes: Vec<_> = committed(cluster, &setup.dead_letters, "dead-letter").split_off(3);
    let who: Vec<u8> = serde_json::from_value(notes[0].value["headers"][0]["value"].clone()).unwrap();
    assert_eq!((notes.len(), String::from_utf8(who).unwrap().as_str()), (2, "night shift"));
}

#[test]
fn a_letter_is_shown_without_its_message_unless_that_is_asked_for() {
    let cluster = kafka::shared();
    let setup = Setup::new(cluster, "shown", 1);
    let replica = setup.ready_replica("only");
    send_payload(cluster, &setup.input, &waybill::awb(1), b"QUILLFEATHER AND SONS SEND NO FORMAT");
    let letters = Live::start(cluster, &setup.dead_letters, "dead-letter");
    eventually("a letter", DEADLINE, || (letters.with(<[_]>::len) == 1).then_some(()));
    drop((letters, replica));

    let shown = setup.command(&["dead-letters", "show", "0/0"]);
    let letter: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!((&letter["reason"], &letter["source"]), (&"unknown_format".into(), &format!("{}/0/0", setup.input).into()));
    assert!(!said(&shown).contains("QUILLFEATHER"));
    let payload = setup.command(&["dead-letters", "show", "0/0", "--payload"]);
    assert_eq!(payload.stdout, b"QUILLFEATHER AND SONS SEND NO FORMAT");
    let none = setup.command(&["dead-letters", "show", "0/7"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(said(&none).contains("no dead letter stands at 0/7"), "{}", said(&none));
}

#[test]
fn a_record_goes_once_however_many_letters_it_has_and_never_while_its_writer_may_not_send_it() {
    let cluster = kafka::shared();
    let mut setup = Setup::new(cluster, "two-letters", 1);
    let outcome = |number| format!(r#"{{"outcome": {{"awb": "{}", "kind": "screened"}}}}"#, waybill::awb(number));
    become_letters(cluster, &setup, &[&format!("[{}, {}]", outcome(1), outcome(2))], 2);
    for _ in 0..3 {
        let refused = setup.command(&["dead-letters", "redrive"]);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
        assert!(said(&refused).ends_with("0 sent, 0 sent before, 2 left\n"), "{}", said(&refused));
        assert!(said(&refused).contains("left, still not_permitted"), "{}", said(&refused));
    }
    assert_eq!(records(cluster, &setup.input).len(), 1, "what would be refused again is not sent");

    setup.writer = "teams";
    for (chosen, told) in [
        (&["0/0"][..], "1 sent, 0 sent before, 0 left\n"),
        (&["0/1"], "0 sent, 1 sent before, 0 left\n"),
        (&["--reason", "not_permitted"], "0 sent, 2 sent before, 0 left\n"),
    ] {
        let redriven = setup.command(&[&["dead-letters", "redrive"], chosen].concat());
        assert!(redriven.status.success() && said(&redriven).ends_with(told), "{chosen:?}: {}", said(&redriven));
    }
    assert_eq!(records(cluster, &setup.input).len(), 2, "the record, and once again");
    let list = said(&setup.command(&["dead-letters", "list"]));
    assert_eq!(list.lines().filter(|line| line.contains("sent-again")).count(), 2, "{list}");
    let other: serde_json::Value = serde_json::from_slice(&setup.command(&["dead-letters", "show", "0/1"]).stdout).unwrap();
    assert_eq!(other["sent_again"], true);
}

#[test]
fn a_note_behind_a_transaction_that_nobody_ended_still_counts() {
    let cluster = kafka::shared();
    let mut setup = Setup::new(cluster, "open-transaction", 1);
    setup.format = "json";
    become_letters(cluster, &setup, &[FWB], 1);

    // A replica dies within a transaction: until the brokers end it, nothing behind it can be read, notes included.
    let mut config = cluster.client();
    config.set("transactional.id", unique("dead")).set("transaction.timeout.ms", "5000").set("message.timeout.ms", "5000");
    let dead: BaseProducer = config.create().unwrap();
    dead.init_transactions(DEADLINE).unwrap();
    dead.begin_transaction().unwrap();
    dead.send(BaseRecord::<[u8], [u8]>::to(&setup.dead_letters).payload(b"half")).map_err(|(error, _)| error).unwrap();
    dead.flush(DEADLINE).unwrap();

    setup.format = "auto";
    let runs = [setup.command(&["dead-letters", "redrive"]), setup.command(&["dead-letters", "redrive"])];
    assert!(said(&runs[0]).ends_with("1 sent, 0 sent before, 0 left\n"), "{}", said(&runs[0]));
    assert!(said(&runs[1]).ends_with("0 sent, 1 sent before, 0 left\n"), "{}", said(&runs[1]));
    assert_eq!(records(cluster, &setup.input).len(), 2);
}

/// A replica makes so many letters of what it is sent under `020-key`, and stops.
fn become_letters(cluster: &Cluster, setup: &Setup, payloads: &[&str], count: usize) {
    let mut replica = setup.ready_replica("only");
    payloads.iter().for_each(|payload| send_payload(cluster, &setup.input, "020-key", payload.as_bytes()));
    let letters = Live::start(cluster, &setup.dead_letters, "dead-letter");
    eventually(&format!("{count} letters"), DEADLINE, || (letters.with(<[_]>::len) == count).then_some(()));
    assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());
}

/// A record as it stands in a topic.
struct Record {
    key: Vec<u8>,
    payload: Vec<u8>,
    timestamp: Option<i64>,
    headers: BTreeMap<String, String>,
}

/// Every committed record of a topic, one partition after the other.
fn records(cluster: &Cluster, topic: &str) -> Vec<Record> {
    let mut config = cluster.client();
    config.set("group.id", "records").set("isolation.level", "read_committed").set("enable.partition.eof", "true");
    let consumer: BaseConsumer = config.create().unwrap();
    let mut found = Vec::new();
    for partition in 0..crate::support::reader::partitions(&consumer, topic) {
        let mut start = TopicPartitionList::new();
        start.add_partition_offset(topic, partition, Offset::Beginning).unwrap();
        consumer.assign(&start).unwrap();
        while let Some(Ok(message)) = consumer.poll(DEADLINE) {
            let headers = message.headers().into_iter().flat_map(|headers| headers.iter());
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            found.push(Record {
                key: message.key().unwrap_or_default().to_vec(),
                payload: message.payload().unwrap_or_default().to_vec(),
                timestamp: message.timestamp().to_millis(),
                headers: headers.map(|header| (header.key.to_owned(), text(header.value.unwrap_or_default()))).collect(),
            });
        }
    }
    found
}

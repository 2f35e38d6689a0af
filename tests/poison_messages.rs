//! Law 5: what cannot be read goes to the dead letters as it came, with where it came from, and holds nothing up.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::support::reader::{Live, committed};
use crate::support::replica::Setup;
use crate::support::terminals::{send_payload, send_waybills};
use crate::support::{eventually, kafka};

/// What a terminal should not send, and the reason it is given.
const POISON: [(&[u8], &str); 6] = [
    (b"", "empty"),
    (b"CALL ME WHEN THE TRUCK IS THERE", "unknown_format"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "unknown_format"),
    (b"{\"waybill\":{\"awb\":\"020-1234", "truncated"),
    (b"{\"waybill\":{\"awb\":\"12\"}}", "bad_awb"),
    (b"\xc3\x01schema-8", "unknown_schema"),
];

#[test]
fn law_5_poison_is_kept_as_it_came_and_the_good_messages_around_it_are_assessed() {
    let cluster = kafka::shared();
    let setup = Setup::new(cluster, "poison", 1);
    let mut replica = setup.ready_replica("only");
    for (number, (payload, _)) in (0..).zip(POISON) {
        send_waybills(cluster, &setup.input, number..number + 1);
        send_payload(cluster, &setup.input, "poison", payload);
    }
    send_waybills(cluster, &setup.input, 100..101);
    let live = Live::start(cluster, &setup.assessments, "assessment");
    let last = BTreeMap::from([(0, 2 * POISON.len() as i64)]);
    eventually("the last waybill is assessed", Duration::from_secs(60), || live.has_seen(&last).then_some(()));
    assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());

    let good: Vec<i64> = committed(cluster, &setup.assessments, "assessment").iter().map(|record| record.source.offset).collect();
    assert_eq!(good, (0..=POISON.len() as i64).map(|number| 2 * number).collect::<Vec<_>>());

    let letters = committed(cluster, &setup.dead_letters, "dead-letter");
    let told: Vec<_> = letters.iter().map(|letter| (letter.source.offset, bytes(&letter.value["payload"]))).collect();
    let expected: Vec<_> = (0..).zip(POISON).map(|(number, (payload, _))| (2 * number + 1, payload.to_vec())).collect();
    assert_eq!(told, expected);
    for (letter, (payload, reason)) in letters.iter().zip(POISON) {
        assert_eq!(letter.value["reason"], reason, "{}", String::from_utf8_lossy(payload));
        assert_eq!(letter.value["source"]["topic"], setup.input.as_str());
        assert_eq!(bytes(&letter.value["key"]), b"poison");
    }
}

/// Avro bytes in their JSON form: a list of numbers.
fn bytes(value: &serde_json::Value) -> Vec<u8> {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"))
}

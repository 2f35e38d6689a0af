//! With a schema registry: terminals write Confluent's wire format, and readers find the schemas of what loadgate publishes.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use apache_avro::{Schema, from_avro_datum};
use loadgate::decode::avro::{MESSAGE_SCHEMA, encode, frame::Frame};
use loadgate::model::Message;
use serde_json::Value;

use crate::support::reader::first_payload;
use crate::support::registry::Registry;
use crate::support::replica::Setup;
use crate::support::terminals::send_payload;
use crate::support::{eventually, free_port, kafka, waybill};

const DEADLINE: Duration = Duration::from_secs(60);
const NUMBER: u32 = 4_711;

#[test]
fn a_waybill_in_the_registrys_format_is_assessed_and_answered_in_it() {
    let registry = Registry::start();
    let cluster = kafka::shared();
    let mut setup = Setup::new(cluster, "registry", 1);
    setup.further = format!("[registry]\nurls = [\"{}\"]\nframing = \"confluent\"\n", registry.url());
    let id = registry.register(&format!("{}-value", setup.input), MESSAGE_SCHEMA);
    let mut replica = setup.ready_replica("only");
    for topic in [&setup.assessments, &setup.referrals, &setup.dead_letters] {
        assert!(registry.subjects().contains(&format!("{topic}-value")), "{topic} in {:?}", registry.subjects());
    }

    send_payload(cluster, &setup.input, &waybill::awb(NUMBER), &confluent(id, &waybill::clear(NUMBER)));
    let payload = first_payload(cluster, &setup.assessments, Duration::from_secs(60));
    let (frame, mut datum) = payload.split_at(5);
    let (zero, id) = frame.split_first().unwrap();
    let schema = Schema::parse_str(&registry.schema(u32::from_be_bytes(id.try_into().unwrap()))).unwrap();
    let assessment: Value = from_avro_datum(&schema, &mut datum, None).unwrap().try_into().unwrap();
    assert_eq!((*zero, &assessment["awb"], &assessment["decision"]), (0, &waybill::awb(NUMBER).into(), &"clear".into()));
    assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());
}

#[test]
fn a_replica_waits_for_its_registry() {
    let registry = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
    let mut setup = Setup::new(kafka::shared(), "registry-away", 1);
    setup.further = format!("[registry]\nurls = [\"{}\"]\nframing = \"confluent\"\n", Registry::url_at(registry));
    let [mut stopped, mut replica] = ["stopped", "only"].map(|name| setup.replica(name));
    for replica in [&mut stopped, &mut replica] {
        let ready = || replica.get("/ready").filter(|answer| answer.body.contains("waiting for the schema registry"));
        assert_eq!(eventually("the replica says what it waits for", DEADLINE, ready).status, 503);
        assert_eq!(replica.get("/live").map(|answer| answer.status), Some(200));
        assert!(replica.get("/metrics").is_some_and(|answer| answer.body.contains("loadgate_ready 0")));
    }
    assert_eq!(stopped.terminate().code(), Some(0), "it can be stopped meanwhile: {}", stopped.log_tail());

    let registry = Registry::start_at(registry);
    replica.wait_until_ready();
    assert!(registry.subjects().contains(&format!("{}-value", setup.assessments)), "{:?}", registry.subjects());
    assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());
}

/// A canonical JSON message in Confluent's wire format.
fn confluent(id: u32, json: &str) -> Vec<u8> {
    let message: Message<'_> = serde_json::from_str(json).unwrap();
    let mut payload = Vec::new();
    Frame::Confluent(id).write(&mut payload);
    encode(&message, &mut payload);
    payload
}

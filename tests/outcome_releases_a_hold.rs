//! A person's outcome removes the hold that it answers, told by whichever replica reads it, and nothing else does.

use std::time::Duration;

use crate::support::reader::{Live, Published};
use crate::support::replica::Setup;
use crate::support::terminals::send_payload;
use crate::support::{eventually, kafka, waybill};

const HELD: u32 = 21;

#[test]
fn an_outcome_removes_the_hold_and_only_new_evidence_holds_again() {
    let cluster = kafka::shared();
    let mut setup = Setup::new(cluster, "outcome", 1);
    let outcomes = cluster.topic("outcome.outcomes", 1);
    setup.further = format!("[[input]]\ntopic = \"{outcomes}\"\nformat = \"json\"\nwriter = \"teams\"\n");
    let live = Live::start(cluster, &setup.referrals, "referral");
    // Two replicas: one owns the waybills, the other the outcomes.
    let _replicas = ["one", "two"].map(|name| setup.ready_replica(name));
    let codes = |topic: &str, payload: String, count: usize| {
        let before = live.with(<[_]>::len);
        send_payload(cluster, topic, &waybill::awb(HELD), payload.as_bytes());
        let code = |record: &Published| record.value["code"].as_str().unwrap_or_default().to_owned();
        let told = |records: &[Published]| {
            (records.len() >= before + count).then(|| records[before..].iter().map(code).collect::<Vec<_>>())
        };
        eventually("the terminal is told", Duration::from_secs(60), || live.with(told))
    };
    let outcome = |kind: &str| format!(r#"{{"outcome": {{"awb": "{}", "kind": "{kind}"}}}}"#, waybill::awb(HELD));

    assert_eq!(codes(&setup.input, waybill::risky(HELD), 1), ["8H"]);
    assert_eq!(codes(&setup.input, waybill::risky(HELD), 1), ["8J"], "a repetition");
    // Information alone does not answer a request for screening: the next thing told is about the next waybill.
    send_payload(cluster, &outcomes, &waybill::awb(HELD), outcome("information_received").as_bytes());
    assert_eq!(codes(&setup.input, waybill::clear(HELD), 1), ["8J"], "an amendment");
    assert_eq!(codes(&outcomes, outcome("screened"), 2), ["8I", "SF"]);
    eventually("the evidence answered orders nothing more", Duration::from_secs(60), || {
        (codes(&setup.input, waybill::clear(HELD), 1) == ["SF"]).then_some(())
    });
}

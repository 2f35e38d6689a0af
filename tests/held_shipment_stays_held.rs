//! Law 5: an amendment does not lift a hold, whatever happened to the replica that told it.

use std::time::Duration;

use crate::support::reader::Live;
use crate::support::replica::Setup;
use crate::support::terminals::send_payload;
use crate::support::{eventually, kafka, waybill};

const HELD: u32 = 7;
const OTHER: u32 = 8;

#[test]
fn law_5_an_amendment_of_a_held_shipment_is_still_in_place_after_a_restart_and_a_take_over() {
    let cluster = kafka::shared();
    let setup = Setup::new(cluster, "held", 1);
    let live = Live::start(cluster, &setup.referrals, "referral");
    let told = |waybill: String, awb: u32| {
        let before = live.with(<[_]>::len);
        send_payload(cluster, &setup.input, &waybill::awb(awb), waybill.as_bytes());
        let code = |records: &[crate::support::reader::Published]| records.get(before).map(|record| record.value["code"].clone());
        eventually("the waybill is answered", Duration::from_secs(60), || live.with(code))
    };

    let mut first = setup.ready_replica("first");
    assert_eq!(told(waybill::risky(HELD), HELD), "8H");
    assert_eq!(told(waybill::clear(HELD), HELD), "8J", "an amendment");
    assert_eq!(first.terminate().code(), Some(0), "{}", first.log_tail());
    first.start();
    first.wait_until_ready();
    assert_eq!(told(waybill::clear(HELD), HELD), "8J", "after a restart");
    assert_eq!(told(waybill::clear(OTHER), OTHER), "SF", "another shipment");

    let _second = setup.ready_replica("second");
    first.kill();
    assert_eq!(told(waybill::clear(HELD), HELD), "8J", "after a take-over");
    assert_eq!(told(waybill::risky(HELD), HELD), "8J", "a repetition");
}

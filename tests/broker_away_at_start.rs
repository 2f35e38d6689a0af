//! A replica that finds no broker waits for one: alive, not ready, and at work as soon as the broker is there.

use std::time::Duration;

use crate::support::audit::assert_each_exactly_once;
use crate::support::eventually;
use crate::support::kafka::Cluster;
use crate::support::reader::{Live, committed};
use crate::support::replica::Setup;
use crate::support::terminals::send_waybills;

const DEADLINE: Duration = Duration::from_secs(60);
const WAYBILLS: u32 = 100;

#[test]
fn a_replica_waits_for_its_broker() {
    // Its own, whatever LOADGATE_TEST_BROKERS names: it is stopped.
    let mut cluster = Cluster::start(1);
    let setup = Setup::new(&cluster, "away", 2);
    send_waybills(&cluster, &setup.input, 0..WAYBILLS);
    cluster.kill(0);
    let mut replica = setup.replica("only");
    let live = eventually("the admin port answers without a broker", DEADLINE, || replica.get("/live"));
    assert_eq!(live.status, 200, "{}", live.body);
    assert!(!replica.is_ready());
    cluster.start_again(0);
    cluster.wait_until_up();
    replica.wait_until_ready();
    let live = Live::start(&cluster, &setup.assessments, "assessment");
    eventually("what was sent before is assessed", DEADLINE, || (live.with(<[_]>::len) >= WAYBILLS as usize).then_some(()));
    assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());
    assert_each_exactly_once(&cluster, &setup.input, &committed(&cluster, &setup.assessments, "assessment"));
}

//! A replica that is asked to stop commits what it has under way, leaves the group and ends with 0; its successor goes on where
//! it stopped.

use std::time::Duration;

use crate::support::audit::{assert_each_exactly_once, assert_in_order};
use crate::support::reader::{Live, committed};
use crate::support::replica::Setup;
use crate::support::terminals::Terminals;
use crate::support::{eventually, kafka};

const DEADLINE: Duration = Duration::from_secs(60);
const RESTARTS: usize = 3;

#[test]
fn stopping_under_load_loses_and_repeats_nothing() {
    let cluster = kafka::shared();
    let setup = Setup::new(cluster, "sigterm", 4);
    let live = Live::start(cluster, &setup.assessments, "assessment");
    let mut replica = setup.ready_replica("only");
    let terminals = Terminals::start(cluster, &setup.input, 1_000);
    for _ in 0..RESTARTS {
        let seen = live.with(<[_]>::len);
        eventually("assessments come", DEADLINE, || (live.with(<[_]>::len) > seen + 500).then_some(()));
        let status = replica.terminate();
        assert_eq!(status.code(), Some(0), "{}", replica.log_tail());
        replica.start();
    }
    let sent = terminals.stop();
    eventually("everything is assessed", DEADLINE, || live.has_seen(&sent).then_some(()));
    assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());
    let assessments = committed(cluster, &setup.assessments, "assessment");
    assert_each_exactly_once(cluster, &setup.input, &assessments);
    assert_in_order(&assessments);
}

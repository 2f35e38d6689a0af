//! `loadgate lag` tells how long messages wait, whether or not a replica runs; `loadgate health` asks a replica.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::support::replica::{Setup, said};
use crate::support::terminals::send_waybills;
use crate::support::{eventually, kafka};

const WAYBILLS: i64 = 20;

#[test]
fn messages_wait_until_a_replica_screens_them_and_the_replica_says_how_it_is() {
    let setup = Setup::new(kafka::shared(), "lag", 2);
    send_waybills(kafka::shared(), &setup.input, 0..WAYBILLS as u32);
    let lag = || -> Vec<Value> {
        let output = setup.command(&["lag", "--json"]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        said(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let records = |lags: &[Value]| lags.iter().map(|lag| lag["lag_records"].as_i64().unwrap()).sum::<i64>();
    let seconds = |lags: &[Value]| lags.iter().map(|lag| lag["lag_seconds"].as_f64().unwrap()).fold(0.0, f64::max);

    let waiting = lag();
    assert_eq!((waiting.len(), records(&waiting)), (2, WAYBILLS), "{waiting:?}");
    assert!(waiting.iter().all(|lag| lag["position"].is_null()) && seconds(&waiting) > 0.0, "{waiting:?}");
    let too_late = setup.command(&["lag", "--max", "1ms"]);
    assert_eq!(too_late.status.code(), Some(1), "{}", said(&too_late));
    assert!(said(&too_late).starts_with("topic"), "{}", said(&too_late));

    let mut replica = setup.ready_replica("only");
    let done = eventually("nothing waits", Duration::from_secs(60), || Some(lag()).filter(|lags| records(lags) == 0));
    assert_eq!(seconds(&done), 0.0);
    assert_eq!(setup.command(&["lag", "--max", "1ms"]).status.code(), Some(0));

    let address = replica.address().to_string();
    let health = |further: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_loadgate"));
        command.args(["health", "--address", &address]).args(further).output().unwrap()
    };
    assert_eq!((health(&[]).status.code(), said(&health(&[])).as_str()), (Some(0), "live\nready\n"));
    assert_eq!(said(&health(&["--live"])), "live\n");
    assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());
    let gone = health(&["--live"]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(said(&gone).contains("does not answer"), "{}", said(&gone));
}

//! Law 4 against a real broker: whatever is killed, paused, stopped, added or restarted under load, a reader of committed data
//! sees an assessment of every waybill exactly once and in order.
//!
//! Replicas and terminals run while faults come one after the other in a seeded order (`LOADGATE_FAULT_SEED`). After each, the
//! scenario waits until waybills sent after it have been assessed on every partition; at the end the whole output is read once more.

mod faults;
mod measures;
mod scene;

use std::time::Duration;

use crate::support::audit::{assert_each_exactly_once, assert_in_order};
use crate::support::kafka::{Cluster, external};
use crate::support::reader::committed;
use crate::support::seed::Seed;
use faults::Fault;
use scene::Scene;

#[test]
fn every_waybill_is_assessed_exactly_once_through_twenty_faults() {
    run(cluster(1), 20, Fault::MIX);
}

#[test]
#[ignore = "half an hour"]
fn every_waybill_is_assessed_exactly_once_through_two_hundred_faults() {
    run(cluster(1), 200, Fault::MIX);
}

#[test]
#[ignore = "twenty minutes"]
fn every_waybill_is_assessed_exactly_once_through_forty_restarts_of_the_broker() {
    run(cluster(1), 40, &[Fault::RestartBroker]);
}

#[test]
#[ignore = "three brokers, ten minutes"]
fn every_waybill_is_assessed_exactly_once_while_one_broker_of_three_is_lost() {
    run(Cluster::start(3), 20, &[Fault::LoseBroker, Fault::LoseBroker, Fault::Kill, Fault::Pause, Fault::Leave]);
}

/// A cluster of its own: a broker that others use cannot be restarted.
fn cluster(brokers: usize) -> Cluster {
    let Some(cluster) = external() else { return Cluster::start(brokers) };
    println!("LOADGATE_TEST_BROKERS is set: its brokers are not restarted");
    cluster
}

fn run(cluster: Cluster, faults: usize, mix: &[Fault]) {
    let mut seed = Seed::from_env("LOADGATE_FAULT_SEED", 20_260);
    let mut plan: Vec<Fault> = mix.iter().copied().filter(|fault| fault.possible(&cluster)).cycle().take(faults).collect();
    seed.shuffle(&mut plan);
    let mut scene = Scene::start(cluster, Duration::from_secs(3));
    for (number, fault) in plan.iter().enumerate() {
        scene.strike(*fault, &mut seed);
        println!("fault {} of {faults}: {fault:?}, {:.1} s", number + 1, scene.last_fault_seconds());
    }
    scene.print_measures();
    let (cluster, setup) = scene.finish();
    let assessments = committed(&cluster, &setup.assessments, "assessment");
    println!("assessments {} records", assessments.len());
    assert_each_exactly_once(&cluster, &setup.input, &assessments);
    assert_in_order(&assessments);
    let referrals = committed(&cluster, &setup.referrals, "referral");
    assert_each_exactly_once(&cluster, &setup.input, &referrals);
    assert_eq!(committed(&cluster, &setup.dead_letters, "dead-letter").len(), 0);
}

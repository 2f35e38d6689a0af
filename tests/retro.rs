//! A new profile comes into force: shipments that have not departed are screened again, and what it changes is told once, marked as
//! retro, though a replica is killed in the middle. What it does not change, and what has departed, is not told again.

use std::collections::BTreeMap;

use crate::support::desk::{DEADLINE, Delivery, Desk, FAN_HEATERS, all_announce, count};
use crate::support::reader::{Live, Published, SourcePosition, committed};
use crate::support::replica::{Replica, Setup};
use crate::support::terminals::{send_payload, send_payloads};
use crate::support::{eventually, kafka, waybill};

const PARTITIONS: i32 = 6;
const REPLICAS: usize = 2;
const WAYBILLS: u32 = 4_000;
/// Every so many are of the goods that the new profile is about.
const HEATERS_EVERY: u32 = 4;
/// Of these so many have departed.
const DEPARTED: u32 = 10;

#[test]
fn a_new_profile_finds_open_shipments_once_though_a_replica_dies_in_the_middle() {
    let cluster = kafka::shared();
    let desk = Desk::open(cluster, Delivery::Topic);
    let mut setup = Setup::new(cluster, "retro", PARTITIONS);
    setup.further = desk.configuration.clone();
    desk.write("policy.toml", "");
    let first = desk.publish(1);
    let mut replicas: Vec<Replica> = (0..REPLICAS).map(|number| setup.replica(&format!("replica-{number}"))).collect();
    replicas.iter_mut().for_each(Replica::wait_until_ready);
    let live = Live::start(cluster, &setup.assessments, "assessment");
    send_payloads(cluster, &setup.input, (0..WAYBILLS).map(|number| (waybill::awb(number), bill(number))));
    for number in heaters().take(DEPARTED as usize) {
        send_payload(cluster, &setup.input, &waybill::awb(number), departure(number).as_bytes());
    }
    let assessed = |more: &dyn Fn(&Published) -> bool| live.with(|seen| seen.iter().filter(|seen| more(seen)).count());
    let all = WAYBILLS as usize;
    eventually("all are assessed", DEADLINE, || (assessed(&is_declared) >= all).then_some(()));
    assert_eq!(assessed(&is_retro), 0);

    // The new profile, and a kill -9 while what it finds is told.
    desk.write("profiles/fan-heaters.toml", FAN_HEATERS);
    let second = desk.publish(2);
    eventually("shipments are screened again", DEADLINE, || (assessed(&is_retro) > 0).then_some(()));
    replicas[0].kill();
    let expected = heaters().skip(DEPARTED as usize).count();
    println!("retro_told_at_kill {} assessments", assessed(&is_retro));
    eventually("all that the profile finds is told", DEADLINE, || (assessed(&is_retro) >= expected).then_some(()));
    replicas[0].start();
    replicas[0].wait_until_ready();

    // What is declared under the new profile is told at once, and never again.
    let late = WAYBILLS..WAYBILLS + 20;
    send_payloads(
        cluster,
        &setup.input,
        late.clone().map(|number| (waybill::awb(number), waybill::of_goods(number, "FAN HEATERS"))),
    );
    eventually("they are assessed", DEADLINE, || (assessed(&is_declared) >= all + late.len()).then_some(()));

    // A change that finds nothing new tells nothing.
    desk.write("policy.toml", "[thresholds.customs]\ndnl = 950\n");
    let looked_at = |replica: &Replica| count(replica, "loadgate_rescreened_total{outcome=\"unchanged\"}").unwrap_or_default();
    // Before it is published: the replicas may be done by the time that the command has ended.
    let before: Vec<f64> = replicas.iter().map(looked_at).collect();
    let third = desk.publish(3);
    all_announce(&replicas, &third.hash);
    let open = (all - DEPARTED as usize + late.len()) as f64;
    eventually("all open shipments are looked at again", DEADLINE, || {
        let more: f64 = replicas.iter().map(looked_at).zip(&before).map(|(now, before)| now - before).sum();
        let left = |replica: &Replica| count(replica, "loadgate_rescreen_partitions_left");
        (more >= open && replicas.iter().all(|replica| left(replica) == Some(0.0))).then_some(())
    });
    for replica in &mut replicas {
        assert_eq!(replica.terminate().code(), Some(0), "{}", replica.log_tail());
    }

    let assessments = committed(cluster, &setup.assessments, "assessment");
    let (again, at_first): (Vec<_>, Vec<_>) = assessments.iter().partition(|told| is_retro(told));
    let declared = once(at_first.into_iter().filter(|told| is_declared(told)));
    assert_eq!(declared.len(), all + late.len());
    let again = once(again.into_iter());
    assert_eq!(again.keys().copied().collect::<Vec<_>>(), changed(&declared));
    for (source, told) in &again {
        assert_eq!((&told["bundle"], &told["decision"]), (&(*second.hash).into(), &"rfs".into()));
        assert_eq!(told["evidence_ids"][0], "fan-heaters");
        assert_eq!(declared[source]["bundle"], *first.hash);
        assert!(told["judged_at"].as_i64() > declared[source]["received"].as_i64());
    }
    let alerts = committed(cluster, &setup.alerts[0], "alert");
    assert_eq!(once(alerts.iter().filter(|alert| is_retro(alert))).into_keys().collect::<Vec<_>>(), changed(&declared));
    let referrals = committed(cluster, &setup.referrals, "referral");
    let referred = once(referrals.iter().filter(|referral| is_retro(referral)));
    assert!(referred.values().all(|referral| referral["code"] == "8H"));
    assert_eq!(referred.into_keys().collect::<Vec<_>>(), changed(&declared));
}

fn heaters() -> impl Iterator<Item = u32> {
    (0..WAYBILLS).step_by(HEATERS_EVERY as usize)
}

fn bill(number: u32) -> String {
    if number.is_multiple_of(HEATERS_EVERY) { waybill::of_goods(number, "FAN HEATERS") } else { waybill::clear(number) }
}

/// The whole of a shipment has left.
fn departure(number: u32) -> String {
    let awb = waybill::awb(number);
    format!(
        r#"{{"status":{{"awb":"{awb}","origin":"FRA","destination":"YYZ","quantity":{{"code":"total","pieces":12,"weight_g":480000}},
        "events":[{{"code":"DEP","station":"FRA","quantity":{{"code":"total","pieces":12,"weight_g":480000}}}}]}}}}"#
    )
}

fn is_retro(told: &Published) -> bool {
    told.value["retro"] == true
}

fn is_declared(told: &Published) -> bool {
    told.value["occasion"] == "declared" && !is_retro(told)
}

/// What was told by the message that it is about, each once.
fn once<'p>(told: impl Iterator<Item = &'p Published>) -> BTreeMap<SourcePosition, &'p serde_json::Value> {
    let mut all = BTreeMap::new();
    for told in told {
        assert!(all.insert(told.source, &told.value).is_none(), "told twice: {}", told.value);
    }
    all
}

/// Where the bills of the goods stand that had not departed.
fn changed(declared: &BTreeMap<SourcePosition, &serde_json::Value>) -> Vec<SourcePosition> {
    let open: Vec<String> = heaters().skip(DEPARTED as usize).map(waybill::awb).collect();
    let is_open = |told: &serde_json::Value| open.iter().any(|awb| told["awb"] == **awb);
    declared.iter().filter(|(_, told)| is_open(told)).map(|(source, _)| *source).collect()
}

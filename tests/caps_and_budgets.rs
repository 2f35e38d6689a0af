//! Caps and alert budgets count what any replica published: two replicas that share the screening hold back alike, and tell.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use loadgate::screen::indicators::CATALOGUE;
use serde_json::Value;

use crate::memory_is_alike::digests;
use crate::support::desk::count;
use crate::support::reader::{Live, committed};
use crate::support::replica::Setup;
use crate::support::terminals::send_payload;
use crate::support::{eventually, kafka, waybill};

const DEADLINE: Duration = Duration::from_secs(60);
const CAP: u64 = 3;

/// One profile with a cap, and another whose alerts a budget of one a day ranks; no indicators.
fn bundle(folder: &std::path::Path) -> String {
    let profile = |id: &str, more: &str, condition: &str| {
        format!(
            "id = '{id}'\ntitle = 't'\nowner = 'pump desk'\nthreat = 'x'\ndomain = 'customs'\n{more}\nsource = 's'\n\
             condition = '{condition}'\nreason = '{{goods}}'\n"
        )
    };
    fs::create_dir_all(folder.join("profiles")).unwrap();
    let pumps = profile("pumps", &format!("weight = 45\ncap_per_day = {CAP}"), "goods.contains(\"PUMP\")");
    fs::write(folder.join("profiles/pumps.toml"), pumps).unwrap();
    fs::write(folder.join("profiles/boxes.toml"), profile("boxes", "weight = 50", "goods.contains(\"CONSOLIDATED\")")).unwrap();
    let off = CATALOGUE.iter().map(|indicator| format!("[indicators.\"{}\"]\nenabled = false\n", indicator.id));
    let policy = format!("{}[alert_budget]\nper_day = 1\n", off.collect::<String>());
    fs::write(folder.join("policy.toml"), policy).unwrap();
    format!("[bundle]\npath = \"{}\"\n", folder.display())
}

#[test]
fn what_is_above_a_cap_or_outranked_is_held_back_by_every_replica_and_told() {
    let cluster = kafka::shared();
    let folder = tempfile::tempdir().unwrap();
    let mut setup = Setup::new(cluster, "caps", 2);
    fs::write(folder.path().join("key"), "a secret of this test").unwrap();
    let memory = format!("[memory]\nkey = {{ file = \"{}\" }}\n", folder.path().join("key").display());
    setup.further = format!("{}{memory}", bundle(&folder.path().join("bundle")));
    let live = Live::start(cluster, &setup.assessments, "assessment");
    let alerts = Live::start(cluster, &setup.alerts[1], "alert");
    let replicas = ["one", "two"].map(|name| setup.ready_replica(name));
    let send = |number: u32, payload: String| send_payload(cluster, &setup.input, &waybill::awb(number), payload.as_bytes());
    let assessed = |number: u32| {
        let of = |records: &[crate::support::reader::Published]| {
            records.iter().find(|record| record.value["awb"] == waybill::awb(number).as_str()).map(|record| record.value.clone())
        };
        eventually("it is assessed", DEADLINE, || live.with(of))
    };

    // Each replica demotes once it has read back that the cap is reached: the one after the other, over both partitions.
    let mut owners = BTreeSet::new();
    let mut sent = 0;
    eventually("both replicas have demoted the profile", DEADLINE, || {
        send(sent, waybill::clear(sent));
        let value = assessed(sent);
        sent += 1;
        let cap = value["caps"][0].clone();
        assert_eq!((&cap["id"], cap["per_day"].as_u64()), (&Value::from("pumps"), Some(CAP)));
        if cap["demoted"] == true {
            assert!(cap["fired"].as_u64() >= Some(CAP), "{value}");
            assert_eq!((&value["shadow_ids"][0], &value["decision"]), (&Value::from("pumps"), &Value::from("clear")), "{value}");
            owners.insert(value["source"]["partition"].to_string());
        } else {
            assert_eq!((&value["evidence_ids"][0], &value["decision"]), (&Value::from("pumps"), &Value::from("rfi")), "{value}");
        }
        (owners.len() == 2).then_some(())
    });
    eventually("the owner is told", DEADLINE, || {
        let told = |value: &Value| value["evidence"][0]["cap"]["told_to"] == "pump desk" && value["proposed"] == "clear";
        alerts.with(|records| records.iter().any(|record| told(&record.value)).then_some(()))
    });
    let counted = |series: &str| replicas.iter().filter_map(|replica| count(replica, series)).sum::<f64>();
    let demoted = live.with(|records| records.iter().filter(|record| record.value["caps"][0]["demoted"] == true).count());
    assert_eq!(counted("loadgate_profile_demotions_total{profile=\"pumps\"}"), demoted as f64);

    // The cap's alerts are of lesser risk than these, so the first of these is told, and soon one that another outranks is not.
    let first = 1_000;
    let mut number = first;
    eventually("an alert is held back", DEADLINE, || {
        send(number, waybill::risky(number));
        let value = assessed(number);
        assert_eq!(
            (&value["decision"], &value["terminal"]),
            (&Value::from("rfi"), &Value::from("FRA")),
            "the hold stands: {value}"
        );
        number += 1;
        value["held_back"].as_object().map(|held| {
            assert_eq!((&held["terminal"], held["per_day"].as_u64()), (&Value::from("FRA"), Some(1)));
            assert!(held["outranked_by"].as_u64() >= Some(1));
        })
    });
    let assessments = committed(cluster, &setup.assessments, "assessment");
    let held: BTreeSet<_> =
        assessments.iter().filter(|line| !line.value["held_back"].is_null()).map(|line| line.source).collect();
    assert_eq!(counted("loadgate_alerts_held_back_total{terminal=\"other\"}"), held.len() as f64);
    let told: BTreeSet<_> = committed(cluster, &setup.alerts[1], "alert").iter().map(|alert| alert.source).collect();
    let expected =
        |line: &&crate::support::reader::Published| line.value["decision"] == "rfi" && line.value["held_back"].is_null();
    assert!(assessments.iter().filter(expected).all(|line| told.contains(&line.source)), "what was not held back is told");
    assert!(told.is_disjoint(&held), "what was held back is not");

    let found = digests(&replicas.each_ref());
    assert!(found.iter().all(|digest| *digest == found[0]), "{found:?}");
}

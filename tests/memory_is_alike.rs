//! Law 2 on a real broker: whatever happened to a replica and to its snapshot, it ends with the memory of the others, byte for byte.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use crate::support::replica::{Replica, Setup};
use crate::support::terminals::send_payload;
use crate::support::{eventually, kafka, waybill};

const DEADLINE: Duration = Duration::from_secs(180);

/// The digest of every replica, once all have read the same.
pub fn digests(replicas: &[&Replica]) -> Vec<String> {
    eventually("the replicas have read the same", DEADLINE, || {
        let answers: Vec<Value> = replicas.iter().filter_map(|replica| memory(replica)).collect();
        let positions: BTreeSet<String> = answers.iter().map(|answer| answer["positions"].to_string()).collect();
        let same = answers.len() == replicas.len() && positions.len() == 1;
        same.then(|| answers.iter().map(|answer| answer["digest"].as_str().unwrap_or_default().to_owned()).collect())
    })
}

fn memory(replica: &Replica) -> Option<Value> {
    replica.get("/memory").filter(|answer| answer.status == 200).and_then(|answer| serde_json::from_str(&answer.body).ok())
}

#[test]
fn law_2_replicas_remember_alike_after_a_crash_and_with_a_missing_or_damaged_snapshot() {
    let cluster = kafka::shared();
    let mut setup = Setup::new(cluster, "alike", 3);
    setup.snapshot_every = Some("200ms");
    let [one, mut two, mut three] = ["one", "two", "three"].map(|name| setup.ready_replica(name));
    let send = |numbers: std::ops::Range<u32>| {
        for number in numbers {
            let bill = if number % 5 == 0 { waybill::risky(number) } else { waybill::clear(number) };
            send_payload(cluster, &setup.input, &waybill::awb(number), bill.as_bytes());
        }
    };
    send(0..12);
    eventually("snapshots are written", DEADLINE, || {
        [&two, &three].iter().all(|replica| replica.snapshot().exists()).then_some(())
    });
    two.kill();
    three.kill();
    std::fs::remove_file(two.snapshot()).unwrap();
    let mut damaged = std::fs::read(three.snapshot()).unwrap();
    *damaged.last_mut().unwrap() ^= 0xff;
    std::fs::write(three.snapshot(), damaged).unwrap();
    send(8..24);
    for replica in [&mut two, &mut three] {
        replica.start();
        replica.wait_until_ready();
    }
    assert!(three.log_tail().contains("the snapshot of memory is not used"), "{}", three.log_tail());
    send(22..26);
    let found = digests(&[&one, &two, &three]);
    assert!(found.iter().all(|digest| *digest == found[0] && digest.len() == 32), "{found:?}");
}

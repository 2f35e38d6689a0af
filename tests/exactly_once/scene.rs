//! Replicas, terminals and a reader that watches, on a cluster that may be restarted.

use std::time::Duration;

use rdkafka::consumer::BaseConsumer;

use super::faults::Fault;
use super::measures::{Measures, Window};
use crate::memory_is_alike::digests;
use crate::support::eventually;
use crate::support::group::{Owners, observer, owners};
use crate::support::kafka::Cluster;
use crate::support::reader::{Live, now_ms};
use crate::support::replica::{Replica, Setup};
use crate::support::seed::Seed;
use crate::support::terminals::{Acknowledged, Terminals};

const REPLICAS: usize = 3;
const PARTITIONS: i32 = 8;
/// Waybills a second: each partition has one every 50 ms, so that a gap is the replicas' and not the terminals', and replicas and
/// brokers on two cores keep up.
const RATE: u32 = 160;
/// Past session timeout, transaction timeout, the broker's sweep of abandoned transactions (10 s) and a broker's start.
const PROGRESS_DEADLINE: Duration = Duration::from_secs(180);

pub struct Scene {
    pub cluster: Cluster,
    pub replicas: Vec<Replica>,
    setup: Setup,
    terminals: Terminals,
    live: Live,
    observer: BaseConsumer,
    measures: Measures,
}

impl Scene {
    pub fn start(cluster: Cluster, session_timeout: Duration) -> Self {
        let mut setup = Setup::new(&cluster, "exactly-once", PARTITIONS);
        setup.session_timeout = session_timeout;
        // The log grows with every fault; a replica that is started again reads what came after its last snapshot alone.
        setup.snapshot_every = Some("20s");
        // The longest that may be: a transaction ends before its replica is given up.
        setup.transaction_timeout = session_timeout - Duration::from_millis(500);
        let mut replicas: Vec<Replica> = (0..REPLICAS).map(|number| setup.replica(&format!("replica-{number}"))).collect();
        replicas.iter_mut().for_each(Replica::wait_until_ready);
        let scene = Self {
            terminals: Terminals::start(&cluster, &setup.input, RATE),
            live: Live::start(&cluster, &setup.assessments, "assessment"),
            observer: observer(&cluster),
            measures: Measures::new(session_timeout + setup.batch_age),
            cluster,
            replicas,
            setup,
        };
        scene.wait_for_progress();
        scene
    }

    /// Makes the fault, with the owners before and after it.
    pub fn strike(&mut self, fault: Fault, seed: &mut Seed) {
        self.replicas.iter_mut().for_each(Replica::wait_until_ready);
        let before = self.stable_owners();
        let start_ms = now_ms();
        fault.strike(self, seed);
        let end_ms = now_ms();
        let after = self.stable_owners();
        self.measures.windows.push(Window { fault, start_ms, end_ms, before, after });
    }

    /// Waits until waybills sent after now have been assessed on every partition and can be seen.
    pub fn wait_for_progress(&self) {
        let before = self.terminals.acknowledged();
        let mut fresh = Acknowledged::new();
        eventually("the terminals reach every partition", PROGRESS_DEADLINE, || {
            fresh = self.terminals.acknowledged();
            let newer = (0..PARTITIONS).all(|partition| fresh.get(&partition) > before.get(&partition));
            newer.then_some(())
        });
        eventually("what was sent after the fault is assessed", PROGRESS_DEADLINE, || self.live.has_seen(&fresh).then_some(()));
    }

    pub fn terminate(&mut self, victim: usize) {
        let status = self.replicas[victim].terminate();
        assert!(status.success(), "a replica that is asked to stop ends with {status}:\n{}", self.replicas[victim].log_tail());
    }

    /// One replica more, or back to the usual number.
    pub fn scale(&mut self) {
        if self.replicas.len() > REPLICAS {
            self.terminate(REPLICAS);
            self.replicas.truncate(REPLICAS);
        } else {
            self.replicas.push(self.setup.ready_replica("replica-more"));
        }
        self.wait_for_progress();
    }

    pub fn last_fault_seconds(&self) -> f64 {
        self.measures.windows.last().map_or(0.0, |window| (window.end_ms - window.start_ms) as f64 / 1000.0)
    }

    pub fn print_measures(&self) {
        self.live.with(|assessments| self.measures.print(assessments));
    }

    /// Stops the terminals, waits for the rest, stops the replicas cleanly.
    pub fn finish(self) -> (Cluster, Setup) {
        let Self { cluster, mut replicas, setup, terminals, live, .. } = self;
        let sent = terminals.stop();
        eventually("everything is assessed in the end", PROGRESS_DEADLINE, || live.has_seen(&sent).then_some(()));
        let memories = digests(&replicas.iter().collect::<Vec<_>>());
        assert!(memories.iter().all(|digest| *digest == memories[0]), "the replicas remember differently: {memories:?}");
        for replica in &mut replicas {
            replica.assert_running();
            let status = replica.terminate();
            assert!(status.success(), "{} ends with {status}:\n{}", replica.name, replica.log_tail());
        }
        (cluster, setup)
    }

    /// The owners, when every partition has one.
    fn stable_owners(&self) -> Owners {
        eventually("the group is stable", PROGRESS_DEADLINE, || {
            owners(&self.observer, &self.setup.group, &self.setup.input).filter(|owners| owners.len() == PARTITIONS as usize)
        })
    }
}

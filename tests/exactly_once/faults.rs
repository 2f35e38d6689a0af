//! What can go wrong, and how each fault is made.

use crate::support::kafka::Cluster;
use crate::support::seed::Seed;

use super::scene::Scene;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// kill -9; started again when the others have taken over.
    Kill,
    /// kill -9 and started again at once, as an orchestrator does.
    Crash,
    /// SIGSTOP until the others have taken over, then SIGCONT: a process that believes it still owns its partitions.
    Pause,
    /// SIGTERM, then a new process under the same name.
    Leave,
    /// One more replica joins, or, if there is one more already, leaves.
    Scale,
    /// The broker is killed and started again over its log.
    RestartBroker,
    /// One broker of several is killed, and started again when the others have taken over.
    LoseBroker,
}

impl Fault {
    /// In twenty faults: 6 kills, 4 crashes, 4 pauses, 3 leaves, 2 changes of scale, 1 broker restart.
    pub const MIX: &'static [Fault] = &{
        use Fault::*;
        [
            Kill,
            Pause,
            Crash,
            Leave,
            Kill,
            Scale,
            Crash,
            Kill,
            Pause,
            Leave,
            RestartBroker,
            Kill,
            Crash,
            Pause,
            Kill,
            Leave,
            Scale,
            Crash,
            Kill,
            Pause,
        ]
    };

    /// Whether the cluster's brokers may be killed, if that is the fault.
    pub fn possible(self, cluster: &Cluster) -> bool {
        match self {
            Fault::RestartBroker => cluster.mortal_brokers() > 0,
            Fault::LoseBroker => cluster.mortal_brokers() > 1,
            _ => true,
        }
    }

    /// Does it and waits until what was sent after it has been assessed.
    pub fn strike(self, scene: &mut Scene, seed: &mut Seed) {
        let victim = seed.below(scene.replicas.len());
        match self {
            Fault::Kill => {
                scene.replicas[victim].kill();
                scene.wait_for_progress();
                scene.replicas[victim].start();
            }
            Fault::Crash => {
                scene.replicas[victim].kill();
                scene.replicas[victim].start();
                scene.wait_for_progress();
            }
            Fault::Pause => {
                scene.replicas[victim].pause();
                scene.wait_for_progress();
                scene.replicas[victim].resume();
                scene.wait_for_progress();
            }
            Fault::Leave => {
                scene.terminate(victim);
                scene.replicas[victim].start();
                scene.wait_for_progress();
            }
            Fault::Scale => scene.scale(),
            Fault::RestartBroker => {
                scene.cluster.kill(0);
                scene.cluster.start_again(0);
                scene.cluster.wait_until_up();
                scene.wait_for_progress();
            }
            Fault::LoseBroker => {
                let broker = seed.below(scene.cluster.mortal_brokers());
                scene.cluster.kill(broker);
                scene.wait_for_progress();
                scene.cluster.start_again(broker);
                scene.cluster.wait_until_up();
            }
        }
    }
}

//! Figures read off the assessments after the faults: how long a take-over took, and whom a fault did not concern.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::faults::Fault;
use crate::support::group::Owners;
use crate::support::reader::Published;

/// One fault: when, and who owned what before and after it.
#[derive(Debug)]
pub struct Window {
    pub fault: Fault,
    pub start_ms: i64,
    pub end_ms: i64,
    pub before: Owners,
    pub after: Owners,
}

impl Window {
    /// Partitions whose owner is no longer a member.
    fn lost(&self) -> impl Iterator<Item = i32> {
        let members: BTreeSet<&String> = self.after.values().collect();
        self.before.iter().filter(move |(_, owner)| !members.contains(owner)).map(|(partition, _)| *partition)
    }

    /// Partitions that stayed with their owner, who had them through the fault before as well: one that changed hands then may still
    /// wait to begin, for the transaction of a replica that is paused now. That is a take-over.
    fn kept(&self, fault_before: Option<&Window>) -> impl Iterator<Item = i32> {
        let stayed = move |(partition, owner): &(&i32, &String)| {
            let long = fault_before.is_none_or(|before| before.before.get(partition) == Some(owner));
            long && self.after.get(partition) == Some(owner)
        };
        self.before.iter().filter(stayed).map(|(partition, _)| *partition)
    }
}

/// The sent and seen times of one partition's assessments, in its order.
type Times = BTreeMap<i32, Vec<(i64, i64)>>;

pub struct Measures {
    pub windows: Vec<Window>,
    /// What a take-over after kill -9 cannot be quicker than: session timeout and commit interval.
    floor: Duration,
}

impl Measures {
    pub fn new(floor: Duration) -> Self {
        Self { windows: Vec::new(), floor }
    }

    /// One line a figure: name, value, unit.
    pub fn print(&self, assessments: &[Published]) {
        let mut times = Times::new();
        for assessment in assessments {
            times.entry(assessment.source.partition).or_default().push((assessment.sent_ms, assessment.seen_ms));
        }
        times.values_mut().for_each(|times| times.sort_unstable());
        let floor_s = self.floor.as_secs_f64();
        for (name, seen) in [("take_over_screened", false), ("take_over_visible", true)] {
            let take_overs = self.take_overs_s(&times, seen);
            let Some(worst) = take_overs.last() else { continue };
            println!("{name}_median {:.2} s", take_overs[take_overs.len() / 2]);
            println!("{name}_worst {worst:.2} s");
            println!(
                "{name}_median_ratio {:.2} of session timeout and commit interval",
                take_overs[take_overs.len() / 2] / floor_s
            );
        }
        let gaps = self.kept_gaps(&times);
        let Some(worst) = gaps.last() else { return };
        println!("kept_partition_gap_median {:.2} s", gaps[gaps.len() / 2].seconds());
        println!("kept_partition_gap_worst {:.2} s", worst.seconds());
        for gap in gaps.iter().filter(|gap| gap.seconds() > GAP_GOAL_S) {
            let Gap { fault, kind, partition, .. } = gap;
            println!("kept_partition_gap_long {:.2} s on partition {partition} in fault {fault}, {kind:?}", gap.seconds());
        }
    }

    /// From each kill -9 to the last lost partition's first assessment by somebody else, ascending.
    fn take_overs_s(&self, times: &Times, seen: bool) -> Vec<f64> {
        let kills = self.windows.iter().filter(|window| matches!(window.fault, Fault::Kill | Fault::Crash));
        let mut found: Vec<f64> = kills
            .filter_map(|window| {
                let first = |partition| {
                    let later = times.get(&partition)?.iter().find(|(sent, _)| *sent > window.start_ms)?;
                    Some(if seen { later.1 } else { later.0 } - window.start_ms)
                };
                Some(window.lost().filter_map(first).max()? as f64 / 1000.0)
            })
            .collect();
        found.sort_by(f64::total_cmp);
        found
    }

    /// Of each fault but the brokers', the longest time without an assessment on a partition that stayed with its owner, ascending.
    fn kept_gaps(&self, times: &Times) -> Vec<Gap> {
        let broker = |fault: Fault| matches!(fault, Fault::RestartBroker | Fault::LoseBroker);
        let before = std::iter::once(None).chain(self.windows.iter().map(Some));
        let windows = (1..).zip(&self.windows).zip(before).filter(|((_, window), _)| !broker(window.fault));
        let longest = |((fault, window), before): ((usize, &Window), Option<&Window>)| {
            let gap = |partition| Gap { ms: gap_ms(times.get(&partition), window), fault, kind: window.fault, partition };
            window.kept(before).map(gap).max_by_key(|gap| gap.ms)
        };
        let mut gaps: Vec<Gap> = windows.filter_map(longest).collect();
        gaps.sort_by_key(|gap| gap.ms);
        gaps
    }
}

/// What a fault may cost a partition that it does not concern.
const GAP_GOAL_S: f64 = 1.5;

#[derive(Debug, PartialEq)]
struct Gap {
    ms: i64,
    /// From 1.
    fault: usize,
    kind: Fault,
    partition: i32,
}

impl Gap {
    fn seconds(&self) -> f64 {
        self.ms as f64 / 1000.0
    }
}

/// The longest time between two assessments within the window.
fn gap_ms(times: Option<&Vec<(i64, i64)>>, window: &Window) -> i64 {
    let sent: Vec<i64> = times.into_iter().flatten().map(|(sent, _)| *sent).collect();
    let within: Vec<i64> = sent.into_iter().filter(|sent| (window.start_ms..=window.end_ms).contains(sent)).collect();
    let edges = [window.start_ms].into_iter().chain(within).chain([window.end_ms]).collect::<Vec<_>>();
    edges.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners(of: &[(i32, &str)]) -> Owners {
        of.iter().map(|(partition, owner)| (*partition, (*owner).to_owned())).collect()
    }

    /// b is killed at 1000 and partition 1 passes to a; partition 2 moves between the living.
    fn window() -> Window {
        let before = owners(&[(0, "a"), (1, "b"), (2, "a")]);
        let after = owners(&[(0, "a"), (1, "a"), (2, "c"), (3, "c")]);
        Window { fault: Fault::Kill, start_ms: 1_000, end_ms: 5_000, before, after }
    }

    #[test]
    fn a_take_over_lasts_until_the_first_assessment_by_somebody_else() {
        let times = Times::from([(0, vec![(900, 950), (4_900, 4_950)]), (1, vec![(990, 1_100), (4_100, 4_300)])]);
        let measures = Measures { windows: vec![window()], floor: Duration::from_secs(3) };
        assert_eq!(measures.take_overs_s(&times, false), [3.1]);
        assert_eq!(measures.take_overs_s(&times, true), [3.3]);
    }

    #[test]
    fn a_partition_that_changed_hands_in_the_fault_before_is_a_take_over() {
        let times = Times::from([(0, vec![(1_500, 0), (3_500, 0), (4_900, 0)])]);
        let before = |owner| Window { start_ms: 0, end_ms: 900, before: owners(&[(0, owner)]), ..window() };
        let gaps = |owner| Measures { windows: vec![before(owner), window()], floor: Duration::from_secs(3) }.kept_gaps(&times);
        assert_eq!(gaps("a").last().map(|gap| (gap.fault, gap.ms)), Some((2, 2_000)));
        assert!(gaps("b").iter().all(|gap| gap.fault != 2));
    }

    #[test]
    fn only_partitions_that_kept_their_owner_count_as_not_concerned() {
        let times = Times::from([(0, vec![(1_500, 0), (3_500, 0), (4_900, 0)]), (1, vec![(990, 0), (4_100, 0)])]);
        let measures = Measures { windows: vec![window()], floor: Duration::from_secs(3) };
        assert_eq!(measures.kept_gaps(&times), [Gap { ms: 2_000, fault: 1, kind: Fault::Kill, partition: 0 }]);
    }
}

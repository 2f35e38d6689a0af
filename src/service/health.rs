//! Whether the service lives and whether it is ready: what the probes of an orchestrator ask.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What the service waits for while it is not ready. The runbook says of each what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    Start,
    Registry,
    Bundle,
    Snapshot,
    Coordinator,
    Memory,
    Group,
    Positions,
}

impl Wait {
    pub const ALL: [Wait; 8] = [
        Wait::Start,
        Wait::Registry,
        Wait::Bundle,
        Wait::Snapshot,
        Wait::Coordinator,
        Wait::Memory,
        Wait::Group,
        Wait::Positions,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Wait::Start => "starting",
            Wait::Registry => "waiting for the schema registry",
            Wait::Bundle => "waiting for an acceptable bundle",
            Wait::Snapshot => "reading the snapshot of memory",
            Wait::Coordinator => "waiting for the transaction coordinator",
            Wait::Memory => "memory is catching up with the log",
            Wait::Group => "joining the group",
            Wait::Positions => "finding the positions of claimed partitions",
        }
    }
}

/// The pulse of a loop that must not stand still, until it is dropped. A loop beats wherever it waits for another one: to wait is
/// not to stand still, and the one that is waited for has a pulse of its own.
pub struct Pulse {
    started: Instant,
    last: Arc<AtomicU64>,
}

impl Pulse {
    pub fn beat(&self) {
        self.last.store(millis_since(self.started), Ordering::Relaxed);
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.last.store(ENDED, Ordering::Relaxed);
    }
}

/// In place of a time: the loop has ended, which is for those to notice who took from it.
const ENDED: u64 = u64::MAX;

pub struct Health {
    started: Instant,
    /// Longest pause of a loop that still counts as life. A rebuild of the producer against a broker that is away takes three calls.
    stall_limit: Duration,
    /// The last beats of the loops by name, in milliseconds after `started`.
    pulses: Mutex<Vec<(String, Arc<AtomicU64>)>>,
    /// What the service waits for; nothing when it is ready.
    waits_for: Mutex<Option<Wait>>,
}

impl Health {
    pub fn new(stall_limit: Duration) -> Self {
        Self { started: Instant::now(), stall_limit, pulses: Mutex::default(), waits_for: Mutex::new(Some(Wait::Start)) }
    }

    /// For a loop that begins now. What comes before the loops is bounded by nothing: a large snapshot takes its time.
    pub fn pulse(&self, name: &str) -> Pulse {
        let pulse = Pulse { started: self.started, last: Arc::default() };
        pulse.beat();
        self.pulses.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), Arc::clone(&pulse.last)));
        pulse
    }

    /// `Err` names the loop that stands still. The brokers' health is not asked: a restart would not mend it.
    pub fn live(&self) -> Result<(), String> {
        for (name, last) in self.pulses.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            // A loop that has ended beats in the far future.
            let silence = Duration::from_millis(millis_since(self.started).saturating_sub(last.load(Ordering::Relaxed)));
            if silence > self.stall_limit {
                return Err(format!("the {name} loop has not advanced for {} s", silence.as_secs()));
            }
        }
        Ok(())
    }

    /// `Err` says what is waited for.
    pub fn ready(&self) -> Result<(), &'static str> {
        let waits_for = *self.waits_for.lock().unwrap_or_else(PoisonError::into_inner);
        waits_for.map_or(Ok(()), |wait| Err(wait.as_str()))
    }

    /// `None`: ready.
    pub fn set_waiting(&self, wait: Option<Wait>) {
        *self.waits_for.lock().unwrap_or_else(PoisonError::into_inner) = wait;
    }
}

fn millis_since(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_alive_from_the_start_and_ready_when_nothing_is_waited_for() {
        let health = Health::new(Duration::from_secs(60));
        assert_eq!(health.live(), Ok(()));
        assert_eq!(health.ready(), Err("starting"));
        health.set_waiting(None);
        assert_eq!(health.ready(), Ok(()));
    }

    #[test]
    fn the_runbook_says_what_to_do_about_everything_that_is_waited_for() {
        let runbook = include_str!("../../docs/runbook.md");
        let untold: Vec<_> = Wait::ALL.iter().filter(|wait| !runbook.contains(&format!("| {} | ", wait.as_str()))).collect();
        assert_eq!(untold, Vec::<&Wait>::new());
    }

    #[test]
    fn a_loop_that_stands_still_is_named_and_one_that_has_ended_is_not() {
        let started = Instant::now().checked_sub(Duration::from_secs(120)).unwrap();
        let health = Health { started, ..Health::new(Duration::from_secs(60)) };
        let [reader, publisher, ended] = ["reader", "publisher", "memory"].map(|name| health.pulse(name));
        assert_eq!(health.live(), Ok(()), "a loop that begins late begins alive");
        for silent in [&publisher, &ended] {
            silent.last.store(0, Ordering::Relaxed);
        }
        reader.beat();
        drop(ended);
        assert_eq!(health.live(), Err("the publisher loop has not advanced for 120 s".into()));
    }
}

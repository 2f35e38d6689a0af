//! Whether the service lives and whether it is ready: what the probes of an orchestrator ask.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A loop that must not stand still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    Reader,
    Memory,
    Publisher,
}

impl Beat {
    pub const ALL: [Beat; 3] = [Beat::Reader, Beat::Memory, Beat::Publisher];

    pub fn as_str(self) -> &'static str {
        match self {
            Beat::Reader => "reader",
            Beat::Memory => "memory",
            Beat::Publisher => "publisher",
        }
    }
}

pub struct Health {
    started: Instant,
    /// Longest pause of a loop that still counts as life. A rebuild of the producer against a broker that is away takes three calls.
    stall_limit: Duration,
    /// Milliseconds after `started`, by [`Beat`].
    beats: [AtomicU64; 3],
    /// Why the service is not ready; empty when it is.
    unready: Mutex<String>,
}

impl Health {
    pub fn new(stall_limit: Duration) -> Self {
        Self { started: Instant::now(), stall_limit, beats: Default::default(), unready: Mutex::new("starting".into()) }
    }

    pub fn beat(&self, beat: Beat) {
        if let Some(last) = self.beats.get(beat as usize) {
            last.store(self.now_millis(), Ordering::Relaxed);
        }
    }

    /// `Err` names the loop that stands still. The brokers' health is not asked: a restart would not mend it.
    pub fn live(&self) -> Result<(), String> {
        for (beat, last) in Beat::ALL.iter().zip(&self.beats) {
            let silence = Duration::from_millis(self.now_millis().saturating_sub(last.load(Ordering::Relaxed)));
            if silence > self.stall_limit {
                return Err(format!("the {} loop has not advanced for {} s", beat.as_str(), silence.as_secs()));
            }
        }
        Ok(())
    }

    /// `Err` says what is waited for.
    pub fn ready(&self) -> Result<(), String> {
        let unready = self.unready.lock().unwrap_or_else(PoisonError::into_inner);
        if unready.is_empty() { Ok(()) } else { Err(unready.clone()) }
    }

    /// Empty: ready.
    pub fn set_unready(&self, reason: &str) {
        let mut unready = self.unready.lock().unwrap_or_else(PoisonError::into_inner);
        if *unready != reason {
            unready.clear();
            unready.push_str(reason);
        }
    }

    fn now_millis(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_alive_from_the_start_and_ready_when_nothing_is_waited_for() {
        let health = Health::new(Duration::from_secs(60));
        assert_eq!(health.live(), Ok(()));
        assert_eq!(health.ready(), Err("starting".into()));
        health.set_unready("");
        assert_eq!(health.ready(), Ok(()));
    }

    #[test]
    fn a_loop_that_stands_still_is_named() {
        let started = Instant::now().checked_sub(Duration::from_secs(120)).unwrap();
        let health = Health { started, ..Health::new(Duration::from_secs(60)) };
        health.beat(Beat::Reader);
        health.beat(Beat::Memory);
        assert_eq!(health.live(), Err("the publisher loop has not advanced for 120 s".into()));
    }
}

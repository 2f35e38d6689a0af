//! What lies between the stages: bounded channels, one to each worker. Batch `n` goes to worker `n mod workers`, and the stage after
//! takes from them in the same turn, so the order needs no numbers and no sorting.

use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, SendTimeoutError, Sender};

use super::health::Pulse;

/// How long a stage waits for another one between two beats.
const BEAT_EVERY: Duration = Duration::from_millis(100);

/// What comes next; `None` when nothing will. Beats while it waits.
pub fn take<T>(lane: &Receiver<T>, pulse: &Pulse) -> Option<T> {
    loop {
        pulse.beat();
        match lane.recv_timeout(BEAT_EVERY) {
            Ok(item) => return Some(item),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// Waits until the next stage has room, and beats meanwhile. False when nobody takes from it any more.
pub fn give<T>(lane: &Sender<T>, mut item: T, pulse: &Pulse) -> bool {
    loop {
        pulse.beat();
        match lane.send_timeout(item, BEAT_EVERY) {
            Ok(()) => return true,
            Err(SendTimeoutError::Timeout(refused)) => item = refused,
            Err(SendTimeoutError::Disconnected(_)) => return false,
        }
    }
}

/// Gives to the workers of the next stage in turn.
pub fn in_turn<T>(workers: Vec<Sender<T>>, pulse: &Pulse) -> impl FnMut(T) -> bool {
    let mut turn = 0;
    move |item| {
        let Some(worker) = workers.get(turn) else { return false };
        turn = (turn + 1) % workers.len();
        give(worker, item, pulse)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Instant;

    use crossbeam_channel::bounded;

    use super::*;
    use crate::service::health::Health;

    #[test]
    fn batches_go_to_the_workers_in_turn_until_one_is_gone() {
        let health = Health::new(Duration::from_secs(60));
        let pulse = health.pulse("reader");
        let (lanes, mut workers): (Vec<_>, Vec<_>) = (0..2).map(|_| bounded(8)).unzip();
        let mut hand_on = in_turn(lanes, &pulse);
        assert!((0..5).all(&mut hand_on));
        let taken: Vec<Vec<i32>> = workers.iter().map(|worker| worker.try_iter().collect()).collect();
        assert_eq!(taken, [vec![0, 2, 4], vec![1, 3]]);
        workers.pop();
        assert!(!hand_on(5), "the second worker is gone");
    }

    #[test]
    fn a_stage_that_waits_for_room_or_for_work_is_alive() {
        let health = Health::new(BEAT_EVERY * 5);
        let (full, rest) = bounded(0);
        let (work, empty) = bounded::<u8>(0);
        let [giving, taking] = ["giving", "taking"].map(|name| health.pulse(name));
        let giver = thread::spawn(move || give(&full, 7, &giving));
        let taker = thread::spawn(move || take(&empty, &taking));
        let deadline = Instant::now() + BEAT_EVERY * 10;
        while Instant::now() < deadline {
            assert_eq!(health.live(), Ok(()), "beats while it waits");
            thread::park_timeout(BEAT_EVERY);
        }
        assert_eq!(rest.recv(), Ok(7));
        assert!(giver.join().unwrap());
        drop(work);
        assert_eq!(taker.join().unwrap(), None);
    }
}

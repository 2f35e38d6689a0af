//! How near the open holds are to their departures: what the register knows of holds, and memory of flights. By the clock, since
//! aircraft leave by it, whether messages come or not; nothing that is published stands on it.

use crate::memory::departure::Departure;
use crate::memory::{Key, Memory};
use crate::metrics::labels::Within;
use crate::model::Timestamp;
use crate::screen::verdict::Decision;

/// Open holds by decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Departures {
    /// Indexed by [`Within`]: a hold that is within two hours is within six.
    pub within: [[i64; Decision::ALL.len()]; Within::ALL.len()],
    pub departed: [i64; Decision::ALL.len()],
}

impl Departures {
    pub fn count(holds: &[(Key, Decision)], memory: &Memory, now: Timestamp) -> Self {
        let mut departures = Self::default();
        for &(consignment, decision) in holds {
            match memory.departure(consignment) {
                Departure::Unknown => {}
                Departure::Left => add(&mut departures.departed, decision),
                Departure::Due(due) => {
                    let windows = Within::ALL.into_iter().zip(&mut departures.within);
                    let near = windows.filter(|(within, _)| due.is_within(within.millis(), now));
                    near.for_each(|(_, counts)| add(counts, decision));
                }
            }
        }
        departures
    }
}

fn add(counts: &mut [i64; Decision::ALL.len()], decision: Decision) {
    if let Some(count) = counts.get_mut(decision as usize) {
        *count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::observation::{Bill, Declared, Minute, Observation, Stamp};
    use crate::memory::{Horizons, Keys};
    use crate::model::Awb;

    #[test]
    fn holds_are_counted_in_every_window_that_their_departure_lies_in() {
        let hour = |hour: i64| Timestamp::from_millis(1_772_409_600_000 + hour * 3_600_000);
        let key = |serial| Keys::new(&[3; 16]).consignment(Awb::new(20, serial), None, &mut String::new());
        let mut memory = Memory::new(Horizons::default());
        for (serial, departs) in [(1, 10), (2, 14), (3, 8)] {
            let bill = Bill { departure: Minute::of(hour(departs)), ..Bill::default() };
            let stamp = Stamp { time: hour(0), hash: 1 };
            memory.fold(&Observation::Declared(Declared { consignment: key(serial), stamp, bill, ..Declared::default() }));
        }
        let holds = [(key(1), Decision::Rfs), (key(2), Decision::Rfs), (key(3), Decision::Rfi), (key(4), Decision::Dnl)];
        let departures = Departures::count(&holds, &memory, hour(9));
        assert_eq!(departures.within, [[0, 0, 1, 0], [0, 0, 2, 0], [0, 0, 2, 0]], "one has passed, of one nothing is known");
        assert_eq!(departures.departed, [0; 4]);
    }
}

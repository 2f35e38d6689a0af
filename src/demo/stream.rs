//! The synthetic stream: flights opened one after another, their messages merged in the order of time, and now and then one
//! that nothing can read. Works without Kafka, so that benchmarks and the simulator can use it.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::broken;
use super::chance::Chance;
use super::flight::Flight;
use super::sent::Sent;
use super::world::World;
use crate::model::{Message, Timestamp};

/// The endless stream of a seed, beginning on 2 March 2026. The same seed gives the same bytes.
pub fn stream(seed: u64) -> impl Iterator<Item = Sent> {
    Stream::new(seed, Pace::default())
}

/// When the stream begins and how dense it is.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub start: Timestamp,
    /// About 95 messages each.
    pub flights_per_day: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { start: Timestamp::from_millis(1_772_409_600_000), flights_per_day: 360 }
    }
}

pub struct Stream {
    world: World,
    pace: Pace,
    /// Flights under way; bounded by the flights that open within the longest life of one, about two days.
    open: BinaryHeap<Open>,
    /// Number of the next flight to open.
    next: u64,
    chance: Chance,
    /// Drawn before the message it comes before.
    broken: bool,
}

/// A flight in the heap, the earliest next message on top.
struct Open {
    at: Timestamp,
    number: u64,
    flight: Flight,
}

impl Stream {
    pub fn new(seed: u64, pace: Pace) -> Self {
        let chance = Chance::of(seed, STREAM, 0);
        Self { world: World::new(seed), pace, open: BinaryHeap::new(), next: 0, chance, broken: false }
    }

    /// The readable messages of a seed beside what is sent: fixtures for whoever reads or writes messages.
    pub fn messages(seed: u64) -> impl Iterator<Item = (Message<'static>, Sent)> {
        let mut stream = Self::new(seed, Pace::default());
        std::iter::from_fn(move || stream.readable())
    }

    fn readable(&mut self) -> Option<(Message<'static>, Sent)> {
        self.open_due();
        let mut earliest = self.open.pop()?;
        let sent = earliest.flight.send();
        if let Some(at) = earliest.flight.next_at() {
            self.open.push(Open { at, ..earliest });
        }
        sent
    }

    fn opens(&self, number: u64) -> Timestamp {
        let gap_ms = DAY_MS / self.pace.flights_per_day.max(1);
        Timestamp::from_millis(self.pace.start.millis().saturating_add_unsigned(number.saturating_mul(gap_ms)))
    }

    /// Opens every flight whose first message is due before the earliest one of those already open.
    fn open_due(&mut self) {
        loop {
            let opens = self.opens(self.next);
            if self.open.peek().is_some_and(|earliest| earliest.at < opens) {
                return;
            }
            let flight = Flight::new(&self.world, self.next, opens);
            if let Some(at) = flight.next_at() {
                self.open.push(Open { at, number: self.next, flight });
            }
            self.next += 1;
        }
    }
}

impl Iterator for Stream {
    type Item = Sent;

    fn next(&mut self) -> Option<Sent> {
        if !self.broken && self.chance.one_in(BROKEN_ONE_IN) {
            self.broken = true;
            self.open_due();
            let at = self.open.peek().map_or(self.pace.start, |earliest| earliest.at);
            return Some(broken::message(at, &mut self.chance));
        }
        self.broken = false;
        self.readable().map(|(_, sent)| sent)
    }
}

impl Ord for Open {
    /// Reversed, because the heap gives its greatest.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Open {}

const STREAM: u64 = 4;
const BROKEN_ONE_IN: u64 = 150;
const DAY_MS: u64 = 86_400_000;

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::sent::Expected;
    use super::super::stories::STORIES;
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_stream_byte_for_byte() {
        let bytes = |seed| stream(seed).take(5_000).map(|sent| (sent.at, sent.key, sent.payload)).collect::<Vec<_>>();
        assert_eq!(bytes(11), bytes(11));
        assert_ne!(bytes(11), bytes(12));
    }

    #[test]
    fn the_stream_is_in_order_of_time_and_holds_every_fate_and_story() {
        let mut last = Timestamp::default();
        let mut fates = HashMap::new();
        let mut stories = HashMap::new();
        for sent in stream(3).take(80_000) {
            assert!(sent.at >= last);
            last = sent.at;
            *fates.entry(std::mem::discriminant(&sent.expected)).or_insert(0) += 1;
            if let Some(story) = sent.story {
                assert!(matches!(sent.expected, Expected::Assessed(_)));
                *stories.entry(story.id).or_insert(0) += 1;
            }
        }
        assert_eq!(fates.len(), 3, "{fates:?}");
        assert!(fates.values().all(|count| *count > 300), "{fates:?}");
        assert_eq!(stories.len(), STORIES.len(), "{stories:?}");
    }
}

//! Tallies: which consignments something was told of on a day, read back from the assessments, so that the policy's caps and alert
//! budgets count alike on every replica.
//!
//! A tally is a set, so neither order nor repetition changes it (law 2): a consignment is in it once, with the greatest rank that it
//! was ever seen with. The greatest so many of a set are such a set too, so a tally is bounded by the largest number that a policy
//! can ask about.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Memory;
use super::days::Day;
use super::key::Key;
use super::observation::{Minute, Station};
use crate::model::{Airport, Decision, Timestamp};

/// Largest cap of a profile.
pub const CAP_MAX: u32 = 10_000;
/// Largest alert budget of a terminal.
pub const BUDGET_MAX: u32 = 1_000;
/// Days behind the newest event that are tallied: a message that comes later than this is held to no cap and no budget.
const TALLY_DAYS: u16 = 8;

/// What is tallied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum What {
    /// A profile with a cap, by the hash of its id, was acted upon.
    Fired(u32),
    /// It was demoted, being above its cap.
    Demoted(u32),
    /// The evidence of a consignment warranted a customs alert at this terminal.
    Alert(Station),
}

/// Orders the alerts of one terminal and day: the greater goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Rank(u64);

/// What one assessment adds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tallied {
    pub consignment: Key,
    pub time: Timestamp,
    pub entries: Vec<(What, Rank)>,
}

/// Consignments, each once, ascending by rank, then key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Tally(Vec<(Rank, Key)>);

/// All tallies of one day. Shared with what was recalled, and copied when it changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayTally(BTreeMap<What, Arc<Tally>>);

/// By day.
pub(super) type Tallies = BTreeMap<Day, Arc<DayTally>>;

impl Rank {
    /// By risk, then by time to departure, then by when it came. An unknown departure may be the next one, so it ranks before all.
    pub fn of(proposed: Decision, score: u32, departure: Option<Timestamp>, received: Timestamp) -> Self {
        let departure = departure.and_then(Minute::of).map_or(0, Minute::number);
        let second = received.millis().div_euclid(1_000).rem_euclid(86_400) as u64;
        let risk = (proposed as u64) << 10 | u64::from(score).min(0x3ff);
        Self(risk << 52 | u64::from(u32::MAX - departure) << 20 | (86_400 - second))
    }
}

impl Rank {
    /// The evidence warrants an alert.
    fn is_alert(self) -> bool {
        self.0 >> 62 > Decision::Clear as u64
    }
}

impl Tallied {
    /// `caps` are profiles with a cap, by the hash of the id, and whether they were demoted. `None` when nothing is counted.
    pub fn new(
        time: Timestamp,
        caps: impl Iterator<Item = (u32, bool)>,
        alert: Option<(Airport, Rank)>,
        consignment: impl FnOnce() -> Key,
    ) -> Option<Self> {
        let alert = alert.filter(|(_, rank)| rank.is_alert()).map(|(terminal, rank)| (What::alert(terminal), rank));
        let caps = caps.map(|(id, demoted)| (if demoted { What::Demoted(id) } else { What::Fired(id) }, Rank::default()));
        let entries: Vec<_> = caps.chain(alert).collect();
        (!entries.is_empty()).then(|| Self { consignment: consignment(), time, entries })
    }
}

impl What {
    fn limit(self) -> usize {
        let limit = match self {
            What::Fired(_) => CAP_MAX,
            // It is only asked whether there is one.
            What::Demoted(_) => 0,
            What::Alert(_) => BUDGET_MAX,
        };
        // One more: whoever asks is left out.
        limit as usize + 1
    }

    pub fn alert(terminal: Airport) -> Self {
        let mut station = Station::default();
        station.iter_mut().zip(terminal.as_bytes()).for_each(|(to, from)| *to = *from);
        What::Alert(station)
    }
}

impl Tally {
    fn insert(&mut self, rank: Rank, consignment: Key, limit: usize) {
        if self.0.binary_search(&(rank, consignment)).is_ok() {
            return;
        }
        // Where nothing is ranked, it is not there under another rank either.
        let ranked = rank != Rank::default();
        let known = self.0.iter().position(|(_, known)| ranked && *known == consignment);
        match known.and_then(|at| Some((at, self.0.get(at)?.0))) {
            Some((_, greater)) if greater > rank => return,
            Some((at, _)) => drop(self.0.remove(at)),
            None => {}
        }
        let at = self.0.partition_point(|entry| *entry < (rank, consignment));
        self.0.insert(at, (rank, consignment));
        if self.0.len() > limit {
            self.0.remove(0);
        }
    }
}

impl DayTally {
    pub fn any(&self, what: What) -> bool {
        self.0.contains_key(&what)
    }

    /// Other consignments that were tallied under this, where nothing is ranked.
    pub fn others(&self, what: What, consignment: Key) -> u32 {
        let Some(Tally(entries)) = self.0.get(&what).map(|tally| &**tally) else { return 0 };
        let itself = entries.binary_search(&(Rank::default(), consignment)).is_ok();
        (entries.len() - usize::from(itself)) as u32
    }

    /// Other consignments of a greater rank.
    pub fn above(&self, what: What, rank: Rank, consignment: Key) -> u32 {
        let Some(Tally(entries)) = self.0.get(&what).map(|tally| &**tally) else { return 0 };
        let from = entries.partition_point(|entry| *entry <= (rank, consignment));
        let above = entries.get(from..).unwrap_or_default();
        above.iter().filter(|(_, other)| *other != consignment).count() as u32
    }

    pub(super) fn insert(&mut self, what: What, rank: Rank, consignment: Key) {
        Arc::make_mut(self.0.entry(what).or_default()).insert(rank, consignment, what.limit());
    }

    pub(super) fn put(&mut self, what: What, tally: Tally) {
        self.0.insert(what, Arc::new(tally));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (What, &Tally)> {
        self.0.iter().map(|(what, tally)| (*what, &**tally))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Memory {
    pub(super) fn tally(&mut self, tallied: &Tallied) {
        let day = Day::of(tallied.time);
        if day < self.first_tallied() || tallied.consignment.is_none() {
            return;
        }
        let of_day = Arc::make_mut(self.tallies.entry(day).or_default());
        tallied.entries.iter().for_each(|(what, rank)| of_day.insert(*what, *rank, tallied.consignment));
    }

    pub(super) fn forget_tallies(&mut self) {
        self.tallies = self.tallies.split_off(&self.first_tallied());
    }

    fn first_tallied(&self) -> Day {
        self.days.last().unwrap_or_default().minus(TALLY_DAYS).max(self.first())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_767_268_800_000);

    fn after(minutes: i64) -> Option<Timestamp> {
        Some(Timestamp::from_millis(NOON.millis() + minutes * 60_000))
    }

    #[test]
    fn risk_comes_before_departure_and_departure_before_arrival() {
        let later = Timestamp::from_millis(NOON.millis() + 1_000);
        let descending = [
            Rank::of(Decision::Dnl, 0, after(900), NOON),
            Rank::of(Decision::Rfi, 41, after(900), NOON),
            Rank::of(Decision::Rfi, 40, None, NOON),
            Rank::of(Decision::Rfi, 40, after(-60), NOON),
            Rank::of(Decision::Rfi, 40, after(60), NOON),
            Rank::of(Decision::Rfi, 40, after(60), later),
            Rank::of(Decision::Rfi, 40, after(900), NOON),
        ];
        assert!(descending.is_sorted_by(|greater, less| greater > less), "{descending:?}");
    }

    #[test]
    fn a_consignment_counts_once_with_its_greatest_rank_and_never_against_itself() {
        let keys: Vec<Key> = (1..=4).map(|number| Key::of_public(super::super::key::Kind::Lane, number)).collect();
        let rank = |score| Rank::of(Decision::Rfi, score, None, NOON);
        let what = What::alert(Airport::new("BOG").unwrap());
        let mut day = DayTally::default();
        for (key, score) in [(0, 50), (1, 40), (0, 45), (2, 60), (1, 55), (1, 55)] {
            day.insert(what, rank(score), keys[key]);
        }
        let all = |key| day.above(what, Rank::default(), key);
        assert_eq!([keys[3], keys[0]].map(all), [3, 2]);
        assert_eq!([49, 50, 54, 55, 60].map(|score| day.above(what, rank(score), Key::default())), [3, 3, 2, 2, 1]);
        assert_eq!(day.above(what, rank(52), keys[2]), 1, "itself is left out");
        assert_eq!(day.others(What::Fired(1), keys[0]), 0);
        [0, 0, 1].into_iter().for_each(|key| day.insert(What::Fired(1), Rank::default(), keys[key]));
        assert_eq!([0, 1, 2].map(|key| day.others(What::Fired(1), keys[key])), [1, 1, 2]);
    }

    #[test]
    fn what_is_kept_of_a_tally_is_bounded_and_still_answers() {
        let key = |number| Key::of_public(super::super::key::Kind::Lane, number);
        let what = What::alert(Airport::new("BOG").unwrap());
        let mut day = DayTally::default();
        (1..=3_000).for_each(|number| day.insert(what, Rank::of(Decision::Rfi, 40, None, NOON), key(number)));
        assert_eq!(day.above(what, Rank::default(), key(4_000)), BUDGET_MAX + 1);
        (1..=5).for_each(|number| day.insert(What::Demoted(7), Rank::default(), key(number)));
        assert_eq!(day.others(What::Demoted(7), key(9)), 1);
        assert!(day.any(What::Demoted(7)) && !day.any(What::Demoted(8)));
    }
}

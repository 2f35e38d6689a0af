//! The register of holds: what the terminals were told, and which of it a person has lifted.
//!
//! It is a fold over the referrals topic (law 1) in which neither order nor repetition matters (law 2): each hold is named by the
//! time at which it was issued, a later issue wins over an earlier one, and a removal names the issue that it removes. It decides
//! only which code a verdict is told under: an amendment or a repetition of a held shipment is answered "still in place", never
//! "complete" (law 5). Nothing but a person's outcome releases a hold.

use std::collections::{BTreeMap, HashMap};

use crate::memory::{Key, Keys};
use crate::model::{ConsignmentId, Timestamp};
use crate::outputs::Told;
use crate::screen::verdict::Decision;

/// A consignment as the register knows it: by memory's key, so that both take the same spellings of a house number for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldId {
    key: Key,
    /// The master of a house bill, or the consignment itself when it has no houses above it.
    master: Key,
    house: bool,
}

impl HoldId {
    pub fn of(id: &ConsignmentId, keys: &Keys) -> Self {
        let house = id.awb.is_some() && id.hawb.is_some();
        let mut text = String::new();
        let key = keys.consignment(id.awb, id.hawb.as_deref(), &mut text);
        Self { key, master: if house { keys.consignment(id.awb, None, &mut text) } else { key }, house }
    }
}

/// The holds of one consignment, by decision above clear.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Register([Level; 3]);

/// A hold is open while it was issued later than what was last removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Level {
    issued: Option<Timestamp>,
    removed: Option<Timestamp>,
}

const LEVELS: [Decision; 3] = [Decision::Rfi, Decision::Rfs, Decision::Dnl];

impl Register {
    fn level(&mut self, decision: Decision) -> Option<&mut Level> {
        let index = LEVELS.iter().position(|level| *level == decision)?;
        self.0.get_mut(index)
    }

    /// The severest open hold and since when.
    fn open(&self) -> Option<(Decision, Timestamp)> {
        let mut levels = LEVELS.into_iter().zip(self.0).rev();
        levels.find_map(|(decision, level)| level.issued.filter(|_| level.issued > level.removed).map(|since| (decision, since)))
    }
}

/// What a terminal is told about one consignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telling {
    pub decision: Decision,
    pub standing: Standing,
    /// When the hold was issued; `None` without one.
    pub since: Option<Timestamp>,
}

impl Telling {
    pub fn is_new_hold(&self) -> bool {
        self.decision > Decision::Clear && self.standing == Standing::Issued
    }
}

#[derive(Debug)]
pub struct Holds {
    keys: Keys,
    known: HashMap<Key, Register>,
    /// Told in the transaction under way: in force when it commits, forgotten when it does not.
    told: HashMap<Key, (HoldId, Register)>,
    /// Held houses of each master, by decision: what the master and its other houses are shown.
    houses: HashMap<Key, BTreeMap<Decision, u32>>,
    /// Open holds by decision: read after every commit, however many are open.
    counts: [usize; Decision::ALL.len()],
}

impl Holds {
    pub fn new(keys: Keys) -> Self {
        Self { keys, known: HashMap::new(), told: HashMap::new(), houses: HashMap::new(), counts: [0; Decision::ALL.len()] }
    }

    /// A consignment as this register knows it.
    pub fn id(&self, consignment: &ConsignmentId) -> HoldId {
        HoldId::of(consignment, &self.keys)
    }

    /// What a terminal is told about a verdict: the order in force, and whether it is new.
    ///
    /// A hold only ever rises; a milder verdict on an amendment leaves the hold as it was.
    pub fn tell(&mut self, id: HoldId, ordered: Decision, at: Timestamp) -> Telling {
        let mut register = self.register(id.key);
        let (held, since) = register.open().map_or((Decision::Clear, None), |(held, since)| (held, Some(since)));
        if ordered > held {
            let since = register.level(ordered).map(|level| {
                // Later than any hold of this level before, so that the removal of that one does not remove this one.
                let after = level.issued.max(level.removed).map(|last| Timestamp::from_millis(last.millis().saturating_add(1)));
                let since = after.map_or(at, |after| at.max(after));
                level.issued = Some(since);
                since
            });
            self.told.insert(id.key, (id, register));
            return Telling { decision: ordered, standing: Standing::Issued, since };
        }
        let standing = if held == Decision::Clear { Standing::Issued } else { Standing::InPlace };
        Telling { decision: held, standing, since }
    }

    /// Removes the open holds up to `closes`, because a person says so: what is told, mildest first.
    pub fn release(&mut self, id: HoldId, closes: Decision) -> Vec<Telling> {
        let mut register = self.register(id.key);
        let mut removed = Vec::new();
        for decision in LEVELS.into_iter().filter(|level| *level <= closes) {
            let Some(level) = register.level(decision).filter(|level| level.issued > level.removed) else { continue };
            level.removed = level.issued;
            removed.push(Telling { decision, standing: Standing::Removed, since: level.issued });
        }
        if !removed.is_empty() {
            self.told.insert(id.key, (id, register));
        }
        removed
    }

    /// What the terminal is told about one consignment. A person's outcome removes holds up to `released`, and when none is left the
    /// assessment is complete; one that removes nothing is told to nobody.
    pub fn tellings(&mut self, id: HoldId, ordered: Decision, released: Option<Decision>, at: Timestamp) -> Vec<Telling> {
        let Some(closes) = released else { return vec![self.tell(id, ordered, at)] };
        let mut tellings = self.release(id, closes);
        if !tellings.is_empty() {
            tellings.push(self.tell(id, Decision::Clear, at));
        }
        tellings
    }

    /// The severest open hold of a consignment.
    pub fn held(&self, id: HoldId) -> Option<Decision> {
        self.register(id.key).open().map(|(decision, _)| decision)
    }

    /// The severest hold among the houses of this consignment's master, where that is news: always to the master, to a house when
    /// a sibling is held more severely.
    pub fn associated(&self, id: HoldId) -> Option<Decision> {
        let severest = self.houses.get(&id.master)?.iter().rev().find(|(_, count)| **count > 0).map(|(decision, _)| *decision)?;
        (!id.house || Some(severest) > self.held(id)).then_some(severest)
    }

    fn register(&self, key: Key) -> Register {
        let known = || self.known.get(&key).copied();
        self.told.get(&key).map(|(_, register)| *register).or_else(known).unwrap_or_default()
    }

    /// The transaction committed.
    pub fn commit(&mut self) {
        for (_, (id, register)) in std::mem::take(&mut self.told) {
            self.merge(id, register);
        }
    }

    /// The transaction did not commit.
    pub fn forget(&mut self) {
        self.told.clear();
    }

    /// Takes in what was told, by this replica or by another.
    pub fn learn(&mut self, told: &Told) {
        let Some((decision, open)) = hold(&told.code) else { return };
        let mut register = Register::default();
        if let Some(level) = register.level(decision) {
            let since = Some(told.since);
            *level = Level { issued: since, removed: if open { None } else { since } };
        }
        self.merge(self.id(&told.consignment), register);
    }

    fn merge(&mut self, id: HoldId, register: Register) {
        let known = self.known.entry(id.key).or_default();
        let before = known.open();
        for (level, new) in known.0.iter_mut().zip(register.0) {
            *level = Level { issued: level.issued.max(new.issued), removed: level.removed.max(new.removed) };
        }
        let after = known.open();
        self.count(id, before, |count| count.saturating_sub(1));
        self.count(id, after, |count| count + 1);
    }

    fn count(&mut self, id: HoldId, open: Option<(Decision, Timestamp)>, change: impl Fn(usize) -> usize) {
        let Some((decision, _)) = open else { return };
        if let Some(count) = self.counts.get_mut(decision as usize) {
            *count = change(*count);
        }
        if id.house {
            let houses = self.houses.entry(id.master).or_default();
            let count = houses.entry(decision).or_default();
            *count = change(*count as usize) as u32;
            houses.retain(|_, count| *count > 0);
            if houses.is_empty() {
                self.houses.remove(&id.master);
            }
        }
    }

    /// The severest open hold of every consignment that has one.
    pub fn all_open(&self) -> impl Iterator<Item = (Key, Decision)> {
        self.known.iter().filter_map(|(key, register)| register.open().map(|(decision, _)| (*key, decision)))
    }

    /// Open holds by decision, for the metrics.
    pub fn open(&self, decision: Decision) -> usize {
        self.counts.get(decision as usize).copied().unwrap_or_default()
    }
}

/// Whether a hold is new to the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// `…H`, or the completion of a clear one.
    Issued,
    /// `…J`
    InPlace,
    /// `…I`
    Removed,
}

impl Standing {
    pub const ALL: [Standing; 3] = [Standing::Issued, Standing::InPlace, Standing::Removed];
}

/// The status code (PACT Technical Implementation Guide, PSN `CSN` line). A house whose master is not known yet is only received:
/// the terminal has to send it again under its master.
pub fn code(decision: Decision, standing: Standing, master_known: bool) -> &'static str {
    match (decision, standing) {
        (Decision::Clear, _) if master_known => "SF",
        (Decision::Clear, _) => "SR",
        (Decision::Rfi, Standing::Issued) => "7H",
        (Decision::Rfi, Standing::InPlace) => "7J",
        (Decision::Rfi, Standing::Removed) => "7I",
        (Decision::Rfs, Standing::Issued) => "8H",
        (Decision::Rfs, Standing::InPlace) => "8J",
        (Decision::Rfs, Standing::Removed) => "8I",
        (Decision::Dnl, Standing::Issued) => "6H",
        (Decision::Dnl, Standing::InPlace) => "6J",
        (Decision::Dnl, Standing::Removed) => "6I",
    }
}

/// The hold that a code is about, and whether it is open after it; `None` for all others.
pub fn hold(code: &str) -> Option<(Decision, bool)> {
    let decision = match code.get(..1)? {
        "7" => Decision::Rfi,
        "8" => Decision::Rfs,
        "6" => Decision::Dnl,
        _ => return None,
    };
    match code.get(1..)? {
        "H" | "J" => Some((decision, true)),
        "I" => Some((decision, false)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Awb;

    fn consignment(hawb: Option<&str>) -> ConsignmentId {
        ConsignmentId { awb: Awb::new(20, 12_345_675), hawb: hawb.map(Into::into) }
    }

    fn keys() -> Keys {
        Keys::new(&[7; 16])
    }

    fn id(hawb: &str) -> HoldId {
        HoldId::of(&consignment(Some(hawb)), &keys())
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn told(hawb: &str, code: &str, since: i64) -> Told {
        Told { consignment: consignment(Some(hawb)), code: code.into(), since: at(since) }
    }

    fn plain(telling: Telling) -> (Decision, Standing, Option<i64>) {
        (telling.decision, telling.standing, telling.since.map(Timestamp::millis))
    }

    #[test]
    fn law_5_an_amendment_never_lifts_a_hold() {
        let mut holds = Holds::new(keys());
        assert_eq!(plain(holds.tell(id("A"), Decision::Rfs, at(5))), (Decision::Rfs, Standing::Issued, Some(5)));
        holds.commit();
        assert_eq!(plain(holds.tell(id("A"), Decision::Clear, at(6))), (Decision::Rfs, Standing::InPlace, Some(5)));
        assert_eq!(plain(holds.tell(id("A"), Decision::Rfi, at(7))), (Decision::Rfs, Standing::InPlace, Some(5)));
        assert_eq!(plain(holds.tell(id("A"), Decision::Dnl, at(8))), (Decision::Dnl, Standing::Issued, Some(8)));
        assert_eq!(plain(holds.tell(id("B"), Decision::Clear, at(9))), (Decision::Clear, Standing::Issued, None));
    }

    #[test]
    fn law_5_a_house_number_spelled_otherwise_is_held_all_the_same() {
        let mut holds = Holds::new(keys());
        holds.tell(id("AB-12"), Decision::Rfs, at(5));
        holds.commit();
        assert_eq!(holds.tell(id("ab 12"), Decision::Clear, at(6)).standing, Standing::InPlace);
        let open: Vec<_> = holds.all_open().map(|(_, decision)| decision).collect();
        assert_eq!(open, [Decision::Rfs]);
    }

    #[test]
    fn a_hold_of_an_aborted_transaction_was_never_told() {
        let mut holds = Holds::new(keys());
        holds.tell(id("A"), Decision::Rfi, at(1));
        assert_eq!(holds.tell(id("A"), Decision::Rfi, at(2)).standing, Standing::InPlace, "within the transaction it stands");
        holds.forget();
        assert_eq!(holds.tell(id("A"), Decision::Rfi, at(3)).standing, Standing::Issued);
    }

    #[test]
    fn an_outcome_releases_what_it_answers_and_nothing_above() {
        let mut holds = Holds::new(keys());
        holds.tell(id("A"), Decision::Rfi, at(1));
        holds.tell(id("A"), Decision::Rfs, at(2));
        holds.commit();
        let released: Vec<_> = holds.release(id("A"), Decision::Rfi).into_iter().map(plain).collect();
        assert_eq!(released, [(Decision::Rfi, Standing::Removed, Some(1))]);
        assert_eq!(holds.held(id("A")), Some(Decision::Rfs));
        holds.forget();
        assert_eq!(holds.release(id("A"), Decision::Dnl).len(), 2, "an aborted release did not happen");
        holds.commit();
        assert_eq!((holds.held(id("A")), holds.open(Decision::Rfs)), (None, 0));
        // The same suspicion again is a new hold, which the old removal does not touch.
        assert_eq!(plain(holds.tell(id("A"), Decision::Rfs, at(2))), (Decision::Rfs, Standing::Issued, Some(3)));
    }

    #[test]
    fn a_hold_on_a_house_is_shown_on_its_master_and_siblings() {
        let mut holds = Holds::new(keys());
        holds.tell(id("A"), Decision::Rfs, at(1));
        holds.commit();
        let master = HoldId::of(&consignment(None), &keys());
        assert_eq!((holds.associated(master), holds.associated(id("B"))), (Some(Decision::Rfs), Some(Decision::Rfs)));
        assert_eq!((holds.associated(id("A")), holds.held(master)), (None, None));
        holds.release(id("A"), Decision::Dnl);
        holds.commit();
        assert_eq!(holds.associated(master), None);
    }

    #[test]
    fn every_hold_code_is_read_back_as_the_hold_it_told() {
        for decision in Decision::ALL {
            for standing in Standing::ALL {
                let expected = (decision != Decision::Clear).then_some((decision, standing != Standing::Removed));
                assert_eq!(hold(code(decision, standing, true)), expected);
            }
        }
    }

    proptest! {
        #[test]
        fn law_2_what_was_told_is_learnt_in_any_order(
            (log, shuffled) in prop::collection::vec((0_usize..3, 0_usize..9, 0_i64..6), 1..20)
                .prop_flat_map(|log| (Just(log.clone()), Just(log).prop_shuffle()))
        ) {
            let fold = |log: &[(usize, usize, i64)]| {
                let mut holds = Holds::new(keys());
                for (hawb, code, since) in log {
                    let code = ["7H", "7J", "7I", "8H", "8J", "8I", "6H", "6J", "6I"][*code];
                    holds.learn(&told(["A", "B", "C"][*hawb], code, *since));
                }
                (["A", "B", "C"].map(|hawb| holds.held(id(hawb))), holds.counts, holds.associated(HoldId::of(&consignment(None), &keys())))
            };
            let twice: Vec<_> = shuffled.iter().chain(&log).copied().collect();
            prop_assert_eq!(fold(&log), fold(&shuffled));
            prop_assert_eq!(fold(&log), fold(&twice));
        }
    }
}

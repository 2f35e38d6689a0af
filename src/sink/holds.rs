//! The register of open holds: what the terminals were told and nobody has lifted yet.
//!
//! It is a fold over the referrals topic (law 1) and decides only which code a verdict is told under: an amendment or a
//! repetition of a held shipment is answered "still in place", never "complete" (law 5). Nothing here releases a hold.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use crate::model::ConsignmentId;
use crate::screen::verdict::Decision;

/// A consignment by hash: the register keeps no numbers in clear. 64 bits: with a million open holds the chance that any two
/// share a key is one in forty million, and the worst it does is to show a hold as "still in place" instead of "issued".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HoldKey(u64);

impl HoldKey {
    pub fn of(id: &ConsignmentId) -> Self {
        let mut hasher = std::hash::DefaultHasher::new();
        id.hash(&mut hasher);
        Self(hasher.finish())
    }
}

#[derive(Debug, Default)]
pub struct Holds {
    open: HashMap<HoldKey, Decision>,
    /// Told in the transaction under way: in force when it commits, forgotten when it does not.
    told: HashMap<HoldKey, Decision>,
    /// Open holds by decision: read after every commit, however many are open.
    counts: [usize; Decision::ALL.len()],
}

impl Holds {
    /// What a terminal is told about a verdict: the order in force, and whether it is new.
    ///
    /// A hold only ever rises; a milder verdict on an amendment leaves the hold as it was.
    pub fn tell(&mut self, key: HoldKey, ordered: Decision) -> (Decision, Standing) {
        let held = self.told.get(&key).or_else(|| self.open.get(&key)).copied().unwrap_or_default();
        if ordered > held {
            self.told.insert(key, ordered);
            return (ordered, Standing::Issued);
        }
        (held, if held == Decision::Clear { Standing::Issued } else { Standing::InPlace })
    }

    /// The transaction committed.
    pub fn commit(&mut self) {
        for (key, ordered) in std::mem::take(&mut self.told) {
            self.learn(key, ordered);
        }
    }

    /// The transaction did not commit.
    pub fn forget(&mut self) {
        self.told.clear();
    }

    /// Takes in a hold that was told, by this replica or by an earlier owner of the partition.
    pub fn learn(&mut self, key: HoldKey, ordered: Decision) {
        let held = self.open.get(&key).copied();
        if held >= Some(ordered) {
            return;
        }
        self.open.insert(key, ordered);
        if let Some(count) = held.and_then(|held| self.counts.get_mut(held as usize)) {
            *count -= 1;
        }
        if let Some(count) = self.counts.get_mut(ordered as usize) {
            *count += 1;
        }
    }

    /// Open holds by decision, for the metrics.
    pub fn count(&self, decision: Decision) -> usize {
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
}

/// The status code (PACT Technical Implementation Guide, PSN `CSN` line). A house whose master is not known yet is only received:
/// the terminal has to send it again under its master.
pub fn code(decision: Decision, standing: Standing, master_known: bool) -> &'static str {
    match (decision, standing) {
        (Decision::Clear, _) if master_known => "SF",
        (Decision::Clear, _) => "SR",
        (Decision::Rfi, Standing::Issued) => "7H",
        (Decision::Rfi, Standing::InPlace) => "7J",
        (Decision::Rfs, Standing::Issued) => "8H",
        (Decision::Rfs, Standing::InPlace) => "8J",
        (Decision::Dnl, Standing::Issued) => "6H",
        (Decision::Dnl, Standing::InPlace) => "6J",
    }
}

/// The hold that a code issued or confirmed; `None` for all others.
pub fn hold(code: &str) -> Option<Decision> {
    match code {
        "7H" | "7J" => Some(Decision::Rfi),
        "8H" | "8J" => Some(Decision::Rfs),
        "6H" | "6J" => Some(Decision::Dnl),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(hawb: &str) -> HoldKey {
        HoldKey::of(&ConsignmentId { awb: None, hawb: Some(hawb.into()) })
    }

    #[test]
    fn an_amendment_never_lifts_a_hold() {
        let mut holds = Holds::default();
        assert_eq!(holds.tell(key("A"), Decision::Rfs), (Decision::Rfs, Standing::Issued));
        holds.commit();
        assert_eq!(holds.tell(key("A"), Decision::Clear), (Decision::Rfs, Standing::InPlace));
        assert_eq!(holds.tell(key("A"), Decision::Rfi), (Decision::Rfs, Standing::InPlace));
        assert_eq!(holds.tell(key("A"), Decision::Dnl), (Decision::Dnl, Standing::Issued));
        assert_eq!(holds.tell(key("B"), Decision::Clear), (Decision::Clear, Standing::Issued));
    }

    #[test]
    fn a_hold_of_an_aborted_transaction_was_never_told() {
        let mut holds = Holds::default();
        holds.tell(key("A"), Decision::Rfi);
        assert_eq!(holds.tell(key("A"), Decision::Rfi), (Decision::Rfi, Standing::InPlace), "within the transaction it stands");
        holds.forget();
        assert_eq!(holds.tell(key("A"), Decision::Rfi), (Decision::Rfi, Standing::Issued));
    }

    #[test]
    fn what_an_earlier_owner_told_stays_in_force() {
        let mut holds = Holds::default();
        holds.learn(key("A"), Decision::Rfs);
        holds.learn(key("A"), Decision::Rfi);
        assert_eq!(holds.tell(key("A"), Decision::Clear), (Decision::Rfs, Standing::InPlace));
        assert_eq!((holds.count(Decision::Rfs), holds.count(Decision::Rfi)), (1, 0));
    }

    #[test]
    fn every_hold_code_is_read_back_as_the_hold_it_told() {
        for decision in Decision::ALL {
            for standing in [Standing::Issued, Standing::InPlace] {
                let told = hold(code(decision, standing, true));
                assert_eq!(told, (decision != Decision::Clear).then_some(decision));
            }
        }
    }
}

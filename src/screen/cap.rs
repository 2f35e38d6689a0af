//! Caps: for how many consignments a day a profile is acted upon. One that fires above its cap is demoted to shadow for the rest of
//! that day of event time: counted, told to its owner, and evidence still.
//!
//! What memory read back of the day's assessments is the count, so a demotion is a function of facts and bundle (law 3), and what is
//! under way when a profile reaches its cap goes above it.

use std::ops::RangeInclusive;

use super::course::id_hash;
use super::facts::Facts;
use super::profile::Profile;
use super::verdict::{Cap, Decision, Domain, Evidence};
use crate::bundle::{Bundle, LOOKOUT_ID};
use crate::diagnostic::table::Table;
use crate::memory::tally::{self, What};

pub(super) const RANGE: RangeInclusive<i64> = 1..=tally::CAP_MAX as i64;

/// Why a profile may have no cap: what nobody looks at any more must not be a bomb, nor what must not be loaded.
pub(super) fn refusal(id: &str, domain: Domain, referral: Option<Decision>) -> Option<&'static str> {
    if id.starts_with(LOOKOUT_ID) {
        Some("an emergency lookout has no cap")
    } else if domain == Domain::AviationSecurity {
        Some("a profile of aviation security has no cap: what it finds above it would be loaded unseen")
    } else if referral == Some(Decision::Dnl) {
        Some("a profile that demands `dnl` has no cap: what it finds above it would be loaded unseen")
    } else {
        None
    }
}

/// Reads `[caps]` of the policy: the cap of every profile that may have one and names none.
pub(super) fn read(table: Table<'_, '_>) -> Option<u32> {
    table.require("profile_per_day");
    let cap = per_day(&table, "profile_per_day");
    table.finish();
    cap
}

pub(super) fn per_day(table: &Table<'_, '_>, key: &'static str) -> Option<u32> {
    table.integer(key, RANGE).and_then(|cap| u32::try_from(cap).ok())
}

impl Profile {
    /// Takes the policy's cap where it may have one and names none.
    pub fn capped(&mut self, default: Option<u32>) {
        if refusal(&self.id, self.domain, self.referral).is_none() {
            self.cap_per_day = self.cap_per_day.or(default);
        }
    }
}

/// Demotes the evidence of profiles above their cap. A consignment for which a profile was acted upon before stays with it: an
/// amendment is no way out.
pub(super) fn apply(bundle: &Bundle, facts: &Facts<'_>, evidence: &mut [Evidence]) {
    let Some(history) = facts.history else { return };
    let Some(tally) = &history.tally else { return };
    for found in evidence.iter_mut().filter(|found| found.counts()) {
        let Some(cap) = &mut found.cap else { continue };
        let hash = id_hash(&found.id);
        cap.fired = tally.others(What::Fired(hash), history.consignment);
        let stays = history.course.gives(hash);
        if cap.fired < cap.per_day || stays {
            continue;
        }
        cap.demoted = true;
        if !tally.any(What::Demoted(hash)) {
            cap.told_to = bundle.profiles.iter().find(|profile| profile.id == found.id).map(|profile| profile.owner.clone());
        }
        (found.shadow, found.weight, found.referral) = (true, 0, None);
    }
}

/// What the caps of this evidence count: profiles acted upon, and those demoted.
pub fn counted(evidence: &[Evidence]) -> impl Iterator<Item = (&str, &Cap)> {
    let capped = evidence.iter().filter(|found| found.suppressed_by.is_none());
    capped.filter_map(|found| Some((&*found.id, found.cap.as_ref()?)))
}

//! The random quota: a small share of all consignments is looked at whatever the evidence, so that nobody can learn to pass and
//! the evidence can be measured against chance. Drawn by a keyed hash of the consignment's identity: the same for every replica,
//! every repetition and every amendment.

use sha2::{Digest, Sha256};

use crate::diagnostic::table::Table;
use crate::model::Awb;
use crate::screen::profile::{DOMAINS, REFERRALS};
use crate::screen::verdict::{Decision, Domain, Evidence, EvidenceKind};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Key of the draw; whoever knows it can tell who is drawn.
    pub seed: String,
    /// 0 draws nobody.
    pub share_per_10_000: u32,
    /// What a draw demands.
    pub referral: Decision,
    pub domain: Domain,
}

impl Default for Quota {
    fn default() -> Self {
        Self { seed: String::new(), share_per_10_000: 0, referral: Decision::Rfs, domain: Domain::AviationSecurity }
    }
}

impl Quota {
    /// Reads `[random]` of the policy.
    pub(super) fn read(table: Table<'_, '_>) -> Self {
        let defaults = Self::default();
        let share = table.integer("share_per_10_000", 0..=10_000).and_then(|share| u32::try_from(share).ok());
        let quota = Self {
            seed: table.text("seed").map_or(defaults.seed, |seed| seed.text.to_owned()),
            share_per_10_000: share.unwrap_or(0),
            referral: table.choice("referral", &REFERRALS).unwrap_or(defaults.referral),
            domain: table.choice("domain", &DOMAINS).unwrap_or(defaults.domain),
        };
        if quota.share_per_10_000 > 0 && quota.seed.is_empty() {
            table.faults().add(table.span(), "a random share needs a `seed`", None);
        }
        table.finish();
        quota
    }

    /// The evidence when this consignment is drawn.
    pub fn draw(&self, awb: Option<Awb>, hawb: Option<&str>) -> Option<Evidence> {
        if self.share_per_10_000 == 0 || self.ticket(awb, hawb) >= u64::from(self.share_per_10_000) {
            return None;
        }
        Some(Evidence {
            kind: EvidenceKind::Random,
            id: "random".into(),
            domains: vec![self.domain],
            text: format!("drawn by the random quota of {} in 10,000", self.share_per_10_000),
            values: Vec::new(),
            weight: 0,
            referral: Some(self.referral),
            shadow: false,
        })
    }

    /// A number below 10,000, evenly spread over consignments.
    fn ticket(&self, awb: Option<Awb>, hawb: Option<&str>) -> u64 {
        let mut hash = Sha256::new();
        hash.update((self.seed.len() as u64).to_be_bytes());
        hash.update(&self.seed);
        if let Some(awb) = awb {
            hash.update(awb.prefix().to_be_bytes());
            hash.update(awb.serial().to_be_bytes());
        }
        hash.update(hawb.unwrap_or_default());
        let number = hash.finalize().iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        number % 10_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(quota: &Quota) -> Vec<u32> {
        (0..20_000).filter(|serial| quota.draw(Awb::new(20, *serial), None).is_some()).collect()
    }

    #[test]
    fn the_share_is_drawn_and_another_seed_draws_others() {
        let quota = Quota { seed: "one".into(), share_per_10_000: 100, ..Quota::default() };
        let (one, again, two) = (drawn(&quota), drawn(&quota), drawn(&Quota { seed: "two".into(), ..quota.clone() }));
        assert!((140..=260).contains(&one.len()), "{}", one.len());
        assert_eq!(one, again);
        assert_ne!(one, two);
        assert!(drawn(&Quota::default()).is_empty());
    }
}

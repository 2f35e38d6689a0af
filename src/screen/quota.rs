//! The random quota: a small share of all consignments, or of those of a lane, is looked at whatever the evidence, so that nobody
//! can learn to pass and the evidence can be measured against chance. Drawn by a hash of the seed and the consignment's identity:
//! the same for every replica, every repetition and every amendment, and for anybody who has the seed (`docs/policy.md`).

use sha2::{Digest, Sha256};

use crate::codes::airports;
use crate::diagnostic::table::Table;
use crate::model::{Airport, Awb, Consignment};
use crate::screen::profile::{DOMAINS, REFERRALS};
use crate::screen::verdict::{Decision, Domain, Evidence, EvidenceKind};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Key of the draw; whoever knows it can tell who is drawn.
    pub seed: String,
    /// Of the consignments on no lane below; 0 draws nobody.
    pub share_per_10_000: u32,
    /// What a draw demands.
    pub referral: Decision,
    pub domain: Domain,
    /// The first that fits says the share.
    pub lanes: Vec<Lane>,
}

/// A share of its own for the consignments from and to somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    pub origin: Option<Station>,
    pub destination: Option<Station>,
    pub share_per_10_000: u32,
}

/// An airport or city (IATA), or a country (ISO 3166-1 alpha-2) with all of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station(String);

const LANES_MAX: usize = 1_000;
const TICKETS: u64 = 10_000;

impl Default for Quota {
    fn default() -> Self {
        Self {
            seed: String::new(),
            share_per_10_000: 0,
            referral: Decision::Rfs,
            domain: Domain::AviationSecurity,
            lanes: Vec::new(),
        }
    }
}

impl Quota {
    /// Reads `[random]` of the policy.
    pub(super) fn read(table: Table<'_, '_>) -> Self {
        let defaults = Self::default();
        let lanes = table.tables("lane");
        if lanes.len() > LANES_MAX {
            table.faults().add(table.span(), format!("more than {LANES_MAX} lanes"), None);
        }
        let quota = Self {
            seed: table.text("seed").map_or(defaults.seed, |seed| seed.text.to_owned()),
            share_per_10_000: share(&table).unwrap_or(0),
            referral: table.choice("referral", &REFERRALS).unwrap_or(defaults.referral),
            domain: table.choice("domain", &DOMAINS).unwrap_or(defaults.domain),
            lanes: lanes.into_iter().take(LANES_MAX).map(Lane::read).collect(),
        };
        let draws = quota.share_per_10_000 > 0 || quota.lanes.iter().any(|lane| lane.share_per_10_000 > 0);
        if draws && quota.seed.is_empty() {
            table.faults().add(table.span(), "a random share needs a `seed`", None);
        }
        if quota.seed.contains('\n') {
            table.faults().add(table.span(), "the `seed` is one line", None);
        }
        table.finish();
        quota
    }

    /// The evidence when this consignment is drawn.
    pub fn draw(&self, consignment: &Consignment<'_>) -> Option<Evidence> {
        let lane = self.lanes.iter().find(|lane| lane.fits(consignment));
        let share = lane.map_or(self.share_per_10_000, |lane| lane.share_per_10_000);
        // Most have no share at all: nothing is hashed for them.
        let ticket = (share > 0).then(|| self.ticket(consignment.awb, consignment.hawb.as_deref()))?;
        if ticket >= u64::from(share) {
            return None;
        }
        let of = lane.map_or(String::new(), |lane| format!(" of the lane {}", lane.name()));
        let mut values = vec![("ticket".into(), ticket.to_string()), ("share_per_10_000".into(), share.to_string())];
        values.extend(lane.map(|lane| ("lane".into(), lane.name())));
        Some(Evidence {
            kind: EvidenceKind::Random,
            id: "random".into(),
            domains: vec![self.domain],
            text: format!("drawn by the random quota of {share} in 10,000{of}"),
            values,
            weight: 0,
            referral: Some(self.referral),
            shadow: false,
            suppressed_by: None,
            cap: None,
        })
    }

    /// A number below 10,000, evenly spread over consignments: the first 15 hexadecimal digits of the SHA-256 of seed, waybill and
    /// house bill, each with a line feed, modulo 10,000.
    fn ticket(&self, awb: Option<Awb>, hawb: Option<&str>) -> u64 {
        let awb = awb.map(|awb| awb.to_string()).unwrap_or_default();
        let mut hash = Sha256::new();
        for line in [&self.seed, awb.as_str(), hawb.unwrap_or_default()] {
            hash.update(line);
            hash.update("\n");
        }
        let first_eight = hash.finalize().iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        (first_eight >> 4) % TICKETS
    }
}

impl Lane {
    fn read(table: Table<'_, '_>) -> Self {
        let lane = Self {
            origin: station(&table, "origin"),
            destination: station(&table, "destination"),
            share_per_10_000: share(&table).unwrap_or(0),
        };
        if table.value("origin").is_none() && table.value("destination").is_none() {
            table.faults().add(table.span(), "a lane has an `origin`, a `destination` or both", None);
        }
        table.require("share_per_10_000");
        table.finish();
        lane
    }

    fn fits(&self, consignment: &Consignment<'_>) -> bool {
        let at = |wanted: &Option<Station>, found: Option<Airport>| {
            wanted.as_ref().is_none_or(|station| found.is_some_and(|found| station.holds(found)))
        };
        at(&self.origin, consignment.origin) && at(&self.destination, consignment.destination)
    }

    /// `BOG-NL`; an end that is open is an asterisk.
    fn name(&self) -> String {
        let end = |station: &Option<Station>| station.as_ref().map_or_else(|| "*".to_owned(), |station| station.0.clone());
        format!("{}-{}", end(&self.origin), end(&self.destination))
    }
}

impl Station {
    fn holds(&self, airport: Airport) -> bool {
        *airport == *self.0 || airports::country(airport) == Some(&*self.0)
    }
}

fn station(table: &Table<'_, '_>, key: &'static str) -> Option<Station> {
    let text = table.text(key)?;
    let plain = text.text.bytes().all(|byte| byte.is_ascii_uppercase());
    if !plain || !(2..=3).contains(&text.text.len()) {
        table.faults().add(text.span, format!("`{key}` is an airport such as \"BOG\" or a country such as \"CO\""), None);
        return None;
    }
    Some(Station(text.text.to_owned()))
}

fn share(table: &Table<'_, '_>) -> Option<u32> {
    table.integer("share_per_10_000", 0..=TICKETS as i64).and_then(|share| u32::try_from(share).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::diagnostic::table::Faults;
    use crate::model::Code;

    fn consignment(serial: u32, lane: (&str, &str)) -> Consignment<'static> {
        Consignment { awb: Awb::new(20, serial), origin: Code::new(lane.0), destination: Code::new(lane.1), ..Default::default() }
    }

    fn drawn(quota: &Quota, lane: (&str, &str)) -> Vec<u32> {
        (0..20_000).filter(|serial| quota.draw(&consignment(*serial, lane)).is_some()).collect()
    }

    fn read(text: &str) -> Result<Quota, Vec<String>> {
        let faults = Faults::new(Source { name: "policy.toml", text });
        let quota = Quota::read(Table::root(&faults, &faults.parse().unwrap()));
        if faults.is_empty() {
            Ok(quota)
        } else {
            Err(faults.into_diagnostics().into_iter().map(|fault| fault.message).collect())
        }
    }

    #[test]
    fn the_share_is_drawn_and_another_seed_draws_others() {
        let quota = Quota { seed: "one".into(), share_per_10_000: 100, ..Quota::default() };
        let lane = ("BOG", "AMS");
        let (one, again) = (drawn(&quota, lane), drawn(&quota, lane));
        let two = drawn(&Quota { seed: "two".into(), ..quota.clone() }, lane);
        assert!((140..=260).contains(&one.len()), "{}", one.len());
        assert_eq!(one, again);
        assert_ne!(one, two);
        assert!(drawn(&Quota::default(), lane).is_empty());
    }

    #[test]
    fn a_lane_has_its_own_share_and_the_first_that_fits_says_it() {
        let text = "seed = 's'\nshare_per_10_000 = 10\n[[lane]]\norigin = 'BOG'\ndestination = 'AMS'\nshare_per_10_000 = 0\n\
            [[lane]]\norigin = 'CO'\nshare_per_10_000 = 500\n[[lane]]\ndestination = 'AMS'\nshare_per_10_000 = 10000\n";
        let quota = read(text).unwrap();
        let count = |lane| drawn(&quota, lane).len();
        assert_eq!(count(("BOG", "AMS")), 0);
        assert!((850..=1_150).contains(&count(("MDE", "JFK"))), "{}", count(("MDE", "JFK")));
        assert_eq!(count(("NBO", "AMS")), 20_000);
        assert!((5..=40).contains(&count(("NBO", "JFK"))), "{}", count(("NBO", "JFK")));
        let evidence = quota.draw(&consignment(1, ("NBO", "AMS"))).unwrap();
        assert_eq!(evidence.text, "drawn by the random quota of 10000 in 10,000 of the lane *-AMS");
        assert_eq!(evidence.values[2], ("lane".into(), "*-AMS".into()));
        // A larger share draws those of the smaller one, and more.
        let small = drawn(&Quota { share_per_10_000: 50, lanes: Vec::new(), ..quota.clone() }, ("NBO", "JFK"));
        let large = drawn(&Quota { share_per_10_000: 60, lanes: Vec::new(), ..quota.clone() }, ("NBO", "JFK"));
        assert!(small.iter().all(|serial| large.contains(serial)));
    }

    #[test]
    fn lanes_that_say_nothing_are_refused() {
        let faults = |text| read(text).unwrap_err().join("; ");
        assert_eq!(
            faults("[[lane]]\nshare_per_10_000 = 5"),
            "a lane has an `origin`, a `destination` or both; a random share needs a `seed`"
        );
        assert_eq!(
            faults("[[lane]]\norigin = 'Bogota'"),
            "`share_per_10_000` is missing; `origin` is an airport such as \"BOG\" or a country such as \"CO\""
        );
    }
}

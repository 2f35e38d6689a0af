//! Anomaly: how unusual a consignment is, in bits, and what inspections of its like have found, added up to one score.
//!
//! The score is a sum of parts, each a number with the reason for it. Two kinds of parts speak the same unit:
//!
//! - **Surprises**: −log2 of the tail probability of a value against what memory holds. One value in eight
//!   surprises by three bits, so only what is beyond that counts; and in the first four weeks only in proportion, since a week has to be
//!   seen a few times before a pattern in it is one.
//! - **Finds**: by how many bits the record raises the odds that an inspection finds something over those of all consignments:
//!   log2 of p/(1−p) against the overall rate, p = (found + a·prior) / (inspected + a). What has not been inspected says nothing.
//!
//! Several views of one thing (the weight a piece, and the weight for this shipper) are one surprise told twice, so the strongest
//! counts. No part is more than six bits: nothing decides by itself. Integer arithmetic only: the same on every machine (law 3).

use std::fmt;

use crate::memory::History;
use crate::memory::entities::Record;
use crate::memory::histogram::{rarity, tenths_of_bits};
use crate::memory::history::{BandHistory, PartyHistory, TraceHistory, Unusual};

/// A consignment's score, by its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anomaly {
    surprises: [Part; 6],
    finds: [Part; 3],
}

/// One reason, with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Tenths of bits; below zero where a record speaks for the consignment.
    pub tenths: i32,
    pub basis: Basis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Nothing to compare.
    Unknown,
    /// A value a kilogram, a weight a piece or a density against the goods' band.
    Band(Measure, Unusual),
    /// The weight for a party: above its usual or below, grams, over so many consignments.
    Weight {
        party: &'static str,
        high: bool,
        usual_g: (u64, u64),
        others: u32,
    },
    /// So many of a party's consignments came at this time of the week.
    Week {
        party: &'static str,
        same: u32,
        others: u32,
    },
    /// So many of the others did as this one does.
    Seldom {
        name: &'static str,
        what: &'static str,
        same: u32,
        others: u32,
    },
    Finds {
        name: &'static str,
        whose: &'static str,
        inspected: u32,
        found: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    ValuePerKg,
    WeightPerPiece,
    Density,
}

/// Of one surprise, what happens by itself.
const ORDINARY_TENTHS: i32 = 30;
/// The most that one part counts.
const CAP_TENTHS: i32 = 60;
/// The most that one part speaks for a consignment: whoever builds a good record must not buy much with it.
const CREDIT_TENTHS: i32 = 20;
/// Days of memory until a surprise counts in full.
const TRUSTED_DAYS: i32 = 28;
/// How many inspections the prior is worth. Goods from a country are alike; a party may change.
const GOODS_PRIOR: u64 = 2;
const PARTY_PRIOR: u64 = 10;
/// An agent stands for many shippers.
const AGENT_PRIOR: u64 = 30;

impl Anomaly {
    pub fn of(history: &History) -> Self {
        let History { band, shipper, consignee, .. } = history;
        let party = |trace: TraceHistory, party: &PartyHistory, what| seldom(what, trace.shipments, party.record.shipments);
        let surprises = [
            measured(Measure::ValuePerKg, band.value),
            strongest([
                measured(Measure::WeightPerPiece, band.piece),
                weight("the shipper", shipper),
                weight("the consignee", consignee),
            ]),
            measured(Measure::Density, band.density),
            week("the shipper", shipper),
            strongest([
                seldom(["route", "on this lane took this route"], history.route.shipments, history.routed.shipments),
                party(history.shipper_lane, shipper, ["lane", "of the shipper went on this lane"]),
                party(history.consignee_lane, consignee, ["lane", "for the consignee came on this lane"]),
            ]),
            party(history.shipper_commodity, shipper, ["goods", "of the shipper were such goods"]),
        ];
        Self { surprises: surprises.map(|part| part.counted(history.memory_days)), finds: finds(history) }
    }

    /// Tenths of bits; never below zero.
    pub fn tenths(&self) -> u32 {
        self.total().max(0).unsigned_abs()
    }

    /// The same with its sign: for ranking, what a good record speaks for comes last.
    pub fn total(&self) -> i32 {
        self.parts().map(|part| part.tenths).sum()
    }

    /// What the record of finds adds, tenths of bits.
    pub fn finds_tenths(&self) -> i32 {
        self.finds.iter().map(|part| part.tenths).sum()
    }

    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.surprises.iter().chain(&self.finds)
    }
}

impl Part {
    const UNKNOWN: Part = Part { tenths: 0, basis: Basis::Unknown };

    /// What is beyond the ordinary, in proportion to the age of the memory.
    fn counted(self, memory_days: u16) -> Self {
        let beyond = (self.tenths - ORDINARY_TENTHS).clamp(0, CAP_TENTHS);
        Self { tenths: beyond * i32::from(memory_days).min(TRUSTED_DAYS) / TRUSTED_DAYS, ..self }
    }
}

/// The first of those that say the most, for or against.
fn strongest<const N: usize>(parts: [Part; N]) -> Part {
    let stronger = |best: Part, part: Part| if part.tenths.abs() > best.tenths.abs() { part } else { best };
    parts.into_iter().fold(Part::UNKNOWN, stronger)
}

fn measured(measure: Measure, unusual: Unusual) -> Part {
    Part { tenths: unusual.surprise.tenths.into(), basis: Basis::Band(measure, unusual) }
}

fn weight(party: &'static str, history: &PartyHistory) -> Part {
    let Some(usual_g) = history.usual_weight_g else { return Part::UNKNOWN };
    let basis = Basis::Weight { party, high: history.weight.high, usual_g, others: history.record.shipments };
    Part { tenths: history.weight.tenths.into(), basis }
}

fn week(party: &'static str, history: &PartyHistory) -> Part {
    let basis = Basis::Week { party, same: history.same_week_slot, others: history.record.shipments };
    Part { tenths: history.week.tenths.into(), basis }
}

fn seldom([name, what]: [&'static str; 2], same: u32, others: u32) -> Part {
    let tenths = rarity(same.into(), others.into());
    Part { tenths: tenths.into(), basis: Basis::Seldom { name, what, same, others } }
}

fn finds(history: &History) -> [Part; 3] {
    let base = rate(history.overall, BASE_PPM, BASE_PRIOR);
    let BandHistory { shipments, inspected, found, .. } = history.band;
    let (origin, band) = (record(&history.origin_commodity), Record { shipments, inspected, found });
    // The six digits are read against the heading, the heading against all.
    let goods = rate(band, rate(origin, base, GOODS_PRIOR), GOODS_PRIOR);
    let told = if band.inspected > 0 { band } else { origin };
    let of = |whose, history: &TraceHistory, prior| {
        let record = record(history);
        found_part(whose, record, rate(record, base, prior), base)
    };
    [
        found_part(["goods_finds", "of these goods from there"], told, goods, base),
        strongest([
            of(["party_finds", "of the shipper"], &history.shipper.record, PARTY_PRIOR),
            of(["party_finds", "for the consignee"], &history.consignee.record, PARTY_PRIOR),
            of(["party_finds", "from this shipper to this consignee"], &history.pair, PARTY_PRIOR),
        ]),
        of(["agent_finds", "of the agent"], &history.agent.record, AGENT_PRIOR),
    ]
}

/// Of all: one in twenty, until twenty were inspected.
const BASE_PPM: u64 = 50_000;
const BASE_PRIOR: u64 = 20;
const MILLION: u64 = 1_000_000;

fn record(history: &TraceHistory) -> Record {
    Record { shipments: history.shipments, inspected: history.inspected, found: history.found }
}

/// Finds in a million inspections, smoothed by a prior rate that is worth so many inspections. A find without an inspection of
/// the goods (a confession, a warrant) is an inspection too.
fn rate(record: Record, prior_ppm: u64, worth: u64) -> u64 {
    let (inspected, found) = (u64::from(record.inspected.max(record.found)), u64::from(record.found));
    ((found * MILLION + worth * prior_ppm) / (inspected + worth).max(1)).clamp(1, MILLION - 1)
}

fn found_part([name, whose]: [&'static str; 2], record: Record, ppm: u64, base_ppm: u64) -> Part {
    let (own, base) = (ppm * (MILLION - base_ppm), base_ppm * (MILLION - ppm));
    let tenths = i32::from(tenths_of_bits(own, base)) - i32::from(tenths_of_bits(base, own));
    let basis = Basis::Finds { name, whose, inspected: record.inspected, found: record.found };
    Part { tenths: tenths.clamp(-CREDIT_TENTHS, CAP_TENTHS), basis }
}

impl Basis {
    /// What is measured, as evidence names its value.
    pub fn name(self) -> &'static str {
        match self {
            Basis::Unknown => "unknown",
            Basis::Band(Measure::ValuePerKg, _) => "value_per_kg",
            Basis::Band(Measure::WeightPerPiece, _) => "weight_per_piece",
            Basis::Band(Measure::Density, _) => "density",
            Basis::Weight { .. } => "weight",
            Basis::Week { .. } => "time_of_week",
            Basis::Seldom { name, .. } | Basis::Finds { name, .. } => name,
        }
    }
}

/// A clause, with the figures compared.
impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Basis::Unknown => f.write_str("nothing to compare"),
            Basis::Band(measure, unusual) => measure.compared(unusual, f),
            Basis::Weight { party, high, usual_g: (low, up), others } => {
                let side = if high { "above" } else { "below" };
                write!(f, "the weight is {side} the usual {}–{} kg of {party} ({others} others)", kg(low), kg(up))
            }
            Basis::Week { party, same, others } => {
                write!(f, "{same} of {others} others of {party} came at this time of the week")
            }
            Basis::Seldom { what, same, others, .. } => write!(f, "{same} of {others} others {what}"),
            Basis::Finds { whose, inspected, found, .. } => write!(f, "{found} finds in {inspected} inspections {whose}"),
        }
    }
}

impl Measure {
    fn compared(self, unusual: Unusual, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = |value: u64| match self {
            Measure::ValuePerKg => hundredths(value),
            Measure::WeightPerPiece => kg(value),
            Measure::Density => value.to_string(),
        };
        let (what, unit) = match self {
            Measure::ValuePerKg => ("value", "a kg"),
            Measure::WeightPerPiece => ("weight", "kg a piece"),
            Measure::Density => ("density", "kg/m³"),
        };
        let (low, up) = unusual.usual.unwrap_or_default();
        let (value, others) = (written(unusual.value.unwrap_or_default()), unusual.others);
        write!(f, "{what} of {value} {unit}, usual {}–{} for these goods from there ({others} others)", written(low), written(up))
    }
}

/// Grams as kilograms, to a tenth below ten.
fn kg(grams: u64) -> String {
    if grams < 10_000 { format!("{}.{}", grams / 1_000, grams % 1_000 / 100) } else { (grams / 1_000).to_string() }
}

fn hundredths(value: u64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::histogram::Surprise;

    fn unusual(tenths: u16, value: u64) -> Unusual {
        Unusual { value: Some(value), others: 200, surprise: Surprise { tenths, high: true }, usual: Some((40_000, 70_000)) }
    }

    fn trace(shipments: u32, inspected: u32, found: u32) -> TraceHistory {
        TraceHistory { shipments, inspected, found, ..TraceHistory::default() }
    }

    fn history(memory_days: u16) -> History {
        let band = BandHistory { piece: unusual(76, 410_000), ..BandHistory::default() };
        let record = trace(120, 0, 0);
        let week = Surprise { tenths: 50, high: false };
        let shipper = PartyHistory { named: true, record, week, ..PartyHistory::default() };
        History { memory_days, band, shipper, ..History::default() }
    }

    fn told(history: &History) -> Vec<(i32, String)> {
        Anomaly::of(history).parts().filter(|part| part.tenths != 0).map(|part| (part.tenths, part.basis.to_string())).collect()
    }

    #[test]
    fn surprises_count_beyond_the_ordinary_and_say_what_is_usual() {
        let expected = [
            (46, "weight of 410 kg a piece, usual 40–70 for these goods from there (200 others)".to_owned()),
            (20, "0 of 120 others of the shipper came at this time of the week".to_owned()),
            // log2(122 / 2) beyond three bits: the shipper was never on this lane.
            (29, "0 of 120 others of the shipper went on this lane".to_owned()),
            (29, "0 of 120 others of the shipper were such goods".to_owned()),
        ];
        assert_eq!(told(&history(90)), expected);
        assert_eq!(Anomaly::of(&history(90)).tenths(), 124);
    }

    #[test]
    fn a_young_memory_counts_little() {
        let at = |days| Anomaly::of(&history(days)).tenths();
        assert_eq!((at(0), at(28), at(90)), (0, 124, 124));
        assert!((8..=14).contains(&at(3)), "{}", at(3));
    }

    #[test]
    fn of_two_views_of_one_thing_the_stronger_counts() {
        let mut known = history(90);
        known.shipper.weight = Surprise { tenths: 80, high: true };
        known.shipper.usual_weight_g = Some((640_000, 1_280_000));
        let told = told(&known);
        assert_eq!(told[0], (50, "the weight is above the usual 640–1280 kg of the shipper (120 others)".to_owned()));
        assert_eq!(told.len(), 4);
    }

    #[test]
    fn finds_are_read_against_the_overall_rate() {
        let overall = Record { shipments: 9_000, inspected: 980, found: 49 };
        let known = |pair, shipper: TraceHistory| History {
            overall,
            pair,
            shipper: PartyHistory { record: shipper, ..PartyHistory::default() },
            ..History::default()
        };
        // (3 + 10 · 5 %) / (4 + 10) is 25 %; its odds are 6.3 times those of 5 %.
        let found = told(&known(trace(0, 0, 0), trace(4, 4, 3)));
        assert_eq!(found, [(26, "3 finds in 4 inspections of the shipper".to_owned())]);
        let both = told(&known(trace(3, 3, 3), trace(4, 4, 3)));
        assert_eq!(both.len(), 1, "the pair's finds are the shipper's: {both:?}");
        assert_eq!(told(&known(trace(0, 0, 0), trace(500, 0, 0))), [], "what was not inspected says nothing");
        let good = Anomaly::of(&known(trace(0, 0, 0), trace(9_000, 9_000, 0)));
        assert_eq!((good.total(), good.tenths(), good.finds_tenths()), (-20, 0, -20), "and a good record not much");
    }

    #[test]
    fn the_six_digits_are_read_against_the_heading() {
        let overall = Record { shipments: 9_000, inspected: 980, found: 49 };
        let known = |inspected, found| History {
            overall,
            origin_commodity: trace(50, 40, 20),
            band: BandHistory { shipments: 9, inspected, found, ..BandHistory::default() },
            ..History::default()
        };
        let odds = |inspected, found| Anomaly::of(&known(inspected, found)).finds_tenths();
        assert_eq!(told(&known(0, 0)), [(41, "20 finds in 40 inspections of these goods from there".to_owned())]);
        assert!(odds(8, 0) < 20 && odds(8, 0) > 0 && odds(8, 8) == CAP_TENTHS, "{} {}", odds(8, 0), odds(8, 8));
    }

    #[test]
    fn no_numbers_of_a_memory_are_too_large() {
        let most = trace(u32::MAX, u32::MAX, u32::MAX);
        let overall = Record { shipments: u32::MAX, inspected: u32::MAX, found: 0 };
        let found = Anomaly::of(&History { overall, pair: most, origin_commodity: most, ..History::default() });
        assert_eq!(found.finds_tenths(), 2 * CAP_TENTHS);
        assert_eq!(Anomaly::of(&History::default()).total(), 0);
    }
}

//! Q2, Q5: one shipment counted and weighed at several stages of its way.

use super::super::{BOTH, Finding, Indicator, Needs, Threat};
use super::{COUNTED, Count, Stated, kg, stated};
use crate::memory::History;
use crate::memory::history::Step;
use crate::memory::observation::Stage;
use crate::screen::facts::Facts;

pub const MORE: Indicator = Indicator {
    id: "Q2",
    title: "More pieces on the way than declared",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives],
    weight: 30,
    needs: Needs::Memory,
    source: "common targeting practice: rip-on",
    about: "accepted, manifested, departed, received or delivered pieces exceed those of the waybill; not after an offload, when parts \
            are manifested twice",
    check: |facts| {
        let (history, bill) = counted(facts)?;
        let offloaded = history.way.discrepancies.iter().any(|found| matches!(&found.code, b"OFLD" | b"OVCD"));
        let loaded = |stage: Stage| matches!(stage, Stage::Manifested | Stage::Departed);
        let steps = steps(history).filter(|(stage, step)| step.pieces > bill.pieces && !(offloaded && loaded(*stage)));
        let (stage, step) = steps.max_by_key(|(stage, step)| (step.pieces, std::cmp::Reverse(*stage)))?;
        Some(pieces(stage, &step, &bill))
    },
};

pub const FEWER: Indicator = Indicator {
    id: "Q2-fewer",
    title: "Fewer pieces on the way than declared",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud],
    weight: 10,
    needs: Needs::Memory,
    source: "common targeting practice: rip-off",
    about: "pieces stated as the whole shipment when accepted, manifested, departed, received or delivered are fewer than those of the \
            waybill",
    check: |facts| {
        let (history, bill) = counted(facts)?;
        let mut fewer = steps(history).filter(|(_, step)| step.whole && step.pieces < bill.pieces);
        let (stage, step) = fewer.next()?;
        Some(pieces(stage, &step, &bill))
    },
};

fn pieces(stage: Stage, step: &Step, bill: &Stated) -> Finding {
    let text = format!("{} {}, declared {}", Count(step.pieces, "piece"), stage.as_str(), bill.pieces);
    Finding::new(text).value("pieces", bill.pieces).value("stage_pieces", step.pieces)
}

pub const WEIGHT: Indicator = Indicator {
    id: "Q2-weight",
    title: "Weight changed on the way",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives, Threat::Fraud],
    weight: 20,
    needs: Needs::Memory,
    source: "common targeting practice: rip-on, swap",
    about: "the weight of the same pieces when accepted, manifested, departed, received or delivered differs from the waybill's by more \
            than a tenth and 5 kg",
    check: |facts| {
        let (history, bill) = counted(facts)?;
        let same = steps(history).filter(|(_, step)| step.pieces == bill.pieces && step.weight_g > 0);
        let changed = same.filter(|(_, step)| differs(step.weight_g, bill.weight_g, SCALE_G));
        let (stage, step) =
            changed.max_by_key(|(stage, step)| (step.weight_g.abs_diff(bill.weight_g), std::cmp::Reverse(*stage)))?;
        let text = format!("{} {}, declared {}", kg(step.weight_g), stage.as_str(), kg(bill.weight_g));
        Some(
            Finding::new(text)
                .value("weight_kg", bill.weight_g as f64 / 1_000.0)
                .value("stage_kg", step.weight_g as f64 / 1_000.0),
        )
    },
};

pub const BOOKED: Indicator = Indicator {
    id: "Q2-booked",
    title: "Shipment grew since it was booked",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives],
    weight: 8,
    needs: Needs::Memory,
    source: "common targeting practice: pieces that grow between booking and ramp",
    about: "the waybill has more than a quarter more pieces or weight than the booking, and 10 kg or more where it is weight",
    check: |facts| {
        let (history, bill) = counted(facts)?;
        let booked = history.way.step(Stage::Booked).filter(|step| step.pieces > 0)?;
        let grew = |from: u64, to: u64| from > 0 && to.saturating_mul(4) > from.saturating_mul(5);
        let heavier = grew(booked.weight_g, bill.weight_g) && bill.weight_g - booked.weight_g >= GROWTH_G;
        if !heavier && !grew(booked.pieces, bill.pieces) {
            return None;
        }
        let (before, after) = (Count(booked.pieces, "piece"), Count(bill.pieces, "piece"));
        let text = format!("booked {before} of {}, declared {after} of {}", kg(booked.weight_g), kg(bill.weight_g));
        Some(Finding::new(text).value("booked_pieces", booked.pieces).value("booked_kg", booked.weight_g as f64 / 1_000.0))
    },
};

/// A bill that states pieces and weight, with what memory knows of its way.
fn counted<'f>(facts: &Facts<'f>) -> Option<(&'f History, Stated)> {
    let history = facts.history?;
    let bill = stated(facts, history).filter(|bill| bill.pieces > 0 && bill.weight_g > 0)?;
    Some((history, bill))
}

fn steps(history: &History) -> impl Iterator<Item = (Stage, Step)> + use<'_> {
    let known = COUNTED.into_iter().filter_map(|stage| Some((stage, *history.way.step(stage)?)));
    known.filter(|(_, step)| step.pieces > 0)
}

pub const UNIT: Indicator = Indicator {
    id: "Q5",
    title: "Unit load device weighs other than its waybills",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives],
    weight: 20,
    needs: Needs::Memory,
    source: "common targeting practice: rip-on",
    about: "the weight that a manifest states for a unit and the sum of its lines differ by more than a tenth and 150 kg, which an \
            empty unit weighs at most",
    check: |facts| {
        let loads = &facts.history?.way.loads;
        let weighed = loads.iter().filter(|load| load.stated_g > 0 && load.lines_g > 0);
        let load = weighed.into_iter().find(|load| differs(load.stated_g, load.lines_g, TARE_G))?;
        let (stated, lines) = (kg(load.stated_g), kg(load.lines_g));
        let text = format!("a unit load device of {stated} holds {} of {lines} together", Count(load.lines.into(), "waybill"));
        Some(
            Finding::new(text)
                .value("unit_kg", load.stated_g as f64 / 1_000.0)
                .value("lines_kg", load.lines_g as f64 / 1_000.0)
                .value("lines", load.lines),
        )
    },
};

/// By more than a tenth of the larger, and more than so many grams.
pub(super) fn differs(one: u64, other: u64, grams: u64) -> bool {
    let difference = one.abs_diff(other);
    difference > grams && difference.saturating_mul(10) > one.max(other)
}

/// What scales and rounding explain.
const SCALE_G: u64 = 5_000;
const GROWTH_G: u64 = 10_000;
/// A ten-foot pallet with its net, or a large container.
const TARE_G: u64 = 150_000;

#[cfg(test)]
mod tests {
    use super::super::cases::Story;
    use super::*;

    /// Four pieces of 100 kg, booked so and followed by what the terminal reports.
    fn followed(reports: &[&str]) -> Story {
        let story = Story::new().waybill(-20, "{}");
        (-19..)
            .zip(reports)
            .fold(story, |story, (hour, report)| story.send(hour, &format!("FSU/14\n020-12345675FRAJFK/T4K100\n{report}")))
    }

    #[test]
    fn pieces_grow_between_declaration_and_ramp() {
        followed(&["RCS/28FEB1700/FRA/T6K100"]).hits(&MORE, "6 pieces accepted, declared 4");
        followed(&["DEP/LH400/01MAR/FRAJFK/P3K75T4/A1015/-", "DEP/LH402/01MAR/FRAJFK/P3K75T4/A1815/-"])
            .hits(&MORE, "6 pieces departed, declared 4");
        followed(&["RCS/28FEB1700/FRA/T4K100"]).misses(&MORE);
        followed(&["DEP/LH400/01MAR/FRAJFK/P1K25T4/A1015/-", "DEP/LH402/01MAR/FRAJFK/P3K75T4/A1815/-"]).misses(&MORE);
        followed(&[
            "DEP/LH400/01MAR/FRAJFK/P3K75T4/A1015/-",
            "DIS/LH400/01MAR1830/FRA/OFLD/P2K50T4",
            "DEP/LH402/01MAR/FRAJFK/P3K75T4/A1815/-",
        ])
        .misses(&MORE);
        Story::new().send(-20, "FSU/14\n020-12345675FRAJFK/T4K100\nRCS/28FEB1700/FRA/T6K100").misses(&MORE);
    }

    #[test]
    fn an_amended_bill_is_what_counts() {
        followed(&["RCS/28FEB1700/FRA/T6K100"]).waybill(-2, r#"{"quantity": {"pieces": 6}}"#).misses(&MORE);
        followed(&["RCS/28FEB1700/FRA/T6K100"])
            .waybill(-2, r#"{"quantity": {"pieces": 5}}"#)
            .hits(&MORE, "6 pieces accepted, declared 5");
    }

    #[test]
    fn pieces_get_lost() {
        followed(&["RCS/28FEB1700/FRA/T3K75"]).hits(&FEWER, "3 pieces accepted, declared 4");
        followed(&["RCF/LH400/01MAR1900/JFK/P3K75T4"]).misses(&FEWER);
        followed(&["RCS/28FEB1700/FRA/T4K100"]).misses(&FEWER);
    }

    #[test]
    fn the_same_pieces_weigh_the_same() {
        followed(&["RCS/28FEB1700/FRA/T4K112"]).hits(&WEIGHT, "112 kg accepted, declared 100 kg");
        followed(&["RCS/28FEB1700/FRA/T4K100", "RCF/LH400/01MAR1900/JFK/T4K80"]).hits(&WEIGHT, "80 kg received, declared 100 kg");
        followed(&["RCS/28FEB1700/FRA/T4K111"]).misses(&WEIGHT);
        followed(&["RCS/28FEB1700/FRA/P2K40T4"]).misses(&WEIGHT);
        let light = |weight: &str| {
            let report = format!("FSU/14\n020-12345675FRAJFK/T4{weight}\nRCS/28FEB1700/FRA/T4{weight}");
            Story::new().waybill(-20, r#"{"quantity": {"weight_g": 20000}}"#).send(-19, &report)
        };
        light("K25.1").hits(&WEIGHT, "25.1 kg accepted, declared 20 kg");
        light("K25").misses(&WEIGHT);
    }

    #[test]
    fn bookings_are_held_against_the_bill() {
        let booked = |line: &str| {
            Story::new().send(-30, &format!("FBL/4\n1/LH400/01MAR/FRA\nJFK\n020-12345675FRAJFK/{line}/CHUCKS\nLAST"))
        };
        booked("T2K40").waybill(-1, "{}").hits(&BOOKED, "booked 2 pieces of 40 kg, declared 4 pieces of 100 kg");
        booked("T4K79").waybill(-1, "{}").hits(&BOOKED, "booked 4 pieces of 79 kg, declared 4 pieces of 100 kg");
        booked("T4K80").waybill(-1, "{}").misses(&BOOKED);
        booked("T9K300").waybill(-1, "{}").misses(&BOOKED);
        let light = r#"{"quantity": {"weight_g": 30000}}"#;
        booked("T4K20").waybill(-1, light).hits(&BOOKED, "booked 4 pieces of 20 kg, declared 4 pieces of 30 kg");
        booked("T4K20.1").waybill(-1, light).misses(&BOOKED);
        Story::new().waybill(-1, "{}").misses(&BOOKED);
    }

    fn manifest(stated_g: u64) -> Story {
        let line =
            |awb: &str, weight_g: u64| format!(r#"{{"awb": "{awb}", "quantity": {{"pieces": 4, "weight_g": {weight_g}}}}}"#);
        let lines = [line(&Story::awb(900), 400_000), line("020-12345675", 100_000)].join(",");
        Story::new().waybill(-20, "{}").send(
            -1,
            &format!(
                r#"{{"manifest": {{"flight": {{"carrier": "LH", "number": "400", "day": "2026-03-01T00:00:00Z", "from": "FRA"}},
                "points": [{{"airport": "JFK", "loads": [{{"uld": "AKE12345LH", "weight_g": {stated_g}, "lines": [{lines}]}}]}}],
                "last": true}}}}"#
            ),
        )
    }

    #[test]
    fn a_unit_weighs_what_is_in_it() {
        manifest(651_000).hits(&UNIT, "a unit load device of 651 kg holds 2 waybills of 500 kg together");
        manifest(349_000).hits(&UNIT, "a unit load device of 349 kg holds 2 waybills of 500 kg together");
        manifest(650_000).misses(&UNIT);
        manifest(0).misses(&UNIT);
    }
}

//! Q3, Q4, Q6, C2: house bills held against their master.

use super::super::{BOTH, CUSTOMS, Finding, Indicator, Needs, Threat};
use super::quantities::differs;
use super::{Count, complete, first_version, kg, stated};
use crate::memory::History;
use crate::memory::consignment::Houses;
use crate::memory::history::Way;
use crate::memory::observation::Stage;
use crate::model::BillKind;
use crate::screen::facts::Facts;

pub const OVER_MASTER: Indicator = Indicator {
    id: "Q3",
    title: "Houses exceed their master",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud],
    weight: 25,
    needs: Needs::Memory,
    source: "common targeting practice: hidden house",
    about: "the house bills known weigh more than a tenth and 10 kg above their master, or have more pieces than its pieces and its \
            SLAC",
    check: |facts| {
        let family = family(facts, facts.history?)?;
        let Houses { pieces, weight_g, .. } = family.houses;
        let heavier = weight_g > family.weight_g && differs(weight_g, family.weight_g, SLACK_G);
        if !heavier && pieces <= family.pieces.max(family.slac) {
            return None;
        }
        Some(sums(&family))
    },
};

pub const UNDER_MASTER: Indicator = Indicator {
    id: "Q3-less",
    title: "Houses do not make up their master",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud, Threat::Explosives],
    weight: 15,
    needs: Needs::Memory,
    source: "common targeting practice: hidden house",
    about: "the master is manifested or departed, and its house bills weigh less than it by more than a tenth and 10 kg",
    check: |facts| {
        let family = family(facts, facts.history?)?;
        let weight_g = family.houses.weight_g;
        let lighter = weight_g < family.weight_g && differs(weight_g, family.weight_g, SLACK_G);
        (lighter && is_loaded(family.way)).then(|| sums(&family))
    },
};

fn sums(family: &Family<'_>) -> Finding {
    let Houses { count, pieces, weight_g, .. } = family.houses;
    let houses = Count(count.into(), "house");
    let master = format!("{} of {}", Count(family.pieces, "piece"), kg(family.weight_g));
    let text = format!("{houses} with {} of {}, the master {master}", Count(pieces, "piece"), kg(weight_g));
    Finding::new(text)
        .value("houses", count)
        .value("houses_kg", weight_g as f64 / 1_000.0)
        .value("master_kg", family.weight_g as f64 / 1_000.0)
}

pub const MISSING: Indicator = Indicator {
    id: "Q4",
    title: "Consolidation without houses",
    domains: BOTH,
    threats: &[Threat::Explosives, Threat::Drugs],
    weight: 30,
    needs: Needs::Memory,
    source: "PACT implementation guide 1.9, section 4: house bills of a consolidation are due before loading",
    about: "no house bill is known of a consolidated master, half an hour or more after it came and 4 hours before its departure or \
            later, in a memory of at least 14 days",
    check: |facts| {
        let history = complete(facts)?;
        let bill = stated(facts, history).filter(|bill| bill.kind == BillKind::Consolidation)?;
        let known_minutes = facts.received.minutes_since(first_version(history)?);
        if history.houses.count > 0 || known_minutes < GRACE_MINUTES {
            return None;
        }
        let minutes = bill.departure.map(|departure| departure.minutes_since(facts.received));
        let due = match minutes {
            _ if is_loaded(&history.way) => "though it is loaded".to_owned(),
            Some(minutes) if minutes < 0 => "though its departure has passed".to_owned(),
            Some(minutes) if minutes <= DUE_MINUTES => format!("{minutes} minutes before its departure"),
            _ => return None,
        };
        let text = format!("no house bill of this consolidation is known, {due}");
        Some(Finding::new(text).value("houses", 0).value("known_minutes", known_minutes))
    },
};

pub const ORPHAN: Indicator = Indicator {
    id: "Q4-master",
    title: "House without a master",
    domains: BOTH,
    threats: &[Threat::Explosives, Threat::Drugs],
    weight: 15,
    needs: Needs::Memory,
    source: "common targeting practice: unmanifested goods",
    about: "the master of a house bill is accepted, manifested or departed, and its waybill is not known in a memory of at least 14 \
            days",
    check: |facts| {
        let history = complete(facts)?;
        stated(facts, history).filter(|bill| bill.kind == BillKind::House)?;
        let master = history.master.as_ref().filter(|master| !master.declared)?;
        let stages = [Stage::Departed, Stage::Manifested, Stage::Accepted];
        let stage = stages.into_iter().find(|stage| master.way.step(*stage).is_some())?;
        let text = format!("the master of this house is {}, its waybill is not known", stage.as_str());
        Some(Finding::new(text).value("stage", stage.as_str()))
    },
};

pub const IDENTICAL: Indicator = Indicator {
    id: "Q6",
    title: "Houses that all weigh the same",
    domains: CUSTOMS,
    threats: &[Threat::Fraud, Threat::Quality],
    weight: 10,
    needs: Needs::Memory,
    source: "common targeting practice: false data",
    about: "10 house bills or more under one master all state the same weight",
    check: |facts| {
        let houses = siblings(facts.history?).filter(|houses| houses.count >= IDENTICAL_MIN)?;
        let count = u64::from(houses.count);
        let each_g = houses.weight_g.checked_div(count).filter(|each| *each > 0 && each * count == houses.weight_g)?;
        let decagrams = each_g / 10;
        if houses.weight_squares != count.wrapping_mul(decagrams.wrapping_mul(decagrams)) {
            return None;
        }
        let text = format!("{count} houses under this master weigh {} each", kg(each_g));
        Some(Finding::new(text).value("houses", count).value("weight_kg", each_g as f64 / 1_000.0))
    },
};

pub const ROUND: Indicator = Indicator {
    id: "Q6-round",
    title: "Houses that all weigh whole kilograms",
    domains: CUSTOMS,
    threats: &[Threat::Fraud, Threat::Quality],
    weight: 4,
    needs: Needs::Memory,
    source: "common targeting practice: false data",
    about: "20 house bills or more under one master all state whole kilograms; forwarders that round up do that too",
    check: |facts| {
        let houses = siblings(facts.history?).filter(|houses| houses.count >= ROUND_MIN)?;
        let round = houses.whole_kilograms == houses.count && houses.weight_g > 0;
        let text = || format!("all {} houses under this master weigh whole kilograms", houses.count);
        round.then(|| Finding::new(text()).value("houses", houses.count))
    },
};

pub const MANY_IN_A_CARTON: Indicator = Indicator {
    id: "C2",
    title: "Many houses in one carton",
    domains: CUSTOMS,
    threats: &[Threat::Drugs, Threat::Counterfeit],
    weight: 12,
    needs: Needs::Memory,
    source: "US customs guidance on de minimis shipments and synthetic drugs: master cartons",
    about: "the master has 40 house bills or more for each of its pieces",
    check: |facts| {
        let family = family(facts, facts.history?).filter(|family| family.pieces > 0)?;
        let count = u64::from(family.houses.count);
        if count < family.pieces.saturating_mul(HOUSES_A_PIECE) {
            return None;
        }
        let text = format!("{count} houses in {} of the master", Count(family.pieces, "piece"));
        Some(Finding::new(text).value("houses", count).value("master_pieces", family.pieces))
    },
};

/// A declared master and its houses, seen from either.
struct Family<'f> {
    pieces: u64,
    slac: u64,
    weight_g: u64,
    houses: Houses,
    way: &'f Way,
}

/// `None` without a house or without the master's waybill.
fn family<'f>(facts: &Facts<'f>, history: &'f History) -> Option<Family<'f>> {
    let bill = stated(facts, history)?;
    let family = match (&history.master, bill.kind) {
        (Some(master), BillKind::House) if master.declared => Family {
            pieces: master.pieces.into(),
            slac: master.slac.into(),
            weight_g: master.weight_g,
            houses: master.houses,
            way: &master.way,
        },
        (_, BillKind::Consolidation) => {
            Family { pieces: bill.pieces, slac: bill.slac, weight_g: bill.weight_g, houses: history.houses, way: &history.way }
        }
        _ => return None,
    };
    Some(family).filter(|family| family.houses.count > 0 && family.weight_g > 0)
}

/// The houses under a master, seen from it or from one of them.
fn siblings(history: &History) -> Option<Houses> {
    Some(history.master.as_ref().map_or(history.houses, |master| master.houses))
}

fn is_loaded(way: &Way) -> bool {
    way.step(Stage::Manifested).or_else(|| way.step(Stage::Departed)).is_some()
}

/// What rounding of many houses explains.
const SLACK_G: u64 = 10_000;
/// Houses follow their master in a message of their own.
const GRACE_MINUTES: i64 = 30;
const DUE_MINUTES: i64 = 240;
const IDENTICAL_MIN: u32 = 10;
const ROUND_MIN: u32 = 20;
/// A mail bag of an express parcel service holds some thirty.
const HOUSES_A_PIECE: u64 = 40;

#[cfg(test)]
mod tests {
    use super::super::cases::Story;
    use super::*;

    const MASTER: &str = r#"{"kind": "consolidation", "goods": [{"description": "CONSOLIDATION AS PER LIST", "slac": 12}]}"#;
    const DEPARTED: &str = "FSU/14\n020-12345675FRAJFK/T4K100\nDEP/LH400/01MAR/FRAJFK/T4K100/A1015/-";

    /// A message of houses, each of so many pieces and grams.
    fn houses(each: &[(u32, u64)]) -> String {
        let one = |(index, (pieces, weight_g)): (usize, &(u32, u64))| {
            format!(
                r#"{{"kind": "house", "awb": "020-12345675", "hawb": "HOUSE{index}", "origin": "FRA", "destination": "JFK",
                "quantity": {{"pieces": {pieces}, "weight_g": {weight_g}}}}}"#
            )
        };
        let list = each.iter().enumerate().map(one).collect::<Vec<_>>().join(",");
        format!(r#"{{"houses": {{"awb": "020-12345675", "houses": [{list}]}}}}"#)
    }

    #[test]
    fn houses_do_not_exceed_their_master() {
        let under = |each: &[(u32, u64)]| Story::new().waybill(-3, MASTER).send(-2, &houses(each));
        under(&[(2, 60_000), (2, 51_500)])
            .hits(&OVER_MASTER, "2 houses with 4 pieces of 111.5 kg, the master 4 pieces of 100 kg");
        under(&[(2, 60_000), (2, 51_000)]).misses(&OVER_MASTER);
        under(&[(6, 50_000), (7, 50_000)]).hits(&OVER_MASTER, "2 houses with 13 pieces of 100 kg, the master 4 pieces of 100 kg");
        under(&[(6, 50_000), (6, 50_000)]).misses(&OVER_MASTER);
        under(&[(2, 10_000)]).misses(&OVER_MASTER);
        under(&[(2, 99_000), (2, 99_000)])
            .waybill(-1, MASTER)
            .hits(&OVER_MASTER, "2 houses with 4 pieces of 198 kg, the master 4 pieces of 100 kg");
        Story::new().send(-2, &houses(&[(9, 999_000)])).misses(&OVER_MASTER);
    }

    #[test]
    fn an_amended_house_counts_once() {
        let story = Story::new().waybill(-3, MASTER).send(-2, &houses(&[(2, 99_000), (2, 99_000)]));
        story.send(-1, &houses(&[(2, 50_000), (2, 50_000)])).misses(&OVER_MASTER);
    }

    #[test]
    fn a_loaded_master_has_all_its_houses() {
        let with = |each: &[(u32, u64)]| Story::new().waybill(-8, MASTER).send(-7, &houses(each)).send(0, DEPARTED);
        with(&[(2, 80_000)]).hits(&UNDER_MASTER, "1 house with 2 pieces of 80 kg, the master 4 pieces of 100 kg");
        with(&[(2, 90_000)]).misses(&UNDER_MASTER);
        let light = MASTER.replacen('{', r#"{"quantity": {"weight_g": 60000}, "#, 1);
        let of = |weight_g| Story::new().waybill(-8, &light).send(-7, &houses(&[(4, weight_g)])).send(0, DEPARTED);
        of(49_900).hits(&UNDER_MASTER, "1 house with 4 pieces of 49.9 kg, the master 4 pieces of 60 kg");
        of(50_000).misses(&UNDER_MASTER);
        with(&[(2, 80_000), (2, 20_000)]).misses(&UNDER_MASTER);
        Story::new().waybill(-8, MASTER).send(-7, &houses(&[(2, 80_000)])).misses(&UNDER_MASTER);
    }

    #[test]
    fn houses_are_due_before_the_flight() {
        // The flight of the clean waybill leaves 22 hours after noon.
        let known = Story::new().past(14, 1, "{}").waybill(-3, MASTER);
        known.clone().at(18).hits(&MISSING, "no house bill of this consolidation is known, 240 minutes before its departure");
        known.clone().at(17).misses(&MISSING);
        known.clone().at(23).hits(&MISSING, "no house bill of this consolidation is known, though its departure has passed");
        known.clone().send(0, DEPARTED).hits(&MISSING, "no house bill of this consolidation is known, though it is loaded");
        known.send(0, &houses(&[(2, 80_000)])).screened("020-12345675").at(18).misses(&MISSING);
        Story::new().past(14, 1, "{}").waybill(-3, "{}").at(18).misses(&MISSING);
        Story::new().past(14, 1, "{}").waybill(19, MASTER).misses(&MISSING);
        Story::new().past(13, 1, "{}").waybill(-3, MASTER).at(18).misses(&MISSING);
    }

    #[test]
    fn a_house_has_a_master() {
        let accepted = "FSU/14\n020-12345675FRAJFK/T4K100\nRCS/01MAR0915/FRA/T4K100";
        let house = houses(&[(2, 80_000)]);
        let settled = || Story::new().past(14, 1, "{}");
        settled()
            .send(-4, accepted)
            .send(-1, &house)
            .hits(&ORPHAN, "the master of this house is accepted, its waybill is not known");
        settled().send(-4, accepted).waybill(-3, MASTER).send(-1, &house).misses(&ORPHAN);
        settled().send(-1, &house).misses(&ORPHAN);
        Story::new().past(13, 1, "{}").send(-4, accepted).send(-1, &house).misses(&ORPHAN);
    }

    #[test]
    fn honest_weights_differ() {
        let of = |count: u64, weight: fn(u64) -> u64| houses(&(0..count).map(|index| (1, weight(index))).collect::<Vec<_>>());
        let story = Story::new().waybill(-3, MASTER);
        story.clone().send(-2, &of(10, |_| 1_250)).hits(&IDENTICAL, "10 houses under this master weigh 1.25 kg each");
        story.clone().send(-2, &of(9, |_| 1_250)).misses(&IDENTICAL);
        story.clone().send(-2, &of(10, |index| 1_250 + index / 9 * 10)).misses(&IDENTICAL);
        story
            .clone()
            .send(-2, &of(20, |index| 1_000 * (index + 1)))
            .hits(&ROUND, "all 20 houses under this master weigh whole kilograms");
        story.clone().send(-2, &of(20, |index| 1_000 * (index + 1) + index / 19)).misses(&ROUND);
        story.send(-2, &of(19, |index| 1_000 * (index + 1))).misses(&ROUND);
    }

    #[test]
    fn a_carton_holds_so_many_parcels() {
        let carton = MASTER.replace("\"kind\"", r#""quantity": {"pieces": 1}, "kind""#);
        let of = |count: usize| houses(&vec![(1, 1_111); count]);
        Story::new().waybill(-3, &carton).send(-2, &of(40)).hits(&MANY_IN_A_CARTON, "40 houses in 1 piece of the master");
        Story::new().waybill(-3, &carton).send(-2, &of(39)).misses(&MANY_IN_A_CARTON);
        Story::new().waybill(-3, MASTER).send(-2, &of(100)).misses(&MANY_IN_A_CARTON);
        Story::new().send(-2, &of(100)).misses(&MANY_IN_A_CARTON);
    }
}

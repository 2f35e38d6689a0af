use super::super::cases::{Story, status};
use super::*;

use crate::memory::observation::{Assessed, Observation, Stamp};
use crate::model::Timestamp;

const MANIFEST: &str = "FFM/8\n1/LH400/01MAR/FRA\nJFK\n020-12345675FRAJFK/T4K100/CHUCKS\nLAST";
const BOOKED: &str = "FBL/4\n1/LH400/01MAR/FRA\nJFK\n020-12345675FRAJFK/T4K100/CHUCKS\nLAST";
/// Two hours before noon of 1 March.
const DEPARTED: &str = "DEP/LH400/01MAR/FRAJFK/T4K100/A1000/-";

#[test]
fn data_come_before_the_departure() {
    let departed = Story::settled().send(-2, &status(DEPARTED));
    departed.hits(&DEPARTED_UNDECLARED, "departed from FRA at 2026-03-01T10:00:00Z, and no waybill is known");
    departed
        .clone()
        .waybill(0, "{}")
        .hits(&DEPARTED_UNDECLARED, "departed from FRA at 2026-03-01T10:00:00Z, the data arrived at 2026-03-01T12:00:00Z");
    departed.waybill(-1, "{}").misses(&DEPARTED_UNDECLARED);
    Story::settled().waybill(-9, "{}").send(-2, &status(DEPARTED)).misses(&DEPARTED_UNDECLARED);
    Story::settled().waybill(-9, "{}").misses(&DEPARTED_UNDECLARED);
    Story::new().past(13, 1, "{}").send(-2, &status(DEPARTED)).misses(&DEPARTED_UNDECLARED);
}

/// What loadgate published seven hours before noon.
fn assessed(story: Story, points: u32, answered: &[u32]) -> Story {
    let time = Timestamp::parse_rfc3339("2026-03-01T05:00:00Z").unwrap();
    let consignment = story.key("020-12345675");
    story.fold(&Observation::Assessed(Assessed {
        consignment,
        stamp: Stamp { time, hash: 1 },
        scores: [points, 0],
        evidence: vec![7, 9],
        answered: answered.to_vec(),
        ..Assessed::default()
    }))
}

#[test]
fn evidence_is_answered_before_the_departure() {
    let declared = || Story::new().waybill(-9, "{}");
    assessed(declared(), 45, &[])
        .send(-2, &status(DEPARTED))
        .hits(&DEPARTED_OPEN, "departed at 2026-03-01T10:00:00Z with 45 points of evidence that nobody answered");
    assessed(declared(), 39, &[]).send(-2, &status(DEPARTED)).misses(&DEPARTED_OPEN);
    assessed(declared(), 45, &[7, 9]).send(-2, &status(DEPARTED)).misses(&DEPARTED_OPEN);
    let cleared = r#"{"outcome": {"awb": "020-12345675", "kind": "cleared"}}"#;
    assessed(declared(), 45, &[]).send(-3, cleared).send(-2, &status(DEPARTED)).misses(&DEPARTED_OPEN);
    assessed(declared(), 45, &[]).misses(&DEPARTED_OPEN);
    declared().send(-2, &status(DEPARTED)).misses(&DEPARTED_OPEN);
}

#[test]
fn goods_are_collected() {
    let arrived = Story::new().waybill(-40, "{}").send(-12, &status("RCF/LH400/01MAR0000/JFK/T4K100"));
    arrived.clone().at(228).hits(&NOT_COLLECTED, "arrived at JFK 10 days ago and not delivered");
    arrived.clone().at(227).misses(&NOT_COLLECTED);
    let delivered = |day: &str| arrived.clone().send(300, &status(&format!("DLV/{day}1100/JFK/T4K100/BRIDGE TOOLS")));
    delivered("12MAR").hits(&NOT_COLLECTED, "delivered 11 days after it arrived at JFK");
    delivered("10MAR").misses(&NOT_COLLECTED);
    let on_the_way = Story::new().waybill(-40, "{}").send(-12, &status("RCF/LH400/01MAR0000/BOS/T4K100"));
    on_the_way.at(300).misses(&NOT_COLLECTED);
}

#[test]
fn goods_leave() {
    let accepted = Story::new().waybill(-40, "{}").send(-24, &status("RCS/28FEB1200/FRA/T4K100"));
    accepted.clone().at(144).hits(&NOT_DEPARTED, "accepted at FRA 7 days ago and not departed");
    accepted.clone().at(143).misses(&NOT_DEPARTED);
    accepted.send(-2, &status(DEPARTED)).at(144).misses(&NOT_DEPARTED);
}

#[test]
fn what_flies_was_declared_or_booked() {
    Story::settled()
        .send(-2, MANIFEST)
        .hits(&GHOST, "4 pieces manifested at FRA, and neither waybill nor booking is known in 21 days of memory");
    Story::settled()
        .send(-2, &status("RCF/LH400/01MAR0900/JFK/T4K100"))
        .hits(&GHOST, "4 pieces received at JFK, and neither waybill nor booking is known in 21 days of memory");
    Story::settled().send(-30, BOOKED).send(-2, MANIFEST).misses(&GHOST);
    Story::settled().waybill(-9, "{}").send(-2, MANIFEST).misses(&GHOST);
    Story::settled().send(-2, MANIFEST).waybill(-1, "{}").misses(&GHOST);
    Story::settled().send(-2, &status("RCS/01MAR0900/FRA/T4K100")).misses(&GHOST);
    Story::new().past(13, 1, "{}").send(-2, MANIFEST).misses(&GHOST);
}

#[test]
fn cargo_is_found_missing_or_left_behind() {
    let report = |lines: &[&str]| {
        (-20..).zip(lines).fold(Story::new().waybill(-40, "{}"), |story, (hour, line)| story.send(hour, &status(line)))
    };
    let missing = "DIS/LH400/28FEB1830/JFK/MSCA/P2K50T4";
    let found = "DIS/LH400/01MAR0911/JFK/FDCA/P2K50T4";
    report(&[found]).hits(&FOUND, "2 pieces found (FDCA) at JFK at 2026-03-01T09:11:00Z");
    report(&[missing, found]).misses(&FOUND);
    report(&[missing, found]).hits(&MISSING_THEN_FOUND, "missing at JFK at 2026-02-28T18:30:00Z, found at 2026-03-01T09:11:00Z");
    report(&[found, missing]).hits(&MISSING_THEN_FOUND, "missing at JFK at 2026-02-28T18:30:00Z, found at 2026-03-01T09:11:00Z");
    report(&[missing]).misses(&MISSING_THEN_FOUND);
    report(&[missing, "RCF/LH400/01MAR0700/JFK/P2K50T4"])
        .hits(&MISSING_THEN_FOUND, "missing at JFK at 2026-02-28T18:30:00Z, received at 2026-03-01T07:00:00Z");
    report(&["RCF/LH400/28FEB0700/JFK/P2K50T4", missing]).misses(&MISSING_THEN_FOUND);
    report(&["DIS/LH400/28FEB1830/FRA/OFLD/T4K100"]).hits(&OFFLOADED, "4 pieces offloaded (OFLD) at FRA at 2026-02-28T18:30:00Z");
    report(&[missing, found]).misses(&OFFLOADED);
}

#[test]
fn a_shipment_leaves_once() {
    let departed = |lines: &[&str]| {
        (-5..).zip(lines).fold(Story::new().waybill(-40, "{}"), |story, (hour, line)| story.send(hour, &status(line)))
    };
    let other = "DEP/LH402/01MAR/FRAJFK/T4K100/A1100/-";
    departed(&[DEPARTED, other]).hits(&TWO_FLIGHTS, "the whole shipment departed from FRA, and again: 2 flights");
    departed(&[DEPARTED, "DEP/LH402/01MAR/FRAJFK/P1K25T4/A1100/-"])
        .hits(&TWO_FLIGHTS, "the whole shipment departed from FRA, and again: 2 flights");
    departed(&[DEPARTED, DEPARTED]).misses(&TWO_FLIGHTS);
    departed(&[DEPARTED, "DEP/LH412/01MAR/JFKBOS/T4K100/A1900/-"]).misses(&TWO_FLIGHTS);
    departed(&["DEP/LH400/01MAR/FRAJFK/P3K75T4/A1000/-", "DEP/LH402/01MAR/FRAJFK/P1K25T4/A1100/-"]).misses(&TWO_FLIGHTS);
}

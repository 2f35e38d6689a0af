//! Whole stories through every indicator: honest ones score nothing or little, planted ones add up.

use std::collections::{BTreeMap, HashSet};

use super::super::{CATALOGUE, Indicator, Needs, run};
use super::cases::{Story, decoded, observed, skeleton};
use crate::demo::{Expected, Pace, Sent, Stream};
use crate::memory::observation::Observation;
use crate::memory::{History, Key, Memory};
use crate::model::{Consignment, Message, Timestamp};
use crate::screen::facts::{Facts, FactsBuffer};
use crate::screen::verdict::Domain;

/// What is found at the end of the story, and the points of the domain that has most.
fn judged(story: &Story) -> (Vec<&'static str>, u32) {
    let found = story.findings();
    let points =
        |domain: Domain| found.iter().filter(|(it, _)| it.domains.contains(&domain)).map(|(it, _)| it.weight).sum::<u32>();
    (found.iter().map(|(it, _)| it.id).collect(), Domain::ALL.map(points).into_iter().max().unwrap_or_default())
}

/// The clean waybill, screened the day before.
const SCREENED: &str = r#"{"security": [{"status": "SPX", "issuer": {"category": "RA", "country": "DE", "id": "00100-01"},
    "methods": ["XRY"], "screened_at": ["2026-02-27T08:00:00Z"]}]}"#;

fn status(line: &str) -> String {
    format!("FSU/14\n020-12345675FRAJFK/T4K100\n{line}")
}

#[test]
fn a_regular_shipment_scores_nothing_all_its_way() {
    let mut story = Story::new().past(63, 2, "{}").waybill(-20, SCREENED);
    assert_eq!(judged(&story), (vec![], 0));
    let way = [
        "FBL/4\n1/LH400/01MAR/FRA\nJFK\n020-12345675FRAJFK/T4K100/CHUCKS\nLAST".to_owned(),
        status("RCS/28FEB1900/FRA/T4K101.5"),
        "FFM/8\n1/LH400/01MAR/FRA\nJFK\n020-12345675FRAJFK/T4K100/CHUCKS\nLAST".to_owned(),
        status("DEP/LH400/01MAR/FRAJFK/T4K100/A0900/-"),
        status("RCF/LH400/01MAR1130/JFK/T4K100"),
        status("DLV/01MAR1150/JFK/T4K100/BRIDGE TOOLS"),
    ];
    for (hours, message) in (-17..).zip(way) {
        story = story.send(hours, &message);
        assert_eq!(judged(&story), (vec![], 0), "{message}");
    }
}

#[test]
fn a_cold_start_finds_nothing_in_an_honest_shipment() {
    let story = Story::new().waybill(-20, SCREENED).send(-19, &status("RCS/28FEB1900/FRA/T4K100"));
    assert_eq!(judged(&story), (vec![], 0));
    assert_eq!(judged(&Story::new().send(-2, &status("DEP/LH400/01MAR/FRAJFK/T4K100/A0900/-"))), (vec![], 0));
}

#[test]
fn one_honest_peculiarity_orders_nothing() {
    let known = Story::new().past(63, 2, "{}");
    let odd = [
        (r#"{"shipper": {"name": "NORTH TOOLS GMBH"}}"#, &["P1"] as &[_]),
        (r#"{"consignee": {"name": "SOUTH TOOLS INC"}}"#, &["P1-consignee"]),
        (r#"{"shipper": {"name": "NORTH TOOLS GMBH"}, "consignee": {"name": "SOUTH TOOLS INC"}}"#, &["P1", "P1-consignee"]),
        (r#"{"goods": [{"description": "STEEL SCREWS", "hs_codes": ["731815"]}]}"#, &["P9", "P9-consignee", "R3"]),
        (r#"{"charges": {"customs_value": {"hundredths": 8500000}}}"#, &["V1"]),
        (
            r#"{"quantity": {"pieces": 40, "weight_g": 1000000, "volume_cm3": 5000000}, "charges": {"customs_value": {"hundredths": 8500000}}}"#,
            &["T3-weight"],
        ),
        (r#"{"routing": [["LHR", "BA"], ["JFK", "BA"]]}"#, &["R1"]),
    ];
    for (patch, ids) in odd {
        let (found, points) = judged(&known.clone().waybill(0, patch));
        assert_eq!(found, ids, "{patch}");
        assert!(points < 40, "{points}: {patch}");
    }
}

#[test]
fn combinations_have_a_person_look() {
    let known = Story::new().past(63, 2, "{}");
    // Booked small, accepted with more pieces than a stranger declares.
    let swapped = known
        .clone()
        .send(-40, "FBL/4\n1/LH400/01MAR/FRA\nJFK\n020-12345675FRAJFK/T2K50/CHUCKS\nLAST")
        .send(-21, &status("RCS/28FEB1500/FRA/T6K150"))
        .waybill(-20, &SCREENED.replacen('{', r#"{"shipper": {"name": "NORTH TOOLS GMBH"}, "#, 1));
    assert_eq!(judged(&swapped), (vec!["P1", "Q2", "Q2-booked"], 46));
    // On the flight without a waybill, found by the other end.
    let ghost = known
        .clone()
        .send(-2, &status("DEP/LH400/01MAR/FRAJFK/T4K100/A0900/-"))
        .send(-1, &status("DIS/LH400/01MAR1030/JFK/FDCA/T4K100"));
    assert_eq!(judged(&ghost), (vec!["T2", "H1", "H1-found"], 60));
    // The same pair in which something was seized.
    let seized =
        known.send(-30, &format!(r#"{{"outcome": {{"awb": "{}", "kind": "seized"}}}}"#, Story::awb(126))).waybill(0, "{}");
    assert_eq!(judged(&seized), (vec!["P10", "P10-consignee"], 70));
}

#[test]
fn what_memory_alone_can_tell_is_told_without_the_message() {
    let memory: Vec<_> = CATALOGUE.iter().filter(|it| it.needs == Needs::Memory).map(|it| it.id).collect();
    for id in ["Q2", "Q3", "Q4", "Q5", "R5", "T1-accepted", "T2", "T4", "H1", "H2", "H4"] {
        assert!(memory.contains(&id), "{id}");
    }
    // The same finding from the message as from memory.
    let amended = Story::new()
        .waybill(-40, "{}")
        .send(-19, &status("RCS/28FEB1700/FRA/T6K100"))
        .waybill(-10, r#"{"consignee": {"name": "X"}}"#);
    let by_message: Vec<_> =
        amended.findings().into_iter().filter(|(it, _)| it.needs == Needs::Memory).map(|(_, found)| found).collect();
    let by_memory: Vec<_> = amended
        .screened("020-12345675")
        .findings()
        .into_iter()
        .filter(|(it, _)| it.needs == Needs::Memory)
        .map(|(_, found)| found)
        .collect();
    assert_eq!(by_message.len(), 2);
    assert_eq!(by_message, by_memory);
}

/// Consignments of the synthetic trade without a planted story, after the memory has settled, and what they score at most.
#[test]
fn honest_trade_is_hardly_ever_referred() {
    let pace = Pace { flights_per_day: 8, ..Pace::default() };
    let settled = Timestamp::from_millis(pace.start.millis() + 22 * 86_400_000);
    let end = Timestamp::from_millis(settled.millis() + 10 * 86_400_000);
    let mut trade = Trade::default();
    for sent in Stream::new(5, pace).take_while(|sent| sent.at < end) {
        trade.take(&sent, sent.at >= settled);
    }
    let Trade { honest, referred, .. } = &trade;
    assert!(honest.len() > 800 && referred.len() * 500 <= honest.len(), "{} of {}: {referred:?}", referred.len(), honest.len());
}

#[derive(Default)]
struct Trade {
    memory: Memory,
    planted: HashSet<Key>,
    honest: HashSet<Key>,
    referred: BTreeMap<Key, (u32, Vec<&'static str>)>,
    content: u32,
}

impl Trade {
    fn take(&mut self, sent: &Sent, judge: bool) {
        if matches!(sent.expected, Expected::DeadLetter(_)) {
            return;
        }
        self.content += 1;
        let content = self.content;
        decoded(sent.at, &sent.payload, |message| {
            let observed = observed(sent.at, message, content);
            for observation in &observed {
                self.memory.fold(observation);
                self.planted.extend(sent.story.map(|_| observation.consignment()));
            }
            observed.iter().filter(|_| judge).for_each(|observation| self.judge(sent.at, message, observation));
        });
    }

    fn judge(&mut self, at: Timestamp, message: &Message<'_>, observation: &Observation) {
        let key = observation.consignment();
        if key.is_none() || self.planted.contains(&key) {
            return;
        }
        let found = match observation {
            Observation::Declared(declared) => {
                let history = self.memory.recall(declared);
                let consignment = &message.consignments()[declared.bill.place.index as usize];
                self.honest.insert(key);
                screened(at, consignment, &history, |_| true)
            }
            _ => {
                let history = self.memory.recall_known(key).unwrap();
                screened(at, &skeleton(&history), &history, |index| CATALOGUE[index].needs == Needs::Memory)
            }
        };
        let points =
            Domain::ALL.map(|domain| found.iter().filter(|it| it.domains.contains(&domain)).map(|it| it.weight).sum::<u32>());
        let points = points.into_iter().max().unwrap_or_default();
        if points >= 40 {
            self.referred.insert(key, (points, found.iter().map(|it| it.id).collect()));
        }
    }
}

fn screened(
    at: Timestamp,
    consignment: &Consignment<'_>,
    history: &History,
    judged: impl Fn(usize) -> bool,
) -> Vec<&'static Indicator> {
    let mut buffer = FactsBuffer::default();
    let facts = Facts::new(consignment, at, &mut buffer).with_history(history);
    run(&facts, judged).map(|(_, indicator, _)| indicator).collect()
}

//! The whole pipeline in memory, a seed a run: crashes, aborts, fencing, repeated and broken messages, lost answers and rebalances
//! between any two steps.
//!
//! Decoder, screening, claims, holds, outbox and outputs are the real ones; the log, the transactions and the group are models of
//! Kafka, and `Replica` takes the publisher's steps one by one. What is visible at the end must be, record for record, what a
//! single replica would have told that nothing ever happened to. And each bug of a list, put in on purpose, must be found.
//!
//! `LOADGATE_SIMULATOR_SEED=n` plays that seed alone and prints its steps.

mod audit;
mod broker;
mod bug;
mod group;
mod replica;
mod screening;
mod terminals;
mod world;

use loadgate::screen::verdict::Decision;

use crate::support::waybill;
use bug::Bug;
use screening::Screening;

const SEEDS: u64 = 1_000;
/// Within so many seeds every bug is found; most are within the first few.
const SEEDS_PER_BUG: u64 = 600;

#[test]
fn law_4_whatever_happens_every_record_is_told_once_and_in_order() {
    let alone = std::env::var("LOADGATE_SIMULATOR_SEED").ok().map(|seed| seed.parse().expect("a seed is a number"));
    let seeds = alone.map_or(1..=SEEDS, |seed: u64| seed..=seed);
    let mut screening = Screening::new();
    for seed in seeds {
        if let Err(fault) = world::play(seed, None, &mut screening, alone.is_some()) {
            panic!("seed {seed}: {fault}; LOADGATE_SIMULATOR_SEED={seed} shows its steps");
        }
    }
}

#[test]
fn every_planted_bug_is_found() {
    let mut screening = Screening::new();
    let mut missed = Vec::new();
    for bug in Bug::ALL {
        let found = (1..=SEEDS_PER_BUG).find_map(|seed| Some((seed, world::play(seed, Some(bug), &mut screening, false).err()?)));
        match found {
            Some((seed, fault)) => println!("{bug:?} found with seed {seed}: {fault}"),
            None => missed.push(bug),
        }
    }
    assert!(missed.is_empty(), "not found within {SEEDS_PER_BUG} seeds: {missed:?}");
}

#[test]
fn the_terminals_messages_lead_to_every_decision() {
    let mut screening = Screening::new();
    let messages = [waybill::clear(1), terminals::incomplete(1), waybill::risky(1)];
    for (message, expected) in messages.iter().zip([Decision::Clear, Decision::Rfi, Decision::Rfs]) {
        let answers = screening.answers(message.as_bytes());
        let decisions: Vec<_> = answers.iter().map(|answer| answer.as_ref().map(|verdict| verdict.decision)).collect();
        assert_eq!(decisions, [Ok(expected)], "{message}");
    }
}

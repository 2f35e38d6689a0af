//! What screening with the demonstration's bundle makes of the synthetic traffic: planted stories are found, and few others are held.

use std::thread;
use std::time::Instant;

use super::ledger::{Delivered, Ledger};
use super::lookouts::{self, LIST};
use super::sent::Sent;
use super::{PAYLOAD_BYTES_MAX, stream};
use crate::bundle::Bundle;
use crate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use crate::screen::decision::{self, Scratch};
use crate::screen::facts::{Facts, FactsBuffer};

/// Messages of each seed: some 3,000 shipments.
const MESSAGES: usize = 40_000;
const SEEDS: std::ops::RangeInclusive<u64> = 1..=5;
/// Held although nothing was planted, of 10,000 consignments; the policy's random quota alone draws five.
const CLEAN_REFERRED_PER_10_000_MAX: f64 = 20.0;

/// Of the planted, how many are found at least; a list's names are disguised, so that not each can be.
const FOUND_MIN: f64 = 1.0;
const LISTED_FOUND_MIN: f64 = 0.99;
/// Clean consignments that the list names, at most.
const CLEAN_LISTED_MAX: f64 = 0.001;

/// The ledger of one seed, as the demonstration would keep it, and the clean consignments that the list names.
fn screened(seed: u64, bundle: &Bundle) -> (Ledger, u64) {
    let mut decoder = Decoder::new(DecoderConfig::default()).unwrap();
    let limits = Limits { payload_bytes: PAYLOAD_BYTES_MAX, ..Limits::default() };
    let (mut buffer, mut scratch) = (FactsBuffer::default(), Scratch::default());
    let (mut ledger, mut clean_listed) = (Ledger::default(), 0);
    for (sent, offset) in stream(seed).take(MESSAGES).zip(0..) {
        let Sent { at, key, payload, expected, story } = sent;
        let mut decoded = Vec::new();
        decoder.decode(Format::Auto, &payload, &Context { received: at, limits }, &mut decoded);
        for rejected in decoded.iter().filter_map(|message| message.as_ref().err()) {
            ledger.dead_letter(0, offset, rejected.reason.as_str());
        }
        for consignment in decoded.iter().flatten().flat_map(|message| message.consignments()) {
            let verdict = decision::screen(&Facts::new(consignment, at, &mut buffer), bundle, &mut scratch);
            ledger.assessed(0, offset, verdict.decision);
            clean_listed += u64::from(story.is_none() && verdict.evidence.iter().any(|evidence| evidence.id == LIST));
        }
        ledger.delivered(0, offset, Delivered { key, expected, story, bytes: 0, sent_at: Instant::now() });
        ledger.committed(0, offset + 1);
    }
    (ledger, clean_listed)
}

#[test]
fn planted_stories_are_found_and_clean_traffic_is_seldom_held() {
    let bundle = &lookouts::bundle().unwrap();
    let ledgers: Vec<_> = thread::scope(|scope| {
        let seeds: Vec<_> = SEEDS.map(|seed| scope.spawn(move || screened(seed, bundle))).collect();
        seeds.into_iter().map(|seed| seed.join().unwrap()).collect()
    });
    let (mut clean, mut referred, mut listed) = (0, 0, 0);
    for ((ledger, clean_listed), seed) in ledgers.iter().zip(SEEDS) {
        assert_eq!(ledger.missing().next(), None, "seed {seed}");
        let totals = &ledger.totals;
        println!("seed {seed}: {} of {} clean consignments referred", totals.clean_referred, totals.clean);
        (clean, referred, listed) = (clean + totals.clean, referred + totals.clean_referred, listed + clean_listed);
    }
    for (index, (story, _)) in Ledger::default().stories().enumerate() {
        let tallies = ledgers.iter().filter_map(|(ledger, _)| ledger.stories().nth(index));
        let (planted, found) =
            tallies.fold((0, 0), |(planted, found), (_, tally)| (planted + tally.planted, found + tally.found));
        println!("{} {found} of {planted}", story.title);
        let least = if story.indicators == [LIST] { LISTED_FOUND_MIN } else { FOUND_MIN };
        assert!(planted > 0 && found as f64 >= least * planted as f64, "{}: {found} of {planted}", story.title);
    }
    let share = referred as f64 * 10_000.0 / clean as f64;
    println!("clean_referred_per_10_000 {share:.1}, named by the list {listed} of {clean}");
    assert!(clean > 20_000 && share <= CLEAN_REFERRED_PER_10_000_MAX, "{referred} of {clean}");
    assert!(listed as f64 <= CLEAN_LISTED_MAX * clean as f64, "{listed} of {clean}");
}

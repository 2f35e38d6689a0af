//! What screening with the starter bundle makes of the synthetic traffic: every planted story is found, and few others are held.

use std::thread;
use std::time::Instant;

use super::ledger::{Delivered, Ledger};
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

/// The ledger of one seed, as the demonstration would keep it.
fn screened(seed: u64, bundle: &Bundle) -> Ledger {
    let mut decoder = Decoder::new(DecoderConfig::default()).unwrap();
    let limits = Limits { payload_bytes: PAYLOAD_BYTES_MAX, ..Limits::default() };
    let (mut buffer, mut scratch) = (FactsBuffer::default(), Scratch::default());
    let mut ledger = Ledger::default();
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
        }
        ledger.delivered(0, offset, Delivered { key, expected, story, bytes: 0, sent_at: Instant::now() });
        ledger.committed(0, offset + 1);
    }
    ledger
}

#[test]
fn every_planted_story_is_found_and_clean_traffic_is_seldom_held() {
    let bundle = &Bundle::starter().unwrap();
    let ledgers: Vec<_> = thread::scope(|scope| {
        let seeds: Vec<_> = SEEDS.map(|seed| scope.spawn(move || screened(seed, bundle))).collect();
        seeds.into_iter().map(|seed| seed.join().unwrap()).collect()
    });
    let (mut clean, mut referred) = (0, 0);
    for (ledger, seed) in ledgers.iter().zip(SEEDS) {
        assert_eq!(ledger.missing().next(), None, "seed {seed}");
        for (story, tally) in ledger.stories() {
            assert_eq!(tally.found, tally.planted, "seed {seed}, {}: {tally:?}", story.title);
        }
        let totals = &ledger.totals;
        println!("seed {seed}: {} of {} clean consignments referred", totals.clean_referred, totals.clean);
        (clean, referred) = (clean + totals.clean, referred + totals.clean_referred);
    }
    for (index, (story, _)) in Ledger::default().stories().enumerate() {
        let planted: u64 = ledgers.iter().filter_map(|ledger| ledger.stories().nth(index)).map(|(_, tally)| tally.planted).sum();
        assert!(planted > 0, "{} never occurred", story.title);
    }
    let share = referred as f64 * 10_000.0 / clean as f64;
    println!("clean_referred_per_10_000 {share:.1}");
    assert!(clean > 20_000 && share <= CLEAN_REFERRED_PER_10_000_MAX, "{referred} of {clean}");
}

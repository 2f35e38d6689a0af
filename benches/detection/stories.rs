//! The planted stories of the demo's terminals, as the service sees them: decoded, folded, recalled, screened by the demo's bundle.

use std::collections::BTreeMap;

use loadgate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use loadgate::demo;
use loadgate::memory::observation::{LogPlace, Observation};
use loadgate::memory::{Horizons, Keys, Memory, Observer, Seen};
use loadgate::screen::decision::{self, Scratch};
use loadgate::screen::facts::{Facts, FactsBuffer};
use loadgate::screen::verdict::{Decision, Verdict};

use super::seen;

/// Some fifteen days.
const MESSAGES: usize = 500_000;

#[derive(Default)]
struct Tally {
    planted: usize,
    caught: usize,
    clean: usize,
    referred: usize,
    /// Clean consignments in which memory alone found something, by indicator.
    unusual: usize,
    reasons: BTreeMap<String, usize>,
    /// Stories that passed.
    missed: BTreeMap<String, usize>,
}

pub fn run() {
    for (name, with_memory) in [("without_memory", false), ("with_memory", true)] {
        let tally = screen(with_memory);
        println!("stories_{name}_planted {} consignments", tally.planted);
        println!("stories_{name}_recall {:.4} share", tally.caught as f64 / tally.planted.max(1) as f64);
        println!("stories_{name}_clean {} consignments", tally.clean);
        println!("stories_{name}_false_referrals {:.2} per_10000", tally.referred as f64 * 1e4 / tally.clean.max(1) as f64);
        println!("stories_{name}_unusual_clean {:.2} per_10000", tally.unusual as f64 * 1e4 / tally.clean.max(1) as f64);
        tally.missed.iter().for_each(|(id, count)| println!("# {name}: {id} missed {count} times"));
        tally.reasons.iter().for_each(|(id, count)| println!("# {name}: {id} in {count} clean consignments that were referred"));
    }
}

fn screen(with_memory: bool) -> Tally {
    let bundle = demo::bundle().expect("its bundle is valid");
    let mut decoder = Decoder::new(DecoderConfig::default()).expect("the default configuration is valid");
    let (mut buffer, mut scratch) = (FactsBuffer::default(), Scratch::default());
    let mut observer = Observer::new(Keys::new(&[5; 16]));
    let mut memory = Memory::new(Horizons::default());
    let mut tally = Tally::default();
    for (number, sent) in (0..).zip(demo::stream(7).take(MESSAGES)) {
        let context =
            Context { received: sent.at, limits: Limits { payload_bytes: demo::PAYLOAD_BYTES_MAX, ..Limits::default() } };
        let mut decoded = Vec::new();
        decoder.decode(Format::Auto, &sent.payload, &context, &mut decoded);
        let (mut worst, mut evidence) = (Decision::Clear, Vec::new());
        for (index, message) in (0..).zip(decoded.iter().flatten()) {
            let seen = seen(sent.at, number);
            let seen = Seen { place: LogPlace { index, ..seen.place }, ..seen };
            let mut observed = Vec::new();
            observer.observe(message, seen, &mut observed);
            observed.iter().for_each(|observation| memory.fold(observation));
            let declared = observed.iter().filter_map(|observation| match observation {
                Observation::Declared(declared) => Some(declared),
                _ => None,
            });
            for (consignment, declared) in message.consignments().iter().zip(declared) {
                let history = memory.recall(declared);
                let facts = Facts::new(consignment, sent.at, &mut buffer);
                let facts = if with_memory { facts.with_history(&history) } else { facts };
                let verdict = decision::screen(&facts, &bundle, &mut scratch);
                worst = worst.max(verdict.decision);
                evidence.extend(verdict.evidence.iter().map(|evidence| evidence.id.to_string()));
                if sent.story.is_none() && matches!(sent.expected, demo::Expected::Assessed(_)) {
                    tally.clean(&verdict);
                }
            }
        }
        if let Some(story) = sent.story {
            tally.planted += 1;
            if worst >= story.minimum {
                tally.caught += 1;
            } else {
                *tally.missed.entry(format!("{} ({})", story.id, evidence.join(" "))).or_default() += 1;
            }
        }
    }
    tally
}

impl Tally {
    fn clean(&mut self, verdict: &Verdict) {
        self.clean += 1;
        self.unusual += usize::from(verdict.evidence.iter().any(|evidence| evidence.id == "X1"));
        if verdict.decision > Decision::Clear {
            self.referred += 1;
            for evidence in &verdict.evidence {
                *self.reasons.entry(evidence.id.to_string()).or_default() += 1;
            }
        }
    }
}

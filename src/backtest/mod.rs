//! Back-test: what a bundle would have said about history, profile by profile, beside what another one says.
//!
//! Messages go through the same decoder, facts and decision as in the service (law 3), so a verdict here is the live one. Knows
//! neither files nor Kafka: it is given payloads and when they arrived.

mod outcomes;
mod report;
mod table;

use std::collections::BTreeMap;

pub use outcomes::{BadOutcome, Finding, Outcomes};
pub use report::{Example, Line, Report, Totals};

use crate::bundle::Bundle;
use crate::decode::{Context, Decoder, Format};
use crate::model::{Consignment, ConsignmentId};
use crate::screen::decision::{self, Scratch};
use crate::screen::facts::{Facts, FactsBuffer};
use crate::screen::verdict::{Evidence, EvidenceKind, Verdict};

/// Examples kept of each profile, those that are new first.
const EXAMPLES_MAX: usize = 3;

/// One run over history.
pub struct Backtest<'b> {
    bundle: &'b Bundle,
    against: Option<&'b Bundle>,
    outcomes: &'b Outcomes,
    decoder: Decoder,
    facts: FactsBuffer,
    scratch: Scratch,
    totals: Totals,
    tallies: BTreeMap<String, Tally>,
}

/// What is counted of one profile.
#[derive(Debug, Default)]
struct Tally {
    hits: u64,
    new: u64,
    gone: u64,
    confirmed: u64,
    refuted: u64,
    examples: Vec<Example>,
}

impl<'b> Backtest<'b> {
    pub fn new(bundle: &'b Bundle, against: Option<&'b Bundle>, outcomes: &'b Outcomes, decoder: Decoder) -> Self {
        let profiles = bundle.profiles.iter().chain(against.into_iter().flat_map(|other| other.profiles.iter()));
        let tallies = profiles.map(|profile| (profile.id.clone(), Tally::default())).collect();
        let (facts, scratch) = (FactsBuffer::default(), Scratch::default());
        Self { bundle, against, outcomes, decoder, facts, scratch, totals: Totals::default(), tallies }
    }

    /// Screens every consignment of a payload; `done` is told after each message which share of the payload is behind.
    pub fn payload(&mut self, format: Format, payload: &[u8], context: &Context, mut done: impl FnMut(f64)) {
        let mut decoded = Vec::new();
        self.decoder.decode(format, payload, context, &mut decoded);
        let count = decoded.len() as f64;
        for (number, message) in (1_u32..).zip(&decoded) {
            match message {
                Ok(message) => message.consignments().iter().for_each(|consignment| self.consignment(consignment, context)),
                Err(_) => self.totals.refused += 1,
            }
            done(f64::from(number) / count);
        }
        self.totals.messages += decoded.len() as u64;
    }

    /// What has been found out.
    pub fn report(self) -> Report {
        let lines = self.tallies.into_iter().map(|(profile, tally)| tally.line(profile, self.against.is_some())).collect();
        Report {
            bundle: self.bundle.hash.to_string(),
            against: self.against.map(|other| other.hash.to_string()),
            totals: self.totals,
            profiles: lines,
        }
    }

    fn consignment(&mut self, consignment: &Consignment<'_>, context: &Context) {
        let facts = Facts::new(consignment, context.received, &mut self.facts);
        let verdict = decision::screen(&facts, self.bundle, &mut self.scratch);
        let before = self.against.map(|other| decision::screen(&facts, other, &mut self.scratch));
        let finding = self.outcomes.of(&verdict.consignment);
        self.totals.count(&verdict, before.as_ref());
        for hit in hits(&verdict) {
            let is_new = before.as_ref().is_some_and(|before| !hits(before).any(|other| other.id == hit.id));
            if let Some(tally) = self.tallies.get_mut(&*hit.id) {
                tally.hit(hit, &verdict.consignment, is_new, finding);
            }
        }
        for hit in before.iter().flat_map(hits).filter(|hit| !hits(&verdict).any(|other| other.id == hit.id)) {
            if let Some(tally) = self.tallies.get_mut(&*hit.id) {
                tally.gone += 1;
            }
        }
    }
}

fn hits(verdict: &Verdict) -> impl Iterator<Item = &Evidence> {
    verdict.evidence.iter().filter(|evidence| evidence.kind == EvidenceKind::Profile)
}

impl Tally {
    fn hit(&mut self, evidence: &Evidence, id: &ConsignmentId, is_new: bool, finding: Option<Finding>) {
        self.hits += 1;
        self.new += u64::from(is_new);
        self.confirmed += u64::from(finding == Some(Finding::Confirmed));
        self.refuted += u64::from(finding == Some(Finding::Refuted));
        let full = self.examples.len() >= EXAMPLES_MAX;
        if full && is_new {
            // A hit that both bundles have gives way to one that is new.
            let old = self.examples.iter().rposition(|example| !example.is_new);
            old.map(|position| self.examples.remove(position));
        }
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(Example { consignment: id.clone(), text: evidence.text.clone(), is_new, finding });
        }
    }

    fn line(self, profile: String, compared: bool) -> Line {
        let Tally { hits, new, gone, confirmed, refuted, examples } = self;
        let known = confirmed + refuted;
        let precision = (known > 0).then(|| confirmed as f64 / known as f64);
        let (new, gone) = if compared { (Some(new), Some(gone)) } else { (None, None) };
        Line { profile, hits, new, gone, known_outcomes: known, confirmed, precision, examples }
    }
}

#[cfg(test)]
mod tests;

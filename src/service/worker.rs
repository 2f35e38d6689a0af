//! The screening stage: a batch of records in, everything there is to tell about them out. Pure but for its metrics.

use std::ops::Range;
use std::sync::Arc;

use prometheus::IntCounter;

use super::telling;
use crate::batch::{Batch, Entry};
use crate::bundle::{Bundle, BundleHash, Current};
use crate::decode::{Context, Decoded, Decoder, Limits};
use crate::metrics::{ByName, Metrics};
use crate::model::{Consignment, ConsignmentId};
use crate::outputs::{Frames, Source};
use crate::record::Record;
use crate::screen::decision::{self, Scratch};
use crate::screen::facts::{Facts, FactsBuffer};
use crate::screen::verdict::{Decision, Domain, EvidenceKind, Verdict};
use crate::sink::{HoldKey, Outbox, Outgoing};
use crate::source::Input;

/// A screened batch: what to publish for each record, in order.
pub struct Screened {
    batch: Batch,
    outbox: Outbox,
    referrals: Vec<Referral>,
    /// One a record of the batch.
    spans: Vec<(Range<usize>, Range<usize>)>,
    /// Held until this is published or dropped: the end of a bundle is when nobody holds it.
    _judged_by: Arc<Bundle>,
}

/// What is to be told to the terminal; under which code is decided where the open holds are known.
pub struct Referral {
    pub id: ConsignmentId,
    pub ordered: Decision,
    pub errors: Vec<&'static str>,
    /// Which consignment of the record.
    pub index: u32,
}

impl Referral {
    pub fn key(&self) -> HoldKey {
        HoldKey::of(&self.id)
    }
}

#[derive(Clone, Copy)]
pub struct ScreenedRecord<'a> {
    pub entry: Entry<'a>,
    screened: &'a Screened,
    spans: &'a (Range<usize>, Range<usize>),
}

impl<'a> ScreenedRecord<'a> {
    pub fn outgoing(self) -> impl Iterator<Item = Outgoing<'a>> {
        self.screened.outbox.slice(self.spans.0.clone())
    }

    pub fn referrals(self) -> &'a [Referral] {
        self.screened.referrals.get(self.spans.1.clone()).unwrap_or_default()
    }
}

impl Screened {
    pub fn records(&self) -> impl Iterator<Item = ScreenedRecord<'_>> {
        self.batch.entries().zip(&self.spans).map(|(entry, spans)| ScreenedRecord { entry, screened: self, spans })
    }

    /// Records in the batch.
    pub fn record_count(&self) -> usize {
        self.batch.len()
    }
}

/// A bundle as outputs and metrics name it.
pub struct Named {
    hash: BundleHash,
    /// Hexadecimal, as every output names it.
    text: String,
    profile_matches: ByName<IntCounter>,
    suppressed: ByName<IntCounter>,
}

impl Named {
    pub fn of(bundle: &Bundle, metrics: &Metrics) -> Self {
        let profiles = bundle.profiles.iter().map(|profile| profile.id.as_str());
        let suppressions = bundle.policy.suppressions.iter().map(|suppression| suppression.id.as_str());
        Self {
            hash: bundle.hash,
            text: bundle.hash.to_string(),
            profile_matches: metrics.profile_matches(profiles),
            suppressed: metrics.evidence_suppressed(suppressions),
        }
    }
}

/// A screening worker. Owns its decoder and scratch memory; takes the bundle in force for each batch.
pub struct Worker {
    pub decoder: Decoder,
    pub current: Arc<Current>,
    /// Of the last batch.
    pub named: Named,
    pub inputs: Arc<[Input]>,
    pub limits: Limits,
    pub frames: Frames,
    pub metrics: Arc<Metrics>,
    pub facts: FactsBuffer,
    pub scratch: Scratch,
}

impl Worker {
    pub fn screen(&mut self, batch: Batch) -> Screened {
        let bundle = self.current.take();
        if bundle.hash != self.named.hash {
            self.named = Named::of(&bundle, &self.metrics);
        }
        let mut outbox = Outbox::default();
        let mut referrals = Vec::new();
        let mut spans = Vec::with_capacity(batch.len());
        let mut decoded = Vec::new();
        for entry in batch.entries() {
            let (told, referred) = (outbox.len(), referrals.len());
            self.screen_record(entry, &bundle, &mut decoded, &mut outbox, &mut referrals);
            spans.push((told..outbox.len(), referred..referrals.len()));
        }
        drop(decoded);
        Screened { batch, outbox, referrals, spans, _judged_by: bundle }
    }

    fn screen_record<'a>(
        &mut self,
        entry: Entry<'a>,
        bundle: &Bundle,
        decoded: &mut Decoded<'a>,
        outbox: &mut Outbox,
        referrals: &mut Vec<Referral>,
    ) {
        let Record { origin, timestamp, payload, .. } = entry.record;
        let inputs = Arc::clone(&self.inputs);
        let Some(input) = inputs.get(usize::from(origin.topic)) else { return };
        decoded.clear();
        self.decoder.decode(input.format, payload, &Context { received: timestamp, limits: self.limits }, decoded);
        let mut source = Source { topic: &input.topic, partition: origin.partition, offset: origin.offset, index: 0 };
        for message in decoded.iter() {
            match message {
                Err(rejected) => {
                    self.metrics.dead_letters.of(rejected.reason).inc();
                    telling::dead_letter(rejected, entry, source, input.format, &self.frames, outbox);
                    source.index += 1;
                }
                Ok(message) => {
                    self.metrics.messages_decoded.of(message.into()).inc();
                    for consignment in message.consignments() {
                        referrals.push(self.assess(entry, source, consignment, bundle, outbox));
                        source.index += 1;
                    }
                }
            }
        }
    }

    fn assess(
        &mut self,
        entry: Entry<'_>,
        source: Source<'_>,
        consignment: &Consignment<'_>,
        bundle: &Bundle,
        outbox: &mut Outbox,
    ) -> Referral {
        let facts = Facts::new(consignment, entry.record.timestamp, &mut self.facts);
        let verdict = decision::screen(&facts, bundle, &mut self.scratch);
        telling::verdict(&verdict, consignment, entry, source, &self.named.text, &self.frames, outbox);
        self.count(&verdict);
        Referral { ordered: verdict.decision, id: verdict.consignment, errors: verdict.errors, index: source.index }
    }

    fn count(&self, verdict: &Verdict) {
        self.metrics.consignments_assessed.of(verdict.decision).inc();
        for evidence in &verdict.evidence {
            match evidence.kind {
                EvidenceKind::Profile => self.named.profile_matches.of(&evidence.id).inc(),
                _ => self.metrics.evidence.of(&evidence.id).inc(),
            }
            evidence.suppressed_by.iter().for_each(|by| self.named.suppressed.of(by).inc());
        }
        for (domain, assessed) in Domain::ALL.into_iter().zip(verdict.domains) {
            if assessed.proposed > Decision::Clear {
                self.metrics.alerts.of(domain, assessed.proposed).inc();
            }
        }
    }
}

//! The screening stage: a batch of records in, everything there is to tell about them out. Pure but for its metrics.

use std::ops::Range;
use std::sync::Arc;

use crate::batch::{Batch, Entry};
use crate::bundle::Bundle;
use crate::decode::{Context, Decoded, Decoder, Limits};
use crate::metrics::Metrics;
use crate::model::{Consignment, ConsignmentId};
use crate::outputs::{Alert, AssessmentLine, DeadLetter, Frames, Source};
use crate::record::Rejected;
use crate::screen::decision::{self, Scratch};
use crate::screen::facts::Facts;
use crate::screen::verdict::{Decision, Domain, Verdict};
use crate::sink::{Destination, HoldKey, Outbox, Outgoing};
use crate::source::Input;

/// A screened batch: what to publish for each record, in order.
pub struct Screened {
    batch: Batch,
    outbox: Outbox,
    referrals: Vec<Referral>,
    /// One a record of the batch.
    spans: Vec<(Range<usize>, Range<usize>)>,
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

    pub fn len(&self) -> usize {
        self.batch.len()
    }
}

/// A screening worker. Owns its decoder and scratch memory; shares the bundle.
pub struct Worker {
    pub decoder: Decoder,
    pub bundle: Arc<Bundle>,
    pub inputs: Arc<[Input]>,
    pub limits: Limits,
    pub frames: Frames,
    pub metrics: Arc<Metrics>,
    pub scratch: Scratch,
}

impl Worker {
    pub fn screen(&mut self, batch: Batch) -> Screened {
        let mut screened = Screened { outbox: Outbox::default(), referrals: Vec::new(), spans: Vec::with_capacity(batch.len()), batch };
        let Screened { batch, outbox, referrals, spans } = &mut screened;
        let mut decoded = Vec::new();
        for entry in batch.entries() {
            let before = (outbox.len(), referrals.len());
            self.screen_record(entry, &mut decoded, outbox, referrals);
            spans.push((before.0..outbox.len(), before.1..referrals.len()));
        }
        drop(decoded);
        screened
    }

    fn screen_record<'a>(&mut self, entry: Entry<'a>, decoded: &mut Decoded<'a>, outbox: &mut Outbox, referrals: &mut Vec<Referral>) {
        let record = entry.record;
        let inputs = Arc::clone(&self.inputs);
        let Some(input) = inputs.get(usize::from(record.origin.topic)) else { return };
        decoded.clear();
        let context = Context { received: record.timestamp, limits: self.limits };
        self.decoder.decode(input.format, record.payload, &context, decoded);
        let mut source = Source { topic: &input.topic, partition: record.origin.partition, offset: record.origin.offset, index: 0 };
        for message in decoded.iter() {
            match message {
                Err(rejected) => {
                    self.reject(entry, source, input, rejected, outbox);
                    source.index += 1;
                }
                Ok(message) => {
                    self.metrics.decoded(message.kind());
                    for consignment in message.consignments() {
                        referrals.push(self.assess(entry, source, consignment, outbox));
                        source.index += 1;
                    }
                }
            }
        }
    }

    fn reject(&self, entry: Entry<'_>, source: Source<'_>, input: &Input, rejected: &Rejected, outbox: &mut Outbox) {
        let letter = DeadLetter::new(entry, source, input.format, rejected);
        outbox.push(Destination::DeadLetters, entry.record.key.unwrap_or_default(), |out| self.frames.dead_letter(&letter, out));
    }

    fn assess(&mut self, entry: Entry<'_>, source: Source<'_>, consignment: &Consignment<'_>, outbox: &mut Outbox) -> Referral {
        let received = entry.record.timestamp;
        let facts = Facts::new(consignment, received);
        let verdict = decision::screen(&facts, &self.bundle, &mut self.scratch);
        let key = verdict.consignment.awb.map(|awb| awb.to_string()).or_else(|| verdict.consignment.hawb.clone()).unwrap_or_default();
        let line = AssessmentLine::new(&verdict, &self.bundle, received, source);
        outbox.push(Destination::Assessments, key.as_bytes(), |out| self.frames.assessment(&line, out));
        for domain in Domain::ALL {
            if alerted(&verdict, domain) {
                let alert = Alert::new(&verdict, domain, &facts, &self.bundle, source);
                outbox.push(destination(domain), key.as_bytes(), |out| self.frames.alert(&alert, out));
            }
        }
        Referral { ordered: verdict.decision, id: verdict.consignment, errors: verdict.errors, index: source.index }
    }
}

/// A domain's team is alerted when its evidence warrants more than nothing, whatever the policy then orders.
fn alerted(verdict: &Verdict, domain: Domain) -> bool {
    verdict.domains.get(domain as usize).is_some_and(|assessment| assessment.proposed > Decision::Clear)
}

fn destination(domain: Domain) -> Destination {
    match domain {
        Domain::AviationSecurity => Destination::AlertsAviationSecurity,
        Domain::Customs => Destination::AlertsCustoms,
    }
}

//! The screening stage: what memory recalled of a batch in, everything there is to tell about it out. Pure but for its metrics.

use std::ops::Range;
use std::sync::Arc;

use prometheus::IntCounter;

use super::remembering::{Recalled, Remembered};
use super::telling::{self, Case};
use crate::batch::{Claim, Entry};
use crate::bundle::Bundle;
use crate::memory::History;
use crate::memory::deadline::{Kind, Passed};
use crate::metrics::{ByName, Metrics};
use crate::model::{Consignment, ConsignmentId, Message, Outcome, Timestamp};
use crate::outputs::{Frames, Position, Source, Told};
use crate::screen::course;
use crate::screen::decision::{self, Scratch};
use crate::screen::facts::{Facts, FactsBuffer};
use crate::screen::verdict::{Decision, Domain, EvidenceKind, Occasion, Verdict};
use crate::sink::{HoldId, Outbox, Outgoing};
use crate::source::{Input, Partition};

/// A screened batch: what to publish for each record, in order.
pub struct Screened {
    remembered: Remembered,
    outbox: Outbox,
    referrals: Vec<Referral>,
    /// One a record of the batch.
    spans: Vec<(Range<usize>, Range<usize>)>,
}

/// What is to be told to the terminal; under which code is decided where the open holds are known.
pub struct Referral {
    pub id: ConsignmentId,
    pub telling: What,
    pub errors: Vec<&'static str>,
    /// Which consignment of the record.
    pub index: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A verdict orders this.
    Ordered(Decision),
    /// A person removes the holds up to this one.
    Released(Decision),
}

impl Referral {
    pub fn hold_id(&self) -> HoldId {
        HoldId::of(&self.id)
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
        let entries = self.remembered.observed.batch().entries();
        entries.zip(&self.spans).map(|(entry, spans)| ScreenedRecord { entry, screened: self, spans })
    }

    /// Records that somebody had claimed when they were read.
    pub fn claimed_count(&self) -> usize {
        self.remembered.observed.batch().entries().filter(|entry| entry.claim != Claim::NONE).count()
    }

    /// What was told by any replica, read back.
    pub fn told(&self) -> &[Told] {
        &self.remembered.observed.told
    }

    /// Event time that the verdicts of a partition reach with this batch.
    pub fn watermark(&self, partition: Partition) -> Option<Timestamp> {
        self.remembered.watermarks.get(&partition).copied()
    }

    pub fn caught_up(&self) -> bool {
        self.remembered.observed.batch().caught_up
    }
}

/// A screening worker. Owns its scratch memory; shares the bundle.
pub struct Worker {
    pub bundle: Arc<Bundle>,
    /// Hexadecimal, as every output names it.
    pub bundle_hash: String,
    pub inputs: Arc<[Input]>,
    pub frames: Frames,
    pub metrics: Arc<Metrics>,
    pub profile_matches: Arc<ByName<IntCounter>>,
    pub facts: FactsBuffer,
    pub scratch: Scratch,
}

/// Where what is found about one record goes.
struct Desk<'a> {
    entry: Entry<'a>,
    source: Source<'a>,
    memory: &'a [Position<'a>],
    outbox: &'a mut Outbox,
    referrals: &'a mut Vec<Referral>,
}

impl Worker {
    pub fn screen(&mut self, remembered: Remembered) -> Screened {
        let mut outbox = Outbox::default();
        let mut referrals = Vec::new();
        let mut spans = Vec::with_capacity(remembered.observed.batch().len());
        let inputs = Arc::clone(&self.inputs);
        let memory = positions(&inputs, &remembered);
        for ((entry, items), recalled) in remembered.observed.records().zip(remembered.recalled()) {
            let (told, referred) = (outbox.len(), referrals.len());
            if let Some(input) = inputs.get(usize::from(entry.record.origin.topic)).filter(|_| entry.claim != Claim::NONE) {
                let origin = entry.record.origin;
                let source = Source { topic: &input.topic, partition: origin.partition, offset: origin.offset, index: 0 };
                let mut desk = Desk { entry, source, memory: &memory, outbox: &mut outbox, referrals: &mut referrals };
                let mut recalled = recalled.iter().peekable();
                for item in items {
                    match item.message {
                        Err(rejected) => {
                            self.metrics.dead_letters.of(rejected.reason).inc();
                            telling::dead_letter(rejected, entry, desk.source, input.format(), &self.frames, desk.outbox);
                            desk.source.index += 1;
                        }
                        Ok(message) => self.answer(message, &mut recalled, &mut desk),
                    }
                }
                recalled.for_each(|recalled| self.pass(recalled, &mut desk));
            }
            spans.push((told..outbox.len(), referred..referrals.len()));
        }
        drop(memory);
        Screened { remembered, outbox, referrals, spans }
    }

    /// Takes what was recalled for one message and answers it.
    fn answer<'r>(
        &mut self,
        message: &Message<'_>,
        recalled: &mut std::iter::Peekable<impl Iterator<Item = &'r Recalled>>,
        desk: &mut Desk<'_>,
    ) {
        match message {
            Message::Waybill(_) | Message::Houses(_) => {
                for consignment in message.consignments() {
                    let next = recalled.next_if(|next| matches!(next, Recalled::Declared(_)));
                    let history = match next {
                        Some(Recalled::Declared(history)) => Some(&**history),
                        _ => None,
                    };
                    self.declared(consignment, history, desk);
                    desk.source.index += 1;
                }
            }
            Message::Outcome(outcome) => {
                if let Some(Recalled::Concluded(history)) = recalled.next_if(|next| matches!(next, Recalled::Concluded(_))) {
                    self.concluded(outcome, history, desk);
                }
                desk.source.index += 1;
            }
            Message::Manifest(_) | Message::BookedList(_) | Message::Booking(_) | Message::Status(_) => {
                while let Some(Recalled::Moved { line, history }) =
                    recalled.next_if(|next| matches!(next, Recalled::Moved { .. }))
                {
                    self.moved(message, *line, history, desk);
                    desk.source.index += 1;
                }
            }
        }
    }

    fn declared(&mut self, consignment: &Consignment<'_>, history: Option<&History>, desk: &mut Desk<'_>) {
        let facts = Facts::new(consignment, desk.entry.record.timestamp, &mut self.facts);
        let unknown = History::default();
        let history = history.unwrap_or(&unknown);
        let verdict = decision::screen(&facts.with_history(history), &self.bundle, &mut self.scratch);
        let verdict = course::continued(verdict, history, &self.bundle);
        self.tell(verdict, consignment, Occasion::Declared, What::Ordered, desk);
    }

    fn moved(&mut self, message: &Message<'_>, line: usize, history: &History, desk: &mut Desk<'_>) {
        let Some(known) = telling::moved(message, line).map(|id| telling::skeleton(&id, history)) else { return };
        let facts = Facts::new(&known, desk.entry.record.timestamp, &mut self.facts).with_history(history);
        if let Some(verdict) = course::from_memory(telling::id(&known), &facts, history, &self.bundle, Vec::new()) {
            self.tell(verdict, &known, Occasion::Moved, What::Ordered, desk);
        }
    }

    fn concluded(&mut self, outcome: &Outcome<'_>, history: &History, desk: &mut Desk<'_>) {
        let id = ConsignmentId { awb: outcome.awb, hawb: outcome.hawb.as_ref().map(ToString::to_string) };
        let verdict = course::concluded(id.clone(), outcome.kind, history, &self.bundle);
        let known = telling::skeleton(&id, history);
        let closes = course::closes(outcome.kind);
        self.tell(verdict, &known, Occasion::Outcome, |_| What::Released(closes.unwrap_or_default()), desk);
    }

    /// A deadline passed with this record.
    fn pass(&mut self, recalled: &Recalled, desk: &mut Desk<'_>) {
        let Recalled::Passed { passed: Passed { time, kind, .. }, history } = recalled else { return };
        let Some(id) = telling::remembered_id(history, *kind == Kind::Outcome) else { return };
        let known = telling::skeleton(&id, history);
        let facts = Facts::new(&known, *time, &mut self.facts).with_history(history);
        let evidence = vec![telling::deadline_evidence(*kind, *time, history)];
        if let Some(verdict) = course::from_memory(id, &facts, history, &self.bundle, evidence) {
            self.tell(verdict, &known, Occasion::Deadline, What::Ordered, desk);
        }
        desk.source.index += 1;
    }

    fn tell(
        &self,
        verdict: Verdict,
        consignment: &Consignment<'_>,
        occasion: Occasion,
        what: impl FnOnce(Decision) -> What,
        desk: &mut Desk<'_>,
    ) {
        let case = Case {
            verdict: &verdict,
            consignment,
            occasion,
            entry: desk.entry,
            source: desk.source,
            bundle: &self.bundle_hash,
            memory: desk.memory,
        };
        case.tell(&self.frames, desk.outbox);
        self.count(&verdict);
        let telling = what(verdict.decision);
        let Verdict { consignment: id, errors, .. } = verdict;
        desk.referrals.push(Referral { id, telling, errors, index: desk.source.index });
    }

    fn count(&self, verdict: &Verdict) {
        self.metrics.consignments_assessed.of(verdict.decision).inc();
        for evidence in &verdict.evidence {
            match evidence.kind {
                EvidenceKind::Profile => self.profile_matches.of(&evidence.id).inc(),
                _ => self.metrics.evidence.of(&evidence.id).inc(),
            }
        }
        for (domain, assessed) in Domain::ALL.into_iter().zip(verdict.domains) {
            if assessed.proposed > Decision::Clear {
                self.metrics.alerts.of(domain, assessed.proposed).inc();
            }
        }
    }
}

fn positions<'i>(inputs: &'i [Input], remembered: &Remembered) -> Vec<Position<'i>> {
    let named = remembered.positions.iter().filter_map(|(partition, next_offset)| {
        let topic = inputs.get(usize::from(partition.topic))?.topic.as_str();
        Some(Position { topic, partition: partition.number, next_offset: *next_offset })
    });
    named.collect()
}

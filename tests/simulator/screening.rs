//! A batch of records to what is to be told of them: the real decoder, screening and outputs.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use loadgate::batch::{Batch, Entry};
use loadgate::bundle::Bundle;
use loadgate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use loadgate::model::{ConsignmentId, Timestamp};
use loadgate::outputs::{AssessmentLine, DeadLetter, Frames, Source};
use loadgate::record::Rejected;
use loadgate::screen::decision::{self, Scratch};
use loadgate::screen::facts::{Facts, FactsBuffer};
use loadgate::screen::verdict::{Decision, Occasion, Verdict};
use loadgate::sink::{Destination, Outbox, Outgoing};

pub const TOPIC: &str = "cargo.messages";
pub const RECEIVED: Timestamp = Timestamp::from_millis(1_772_409_600_000);

pub struct Screening {
    decoder: Decoder,
    bundle: Bundle,
    facts: FactsBuffer,
    scratch: Scratch,
    pub frames: Frames,
    known: HashMap<Vec<u8>, Answers>,
}

/// Of each message that cannot be read and each consignment of the others, in the payload's order.
pub type Answers = Rc<[Result<Verdict, Rejected>]>;

/// A screened batch: what to publish for each record, in order.
pub struct Screened {
    batch: Batch,
    outbox: Outbox,
    referrals: Vec<Referral>,
    /// One a record.
    spans: Vec<(Range<usize>, Range<usize>)>,
}

/// To be told to the terminal; under which code is decided where the open holds are known.
pub struct Referral {
    pub id: ConsignmentId,
    pub ordered: Decision,
    pub index: u32,
}

impl Screened {
    pub fn records(&self) -> impl Iterator<Item = (Entry<'_>, impl Iterator<Item = Outgoing<'_>>, &[Referral])> {
        let told = |(told, referred): &(Range<usize>, Range<usize>)| {
            (self.outbox.slice(told.clone()), &self.referrals[referred.clone()])
        };
        self.batch.entries().zip(&self.spans).map(move |(entry, spans)| {
            let (outgoing, referrals) = told(spans);
            (entry, outgoing, referrals)
        })
    }
}

impl Screening {
    pub fn new() -> Self {
        Self {
            decoder: Decoder::new(DecoderConfig::default()).expect("the built-in configuration is valid"),
            bundle: Bundle::starter().expect("the starter bundle is valid"),
            facts: FactsBuffer::default(),
            scratch: Scratch::default(),
            frames: Frames::single_object(),
            known: HashMap::new(),
        }
    }

    pub fn screen(&mut self, batch: Batch) -> Screened {
        let (mut outbox, mut referrals, mut spans) = (Outbox::default(), Vec::new(), Vec::new());
        for entry in batch.entries() {
            let (told, referred) = (outbox.len(), referrals.len());
            for (answer, index) in self.answers(entry.record.payload).iter().zip(0..) {
                match answer {
                    Ok(verdict) => {
                        assessment(entry, verdict, index, &self.frames, &mut outbox);
                        referrals.push(Referral { id: verdict.consignment.clone(), ordered: verdict.decision, index });
                    }
                    Err(rejected) => dead_letter(entry, rejected, index, &self.frames, &mut outbox),
                }
            }
            spans.push((told..outbox.len(), referred..referrals.len()));
        }
        Screened { batch, outbox, referrals, spans }
    }

    /// What a payload leads to; kept, as the terminals have few to send.
    pub fn answers(&mut self, payload: &[u8]) -> Answers {
        if let Some(answers) = self.known.get(payload) {
            return answers.clone();
        }
        let mut decoded = Vec::new();
        self.decoder.decode(Format::Auto, payload, &Context { received: RECEIVED, limits: Limits::default() }, &mut decoded);
        let mut answers = Vec::new();
        for message in decoded {
            match message {
                Err(rejected) => answers.push(Err(rejected)),
                Ok(message) => answers.extend(message.consignments().iter().map(|consignment| {
                    let facts = Facts::new(consignment, RECEIVED, &mut self.facts);
                    Ok(decision::screen(&facts, &self.bundle, &mut self.scratch))
                })),
            }
        }
        self.known.entry(payload.to_vec()).insert_entry(answers.into()).get().clone()
    }
}

pub fn source(entry: Entry<'_>, index: u32) -> Source<'static> {
    let origin = entry.record.origin;
    Source { topic: TOPIC, partition: origin.partition, offset: origin.offset, index }
}

fn assessment(entry: Entry<'_>, verdict: &Verdict, index: u32, frames: &Frames, outbox: &mut Outbox) {
    let line = AssessmentLine {
        awb: verdict.consignment.awb,
        hawb: verdict.consignment.hawb.as_deref(),
        decision: verdict.decision,
        domains: verdict.domains,
        evidence_ids: verdict.evidence.iter().map(|evidence| &*evidence.id).collect(),
        shadow_ids: Vec::new(),
        suppressed: Vec::new(),
        errors: &verdict.errors,
        bundle: "",
        received: RECEIVED,
        source: source(entry, index),
        occasion: Occasion::Declared,
        withdrawn_ids: &[],
        answered_ids: &[],
        memory: &[],
        retro: false,
        judged_at: None,
        caps: Vec::new(),
        terminal: None,
        departure: None,
        held_back: None,
    };
    outbox.push(Destination::Assessments, &[], |out| {
        frames.assessment.write(out);
        line.encode(out);
    });
}

fn dead_letter(entry: Entry<'_>, rejected: &Rejected, index: u32, frames: &Frames, outbox: &mut Outbox) {
    let payload = entry.record.payload;
    let letter = DeadLetter {
        reason: rejected.reason,
        detail: &rejected.detail,
        position: rejected.position as u64,
        source: source(entry, index),
        timestamp: RECEIVED,
        key: entry.record.key,
        headers: Vec::new(),
        payload,
        payload_bytes: payload.len() as u64,
        format: Format::Auto,
    };
    outbox.push(Destination::DeadLetters, &[], |out| {
        frames.dead_letter.write(out);
        letter.encode(out);
    });
}

//! The decoding stage: a batch of records in, messages that borrow from it and what memory needs of each out. Pure but for its
//! metrics.

use std::ops::Range;
use std::sync::Arc;

use self_cell::self_cell;

use crate::batch::{Batch, Entry};
use crate::decode::{Context, Decoded, Decoder, Limits};
use crate::memory::observation::{Assessed, LogPlace, Observation, Stamp};
use crate::memory::tally::{Rank, Tallied};
use crate::memory::{Observer, Seen};
use crate::metrics::Metrics;
use crate::model::{Airport, Awb, Message};
use crate::outputs::Told;
use crate::outputs::read::{self, Assessment};
use crate::record::{Record, Rejected};
use crate::screen::course::{id_hash, id_hashes};
use crate::screen::verdict::Domain;
use crate::source::{Input, Role};

/// The messages of a batch, in the order of its records.
pub struct Messages<'a> {
    decoded: Decoded<'a>,
    /// One a record.
    spans: Vec<Range<usize>>,
}

self_cell!(
    /// A batch together with what was decoded from it.
    struct DecodedBatch {
        owner: Batch,
        #[covariant]
        dependent: Messages,
    }
);

/// A decoded batch and what it tells memory.
pub struct Observed {
    batch: DecodedBatch,
    /// In the order of the messages.
    pub observations: Vec<Observation>,
    /// One a message, refused ones included.
    observed: Vec<Range<usize>>,
    /// Referrals read back: what any replica told.
    pub told: Vec<Told>,
}

/// One message of a batch, or why there is none.
#[derive(Clone, Copy)]
pub struct Item<'b> {
    pub message: Result<&'b Message<'b>, &'b Rejected>,
    /// What it told memory.
    pub observations: &'b [Observation],
    /// The place of the first of them among all of the batch.
    pub first_observation: usize,
}

impl Observed {
    pub fn batch(&self) -> &Batch {
        self.batch.borrow_owner()
    }

    /// The records with the messages of each.
    pub fn records(&self) -> impl Iterator<Item = (Entry<'_>, impl Iterator<Item = Item<'_>>)> {
        let messages = self.batch.borrow_dependent();
        self.batch().entries().zip(&messages.spans).map(|(entry, span)| (entry, self.items(messages, span.clone())))
    }

    fn items<'b>(&'b self, messages: &'b Messages<'b>, span: Range<usize>) -> impl Iterator<Item = Item<'b>> {
        let decoded = messages.decoded.get(span.clone()).unwrap_or_default();
        let observed = self.observed.get(span).unwrap_or_default();
        decoded.iter().zip(observed).map(|(message, span)| Item {
            message: message.as_ref(),
            observations: self.observations.get(span.clone()).unwrap_or_default(),
            first_observation: span.start,
        })
    }
}

/// A decoding worker. Owns its decoder and its buffers.
pub struct DecodeWorker {
    pub decoder: Decoder,
    pub observer: Observer,
    pub inputs: Arc<[Input]>,
    pub limits: Limits,
    pub metrics: Arc<Metrics>,
}

impl DecodeWorker {
    pub fn decode(&mut self, batch: Batch) -> Observed {
        let batch = DecodedBatch::new(batch, |batch| {
            // Most records are one message, which tells memory one thing.
            let mut messages = Messages { decoded: Vec::with_capacity(batch.len()), spans: Vec::with_capacity(batch.len()) };
            for entry in batch.entries() {
                let before = messages.decoded.len();
                self.decode_record(entry, &mut messages.decoded);
                messages.spans.push(before..messages.decoded.len());
            }
            messages
        });
        let records = batch.borrow_owner().len();
        let (observations, spans) = (Vec::with_capacity(records), Vec::with_capacity(records));
        let mut observed = Observed { batch, observations, observed: spans, told: Vec::new() };
        self.observe(&mut observed);
        observed
    }

    fn decode_record<'a>(&mut self, entry: Entry<'a>, decoded: &mut Decoded<'a>) {
        let Record { origin, timestamp, payload, .. } = entry.record;
        let Some(Input { role: Role::Messages(format, writer), .. }) = self.inputs.get(usize::from(origin.topic)) else { return };
        let before = decoded.len();
        self.decoder.decode(*format, payload, &Context { received: timestamp, limits: self.limits }, decoded);
        writer.refuse(decoded.get_mut(before..).unwrap_or_default());
    }

    fn observe(&mut self, observed: &mut Observed) {
        let Observed { batch, observations, observed: spans, told } = observed;
        let messages = batch.borrow_dependent();
        for (entry, span) in batch.borrow_owner().entries().zip(&messages.spans) {
            let record = entry.record;
            match self.inputs.get(usize::from(record.origin.topic)).map(|input| input.role) {
                Some(Role::Assessments) => {
                    read_back(&mut self.observer, &self.inputs, record.payload, observations);
                }
                Some(Role::Referrals) => told.extend(Told::read(record.payload)),
                Some(Role::Messages(..)) | None => {}
            }
            let mut seen = seen(record);
            for message in messages.decoded.get(span.clone()).unwrap_or_default() {
                let before = observations.len();
                match message {
                    Ok(message) => {
                        self.metrics.messages_decoded.of(message.into()).inc();
                        self.observer.observe(message, seen, observations);
                        seen.place.index += message.consignments().len().max(1) as u32;
                    }
                    Err(_) => seen.place.index += 1,
                }
                spans.push(before..observations.len());
            }
        }
    }
}

/// What memory is told of a record besides its messages.
pub fn seen(record: Record<'_>) -> Seen {
    let Record { origin, timestamp, payload, .. } = record;
    let place = LogPlace { topic: origin.topic, partition: origin.partition, offset: origin.offset, index: 0 };
    Seen { received: timestamp, content: crc32fast::hash(payload), place }
}

/// What an assessment of our own tells memory. What is none tells nothing: anybody may write to the topic.
pub fn read_back(observer: &mut Observer, inputs: &[Input], payload: &[u8], observations: &mut Vec<Observation>) {
    let Some(line) = read::assessment(payload) else { return };
    observations.extend(assessed(observer, inputs, &line, payload).map(Observation::Assessed));
    observations.extend(tallied(observer, &line).map(Observation::Tallied));
}

fn assessed(observer: &mut Observer, inputs: &[Input], line: &Assessment<'_>, payload: &[u8]) -> Option<Assessed> {
    // One without a reason changes nothing that is remembered, and most are that.
    if line.evidence_ids.is_empty() && line.withdrawn_ids.is_empty() && line.answered_ids.is_empty() {
        return None;
    }
    let awb = line.awb.and_then(Awb::parse);
    let mut scores = [0; 2];
    for domain in &line.domains {
        if let Some(score) = scores.get_mut(domain.domain as usize) {
            *score = domain.score;
        }
    }
    Some(Assessed {
        consignment: observer.consignment(awb, line.hawb),
        awb,
        hawb: line.hawb.map(Into::into),
        stamp: stamp(line, payload),
        place: LogPlace {
            topic: inputs.iter().position(|input| input.topic == line.source.topic).map_or(u16::MAX, |topic| topic as u16),
            partition: line.source.partition,
            offset: line.source.offset,
            index: line.source.index,
        },
        decision: line.decision,
        scores,
        evidence: id_hashes(line.evidence_ids.iter().copied()),
        answered: id_hashes(line.answered_ids.iter().copied()),
    })
}

/// What one message led to is told from all else of its time by its place, what another bundle led to by its content.
fn stamp(line: &Assessment<'_>, payload: &[u8]) -> Stamp {
    let retro = line.judged_at.map(|time| Stamp { time, hash: crc32fast::hash(payload) });
    retro.unwrap_or(Stamp { time: line.received, hash: 0 })
}

/// What an assessment of our own adds to caps and alert budgets; most add nothing.
fn tallied(observer: &mut Observer, line: &Assessment<'_>) -> Option<Tallied> {
    let customs = line.domains.iter().find(|assessed| assessed.domain == Domain::Customs);
    let rank = customs.map(|customs| Rank::of(customs.proposed, customs.score, line.departure, line.received));
    let caps = line.caps.iter().map(|cap| (id_hash(cap.id), cap.demoted));
    let alert = line.terminal.and_then(Airport::new).zip(rank);
    Tallied::new(line.received, caps, alert, || observer.consignment(line.awb.and_then(Awb::parse), line.hawb))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Keys;
    use crate::memory::tally::What;
    use crate::model::{Decision, Timestamp};
    use crate::outputs::{AssessmentLine, CapLine, Source};
    use crate::screen::verdict;

    const RECEIVED: Timestamp = Timestamp::from_millis(1_767_225_600_000);

    fn read(line: &AssessmentLine<'_>) -> Vec<Observation> {
        let (mut payload, mut observations) = (Vec::new(), Vec::new());
        line.encode(&mut payload);
        read_back(&mut Observer::new(Keys::new(&[0; 16])), &[], &payload, &mut observations);
        observations
    }

    #[test]
    fn an_assessment_counts_for_the_caps_that_it_names_and_for_its_terminal() {
        let proposed = |proposed| verdict::Assessment { score: 45, proposed, ordered: proposed };
        let line = AssessmentLine {
            awb: Awb::new(20, 12_345_675),
            hawb: None,
            decision: Decision::Rfi,
            domains: [proposed(Decision::Clear), proposed(Decision::Rfi)],
            evidence_ids: vec!["a"],
            shadow_ids: vec!["b"],
            suppressed: Vec::new(),
            errors: &[],
            bundle: "",
            received: RECEIVED,
            source: Source { topic: "t", partition: 0, offset: 7, index: 0 },
            occasion: verdict::Occasion::Declared,
            withdrawn_ids: &[],
            answered_ids: &[],
            memory: &[],
            retro: false,
            judged_at: None,
            caps: [("a", false), ("b", true)].map(|(id, demoted)| CapLine { id, per_day: 9, fired: 3, demoted }).into(),
            terminal: Airport::new("BOG"),
            departure: None,
            held_back: None,
        };
        let [Observation::Assessed(_), Observation::Tallied(tallied)] = &read(&line)[..] else { panic!("both") };
        let bogota = Airport::new("BOG").map(What::alert).unwrap();
        let rank = Rank::of(Decision::Rfi, 45, None, RECEIVED);
        let [fired, demoted] = [What::Fired(id_hash("a")), What::Demoted(id_hash("b"))].map(|what| (what, Rank::default()));
        assert_eq!((tallied.time, &tallied.entries[..]), (RECEIVED, &[fired, demoted, (bogota, rank)][..]));
        assert!(!tallied.consignment.is_none());
        let unwarranted =
            AssessmentLine { domains: [proposed(Decision::Rfs), proposed(Decision::Clear)], caps: Vec::new(), ..line };
        assert!(
            matches!(read(&unwarranted)[..], [Observation::Assessed(_)]),
            "an alert of aviation security takes nothing from it"
        );
    }
}

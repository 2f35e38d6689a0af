//! The pipeline without Kafka: payloads in the order in which they came, verdicts out. What `loadgate screen`, `loadgate explain` and
//! `loadgate backtest` run; the service does the same in stages, batch by batch, through the same functions.

use std::sync::Arc;

use crate::bundle::Bundle;
use crate::decode::{Context, Decoded, Decoder, Format, Limits};
use crate::memory::observation::{LogPlace, Observation};
use crate::memory::tally::Tallied;
use crate::memory::{Digest, Horizons, Key, Keys, Memory, Observer, Seen};
use crate::model::{ConsignmentId, Message, Timestamp};
use crate::record::Rejected;
use crate::screen::course::{self, id_hash};
use crate::screen::judge::{Judge, Judged};
use crate::screen::verdict::Decision;
use crate::screen::{budget, cap};
use crate::sink::{Holds, Telling};
use crate::source::Writer;

/// One log of one partition, replayed from its beginning.
pub struct Replay {
    decoder: Decoder,
    limits: Limits,
    observer: Observer,
    memory: Memory,
    judge: Judge,
    holds: Holds,
    bundle: Arc<Bundle>,
    /// Whether anything is folded and recalled.
    remembers: bool,
    /// Event time reached; deadlines up to it have passed.
    watermark: Option<Timestamp>,
    /// Records taken.
    records: i64,
    /// Answers to the record under way: where the next verdict or refusal stands in it, as outputs name it.
    answers: u32,
}

/// A record to be replayed.
#[derive(Debug, Clone, Copy)]
pub struct Given<'p> {
    pub format: Format,
    /// Who wrote it, where that is known: what such a writer may not send is refused, as in the service.
    pub writer: Option<Writer>,
    pub payload: &'p [u8],
    pub received: Timestamp,
}

impl<'p> Given<'p> {
    /// By whoever wrote it.
    pub fn new(format: Format, payload: &'p [u8], received: Timestamp) -> Self {
        Self { format, writer: None, payload, received }
    }
}

/// What came of a record, in its order.
pub enum Event<'e, 'c> {
    Rejected(&'e Rejected),
    /// A message was taken into memory.
    Remembered(&'e Message<'e>),
    /// A verdict, and what the terminal would be told.
    Judged(&'e Judged<'c>, &'e [Telling]),
    /// A message is done with, or refused: the share of the record's messages that is behind.
    Done(f64),
}

impl Replay {
    /// Starts with an empty memory. The keys of a replay are nobody's secret: nothing of it is written down.
    pub fn new(decoder: Decoder, bundle: Arc<Bundle>, limits: Limits, horizons: Horizons) -> Self {
        let keys = Keys::new(&[0; 16]);
        Self {
            decoder,
            limits,
            observer: Observer::new(keys.clone()),
            memory: Memory::new(horizons),
            judge: Judge::default(),
            holds: Holds::new(keys),
            bundle,
            remembers: true,
            watermark: None,
            records: 0,
            answers: 0,
        }
    }

    /// Remembers nothing: each bill is judged by what its message states alone, and nobody is told anything.
    pub fn stateless(decoder: Decoder, bundle: Arc<Bundle>, limits: Limits) -> Self {
        Self { remembers: false, ..Self::new(decoder, bundle, limits, Horizons::default()) }
    }

    pub fn remembers(&self) -> bool {
        self.remembers
    }

    /// What is remembered, as one number.
    pub fn digest(&mut self) -> Digest {
        self.memory.freeze().digest()
    }

    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// Takes one record; `each` hears what comes of it and says whether to go on.
    pub fn take(&mut self, given: Given<'_>, mut each: impl FnMut(Event<'_, '_>) -> bool) -> bool {
        let Given { format, writer, payload, received } = given;
        let mut decoded = Decoded::new();
        self.decoder.decode(format, payload, &Context { received, limits: self.limits }, &mut decoded);
        writer.into_iter().for_each(|writer| writer.refuse(&mut decoded));
        let place = LogPlace { topic: 0, partition: 0, offset: self.records, index: 0 };
        let mut seen = Seen { received, content: crc32fast::hash(payload), place };
        self.records += 1;
        self.answers = 0;
        let count = decoded.len() as f64;
        let goes_on = (1_u32..)
            .zip(&decoded)
            .all(|(number, decoded)| self.decoded(decoded, &mut seen, &mut each) && each(Event::Done(f64::from(number) / count)));
        goes_on && self.pass(seen, &mut each)
    }

    fn decoded(
        &mut self,
        decoded: &Result<Message<'_>, Rejected>,
        seen: &mut Seen,
        each: &mut impl FnMut(Event<'_, '_>) -> bool,
    ) -> bool {
        match decoded {
            Err(rejected) => {
                seen.place.index += 1;
                self.answers += 1;
                each(Event::Rejected(rejected))
            }
            Ok(message) if !self.remembers => self.stated(message, seen.received, each),
            Ok(message) => {
                let goes_on = self.message(message, *seen, each);
                seen.place.index += message.consignments().len().max(1) as u32;
                goes_on
            }
        }
    }

    fn stated(&mut self, message: &Message<'_>, received: Timestamp, each: &mut impl FnMut(Event<'_, '_>) -> bool) -> bool {
        message.consignments().iter().all(|consignment| {
            let judged = self.judge.stated(consignment, received, &self.bundle);
            each(Event::Judged(&judged, &[]))
        })
    }

    fn message(&mut self, message: &Message<'_>, seen: Seen, each: &mut impl FnMut(Event<'_, '_>) -> bool) -> bool {
        let mut observations = Vec::new();
        self.observer.observe(message, seen, &mut observations);
        observations.iter().for_each(|observation| self.memory.fold(observation));
        if !each(Event::Remembered(message)) {
            return false;
        }
        match message {
            Message::Waybill(_) | Message::Houses(_) => {
                let bills = message.consignments().iter().zip(&observations);
                bills.into_iter().all(|(consignment, observation)| {
                    let Observation::Declared(declared) = observation else { return true };
                    let history = self.memory.recall(declared);
                    let judged = self.judge.declared(consignment, seen.received, &history, &self.bundle);
                    self.tell(&judged, None, declared.consignment, seen, each)
                })
            }
            Message::Outcome(outcome) => {
                let key = observations.first().map_or(Key::NONE, Observation::consignment);
                let history = self.memory.recall_known(key).unwrap_or_default();
                let judged = self.judge.concluded(outcome, &history, &self.bundle);
                self.tell(&judged, Some(course::closes(outcome.kind).unwrap_or_default()), key, seen, each)
            }
            Message::Manifest(_) | Message::BookedList(_) | Message::Booking(_) | Message::Status(_) => {
                self.moved(message, &observations, seen, each)
            }
        }
    }

    fn moved(
        &mut self,
        message: &Message<'_>,
        observations: &[Observation],
        seen: Seen,
        each: &mut impl FnMut(Event<'_, '_>) -> bool,
    ) -> bool {
        Observation::moved(observations).all(|(line, key)| {
            let Some(history) = self.memory.recall_known(key) else { return true };
            match self.judge.moved(message, line, seen.received, &history, &self.bundle) {
                Some(judged) => self.tell(&judged, None, key, seen, each),
                None => true,
            }
        })
    }

    /// Deadlines that passed with the time of this record.
    fn pass(&mut self, seen: Seen, each: &mut impl FnMut(Event<'_, '_>) -> bool) -> bool {
        let before = *self.watermark.get_or_insert(seen.received);
        let now = before.max(seen.received);
        self.watermark = Some(now);
        self.memory.passed((0, 0), before, now).iter().all(|passed| {
            let Some(history) = self.memory.recall_known(passed.consignment) else { return true };
            match self.judge.passed(passed, &history, &self.bundle) {
                Some(judged) => self.tell(&judged, None, passed.consignment, seen, each),
                None => true,
            }
        })
    }

    fn tell(
        &mut self,
        judged: &Judged<'_>,
        released: Option<Decision>,
        key: Key,
        seen: Seen,
        each: &mut impl FnMut(Event<'_, '_>) -> bool,
    ) -> bool {
        let place = LogPlace { index: self.answers, ..seen.place };
        self.answers += 1;
        let tallied = tallied(judged, key, seen);
        tallied.into_iter().for_each(|tallied| self.memory.fold(&Observation::Tallied(tallied)));
        let assessed = judged.assessed(key, seen.received, place);
        assessed.into_iter().for_each(|assessed| self.memory.fold(&Observation::Assessed(assessed)));
        let id = self.holds.id(&judged.verdict.consignment);
        let tellings = self.holds.tellings(id, judged.verdict.decision, released, seen.received);
        self.holds.commit();
        each(Event::Judged(judged, &tellings))
    }

    /// Whether a message speaks of this waybill.
    pub fn concerns(message: &Message<'_>, id: &ConsignmentId) -> bool {
        let awb = id.awb;
        match message {
            Message::Waybill(_) | Message::Houses(_) => message.consignments().iter().any(|bill| bill.awb == awb),
            Message::Manifest(list) | Message::BookedList(list) => list.lines().any(|(_, line)| Some(line.awb) == awb),
            Message::Booking(booking) => Some(booking.line.awb) == awb,
            Message::Status(report) => Some(report.awb) == awb,
            Message::Outcome(outcome) => outcome.awb == awb,
        }
    }
}

/// What memory would count of it.
fn tallied(judged: &Judged<'_>, key: Key, seen: Seen) -> Option<Tallied> {
    let caps = cap::counted(&judged.verdict.evidence).map(|(id, cap)| (id_hash(id), cap.demoted));
    let rank = budget::rank(&judged.verdict, &judged.consignment, seen.received);
    Tallied::new(seen.received, caps, judged.consignment.origin.map(|terminal| (terminal, rank)), || key)
}

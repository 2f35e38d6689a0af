//! How an indicator on memory is tested: messages in the order of the log, decoded, observed, folded; then the consignment of the
//! last one is recalled and screened.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::cases::{RECEIVED, merge, patched};
use super::super::{CATALOGUE, Finding, Indicator, Needs, run};
use crate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use crate::memory::observation::{LogPlace, Observation};
use crate::memory::{History, Horizons, Key, Keys, Memory, Observer, Seen};
use crate::model::{Airport, Awb, Consignment, Message, Quantity, Timestamp};
use crate::screen::facts::{Facts, FactsBuffer};

/// What the log holds, and at which consignment the story ends. Times are hours from noon of 1 March 2026.
#[derive(Clone)]
pub struct Story {
    log: Vec<Entry>,
    /// Air waybill numbers given so far by [`Story::past`].
    given: u32,
    screened: Screened,
    received: Timestamp,
}

#[derive(Clone)]
enum Entry {
    Message(Timestamp, Rc<str>),
    Observed(Rc<Observation>),
}

/// Judged with the message it came in, or from memory alone.
#[derive(Clone)]
enum Screened {
    LastMessage,
    Known(Awb),
}

impl Entry {
    fn text(&self) -> Option<&str> {
        match self {
            Entry::Message(_, text) => Some(text),
            Entry::Observed(_) => None,
        }
    }
}

thread_local! {
    static DECODER: RefCell<Decoder> = RefCell::new(Decoder::new(DecoderConfig::default()).unwrap());
}

fn hour(hours: i64) -> Timestamp {
    let noon = Timestamp::parse_rfc3339(RECEIVED).unwrap();
    Timestamp::from_millis(noon.millis() + hours * 3_600_000)
}

impl Story {
    pub fn new() -> Self {
        Self { log: Vec::new(), given: 0, screened: Screened::LastMessage, received: hour(0) }
    }

    /// Three weeks of other shipments between other parties.
    pub fn settled() -> Self {
        Self::new().past(21, 1, r#"{"shipper": {"name": "NORTH TOOLS"}, "consignee": {"name": "SOUTH TOOLS"}}"#)
    }

    /// The number of the n-th waybill of [`Story::past`], or of [`Story::numbered`].
    pub fn awb(number: u32) -> String {
        format!("020-{number:07}{}", number % 7)
    }

    /// Waybills of other shipments: so many a day at noon, on each of so many days before the last.
    pub fn past(mut self, days: u16, each_day: u32, patch: &str) -> Self {
        for day in (1..=i64::from(days)).rev() {
            for _ in 0..each_day {
                self.given += 1;
                let number = self.given;
                self = self.numbered(number, -24 * day, patch);
            }
        }
        self
    }

    /// The clean waybill, patched, under another number.
    pub fn numbered(self, number: u32, hours: i64, patch: &str) -> Self {
        let mut waybill = patched(patch);
        merge(&mut waybill, serde_json::json!({ "awb": Self::awb(number) }));
        self.send(hours, &serde_json::json!({ "waybill": waybill }).to_string())
    }

    /// The clean waybill, patched, under its own number, 020-12345675.
    pub fn waybill(self, hours: i64, patch: &str) -> Self {
        self.send(hours, &serde_json::json!({ "waybill": patched(patch) }).to_string())
    }

    /// Any message, in JSON or Cargo-IMP.
    pub fn send(mut self, hours: i64, message: &str) -> Self {
        self.received = hour(hours);
        self.log.push(Entry::Message(self.received, message.into()));
        self.screened = Screened::LastMessage;
        self
    }

    pub fn fold(mut self, observation: &Observation) -> Self {
        self.log.push(Entry::Observed(Rc::new(observation.clone())));
        self
    }

    /// Judges this consignment from memory, instead of the last message's.
    pub fn screened(mut self, awb: &str) -> Self {
        self.screened = Screened::Known(number(awb));
        self
    }

    /// Judges the clean waybill's shipment later, from memory: a deadline.
    pub fn at(mut self, hours: i64) -> Self {
        self.received = hour(hours);
        self.screened("020-12345675")
    }

    pub fn key(&self, awb: &str) -> Key {
        observer().consignment(Some(number(awb)), None)
    }

    pub fn hits(&self, indicator: &Indicator, text: &str) {
        let found = self.check(indicator).unwrap_or_else(|| panic!("{}: nothing found", indicator.id));
        assert_eq!(found.text, text, "{}", indicator.id);
        assert!(found.values.iter().all(|(name, value)| !name.is_empty() && !value.is_empty()), "{}", indicator.id);
    }

    pub fn misses(&self, indicator: &Indicator) {
        assert_eq!(self.check(indicator), None, "{}", indicator.id);
    }

    /// What is found at the end of the story, in the order of the catalogue.
    pub fn findings(&self) -> Vec<(&'static Indicator, Finding)> {
        let judged = |index: usize| self.is_by_message() || CATALOGUE[index].needs == Needs::Memory;
        self.with_facts(|facts| run(facts, judged).map(|(_, indicator, found)| (indicator, found)).collect())
    }

    fn is_by_message(&self) -> bool {
        let last = self.log.iter().rev().find_map(Entry::text);
        matches!(self.screened, Screened::LastMessage) && last.is_some_and(is_bill)
    }

    fn check(&self, indicator: &Indicator) -> Option<Finding> {
        assert!(self.is_by_message() || indicator.needs == Needs::Memory, "{} needs the message", indicator.id);
        self.with_facts(|facts| (indicator.check)(facts))
    }

    fn with_facts<R>(&self, test: impl FnOnce(&Facts<'_>) -> R) -> R {
        let mut memory = Memory::new(Horizons::default());
        let mut last = Vec::new();
        for (index, entry) in self.log.iter().enumerate() {
            match entry {
                Entry::Observed(observation) => memory.fold(observation),
                Entry::Message(received, text) => {
                    last = decoded(*received, text.as_bytes(), |message| observed(*received, message, index as u32));
                    last.iter().for_each(|observation| memory.fold(observation));
                }
            }
        }
        let text = self.log.iter().rev().find_map(Entry::text).unwrap();
        match (&self.screened, last.last()) {
            (Screened::LastMessage, Some(Observation::Declared(declared))) => {
                let history = memory.recall(declared);
                decoded(self.received, text.as_bytes(), |message| {
                    let consignment = message.consignments().last().unwrap();
                    let mut buffer = FactsBuffer::default();
                    test(&Facts::new(consignment, self.received, &mut buffer).with_history(&history))
                })
            }
            (Screened::Known(awb), _) => self.screen_known(&memory, self.key(&awb.to_string()), test),
            (Screened::LastMessage, Some(other)) => self.screen_known(&memory, other.consignment(), test),
            (Screened::LastMessage, None) => panic!("the last message tells memory nothing"),
        }
    }

    /// Screens what memory knows, on a consignment that has no more than that.
    fn screen_known<R>(&self, memory: &Memory, key: Key, test: impl FnOnce(&Facts<'_>) -> R) -> R {
        let history = memory.recall_known(key).unwrap();
        let shipment = memory.recall_shipment(key).unwrap();
        let found = |history: &History| {
            let mut buffer = FactsBuffer::default();
            let known = skeleton(history);
            let facts = Facts::new(&known, self.received, &mut buffer).with_history(history);
            run(&facts, |index| CATALOGUE[index].needs == Needs::Memory).map(|(_, it, found)| (it.id, found)).collect::<Vec<_>>()
        };
        assert_eq!(found(&history), found(&shipment), "what needs memory alone needs the shipment alone");
        let mut buffer = FactsBuffer::default();
        test(&Facts::new(&skeleton(&history), self.received, &mut buffer).with_history(&history))
    }
}

/// A status report about the clean waybill's shipment.
pub fn status(line: &str) -> String {
    format!("FSU/15\n020-12345675FRAJFK/T4K100\n{line}")
}

fn number(awb: &str) -> Awb {
    serde_json::from_value(awb.into()).unwrap()
}

fn observer() -> Observer {
    Observer::new(Keys::new(&[5; 16]))
}

fn is_bill(message: &str) -> bool {
    message.starts_with(r#"{"waybill""#) || message.starts_with(r#"{"houses""#)
}

pub fn decoded<R>(received: Timestamp, payload: &[u8], then: impl FnOnce(&Message<'_>) -> R) -> R {
    let context = Context { received, limits: Limits::default() };
    let mut out = Vec::new();
    DECODER.with_borrow_mut(|decoder| decoder.decode(Format::Auto, payload, &context, &mut out));
    let [Ok(message)] = out.as_slice() else { panic!("{out:?}: {}", String::from_utf8_lossy(payload)) };
    then(message)
}

/// What a message tells memory; `content` tells it from other messages of the same moment.
pub fn observed(received: Timestamp, message: &Message<'_>, content: u32) -> Vec<Observation> {
    let mut out = Vec::new();
    observer().observe(message, Seen { received, content, place: LogPlace::default() }, &mut out);
    out
}

/// A consignment of which no more is known than memory keeps.
pub fn skeleton(history: &History) -> Consignment<'static> {
    history.bill.map_or_else(Consignment::default, |(_, bill)| Consignment {
        kind: bill.kind,
        origin: Airport::from_bytes(&bill.lane.origin),
        destination: Airport::from_bytes(&bill.lane.destination),
        quantity: Quantity { pieces: Some(bill.pieces), weight_g: Some(bill.weight_g), ..Quantity::default() },
        ..Consignment::default()
    })
}

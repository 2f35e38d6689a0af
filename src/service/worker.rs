//! The screening stage: what memory recalled of a batch in, everything there is to tell about it out. Pure but for its metrics.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::mem;
use std::ops::Range;
use std::sync::Arc;

use prometheus::IntCounter;

use super::decoding::Item;
use super::remembering::{Recalled, Remembered};
use super::telling::{self, Case};
use super::underway::Turn;
use crate::batch::{Claim, Entry, Retro};
use crate::bundle::{Bundle, BundleHash, Current};
use crate::decode::Format;
use crate::memory::departure::Due;
use crate::memory::observation::LogPlace;
use crate::memory::{History, Key};
use crate::metrics::labels::{Answer, Rescreened};
use crate::metrics::{ByName, Metrics};
use crate::model::{ConsignmentId, Message, OutcomeKind, Timestamp};
use crate::outputs::{Frames, Position, Source, Told};
use crate::record::Origin;
use crate::screen::cap;
use crate::screen::course;
use crate::screen::indicators::{self, Indicator};
use crate::screen::judge::{Judge, Judged};
use crate::screen::verdict::{Decision, Domain, EvidenceKind, Verdict};
use crate::screen::watch::{Lookups, Watch};
use crate::sink::{Outbox, Outgoing};
use crate::source::{Input, Partition};

/// A screened batch: what to publish for each record, in order.
pub struct Screened {
    remembered: Remembered,
    outbox: Outbox,
    referrals: Vec<Referral>,
    /// What is to be counted once, when it is committed: an aborted transaction is told again.
    counted: Vec<IntCounter>,
    /// One a record of the batch.
    spans: Vec<Spans>,
    /// Held until this is published or dropped: the end of a bundle is when nobody holds it.
    judged_by: Arc<Bundle>,
}

/// What there is to tell of one record.
struct Spans {
    outgoing: Range<usize>,
    referrals: Range<usize>,
    counted: Range<usize>,
}

/// What is to be told to the terminal; under which code is decided where the open holds are known.
pub struct Referral {
    pub id: ConsignmentId,
    pub telling: What,
    pub errors: Vec<&'static str>,
    /// Which consignment of the record.
    pub index: u32,
    /// Where a bill was screened: its departure.
    pub departs: Option<Due>,
    /// The event time at which it was screened again.
    pub again: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A verdict orders this.
    Ordered(Decision),
    /// A person removes the holds up to this one.
    Released(Decision),
}

#[derive(Clone, Copy)]
pub struct ScreenedRecord<'a> {
    pub entry: Entry<'a>,
    screened: &'a Screened,
    spans: &'a Spans,
}

impl<'a> ScreenedRecord<'a> {
    pub fn outgoing(self) -> impl Iterator<Item = Outgoing<'a>> {
        self.screened.outbox.slice(self.spans.outgoing.clone())
    }

    pub fn referrals(self) -> &'a [Referral] {
        self.screened.referrals.get(self.spans.referrals.clone()).unwrap_or_default()
    }

    /// The counters that grow by one when it is committed.
    pub fn counted(self) -> &'a [IntCounter] {
        self.screened.counted.get(self.spans.counted.clone()).unwrap_or_default()
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

    /// Size of the payloads together.
    pub fn bytes(&self) -> usize {
        self.remembered.observed.batch().bytes()
    }

    /// What was told by any replica, read back.
    pub fn told(&self) -> &[Told] {
        &self.remembered.observed.told
    }

    /// Event time that the verdicts of a partition reach with this batch.
    pub fn watermark(&self, partition: Partition) -> Option<Timestamp> {
        self.remembered.watermarks.get(&partition).copied()
    }

    pub fn judged_by(&self) -> BundleHash {
        self.judged_by.hash
    }

    pub fn retro(&self) -> Option<&Retro> {
        self.remembered.observed.batch().retro.as_ref()
    }

    pub fn caught_up(&self) -> bool {
        self.remembered.observed.batch().caught_up
    }
}

/// A bundle as outputs and metrics name it.
pub struct Named {
    hash: BundleHash,
    /// Hexadecimal, as every output names it.
    text: String,
    profile_matches: ByName<IntCounter>,
    profile_alerts: ByName<IntCounter>,
    suppressed: ByName<IntCounter>,
    /// Those that each indicator and profile points at.
    threats: HashMap<String, Vec<String>>,
    alert_threats: ByName<IntCounter>,
    inspected: ByName<IntCounter>,
    found: ByName<IntCounter>,
    demoted: ByName<IntCounter>,
    held_back: ByName<IntCounter>,
}

impl Named {
    pub fn of(bundle: &Bundle, metrics: &Metrics) -> Self {
        let profiles = bundle.profiles.iter().map(|profile| profile.id.as_str());
        let suppressions = bundle.policy.suppressions.iter().map(|suppression| suppression.id.as_str());
        let lists = bundle.watch.iter().flat_map(Watch::lists).map(|list| list.id);
        let ids = indicators::CATALOGUE.iter().map(|indicator| indicator.id).chain(profiles.clone()).chain(lists);
        let [inspected, found] = metrics.evidence_outcomes(&ids.collect::<Vec<_>>());
        let threats = threats(bundle);
        let names: BTreeSet<&str> = threats.values().flatten().map(String::as_str).collect();
        let [profile_matches, profile_alerts] = metrics.profiles(profiles);
        let capped = bundle.profiles.iter().filter(|profile| profile.cap_per_day.is_some());
        Self {
            hash: bundle.hash,
            text: bundle.hash.to_string(),
            profile_matches,
            profile_alerts,
            suppressed: metrics.evidence_suppressed(suppressions),
            alert_threats: metrics.alert_threats(names),
            threats,
            inspected,
            found,
            demoted: metrics.profile_demotions(capped.map(|profile| profile.id.as_str())),
            held_back: metrics.alerts_held_back(bundle.policy.budget.terminals()),
        }
    }

    /// Each profile that is a reason of an alert, and each threat that its reasons point at, once.
    fn count_alert(&self, verdict: &Verdict, counted: &mut Vec<IntCounter>) {
        let reasons = verdict.evidence.iter().filter(|evidence| evidence.counts());
        let profiles = reasons.clone().filter(|evidence| evidence.kind == EvidenceKind::Profile);
        counted.extend(profiles.map(|profile| self.profile_alerts.of(&profile.id).clone()));
        let threats: BTreeSet<&String> = reasons.filter_map(|evidence| self.threats.get(&*evidence.id)).flatten().collect();
        counted.extend(threats.into_iter().map(|threat| self.alert_threats.of(threat).clone()));
    }

    /// What an inspection says of the reasons that led to it.
    fn count_inspection(&self, kind: OutcomeKind, reasons: &[Cow<'_, str>], counted: &mut Vec<IntCounter>) {
        for id in reasons.iter().filter(|_| kind.inspects()) {
            counted.push(self.inspected.of(id).clone());
            counted.extend(kind.finds().then(|| self.found.of(id).clone()));
        }
    }
}

fn threats(bundle: &Bundle) -> HashMap<String, Vec<String>> {
    let of = |indicator: &Indicator| indicator.threats.iter().map(|threat| threat.as_str().to_owned()).collect();
    let indicators = indicators::CATALOGUE.iter().map(|indicator| (indicator.id.to_owned(), of(indicator)));
    let profiles = bundle.profiles.iter().map(|profile| (profile.id.clone(), vec![profile.threat.clone()]));
    indicators.chain(profiles).collect()
}

/// A screening worker. Takes the bundle in force for each batch.
pub struct Worker {
    pub current: Arc<Current>,
    /// Of the last batch.
    pub named: Named,
    pub inputs: Arc<[Input]>,
    pub frames: Frames,
    pub metrics: Arc<Metrics>,
    pub judge: Judge,
}

/// Where what is found about one record goes.
struct Desk<'a> {
    entry: Entry<'a>,
    source: Source<'a>,
    bundle: &'a Bundle,
    memory: &'a [Position<'a>],
    turn: &'a mut Turn,
    outbox: &'a mut Outbox,
    referrals: &'a mut Vec<Referral>,
    counted: &'a mut Vec<IntCounter>,
}

impl Desk<'_> {
    fn count(&mut self, counter: &IntCounter) {
        self.counted.push(counter.clone());
    }

    /// Hands on what memory will read back of a verdict, for those that stand on it until then.
    fn hand_on(&mut self, judged: &Judged<'_>, consignment: Key) {
        let (Entry { record, claim, .. }, index) = (self.entry, self.source.index);
        let Origin { topic, partition, offset } = record.origin;
        let place = LogPlace { topic, partition, offset, index };
        // What another bundle led to is told by its content, and waits until all before it has been read back.
        let assessed = judged.again.is_none().then(|| judged.assessed(consignment, record.timestamp, place)).flatten();
        assessed.into_iter().for_each(|assessed| self.turn.tell(claim, assessed));
    }

    /// What memory recalled, with what was told before of that consignment and not read back yet.
    fn known<'h>(&self, history: &'h History) -> Cow<'h, History> {
        self.turn.known((self.entry.claim, history.consignment), history)
    }
}

/// What memory recalled for one record, in the order of its messages.
type Recollections<'r> = std::iter::Peekable<std::slice::Iter<'r, Recalled>>;

impl Worker {
    pub fn screen(&mut self, mut remembered: Remembered) -> Screened {
        let bundle = self.current.take();
        if bundle.hash != self.named.hash {
            self.named = Named::of(&bundle, &self.metrics);
        }
        let mut outbox = Outbox::default();
        let (mut referrals, mut counted) = (Vec::new(), Vec::new());
        let mut spans = Vec::with_capacity(remembered.observed.batch().len());
        let inputs = Arc::clone(&self.inputs);
        let memory = positions(&inputs, &remembered);
        let mut turn = mem::take(&mut remembered.turn);
        for ((entry, items), recalled) in remembered.observed.records().zip(remembered.recalled()) {
            let before = (outbox.len(), referrals.len(), counted.len());
            let origin = entry.record.origin;
            if let Some(input) = inputs.get(usize::from(origin.topic)).filter(|_| entry.claim != Claim::NONE) {
                let source = Source { topic: &input.topic, partition: origin.partition, offset: origin.offset, index: 0 };
                let (outbox, referrals, counted) = (&mut outbox, &mut referrals, &mut counted);
                let (bundle, memory, turn) = (&*bundle, &*memory, &mut turn);
                let desk = Desk { entry, source, bundle, memory, turn, outbox, referrals, counted };
                match &remembered.observed.batch().retro {
                    Some(_) => self.screen_again(items, recalled, remembered.reached(entry), desk),
                    None => self.screen_record(input.format(), items, recalled, desk),
                }
            }
            spans.push(Spans {
                outgoing: before.0..outbox.len(),
                referrals: before.1..referrals.len(),
                counted: before.2..counted.len(),
            });
        }
        drop(memory);
        let Lookups { known, searched } = self.judge.take_lookups();
        self.metrics.list_lookups.of(Answer::Known).inc_by(known);
        self.metrics.list_lookups.of(Answer::Searched).inc_by(searched);
        Screened { remembered, outbox, referrals, counted, spans, judged_by: bundle }
    }

    fn screen_record<'b>(
        &mut self,
        format: Format,
        items: impl Iterator<Item = Item<'b>>,
        recalled: &[Recalled],
        mut desk: Desk<'_>,
    ) {
        let mut recalled = recalled.iter().peekable();
        for item in items {
            match item.message {
                Err(rejected) => {
                    desk.count(self.metrics.dead_letters.of(rejected.reason));
                    telling::dead_letter(rejected, desk.entry, desk.source, format, &self.frames, desk.outbox);
                    desk.source.index += 1;
                }
                Ok(message) => self.answer(message, &mut recalled, &mut desk),
            }
        }
        for passed in recalled {
            let Recalled::Passed { passed, history } = passed else { continue };
            let history = desk.known(history);
            if let Some(judged) = self.judge.passed(passed, &history, desk.bundle) {
                self.tell(judged, &history, None, &mut desk);
            }
        }
    }

    /// Judges the bills of a record again and tells what has changed.
    fn screen_again<'b>(
        &mut self,
        items: impl Iterator<Item = Item<'b>>,
        recalled: &[Recalled],
        now: Timestamp,
        mut desk: Desk<'_>,
    ) {
        let received = desk.entry.record.timestamp;
        let mut recalled = recalled.iter();
        for item in items {
            let bills = item.message.map(Message::consignments).unwrap_or_default();
            for (bill, again) in bills.iter().zip(&mut recalled) {
                let Recalled::Again(Some(history)) = again else {
                    self.metrics.rescreened.of(Rescreened::Closed).inc();
                    desk.source.index += 1;
                    continue;
                };
                match self.judge.again(bill, received, now, history, desk.bundle) {
                    Some(judged) => {
                        self.metrics.rescreened.of(Rescreened::Changed).inc();
                        self.tell(judged, history, None, &mut desk);
                    }
                    None => {
                        self.metrics.rescreened.of(Rescreened::Unchanged).inc();
                        desk.source.index += 1;
                    }
                }
            }
            desk.source.index += u32::from(bills.is_empty());
        }
    }

    /// Takes what was recalled for one message and answers it.
    fn answer(&mut self, message: &Message<'_>, recalled: &mut Recollections<'_>, desk: &mut Desk<'_>) {
        let received = desk.entry.record.timestamp;
        match message {
            Message::Waybill(_) | Message::Houses(_) => {
                for consignment in message.consignments() {
                    // Memory recalled one history for each.
                    let Some(Recalled::Declared(history)) = recalled.next() else { continue };
                    let history = desk.known(history);
                    let judged = self.judge.declared(consignment, received, &history, desk.bundle);
                    self.tell(judged, &history, None, desk);
                }
            }
            Message::Outcome(outcome) => {
                let Some(Recalled::Concluded(history)) = recalled.next() else { return };
                let history = desk.known(history);
                let judged = self.judge.concluded(outcome, &history, desk.bundle);
                desk.count(self.metrics.outcomes.of(outcome.kind));
                self.named.count_inspection(outcome.kind, &judged.verdict.carried, desk.counted);
                self.tell(judged, &history, Some(course::closes(outcome.kind).unwrap_or_default()), desk);
            }
            Message::Manifest(_) | Message::BookedList(_) | Message::Booking(_) | Message::Status(_) => {
                let is_moved = |next: &&Recalled| matches!(next, Recalled::Moved { .. });
                while let Some(Recalled::Moved { line, history }) = recalled.next_if(is_moved) {
                    let history = desk.known(history);
                    if let Some(judged) = self.judge.moved(message, *line, received, &history, desk.bundle) {
                        self.tell(judged, &history, None, desk);
                    }
                }
            }
        }
    }

    /// `history`: by which it was judged. `released`: the holds up to this one are removed, where a person's outcome was the occasion.
    fn tell(&self, judged: Judged<'_>, history: &History, released: Option<Decision>, desk: &mut Desk<'_>) {
        desk.hand_on(&judged, history.consignment);
        let departs = history.departs.filter(|_| judged.again.is_none());
        let Judged { verdict, consignment, occasion, again } = judged;
        let case = Case {
            verdict: &verdict,
            consignment: &consignment,
            occasion,
            entry: desk.entry,
            source: desk.source,
            bundle: &self.named.text,
            memory: desk.memory,
            again,
        };
        case.tell(&self.frames, desk.outbox);
        self.count(&verdict, desk.counted);
        let telling = released.map_or(What::Ordered(verdict.decision), What::Released);
        let Verdict { consignment: id, errors, .. } = verdict;
        desk.referrals.push(Referral { id, telling, errors, index: desk.source.index, departs, again });
        desk.source.index += 1;
    }

    fn count(&self, verdict: &Verdict, counted: &mut Vec<IntCounter>) {
        counted.push(self.metrics.consignments_assessed.of(verdict.decision).clone());
        for evidence in &verdict.evidence {
            let counter = match evidence.kind {
                EvidenceKind::Profile => self.named.profile_matches.of(&evidence.id),
                _ => self.metrics.evidence.of(&evidence.id),
            };
            counted.push(counter.clone());
            counted.extend(evidence.suppressed_by.iter().map(|by| self.named.suppressed.of(by).clone()));
        }
        for (id, cap) in cap::counted(&verdict.evidence).filter(|(_, cap)| cap.demoted) {
            counted.push(self.named.demoted.of(id).clone());
            if let Some(owner) = &cap.told_to {
                tracing::warn!(
                    profile = id,
                    owner,
                    per_day = cap.per_day,
                    "a profile is above its cap and in shadow until the day ends"
                );
            }
        }
        if let Some(held_back) = &verdict.held_back {
            counted.push(self.named.held_back.of(&held_back.terminal).clone());
        }
        let alerts = Domain::ALL.into_iter().zip(verdict.domains);
        let alerts = alerts.filter(|(domain, assessed)| assessed.proposed > Decision::Clear && verdict.alerts(*domain));
        let before = counted.len();
        counted.extend(alerts.map(|(domain, assessed)| self.metrics.alerts.of(domain, assessed.proposed).clone()));
        if counted.len() > before {
            self.named.count_alert(verdict, counted);
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

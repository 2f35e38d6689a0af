//! Judging: what is known of one consignment to the verdict on it, whatever the occasion. Pure: the service, `loadgate screen` and a
//! back-test all judge through here, so that they judge alike (law 3).

use std::borrow::Cow;

use super::course;
use super::decision::{self, Scratch};
use super::facts::{Facts, FactsBuffer};
use super::verdict::{Domain, Evidence, EvidenceKind, Occasion, Verdict};
use super::watch::Lookups;
use crate::bundle::Bundle;
use crate::memory::deadline::{Kind, Passed};
use crate::memory::observation::{Assessed, LogPlace, Stamp};
use crate::memory::{History, Key};
use crate::model::{BillKind, Code, Consignment, ConsignmentId, Message, Outcome, Quantity, Text, Timestamp};

/// What one thread keeps from one consignment to the next.
#[derive(Default)]
pub struct Judge {
    facts: FactsBuffer,
    scratch: Scratch,
}

/// A verdict with what it is about.
pub struct Judged<'c> {
    pub verdict: Verdict,
    /// As the message states it, or as memory knows it where no bill was the occasion.
    pub consignment: Cow<'c, Consignment<'c>>,
    pub occasion: Occasion,
    /// Of a bill that is screened again: the event time of that.
    pub again: Option<Timestamp>,
}

impl Judged<'_> {
    /// What memory reads back of it, told of a consignment by what stood at a place in the log: `None` when that changes nothing
    /// that is remembered.
    pub fn assessed(&self, consignment: Key, received: Timestamp, place: LogPlace) -> Option<Assessed> {
        let Verdict { consignment: id, domains, decision, withdrawn, answered, .. } = &self.verdict;
        let assessed = Assessed {
            consignment,
            awb: id.awb,
            hawb: id.hawb.as_deref().map(Into::into),
            stamp: Stamp { time: received, hash: 0 },
            place,
            decision: *decision,
            scores: domains.map(|assessment| assessment.score),
            evidence: course::id_hashes(self.verdict.reasons()),
            answered: course::id_hashes(answered.iter().map(|id| &**id)),
        };
        let silent = assessed.evidence.is_empty() && assessed.answered.is_empty() && withdrawn.is_empty();
        (!silent).then_some(assessed)
    }
}

impl Judge {
    /// Names looked up on the watchlists since this was last asked.
    pub fn take_lookups(&mut self) -> Lookups {
        self.scratch.seen_parties.take_lookups()
    }

    /// A bill or an amendment of it.
    pub fn declared<'c>(
        &mut self,
        consignment: &'c Consignment<'c>,
        received: Timestamp,
        history: &History,
        bundle: &Bundle,
    ) -> Judged<'c> {
        let facts = Facts::new(consignment, received, &mut self.facts).with_history(history);
        let mut verdict = course::continued(decision::screen(&facts, bundle, &mut self.scratch), history, bundle);
        verdict.held_back = bundle.policy.budget.hold_back(&verdict, &facts);
        Judged { verdict, consignment: Cow::Borrowed(consignment), occasion: Occasion::Declared, again: None }
    }

    /// A bill by what its message states alone: nothing of memory is known, and nothing was told before.
    pub fn stated<'c>(&mut self, consignment: &'c Consignment<'c>, received: Timestamp, bundle: &Bundle) -> Judged<'c> {
        let facts = Facts::new(consignment, received, &mut self.facts);
        let verdict = decision::screen(&facts, bundle, &mut self.scratch);
        Judged { verdict, consignment: Cow::Borrowed(consignment), occasion: Occasion::Declared, again: None }
    }

    /// A bill that was judged by another bundle before, when event time has reached `now`: `None` when what was told of it stands.
    pub fn again<'c>(
        &mut self,
        consignment: &'c Consignment<'c>,
        received: Timestamp,
        now: Timestamp,
        history: &History,
        bundle: &Bundle,
    ) -> Option<Judged<'c>> {
        let after = |time: Timestamp| Timestamp::from_millis(time.millis().saturating_add(1));
        let now = now.max(after(received));
        let facts = Facts::new(consignment, received, &mut self.facts).judged_at(now).with_history(history);
        let verdict = course::continued(decision::screen(&facts, bundle, &mut self.scratch), history, bundle);
        // Later than what was told before, so that it is the latest.
        let again = history.course.assessed.as_ref().map_or(now, |told| now.max(after(told.stamp.at())));
        let (consignment, occasion) = (Cow::Borrowed(consignment), Occasion::Declared);
        course::is_news(&verdict, history).then_some(Judged { verdict, consignment, occasion, again: Some(again) })
    }

    /// The consignment that moved with line `line` of a message: `None` when memory finds nothing new in it.
    pub fn moved(
        &mut self,
        message: &Message<'_>,
        line: usize,
        received: Timestamp,
        history: &History,
        bundle: &Bundle,
    ) -> Option<Judged<'static>> {
        let id = moved(message, line)?;
        self.remembered(id, received, history, bundle, Vec::new(), Occasion::Moved)
    }

    /// Whether what moved may be news, which few movements are: whether anything is found in the shipment itself, without how its
    /// parties behave. Where this says no, [`moved`](Self::moved) finds nothing either.
    pub fn may_be_news(&mut self, message: &Message<'_>, line: usize, received: Timestamp, shipment: &History) -> bool {
        let Some(id) = moved(message, line) else { return false };
        let known = skeleton(&id, shipment);
        course::finds_news(&Facts::new(&known, received, &mut self.facts).with_history(shipment), shipment)
    }

    /// What a person found.
    pub fn concluded(&mut self, outcome: &Outcome<'_>, history: &History, bundle: &Bundle) -> Judged<'static> {
        let id = ConsignmentId { awb: outcome.awb, hawb: outcome.hawb.as_ref().map(ToString::to_string) };
        let consignment = Cow::Owned(skeleton(&id, history));
        let verdict = course::concluded(id, outcome.kind, history, bundle);
        Judged { verdict, consignment, occasion: Occasion::Outcome, again: None }
    }

    /// A deadline that passed: `None` when it is known already.
    pub fn passed(&mut self, passed: &Passed, history: &History, bundle: &Bundle) -> Option<Judged<'static>> {
        let id = remembered_id(history, passed.kind == Kind::Outcome)?;
        let evidence = vec![deadline_evidence(passed.kind, passed.time, history)];
        self.remembered(id, passed.time, history, bundle, evidence, Occasion::Deadline)
    }

    fn remembered(
        &mut self,
        id: ConsignmentId,
        at: Timestamp,
        history: &History,
        bundle: &Bundle,
        evidence: Vec<Evidence>,
        occasion: Occasion,
    ) -> Option<Judged<'static>> {
        let known = skeleton(&id, history);
        let facts = Facts::new(&known, at, &mut self.facts).with_history(history);
        let verdict = course::from_memory(id, &facts, history, bundle, evidence)?;
        Some(Judged { verdict, consignment: Cow::Owned(known), occasion, again: None })
    }
}

/// Which consignment the movement at `line` of a message is of.
fn moved(message: &Message<'_>, line: usize) -> Option<ConsignmentId> {
    let awb = match message {
        Message::Status(report) => Some(report.awb),
        Message::Booking(booking) => Some(booking.line.awb),
        Message::Manifest(list) | Message::BookedList(list) => list.lines().nth(line).map(|(_, line)| line.awb),
        Message::Waybill(_) | Message::Houses(_) | Message::Outcome(_) => None,
    };
    awb.map(|awb| ConsignmentId { awb: Some(awb), hawb: None })
}

/// A consignment as memory knows it: no parties and no goods, which memory does not keep.
fn skeleton(id: &ConsignmentId, history: &History) -> Consignment<'static> {
    let (_, bill) = history.bill.unwrap_or_default();
    let known = |number: u64| (number > 0).then_some(number);
    let station = |station: [u8; 3]| std::str::from_utf8(&station).ok().and_then(|text| Code::new(text.trim_end_matches('\0')));
    Consignment {
        kind: if id.hawb.is_some() { BillKind::House } else { bill.kind },
        awb: id.awb,
        hawb: id.hawb.clone().map(Text::from),
        origin: station(bill.lane.origin),
        destination: station(bill.lane.destination),
        quantity: Quantity {
            pieces: known(bill.pieces.into()).map(|_| bill.pieces),
            weight_g: known(bill.weight_g),
            volume_cm3: known(bill.volume_cm3),
            ..Quantity::default()
        },
        ..Consignment::default()
    }
}

/// The number of a consignment that no message names: of the assessment that a hold stands on, else of its bill.
fn remembered_id(history: &History, held: bool) -> Option<ConsignmentId> {
    let assessed = history.course.assessed.as_ref().filter(|_| held);
    let assessed = assessed.map(|assessed| ConsignmentId { awb: assessed.awb, hawb: assessed.hawb.as_deref().map(Into::into) });
    assessed.or_else(|| history.bill.map(|(_, bill)| ConsignmentId { awb: bill.awb, hawb: None }))
}

/// The reason that a deadline that passed gives.
fn deadline_evidence(kind: Kind, time: Timestamp, history: &History) -> Evidence {
    let (id, text, weight, domains) = match kind {
        Kind::Houses => {
            ("Q4", "no house bill of this consolidation four hours before its departure".to_owned(), 40, Domain::ALL.to_vec())
        }
        Kind::Pickup => ("T4", "not picked up within five days of its arrival".to_owned(), 15, vec![Domain::Customs]),
        Kind::Outcome => {
            let since = history.course.assessed.as_ref().map(|assessed| assessed.stamp.time).unwrap_or_default();
            ("unanswered", format!("the referral of {since} has not been answered for a day"), 0, Domain::ALL.to_vec())
        }
    };
    Evidence {
        kind: if kind == Kind::Outcome { EvidenceKind::Earlier } else { EvidenceKind::Indicator },
        id: id.into(),
        domains,
        text,
        values: vec![("deadline".into(), time.to_string())],
        weight,
        referral: None,
        shadow: false,
        suppressed_by: None,
        cap: None,
    }
}

//! From a verdict to the records that tell it, each to its readers.

use crate::batch::Entry;
use crate::decode::Format;
use crate::memory::History;
use crate::memory::deadline::Kind;
use crate::memory::observation::BillClass;
use crate::model::{BillKind, Code, Consignment, ConsignmentId, Message, Quantity, Text, Timestamp};
use crate::outputs::{Alert, AssessmentLine, DeadLetter, Frames, Header, Position, Referral, Source, Summary};
use crate::record::Rejected;
use crate::screen::verdict::{Assessment, Decision, Domain, Evidence, EvidenceKind, Occasion, Verdict};
use crate::sink::{self, Destination, Outbox, Standing, Telling};

/// A verdict with all that it is told with.
pub struct Case<'a> {
    pub verdict: &'a Verdict,
    /// As the message states it, or as memory knows it where no bill was the occasion.
    pub consignment: &'a Consignment<'a>,
    pub occasion: Occasion,
    pub entry: Entry<'a>,
    pub source: Source<'a>,
    pub bundle: &'a str,
    pub memory: &'a [Position<'a>],
}

impl Case<'_> {
    /// One assessment for every consignment, and an alert to each domain whose evidence warrants more than nothing, whatever the
    /// policy then orders, or in which evidence was withdrawn.
    pub fn tell(&self, frames: &Frames, outbox: &mut Outbox) {
        let key = self.verdict.consignment.key();
        outbox.push(Destination::Assessments, key.as_bytes(), |out| {
            frames.assessment.write(out);
            self.assessment().encode(out);
        });
        for (domain, assessed) in Domain::ALL.into_iter().zip(self.verdict.domains) {
            if assessed.proposed == Decision::Clear && self.verdict.withdrawn.is_empty() {
                continue;
            }
            let alert_id = self.alert_id(domain);
            outbox.push(destination(domain), key.as_bytes(), |out| {
                frames.alert.write(out);
                self.alert(domain, assessed, &alert_id).encode(out);
            });
        }
    }

    fn alert_id(&self, domain: Domain) -> String {
        let Source { topic, partition, offset, index } = self.source;
        format!("{topic}/{partition}/{offset}/{index}/{}", domain.as_str())
    }

    fn alert<'s>(&'s self, domain: Domain, assessed: Assessment, alert_id: &'s str) -> Alert<'s> {
        let Verdict { consignment, evidence, withdrawn, answered, .. } = self.verdict;
        Alert {
            alert_id,
            awb: consignment.awb,
            hawb: consignment.hawb.as_deref(),
            domain,
            decision: assessed.ordered,
            proposed: assessed.proposed,
            score: assessed.score,
            evidence: evidence.iter().filter(|evidence| evidence.domains.contains(&domain)).collect(),
            consignment: Summary::from(self.consignment),
            received: self.entry.record.timestamp,
            source: self.source,
            bundle: self.bundle,
            memory: self.memory,
            occasion: self.occasion,
            withdrawn_ids: withdrawn,
            answered_ids: answered,
        }
    }

    fn assessment(&self) -> AssessmentLine<'_> {
        let Verdict { consignment, evidence, carried, .. } = self.verdict;
        let reasons =
            |shadow: bool| evidence.iter().filter(move |evidence| evidence.shadow == shadow && is_reason(evidence)).map(id_of);
        AssessmentLine {
            awb: consignment.awb,
            hawb: consignment.hawb.as_deref(),
            decision: self.verdict.decision,
            domains: self.verdict.domains,
            evidence_ids: reasons(false).chain(carried.iter().map(|id| &**id)).collect(),
            shadow_ids: reasons(true).collect(),
            errors: &self.verdict.errors,
            bundle: self.bundle,
            received: self.entry.record.timestamp,
            source: self.source,
            occasion: self.occasion,
            withdrawn_ids: &self.verdict.withdrawn,
            answered_ids: &self.verdict.answered,
            memory: self.memory,
        }
    }
}

/// Points of an earlier assessment are no reason of their own.
fn is_reason(evidence: &Evidence) -> bool {
    evidence.kind != EvidenceKind::Earlier
}

fn id_of(evidence: &Evidence) -> &str {
    &evidence.id
}

pub fn id(consignment: &Consignment<'_>) -> ConsignmentId {
    ConsignmentId { awb: consignment.awb, hawb: consignment.hawb.as_ref().map(ToString::to_string) }
}

/// Which consignment the movement at `line` of a message is of.
pub fn moved(message: &Message<'_>, line: usize) -> Option<ConsignmentId> {
    let awb = match message {
        Message::Status(report) => Some(report.awb),
        Message::Booking(booking) => Some(booking.line.awb),
        Message::Manifest(list) | Message::BookedList(list) => list.lines().nth(line).map(|(_, line)| line.awb),
        Message::Waybill(_) | Message::Houses(_) | Message::Outcome(_) => None,
    };
    awb.map(|awb| ConsignmentId { awb: Some(awb), hawb: None })
}

/// A consignment as memory knows it: no parties and no goods, which memory does not keep.
pub fn skeleton(id: &ConsignmentId, history: &History) -> Consignment<'static> {
    let (_, bill) = history.bill.unwrap_or_default();
    let known = |number: u64| (number > 0).then_some(number);
    let station = |station: [u8; 3]| std::str::from_utf8(&station).ok().and_then(|text| Code::new(text.trim_end_matches('\0')));
    Consignment {
        kind: match (id.hawb.is_some(), bill.kind) {
            (true, _) | (_, BillClass::House) => BillKind::House,
            (_, BillClass::Consolidation) => BillKind::Consolidation,
            (_, BillClass::Direct) => BillKind::Direct,
        },
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
pub fn remembered_id(history: &History, held: bool) -> Option<ConsignmentId> {
    let assessed = history.assessed.as_ref().filter(|_| held);
    let assessed = assessed.map(|assessed| ConsignmentId { awb: assessed.awb, hawb: assessed.hawb.as_deref().map(Into::into) });
    assessed.or_else(|| history.bill.map(|(_, bill)| ConsignmentId { awb: bill.awb, hawb: None }))
}

/// The reason that a deadline that passed gives.
pub fn deadline_evidence(kind: Kind, time: Timestamp, history: &History) -> Evidence {
    let (id, text, weight, domains) = match kind {
        Kind::Houses => {
            ("Q4", "no house bill of this consolidation four hours before its departure".to_owned(), 40, Domain::ALL.to_vec())
        }
        Kind::Pickup => ("T4", "not picked up within five days of its arrival".to_owned(), 15, vec![Domain::Customs]),
        Kind::Outcome => {
            let since = history.assessed.as_ref().map(|assessed| assessed.stamp.time).unwrap_or_default();
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
    }
}

fn destination(domain: Domain) -> Destination {
    match domain {
        Domain::AviationSecurity => Destination::AlertsAviationSecurity,
        Domain::Customs => Destination::AlertsCustoms,
    }
}

/// Largest payload and headers that a dead letter carries. A broker takes 1 MiB a record unless told otherwise; a letter it
/// refuses would hold up its partition for ever, so what is longer is cut and read again at its origin.
const CARRIED_PAYLOAD_BYTES: usize = 900 << 10;
const CARRIED_HEADER_BYTES: usize = 64 << 10;

/// What could not be read, with what a re-drive needs.
pub fn dead_letter(
    rejected: &Rejected,
    entry: Entry<'_>,
    source: Source<'_>,
    format: Format,
    frames: &Frames,
    outbox: &mut Outbox,
) {
    let payload = entry.record.payload;
    let mut carried = 0;
    let headers = entry.headers().map_while(|(name, value)| {
        carried += name.len() + value.map_or(0, <[u8]>::len);
        let name = std::str::from_utf8(name).unwrap_or_default();
        (carried <= CARRIED_HEADER_BYTES).then_some(Header { name, value })
    });
    let letter = DeadLetter {
        reason: rejected.reason,
        detail: &rejected.detail,
        position: rejected.position as u64,
        source,
        timestamp: entry.record.timestamp,
        key: entry.record.key,
        headers: headers.collect(),
        payload: payload.get(..CARRIED_PAYLOAD_BYTES).unwrap_or(payload),
        payload_bytes: payload.len() as u64,
        format,
    };
    outbox.push(Destination::DeadLetters, entry.record.key.unwrap_or_default(), |out| {
        frames.dead_letter.write(out);
        letter.encode(out);
    });
}

/// The terminal's view: a code, no reasons.
pub struct TerminalView<'a> {
    pub referral: &'a super::Referral,
    pub entry: Entry<'a>,
    pub source: Source<'a>,
    pub regime: &'a str,
    /// The severest hold among the houses of the master, where that is to be shown.
    pub associated: Option<Decision>,
}

impl TerminalView<'_> {
    pub fn tell(&self, telling: Telling, frames: &Frames, outbox: &mut Outbox) -> &'static str {
        let id = &self.referral.id;
        let code = sink::code(telling.decision, telling.standing, id.awb.is_some());
        let key = id.key();
        let record = Referral {
            awb: id.awb,
            hawb: id.hawb.as_deref(),
            code,
            regime: self.regime,
            errors: &self.referral.errors,
            received: self.entry.record.timestamp,
            source: self.source,
            since: telling.since,
            associated: self.associated.map(|decision| sink::code(decision, Standing::InPlace, true)),
        };
        outbox.push(Destination::Referrals, key.as_bytes(), |out| {
            frames.referral.write(out);
            record.encode(out);
        });
        code
    }
}

//! From a verdict to the records that tell it, each to its readers.

use crate::batch::Entry;
use crate::decode::Format;
use crate::memory::first_departure;
use crate::model::{Consignment, Timestamp};
use crate::outputs::{
    Alert, AssessmentLine, CapLine, DeadLetter, Frames, Header, Position, Referral, Source, Summary, Suppressed,
};
use crate::record::Rejected;
use crate::screen::cap;
use crate::screen::verdict::{Assessment, Decision, Domain, Evidence, Occasion, Verdict};
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
    /// The event time at which a bill was screened again.
    pub again: Option<Timestamp>,
}

impl Case<'_> {
    /// One assessment for every consignment, and an alert to each domain that is to hear of it.
    pub fn tell(&self, frames: &Frames, outbox: &mut Outbox) {
        let key = self.verdict.consignment.key();
        outbox.push(Destination::Assessments, key.as_bytes(), |out| {
            frames.assessment.write(out);
            self.assessment().encode(out);
        });
        for (domain, assessed) in Domain::ALL.into_iter().zip(self.verdict.domains) {
            if !self.verdict.alerts(domain) {
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
        // The same message may be told again under each bundle.
        let again = self.again.map(|_| format!("/{}", self.bundle)).unwrap_or_default();
        format!("{topic}/{partition}/{offset}/{index}/{}{again}", domain.as_str())
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
            retro: self.again.is_some(),
        }
    }

    fn assessment<'s>(&'s self) -> AssessmentLine<'s> {
        let Verdict { consignment, evidence, .. } = self.verdict;
        let suppressed =
            |evidence: &'s Evidence| Some(Suppressed { id: id_of(evidence), by: evidence.suppressed_by.as_deref()? });
        AssessmentLine {
            awb: consignment.awb,
            hawb: consignment.hawb.as_deref(),
            decision: self.verdict.decision,
            domains: self.verdict.domains,
            evidence_ids: self.verdict.reasons().collect(),
            shadow_ids: evidence.iter().filter(|evidence| evidence.shadow).map(id_of).collect(),
            suppressed: evidence.iter().filter_map(suppressed).collect(),
            errors: &self.verdict.errors,
            bundle: self.bundle,
            received: self.entry.record.timestamp,
            source: self.source,
            occasion: self.occasion,
            withdrawn_ids: &self.verdict.withdrawn,
            answered_ids: &self.verdict.answered,
            memory: self.memory,
            retro: self.again.is_some(),
            judged_at: self.again,
            caps: cap::counted(evidence).map(|(id, cap)| CapLine::of(id, cap)).collect(),
            terminal: self.consignment.origin,
            departure: first_departure(self.consignment),
            held_back: self.verdict.held_back,
        }
    }
}

fn id_of(evidence: &Evidence) -> &str {
    &evidence.id
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
            retro: self.referral.again.is_some(),
        };
        outbox.push(Destination::Referrals, key.as_bytes(), |out| {
            frames.referral.write(out);
            record.encode(out);
        });
        code
    }
}

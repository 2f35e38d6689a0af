//! From a verdict to the records that tell it, each to its readers.

use crate::batch::Entry;
use crate::decode::Format;
use crate::model::Consignment;
use crate::outputs::{Alert, AssessmentLine, DeadLetter, Frames, Header, Referral, Source, Summary, Suppressed};
use crate::record::Rejected;
use crate::screen::verdict::{Decision, Domain, Evidence, Verdict};
use crate::sink::{self, Destination, Outbox, Standing};

/// One assessment for every consignment, and an alert to each domain whose evidence warrants more than nothing, whatever the
/// policy then orders.
pub fn verdict(
    verdict: &Verdict,
    consignment: &Consignment<'_>,
    entry: Entry<'_>,
    source: Source<'_>,
    bundle: &str,
    frames: &Frames,
    outbox: &mut Outbox,
) {
    let key = verdict.consignment.key();
    outbox.push(Destination::Assessments, key.as_bytes(), |out| {
        frames.assessment.write(out);
        assessment(verdict, entry, source, bundle).encode(out);
    });
    for (domain, assessed) in Domain::ALL.into_iter().zip(verdict.domains) {
        if assessed.proposed == Decision::Clear {
            continue;
        }
        let alert_id = format!("{}/{}/{}/{}/{}", source.topic, source.partition, source.offset, source.index, domain.as_str());
        let alert = Alert {
            alert_id: &alert_id,
            awb: verdict.consignment.awb,
            hawb: verdict.consignment.hawb.as_deref(),
            domain,
            decision: assessed.ordered,
            proposed: assessed.proposed,
            score: assessed.score,
            evidence: verdict.evidence.iter().filter(|evidence| evidence.domains.contains(&domain)).collect(),
            consignment: Summary::from(consignment),
            received: entry.record.timestamp,
            source,
            bundle,
            memory: &[],
        };
        outbox.push(destination(domain), key.as_bytes(), |out| {
            frames.alert.write(out);
            alert.encode(out);
        });
    }
}

fn assessment<'v>(verdict: &'v Verdict, entry: Entry<'_>, source: Source<'v>, bundle: &'v str) -> AssessmentLine<'v> {
    let ids = |wanted: fn(&Evidence) -> bool| verdict.evidence.iter().filter(|evidence| wanted(evidence)).map(id).collect();
    let suppressed = |evidence: &'v Evidence| Some(Suppressed { id: id(evidence), by: evidence.suppressed_by.as_deref()? });
    AssessmentLine {
        awb: verdict.consignment.awb,
        hawb: verdict.consignment.hawb.as_deref(),
        decision: verdict.decision,
        domains: verdict.domains,
        evidence_ids: ids(Evidence::counts),
        shadow_ids: ids(|evidence| evidence.shadow),
        suppressed: verdict.evidence.iter().filter_map(suppressed).collect(),
        errors: &verdict.errors,
        bundle,
        received: entry.record.timestamp,
        source,
    }
}

fn id(evidence: &Evidence) -> &str {
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

/// The terminal's view of a verdict: a code, no reasons.
pub struct TerminalView<'a> {
    pub referral: &'a super::Referral,
    pub entry: Entry<'a>,
    pub source: Source<'a>,
    pub regime: &'a str,
}

impl TerminalView<'_> {
    pub fn tell(&self, decision: Decision, standing: Standing, frames: &Frames, outbox: &mut Outbox) -> &'static str {
        let id = &self.referral.id;
        let code = sink::code(decision, standing, id.awb.is_some());
        let key = id.key();
        let record = Referral {
            awb: id.awb,
            hawb: id.hawb.as_deref(),
            code,
            regime: self.regime,
            errors: &self.referral.errors,
            received: self.entry.record.timestamp,
            source: self.source,
        };
        outbox.push(Destination::Referrals, key.as_bytes(), |out| {
            frames.referral.write(out);
            record.encode(out);
        });
        code
    }
}

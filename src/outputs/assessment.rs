//! Assessments: one line for every consignment screened, clear ones too (law 5).

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::{Position, Source};
use crate::decode::avro::encode_record;
use crate::model::{Awb, Timestamp};
use crate::screen::verdict::{Assessment, Decision, Domain, Occasion};

/// Fields in the order of `schemas/assessment.avsc`.
#[derive(Debug, Clone, Serialize)]
pub struct AssessmentLine<'a> {
    pub awb: Option<Awb>,
    pub hawb: Option<&'a str>,
    /// The severest order of the domains.
    pub decision: Decision,
    /// Indexed by [`Domain`].
    #[serde(serialize_with = "by_domain")]
    pub domains: [Assessment; 2],
    /// Reasons that count, in the verdict's order.
    pub evidence_ids: Vec<&'a str>,
    /// Reasons found in shadow mode.
    pub shadow_ids: Vec<&'a str>,
    /// Reasons that a suppression of the policy holds back.
    pub suppressed: Vec<Suppressed<'a>>,
    /// PACT data-quality codes.
    pub errors: &'a [&'a str],
    /// SHA-256 of the rule bundle, hexadecimal.
    pub bundle: &'a str,
    pub received: Timestamp,
    pub source: Source<'a>,
    pub occasion: Occasion,
    /// Reasons of the assessment before that are found no longer.
    pub withdrawn_ids: &'a [Cow<'static, str>],
    /// Reasons that a person has answered.
    pub answered_ids: &'a [Cow<'static, str>],
    /// What memory had read.
    pub memory: &'a [Position<'a>],
    /// Judged again because another bundle came into force.
    pub retro: bool,
    /// Of a retro verdict: later than every assessment before.
    pub judged_at: Option<Timestamp>,
}

/// A reason, and what holds it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Suppressed<'a> {
    pub id: &'a str,
    pub by: &'a str,
}

impl AssessmentLine<'_> {
    /// Appends the bare datum.
    pub fn encode(&self, out: &mut Vec<u8>) {
        encode_record(self, out);
    }
}

#[derive(Serialize)]
struct DomainAssessment {
    domain: Domain,
    score: u32,
    proposed: Decision,
    ordered: Decision,
}

fn by_domain<S: Serializer>(assessments: &[Assessment; 2], serializer: S) -> Result<S::Ok, S::Error> {
    let lines = Domain::ALL.into_iter().zip(assessments);
    serializer.collect_seq(lines.map(|(domain, assessment)| {
        let Assessment { score, proposed, ordered } = *assessment;
        DomainAssessment { domain, score, proposed, ordered }
    }))
}

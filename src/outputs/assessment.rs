//! Assessments: one line for every consignment screened, clear ones too (law 5).

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::{Position, Source};
use crate::decode::avro::encode_record;
use crate::model::{Airport, Awb, Timestamp};
use crate::screen::verdict::{Assessment, Cap, Decision, Domain, HeldBack, Occasion};

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
    /// Profiles found that have a cap.
    pub caps: Vec<CapLine<'a>>,
    /// Airport at which the consignment is first loaded: whose alert budget it counts for.
    pub terminal: Option<Airport>,
    /// Of the first flight, or noon of its day.
    pub departure: Option<Timestamp>,
    pub held_back: Option<HeldBack>,
}

/// A reason, and what holds it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Suppressed<'a> {
    pub id: &'a str,
    pub by: &'a str,
}

/// A profile with a cap, and how it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CapLine<'a> {
    pub id: &'a str,
    pub per_day: u32,
    pub fired: u32,
    pub demoted: bool,
}

impl<'a> CapLine<'a> {
    pub fn of(id: &'a str, cap: &Cap) -> Self {
        let Cap { per_day, fired, demoted, told_to: _ } = *cap;
        Self { id, per_day, fired, demoted }
    }
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

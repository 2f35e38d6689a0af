//! Reading back what was published, as far as anybody here asks: each record of its topic, whatever frame stands before it.
//!
//! The fields stand in the order of the schemas, which is how they are filled; the last ones of a schema may be left out.
//! `None` means that the record is no such output: the topics are ours, but anybody may write to them.

use std::sync::OnceLock;

use serde::Deserialize;

use super::{Frame, Output, Position, Source};
use crate::decode::avro::RecordReader;
use crate::model::Timestamp;
use crate::screen::verdict::{Decision, Domain, EvidenceKind, Occasion};

/// `schemas/assessment.avsc`
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Assessment<'a> {
    pub awb: Option<&'a str>,
    pub hawb: Option<&'a str>,
    pub decision: Decision,
    pub domains: Vec<DomainAssessment>,
    #[serde(borrow)]
    pub evidence_ids: Vec<&'a str>,
    #[serde(borrow)]
    pub shadow_ids: Vec<&'a str>,
    #[serde(borrow)]
    pub suppressed: Vec<Suppressed<'a>>,
    #[serde(borrow)]
    pub errors: Vec<&'a str>,
    pub bundle: &'a str,
    pub received: Timestamp,
    #[serde(borrow)]
    pub source: Source<'a>,
    pub occasion: Occasion,
    #[serde(borrow)]
    pub withdrawn_ids: Vec<&'a str>,
    #[serde(borrow)]
    pub answered_ids: Vec<&'a str>,
    /// What memory had read.
    #[serde(borrow)]
    pub memory: Vec<Position<'a>>,
    pub retro: bool,
    pub judged_at: Option<Timestamp>,
    #[serde(borrow)]
    pub caps: Vec<CapLine<'a>>,
    pub terminal: Option<&'a str>,
    pub departure: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct CapLine<'a> {
    pub id: &'a str,
    pub per_day: u32,
    pub fired: u32,
    pub demoted: bool,
}

/// A reason, and the suppression that holds it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Suppressed<'a> {
    pub id: &'a str,
    pub by: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct DomainAssessment {
    pub domain: Domain,
    pub score: u32,
    pub proposed: Decision,
    pub ordered: Decision,
}

/// `schemas/referral.avsc`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Referral<'a> {
    pub awb: Option<&'a str>,
    pub hawb: Option<&'a str>,
    pub code: &'a str,
    pub regime: &'a str,
    #[serde(borrow)]
    pub errors: Vec<&'a str>,
    pub received: Timestamp,
    #[serde(borrow)]
    pub source: Source<'a>,
    pub since: Option<Timestamp>,
    pub associated: Option<&'a str>,
}

/// `schemas/dead-letter.avsc`, without the record itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DeadLetter<'a> {
    pub reason: &'a str,
    pub detail: &'a str,
    pub position: u64,
    #[serde(borrow)]
    pub source: Source<'a>,
}

/// `schemas/alert.avsc`, up to the consignment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Alert<'a> {
    pub alert_id: &'a str,
    pub awb: Option<&'a str>,
    pub hawb: Option<&'a str>,
    pub domain: Domain,
    pub decision: Decision,
    pub proposed: Decision,
    pub score: u32,
    #[serde(borrow)]
    pub evidence: Vec<Reason<'a>>,
    #[serde(borrow)]
    pub consignment: Summary<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Reason<'a> {
    pub kind: EvidenceKind,
    pub id: &'a str,
    pub text: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Summary<'a> {
    pub origin: Option<&'a str>,
    pub destination: Option<&'a str>,
    pub shipper: Option<&'a str>,
    pub consignee: Option<&'a str>,
    pub goods: &'a str,
}

pub fn assessment(value: &[u8]) -> Option<Assessment<'_>> {
    Output::Assessment.read(value)
}

pub fn referral(value: &[u8]) -> Option<Referral<'_>> {
    Output::Referral.read(value)
}

pub fn dead_letter(value: &[u8]) -> Option<DeadLetter<'_>> {
    Output::DeadLetter.read(value)
}

pub fn alert(value: &[u8]) -> Option<Alert<'_>> {
    Output::Alert.read(value)
}

/// Fields that were added at the end, the first of each time, the newest first: with caps and budgets, and with retro verdicts.
const ADDED: [&str; 2] = ["caps", "retro"];

/// How the records of one output are read.
#[derive(Default)]
struct Reader {
    current: RecordReader,
    /// Records from before a field was added: they lie in the log beside the others. Each ends where the next goes on, so none is
    /// taken for another.
    older: Vec<RecordReader>,
}

impl Reader {
    /// A schema of our own that does not parse would read nothing: the tests read each.
    fn of(output: Output) -> Self {
        let schema = output.schema();
        let older = ADDED.iter().map(|field| RecordReader::of(&without_field(schema, field), schema).unwrap_or_default());
        Self { current: RecordReader::of(schema, schema).unwrap_or_default(), older: older.collect() }
    }
}

/// The schema as it was before that field and all after it were added.
fn without_field(schema: &str, name: &str) -> String {
    let mut schema: serde_json::Value = serde_json::from_str(schema).unwrap_or_default();
    if let Some(fields) = schema.get_mut("fields").and_then(|fields| fields.as_array_mut()) {
        let added = fields.iter().position(|field| field.get("name").is_some_and(|found| found == name));
        fields.truncate(added.unwrap_or(fields.len()));
    }
    schema.to_string()
}

impl Output {
    fn read<'a, T: Deserialize<'a>>(self, value: &'a [u8]) -> Option<T> {
        static READERS: OnceLock<[Reader; Output::ALL.len()]> = OnceLock::new();
        let reader = READERS.get_or_init(|| Output::ALL.map(Reader::of)).get(self as usize)?;
        let datum = Frame::skip(value);
        let older = || reader.older.iter().find_map(|older| older.read(datum).ok());
        reader.current.read(datum).ok().or_else(older)
    }
}

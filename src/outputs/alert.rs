//! Alerts: for screening teams only, one for each domain that refers a consignment. They hold personal data.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use super::Source;
use crate::decode::avro::encode_record;
use crate::model::{Airport, Awb, Consignment, FlightRef, Timestamp};
use crate::screen::verdict::{Cap, Decision, Domain, Evidence, EvidenceKind, Occasion};

/// Fields in the order of `schemas/alert.avsc`.
#[derive(Debug, Clone, Serialize)]
pub struct Alert<'a> {
    /// The same for the same message, bundle and domain.
    pub alert_id: &'a str,
    pub awb: Option<Awb>,
    pub hawb: Option<&'a str>,
    pub domain: Domain,
    /// What is ordered.
    pub decision: Decision,
    /// What the evidence warrants.
    pub proposed: Decision,
    pub score: u32,
    /// Of this domain, in the verdict's order.
    #[serde(serialize_with = "reasons")]
    pub evidence: Vec<&'a Evidence>,
    pub consignment: Summary<'a>,
    pub received: Timestamp,
    pub source: Source<'a>,
    /// SHA-256 of the rule bundle, hexadecimal.
    pub bundle: &'a str,
    /// What memory had read.
    pub memory: &'a [Position<'a>],
    pub occasion: Occasion,
    pub withdrawn_ids: &'a [Cow<'static, str>],
    pub answered_ids: &'a [Cow<'static, str>],
    /// Judged again because another bundle came into force.
    pub retro: bool,
}

impl Alert<'_> {
    /// Appends the bare datum.
    pub fn encode(&self, out: &mut Vec<u8>) {
        encode_record(self, out);
    }
}

/// How far memory had read one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position<'a> {
    pub topic: &'a str,
    pub partition: i32,
    /// Of the first record that memory had not read.
    pub next_offset: i64,
}

/// The consignment in short, for a person to recognise it.
#[derive(Debug, Clone, Serialize)]
pub struct Summary<'a> {
    pub origin: Option<Airport>,
    pub destination: Option<Airport>,
    pub shipper: Option<&'a str>,
    pub consignee: Option<&'a str>,
    pub goods: Cow<'a, str>,
    pub pieces: Option<u32>,
    pub weight_g: Option<u64>,
    #[serde(serialize_with = "flight_name")]
    pub flight: Option<FlightRef>,
    /// The flight's departure, or the day of it at 00:00 UTC.
    pub departure: Option<Timestamp>,
}

impl<'a> From<&'a Consignment<'_>> for Summary<'a> {
    fn from(consignment: &'a Consignment<'_>) -> Self {
        let flight = consignment.flights.first().copied();
        let goods = match &consignment.goods[..] {
            [] => Cow::Borrowed(""),
            [line] => Cow::Borrowed(line.description.as_str()),
            lines => Cow::Owned(lines.iter().map(|line| line.description.as_str()).collect::<Vec<_>>().join("; ")),
        };
        Summary {
            origin: consignment.origin,
            destination: consignment.destination,
            shipper: consignment.shipper.as_ref().map(|party| clip(party.name.as_str())),
            consignee: consignment.consignee.as_ref().map(|party| clip(party.name.as_str())),
            goods: clip_owned(goods),
            pieces: consignment.quantity.pieces,
            weight_g: consignment.quantity.weight_g,
            flight,
            departure: flight.and_then(|flight| flight.departure.or(flight.day)),
        }
    }
}

/// Longest text of an alert, in bytes: a broker takes 1 MiB a record unless told otherwise, and a goods description may be as
/// long as its message.
const TEXT_BYTES: usize = 2_000;

fn clip(text: &str) -> &str {
    text.get(..text.floor_char_boundary(TEXT_BYTES)).unwrap_or(text)
}

fn clip_owned(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(clip(text)),
        Cow::Owned(text) => Cow::Owned(clip(&text).to_owned()),
    }
}

fn flight_name<S: Serializer>(flight: &Option<FlightRef>, serializer: S) -> Result<S::Ok, S::Error> {
    flight.filter(|flight| flight.number.is_some()).map(FlightName).serialize(serializer)
}

/// Carrier and number: `KL0611`.
struct FlightName(FlightRef);

impl fmt::Display for FlightName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        [self.0.carrier.as_deref(), self.0.number.as_deref()].into_iter().flatten().try_for_each(|part| f.write_str(part))
    }
}

impl Serialize for FlightName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn reasons<S: Serializer>(evidence: &[&Evidence], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(evidence.iter().map(|evidence| Reason::from(*evidence)))
}

/// An evidence as an alert tells it: without its domains, since the alert is of one.
#[derive(Serialize)]
struct Reason<'a> {
    kind: EvidenceKind,
    id: &'a str,
    text: &'a str,
    values: Values<'a>,
    weight: u32,
    referral: Option<Decision>,
    shadow: bool,
    suppressed_by: Option<&'a str>,
    cap: Option<&'a Cap>,
}

impl<'a> From<&'a Evidence> for Reason<'a> {
    fn from(evidence: &'a Evidence) -> Self {
        let Evidence { kind, id, domains: _, text, values, weight, referral, shadow, suppressed_by, cap } = evidence;
        let (kind, weight, referral, shadow) = (*kind, *weight, *referral, *shadow);
        let suppressed_by = suppressed_by.as_deref();
        let cap = cap.as_ref();
        Reason { kind, id, text: clip(text), values: Values(values), weight, referral, shadow, suppressed_by, cap }
    }
}

struct Values<'a>(&'a [(Cow<'static, str>, String)]);

#[derive(Serialize)]
struct NamedValue<'a> {
    name: &'a str,
    value: &'a str,
}

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(name, value)| NamedValue { name, value: clip(value) }))
    }
}

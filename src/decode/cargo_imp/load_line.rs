//! One waybill's line on a flight or booking, with the lines that belong to it.

use super::dates::Calendar;
use super::fields::{self, Source, keep, text};
use super::oci;
use super::shipment::ShipmentHead;
use crate::model::{Airport, FlightRef, LoadLine};
use crate::record::Rejected;

/// The kind of line a continuation continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section<'a> {
    Waybill,
    Dimensions,
    Customs,
    /// Any other line identifier: the text is kept.
    Other(&'a [u8]),
}

/// `014-23511810LHRYYZ/S1K25MC0.06T13/DIESEL ENG SPS`, which stands at byte `at`.
pub(super) fn open(line: &[u8], at: usize) -> Result<LoadLine<'_>, Rejected> {
    let head = ShipmentHead::read(line, at)?;
    let mut load = LoadLine {
        awb: head.awb,
        origin: head.origin,
        destination: head.destination,
        quantity: head.quantity,
        description: text(head.rest),
        handling: Vec::new(),
        dimensions: Vec::new(),
        connections: Vec::new(),
        customs_notes: Vec::new(),
        remarks: Vec::new(),
    };
    if head.damaged {
        keep(&mut load.remarks, b"AWB", line);
    }
    Ok(load)
}

/// Reads a line with identifier `tag` into `load` and tells what its continuations are.
pub(super) fn tagged<'a>(load: &mut LoadLine<'a>, tag: &'a [u8], rest: &'a [u8]) -> Section<'a> {
    let section = match tag {
        b"DIM" => Section::Dimensions,
        b"OCI" => Section::Customs,
        _ => Section::Other(tag),
    };
    match section {
        Section::Customs => load.customs_notes.push(oci::note(rest, Source::default())),
        Section::Dimensions => dimensions(load, rest),
        _ => keep(&mut load.remarks, tag, rest),
    }
    section
}

/// A continuation. Behind dimensions may also stand what continues the waybill line itself.
pub(super) fn continuation<'a>(load: &mut LoadLine<'a>, section: Section<'a>, rest: &'a [u8], calendar: &Calendar) {
    match section {
        Section::Customs => load.customs_notes.push(oci::note(rest, Source::default())),
        Section::Other(tag) => keep(&mut load.remarks, tag, rest),
        Section::Dimensions if fields::dimensions(rest).is_some() => dimensions(load, rest),
        _ => waybill(load, rest, calendar),
    }
}

fn dimensions<'a>(load: &mut LoadLine<'a>, rest: &'a [u8]) {
    match fields::dimensions(rest) {
        Some(size) => load.dimensions.push(size),
        None => keep(&mut load.remarks, b"DIM", rest),
    }
}

/// Special handling codes (`HEA/MAG`), onward flights (`YYZKL667/19MAR`), or the agent with the flight the goods come on
/// (FBL: `ACME AGENTS/SU2041/12FEB/ZAG/X`).
fn waybill<'a>(load: &mut LoadLine<'a>, rest: &'a [u8], calendar: &Calendar) {
    if fields::split(rest).all(|field| fields::handling(field).is_some()) {
        load.handling.extend(fields::split(rest).filter_map(fields::handling));
        return;
    }
    if !onward(load, rest, calendar) {
        load.connections.extend(inbound(rest, calendar));
        keep(&mut load.remarks, b"AWB", rest);
    }
}

/// True when the whole line is onward flights.
fn onward<'a>(load: &mut LoadLine<'a>, mut rest: &'a [u8], calendar: &Calendar) -> bool {
    let before = load.connections.len();
    while !rest.is_empty() {
        let (flight, after) = fields::first(rest);
        let (day, after) = fields::first(after);
        let Some(found) = onward_flight(flight, day, calendar) else {
            load.connections.truncate(before);
            return false;
        };
        load.connections.push(found);
        rest = after;
    }
    true
}

/// `YYZKL667` and `19MAR`. Without a flight number it could as well be a name.
fn onward_flight(flight: &[u8], day: &[u8], calendar: &Calendar) -> Option<FlightRef> {
    let (to, flight) = flight.split_at_checked(3)?;
    let (carrier, number) = fields::numbered_flight(flight)?;
    let day = if day.is_empty() { None } else { Some(calendar.moment(day)?.day) };
    Some(FlightRef { carrier: Some(carrier), number: Some(number), day, to: Some(fields::airport(to)?), ..Default::default() })
}

fn inbound(rest: &[u8], calendar: &Calendar) -> Option<FlightRef> {
    let mut parts = fields::split(rest).skip(1);
    let (carrier, number) = fields::numbered_flight(parts.next()?)?;
    let day = calendar.moment(parts.next()?)?.day;
    let from: Option<Airport> = parts.next().and_then(fields::airport);
    Some(FlightRef { carrier: Some(carrier), number: Some(number), day: Some(day), from, ..Default::default() })
}

//! Movements: what bookings, flight lists and status reports tell of a shipment's way.

use super::super::days::Day;
use super::super::key::{Key, Kind, Mark};
use super::super::observation::{Lead, Loaded, Moved, Observation, Part, Stage, Stamp, Station};
use super::{Observer, Seen, clamped, hash32, hash64, station};
use crate::codes::airports;
use crate::model::{Airport, Booking, Code, FlightList, FlightRef, Quantity, ShipmentCode, StatusReport, Timestamp, Uld};
use crate::names::has_company_form;

impl Observer {
    pub(super) fn flight_list(&mut self, list: &FlightList<'_>, stage: Stage, seen: Seen, out: &mut Vec<Observation>) {
        let stamp = Stamp { time: seen.received, hash: seen.content };
        let flight = flight(&list.flight);
        let station = list.flight.from.map(station).unwrap_or_default();
        let lead = if stage == Stage::Booked { lead_repeated(seen.received, &list.flight, station) } else { Lead::Unknown };
        let on_flight = Part { station, flight, flight_number: flight_number(&list.flight), lead, ..Part::new(stage, stamp) };
        for load in list.points.iter().flat_map(|point| &point.loads) {
            let key = load.uld.map_or(Key::NONE, |uld| load_key(uld, flight));
            let manifested = if stage == Stage::Manifested { key } else { Key::NONE };
            if let (Some(weight_g), Some(load)) = (load.weight_g, manifested.some()) {
                out.push(Observation::Loaded(Loaded { load, stamp, weight_g }));
            }
            let loaded = Part { load: manifested, device: device(load.uld), ..on_flight };
            for line in &load.lines {
                let seals = Mark::of(self.seals(&line.customs_notes));
                let mut part = Part { seals, ..quantified(loaded, &line.quantity) };
                part.identity = identity(&part, load.uld);
                out.push(Observation::Moved(Moved { consignment: self.consignment(Some(line.awb), None), part }));
            }
        }
    }

    pub(super) fn booking(&mut self, booking: &Booking<'_>, seen: Seen, out: &mut Vec<Observation>) {
        let stamp = Stamp { time: seen.received, hash: seen.content };
        let first = booking.flights.first().map(|booked| booked.flight).unwrap_or_default();
        let from = booking.line.origin.map(station).unwrap_or_default();
        let (flight, lead) = (flight(&first), lead(seen.received, &first, from));
        let booked = Part { station: from, flight, lead, ..Part::new(Stage::Booked, stamp) };
        let mut part = quantified(booked, &booking.line.quantity);
        part.identity = identity(&part, None);
        out.push(Observation::Moved(Moved { consignment: self.consignment(Some(booking.line.awb), None), part }));
    }

    pub(super) fn status(&mut self, report: &StatusReport<'_>, seen: Seen, out: &mut Vec<Observation>) {
        let consignment = self.consignment(Some(report.awb), None);
        let seals = Mark::of(self.seals(&report.customs_notes));
        for (index, event) in (0_u32..).zip(&report.events) {
            let Some(stage) = Stage::of(&event.code) else { continue };
            let stamp = Stamp { time: clamped(event.time, seen.received), hash: seen.content ^ index.rotate_left(16) };
            let at = event.station.map(station).unwrap_or_default();
            let quantity = if event.quantity.pieces.is_some() { &event.quantity } else { &report.quantity };
            let uld = event.ulds.first().copied();
            let reported = Part {
                station: at,
                flight: event.flight.as_ref().map_or(0, flight),
                flight_number: event.flight.as_ref().map_or(0, flight_number),
                device: device(uld),
                seals,
                ..Part::new(stage, stamp)
            };
            let mut part = quantified(reported, quantity);
            match (stage, &event.party, &event.flight) {
                // A person signs for somebody.
                (Stage::Delivered, Some(party), _) if has_company_form(party, &mut self.names) => {
                    part.recipient = self.name(party)
                }
                (Stage::Booked, _, Some(flight)) => part.lead = lead_repeated(seen.received, flight, at),
                _ => {}
            }
            if let Some(discrepancy) = event.discrepancy {
                part.discrepancy.iter_mut().zip(discrepancy.as_bytes()).for_each(|(to, from)| *to = *from);
            }
            part.identity = identity(&part, uld);
            out.push(Observation::Moved(Moved { consignment, part }));
        }
    }
}

fn quantified(part: Part, quantity: &Quantity) -> Part {
    Part {
        whole: quantity.code == ShipmentCode::Total,
        pieces: quantity.pieces.unwrap_or_default(),
        weight_g: quantity.weight_g.unwrap_or_default(),
        ..part
    }
}

/// How long before a flight something was told. Days of flights are those of the station; where that may be behind UTC, its day may
/// not have begun.
fn lead(told: Timestamp, flight: &FlightRef, station: Station) -> Lead {
    let Some(day) = flight.day.or(flight.departure) else { return Lead::Unknown };
    let behind_millis = airports::hours_behind_utc(Airport::from_bytes(&station)) * 3_600_000;
    let told = told.millis().saturating_sub(behind_millis);
    if Day::of(Timestamp::from_millis(told)) < Day::of(day) { Lead::Ahead } else { Lead::SameDay }
}

/// The same of a message that repeats bookings: it tells of one that was made ahead, and nothing of one that was made late.
fn lead_repeated(told: Timestamp, flight: &FlightRef, station: Station) -> Lead {
    match lead(told, flight, station) {
        Lead::SameDay => Lead::Unknown,
        lead => lead,
    }
}

fn device(uld: Option<Uld>) -> Mark {
    Mark::of(uld.map(|uld| Key::of_public(Kind::Load, hash64(uld.as_str().bytes()))))
}

/// What tells a part from the others of its stage. A partial quantity that names no flight is told by its time as well.
fn identity(part: &Part, uld: Option<Uld>) -> u32 {
    let time = if part.whole || part.flight != 0 { 0 } else { part.stamp.time.millis() };
    let uld = uld.as_ref().map(Uld::as_str).unwrap_or_default();
    let fields = part.station.into_iter().chain(part.flight.to_le_bytes()).chain(part.discrepancy).chain(time.to_le_bytes());
    hash32(u32::from(part.whole), fields.chain(uld.bytes()))
}

/// Carrier, number and day, hashed; 0 without a number.
fn flight(flight: &FlightRef) -> u32 {
    let Some(number) = &flight.number else { return 0 };
    let day = flight.day.or(flight.departure).map_or(0, |day| Day::of(day).0);
    hash32(1, designator(flight, number).chain(day.to_le_bytes())).max(1)
}

/// The same without the day.
fn flight_number(flight: &FlightRef) -> u16 {
    let Some(number) = &flight.number else { return 0 };
    (hash32(2, designator(flight, number)) as u16).max(1)
}

fn designator<'f>(flight: &'f FlightRef, number: &'f Code<5>) -> impl Iterator<Item = u8> {
    let carrier = flight.carrier.as_ref().map(|carrier| carrier.as_bytes()).unwrap_or_default();
    let digits = number.as_bytes().iter().skip_while(|digit| **digit == b'0');
    carrier.iter().chain(digits).copied()
}

fn load_key(uld: Uld, flight: u32) -> Key {
    let uld = hash64(uld.as_str().bytes());
    Key::of_public(Kind::Load, uld ^ u64::from(flight).rotate_left(20))
}

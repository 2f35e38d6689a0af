//! FFR and FFA: the space booking of one waybill. Parties and product data of a request have no field and are kept.

use super::dates::Calendar;
use super::fields::{self, keep};
use super::lines::Lines;
use super::load_line::{self, Section};
use crate::model::{Booking, Code, FlightBooking, FlightRef, Message};
use crate::record::Rejected;

pub(super) fn read<'a>(lines: &mut Lines<'a>, calendar: &Calendar) -> Result<Message<'a>, Rejected> {
    let line = lines.mandatory("waybill line")?;
    let mut booking = Booking { line: load_line::open(line.text, line.at)?, flights: Vec::new(), remarks: Vec::new() };
    let mut section = Section::Waybill;
    while let Some(line) = lines.next() {
        match line.tag() {
            Some((tag @ (b"DIM" | b"OCI"), rest)) => section = load_line::tagged(&mut booking.line, tag, rest),
            Some((tag, rest)) => {
                section = Section::Other(tag);
                keep(&mut booking.remarks, tag, rest);
            }
            None if flight(&mut booking, line.text, calendar) => section = Section::Other(b"FLT"),
            None => match section {
                Section::Other(tag) => keep(&mut booking.remarks, tag, line.untagged()),
                _ => load_line::continuation(&mut booking.line, section, line.untagged(), calendar),
            },
        }
    }
    Ok(Message::Booking(booking))
}

/// `SU1712/03NOV/SVOKHV/KK`; a number of pieces behind the allocation code and further fields are kept.
fn flight<'a>(booking: &mut Booking<'a>, line: &'a [u8], calendar: &Calendar) -> bool {
    let (flight, rest) = fields::first(line);
    let (day, rest) = fields::first(rest);
    let (leg, rest) = fields::first(rest);
    let (Some((carrier, number)), Some(day)) = (fields::flight(flight), calendar.moment(day)) else { return false };
    let leg = fields::airport_pair(leg);
    let allocation = rest.get(..2).and_then(Code::from_bytes);
    let flight = FlightRef {
        carrier: Some(carrier),
        number,
        day: Some(day.day),
        from: leg.map(|leg| leg.0),
        to: leg.map(|leg| leg.1),
        departure: day.time,
        ..Default::default()
    };
    booking.flights.push(FlightBooking { flight, allocation });
    if leg.is_none() || rest.len() > 2 {
        keep(&mut booking.remarks, b"FLT", line);
    }
    true
}

//! Cargo-IMP: the line-oriented messages of the field that most terminals still send (FWB, FHL, FFM, FSU, FBL …).
//!
//! A payload may hold several messages one after another, bare or in a SITA Type-B or EDIFACT envelope. The reader is
//! lenient: a message needs its identifier and its waybill or flight line; whatever else is malformed is kept in `remarks`
//! for the indicators and for people to judge. One broken message costs one [`Rejected`]; the ones after it still decode.
//!
//! Everything works on bytes and borrows from the payload. It is not a validator: versions differ in what they allow, not in
//! how a line is read, so one reader serves all versions of a message.

mod booking;
mod dates;
mod envelope;
mod fhl;
mod fields;
mod flight_list;
mod fsu;
mod fwb;
mod identifier;
mod lines;
mod load_line;
mod oci;
mod parties;
mod rtd;
mod security;
mod shipment;
mod status_line;

use self::dates::Calendar;
use self::identifier::{Identifier, Kind};
use self::lines::Lines;
use super::{Context, Decoded};
use crate::record::{Reason, Rejected};

/// Decodes every message of `payload` and appends one result for each, at least one in all.
///
/// A manifest or booked list with an unreadable waybill line gives two results: the list without that line (it is kept in
/// the remarks) and a rejection that names the line, so that the waybill is not silently missing.
pub fn decode<'a>(payload: &'a [u8], context: &Context, out: &mut Decoded<'a>) {
    if let Err(rejected) = readable(payload, context.limits.payload_bytes) {
        out.push(Err(rejected));
        return;
    }
    let calendar = Calendar::new(context.received);
    let mut lines = Lines::new(payload, context.limits.elements);
    let before = out.len();
    while let Some(identifier) = lines.next_message() {
        let complete = out.len();
        read_message(identifier, &mut lines, &calendar, out);
        if lines.exhausted() {
            out.truncate(complete);
            break;
        }
        lines.skip_message();
    }
    if lines.exhausted() {
        let detail = format!("more than {} lines or line parts", context.limits.elements);
        out.push(Err(Rejected::new(Reason::TooMany, lines.position(), detail)));
    } else if out.len() == before {
        out.push(Err(Rejected::new(
            Reason::UnknownFormat,
            0,
            "no Cargo-IMP message identifier such as FWB/17 on a line of its own",
        )));
    }
}

/// Whether the payload looks like Cargo-IMP: a message identifier on a line of its own within the first 2,048 bytes.
pub fn sniff(payload: &[u8]) -> bool {
    let head = payload.get(..2048).unwrap_or(payload);
    let first = head.iter().find(|byte| **byte > b' ');
    !matches!(first, None | Some(b'{' | b'[' | b'<'))
        && head.first() != Some(&0)
        && Lines::new(head, 200).next_message().is_some()
}

fn readable(payload: &[u8], payload_bytes_max: usize) -> Result<(), Rejected> {
    if payload.len() > payload_bytes_max {
        let detail = format!("{} bytes, the limit is {payload_bytes_max}", payload.len());
        return Err(Rejected::new(Reason::TooLarge, 0, detail));
    }
    if payload.iter().all(|byte| byte.is_ascii_whitespace()) {
        return Err(Rejected::new(Reason::Empty, 0, "the payload is empty or blank"));
    }
    match memchr::memchr(0, payload) {
        Some(position) => Err(Rejected::new(Reason::NotText, position, "a zero byte: the payload is binary")),
        None => Ok(()),
    }
}

fn read_message<'a>(identifier: Identifier<'a>, lines: &mut Lines<'a>, calendar: &Calendar, out: &mut Decoded<'a>) {
    match identifier.kind {
        Some(Kind::Fwb) => out.push(fwb::read(lines, calendar)),
        Some(Kind::Fhl) => out.push(fhl::read(lines)),
        Some(Kind::Ffm) => flight_list::read(flight_list::ListKind::Manifest, lines, calendar, out),
        Some(Kind::Fbl) => flight_list::read(flight_list::ListKind::Booked, lines, calendar, out),
        Some(Kind::Fsu) => fsu::read(lines, calendar, out),
        Some(Kind::Fsr) => out.push(fsu::read_request(lines)),
        Some(Kind::Booking) => out.push(booking::read(lines, calendar)),
        None => {
            let detail = format!("{} is not among the supported messages and versions", identifier.name());
            out.push(Err(Rejected::new(Reason::UnsupportedVersion, identifier.at, detail)));
        }
    }
}

#[cfg(test)]
mod sample_tests;
#[cfg(test)]
mod tests;

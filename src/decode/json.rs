//! JSON to canonical messages: the serde form of [`Message`], one in a payload, several after one another (one a line or not), or
//! a list of them.
//!
//! Nothing is silently lost: a field that the model does not know, at any depth, becomes a [`Remark`] of its message, named after
//! the field, with the JSON as written. One unreadable message does not cost its neighbours as long as it is JSON: the decoder
//! goes on behind it.

mod de;
mod scan;

use serde::Deserialize;
use serde::de::IgnoredAny;

use self::scan::Scanner;
use super::check::settle;
use super::{Context, Decoded};
use crate::model::{Message, Remark, Text};
use crate::record::{Reason, Rejected};

/// Appends what the payload holds, in its order; at least one item.
pub fn decode<'a>(payload: &'a [u8], context: &Context, out: &mut Decoded<'a>) {
    if payload.len() > context.limits.payload_bytes {
        let detail = format!("{} bytes, at most {} are read", payload.len(), context.limits.payload_bytes);
        return out.push(Err(Rejected::new(Reason::TooLarge, 0, detail)));
    }
    match std::str::from_utf8(payload) {
        Ok(text) => decode_text(Scanner::new(text, context.limits), out),
        Err(error) => out.push(Err(Rejected::new(Reason::NotText, error.valid_up_to(), "JSON must be UTF-8"))),
    }
}

fn decode_text<'a>(mut scanner: Scanner<'a>, out: &mut Decoded<'a>) {
    let before = out.len();
    let result = match scanner.peek() {
        Some(b'[') => decode_list(&mut scanner, out),
        _ => decode_sequence(&mut scanner, out),
    };
    if let Err(rejected) = result {
        out.push(Err(rejected));
    }
    if out.len() == before {
        out.push(Err(Rejected::new(Reason::Empty, scanner.position(), "no message in the payload")));
    }
}

fn decode_sequence<'a>(scanner: &mut Scanner<'a>, out: &mut Decoded<'a>) -> Result<(), Rejected> {
    while scanner.peek().is_some() {
        decode_one(scanner, out)?;
    }
    Ok(())
}

fn decode_list<'a>(scanner: &mut Scanner<'a>, out: &mut Decoded<'a>) -> Result<(), Rejected> {
    let refuse = |problem: super::Problem| problem.into_rejected(0);
    scanner.open(b'[').map_err(refuse)?;
    if !scanner.take(b']') {
        decode_one(scanner, out)?;
        while scanner.take(b',') {
            decode_one(scanner, out)?;
        }
        scanner.expect(b']').map_err(refuse)?;
    }
    match scanner.peek() {
        None => Ok(()),
        Some(_) => Err(Rejected::new(Reason::BadField, scanner.position(), "something follows the list of messages")),
    }
}

/// Reads one message and pushes what came of it. An error means that what stands here is not JSON: nothing behind it can be read.
fn decode_one<'a>(scanner: &mut Scanner<'a>, out: &mut Decoded<'a>) -> Result<(), Rejected> {
    scanner.peek();
    let (start, mark) = (scanner.position(), scanner.mark());
    scanner.count().map_err(|problem| problem.into_rejected(start))?;
    let rejected = match Message::deserialize(&mut *scanner) {
        Ok(mut message) => {
            keep(scanner.take_unknown(), &mut message);
            out.push(settle(&mut message).map(|()| message).map_err(|rejected| Rejected { position: start, ..rejected }));
            return Ok(());
        }
        Err(problem) => problem.into_rejected(start),
    };
    scanner.rewind(mark);
    match IgnoredAny::deserialize(&mut *scanner) {
        Ok(_) => {
            out.push(Err(rejected));
            Ok(())
        }
        Err(_) => Err(rejected),
    }
}

/// Unknown fields become remarks.
fn keep<'a>(unknown: Vec<(Text<'a>, &'a str)>, message: &mut Message<'a>) {
    if unknown.is_empty() {
        return;
    }
    let remarks = match message {
        Message::Waybill(waybill) => &mut waybill.remarks,
        Message::Houses(houses) => &mut houses.remarks,
        Message::Manifest(list) | Message::BookedList(list) => &mut list.remarks,
        Message::Booking(booking) => &mut booking.remarks,
        Message::Status(status) => &mut status.remarks,
        Message::Outcome(outcome) => &mut outcome.remarks,
    };
    remarks.extend(unknown.into_iter().map(|(line, text)| Remark { line, text: Text::borrowed(text) }));
}

#[cfg(test)]
mod tests;

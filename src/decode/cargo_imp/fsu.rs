//! FSU, FSA and FSR: what happened to a shipment. One message may report on several shipments, one after another.

use super::dates::Calendar;
use super::fields::{self, keep};
use super::lines::{Line, Lines};
use super::oci;
use super::shipment::{ShipmentHead, is_waybill_line};
use super::status_line;
use crate::decode::Decoded;
use crate::model::{Code, Message, Remark, StatusReport};
use crate::record::Rejected;

/// Appends one report for each shipment. A broken waybill line costs one rejection and the lines below it.
pub(super) fn read<'a>(lines: &mut Lines<'a>, calendar: &Calendar, out: &mut Decoded<'a>) {
    let mut opening = match lines.mandatory("waybill line") {
        Ok(line) => Some(line),
        Err(rejected) => return out.push(Err(rejected)),
    };
    while let Some(line) = opening.take() {
        match open(&line) {
            Ok(mut report) => {
                opening = body(&mut report, lines, calendar);
                out.push(Ok(Message::Status(report)));
            }
            Err(rejected) => {
                out.push(Err(rejected));
                opening = next_shipment(lines);
            }
        }
    }
}

/// An FSR asks and has no events; the flights it names are kept as written.
pub(super) fn read_request<'a>(lines: &mut Lines<'a>) -> Result<Message<'a>, Rejected> {
    let mut report = open(&lines.mandatory("waybill line")?)?;
    let mut tag: &[u8] = b"FSR";
    while let Some(line) = lines.next() {
        let rest = match line.tag() {
            Some((found, rest)) => {
                tag = found;
                rest
            }
            None => line.untagged(),
        };
        keep(&mut report.remarks, tag, rest);
    }
    Ok(Message::Status(report))
}

fn open<'a>(line: &Line<'a>) -> Result<StatusReport<'a>, Rejected> {
    let head = ShipmentHead::of_line(line)?;
    let mut remarks = Vec::new();
    if head.damaged || !head.rest.is_empty() {
        keep(&mut remarks, b"AWB", line.text);
    }
    Ok(StatusReport {
        awb: head.awb,
        origin: head.origin,
        destination: head.destination,
        quantity: head.quantity,
        events: Vec::new(),
        customs_notes: Vec::new(),
        remarks,
    })
}

/// Reads up to the next shipment's waybill line, which it returns.
fn body<'a>(report: &mut StatusReport<'a>, lines: &mut Lines<'a>, calendar: &Calendar) -> Option<Line<'a>> {
    while let Some(line) = lines.next() {
        match line.tag() {
            None if is_waybill_line(line.text) => return Some(line),
            None => keep(remarks(report), b"AWB", line.untagged()),
            Some((b"OCI", rest)) => oci::read(rest, lines, &mut report.customs_notes),
            Some((b"ULD", rest)) => each_part(rest, lines, |rest| devices(report, rest)),
            Some((tag, rest)) => match Code::from_bytes(tag).filter(|_| status_line::is_event(tag, rest, calendar)) {
                Some(code) => report.events.push(status_line::read((code, tag), rest, lines, calendar)),
                None => each_part(rest, lines, |rest| keep(remarks(report), tag, rest)),
            },
        }
    }
    None
}

/// The line and its continuations; a waybill line of the next shipment is none.
fn each_part<'a>(rest: &'a [u8], lines: &mut Lines<'a>, mut read: impl FnMut(&'a [u8])) {
    read(rest);
    while lines.peek().is_some_and(|line| line.tag().is_none() && !is_waybill_line(line.text)) {
        if let Some(rest) = lines.continuation() {
            read(rest);
        }
    }
}

fn next_shipment<'a>(lines: &mut Lines<'a>) -> Option<Line<'a>> {
    loop {
        let line = lines.next()?;
        if is_waybill_line(line.text) {
            return Some(line);
        }
    }
}

/// Remarks belong to the last event, or to the report before the first.
fn remarks<'r, 'a>(report: &'r mut StatusReport<'a>) -> &'r mut Vec<Remark<'a>> {
    match report.events.last_mut() {
        Some(event) => &mut event.remarks,
        None => &mut report.remarks,
    }
}

/// `PMC16735QR/PMC91281FF-M` of the last event.
fn devices<'a>(report: &mut StatusReport<'a>, rest: &'a [u8]) {
    for field in fields::split(rest) {
        let number = field.split(|byte| *byte == b'-').next().unwrap_or_default();
        match (fields::uld(number), report.events.last_mut()) {
            (Some(uld), Some(event)) if number.len() == field.len() => event.ulds.push(uld),
            (Some(uld), Some(event)) => {
                event.ulds.push(uld);
                keep(&mut event.remarks, b"ULD", field);
            }
            _ => keep(remarks(report), b"ULD", field),
        }
    }
}

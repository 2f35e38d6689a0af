//! FWB: the master air waybill.

use super::dates::{self, Calendar};
use super::fields::{self, keep};
use super::lines::Lines;
use super::shipment::ShipmentHead;
use super::{oci, parties, rtd, security};
use crate::model::{Charges, Code, Consignment, FlightRef, Message, Money, Remark, Role};
use crate::record::Rejected;

pub(super) fn read<'a>(lines: &mut Lines<'a>, calendar: &Calendar) -> Result<Message<'a>, Rejected> {
    let line = lines.mandatory("waybill line")?;
    let head = ShipmentHead::of_line(&line)?;
    let mut waybill = Box::<Consignment>::default();
    waybill.remarks.reserve(16);
    waybill.awb = Some(head.awb);
    waybill.origin = head.origin;
    waybill.destination = head.destination;
    waybill.quantity = head.quantity;
    if head.damaged || !head.rest.is_empty() {
        keep(&mut waybill.remarks, b"AWB", line.text);
    }
    while let Some(rest) = lines.continuation() {
        keep(&mut waybill.remarks, b"AWB", rest);
    }
    while let Some(line) = lines.next() {
        match line.tag() {
            Some(tagged) => section(&mut waybill, tagged, lines, calendar),
            None => keep(&mut waybill.remarks, b"FWB", line.untagged()),
        }
    }
    assign_legs(&mut waybill);
    security::interpret(&mut waybill);
    Ok(Message::Waybill(waybill))
}

fn section<'a>(waybill: &mut Consignment<'a>, (tag, rest): (&'a [u8], &'a [u8]), lines: &mut Lines<'a>, calendar: &Calendar) {
    let remarks = &mut waybill.remarks;
    let source = lines.source;
    match tag {
        b"SHP" => set_party(&mut waybill.shipper, Role::Shipper, (tag, rest), lines, remarks),
        b"CNE" => set_party(&mut waybill.consignee, Role::Consignee, (tag, rest), lines, remarks),
        b"AGT" => set_party(&mut waybill.agent, Role::Agent, (tag, rest), lines, remarks),
        b"NFY" => waybill.notify.push(parties::read(Role::Notify, (tag, rest), lines, remarks)),
        b"OCI" => oci::read(rest, lines, &mut waybill.customs_notes),
        b"RTD" => rtd::read(rest, lines, waybill),
        b"ISU" => issue(waybill, rest, lines),
        b"FLT" => each_line(rest, lines, |line| flights(waybill, line, calendar)),
        b"RTG" => each_line(rest, lines, |line| routing(waybill, line)),
        b"SPH" => each_line(rest, lines, |line| handling(waybill, line)),
        b"CVD" => each_line(rest, lines, |line| values(&mut waybill.charges, line, remarks)),
        b"PPD" | b"COL" => each_line(rest, lines, |line| {
            if !total(&mut waybill.charges, line) {
                source.keep(remarks, tag, line);
            }
        }),
        _ => each_line(rest, lines, |line| source.keep(remarks, tag, line)),
    }
}

/// The line of an identifier and its continuations. An identifier alone, without any text, counts as a line.
pub(super) fn each_line<'a>(rest: &'a [u8], lines: &mut Lines<'a>, mut read: impl FnMut(&'a [u8])) {
    read(rest);
    while let Some(rest) = lines.continuation() {
        read(rest);
    }
}

/// A block that comes twice keeps its first party; the second is data that cannot be placed.
fn set_party<'a>(
    slot: &mut Option<crate::model::Party<'a>>,
    role: Role,
    tagged: (&'a [u8], &'a [u8]),
    lines: &mut Lines<'a>,
    remarks: &mut Vec<Remark<'a>>,
) {
    if slot.is_none() {
        *slot = Some(parties::read(role, tagged, lines, remarks));
    } else {
        each_line(tagged.1, lines, |line| keep(remarks, tagged.0, line));
    }
}

/// `SU1244/01/SU1008/02`: flight and day of the month by turns.
fn flights<'a>(waybill: &mut Consignment<'a>, mut rest: &'a [u8], calendar: &Calendar) {
    while !rest.is_empty() {
        let (flight, after) = fields::first(rest);
        let (day, after) = fields::first(after);
        let (Some((carrier, number)), Some(day)) = (fields::flight(flight), calendar.day_of_month(day)) else {
            keep(&mut waybill.remarks, b"FLT", rest);
            return;
        };
        waybill.flights.push(FlightRef { carrier: Some(carrier), number, day: Some(day), ..Default::default() });
        rest = after;
    }
}

/// `ISTTK/YULTK`: station and the carrier to it.
fn routing<'a>(waybill: &mut Consignment<'a>, rest: &'a [u8]) {
    for field in fields::split(rest) {
        let station = field.split_at_checked(3).and_then(|(station, carrier)| Some((fields::airport(station)?, carrier)));
        match station {
            Some((station, carrier)) if carrier.len() <= 3 => waybill.routing.push((station, Code::from_bytes(carrier))),
            _ => keep(&mut waybill.remarks, b"RTG", field),
        }
    }
}

/// Flights have their legs where there is one for each leg of the routing.
fn assign_legs(waybill: &mut Consignment<'_>) {
    if waybill.flights.len() != waybill.routing.len() {
        return;
    }
    let mut from = waybill.origin;
    for (flight, (to, _)) in waybill.flights.iter_mut().zip(&waybill.routing) {
        flight.from = from;
        flight.to = Some(*to);
        from = Some(*to);
    }
}

pub(super) fn handling<'a>(consignment: &mut Consignment<'a>, rest: &'a [u8]) {
    for field in fields::split(rest) {
        match fields::handling(field) {
            Some(code) => consignment.handling.push(code),
            None => keep(&mut consignment.remarks, b"SPH", field),
        }
    }
}

/// `USD/PX/PP/NVD/NCV/XXX`; a house bill has no charge code, and some senders of waybills leave its field out.
pub(super) fn values<'a>(charges: &mut Charges, rest: &'a [u8], remarks: &mut Vec<Remark<'a>>) {
    charges.declared = true;
    let mut parts = fields::split(rest);
    let fields = [(); 6].map(|()| parts.next().unwrap_or_default());
    let [currency, second, third, ..] = fields;
    charges.currency = Code::from_bytes(currency);
    let without_charge_code = third == b"NVD" || third.first().is_some_and(u8::is_ascii_digit);
    let (charge_code, [prepaid_collect, carriage, customs, insurance]) = match fields {
        [_, a, b, c, d, _] if without_charge_code => (&[][..], [a, b, c, d]),
        [_, a, b, c, d, e] => (a, [b, c, d, e]),
    };
    charges.charge_code = Code::from_bytes(charge_code);
    charges.prepaid_collect = Code::from_bytes(prepaid_collect);
    let mut unread = parts.next().is_some()
        || charges.currency.is_none() && !currency.is_empty()
        || Code::<2>::from_bytes(second).is_none() && !second.is_empty();
    let mut value = |field: &[u8], none: &[u8]| {
        let value = fields::money(field);
        unread |= value.is_none() && !field.is_empty() && field != none;
        value
    };
    charges.carriage_value = value(carriage, b"NVD");
    charges.customs_value = value(customs, b"NCV");
    charges.insurance_value = value(insurance, b"XXX");
    if unread {
        keep(remarks, b"CVD", rest);
    }
}

/// `WT1241.68`, `OC50.00/CT717.50`: the totals add up over prepaid and collect; false when there is anything else.
fn total(charges: &mut Charges, rest: &[u8]) -> bool {
    let mut only_totals = true;
    for field in fields::split(rest) {
        match field.strip_prefix(b"CT").and_then(fields::money) {
            Some(amount) => {
                let sum = charges.freight.map_or(0, |freight| freight.hundredths).saturating_add(amount.hundredths);
                charges.freight = Some(Money { hundredths: sum });
            }
            None => only_totals = false,
        }
    }
    only_totals
}

/// `01OCT06/HEATHROW/ACME LTD.`
fn issue<'a>(waybill: &mut Consignment<'a>, rest: &'a [u8], lines: &mut Lines<'a>) {
    let (date, issuer) = fields::first(rest);
    waybill.executed = dates::date_with_year(date);
    let source = lines.source;
    let unread = if waybill.executed.is_some() { issuer } else { rest };
    each_line(unread, lines, |line| {
        if !line.is_empty() {
            source.keep(&mut waybill.remarks, b"ISU", line);
        }
    });
}

//! One status line of an FSU: `RCF/SU2428/03MAY0015-N/BLQ/T2600K22057//A2000`.

use super::dates::{self, Calendar};
use super::fields::{self, keep, some_text};
use super::lines::Lines;
use super::shipment::is_waybill_line;
use crate::model::{Airport, Code, FlightRef, Quantity, StatusEvent, Timestamp};

/// Known status codes (IATA code list 1.18), and others whose first or second field is a date.
pub(super) fn is_event(tag: &[u8], rest: &[u8], calendar: &Calendar) -> bool {
    order(tag).is_some() || fields::split(rest).take(2).any(|field| calendar.moment(field).is_some())
}

/// Reads the line and its continuations. Everything that has no field is kept in the event's remarks.
pub(super) fn read<'a>(
    (code, tag): (Code<3>, &'a [u8]),
    rest: &'a [u8],
    lines: &mut Lines<'a>,
    calendar: &Calendar,
) -> StatusEvent<'a> {
    let mut reading = Reading { tag, order: order(tag).unwrap_or(Order::TimeFirst), event: blank(code), day: None };
    reading.line(rest, calendar);
    while lines.peek().is_some_and(|line| line.tag().is_none() && !is_waybill_line(line.text)) {
        if let Some(rest) = lines.continuation() {
            reading.continuation(rest);
        }
    }
    reading.finish()
}

/// What stands before the quantity.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// Flight, date (with time), station or leg.
    FlightFirst,
    /// Carrier, date and time, station.
    CarrierFirst,
    /// Carrier, station.
    CarrierAndStation,
    /// Date and time, station.
    TimeFirst,
}

fn order(tag: &[u8]) -> Option<Order> {
    match tag {
        b"BKD" | b"MAN" | b"DEP" | b"PRE" | b"RCF" | b"ARR" | b"AWR" | b"DIS" => Some(Order::FlightFirst),
        b"RCT" | b"TFD" => Some(Order::CarrierFirst),
        b"TRM" => Some(Order::CarrierAndStation),
        b"FOH" | b"RCS" | b"NFD" | b"AWD" | b"DLV" | b"DDL" | b"CCD" | b"CRC" | b"TGC" | b"DPU" | b"DOC" | b"FIW" | b"FOW" => {
            Some(Order::TimeFirst)
        }
        _ => None,
    }
}

fn blank<'a>(code: Code<3>) -> StatusEvent<'a> {
    StatusEvent {
        code,
        station: None,
        time: None,
        flight: None,
        quantity: Quantity::default(),
        discrepancy: None,
        party: None,
        ulds: Vec::new(),
        remarks: Vec::new(),
    }
}

struct Reading<'a> {
    tag: &'a [u8],
    order: Order,
    event: StatusEvent<'a>,
    /// The date of the line: the flight's day, or the event's.
    day: Option<Timestamp>,
}

impl<'a> Reading<'a> {
    fn line(&mut self, rest: &'a [u8], calendar: &Calendar) {
        let rest = if self.order == Order::TimeFirst { rest } else { self.carrier(rest) };
        let rest = if self.order == Order::CarrierAndStation { rest } else { self.moment(rest, calendar) };
        let rest = self.place(rest);
        let rest = if self.tag == b"DIS" { self.discrepancy(rest) } else { rest };
        let (quantity, tail) = fields::first(rest);
        let (read, unread) = fields::quantity(quantity);
        self.event.quantity = read;
        self.keep_if(!unread.is_empty(), quantity);
        match self.order {
            Order::FlightFirst => self.flight_tail(tail),
            _ if self.tag == b"CRC" => self.departing_flight(tail, calendar),
            _ => self.name_tail(tail),
        }
    }

    fn carrier(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let (field, rest) = fields::first(rest);
        if let Some((carrier, number)) = fields::flight(field) {
            self.event.flight = Some(FlightRef { carrier: Some(carrier), number, ..Default::default() });
        } else {
            self.keep_if(!field.is_empty(), field);
        }
        rest
    }

    /// A time makes the event's time; a date alone is that of the flight.
    fn moment(&mut self, rest: &'a [u8], calendar: &Calendar) -> &'a [u8] {
        let (field, rest) = fields::first(rest);
        match calendar.moment(field) {
            Some(moment) => {
                self.day = Some(moment.day);
                self.event.time = moment.time;
                if let (Some(flight), Order::FlightFirst) = (&mut self.event.flight, self.order) {
                    flight.day = Some(moment.day);
                }
            }
            None => self.keep_if(!field.is_empty(), field),
        }
        rest
    }

    /// A station, or the leg of a flight, whose first station it is.
    fn place(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let (field, rest) = fields::first(rest);
        if let Some((from, to)) = fields::airport_pair(field) {
            self.event.station = Some(from);
            self.leg(Some(from), Some(to));
        } else if let Some(station) = fields::airport(field) {
            self.event.station = Some(station);
            if matches!(self.tag, b"RCF" | b"ARR" | b"AWR") && self.event.flight.is_some() {
                self.leg(None, Some(station));
            }
        } else {
            self.keep_if(!field.is_empty(), field);
        }
        rest
    }

    fn leg(&mut self, from: Option<Airport>, to: Option<Airport>) {
        let flight = self.event.flight.get_or_insert_default();
        (flight.from, flight.to) = (from, to);
    }

    fn discrepancy(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let (field, rest) = fields::first(rest);
        self.event.discrepancy = Code::from_bytes(field);
        self.keep_if(self.event.discrepancy.is_none() && !field.is_empty(), field);
        rest
    }

    /// `S2359/S0800-S/MC127.84`: departure and arrival, each scheduled, estimated or actual, then volume. The letter has no
    /// field, so the times are kept as written, too.
    fn flight_tail(&mut self, tail: &'a [u8]) {
        let mut keep_tail = false;
        for (index, field) in fields::split(tail).enumerate().filter(|(_, field)| !field.is_empty()) {
            let known = match field {
                [b'A' | b'E' | b'S', clock @ ..] if dates::clock_ms(clock).is_some() => {
                    keep_tail = true;
                    self.flight_time(index, clock)
                }
                _ => self.measure(field),
            };
            keep_tail |= !known;
        }
        self.keep_if(keep_tail, tail);
    }

    fn flight_time(&mut self, index: usize, clock: &[u8]) -> bool {
        let (Some(day), Some(clock_ms)) = (self.day, dates::clock_ms(clock)) else { return false };
        let flight = self.event.flight.get_or_insert_default();
        let slot = if index == 0 { &mut flight.departure } else { &mut flight.arrival };
        *slot = Some(dates::on_day(day, clock_ms));
        true
    }

    /// `AF171/18JUL/YYZLYS`, any of them empty: what the shipment leaves with.
    fn departing_flight(&mut self, tail: &'a [u8], calendar: &Calendar) {
        let (flight, rest) = fields::first(tail);
        let (day, rest) = fields::first(rest);
        let (leg, rest) = fields::first(rest);
        let (carrier, day, leg) = (fields::flight(flight), calendar.moment(day), fields::airport_pair(leg));
        if carrier.is_none() && leg.is_none() {
            return self.name_tail(tail);
        }
        self.event.flight = Some(FlightRef {
            carrier: carrier.map(|flight| flight.0),
            number: carrier.and_then(|flight| flight.1),
            day: day.map(|moment| moment.day),
            from: leg.map(|leg| leg.0),
            to: leg.map(|leg| leg.1),
            ..Default::default()
        });
        self.keep_if(!rest.is_empty(), tail);
    }

    /// A name; the manifest number of TFD is none.
    fn name_tail(&mut self, tail: &'a [u8]) {
        if self.measure(tail) {
            return;
        }
        let number = self.tag == b"TFD" && tail.iter().all(u8::is_ascii_digit);
        if !number && self.event.party.is_none() {
            self.event.party = some_text(tail);
        } else {
            self.keep_if(!tail.is_empty(), tail);
        }
    }

    /// `MC2.96`; for transfers `SU/ACME HANDLING`: the other carrier and who signs for it.
    fn continuation(&mut self, rest: &'a [u8]) {
        if self.measure(rest) {
            return;
        }
        if self.order == Order::CarrierFirst && self.event.party.is_none() {
            self.event.party = some_text(fields::first(rest).1);
        }
        keep(&mut self.event.remarks, self.tag, rest);
    }

    fn measure(&mut self, field: &[u8]) -> bool {
        let letters = field.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
        letters == 2 && fields::set_measure(&mut self.event.quantity, field, letters)
    }

    fn keep_if(&mut self, condition: bool, field: &'a [u8]) {
        if condition {
            keep(&mut self.event.remarks, self.tag, field);
        }
    }

    /// A departure or arrival without a time of its own happened when the flight did. The date of a booking, a manifest or a
    /// preparation is that of the flight, not of the event.
    fn finish(mut self) -> StatusEvent<'a> {
        let flight = self.event.flight.unwrap_or_default();
        let of_flight = match self.tag {
            b"DEP" => flight.departure.or(self.day),
            b"BKD" | b"MAN" | b"PRE" => None,
            b"RCF" | b"ARR" | b"AWR" => flight.arrival.or(self.day),
            _ => self.day,
        };
        self.event.time = self.event.time.or(of_flight);
        self.event
    }
}

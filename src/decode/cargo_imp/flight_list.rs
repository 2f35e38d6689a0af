//! FFM and FBL: what is, or is booked to be, on a flight, by unloading point and (FFM) unit load device.

use super::dates::Calendar;
use super::fields::{self, keep};
use super::lines::{Line, Lines};
use super::load_line::{self, Section};
use super::shipment::is_waybill_line;
use crate::decode::Decoded;
use crate::model::{Code, FlightList, FlightRef, Message, UldLoad, UnloadPoint};
use crate::record::{Reason, Rejected};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListKind {
    Manifest,
    Booked,
}

/// Appends the list, and a rejection that names the first unreadable waybill line if there is one.
pub(super) fn read<'a>(kind: ListKind, lines: &mut Lines<'a>, calendar: &Calendar, out: &mut Decoded<'a>) {
    let mut list = match open(lines, calendar) {
        Ok(list) => list,
        Err(rejected) => return out.push(Err(rejected)),
    };
    let unread = {
        let mut reading =
            Reading { kind, list: &mut list, calendar, section: Section::Other(b"FLT"), unread: None, unread_lines: 0 };
        while let Some(line) = lines.next() {
            reading.line(&line);
        }
        reading.rejection()
    };
    out.push(Ok(match kind {
        ListKind::Manifest => Message::Manifest(list),
        ListKind::Booked => Message::BookedList(list),
    }));
    out.extend(unread.map(Err));
}

/// `1/SU1145/01JAN0400/AAQ/VPBLN/RU/01JAN0555/SVO`: part, flight, departure, from; then in any order the registration, its
/// country, the arrival and where.
fn open<'a>(lines: &mut Lines<'a>, calendar: &Calendar) -> Result<FlightList<'a>, Rejected> {
    let line = lines.mandatory("flight line")?;
    let bad = |what| Rejected::new(Reason::BadHeader, line.at, format!("flight line: {what}"));
    let (part, rest) = fields::first(line.text);
    let (flight, rest) = fields::first(rest);
    let (departure, rest) = fields::first(rest);
    let (from, rest) = fields::first(rest);
    let (carrier, number) = fields::flight(flight).ok_or_else(|| bad("no carrier and flight number"))?;
    let day = calendar.moment(departure).ok_or_else(|| bad("no day and month"))?;
    let mut list = FlightList { part: fields::uint(part).and_then(|part| part.try_into().ok()), ..Default::default() };
    list.flight = FlightRef {
        carrier: Some(carrier),
        number,
        day: Some(day.day),
        from: fields::airport(from),
        departure: day.time,
        ..Default::default()
    };
    if list.part.is_none() || list.flight.from.is_none() {
        keep(&mut list.remarks, b"FLT", line.text);
    }
    for field in fields::split(rest).filter(|field| !field.is_empty()) {
        flight_detail(&mut list, field, calendar);
    }
    Ok(list)
}

fn flight_detail<'a>(list: &mut FlightList<'a>, field: &'a [u8], calendar: &Calendar) {
    if let Some(arrival) = calendar.moment(field) {
        list.flight.arrival = arrival.time;
        if arrival.time.is_none() {
            keep(&mut list.remarks, b"FLT", field);
        }
    } else if let (Some(to), None) = (fields::airport(field), list.flight.to) {
        list.flight.to = Some(to);
    } else if let (4..=10, None) = (field.len(), list.aircraft) {
        list.aircraft = Code::from_bytes(field);
    } else {
        keep(&mut list.remarks, b"FLT", field);
    }
}

struct Reading<'a, 'l> {
    kind: ListKind,
    list: &'l mut FlightList<'a>,
    calendar: &'l Calendar,
    section: Section<'a>,
    /// The first waybill line that could not be read.
    unread: Option<Rejected>,
    unread_lines: usize,
}

impl<'a> Reading<'a, '_> {
    fn line(&mut self, line: &Line<'a>) {
        match (line.text, line.tag()) {
            (b"LAST", _) => self.list.last = true,
            (b"CONT", _) => self.list.last = false,
            (text, _) if is_waybill_line(text) => self.waybill(line),
            (_, None) => self.continuation(line.untagged()),
            (_, Some((tag, rest))) if self.unload_point(tag, rest, line.text.len() == 3) => {}
            (_, Some((b"ULD", rest))) if self.kind == ListKind::Manifest => self.uld(rest),
            (_, Some((tag, rest))) => self.tagged(tag, rest),
        }
    }

    fn waybill(&mut self, line: &Line<'a>) {
        match load_line::open(line.text, line.at) {
            Ok(load) => {
                self.load().lines.push(load);
                self.section = Section::Waybill;
            }
            Err(rejected) => {
                keep(&mut self.load().remarks, b"AWB", line.text);
                self.section = Section::Other(b"AWB");
                self.unread_lines += 1;
                self.unread.get_or_insert(rejected);
            }
        }
    }

    /// `YYZ`, `YYZ/NIL`, `SVO/24JUL1105/24JUL1300`, `ANC/NIL/14APR0200/14APR0330`.
    fn unload_point(&mut self, tag: &'a [u8], rest: &'a [u8], alone: bool) -> bool {
        let mut moments = [None; 2];
        let mut nil = false;
        let mut known = 0;
        for field in fields::split(rest).filter(|field| !field.is_empty()) {
            match self.calendar.moment(field) {
                Some(moment) if known < 2 => {
                    moments.iter_mut().skip(known).take(1).for_each(|slot| *slot = moment.time.or(Some(moment.day)));
                    known += 1;
                }
                _ if field == b"NIL" => nil = true,
                _ => return false,
            }
        }
        let is_point = alone || nil || known > 0;
        if is_point {
            let [arrival, departure] = moments;
            self.list.points.push(UnloadPoint { airport: fields::airport(tag), nil, arrival, departure, loads: Vec::new() });
            self.section = Section::Other(b"POU");
        }
        is_point
    }

    /// `DVA1234AC-M/HT180WT985.0IND`: device, loading indicator, free text in which `WT` states kilograms.
    fn uld(&mut self, rest: &'a [u8]) {
        let (device, extra) = fields::first(rest);
        let (number, loading) = match device.iter().position(|byte| *byte == b'-') {
            Some(dash) => (device.get(..dash).unwrap_or_default(), device.get(dash + 1..).unwrap_or_default()),
            None => (device, &[][..]),
        };
        let mut load = UldLoad { uld: fields::uld(number), loading: Code::from_bytes(loading), ..Default::default() };
        load.weight_g = stated_weight(extra);
        if load.uld.is_none() || loading.len() > 1 {
            keep(&mut load.remarks, b"ULD", rest);
        } else if !extra.is_empty() {
            keep(&mut load.remarks, b"ULD", extra);
        }
        self.point().loads.push(load);
        self.section = Section::Other(b"ULD");
    }

    fn tagged(&mut self, tag: &'a [u8], rest: &'a [u8]) {
        let load = self.load();
        self.section = match load.lines.last_mut() {
            Some(line) => load_line::tagged(line, tag, rest),
            None => {
                keep(&mut load.remarks, tag, rest);
                Section::Other(tag)
            }
        };
    }

    fn continuation(&mut self, rest: &'a [u8]) {
        let (section, calendar) = (self.section, self.calendar);
        if self.list.points.is_empty() {
            return keep(&mut self.list.remarks, b"FLT", rest);
        }
        let load = self.load();
        match (load.lines.last_mut(), section) {
            (Some(line), section) if section != Section::Other(b"AWB") => load_line::continuation(line, section, rest, calendar),
            (_, Section::Other(tag)) => keep(&mut load.remarks, tag, rest),
            _ => keep(&mut load.remarks, b"AWB", rest),
        }
    }

    fn point(&mut self) -> &mut UnloadPoint<'a> {
        last_or_new(&mut self.list.points)
    }

    /// The current device; bulk where none is open.
    fn load(&mut self) -> &mut UldLoad<'a> {
        last_or_new(&mut self.point().loads)
    }

    fn rejection(self) -> Option<Rejected> {
        let mut rejected = self.unread?;
        rejected.detail = format!("{}; {} such lines are kept as remarks of the list", rejected.detail, self.unread_lines);
        Some(rejected)
    }
}

fn last_or_new<T: Default>(list: &mut Vec<T>) -> &mut T {
    if list.is_empty() {
        list.push(T::default());
    }
    let last = list.len() - 1;
    #[expect(clippy::indexing_slicing, reason = "the list is not empty: filled above")]
    &mut list[last]
}

fn stated_weight(text: &[u8]) -> Option<u64> {
    let start = memchr::memmem::find(text, b"WT")? + 2;
    let number = text.get(start..)?;
    let len = number.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    fields::kilograms(number.get(..len)?)
}

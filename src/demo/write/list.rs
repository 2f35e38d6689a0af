//! FFM and FBL: what is, or is booked to be, on a flight; FFR: one booking.

use super::blocks::{self, code, pair};
use super::clock;
use super::lines::Lines;
use crate::model::{Booking, FlightList, LoadLine};

pub fn write(lines: &mut Lines, list: &FlightList<'_>) {
    let flight = &list.flight;
    let departure = flight.departure.map(clock::moment).or(flight.day.map(clock::day_month)).unwrap_or_default();
    let number = format!("{}{}", code(&flight.carrier), code(&flight.number));
    let aircraft = list.aircraft.map(|aircraft| format!("/{aircraft}")).unwrap_or_default();
    lines.line(&format!("{}/{number}/{departure}/{}{aircraft}", list.part.unwrap_or(1), code(&flight.from)));
    for point in &list.points {
        let nil = if point.nil { "/NIL" } else { "" };
        let times: String =
            [point.arrival, point.departure].into_iter().flatten().map(|at| format!("/{}", clock::moment(at))).collect();
        lines.line(&format!("{}{nil}{times}", code(&point.airport)));
        for load in &point.loads {
            if let Some(uld) = load.uld {
                let loading = load.loading.map(|loading| format!("-{loading}")).unwrap_or_default();
                lines.line(&format!("ULD/{}{loading}", uld.as_str()));
            }
            load.lines.iter().for_each(|line| load_line(lines, line));
        }
    }
    lines.line(if list.last { "LAST" } else { "CONT" });
}

pub fn write_booking(lines: &mut Lines, booking: &Booking<'_>) {
    load_line(lines, &booking.line);
    for booked in &booking.flights {
        let flight = &booked.flight;
        let number = format!("{}{}", code(&flight.carrier), code(&flight.number));
        let day = flight.day.map(clock::day_month).unwrap_or_default();
        let allocation = booked.allocation.map(|code| format!("/{code}")).unwrap_or_default();
        lines.line(&format!("{number}/{day}/{}{allocation}", pair(&flight.from, &flight.to)));
    }
    lines.remarks(&booking.remarks, &[]);
}

fn load_line(lines: &mut Lines, line: &LoadLine<'_>) {
    let places = pair(&line.origin, &line.destination);
    lines.line(&format!("{}{places}/{}/{}", line.awb, blocks::quantity(&line.quantity), line.description));
    if !line.handling.is_empty() {
        lines.line(&line.handling.iter().map(|code| format!("/{code}")).collect::<String>());
    }
    for (number, size) in line.dimensions.iter().enumerate() {
        let head = if number == 0 { "DIM" } else { "" };
        lines.line(&format!("{head}/{}", blocks::dimensions(size)));
    }
    blocks::notes(lines, &line.customs_notes);
    lines.remarks(&line.remarks, &[]);
}

//! FSU: what happened to a shipment.

use super::blocks::{self, code, pair};
use super::clock;
use super::lines::Lines;
use crate::model::{StatusEvent, StatusReport};

pub fn write(lines: &mut Lines, report: &StatusReport<'_>) {
    let places = pair(&report.origin, &report.destination);
    lines.line(&format!("{}{places}/{}", report.awb, blocks::quantity(&report.quantity)));
    lines.remarks(&report.remarks, &[]);
    for event in &report.events {
        let quantity = blocks::quantity(&event.quantity);
        let party = event.party.as_deref().map(|party| format!("/{party}")).unwrap_or_default();
        let discrepancy = event.discrepancy.map(|code| format!("/{code}")).unwrap_or_default();
        lines.line(&format!("{}{}{discrepancy}/{quantity}{}{party}", event.code, head(event), times(event)));
    }
    blocks::notes(lines, &report.customs_notes);
}

/// What stands before the quantity: flight, day and leg of a departure; flight, moment and station of an arrival or a
/// discrepancy; moment and station of the rest.
fn head(event: &StatusEvent<'_>) -> String {
    let flight = event.flight.unwrap_or_default();
    let number = format!("{}{}", code(&flight.carrier), code(&flight.number));
    let moment = event.time.map(clock::moment).unwrap_or_default();
    let station = code(&event.station);
    match event.code.as_str() {
        "BKD" | "MAN" | "DEP" | "PRE" => {
            let day = flight.day.map(clock::day_month).unwrap_or_default();
            format!("/{number}/{day}/{}", pair(&flight.from, &flight.to))
        }
        "RCF" | "ARR" | "AWR" | "DIS" => format!("/{number}/{moment}/{station}"),
        _ => format!("/{moment}/{station}"),
    }
}

/// `/S1815`: kept as a remark under the status code.
fn times(event: &StatusEvent<'_>) -> String {
    let own = event.remarks.iter().filter(|remark| remark.line == *event.code);
    own.map(|remark| format!("/{}", remark.text)).collect()
}

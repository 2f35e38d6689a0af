//! Deriving: what follows from a consignment by normalisation and reference tables, written into the buffer.

use std::fmt::Write;

use super::buffer::{FactsBuffer, ListName, ListWriter};
use super::fold;
use crate::codes::{airports, phones};
use crate::model::{Consignment, ContactKind, FlightRef, Party};
use crate::screen::value::Span;

/// Fills the buffer with everything derived from the consignment.
pub(super) fn fill(buffer: &mut FactsBuffer, consignment: &Consignment<'_>) {
    buffer.clear();
    if let Some(awb) = consignment.awb {
        // Writing to a String cannot fail.
        buffer.awb = buffer.append(|text| _ = write!(text, "{awb}"));
    }
    descriptions(buffer, consignment);
    buffer.scan_goods();
    route(buffer, consignment);
    security(buffer, consignment);
    goods(buffer, consignment);
    contacts(buffer, consignment);
}

/// The goods text, and each line's piece of it.
fn descriptions(buffer: &mut FactsBuffer, consignment: &Consignment<'_>) {
    let mut goods: Option<Span> = None;
    buffer.write_list(ListName::Descriptions, |list| {
        for line in &consignment.goods {
            let start = goods.map(|span| span.start);
            let piece = list.append(|text| normalise(text, start.map_or(text.len(), |start| start as usize), &line.description));
            if piece.start < piece.end {
                list.push_span(piece);
                goods = Some(Span { start: start.unwrap_or(piece.start), end: piece.end });
            }
        }
    });
    buffer.goods = goods.unwrap_or_default();
}

fn route(buffer: &mut FactsBuffer, consignment: &Consignment<'_>) {
    let Consignment { origin, destination, routing, flights, .. } = consignment;
    buffer.write_list(ListName::Routing, |list| routing.iter().for_each(|(station, _)| list.push(station)));
    let stations = routing.iter().map(|(station, _)| *station).filter(|station| Some(*station) != *destination);
    let ends = [*origin, *destination].map(|end| end.and_then(airports::country));
    [buffer.origin_country, buffer.destination_country] = ends;
    buffer.write_list(ListName::TransitCountries, |list| {
        let countries = stations.filter_map(airports::country).filter(|country| !ends.contains(&Some(country)));
        countries.for_each(|country| list.push_once(country));
    });
    buffer.write_list(ListName::Carriers, |list| {
        let flown = flights.iter().filter_map(|flight| flight.carrier);
        let routed = routing.iter().filter_map(|(_, carrier)| *carrier);
        flown.chain(routed).for_each(|carrier| list.push_once(&carrier));
    });
    buffer.write_list(ListName::Flights, |list| flights.iter().for_each(|flight| push_flight(list, flight)));
}

/// `SU1244`: carrier and number as written; a flight without a number is none.
fn push_flight(list: &mut ListWriter<'_>, flight: &FlightRef) {
    let Some(number) = flight.number else { return };
    list.push_with(|text| {
        text.push_str(flight.carrier.as_deref().unwrap_or_default());
        text.push_str(&number);
    });
}

fn security(buffer: &mut FactsBuffer, consignment: &Consignment<'_>) {
    let declarations = &consignment.security;
    buffer.write_list(ListName::ScreeningMethods, |list| {
        declarations.iter().flat_map(|declaration| &declaration.methods).for_each(|method| list.push_once(method));
    });
    buffer.write_list(ListName::Exemptions, |list| {
        declarations.iter().flat_map(|declaration| &declaration.exemptions).for_each(|exemption| list.push_once(exemption));
    });
}

fn goods(buffer: &mut FactsBuffer, consignment: &Consignment<'_>) {
    let hs_codes = || consignment.goods.iter().flat_map(|line| &line.hs_codes);
    buffer.write_list(ListName::HsCodes, |list| hs_codes().for_each(|code| list.push_once(code)));
    buffer.write_list(ListName::HsChapters, |list| {
        hs_codes().filter_map(|code| code.get(..2)).for_each(|chapter| list.push_once(chapter));
    });
    buffer.write_list(ListName::HsHeadings, |list| {
        hs_codes().filter_map(|code| code.get(..4)).for_each(|heading| list.push_once(heading));
    });
    buffer.write_list(ListName::DangerousGoods, |list| {
        consignment.dangerous_goods.iter().for_each(|number| list.push_once(number));
    });
    buffer.write_list(ListName::Ulds, |list| {
        consignment.goods.iter().flat_map(|line| &line.ulds).for_each(|uld| list.push_once(uld.as_str()));
    });
}

fn contacts(buffer: &mut FactsBuffer, consignment: &Consignment<'_>) {
    let Consignment { shipper, consignee, agent, notify, .. } = consignment;
    let parties = || shipper.iter().chain(consignee).chain(agent).chain(notify);
    buffer.write_list(ListName::NotifyNames, |list| notify.iter().for_each(|party| list.push(&party.name)));
    buffer.write_list(ListName::Phones, |list| parties().for_each(|party| push_phones(list, party)));
    buffer.write_list(ListName::ShipperPhones, |list| shipper.iter().for_each(|party| push_phones(list, party)));
    buffer.write_list(ListName::ConsigneePhones, |list| consignee.iter().for_each(|party| push_phones(list, party)));
    buffer.write_list(ListName::PhoneCountries, |list| {
        parties().flat_map(phone_numbers).filter_map(phone_country).for_each(|country| list.push_once(country));
    });
    buffer.write_list(ListName::Emails, |list| {
        let addresses = parties().flat_map(|party| &party.contacts).filter(|contact| contact.kind == ContactKind::Email);
        addresses.for_each(|contact| list.push_with(|text| text.extend(contact.value.chars().map(|c| c.to_ascii_lowercase()))));
    });
}

fn phone_numbers<'p>(party: &'p Party<'_>) -> impl Iterator<Item = &'p str> {
    party.contacts.iter().filter(|contact| contact.kind == ContactKind::Phone).map(|contact| contact.value.as_str())
}

fn push_phones(list: &mut ListWriter<'_>, party: &Party<'_>) {
    for written in phone_numbers(party) {
        let number = phones::international(written).unwrap_or(written);
        list.push_with(|text| text.extend(number.chars().filter(char::is_ascii_digit)));
    }
}

/// The main country of the number's calling code.
fn phone_country(written: &str) -> Option<&'static str> {
    phones::countries(phones::international(written)?).next()
}

/// Appends a description as [`fold::push`] writes it, with every run of blanks as one blank and none at the ends of what lies
/// behind `start`.
fn normalise(text: &mut String, start: usize, description: &str) {
    let is_blank = |letter: char| letter.is_whitespace() || letter.is_control();
    for word in description.split(is_blank).filter(|word| !word.is_empty()) {
        if text.len() > start {
            text.push(' ');
        }
        if word.is_ascii() {
            let at = text.len();
            text.push_str(word);
            text.get_mut(at..).map(str::make_ascii_uppercase);
        } else {
            word.chars().for_each(|letter| fold::push(text, letter));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goods_text_is_upper_case_ascii_with_single_blanks() {
        let cases = [
            (vec!["laptop  parts"], "LAPTOP PARTS"),
            (vec![" \tBücher, Größe 4\r\n", "", "Œuvres d’art "], "BUCHER, GROSSE 4 OEUVRES D'ART"),
            (vec!["", " "], ""),
            (vec!["Łódź", "ça"], "LODZ CA"),
            (vec!["茶叶"], "茶叶"),
        ];
        for (lines, expected) in cases {
            let mut text = String::from("BEFORE");
            lines.iter().for_each(|line| normalise(&mut text, 6, line));
            assert_eq!(text.strip_prefix("BEFORE"), Some(expected), "{lines:?}");
        }
    }
}

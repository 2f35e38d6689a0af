//! Public sample messages, where they are at hand: every message decodes and nothing of it is lost.

use std::path::PathBuf;

use super::fields;
use super::*;
use crate::decode::Limits;
use crate::model::{Message, Timestamp};

fn samples() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/messages/cargo_imp");
    folder.is_dir().then_some(folder)
}

fn decoded(payload: &[u8]) -> Vec<Message<'_>> {
    let received = Timestamp::parse_rfc3339("2026-02-10T12:00:00Z").unwrap();
    let mut out = Vec::new();
    decode(payload, &Context { received, limits: Limits::default() }, &mut out);
    out.into_iter().map(|result| result.unwrap()).collect()
}

#[test]
fn every_sample_decodes_and_none_is_lost() {
    let Some(folder) = samples() else { return };
    for (file, expected) in [("fwb17", 5), ("fhl5", 6), ("ffm8", 5), ("fbl4", 1), ("ffa4", 1), ("fsr1", 3), ("fsa15", 25)] {
        let payload = std::fs::read(folder.join(format!("{file}.txt"))).unwrap();
        assert!(sniff(&payload), "{file}");
        let messages = decoded(&payload);
        assert_eq!(messages.len(), expected, "{file}");
        let json = serde_json::to_string(&messages).unwrap();
        let lost: Vec<_> = lines_of(&payload).flat_map(|line| lost_of(line, &json)).collect();
        assert!(lost.is_empty(), "{file} loses {lost:#?}");
    }
}

fn lines_of(payload: &[u8]) -> impl Iterator<Item = &str> {
    let text = std::str::from_utf8(payload).unwrap();
    text.lines().map(str::trim).filter(|line| !line.is_empty() && Identifier::read(line.as_bytes(), 0, true).is_none())
}

fn lost_of<'t>(line: &'t str, json: &str) -> Vec<(&'t str, &'t str)> {
    let lost = |token: &&str| !token.is_empty() && !json.contains(*token) && !is_structure(token) && !is_converted(token, json);
    line.split('/').map(str::trim).filter(lost).map(|token| (line, token)).collect()
}

/// Tokens that only say what the next field is, or that it has no value.
fn is_structure(token: &str) -> bool {
    const IDENTIFIERS: &[&str] = &[
        "SHP", "CNE", "AGT", "NFY", "NAM", "ADR", "LOC", "OCI", "RTD", "ISU", "FLT", "RTG", "SPH", "CVD", "PPD", "COL", "MBI",
        "HBS", "TXT", "HTS", "ULD", "DIM", // line identifiers that become the field they fill
        "NG", "NC", "ND", "NV", "NS", "NU", "NH", "NO", // goods data identifiers, likewise
        "TE", "FX", "TL", // contact identifiers, become the kind
        "NVD", "NCV", "XXX", "NDA", // no value declared, no dimensions available
        "NIL", "LAST", "CONT", // become flags
    ];
    // The number of a rate line and the part of a list count lines, they say nothing of the shipment.
    IDENTIFIERS.contains(&token) || token.len() <= 2 && token.bytes().all(|byte| byte.is_ascii_digit())
}

/// Tokens that stand in the JSON in canonical units.
fn is_converted(token: &str, json: &str) -> bool {
    let bytes = token.as_bytes();
    let has = |name: &str, value: u64| [',', '}'].iter().any(|end| json.contains(&format!("\"{name}\":{value}{end}")));
    let (quantity, unread) = fields::quantity(bytes);
    let measured = |quantity: &crate::model::Quantity| {
        quantity.pieces.is_none_or(|pieces| has("pieces", pieces.into()))
            && quantity.weight_g.is_none_or(|grams| has("weight_g", grams))
            && quantity.volume_cm3.is_none_or(|volume| has("volume_cm3", volume))
            && quantity.density_group.is_none_or(|group| has("density_group", group.into()))
            && quantity.total_pieces.is_none_or(|pieces| has("total_pieces", pieces.into()))
    };
    if quantity.pieces.is_some() && unread.is_empty() && measured(&quantity) {
        return true;
    }
    if let Some((awb, rest)) = fields::awb(bytes) {
        return json.contains(&awb.to_string()) && (rest.is_empty() || pair_in(rest, json));
    }
    if let Some(size) = fields::dimensions(&[b"/", bytes, b"/1"].concat()) {
        return has("length_mm", size.length_mm.into()) && has("height_mm", size.height_mm.into());
    }
    let amount =
        fields::money(bytes.strip_prefix(b"CT").unwrap_or(bytes)).is_some_and(|money| has("hundredths", money.hundredths as u64));
    amount
        || fields::weight(bytes).is_some_and(|grams| grams == 0 || has("weight_g", grams))
        || fields::volume(bytes).is_some_and(|volume| has("volume_cm3", volume))
        || pair_in(bytes, json)
        || flight_in(bytes, json)
        || is_date(bytes, json)
        || station_and_flight_in(bytes, json)
        || device_in(token, json)
}

fn quoted(value: &str, json: &str) -> bool {
    json.contains(&format!("\"{value}\""))
}

fn pair_in(bytes: &[u8], json: &str) -> bool {
    fields::airport_pair(bytes).is_some_and(|(from, to)| quoted(&from, json) && quoted(&to, json))
}

fn flight_in(bytes: &[u8], json: &str) -> bool {
    fields::numbered_flight(bytes).is_some_and(|(carrier, number)| quoted(&carrier, json) && quoted(&number, json))
}

/// `SVORU`, `YYZKL667`: a station with the carrier or flight to it.
fn station_and_flight_in(bytes: &[u8], json: &str) -> bool {
    let Some((station, flight)) = bytes.split_at_checked(3) else { return false };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    quoted(&text(station), json) && (quoted(&text(flight), json) || flight_in(flight, json))
}

/// `PMC01473R7-M`: device and loading indicator.
fn device_in(token: &str, json: &str) -> bool {
    token.split_once('-').is_some_and(|(device, loading)| quoted(device, json) && quoted(loading, json))
}

fn is_date(bytes: &[u8], json: &str) -> bool {
    let calendar = Calendar::new(Timestamp::parse_rfc3339("2026-02-10T12:00:00Z").unwrap());
    let date = calendar.moment(bytes).map(|moment| moment.time.unwrap_or(moment.day)).or(dates::date_with_year(bytes));
    date.is_some_and(|date| json.contains(&date.to_string()))
}

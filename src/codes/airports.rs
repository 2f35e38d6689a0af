//! Airports and cities: IATA code to country and place.

use super::countries;
use super::letters::{ALPHABET, place_of};
use crate::model::Airport;

/// Where an airport or city is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// Degrees north and east, to a tenth (about 10 km).
    pub latitude: f32,
    pub longitude: f32,
}

/// The place of an IATA airport or metropolitan code; `None` when the table does not know it.
pub fn place(code: Airport) -> Option<Place> {
    let row = row(code)?;
    Some(Place {
        country: row.get(4..6)?,
        latitude: row.get(7..12)?.trim_start().parse().ok()?,
        longitude: row.get(13..19)?.trim_start().parse().ok()?,
    })
}

/// The country of an IATA airport or metropolitan code.
pub fn country(code: Airport) -> Option<&'static str> {
    row(code)?.get(4..6)
}

/// Hours that local time is behind UTC, at most: 11 in the Americas, and where the airport is not known.
pub fn hours_behind_utc(code: Option<Airport>) -> i64 {
    if code.and_then(country).is_none_or(countries::behind_utc) { 11 } else { 0 }
}

fn row(code: Airport) -> Option<&'static str> {
    let [a, b, c] = *code.as_bytes() else { return None };
    let start = usize::from(*PLACES.get(place_of([a, b, c])?)?).checked_sub(1)? * WIDTH_BYTES;
    ROWS.get(start..start + WIDTH_BYTES)
}

/// The number of the row of each code, counted from 1; 0 without one.
#[expect(clippy::indexing_slicing, reason = "made when this is compiled")]
static PLACES: [u16; ALPHABET.pow(3)] = {
    let (mut places, mut row) = ([0; ALPHABET.pow(3)], 0);
    let rows = ROWS.as_bytes();
    while row < rows.len() / WIDTH_BYTES {
        let start = row * WIDTH_BYTES;
        if let Some(place) = place_of([rows[start], rows[start + 1], rows[start + 2]]) {
            places[place] = row as u16 + 1;
        }
        row += 1;
    }
    places
};

/// `AMS NL  52.3    4.8`, ascending by code.
const ROWS: &str = include_str!("tables/airports.txt");

/// Of one row, its line feed included.
const WIDTH_BYTES: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Airport {
        Airport::new(text).unwrap()
    }

    #[test]
    fn airports_and_metropolitan_codes_have_a_country() {
        let cases = [("AMS", Some("NL")), ("LON", Some("GB")), ("AAA", Some("PF")), ("ZZZ", None), ("A", None), ("AM ", None)];
        for (airport, expected) in cases {
            assert_eq!(country(code(airport)), expected, "{airport}");
        }
        assert_eq!(place(code("SYD")), Some(Place { country: "AU", latitude: -33.9, longitude: 151.2 }));
    }

    #[test]
    fn every_row_has_its_width_and_is_found() {
        assert!(ROWS.lines().all(|row| row.len() + 1 == WIDTH_BYTES && row.is_ascii()));
        assert!(ROWS.lines().is_sorted_by(|a, b| a[..3] < b[..3]), "a code twice");
        assert!(ROWS.lines().all(|line| row(code(&line[..3])).map(str::trim_end) == Some(line.trim_end())));
        assert!(ROWS.lines().all(|row| place(code(&row[..3])).is_some()));
    }
}

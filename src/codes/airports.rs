//! Airports and cities: IATA code to country and place.

use super::countries;
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

/// Rows have one width, so the text is its own index: nothing is built and nothing allocated.
fn row(code: Airport) -> Option<&'static str> {
    let (mut low, mut high) = (0, ROWS.len() / WIDTH_BYTES);
    while low < high {
        let middle = usize::midpoint(low, high);
        let row = ROWS.get(middle * WIDTH_BYTES..(middle + 1) * WIDTH_BYTES)?;
        match row.get(..3)?.cmp(code.as_str()) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Some(row),
        }
    }
    None
}

/// `AMS NL  52.3    4.8`, ascending by code.
static ROWS: &str = include_str!("tables/airports.txt");

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
    fn every_row_has_the_width_and_the_order_that_the_search_relies_on() {
        assert!(ROWS.lines().all(|row| row.len() + 1 == WIDTH_BYTES && row.is_ascii()));
        assert!(ROWS.lines().is_sorted_by(|a, b| a[..3] < b[..3]));
        assert!(ROWS.lines().all(|row| place(code(&row[..3])).is_some()));
    }
}

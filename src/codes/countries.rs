//! Countries: ISO 3166-1 alpha-2 codes, and groups of countries that the indicators treat alike.

use super::letters::Pairs;
use super::table::Table;

/// The country's English name.
pub fn name(code: &str) -> Option<&'static str> {
    COUNTRIES.find(code)
}

/// True when goods of the one country are ordinarily flown from or to the other: one economic area, or a hub next door.
pub fn same_area(one: &str, other: &str) -> bool {
    one == other || AREAS.iter().any(|area| area.contains(one) && area.contains(other))
}

/// True where a street address without a postcode is incomplete. A country missing here may have postcodes too.
pub fn uses_postcodes(code: &str) -> bool {
    POSTCODES.contains(code)
}

/// True where the pre-arrival declaration of goods by air asks for a six-digit HS code: ICS2 (EU, NO, CH) and the UAE.
pub fn asks_hs_code(code: &str) -> bool {
    EUROPE.contains(code) && !matches!(code, "GB" | "IS" | "LI") || code == "AE"
}

/// True for the Americas, where local time is hours behind UTC.
pub fn behind_utc(code: &str) -> bool {
    AMERICAS.contains(code)
}

/// Up to which value, in units of a currency, a consignment is free of customs duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DutyFreeLimit {
    pub currency: &'static str,
    pub units: u64,
}

/// `None` where no limit is known, or there is none.
pub fn duty_free_limit(code: &str) -> Option<DutyFreeLimit> {
    let union = EUROPE.contains(code) && !matches!(code, "GB" | "NO" | "IS" | "LI" | "CH");
    let (_, currency, units) = if union { ("EU", "EUR", 150) } else { *LIMITS.iter().find(|(country, ..)| *country == code)? };
    Some(DutyFreeLimit { currency, units })
}

pub static COUNTRIES: Table = Table::new(include_str!("tables/countries.tsv"));

static AREAS: &[Pairs] = &[
    EUROPE,
    Pairs::of(&["CN", "HK", "MO"]),
    Pairs::of(&["US", "CA", "PR", "MX"]),
    Pairs::of(&["MY", "SG"]),
    Pairs::of(&["AE", "BH", "KW", "OM", "QA", "SA"]),
    Pairs::of(&["AU", "NZ"]),
    Pairs::of(&["ZA", "LS", "SZ", "NA", "BW"]),
];

/// EU, EFTA and the United Kingdom: much of their air freight is trucked to the airport of another country.
const EUROPE: Pairs = Pairs::of(&[
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL", "PL",
    "PT", "RO", "SK", "SI", "ES", "SE", "NO", "IS", "LI", "CH", "GB",
]);

static AMERICAS: Pairs = Pairs::of(&[
    "AG", "AI", "AR", "AW", "BB", "BL", "BM", "BO", "BQ", "BR", "BS", "BZ", "CA", "CL", "CO", "CR", "CU", "CW", "DM", "DO", "EC",
    "FK", "GD", "GF", "GL", "GP", "GT", "GY", "HN", "HT", "JM", "KN", "KY", "LC", "MF", "MQ", "MS", "MX", "NI", "PA", "PE", "PM",
    "PR", "PY", "SR", "SV", "SX", "TC", "TT", "US", "UY", "VC", "VE", "VG", "VI",
]);

/// By country: the European Union's is Regulation (EC) 1186/2009, article 23; that of the United States (19 USC 1321) is suspended
/// since 29 August 2025 but still what senders split by.
static LIMITS: &[(&str, &str, u64)] = &[
    ("AU", "AUD", 1_000),
    ("GB", "GBP", 135),
    ("JP", "JPY", 10_000),
    ("KR", "USD", 150),
    ("NZ", "NZD", 1_000),
    ("US", "USD", 800),
];

static POSTCODES: Pairs = Pairs::of(&[
    "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CN", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IN", "IT",
    "JP", "KR", "LT", "LV", "MX", "NL", "NO", "PL", "PT", "RO", "RU", "SE", "SI", "SK", "TR", "UA", "US",
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duty_free_limits_are_those_of_the_destination() {
        let limit = |code| duty_free_limit(code).map(|limit| (limit.currency, limit.units));
        assert_eq!([limit("DE"), limit("US"), limit("GB")], [Some(("EUR", 150)), Some(("USD", 800)), Some(("GBP", 135))]);
        assert_eq!([limit("CH"), limit("CO"), limit("")], [None; 3]);
        assert!(behind_utc("US") && behind_utc("CO") && !behind_utc("GB") && !behind_utc("JP"));
    }

    #[test]
    fn neighbours_of_one_area_are_told_from_the_rest() {
        for (one, other, expected) in
            [("DE", "NL", true), ("HK", "CN", true), ("DE", "DE", true), ("DE", "US", false), ("XX", "XX", true)]
        {
            assert_eq!(same_area(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn groups_name_known_countries_only() {
        let grouped = AREAS.iter().chain([&AMERICAS, &POSTCODES]).flat_map(Pairs::codes);
        assert_eq!(grouped.filter(|code| name(code).is_none()).collect::<Vec<_>>(), Vec::<String>::new());
        assert_eq!(name("NL"), Some("Netherlands"));
        assert!(asks_hs_code("DE") && asks_hs_code("AE") && !asks_hs_code("GB") && !asks_hs_code("US"));
        assert!(uses_postcodes("US") && !uses_postcodes("HK"));
    }
}

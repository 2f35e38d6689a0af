//! Telephone numbers: which countries a calling code belongs to (ITU-T E.164).

use std::sync::OnceLock;

use super::table::Table;

/// The longest calling code has four digits (`1242`, Bahamas).
const DIGITS_MAX: usize = 4;

/// Digits that only an international number has: a national significant number has at most eleven nearly everywhere.
const DIGITS_INTERNATIONAL: usize = 12;

/// The countries that share the calling code of an international number without its `+` or `00`; the main one first.
pub fn countries(number: &str) -> impl Iterator<Item = &'static str> {
    let digits = number.bytes().filter(u8::is_ascii_digit).take(DIGITS_MAX);
    let (head, count) = digits.fold((0, 0), |(head, count), digit| (head * 10 + usize::from(digit - b'0'), count + 1));
    // A whole number is longer than any calling code; of a shorter one the code must be whole too.
    let list = if count == DIGITS_MAX { by_head().get(head).copied().flatten() } else { longest(&format!("{head:0count$}")) };
    list.into_iter().flat_map(|list| list.split(','))
}

/// The countries of every four digits that a number may begin with.
fn by_head() -> &'static [Option<&'static str>] {
    static BY_HEAD: OnceLock<Vec<Option<&'static str>>> = OnceLock::new();
    BY_HEAD.get_or_init(|| (0..10_usize.pow(DIGITS_MAX as u32)).map(|head| longest(&format!("{head:0DIGITS_MAX$}"))).collect())
}

/// The countries of the longest calling code that the digits begin with.
fn longest(digits: &str) -> Option<&'static str> {
    (1..=digits.len()).rev().find_map(|len| CALLING_CODES.find(digits.get(..len)?))
}

/// The digits after the international prefix, or `None` for a national number or when that cannot be told: Cargo-IMP has no `+`,
/// so a number without prefix is international only when it is too long to be national.
pub fn international(written: &str) -> Option<&str> {
    let written = written.trim_start_matches([' ', '(']);
    if let Some(rest) = written.strip_prefix('+').or_else(|| written.strip_prefix("00")) {
        return Some(rest);
    }
    let digits = written.bytes().filter(u8::is_ascii_digit).count();
    (digits >= DIGITS_INTERNATIONAL && !written.starts_with('0')).then_some(written)
}

pub static CALLING_CODES: Table = Table::new(include_str!("tables/calling_codes.tsv"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_calling_code_decides() {
        let cases = [
            ("4961721234567", vec!["DE"]),
            ("12425551234", vec!["BS"]),
            ("8521234567", vec!["HK"]),
            ("7 701 123 45 67", vec!["KZ"]),
            ("999", vec![]),
            ("49", vec!["DE"]),
            ("+4", vec![]),
            ("00", vec![]),
            ("", vec![]),
        ];
        for (digits, expected) in cases {
            assert_eq!(countries(digits).collect::<Vec<_>>(), expected, "{digits}");
        }
        assert_eq!(countries("12125551234").next(), Some("US"));
    }

    #[test]
    fn a_number_is_international_by_prefix_or_by_length() {
        assert_eq!(international("+49 6172 1234"), Some("49 6172 1234"));
        assert_eq!(international("0049 6172"), Some("49 6172"));
        assert_eq!(international("8613812345678"), Some("8613812345678"));
        assert_eq!(international("13812345678"), None);
        assert_eq!(international("061721234567890"), None);
    }
}

//! Airlines by accounting prefix: the first three digits of an air waybill number.

use super::table::Table;

/// The airline's name; `None` for a prefix that is not assigned, or not known to the table.
pub fn name(prefix: &str) -> Option<&'static str> {
    PREFIXES.find(prefix)?.split('\t').nth(1)
}

/// Prefix to carrier code and name. Derived from OpenTravelData, CC BY 4.0: see `NOTICE.md`.
pub static PREFIXES: Table = Table::new(include_str!("tables/airline_prefixes.tsv"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_names_its_airline() {
        assert_eq!(name("001"), Some("American Airlines"));
        assert_eq!(name("000"), None);
        assert!(PREFIXES.rows().is_sorted_by(|a, b| a.0 < b.0));
    }
}

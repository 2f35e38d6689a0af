//! The Harmonized System: which chapters (two digits) and headings (four) exist, and their short texts.

use super::table::Table;

/// The text of the chapter that an HS code begins with.
pub fn chapter(code: &str) -> Option<&'static str> {
    CHAPTERS.find(code.get(..2)?)
}

/// The text of the heading that an HS code begins with. Chapters 98 and 99 are for national use and have no headings here.
pub fn heading(code: &str) -> Option<&'static str> {
    HEADINGS.find(code.get(..4)?)
}

/// False when the code cannot be one of the Harmonized System, whatever its national digits.
pub fn exists(code: &str) -> bool {
    matches!(code.get(..2), Some("98" | "99")) || heading(code).is_some()
}

pub static CHAPTERS: Table = Table::new(include_str!("tables/hs_chapters.tsv"));
pub static HEADINGS: Table = Table::new(include_str!("tables/hs_headings.tsv"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_exist_by_their_heading() {
        for (code, expected) in
            [("010121", true), ("84662099", true), ("7700", false), ("0199", false), ("9801", true), ("84", false)]
        {
            assert_eq!(exists(code), expected, "{code}");
        }
        assert_eq!(chapter("010121"), Some("Animals; live"));
        assert!(CHAPTERS.rows().is_sorted_by(|a, b| a.0 < b.0));
        assert!(HEADINGS.rows().is_sorted_by(|a, b| a.0 < b.0));
    }
}

//! A sorted text table compiled into the program: the key, a tab, then the other fields.

use std::sync::OnceLock;

/// Lines of `key<TAB>field<TAB>…`, ascending by key. They are taken apart at the first lookup.
pub struct Table {
    text: &'static str,
    rows: OnceLock<Vec<(&'static str, &'static str)>>,
}

impl Table {
    pub const fn new(text: &'static str) -> Self {
        Self { text, rows: OnceLock::new() }
    }

    /// What follows the key, `None` for an unknown key.
    pub fn find(&self, key: &str) -> Option<&'static str> {
        let rows = self.rows.get_or_init(|| self.rows().collect());
        let at = rows.binary_search_by(|(known, _)| (*known).cmp(key)).ok()?;
        rows.get(at).map(|(_, rest)| *rest)
    }

    /// Every row as (key, rest), in the order of the keys.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.text.lines().map(split)
    }
}

fn split(row: &'static str) -> (&'static str, &'static str) {
    row.split_once('\t').unwrap_or((row, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_found_by_its_whole_key_only() {
        let table = Table::new("020\tLH\tLufthansa\n057\tAF\tAir France\n");
        assert_eq!(table.find("057"), Some("AF\tAir France"));
        for unknown in ["", "05", "0570", "999"] {
            assert_eq!(table.find(unknown), None, "{unknown}");
        }
    }
}

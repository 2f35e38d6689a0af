//! Comma-separated files without quotes.

use std::collections::HashMap;
use std::path::Path;

pub struct Table {
    columns: HashMap<String, usize>,
    rows: Vec<Vec<String>>,
}

pub struct Row<'t> {
    table: &'t Table,
    cells: &'t [String],
}

impl Table {
    /// Lines that begin with `#` are remarks.
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a readable file");
        let mut lines = text.trim_start_matches('\u{feff}').lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let split = |line: &str| line.split(',').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
        let columns = lines.next().map(split).unwrap_or_default().into_iter().zip(0..).collect();
        Self { columns, rows: lines.map(split).collect() }
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { table: self, cells })
    }
}

impl Row<'_> {
    pub fn text(&self, column: &str) -> &str {
        &self.cells[self.table.columns[column]]
    }

    pub fn number(&self, column: &str) -> f64 {
        self.text(column).parse().unwrap_or_else(|_| panic!("{column}: {}", self.text(column)))
    }
}

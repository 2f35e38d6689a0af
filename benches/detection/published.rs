//! Tables that others have published, beside our own figures.

use std::path::Path;

use super::table::Table;

pub fn print(data: &Path, file: &str, name: &str, columns: &[(&str, &str)]) {
    let Some(path) = super::present(data, &format!("published/{file}")) else { return };
    for row in Table::read(&path).rows() {
        let method = row.text(name).to_lowercase().replace([' ', '(', ')'], "_");
        for (column, unit) in columns {
            println!("published_{method}_{column} {} {unit}", row.text(column));
        }
    }
}

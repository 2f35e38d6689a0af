//! The SDN list of the US Treasury as CSV: `sdn.csv`, aliases in `alt.csv`, addresses in `add.csv`; no headers, `-0-` for nothing.

use std::collections::HashMap;

use super::super::entry::Entry;
use super::{List, text};
use crate::names::Schema;

pub fn read(bytes: &[u8], companions: &[Vec<u8>]) -> List {
    let mut list = List::default();
    let mut by_id = HashMap::new();
    rows(bytes, 12, &mut list, |list, line, row| {
        let entry = entry(row);
        let id = entry.id.clone();
        if id.is_empty() {
            return list.fault(line, "the entry has no number, by which aliases and addresses would name it");
        }
        // Only what is kept: the aliases of an entry that is refused are nobody else's.
        by_id.extend(list.keep(entry, line).map(|at| (id, at)));
    });
    let [aliases, addresses] = [companions.first(), companions.get(1)];
    let of_entry = |list: &mut List, id: &str, add: &dyn Fn(&mut Entry)| {
        let entry = by_id.get(id).and_then(|at| list.entries.get_mut(*at));
        entry.map(add).is_some()
    };
    if let Some(bytes) = aliases {
        rows(bytes, 5, &mut list, |list, line, row| {
            let name = field(row, 3);
            if !of_entry(list, field(row, 0), &|entry| entry.name(name, false)) {
                list.fault(line, format!("alias `{name}` of an entry {} that is not in the list", field(row, 0)));
            }
        });
    }
    if let Some(bytes) = addresses {
        rows(bytes, 6, &mut list, |list, line, row| {
            let address = [field(row, 2), field(row, 3), field(row, 4)].join(" ");
            let known = of_entry(list, field(row, 0), &|entry| {
                entry.address(&address);
                entry.country(field(row, 4));
            });
            if !known {
                list.fault(line, format!("address of an entry {} that is not in the list", field(row, 0)));
            }
        });
    }
    list
}

/// Calls `take` for each row of at least `columns` fields; others are faults.
fn rows(bytes: &[u8], columns: usize, list: &mut List, mut take: impl FnMut(&mut List, u64, &csv::StringRecord)) {
    let text = text(bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for record in reader.records() {
        match record {
            Ok(row) if row.len() >= columns => take(list, row.position().map_or(0, csv::Position::line), &row),
            // The files end with a control character on a line of its own.
            Ok(row) if row.len() == 1 && row.get(0).is_some_and(|only| only.trim_matches(['\u{1a}', ' ']).is_empty()) => {}
            Ok(row) => {
                let line = row.position().map_or(0, csv::Position::line);
                list.fault(line, format!("{} fields instead of {columns}", row.len()));
            }
            Err(error) => list.fault(error.position().map_or(0, csv::Position::line), error.to_string()),
        }
    }
}

/// A field; empty when it holds nothing.
fn field(row: &csv::StringRecord, at: usize) -> &str {
    let text = row.get(at).unwrap_or_default().trim();
    if text == "-0-" { "" } else { text }
}

fn entry(row: &csv::StringRecord) -> Entry {
    let schema = if field(row, 2) == "individual" { Schema::Person } else { Schema::Company };
    let mut entry = Entry {
        id: field(row, 0).to_owned(),
        schema: Some(schema),
        reason: field(row, 3).to_owned(),
        source: "OFAC".to_owned(),
        ..Entry::default()
    };
    entry.name(field(row, 1), false);
    remarks(field(row, 11), &mut entry);
    entry
}

/// `DOB 20 Jan 1964; alt. DOB circa 1965; POB …; nationality Malaysia; a.k.a. 'BNC'; Phone …`
fn remarks(text: &str, entry: &mut Entry) {
    use super::super::identifier::Identifier;
    for remark in text.trim_end_matches('.').split(';').map(|remark| remark.trim().trim_start_matches("alt. ")) {
        let (key, value) = remark.split_once(' ').unwrap_or((remark, ""));
        match key {
            "DOB" => entry.birth(value),
            "nationality" | "citizen" => entry.country(value),
            "a.k.a." => entry.name(value.trim_matches(['\'', '.', '"']), true),
            "Email" => entry.identifiers.extend(value.split_whitespace().last().and_then(Identifier::email)),
            "Phone" => entry.identifiers.extend(Identifier::phone(value)),
            _ => {}
        }
    }
}

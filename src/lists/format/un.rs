//! The consolidated list of the UN Security Council.

use super::super::birth::Birth;
use super::super::entry::Entry;
use super::xml::{self, Node};
use super::{List, day};
use crate::names::Schema;

pub fn read(bytes: &[u8]) -> List {
    let mut list = List::default();
    xml::records(bytes, &["INDIVIDUAL", "ENTITY"], &mut list, generated, |list, node, line| {
        let individual = node.all("INDIVIDUAL_ALIAS").next().is_some() || node.all("INDIVIDUAL_DATE_OF_BIRTH").next().is_some();
        list.keep(entry(node, if individual { Schema::Person } else { Schema::Company }), line);
    });
    list
}

/// `<CONSOLIDATED_LIST dateGenerated="2026-01-31T…">`
fn generated(list: &mut List, name: &str, attributes: &str) {
    if name == "CONSOLIDATED_LIST" {
        let date = attributes.split_once("dateGenerated=").and_then(|(_, rest)| day(rest.get(1..)?));
        list.as_of_day = date.or(list.as_of_day);
    }
}

fn entry(node: &Node, schema: Schema) -> Entry {
    let mut entry = Entry {
        id: node.text("REFERENCE_NUMBER").to_owned(),
        schema: Some(schema),
        reason: node.text("UN_LIST_TYPE").to_owned(),
        source: "UN".to_owned(),
        ..Entry::default()
    };
    let names = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"].map(|part| node.text(part));
    entry.name(&names.join(" "), false);
    entry.name(node.text("NAME_ORIGINAL_SCRIPT"), false);
    for alias in node.all("INDIVIDUAL_ALIAS").chain(node.all("ENTITY_ALIAS")) {
        // Some hold several, parted by semicolons.
        let weak = alias.text("QUALITY") == "Low";
        alias.text("ALIAS_NAME").split(';').for_each(|name| entry.name(name, weak));
    }
    node.within("NATIONALITY", "VALUE").for_each(|country| entry.country(country.own_text()));
    for address in node.all("INDIVIDUAL_ADDRESS").chain(node.all("ENTITY_ADDRESS")) {
        entry.country(address.text("COUNTRY"));
        let parts = ["STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY"].map(|part| address.text(part));
        entry.address(&parts.join(" "));
    }
    node.all("INDIVIDUAL_DATE_OF_BIRTH").for_each(|date| birth(date, &mut entry));
    entry
}

fn birth(date: &Node, entry: &mut Entry) {
    let about = if date.text("TYPE_OF_DATE") == "APPROXIMATELY" { "circa " } else { "" };
    match (date.text("FROM_YEAR").parse(), date.text("TO_YEAR").parse()) {
        (Ok(first), Ok(last)) => entry.births.push(Birth::years(first, last)),
        _ if !date.text("DATE").is_empty() => entry.birth(date.text("DATE")),
        _ => entry.birth(&format!("{about}{}", date.text("YEAR"))),
    }
}

//! FollowTheMoney entities, one JSON object a line, as OpenSanctions publishes them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::entry::Entry;
use super::super::identifier::Identifier;
use super::{List, text};
use crate::names::Schema;

#[derive(Deserialize)]
struct Entity {
    id: String,
    schema: String,
    #[serde(default)]
    caption: String,
    #[serde(default)]
    properties: BTreeMap<String, Vec<serde_json::Value>>,
}

pub fn read(bytes: &[u8]) -> List {
    let mut list = List::default();
    for (line, number) in text(bytes).lines().zip(1..) {
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Entity>(line) {
            Ok(entity) => match schema(&entity.schema) {
                Some(schema) => _ = list.keep(entry(&entity, schema), number),
                None => list.skipped += 1,
            },
            Err(error) => list.fault(number, format!("not an entity: {error}")),
        }
    }
    list
}

/// Parties; the rest of the schemata are addresses, relations, documents.
fn schema(name: &str) -> Option<Option<Schema>> {
    match name {
        "Person" => Some(Some(Schema::Person)),
        "Company" | "Organization" | "PublicBody" | "Vessel" | "Airplane" => Some(Some(Schema::Company)),
        "LegalEntity" | "Thing" => Some(None),
        _ => None,
    }
}

fn entry(entity: &Entity, schema: Option<Schema>) -> Entry {
    let values = |name: &str| {
        let values = entity.properties.get(name).map(Vec::as_slice).unwrap_or_default();
        values.iter().filter_map(serde_json::Value::as_str)
    };
    let mut entry = Entry { id: entity.id.clone(), schema, source: "FollowTheMoney".to_owned(), ..Entry::default() };
    entry.name(&entity.caption, false);
    for property in ["name", "alias", "previousName"] {
        values(property).for_each(|name| entry.name(name, false));
    }
    values("weakAlias").for_each(|name| entry.name(name, true));
    for property in ["country", "nationality", "jurisdiction", "citizenship"] {
        values(property).for_each(|country| entry.country(country));
    }
    values("birthDate").for_each(|date| entry.birth(date));
    values("address").for_each(|address| entry.address(address));
    entry.identifiers.extend(values("phone").filter_map(Identifier::phone));
    entry.identifiers.extend(values("email").filter_map(Identifier::email));
    entry.reason = values("topics").collect::<Vec<_>>().join(" ");
    entry
}

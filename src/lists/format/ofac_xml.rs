//! The SDN list of the US Treasury as XML (`sdnEntry`).

use super::super::entry::Entry;
use super::super::identifier::Identifier;
use super::xml::{self, Node};
use super::{List, day};
use crate::names::Schema;

pub fn read(bytes: &[u8]) -> List {
    let mut list = List::default();
    xml::records(
        bytes,
        &["sdnEntry", "publshInformation"],
        &mut list,
        |_, _, _| {},
        |list, node, line| match node.all("uid").next() {
            Some(_) => _ = list.keep(entry(node), line),
            // `publshInformation` is spelt so in the schema.
            None => list.as_of_day = us_day(node.text("Publish_Date")).or(list.as_of_day),
        },
    );
    list
}

/// `12/31/2026`
fn us_day(text: &str) -> Option<i32> {
    let mut parts = text.split('/');
    let (month, day_of_month, year) = (parts.next()?, parts.next()?, parts.next()?);
    day(&format!("{year}-{month:0>2}-{day_of_month:0>2}"))
}

fn entry(node: &Node) -> Entry {
    let schema = if node.text("sdnType") == "Individual" { Schema::Person } else { Schema::Company };
    let programs: Vec<_> = node.within("programList", "program").map(Node::own_text).collect();
    let mut entry = Entry {
        id: node.text("uid").to_owned(),
        schema: Some(schema),
        reason: programs.join(" "),
        source: "OFAC".to_owned(),
        ..Entry::default()
    };
    entry.name(&format!("{} {}", node.text("firstName"), node.text("lastName")), false);
    for alias in node.within("akaList", "aka") {
        let name = format!("{} {}", alias.text("firstName"), alias.text("lastName"));
        entry.name(&name, alias.text("category") == "weak");
    }
    for address in node.within("addressList", "address") {
        let parts = ["address1", "address2", "address3", "city", "stateOrProvince", "postalCode", "country"];
        entry.address(&parts.map(|part| address.text(part)).join(" "));
        entry.country(address.text("country"));
    }
    node.within("nationalityList", "nationality").for_each(|nation| entry.country(nation.text("country")));
    node.within("citizenshipList", "citizenship").for_each(|nation| entry.country(nation.text("country")));
    node.within("dateOfBirthList", "dateOfBirthItem").for_each(|date| entry.birth(date.text("dateOfBirth")));
    for id in node.within("idList", "id") {
        let number = id.text("idNumber");
        entry.identifiers.extend(match id.text("idType") {
            "Email Address" => Identifier::email(number),
            "Phone Number" => Identifier::phone(number),
            _ => None,
        });
    }
    entry
}

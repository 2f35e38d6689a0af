//! D2, D3, D4: elements of the 7+1 data that are missing, placeholders, or too little to find a door with.

use super::{BOTH, CUSTOMS, Finding, Indicator, Needs, Threat, placeholder};
use crate::codes::countries;
use crate::model::{BillKind, Party};
use crate::screen::facts::Facts;

pub(super) const PLACEHOLDER_PARTY: Indicator = Indicator {
    id: "D2",
    title: "Placeholder instead of a party's name or address",
    domains: BOTH,
    threats: &[Threat::Quality, Threat::Explosives, Threat::Drugs],
    weight: 40,
    needs: Needs::Message,
    source: "PACT implementation guide 1.9, section 6",
    about: "name or address of shipper or consignee is digits, signs, one repeated letter, a file extension or a filler word",
    check: |facts| {
        let (label, text, reason) = parties(facts).find_map(|(role, party)| {
            let name = placeholder::reason(&party.name).map(|reason| (role.name, &party.name, reason));
            name.or_else(|| placeholder::reason(&party.address).map(|reason| (role.address, &party.address, reason)))
        })?;
        Some(Finding::new(format!("{} \"{text}\" is a placeholder: {reason}", label.replace('_', " "))).value(label, text))
    },
};

pub(super) const MISSING: Indicator = Indicator {
    id: "D3",
    title: "Mandatory element missing",
    domains: BOTH,
    threats: &[Threat::Quality, Threat::Explosives, Threat::Drugs],
    weight: 40,
    needs: Needs::Message,
    source: "19 CFR 122.48b (7+1 data); PACT implementation guide 1.9, tables 7 and 9",
    about: "shipper or consignee name, description, pieces, weight or the number of a house bill is missing",
    check: |facts| {
        let consignment = facts.consignment;
        let is_house = consignment.kind == BillKind::House;
        let missing = [
            (named(consignment.shipper.as_ref()), "shipper name", "MISSING_SHP_NAME"),
            (named(consignment.consignee.as_ref()), "consignee name", "MISSING_CNE_NAME"),
            (!facts.goods().is_empty(), "description", "MISSING_CARGO_DESC"),
            (facts.pieces().is_some_and(|pieces| pieces > 0), "pieces", "MISSING_BILL_QTY"),
            (facts.weight_kg().is_some_and(|weight| weight > 0.0), "weight", "MISSING_WEIGHT"),
            (
                !is_house || consignment.hawb.as_ref().is_some_and(|hawb| !hawb.is_empty()),
                "house bill number",
                "MISSING_HOUSE_BILL_NBR",
            ),
        ];
        missing_elements(&missing)
    },
};

pub(super) const MISSING_ADDRESS: Indicator = Indicator {
    id: "D3-address",
    title: "Mandatory address element missing",
    domains: BOTH,
    threats: &[Threat::Quality, Threat::Explosives, Threat::Drugs],
    weight: 25,
    needs: Needs::Message,
    source: "PACT implementation guide 1.9, section 4 and tables 7 and 9: address line and country",
    about: "street address or country of a named shipper or consignee is missing; a party without a name is D3's",
    check: |facts| {
        let [shipper, consignee] = [&facts.consignment.shipper, &facts.consignment.consignee].map(|party| party.as_ref());
        let missing = [
            (addressed(shipper), "shipper address", "MISSING_SHP_ADDR"),
            (located(shipper), "shipper country", "MISSING_SHP_CTRY"),
            (addressed(consignee), "consignee address", "MISSING_CNE_ADDR"),
            (located(consignee), "consignee country", "MISSING_CNE_CTRY"),
        ];
        missing_elements(&missing)
    },
};

pub(super) const POSTBOX: Indicator = Indicator {
    id: "D4",
    title: "P.O. box instead of a street address",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Wildlife],
    weight: 15,
    needs: Needs::Message,
    source: "carrier rules for US ACAS filings: P.O. box addresses are not accepted",
    about: "the street address of shipper or consignee names a post box; not on a consolidated master",
    check: |facts| {
        let (role, party) = parties_of_the_goods(facts).find(|(_, party)| is_postbox(&party.address))?;
        let text = format!("{} \"{}\" is a P.O. box", role.address.replace('_', " "), party.address);
        Some(Finding::new(text).value(role.address, &party.address))
    },
};

pub(super) const POSTCODE: Indicator = Indicator {
    id: "D4-postcode",
    title: "Postcode missing",
    domains: CUSTOMS,
    threats: &[Threat::Quality],
    weight: 5,
    needs: Needs::Message,
    source: "carrier rules for US ACAS filings: state, ZIP code and country",
    about: "shipper or consignee in a country where addresses have postcodes has none; not on a consolidated master",
    check: |facts| {
        let (role, country) = parties_of_the_goods(facts).find_map(|(role, party)| {
            let country = party.country.filter(|country| countries::uses_postcodes(country))?;
            let stated = party.postcode.as_ref().is_some_and(|postcode| !postcode.trim().is_empty());
            (!stated && !party.address.is_empty()).then_some((role, country))
        })?;
        let text = format!("the {} in {country} has an address without a postcode", role.party);
        Some(Finding::new(text).value(role.country, country))
    },
};

/// The words for one of the two parties.
struct Role {
    party: &'static str,
    name: &'static str,
    address: &'static str,
    country: &'static str,
}

const SHIPPER: Role = Role { party: "shipper", name: "shipper_name", address: "shipper_address", country: "shipper_country" };
const CONSIGNEE: Role =
    Role { party: "consignee", name: "consignee_name", address: "consignee_address", country: "consignee_country" };

fn parties<'f>(facts: &Facts<'f>) -> impl Iterator<Item = (&'static Role, &'f Party<'f>)> {
    let shipper = facts.consignment.shipper.as_ref().map(|party| (&SHIPPER, party));
    let consignee = facts.consignment.consignee.as_ref().map(|party| (&CONSIGNEE, party));
    shipper.into_iter().chain(consignee)
}

/// None on a consolidated master: its parties are forwarders, the parties of the goods stand on the houses.
fn parties_of_the_goods<'f>(facts: &Facts<'f>) -> impl Iterator<Item = (&'static Role, &'f Party<'f>)> {
    let is_consolidated = facts.consignment.kind == BillKind::Consolidation;
    parties(facts).filter(move |_| !is_consolidated)
}

fn named(party: Option<&Party<'_>>) -> bool {
    party.is_some_and(|party| !party.name.trim().is_empty())
}

/// True also for a party without a name, which is missing as a whole.
fn addressed(party: Option<&Party<'_>>) -> bool {
    !named(party) || party.is_some_and(|party| !party.address.trim().is_empty())
}

fn located(party: Option<&Party<'_>>) -> bool {
    !named(party) || party.is_some_and(|party| party.country.is_some())
}

/// One finding for all elements that are not there.
fn missing_elements(elements: &[(bool, &'static str, &'static str)]) -> Option<Finding> {
    if elements.iter().all(|(present, ..)| *present) {
        return None;
    }
    let missing = || elements.iter().filter(|(present, ..)| !present);
    let names: Vec<_> = missing().map(|(_, name, _)| *name).collect();
    let names = names.join(", ");
    let finding = Finding::new(format!("missing: {names}")).value("missing", names);
    Some(missing().fold(finding, |finding, (.., code)| finding.error(code)))
}

/// `P.O. BOX 12`, `PO BOX`, `POSTBOX`, `POSTFACH`, `APARTADO 5`, `B.P. 12` at the beginning of the address or before a number.
fn is_postbox(address: &str) -> bool {
    let mut words = address.split([' ', ',', '/']).filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        let single = POSTBOX_WORDS.iter().any(|known| word.eq_ignore_ascii_case(known));
        let next = words.peek().copied().unwrap_or_default();
        let pair = POST_WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)) && next.eq_ignore_ascii_case("BOX");
        let numbered = (word.eq_ignore_ascii_case("BP") || word.eq_ignore_ascii_case("B.P.")) && starts_with_digit(next);
        let split = word.eq_ignore_ascii_case("P.") && next.eq_ignore_ascii_case("O.");
        if single || pair || numbered || split {
            return true;
        }
    }
    false
}

fn starts_with_digit(word: &str) -> bool {
    word.as_bytes().first().is_some_and(u8::is_ascii_digit)
}

static POSTBOX_WORDS: &[&str] = &["POBOX", "P.O.BOX", "POSTBOX", "POSTFACH", "APARTADO", "POB"];
static POST_WORDS: &[&str] = &["PO", "P.O", "P.O.", "P.O.B.", "POST", "POSTAL"];

#[cfg(test)]
mod tests {
    use super::super::cases::{check, hits, misses};
    use super::*;

    #[test]
    fn placeholder_parties_are_found_by_name_and_by_address() {
        hits(
            &PLACEHOLDER_PARTY,
            &[
                (
                    r#"{"shipper": {"name": "XXXX"}}"#,
                    r#"shipper name "XXXX" is a placeholder: one letter repeated"#,
                    "shipper_name=XXXX",
                ),
                (
                    r#"{"consignee": {"address": "."}}"#,
                    r#"consignee address "." is a placeholder: only signs"#,
                    "consignee_address=.",
                ),
            ],
        );
        misses(
            &PLACEHOLDER_PARTY,
            &[r#"{"shipper": {"name": "XXX TRADING"}}"#, r#"{"consignee": {"name": ""}}"#, r#"{"consignee": null}"#],
        );
    }

    #[test]
    fn missing_elements_are_named_with_their_error_codes() {
        hits(
            &MISSING,
            &[
                (r#"{"consignee": null}"#, "missing: consignee name", "missing=consignee name"),
                (
                    r#"{"kind": "house", "shipper": {"name": " "}, "goods": [], "quantity": {"pieces": 0, "weight_g": null}}"#,
                    "missing: shipper name, description, pieces, weight, house bill number",
                    "missing=shipper name, description, pieces, weight, house bill number",
                ),
            ],
        );
        misses(
            &MISSING,
            &[r#"{"shipper": {"address": ""}}"#, r#"{"kind": "consolidation"}"#, r#"{"kind": "house", "hawb": "H1"}"#],
        );
        let errors = check(&MISSING, r#"{"consignee": null, "goods": []}"#).unwrap().errors;
        assert_eq!(errors, ["MISSING_CNE_NAME", "MISSING_CARGO_DESC"]);
    }

    #[test]
    fn a_named_party_needs_street_and_country() {
        hits(
            &MISSING_ADDRESS,
            &[(
                r#"{"shipper": {"country": null}, "consignee": {"address": ""}}"#,
                "missing: shipper country, consignee address",
                "missing=shipper country, consignee address",
            )],
        );
        misses(&MISSING_ADDRESS, &[r#"{"shipper": {"postcode": null}}"#, r#"{"consignee": null}"#]);
        let errors = check(&MISSING_ADDRESS, r#"{"shipper": {"country": null}}"#).unwrap().errors;
        assert_eq!(errors, ["MISSING_SHP_CTRY"]);
    }

    #[test]
    fn a_post_box_is_told_from_a_street() {
        for address in ["P.O. Box 12", "PO BOX 9, DUBAI", "POSTFACH 77", "12 RUE X BP 45", "P. O. BOX 3"] {
            assert!(is_postbox(address), "{address}");
        }
        for address in ["12 BOX LANE", "POST STREET 4", "BP TOWER", "APARTMENT 5", ""] {
            assert!(!is_postbox(address), "{address}");
        }
        hits(
            &POSTBOX,
            &[(
                r#"{"consignee": {"address": "P.O. BOX 12"}}"#,
                r#"consignee address "P.O. BOX 12" is a P.O. box"#,
                "consignee_address=P.O. BOX 12",
            )],
        );
        misses(
            &POSTBOX,
            &[
                r#"{"consignee": {"address": "1 POST ROAD"}}"#,
                r#"{"kind": "consolidation", "consignee": {"address": "P.O. BOX 12"}}"#,
            ],
        );
    }

    #[test]
    fn a_postcode_is_missed_only_where_addresses_have_one() {
        hits(
            &POSTCODE,
            &[(
                r#"{"consignee": {"postcode": null}}"#,
                "the consignee in US has an address without a postcode",
                "consignee_country=US",
            )],
        );
        misses(
            &POSTCODE,
            &[
                r#"{"consignee": {"postcode": null, "country": "HK"}}"#,
                r#"{"kind": "consolidation", "consignee": {"postcode": null}}"#,
            ],
        );
    }
}

//! D7 to D9: numbers that cannot be what they claim to be.

use super::{BOTH, CUSTOMS, Finding, Indicator, Needs, Threat};
use crate::codes::terms::Lexicon;
use crate::codes::{airlines, countries, harmonized};
use crate::model::BillKind;

pub(super) const CHECK_DIGIT: Indicator = Indicator {
    id: "D7",
    title: "Air waybill check digit wrong",
    domains: BOTH,
    threats: &[Threat::Fraud, Threat::Quality],
    weight: 20,
    needs: Needs::Message,
    source: "IATA resolution 600a: the eighth digit is the first seven modulo 7",
    about: "the serial of the master air waybill does not end in its check digit",
    check: |facts| {
        let awb = facts.consignment.awb.filter(|awb| !awb.check_digit_ok())?;
        let expected = awb.serial() / 10 % 7;
        let text = format!("air waybill {awb} ends in {}, its check digit is {expected}", awb.serial() % 10);
        Some(Finding::new(text).value("awb", awb).value("check digit", expected))
    },
};

pub(super) const UNKNOWN_AIRLINE: Indicator = Indicator {
    id: "D7-prefix",
    title: "Air waybill of an unknown airline",
    domains: BOTH,
    threats: &[Threat::Fraud, Threat::Quality],
    weight: 10,
    needs: Needs::Message,
    source: "IATA accounting prefixes, from OpenTravelData (CC BY 4.0)",
    about: "no airline of the table has the prefix of the master air waybill; the table may lack a new airline",
    check: |facts| {
        let prefix = facts.awb().get(..3).filter(|prefix| airlines::name(prefix).is_none())?;
        Some(Finding::new(format!("no airline is known by the prefix {prefix}")).value("awb_prefix", prefix))
    },
};

pub(super) const HOUSE_IS_MASTER: Indicator = Indicator {
    id: "D8",
    title: "House bill number repeats the master's",
    domains: BOTH,
    threats: &[Threat::Fraud],
    weight: 25,
    needs: Needs::Message,
    source: "carrier rules for US ACAS filings: the house number differs from the master's serial",
    about: "the digits of the house bill number are the serial or the whole number of its master",
    check: |facts| {
        let (awb, hawb) = (facts.awb(), facts.consignment.hawb.as_ref()?);
        let serial = awb.get(4..)?;
        let repeated = hawb.trim() == serial || hawb.len() >= awb.len() - 1 && digits(hawb).eq(digits(awb));
        let text = || format!("house bill {hawb} has the number of its master {awb}");
        repeated.then(|| Finding::new(text()).value("hawb", hawb).value("awb", awb))
    },
};

pub(super) const INVALID_HS: Indicator = Indicator {
    id: "D9",
    title: "HS code does not exist",
    domains: CUSTOMS,
    threats: &[Threat::Fraud, Threat::Quality],
    weight: 15,
    needs: Needs::Message,
    source: "Harmonized System, headings",
    about: "the first four digits of a stated HS code are no heading; chapters 98 and 99 are for national use",
    check: |facts| {
        let code = facts.hs_codes().iter().find(|code| !harmonized::exists(code))?;
        Some(Finding::new(format!("the Harmonized System has no heading of HS code {code}")).value("hs_code", code))
    },
};

pub(super) const HS_MISMATCH: Indicator = Indicator {
    id: "D9-mismatch",
    title: "HS chapter does not fit the description",
    domains: CUSTOMS,
    threats: &[Threat::Fraud, Threat::Drugs],
    weight: 25,
    needs: Needs::Message,
    source: "Harmonized System, chapters",
    about: "the description names commodities, none of which is classified in a chapter of the stated HS codes",
    check: |facts| {
        let stated = facts.hs_chapters();
        let commodities = || facts.hits().iter().filter(|hit| hit.lexicon == Lexicon::Commodity);
        let first = commodities().next().filter(|_| !stated.is_empty())?;
        if commodities().any(|hit| hit.note.split(',').any(|chapter| stated.iter().any(|code| code == chapter))) {
            return None;
        }
        let chapters = stated.iter().collect::<Vec<_>>().join(", ");
        let meaning = stated.get(0).and_then(harmonized::chapter).unwrap_or("no chapter");
        let text = format!("the description names \"{}\", the HS code chapter {chapters} ({meaning})", first.term);
        Some(Finding::new(text).value("goods", facts.goods()).value("hs_chapters", chapters))
    },
};

pub(super) const MISSING_HS: Indicator = Indicator {
    id: "D9-missing",
    title: "HS code missing where it is asked for",
    domains: CUSTOMS,
    threats: &[Threat::Quality],
    weight: 5,
    needs: Needs::Message,
    source: "ICS2 (Delegated Regulation (EU) 2015/2446, annex B); UAE NAIC advance cargo information",
    about: "a house bill or direct waybill into the EU, Norway, Switzerland or the UAE states no HS code",
    check: |facts| {
        let destination = facts.destination_country().filter(|country| countries::asks_hs_code(country))?;
        let local = facts.origin_country().is_some_and(|origin| countries::same_area(origin, destination));
        if local || !facts.hs_codes().is_empty() || facts.consignment.kind == BillKind::Consolidation {
            return None;
        }
        Some(Finding::new(format!("no HS code, which {destination} asks for")).value("destination_country", destination))
    },
};

/// The characters of a bill's number without dashes and blanks.
fn digits(number: &str) -> impl Iterator<Item = u8> {
    number.bytes().filter(|byte| !matches!(byte, b'-' | b' '))
}

#[cfg(test)]
mod tests {
    use super::super::cases::{hits, misses};
    use super::*;

    #[test]
    fn the_check_digit_is_recomputed() {
        hits(
            &CHECK_DIGIT,
            &[(
                r#"{"awb": "020-12345676"}"#,
                "air waybill 020-12345676 ends in 6, its check digit is 5",
                "awb=020-12345676; check digit=5",
            )],
        );
        misses(&CHECK_DIGIT, &[r#"{"awb": "020-12345664"}"#, r#"{"awb": null}"#]);
    }

    #[test]
    fn the_airline_is_looked_up() {
        hits(&UNKNOWN_AIRLINE, &[(r#"{"awb": "000-12345675"}"#, "no airline is known by the prefix 000", "awb_prefix=000")]);
        misses(&UNKNOWN_AIRLINE, &[r#"{"awb": "001-12345675"}"#, r#"{"awb": null}"#]);
    }

    #[test]
    fn a_house_has_its_own_number() {
        let house = |hawb: &str| format!(r#"{{"kind": "house", "hawb": "{hawb}"}}"#);
        hits(
            &HOUSE_IS_MASTER,
            &[
                (
                    &house("12345675"),
                    "house bill 12345675 has the number of its master 020-12345675",
                    "hawb=12345675; awb=020-12345675",
                ),
                (
                    &house("02012345675"),
                    "house bill 02012345675 has the number of its master 020-12345675",
                    "hawb=02012345675; awb=020-12345675",
                ),
            ],
        );
        let unknown_master = r#"{"kind": "house", "awb": null, "hawb": "12345675"}"#;
        misses(&HOUSE_IS_MASTER, &[&house("12345674"), &house("A12345675"), unknown_master]);
    }

    #[test]
    fn a_heading_must_exist() {
        let coded = |code: &str| format!(r#"{{"goods": [{{"description": "LATHE CHUCKS", "hs_codes": ["{code}"]}}]}}"#);
        hits(&INVALID_HS, &[(&coded("771000"), "the Harmonized System has no heading of HS code 771000", "hs_code=771000")]);
        misses(&INVALID_HS, &[&coded("8466"), &coded("9801000000"), r#"{"goods": []}"#]);
    }

    #[test]
    fn the_chapter_must_fit_the_commodity_named() {
        let goods = |text: &str, code: &str| format!(r#"{{"goods": [{{"description": "{text}", "hs_codes": ["{code}"]}}]}}"#);
        hits(
            &HS_MISMATCH,
            &[(
                &goods("ladies shoes", "011111"),
                "the description names \"SHOES\", the HS code chapter 01 (Animals; live)",
                "goods=LADIES SHOES; hs_chapters=01",
            )],
        );
        misses(
            &HS_MISMATCH,
            &[&goods("ladies shoes", "640399"), &goods("laptop bag and shoes", "847130"), &goods("shoelaces", "060311")],
        );
    }

    #[test]
    fn a_destination_that_asks_for_hs_codes_gets_one() {
        let inbound = r#"{"origin": "JFK", "destination": "FRA", "goods": [{"description": "LATHE CHUCKS", "hs_codes": []}]}"#;
        hits(&MISSING_HS, &[(inbound, "no HS code, which DE asks for", "destination_country=DE")]);
        misses(
            &MISSING_HS,
            &[
                &inbound.replace("FRA", "GRU"),
                &inbound.replace("JFK", "AMS"),
                &inbound.replace(r#""hs_codes": []"#, r#""hs_codes": ["846620"]"#),
            ],
        );
    }
}

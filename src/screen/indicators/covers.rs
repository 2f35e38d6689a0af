//! C5 to C7: brands, cash and precious metals, and special cargo that is seldom looked into.

use super::{BOTH, CUSTOMS, Finding, Indicator, Needs, Threat, words};
use crate::codes::terms::Lexicon;
use crate::model::BillKind;
use crate::screen::facts::Facts;

pub(super) const BRAND: Indicator = Indicator {
    id: "C5",
    title: "Brand goods at a counterfeit's price",
    domains: CUSTOMS,
    threats: &[Threat::Counterfeit],
    weight: 25,
    needs: Needs::Message,
    source: "OECD and EUIPO, Global Trade in Fakes (2021): brands and provenance economies",
    about: "an often counterfeited brand from an economy of provenance, with NCV or below 10 units of currency a kilogram",
    check: |facts| {
        let brand = facts.term(Lexicon::Brand)?;
        let origin = facts.origin_country().filter(|country| PROVENANCE.contains(country))?;
        if facts.consignment.kind == BillKind::Consolidation {
            return None;
        }
        let value = facts.customs_value_per_kg();
        let price = match value {
            Some(value) if value < BRAND_VALUE_PER_KG => format!("{value:.2} {} a kilogram", currency(facts)),
            None if facts.no_customs_value() => "no customs value".into(),
            _ => return None,
        };
        let finding = Finding::new(format!("\"{brand}\" from {origin} at {price}")).value("goods", facts.goods());
        Some(
            finding
                .value("origin_country", origin)
                .value("customs_value_per_kg", value.map_or("NCV".into(), |value| format!("{value:.2}"))),
        )
    },
};

pub(super) const CASH: Indicator = Indicator {
    id: "C6",
    title: "Cash, gold or stones not handled as valuable",
    domains: CUSTOMS,
    threats: &[Threat::Cash],
    weight: 35,
    needs: Needs::Message,
    source: "Harmonized System headings 7102, 7106 to 7108, 7110, 7113, 7118 and 4907; IATA code list 1.16: VAL, VUN",
    about: "the description or the HS heading is that of money, precious metals, stones or jewellery, without VAL or VUN",
    check: |facts| {
        let heading = facts.hs_headings().iter().find(|heading| VALUABLE_HEADINGS.contains(heading));
        let term = facts.term(Lexicon::Valuable);
        if heading.is_none() && term.is_none() || facts.has_handling("VAL") || facts.has_handling("VUN") {
            return None;
        }
        let subject = term.map_or_else(|| format!("HS heading {}", heading.unwrap_or_default()), |term| format!("\"{term}\""));
        Some(Finding::new(format!("{subject} not handled as valuable cargo (VAL or VUN)")).value("goods", facts.goods()))
    },
};

pub(super) const HEAVY_DOCUMENTS: Indicator = Indicator {
    id: "C6-documents",
    title: "Documents too heavy",
    domains: CUSTOMS,
    threats: &[Threat::Cash, Threat::Drugs],
    weight: 20,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "the whole description is documents, and they weigh more than 5 kg; named printed goods are trade",
    check: |facts| {
        let documents = DOCUMENTS.contains(&facts.goods());
        let weight = facts.weight_kg().filter(|weight| documents && *weight > DOCUMENTS_KG)?;
        let text = format!("\"{}\" of {weight} kg", facts.goods());
        Some(Finding::new(text).value("goods", facts.goods()).value("weight_kg", weight))
    },
};

pub(super) const HUMAN_REMAINS: Indicator = Indicator {
    id: "C7",
    title: "Human remains of an impossible weight",
    domains: CUSTOMS,
    threats: &[Threat::Drugs],
    weight: 25,
    needs: Needs::Message,
    source: "common targeting practice; IATA code list 1.16: HUM",
    about: "a piece of human remains (HUM) weighs more than 400 kg, coffin and case included",
    check: |facts| {
        let weight = facts.weight_per_piece_kg().filter(|weight| *weight > REMAINS_KG && facts.has_handling("HUM"))?;
        let text = format!("human remains (HUM) of {weight} kg a piece");
        Some(Finding::new(text).value("weight_per_piece_kg", weight))
    },
};

pub(super) const DIPLOMATIC: Indicator = Indicator {
    id: "C7-diplomatic",
    title: "Diplomatic cargo between private parties",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Wildlife, Threat::Explosives],
    weight: 40,
    needs: Needs::Message,
    source: "Vienna Convention on Diplomatic Relations, article 27; IATA code list 1.16: DIP",
    about: "handled as diplomatic (DIP) or exempt as such (DIPL), with no party named like a mission or a government",
    check: |facts| {
        let exempt = facts.exemptions().iter().any(|exemption| exemption == "DIPL");
        let claim = if facts.has_handling("DIP") { "DIP" } else { exempt.then_some("DIPL")? };
        let [shipper, consignee] = names(facts);
        if words::mission(shipper).or_else(|| words::mission(consignee)).is_some() {
            return None;
        }
        let text = format!("{claim} between \"{shipper}\" and \"{consignee}\"");
        Some(Finding::new(text).value("claim", claim).value("shipper_name", shipper).value("consignee_name", consignee))
    },
};

pub(super) const COMPANY_MAIL: Indicator = Indicator {
    id: "C7-mail",
    title: "Company mail of a stranger",
    domains: CUSTOMS,
    threats: &[Threat::Drugs, Threat::Cash],
    weight: 20,
    needs: Needs::Message,
    source: "common targeting practice; IATA code list 1.16: COM",
    about: "handled as company mail (COM), which is the carrier's own, with no party named like an airline",
    check: |facts| {
        if !facts.has_handling("COM") {
            return None;
        }
        let [shipper, consignee] = names(facts);
        let text = || format!("company mail (COM) from \"{shipper}\" to \"{consignee}\"");
        let stranger = words::airline(shipper).or_else(|| words::airline(consignee)).is_none();
        stranger.then(|| Finding::new(text()).value("shipper_name", shipper).value("consignee_name", consignee))
    },
};

fn names<'f>(facts: &Facts<'f>) -> [&'f str; 2] {
    [&facts.consignment.shipper, &facts.consignment.consignee].map(|party| party.as_ref().map_or("", |party| party.name.as_str()))
}

fn currency<'f>(facts: &Facts<'f>) -> &'f str {
    facts.consignment.charges.currency.as_deref().unwrap_or("?")
}

const BRAND_VALUE_PER_KG: f64 = 10.0;
const DOCUMENTS_KG: f64 = 5.0;
const REMAINS_KG: f64 = 400.0;

static PROVENANCE: &[&str] = &["AE", "BD", "CN", "HK", "IN", "MY", "PK", "SG", "TH", "TR", "VN"];

static VALUABLE_HEADINGS: &[&str] = &["4907", "7102", "7106", "7107", "7108", "7110", "7113", "7118"];

static DOCUMENTS: &[&str] = &[
    "BUSINESS DOCUMENTS",
    "COMPANY DOCUMENTS",
    "CORRESPONDENCE",
    "DOC",
    "DOCS",
    "DOCUMENT",
    "DOCUMENTS",
    "DOX",
    "LETTERS",
    "PAPERS",
    "PRINTED MATTER",
];

#[cfg(test)]
mod tests {
    use super::super::cases::{hits, misses};
    use super::*;

    #[test]
    fn a_brand_has_its_price() {
        let sent = |origin: &str, text: &str, hundredths: &str| {
            format!(
                r#"{{"origin": "{origin}", "goods": [{{"description": "{text}"}}],
                "charges": {{"customs_value": {hundredths}}}}}"#
            )
        };
        let cheap = r#"{"hundredths": 99900}"#;
        hits(
            &BRAND,
            &[
                (
                    &sent("HKG", "nike shoes", cheap),
                    r#""NIKE" from HK at 9.99 EUR a kilogram"#,
                    "goods=NIKE SHOES; origin_country=HK; customs_value_per_kg=9.99",
                ),
                (
                    &sent("HKG", "nike shoes", "null"),
                    r#""NIKE" from HK at no customs value"#,
                    "goods=NIKE SHOES; origin_country=HK; customs_value_per_kg=NCV",
                ),
            ],
        );
        let dear = r#"{"hundredths": 100000}"#;
        misses(
            &BRAND,
            &[&sent("HKG", "nike shoes", dear), &sent("FRA", "nike shoes", cheap), &sent("HKG", "running shoes", cheap)],
        );
    }

    #[test]
    fn money_and_gold_fly_as_valuable_cargo() {
        let sent = |text: &str, code: &str, handling: &str| {
            format!(r#"{{"goods": [{{"description": "{text}", "hs_codes": ["{code}"]}}], "handling": ["{handling}"]}}"#)
        };
        hits(
            &CASH,
            &[
                (
                    &sent("gold bars", "847130", "SPX"),
                    r#""GOLD BAR" not handled as valuable cargo (VAL or VUN)"#,
                    "goods=GOLD BARS",
                ),
                (
                    &sent("metal goods", "71081200", "SPX"),
                    "HS heading 7108 not handled as valuable cargo (VAL or VUN)",
                    "goods=METAL GOODS",
                ),
            ],
        );
        misses(
            &CASH,
            &[
                &sent("gold bars", "710812", "VAL"),
                &sent("metal goods", "710900", "SPX"),
                &sent("diamond saw blades", "8202", "SPX"),
            ],
        );
    }

    #[test]
    fn documents_are_light() {
        let sent = |text: &str, weight_g: u32| {
            format!(r#"{{"goods": [{{"description": "{text}"}}], "quantity": {{"weight_g": {weight_g}}}}}"#)
        };
        hits(&HEAVY_DOCUMENTS, &[(&sent("documents", 5_100), r#""DOCUMENTS" of 5.1 kg"#, "goods=DOCUMENTS; weight_kg=5.1")]);
        misses(&HEAVY_DOCUMENTS, &[&sent("documents", 5_000), &sent("document scanners", 50_000)]);
    }

    #[test]
    fn human_remains_weigh_what_a_coffin_weighs() {
        let sent = |handling: &str, weight_g: u32| {
            format!(r#"{{"handling": ["{handling}"], "quantity": {{"pieces": 1, "weight_g": {weight_g}}}}}"#)
        };
        hits(&HUMAN_REMAINS, &[(&sent("HUM", 450_000), "human remains (HUM) of 450 kg a piece", "weight_per_piece_kg=450")]);
        misses(&HUMAN_REMAINS, &[&sent("HUM", 400_000), &sent("HEA", 450_000)]);
    }

    #[test]
    fn a_diplomatic_bag_has_a_mission_at_one_end() {
        let private = r#"{"handling": ["DIP"]}"#;
        let parties = "shipper_name=ACME MACHINERY GMBH; consignee_name=BRIDGE TOOLS INC";
        hits(
            &DIPLOMATIC,
            &[
                (private, r#"DIP between "ACME MACHINERY GMBH" and "BRIDGE TOOLS INC""#, &format!("claim=DIP; {parties}")),
                (
                    r#"{"security": [{"status": "SPX", "exemptions": ["DIPL"]}]}"#,
                    r#"DIPL between "ACME MACHINERY GMBH" and "BRIDGE TOOLS INC""#,
                    &format!("claim=DIPL; {parties}"),
                ),
            ],
        );
        let embassy = r#"{"handling": ["DIP"], "consignee": {"name": "EMBASSY OF RURITANIA"}}"#;
        misses(&DIPLOMATIC, &[embassy, r#"{"consignee": {"name": "JANE ROE"}}"#]);
    }

    #[test]
    fn company_mail_is_an_airlines() {
        hits(
            &COMPANY_MAIL,
            &[(
                r#"{"handling": ["COM"]}"#,
                r#"company mail (COM) from "ACME MACHINERY GMBH" to "BRIDGE TOOLS INC""#,
                "shipper_name=ACME MACHINERY GMBH; consignee_name=BRIDGE TOOLS INC",
            )],
        );
        misses(&COMPANY_MAIL, &[r#"{"handling": ["COM"], "shipper": {"name": "RURITANIAN AIRWAYS"}}"#]);
    }
}

//! V2, V3: values that no honest sender would state.

use super::{CUSTOMS, Finding, Indicator, Needs, Threat};
use crate::model::BillKind;

pub(super) const FREIGHT_OVER_VALUE: Indicator = Indicator {
    id: "V2",
    title: "Freight costs more than the goods",
    domains: CUSTOMS,
    threats: &[Threat::Drugs, Threat::Fraud],
    weight: 15,
    needs: Needs::Message,
    source: "FATF and Egmont Group, Trade-Based Money Laundering: Risk Indicators (2021)",
    about: "the total freight charges reach the declared customs value; samples and gifts do that too",
    check: |facts| {
        let (freight, value) = (facts.freight_charges()?, facts.customs_value()?);
        if freight < value || freight <= 0.0 {
            return None;
        }
        let currency = facts.consignment.charges.currency.as_deref().unwrap_or("?");
        let text = format!("freight of {freight:.2} {currency} for goods worth {value:.2} {currency}");
        Some(Finding::new(text).value("freight_charges", freight).value("customs_value", value))
    },
};

pub(super) const VALUABLE_WITHOUT_VALUE: Indicator = Indicator {
    id: "V3",
    title: "Valuable cargo without a value",
    domains: CUSTOMS,
    threats: &[Threat::Cash, Threat::Fraud],
    weight: 30,
    needs: Needs::Message,
    source: "IATA code list 1.16: VAL; IATA TACT rules on valuable cargo",
    about: "the shipment is handled as valuable cargo (VAL) and declares a value neither for carriage nor for customs",
    check: |facts| {
        let without = facts.carriage_value().is_none() && facts.customs_value().is_none();
        let found = without && facts.has_handling("VAL");
        found.then(|| Finding::new("valuable cargo (VAL) without a declared value").value("handling", "VAL"))
    },
};

pub(super) const NO_VALUE: Indicator = Indicator {
    id: "V3-ncv",
    title: "No customs value on goods that have one",
    domains: CUSTOMS,
    threats: &[Threat::Fraud, Threat::Counterfeit],
    weight: 15,
    needs: Needs::Message,
    source: "common targeting practice; Harmonized System headings",
    about: "NCV is declared for jewellery, watches, computers, telephones or chips; not on a consolidated master",
    check: |facts| {
        if !facts.no_customs_value() || facts.consignment.kind == BillKind::Consolidation {
            return None;
        }
        let heading = facts.hs_headings().iter().find(|heading| VALUED.iter().any(|valued| heading.starts_with(valued)))?;
        let text = format!("no customs value (NCV) for goods of heading {heading}");
        Some(Finding::new(text).value("no_customs_value", true).value("hs_heading", heading))
    },
};

/// Jewellery and precious metals, computers, telephones, integrated circuits, watches.
static VALUED: &[&str] = &["71", "8471", "8517", "8542", "9101", "9102"];

#[cfg(test)]
mod tests {
    use super::super::cases::{hits, misses};
    use super::*;

    #[test]
    fn freight_is_compared_with_the_goods_value() {
        let charged = |value: u32, freight: u32| {
            format!(r#"{{"charges": {{"customs_value": {{"hundredths": {value}}}, "freight": {{"hundredths": {freight}}}}}}}"#)
        };
        hits(
            &FREIGHT_OVER_VALUE,
            &[(
                &charged(40_000, 60_050),
                "freight of 600.50 EUR for goods worth 400.00 EUR",
                "freight_charges=600.5; customs_value=400",
            )],
        );
        misses(&FREIGHT_OVER_VALUE, &[&charged(60_000, 59_999), &charged(0, 0), r#"{"charges": {"customs_value": null}}"#]);
    }

    #[test]
    fn valuable_cargo_has_a_value() {
        let val = r#"{"handling": ["VAL"], "charges": {"customs_value": null}}"#;
        hits(&VALUABLE_WITHOUT_VALUE, &[(val, "valuable cargo (VAL) without a declared value", "handling=VAL")]);
        let for_carriage = r#"{"handling": ["VAL"], "charges": {"customs_value": null, "carriage_value": {"hundredths": 100}}}"#;
        misses(&VALUABLE_WITHOUT_VALUE, &[&val.replace("VAL", "VUN"), r#"{"handling": ["VAL"]}"#, for_carriage]);
    }

    #[test]
    fn goods_that_are_always_valued_are_not_sent_without_value() {
        let ncv = r#"{"charges": {"customs_value": null}, "goods": [{"description": "LAPTOPS", "hs_codes": ["847130"]}]}"#;
        hits(&NO_VALUE, &[(ncv, "no customs value (NCV) for goods of heading 8471", "no_customs_value=true; hs_heading=8471")]);
        let undeclared = ncv.replace(r#"{"customs_value": null}"#, r#"{"customs_value": null, "declared": false}"#);
        misses(&NO_VALUE, &[&ncv.replace("847130", "846620"), &undeclared, r#"{"goods": [{"hs_codes": ["847130"]}]}"#]);
    }
}

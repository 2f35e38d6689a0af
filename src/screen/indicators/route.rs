//! R4: a route that does not lead from the shipper to the consignee.

use super::{BOTH, CUSTOMS, Finding, Indicator, Needs, Threat};
use crate::codes::countries;
use crate::model::{BillKind, Party};
use crate::screen::facts::Facts;

pub(super) const ORIGIN: Indicator = Indicator {
    id: "R4-origin",
    title: "Origin is not the shipper's country",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud, Threat::Wildlife],
    weight: 10,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "the origin lies outside the shipper's country, its economic area and the hub next door; not on a consolidated master",
    check: |facts| {
        let (home, flown) = elsewhere(facts, facts.consignment.shipper.as_ref(), facts.origin_country())?;
        let text = format!("the shipper is in {home}, the goods fly from {flown}");
        Some(Finding::new(text).value("shipper_country", home).value("origin_country", flown))
    },
};

pub(super) const DESTINATION: Indicator = Indicator {
    id: "R4-destination",
    title: "Destination is not the consignee's country",
    domains: CUSTOMS,
    threats: &[Threat::Drugs, Threat::Fraud, Threat::Wildlife],
    weight: 10,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "the destination lies outside the consignee's country, its area and the hub next door; not on a consolidated master",
    check: |facts| {
        let (home, flown) = elsewhere(facts, facts.consignment.consignee.as_ref(), facts.destination_country())?;
        let text = format!("the consignee is in {home}, the goods fly to {flown}");
        Some(Finding::new(text).value("consignee_country", home).value("destination_country", flown))
    },
};

/// The party's country and the airport's, when they are not one area.
fn elsewhere<'f>(
    facts: &Facts<'f>,
    party: Option<&'f Party<'f>>,
    flown: Option<&'static str>,
) -> Option<(&'f str, &'static str)> {
    let home = party?.country.as_ref()?.as_str();
    let flown = flown.filter(|flown| !countries::same_area(home, flown))?;
    (facts.consignment.kind != BillKind::Consolidation).then_some((home, flown))
}

#[cfg(test)]
mod tests {
    use super::super::cases::{hits, misses};
    use super::*;

    #[test]
    fn the_route_begins_and_ends_where_the_parties_are() {
        hits(
            &ORIGIN,
            &[(
                r#"{"shipper": {"country": "CO"}}"#,
                "the shipper is in CO, the goods fly from DE",
                "shipper_country=CO; origin_country=DE",
            )],
        );
        hits(
            &DESTINATION,
            &[(
                r#"{"consignee": {"country": "NG"}}"#,
                "the consignee is in NG, the goods fly to US",
                "consignee_country=NG; destination_country=US",
            )],
        );
        let unknown = r#"{"shipper": {"country": null}, "consignee": null}"#;
        let consolidated = r#"{"kind": "consolidation", "shipper": {"country": "CO"}, "consignee": {"country": "NG"}}"#;
        let no_airport = r#"{"origin": "ZZZ", "destination": null}"#;
        misses(&ORIGIN, &[r#"{"shipper": {"country": "NL"}}"#, unknown, consolidated, no_airport]);
        misses(&DESTINATION, &[r#"{"consignee": {"country": "CA"}}"#, unknown, consolidated, no_airport]);
    }
}

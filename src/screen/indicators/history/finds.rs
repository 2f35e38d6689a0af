//! P10: parties and goods in which something was found before.

use super::super::{BOTH, Finding, Indicator, Needs, Threat};
use super::Count;
use crate::memory::history::TraceHistory;

pub const SHIPPER: Indicator = Indicator {
    id: "P10",
    title: "Something was found with this shipper",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives, Threat::Arms, Threat::Wildlife, Threat::Counterfeit],
    weight: 35,
    needs: Needs::Message,
    source: "common targeting practice: results of controls",
    about: "an inspection found something, and one in ten of this shipper's inspections or more does (smoothed)",
    check: |facts| found("shipper", facts.history?.shipper.record, PARTY),
};

pub const CONSIGNEE: Indicator = Indicator {
    id: "P10-consignee",
    title: "Something was found with this consignee",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives, Threat::Arms, Threat::Wildlife, Threat::Counterfeit],
    weight: 35,
    needs: Needs::Message,
    source: "common targeting practice: results of controls",
    about: "an inspection found something, and one in ten of this consignee's inspections or more does (smoothed)",
    check: |facts| found("consignee", facts.history?.consignee.record, PARTY),
};

pub const AGENT: Indicator = Indicator {
    id: "P10-agent",
    title: "Finds with this agent's consignments",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives, Threat::Arms, Threat::Wildlife, Threat::Counterfeit],
    weight: 10,
    needs: Needs::Message,
    source: "common targeting practice: results of controls",
    about: "3 inspections or more found something, and one in five of this agent's inspections or more does (smoothed)",
    check: |facts| found("agent", facts.history?.agent.record, CROWD),
};

pub const GOODS: Indicator = Indicator {
    id: "P10-goods",
    title: "Finds in these goods from this country",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Arms, Threat::Wildlife, Threat::Counterfeit, Threat::Fraud],
    weight: 12,
    needs: Needs::Message,
    source: "common targeting practice: results of controls",
    about: "3 inspections or more found something, and one in five of those of the HS heading from the country of origin or more \
            does (smoothed)",
    check: |facts| found("commodity from this country", facts.history?.origin_commodity, CROWD),
};

/// How many finds, and how often, speak against somebody.
struct Bound {
    found: u32,
    rate: f64,
}

const PARTY: Bound = Bound { found: 1, rate: 0.1 };
/// Whoever has many customers has some bad ones.
const CROWD: Bound = Bound { found: 3, rate: 0.2 };

fn found(of: &'static str, record: TraceHistory, bound: Bound) -> Option<Finding> {
    let TraceHistory { shipments, inspected, found, .. } = record;
    if found < bound.found || record.find_rate() < bound.rate {
        return None;
    }
    let inspections = Count(inspected.into(), "inspection");
    let text = format!(
        "{found} of {inspections} found something with this {of}, which has {} besides",
        Count(shipments.into(), "consignment")
    );
    Some(
        Finding::new(text)
            .value("found", found)
            .value("inspected", inspected)
            .value("find_rate", format_args!("{:.2}", record.find_rate())),
    )
}

#[cfg(test)]
mod tests {
    use super::super::cases::Story;
    use super::*;

    const CLEARED: &str = r#"{"outcome": {"awb": "AWB", "kind": "screened", "methods": ["XRY"]}}"#;
    const SEIZED: &str = r#"{"outcome": {"awb": "AWB", "kind": "seized", "seized": "drugs"}}"#;

    #[test]
    fn a_find_is_remembered_of_both_parties() {
        let story = Story::new().past(3, 1, "{}").send(-30, &SEIZED.replace("AWB", &Story::awb(1))).waybill(0, "{}");
        story.hits(&SHIPPER, "1 of 1 inspection found something with this shipper, which has 3 consignments besides");
        story.hits(&CONSIGNEE, "1 of 1 inspection found something with this consignee, which has 3 consignments besides");
        story.misses(&GOODS);
        let amended = Story::new().waybill(-30, "{}").send(-20, &SEIZED.replace("AWB", "020-12345675")).waybill(0, "{}");
        amended.misses(&SHIPPER);
        Story::new().past(3, 1, "{}").send(-30, &CLEARED.replace("AWB", &Story::awb(1))).waybill(0, "{}").misses(&SHIPPER);
    }

    #[test]
    fn one_find_in_many_inspections_is_little() {
        let mut story = Story::new().past(12, 1, "{}");
        for number in 1..=12 {
            story = story.send(-2, &CLEARED.replace("AWB", &Story::awb(number)));
        }
        story.send(-2, &SEIZED.replace("AWB", &Story::awb(5))).waybill(0, "{}").misses(&SHIPPER);
    }

    #[test]
    fn finds_in_a_crowd_count_by_their_share() {
        let agent = |name: &str| {
            format!(
                r#"{{"agent": {{"name": "HARBOUR AGENTS"}}, "shipper": {{"name": "{name}"}}, "consignee": {{"name": "TO {name}"}}}}"#
            )
        };
        let mut story = Story::new();
        for number in 1..=4 {
            story = story.past(1, 1, &agent(&format!("SENDER {number}"))).send(-2, &SEIZED.replace("AWB", &Story::awb(number)));
        }
        let text = |of: &str| format!("4 of 4 inspections found something with this {of}, which has 4 consignments besides");
        let story = story.waybill(0, &agent("SOMEBODY ELSE"));
        story.hits(&AGENT, &text("agent"));
        story.hits(&GOODS, &text("commodity from this country"));
        story.misses(&SHIPPER);
        Story::new()
            .past(30, 2, &agent("X"))
            .send(-2, &SEIZED.replace("AWB", &Story::awb(1)))
            .waybill(0, &agent("Y"))
            .misses(&AGENT);
    }
}

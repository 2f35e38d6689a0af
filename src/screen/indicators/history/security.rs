//! A3: screeners and regulated entities that do more than they can, or excuse more than others.

use super::super::{Finding, Indicator, Needs, SECURITY, Threat};
use super::{consignments, settled};

pub const SCREENER: Indicator = Indicator {
    id: "A3",
    title: "Screener with more consignments than a day has time for",
    domains: SECURITY,
    threats: &[Threat::Explosives],
    weight: 15,
    needs: Needs::Message,
    source: "common targeting practice: insider threat",
    about: "the first screener named is named on more than 300 consignments a day since it was first seen, from 300 on",
    check: |facts| {
        let screener = facts.history?.screener;
        let days = u32::from(screener.first_days_ago.unwrap_or_default()).saturating_add(1);
        if screener.shipments < SCREENED_A_DAY.saturating_mul(days) {
            return None;
        }
        let text = format!("this screener is named on {} besides, in {days} days", consignments(screener.shipments));
        Some(Finding::new(text).value("screener_shipments", screener.shipments).value("days", days))
    },
};

pub const EXEMPTIONS: Indicator = Indicator {
    id: "A3-exempt",
    title: "Regulated entity that exempts most of its consignments",
    domains: SECURITY,
    threats: &[Threat::Explosives],
    weight: 12,
    needs: Needs::Message,
    source: "Regulation (EU) 2015/1998, 6.1.1 and 6.2.1: exemptions are exceptions; common targeting practice: insider threat",
    about: "the status rests on an exemption, as on half or more of the entity's 30 other consignments or more, in a memory of at \
            least 21 days",
    check: |facts| {
        let history = settled(facts)?;
        let (all, exempted) = (history.entity.shipments, history.exempted.shipments);
        let exempt = !facts.exemptions().is_empty();
        if !exempt || all < ENTITY_SHIPMENTS || exempted.saturating_mul(2) < all {
            return None;
        }
        let text = format!("{exempted} of {} of this regulated entity rest on an exemption", consignments(all));
        Some(Finding::new(text).value("entity_shipments", all).value("entity_exempted", exempted))
    },
};

/// One every two minutes through a shift of ten hours.
const SCREENED_A_DAY: u32 = 300;
const ENTITY_SHIPMENTS: u32 = 30;

#[cfg(test)]
mod tests {
    use super::super::cases::Story;
    use super::*;

    const SCREENED: &str = r#"{"security": [{"status": "SPX", "issuer": {"category": "RA", "country": "DE", "id": "00100-01"},
        "methods": ["XRY"], "screeners": ["J DOE"]}]}"#;
    const EXEMPT: &str = r#"{"security": [{"status": "SPX", "issuer": {"category": "RA", "country": "DE", "id": "00100-01"},
        "exemptions": ["SMUS"]}]}"#;

    #[test]
    fn nobody_screens_hundreds_in_a_day() {
        Story::new()
            .past(1, 600, SCREENED)
            .waybill(0, SCREENED)
            .hits(&SCREENER, "this screener is named on 600 consignments besides, in 2 days");
        Story::new().past(1, 599, SCREENED).waybill(0, SCREENED).misses(&SCREENER);
        Story::new().past(3, 200, SCREENED).waybill(0, SCREENED).misses(&SCREENER);
        Story::new().past(1, 600, SCREENED).waybill(0, "{}").misses(&SCREENER);
    }

    #[test]
    fn exemptions_are_exceptions() {
        Story::new()
            .past(30, 1, EXEMPT)
            .past(30, 1, "{}")
            .waybill(0, EXEMPT)
            .hits(&EXEMPTIONS, "30 of 60 consignments of this regulated entity rest on an exemption");
        Story::new().past(30, 1, EXEMPT).past(31, 1, "{}").waybill(0, EXEMPT).misses(&EXEMPTIONS);
        Story::new().past(30, 1, EXEMPT).past(30, 1, "{}").waybill(0, SCREENED).misses(&EXEMPTIONS);
        Story::new().past(20, 2, EXEMPT).waybill(0, EXEMPT).misses(&EXEMPTIONS);
    }
}

//! R5, T1: bills that come or change when the goods are already in the terminal's hands.

use super::super::{BOTH, Finding, Indicator, Needs, Threat};
use super::{complete, first_version, minutes_after, station};
use crate::memory::consignment::Version;
use crate::memory::observation::Stage;
use crate::screen::facts::Facts;

pub const CONSIGNEE: Indicator = Indicator {
    id: "R5",
    title: "Consignee changed after acceptance",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud],
    weight: 25,
    needs: Needs::Memory,
    source: "common targeting practice",
    about: "the last version before the acceptance (RCS) names another consignee than this one, which came after it",
    check: |facts| {
        let Amended { before, now, minutes } = amended(facts)?;
        if before.consignee == 0 || now.consignee == 0 || before.consignee == now.consignee {
            return None;
        }
        let text = format!("the consignee was changed {} after acceptance", hours(minutes));
        Some(Finding::new(text).value("minutes_after_acceptance", minutes))
    },
};

pub const DESTINATION: Indicator = Indicator {
    id: "R5-destination",
    title: "Destination changed after acceptance",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud],
    weight: 25,
    needs: Needs::Memory,
    source: "common targeting practice",
    about: "the last version before the acceptance (RCS) goes to another destination than this one, which came after it",
    check: |facts| {
        let Amended { before, now, minutes } = amended(facts)?;
        if before.destination == [0; 3] || now.destination == [0; 3] || before.destination == now.destination {
            return None;
        }
        let (from, to) = (station(&before.destination), station(&now.destination));
        let text = format!("the destination was changed from {from} to {to}, {} after acceptance", hours(minutes));
        Some(Finding::new(text).value("destination_before", from).value("destination", to))
    },
};

pub const AFTER_ACCEPTANCE: Indicator = Indicator {
    id: "T1-accepted",
    title: "Data sent after the acceptance",
    domains: BOTH,
    threats: &[Threat::Explosives, Threat::Drugs],
    weight: 10,
    needs: Needs::Memory,
    source: "carrier cut-off times for electronic waybill data: before the goods are handed over",
    about: "the first version of the bill came more than an hour after the acceptance (RCS), eleven in the Americas, where reports in \
            local time look earlier; in a memory of at least 14 days",
    check: |facts| {
        let history = complete(facts)?;
        let accepted = history.way.step(Stage::Accepted)?;
        let first = first_version(history)?;
        let minutes = minutes_after(first, accepted.first, accepted.station);
        let text = || format!("the data arrived at {first}, the goods were accepted at {}", accepted.first);
        (minutes > 0).then(|| Finding::new(text()).value("accepted", accepted.first).value("first_version", first))
    },
};

pub const BOOKED_LATE: Indicator = Indicator {
    id: "T1-booked",
    title: "Booked on the day of the flight",
    domains: BOTH,
    threats: &[Threat::Explosives, Threat::Drugs],
    weight: 4,
    needs: Needs::Memory,
    source: "common targeting practice",
    about: "space was requested (FFR) on the day of the flight, and no booking told before that day is known in a memory of at least 14 \
            days; that day may begin eleven hours later in the Americas; perishable and express goods do that too",
    check: |facts| {
        let booked = complete(facts)?.way.booked_late?;
        Some(Finding::new(format!("booked at {booked}, on the day of the flight and not before")).value("booked", booked))
    },
};

/// A version that came after the acceptance, and the last one before.
pub(super) struct Amended<'f> {
    pub before: &'f Version,
    pub now: Version,
    pub minutes: i64,
}

pub(super) fn amended<'f>(facts: &Facts<'f>) -> Option<Amended<'f>> {
    let history = facts.history?;
    let accepted = history.way.step(Stage::Accepted)?;
    let now = history.version.filter(|now| minutes_after(now.stamp.time, accepted.first, accepted.station) > 0)?;
    let before = history.versions.iter().find(|version| version.stamp.at() <= accepted.first)?;
    Some(Amended { before, now, minutes: now.stamp.time.minutes_since(accepted.first) })
}

pub(super) fn hours(minutes: i64) -> String {
    format!("{} h {:02} min", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::super::cases::Story;
    use super::*;

    /// 19 hours before noon of 1 March.
    const ACCEPTED: &str = "FSU/14\n020-12345675FRAJFK/T4K100\nRCS/28FEB1700/FRA/T4K100";
    const OTHER_CONSIGNEE: &str = r#"{"consignee": {"name": "HARBOUR SUPPLIES INC"}}"#;
    const OTHER_DESTINATION: &str = r#"{"destination": "MIA"}"#;

    #[test]
    fn the_consignee_stays_after_acceptance() {
        let accepted = Story::new().waybill(-40, "{}").send(-19, ACCEPTED);
        accepted.clone().waybill(-10, OTHER_CONSIGNEE).hits(&CONSIGNEE, "the consignee was changed 9 h 00 min after acceptance");
        accepted.clone().waybill(-18, OTHER_CONSIGNEE).misses(&CONSIGNEE);
        accepted.clone().waybill(-10, r#"{"consignee": {"name": "Bridge Tools, Inc."}}"#).misses(&CONSIGNEE);
        accepted.clone().waybill(-10, r#"{"consignee": null}"#).misses(&CONSIGNEE);
        accepted.waybill(-10, OTHER_DESTINATION).misses(&CONSIGNEE);
        Story::new().waybill(-40, "{}").waybill(-30, OTHER_CONSIGNEE).send(-19, ACCEPTED).misses(&CONSIGNEE);
        Story::new().send(-19, ACCEPTED).waybill(-10, OTHER_CONSIGNEE).misses(&CONSIGNEE);
    }

    #[test]
    fn an_acceptance_told_late_is_compared_too() {
        let story = Story::new().waybill(-40, "{}").waybill(-10, OTHER_CONSIGNEE).send(-1, ACCEPTED);
        story.hits(&CONSIGNEE, "the consignee was changed 9 h 00 min after acceptance");
    }

    #[test]
    fn the_destination_stays_after_acceptance() {
        let accepted = Story::new().waybill(-40, "{}").send(-19, ACCEPTED);
        accepted
            .clone()
            .waybill(-10, OTHER_DESTINATION)
            .hits(&DESTINATION, "the destination was changed from JFK to MIA, 9 h 00 min after acceptance");
        accepted.waybill(-10, "{}").misses(&DESTINATION);
        let american = ACCEPTED.replace("/FRA/", "/JFK/");
        Story::new().waybill(-40, "{}").send(-19, &american).waybill(-10, OTHER_DESTINATION).misses(&DESTINATION);
    }

    #[test]
    fn data_come_before_the_goods() {
        let settled = |days| Story::new().past(days, 1, "{}").send(-19, ACCEPTED);
        settled(15)
            .waybill(-10, "{}")
            .hits(&AFTER_ACCEPTANCE, "the data arrived at 2026-03-01T02:00:00Z, the goods were accepted at 2026-02-28T17:00:00Z");
        settled(15).waybill(-18, "{}").misses(&AFTER_ACCEPTANCE);
        settled(15).waybill(-20, "{}").waybill(-10, "{}").misses(&AFTER_ACCEPTANCE);
        settled(13).waybill(-10, "{}").misses(&AFTER_ACCEPTANCE);
        // Four versions: the first is forgotten.
        (0..4).fold(settled(15), |story, hour| story.waybill(hour - 10, "{}")).misses(&AFTER_ACCEPTANCE);
    }

    #[test]
    fn space_is_booked_before_the_day_of_the_flight() {
        let settled = |days| Story::new().past(days, 1, "{}");
        let booking = "FFR/8\n020-12345675FRAJFK/T4K100/CHUCKS\nLH400/01MAR/FRAJFK/NN";
        let listed = "FBL/4\n1/LH400/01MAR/FRA\nJFK\n020-12345675FRAJFK/T4K100/CHUCKS\nLAST";
        let late = settled(15).send(-6, booking);
        late.hits(&BOOKED_LATE, "booked at 2026-03-01T06:00:00Z, on the day of the flight and not before");
        late.clone()
            .send(-5, listed)
            .waybill(-4, "{}")
            .hits(&BOOKED_LATE, "booked at 2026-03-01T06:00:00Z, on the day of the flight and not before");
        settled(15).send(-13, booking).misses(&BOOKED_LATE);
        settled(15).send(-13, booking).send(-6, booking).misses(&BOOKED_LATE);
        settled(15).send(-13, listed).send(-6, booking).misses(&BOOKED_LATE);
        settled(15).send(-6, listed).misses(&BOOKED_LATE);
        settled(13).send(-6, booking).misses(&BOOKED_LATE);
        let american = booking.replace("FRAJFK", "BOGMIA");
        settled(15).send(-6, &american).misses(&BOOKED_LATE);
        settled(15)
            .send(0, &american)
            .hits(&BOOKED_LATE, "booked at 2026-03-01T12:00:00Z, on the day of the flight and not before");
    }
}

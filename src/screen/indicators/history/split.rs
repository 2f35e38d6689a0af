//! V4: one consignment cut into many that stay under a threshold.

use super::super::{CUSTOMS, Finding, Indicator, Needs, Threat};
use super::consignments;
use crate::codes::countries;
use crate::memory::history::TraceHistory;

pub const DAILY_VALUE: Indicator = Indicator {
    id: "V4",
    title: "Values that together pass the duty-free limit",
    domains: CUSTOMS,
    threats: &[Threat::Drugs, Threat::Fraud, Threat::Counterfeit],
    weight: 15,
    needs: Needs::Message,
    source: "de minimis thresholds: Regulation (EC) 1186/2009, article 23, and national law",
    about: "3 consignments or more to one consignee on one day stay under the limit of the destination, in its currency, with a mean \
            of more than half of it, and pass it together",
    check: |facts| {
        let destination = facts.destination_country()?;
        let currency = facts.consignment.charges.currency?;
        let limit = countries::duty_free_limit(destination).filter(|limit| currency == *limit.currency)?;
        let TraceHistory { shipments, value_hundredths, .. } = facts.history?.daily;
        let own = u64::try_from(facts.consignment.charges.customs_value?.hundredths).ok()?;
        let limit_hundredths = limit.units * 100;
        let (sum, count) = (value_hundredths.saturating_add(own), u64::from(shipments) + 1);
        let near = own < limit_hundredths && sum < limit_hundredths * count && sum * 2 > limit_hundredths * count;
        if shipments < OTHERS_MIN || !near || sum <= limit_hundredths {
            return None;
        }
        let (sum, mean) = (sum as f64 / 100.0, sum as f64 / 100.0 / count as f64);
        let text = format!(
            "{} to this consignee today declare {sum:.2} {currency}, {mean:.2} each on average; {} {currency} are free of duty",
            consignments(shipments.saturating_add(1)),
            limit.units
        );
        Some(Finding::new(text).value("consignee_day_shipments", shipments).value("sum", format_args!("{sum:.2}")))
    },
};

const OTHERS_MIN: u32 = 2;

#[cfg(test)]
mod tests {
    use super::super::cases::Story;
    use super::*;

    fn to_berlin(currency: &str, hundredths: u32) -> String {
        format!(
            r#"{{"origin": "HKG", "destination": "BER", "consignee": {{"country": "DE"}},
            "charges": {{"currency": "{currency}", "customs_value": {{"hundredths": {hundredths}}}}}}}"#
        )
    }

    fn sent(others: &[&str], last: &str) -> Story {
        let mut story = Story::new();
        for (number, other) in (700..).zip(others) {
            story = story.numbered(number, -2, other);
        }
        story.waybill(0, last)
    }

    #[test]
    fn parcels_of_one_day_are_added_up() {
        let [parcel, small, over, dollars] =
            [to_berlin("EUR", 14_000), to_berlin("EUR", 2_000), to_berlin("EUR", 20_000), to_berlin("USD", 14_000)];
        sent(&[&parcel, &parcel], &parcel).hits(
            &DAILY_VALUE,
            "3 consignments to this consignee today declare 420.00 EUR, 140.00 each on average; 150 EUR are free of duty",
        );
        sent(&[&parcel], &parcel).misses(&DAILY_VALUE);
        sent(&[&small, &small, &small], &small).misses(&DAILY_VALUE);
        sent(&[&parcel, &parcel], &over).misses(&DAILY_VALUE);
        sent(&[&over, &over], &parcel).misses(&DAILY_VALUE);
        sent(&[&dollars, &dollars], &dollars).misses(&DAILY_VALUE);
        Story::new().past(3, 1, &parcel).waybill(0, &parcel).misses(&DAILY_VALUE);
    }
}

//! V1, Q1, R1, R3, T3: values far from what memory has seen, by their surprise in bits.
//!
//! The statistics are `memory`'s; here each counts with a fixed weight once its bits pass a threshold.

use super::super::{BOTH, CUSTOMS, Finding, Indicator, Needs, Threat};
use super::{Bits, Range, consignments, kg, settled};
use crate::memory::histogram::rarity;
use crate::memory::history::Unusual;
use crate::screen::facts::Facts;

pub const VALUE: Indicator = Indicator {
    id: "V1",
    title: "Unusual value for the goods",
    domains: CUSTOMS,
    threats: &[Threat::Fraud, Threat::Counterfeit, Threat::Drugs],
    weight: 15,
    needs: Needs::Message,
    source: "FATF and Egmont Group, Trade-Based Money Laundering: Risk Indicators (2021): value out of line with the goods",
    about: "customs value a kilogram against goods of the HS heading from the country in the currency: 5 bits or more, and a factor \
            of two beyond the usual range",
    check: |facts| {
        let band = facts.history?.band.value;
        let (value, low, high) = far(&band)?;
        let currency = facts.consignment.charges.currency.as_deref().unwrap_or("?");
        let (per_kg, usual) = (value as f64 / 100.0, Range(low as f64 / 100.0, high as f64 / 100.0));
        let text = format!("{per_kg:.2} {currency} a kilogram; usual {usual} over {}", goods(facts, band.others));
        let finding = Finding::new(text).value("customs_value_per_kg", format_args!("{per_kg:.2}"));
        Some(finding.value("value_bits", Bits(band.surprise.tenths)))
    },
};

pub const PIECE_WEIGHT: Indicator = Indicator {
    id: "Q1-piece",
    title: "Unusual weight a piece for the goods",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud, Threat::Explosives],
    weight: 15,
    needs: Needs::Message,
    source: "US customs guidance on synthetic drugs: weight that does not fit the goods",
    about: "weight a piece against goods of the HS heading from the country: 5 bits or more, and a factor of two beyond the usual",
    check: |facts| {
        let band = facts.history?.band.piece;
        let (value, low, high) = far(&band)?;
        let usual = Range(low as f64 / 1_000.0, high as f64 / 1_000.0);
        let text = format!("{} a piece; usual {usual} kg over {}", kg(value), goods(facts, band.others));
        let finding = Finding::new(text).value("weight_per_piece_kg", value as f64 / 1_000.0);
        Some(finding.value("piece_weight_bits", Bits(band.surprise.tenths)))
    },
};

pub const DENSITY: Indicator = Indicator {
    id: "Q1-density",
    title: "Unusual density for the goods",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud, Threat::Explosives],
    weight: 15,
    needs: Needs::Message,
    source: "US customs guidance on synthetic drugs: weight that does not fit the goods",
    about: "density against goods of the HS heading from the country: 5 bits or more, and a factor of two beyond the usual range",
    check: |facts| {
        let band = facts.history?.band.density;
        let (value, low, high) = far(&band)?;
        let usual = Range(low as f64, high as f64);
        let text = format!("{value} kg/m³; usual {usual} kg/m³ over {}", goods(facts, band.others));
        Some(Finding::new(text).value("density_kg_m3", value).value("density_bits", Bits(band.surprise.tenths)))
    },
};

/// The value and its usual range, when it is surprising and not merely at the edge of the range.
fn far(band: &Unusual) -> Option<(u64, u64, u64)> {
    let (value, (low, high)) = (band.value?, band.usual?);
    let beyond = value > high.saturating_mul(FAR) || value.saturating_mul(FAR) < low;
    (beyond && band.surprise.tenths >= SURPRISING_TENTHS).then_some((value, low, high))
}

fn goods(facts: &Facts<'_>, others: u32) -> String {
    let heading = facts.hs_headings().get(0).unwrap_or("?");
    format!("{} of heading {heading} from {}", consignments(others), facts.origin_country().unwrap_or("?"))
}

pub const ROUTE: Indicator = Indicator {
    id: "R1",
    title: "Route that nobody takes",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud],
    weight: 10,
    needs: Needs::Message,
    source: "FATF and Egmont Group, Trade-Based Money Laundering: Risk Indicators (2021): roundabout routes",
    about: "stations and carriers of the routing against all routings on the lane: 5 bits or more",
    check: |facts| {
        let history = settled(facts)?;
        let (same, all) = (history.route.shipments, history.routed.shipments);
        let bits = rarity(same.into(), all.into());
        if facts.consignment.routing.is_empty() || bits < SURPRISING_TENTHS {
            return None;
        }
        let stations = facts.stations().map(|station| station.to_string()).collect::<Vec<_>>().join("–");
        let text = format!("{same} of {} on this lane took the route {stations} with these carriers", consignments(all));
        Some(Finding::new(text).value("routing", stations).value("route_bits", Bits(bits)))
    },
};

pub const GOODS_OF_ORIGIN: Indicator = Indicator {
    id: "R3",
    title: "Goods that do not come from there",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Wildlife, Threat::Fraud],
    weight: 6,
    needs: Needs::Message,
    source: "FATF and Egmont Group, Trade-Based Money Laundering: Risk Indicators (2021): goods that the country does not export",
    about: "goods of the HS heading from the country of origin against all goods on the lane: 5 bits or more",
    check: |facts| {
        let history = settled(facts)?;
        let heading = facts.hs_headings().get(0)?;
        let country = facts.origin_country()?;
        let (same, all) = (history.origin_commodity.shipments, history.lane.shipments);
        let bits = rarity(same.into(), all.into());
        if bits < SURPRISING_TENTHS {
            return None;
        }
        let text = format!("{} of heading {heading} from {country}, with {} on this lane", consignments(same), consignments(all));
        Some(
            Finding::new(text)
                .value("hs_heading", heading)
                .value("origin_country", country)
                .value("origin_goods_bits", Bits(bits)),
        )
    },
};

pub const WEEK: Indicator = Indicator {
    id: "T3",
    title: "Unusual time of the week for the shipper",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Explosives],
    weight: 5,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "six hours of the week in which the shipper sends a quarter of an even share or less: 2 bits or more",
    check: |facts| {
        let history = settled(facts)?;
        let shipper = &history.shipper;
        if shipper.week.tenths < WEEK_TENTHS {
            return None;
        }
        let (same, all) = (shipper.same_week_slot, consignments(shipper.record.shipments));
        let text = format!("{same} of {all} of this shipper came in these six hours of the week");
        Some(Finding::new(text).value("week_bits", Bits(shipper.week.tenths)))
    },
};

pub const SHIPPER_WEIGHT: Indicator = Indicator {
    id: "T3-weight",
    title: "Unusual amount for the shipper",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud],
    weight: 10,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "the consignment weighs more than the shipper's others: 4 bits or more, and above twice the usual range",
    check: |facts| {
        let shipper = &facts.history?.shipper;
        let (low, high) = shipper.usual_weight_g?;
        let weight_g = (facts.weight_kg()? * 1_000.0).round() as u64;
        let above = shipper.weight.high && weight_g > high.saturating_mul(FAR);
        if !above || shipper.weight.tenths < WEIGHT_TENTHS {
            return None;
        }
        let usual = Range(low as f64 / 1_000.0, high as f64 / 1_000.0);
        let text = format!("{}; usual {usual} kg over {} of this shipper", kg(weight_g), consignments(shipper.record.shipments));
        Some(
            Finding::new(text)
                .value("weight_kg", weight_g as f64 / 1_000.0)
                .value("shipper_weight_bits", Bits(shipper.weight.tenths)),
        )
    },
};

/// Tenths of bits: one in 32, which takes 62 others at least.
const SURPRISING_TENTHS: u16 = 50;
const WEIGHT_TENTHS: u16 = 40;
/// Against an even week: takes 84 others at least.
const WEEK_TENTHS: u16 = 20;
/// Times beyond the usual range.
const FAR: u64 = 2;

#[cfg(test)]
mod tests {
    use super::super::cases::Story;
    use super::*;

    /// The clean waybill is 100 kg in 4 pieces and half a cubic metre, worth 8,500 EUR.
    fn of(pieces: u32, weight_g: u64, volume_cm3: u64, hundredths: u64) -> String {
        format!(
            r#"{{"quantity": {{"pieces": {pieces}, "weight_g": {weight_g}, "volume_cm3": {volume_cm3}}},
            "charges": {{"customs_value": {{"hundredths": {hundredths}}}}}}}"#
        )
    }

    #[test]
    fn the_value_is_that_of_such_goods() {
        let usual = Story::new().past(62, 1, "{}");
        let text = "0.85 EUR a kilogram; usual 82–123 over 62 consignments of heading 8466 from DE";
        usual.clone().waybill(0, &of(4, 100_000, 500_000, 8_500)).hits(&VALUE, text);
        usual.clone().waybill(0, &of(4, 100_000, 500_000, 8_500_000)).hits(&VALUE, &text.replace("0.85", "850.00"));
        usual.clone().waybill(0, &of(4, 100_000, 500_000, 1_700_000)).misses(&VALUE);
        usual.clone().waybill(0, "{}").misses(&VALUE);
        usual.waybill(0, r#"{"charges": {"customs_value": null}}"#).misses(&VALUE);
        Story::new().past(50, 1, "{}").waybill(0, &of(4, 100_000, 500_000, 8_500)).misses(&VALUE);
    }

    #[test]
    fn pieces_and_density_are_those_of_such_goods() {
        let usual = Story::new().past(62, 1, "{}");
        let heavy = usual.clone().waybill(0, &of(1, 100_000, 100_000, 850_000));
        heavy.hits(&PIECE_WEIGHT, "100 kg a piece; usual 25–33 kg over 62 consignments of heading 8466 from DE");
        heavy.hits(&DENSITY, "1000 kg/m³; usual 192–256 kg/m³ over 62 consignments of heading 8466 from DE");
        let near = usual.clone().waybill(0, &of(2, 100_000, 250_000, 850_000));
        near.misses(&PIECE_WEIGHT);
        near.misses(&DENSITY);
        let cold = Story::new().past(20, 1, "{}").waybill(0, &of(1, 100_000, 100_000, 850_000));
        cold.misses(&PIECE_WEIGHT);
        cold.misses(&DENSITY);
    }

    #[test]
    fn a_lane_has_its_routes() {
        let detour = r#"{"routing": [["DXB", "EK"], ["JFK", "EK"]]}"#;
        Story::new()
            .past(31, 2, "{}")
            .waybill(0, detour)
            .hits(&ROUTE, "0 of 62 consignments on this lane took the route FRA–DXB–JFK with these carriers");
        Story::new().past(31, 2, "{}").past(1, 1, detour).waybill(0, detour).misses(&ROUTE);
        Story::new().past(31, 2, "{}").waybill(0, "{}").misses(&ROUTE);
        Story::new().past(31, 2, "{}").waybill(0, r#"{"routing": []}"#).misses(&ROUTE);
        Story::new().past(20, 4, "{}").waybill(0, detour).misses(&ROUTE);
    }

    #[test]
    fn a_country_has_its_goods() {
        let flowers = r#"{"goods": [{"description": "ROSES", "hs_codes": ["060311"]}]}"#;
        Story::new()
            .past(31, 2, "{}")
            .waybill(0, flowers)
            .hits(&GOODS_OF_ORIGIN, "0 consignments of heading 0603 from DE, with 62 consignments on this lane");
        Story::new().past(31, 2, "{}").past(1, 1, flowers).waybill(0, flowers).misses(&GOODS_OF_ORIGIN);
        Story::new().past(20, 4, "{}").waybill(0, flowers).misses(&GOODS_OF_ORIGIN);
        Story::new().past(31, 2, "{}").waybill(0, r#"{"goods": [{"description": "ROSES"}]}"#).misses(&GOODS_OF_ORIGIN);
    }

    #[test]
    fn a_shipper_has_its_hours() {
        // Every day at noon, now at midnight.
        let usual = Story::new().past(42, 2, "{}");
        usual.clone().waybill(-12, "{}").hits(&WEEK, "0 of 84 consignments of this shipper came in these six hours of the week");
        usual.waybill(0, "{}").misses(&WEEK);
        Story::new().past(41, 2, "{}").waybill(-12, "{}").misses(&WEEK);
    }

    #[test]
    fn a_shipper_has_its_amounts() {
        let usual = Story::new().past(62, 1, "{}");
        usual
            .clone()
            .waybill(0, &of(4, 400_000, 500_000, 850_000))
            .hits(&SHIPPER_WEIGHT, "400 kg; usual 82–164 kg over 62 consignments of this shipper");
        usual.clone().waybill(0, &of(4, 320_000, 500_000, 850_000)).misses(&SHIPPER_WEIGHT);
        usual.waybill(0, &of(4, 4_000, 500_000, 850_000)).misses(&SHIPPER_WEIGHT);
        Story::new().past(20, 1, "{}").waybill(0, &of(4, 400_000, 500_000, 850_000)).misses(&SHIPPER_WEIGHT);
    }
}

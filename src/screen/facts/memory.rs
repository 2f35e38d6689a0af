//! The facts that memory knows. All are missing where there is no memory, and where a consignment does not state what they are about.
//!
//! Counts are of other consignments: the one screened is left out, so that what is seen for the first time counts 0.

use super::catalogue::{bool, double, instant, int, time};
use super::{Fact, Facts};
use crate::memory::History;
use crate::memory::consignment::Houses;
use crate::memory::history::{PartyHistory, Step, TraceHistory, Unusual};
use crate::memory::observation::Stage;
use crate::screen::value::Value;

const DECLARED: &str = "memory of FWB, FHL";
const FOUND: &str = "memory of outcomes";
const MOVED: &str = "memory of FBL, FFR, FFM, FSU";
const RATE: &str = "smoothed: finds + 0.1 through inspections + 2";
const BITS: &str = "-log2 of the tail probability, smoothed";

pub(super) const ROWS: &[Fact] = &[
    int("memory_days", "days", "days that memory reaches back before this event", "memory", |facts| {
        whole(facts, |history| Some(history.memory_days.into()))
    }),
    int("amendments", "versions", "earlier versions of this bill, at most 3", DECLARED, |facts| {
        whole(facts, |history| Some(history.versions.len() as u64))
    }),
    // The shipper.
    int("shipper_shipments", "consignments", "others of the shipper", DECLARED, |facts| {
        whole(facts, |history| Some(shipper(history)?.record.shipments.into()))
    }),
    int("shipper_known_days", "days", "since the shipper was first seen; 0 when that is today", DECLARED, |facts| {
        whole(facts, |history| Some(shipper(history)?.record.first_days_ago.unwrap_or(0).into()))
    }),
    int("shipper_dormant_days", "days", "since the shipper was last seen before today", DECLARED, |facts| {
        whole(facts, |history| Some(shipper(history)?.record.last_days_ago?.into()))
    }),
    int("shipper_active_days", "days", "days before today on which the shipper was seen", DECLARED, |facts| {
        whole(facts, |history| Some(shipper(history)?.active_days.into()))
    }),
    int("shipper_partners", "parties", "different parties on the other side, roughly, this one included", DECLARED, |facts| {
        whole(facts, |history| Some(shipper(history)?.partners.into()))
    }),
    int("shipper_spellings", "spellings", "ways in which the shipper's name is written", DECLARED, |facts| {
        whole(facts, |history| Some(shipper(history)?.spellings.into()))
    }),
    int("shipper_addresses", "addresses", "different addresses of the shipper, roughly", DECLARED, |facts| {
        whole(facts, |history| Some(shipper(history)?.addresses.into()))
    }),
    int("shipper_contacts", "contacts", "different phones, e-mails and accounts of the shipper, roughly", DECLARED, |facts| {
        whole(facts, |history| Some(shipper(history)?.contacts.into()))
    }),
    int("shipper_inspected", "consignments", "of the shipper's others, inspected", FOUND, |facts| {
        whole(facts, |history| Some(shipper(history)?.record.inspected.into()))
    }),
    int("shipper_found", "consignments", "of the shipper's others, with a find", FOUND, |facts| {
        whole(facts, |history| Some(shipper(history)?.record.found.into()))
    }),
    double("shipper_find_rate", "", RATE, FOUND, |facts| real(facts, |history| Some(shipper(history)?.record.find_rate()))),
    double("shipper_weight_bits", "bits", BITS, DECLARED, |facts| {
        real(facts, |history| Some(bits(shipper(history)?.weight.tenths)))
    }),
    double("usual_shipper_weight_low_kg", "kg", "of eight tenths of the shipper's others, the least", DECLARED, |facts| {
        real(facts, |history| Some(kg(shipper(history)?.usual_weight_g?.0)))
    }),
    double("usual_shipper_weight_high_kg", "kg", "of eight tenths of the shipper's others, the most", DECLARED, |facts| {
        real(facts, |history| Some(kg(shipper(history)?.usual_weight_g?.1)))
    }),
    double("week_bits", "bits", "how much rarer the shipper's six hours of the week are than even ones", DECLARED, |facts| {
        real(facts, |history| Some(bits(shipper(history)?.week.tenths)))
    }),
    // The consignee.
    int("consignee_shipments", "consignments", "others of the consignee", DECLARED, |facts| {
        whole(facts, |history| Some(consignee(history)?.record.shipments.into()))
    }),
    int("consignee_known_days", "days", "since the consignee was first seen; 0 when that is today", DECLARED, |facts| {
        whole(facts, |history| Some(consignee(history)?.record.first_days_ago.unwrap_or(0).into()))
    }),
    int("consignee_dormant_days", "days", "since the consignee was last seen before today", DECLARED, |facts| {
        whole(facts, |history| Some(consignee(history)?.record.last_days_ago?.into()))
    }),
    int("consignee_active_days", "days", "days before today on which the consignee was seen", DECLARED, |facts| {
        whole(facts, |history| Some(consignee(history)?.active_days.into()))
    }),
    int("consignee_partners", "parties", "different parties on the other side, roughly, this one included", DECLARED, |facts| {
        whole(facts, |history| Some(consignee(history)?.partners.into()))
    }),
    int("consignee_spellings", "spellings", "ways in which the consignee's name is written", DECLARED, |facts| {
        whole(facts, |history| Some(consignee(history)?.spellings.into()))
    }),
    int("consignee_addresses", "addresses", "different addresses of the consignee, roughly", DECLARED, |facts| {
        whole(facts, |history| Some(consignee(history)?.addresses.into()))
    }),
    int("consignee_inspected", "consignments", "of the consignee's others, inspected", FOUND, |facts| {
        whole(facts, |history| Some(consignee(history)?.record.inspected.into()))
    }),
    int("consignee_found", "consignments", "of the consignee's others, with a find", FOUND, |facts| {
        whole(facts, |history| Some(consignee(history)?.record.found.into()))
    }),
    double("consignee_find_rate", "", RATE, FOUND, |facts| real(facts, |history| Some(consignee(history)?.record.find_rate()))),
    int(
        "consignee_day_shipments",
        "consignments",
        "others to the consignee on this day that declare a value in the currency",
        DECLARED,
        |facts| whole(facts, |history| Some(valued(facts, history)?.shipments.into())),
    ),
    double("consignee_day_value", "currency", "their customs values together", DECLARED, |facts| {
        real(facts, |history| Some(valued(facts, history)?.value_hundredths as f64 / 100.0))
    }),
    // Both, and the agent.
    int("pair_shipments", "consignments", "others between these parties in this direction", DECLARED, |facts| {
        whole(facts, |history| Some(pair(history)?.shipments.into()))
    }),
    int("pair_known_days", "days", "since they were first seen together; 0 when that is today", DECLARED, |facts| {
        whole(facts, |history| Some(pair(history)?.first_days_ago.unwrap_or(0).into()))
    }),
    double("pair_find_rate", "", RATE, FOUND, |facts| real(facts, |history| Some(pair(history)?.find_rate()))),
    int("return_shipments", "consignments", "of the same HS heading from the consignee to the shipper", DECLARED, |facts| {
        whole(facts, |history| pair(history).and(goods(facts, history.return_trade)).map(|back| back.shipments.into()))
    }),
    int("agent_shipments", "consignments", "others of the agent", DECLARED, |facts| {
        whole(facts, |history| Some(agent(history)?.record.shipments.into()))
    }),
    double("agent_find_rate", "", RATE, FOUND, |facts| real(facts, |history| Some(agent(history)?.record.find_rate()))),
    int("contact_parties", "parties", "that share the most shared contact of shipper or consignee, roughly", DECLARED, |facts| {
        whole(facts, |history| Some(history.contact_parties.into()))
    }),
    int("shipper_address_parties", "parties", "that have the shipper's address, roughly", DECLARED, |facts| {
        whole(facts, |history| Some(history.shipper_address_parties.into()))
    }),
    int("consignee_address_parties", "parties", "that have the consignee's address, roughly", DECLARED, |facts| {
        whole(facts, |history| Some(history.consignee_address_parties.into()))
    }),
    int("house_number_masters", "masters", "under which the house bill number stands", DECLARED, |facts| {
        whole(facts, |history| facts.consignment.hawb.as_ref().map(|_| history.house_number_masters.into()))
    }),
    // The lane and the goods.
    int("lane_shipments", "consignments", "others on the lane", DECLARED, |facts| {
        whole(facts, |history| Some(lane(facts, history.lane)?.shipments.into()))
    }),
    bool("shipper_lane_new", "the shipper never used the lane before today", DECLARED, |facts| {
        truth(facts, |history| shipper(history).and(lane(facts, history.shipper_lane)).map(|seen| seen.is_new()))
    }),
    bool("consignee_lane_new", "the consignee never used the lane before today", DECLARED, |facts| {
        truth(facts, |history| consignee(history).and(lane(facts, history.consignee_lane)).map(|seen| seen.is_new()))
    }),
    int("route_shipments", "consignments", "others on the lane with these stations and carriers", DECLARED, |facts| {
        whole(facts, |history| (!facts.consignment.routing.is_empty()).then_some(history.route.shipments.into()))
    }),
    int("routed_shipments", "consignments", "others on the lane that state stations and carriers", DECLARED, |facts| {
        whole(facts, |history| (!facts.consignment.routing.is_empty()).then_some(history.routed.shipments.into()))
    }),
    bool("shipper_goods_new", "the shipper never sent goods of the HS heading before today", DECLARED, |facts| {
        truth(facts, |history| shipper(history).and(goods(facts, history.shipper_commodity)).map(|seen| seen.is_new()))
    }),
    bool("consignee_goods_new", "the consignee never received goods of the HS heading before today", DECLARED, |facts| {
        truth(facts, |history| consignee(history).and(goods(facts, history.consignee_commodity)).map(|seen| seen.is_new()))
    }),
    int("origin_goods_shipments", "consignments", "others of the HS heading from the country of origin", DECLARED, |facts| {
        whole(facts, |history| Some(goods(facts, history.origin_commodity)?.shipments.into()))
    }),
    double("origin_goods_find_rate", "", RATE, FOUND, |facts| {
        real(facts, |history| Some(goods(facts, history.origin_commodity)?.find_rate()))
    }),
    int("lane_goods_shipments", "consignments", "others of the HS heading on the lane", DECLARED, |facts| {
        whole(facts, |history| Some(goods(facts, history.lane_commodity)?.shipments.into()))
    }),
    // Against goods of the heading from the country.
    double("value_bits", "bits", BITS, DECLARED, |facts| real(facts, |history| surprise(&history.band.value))),
    double("usual_value_low", "currency/kg", "of eight tenths of such goods, the least", DECLARED, |facts| {
        real(facts, |history| Some(history.band.value.usual?.0 as f64 / 100.0))
    }),
    double("usual_value_high", "currency/kg", "of eight tenths of such goods, the most", DECLARED, |facts| {
        real(facts, |history| Some(history.band.value.usual?.1 as f64 / 100.0))
    }),
    double("piece_weight_bits", "bits", BITS, DECLARED, |facts| real(facts, |history| surprise(&history.band.piece))),
    double("usual_piece_weight_low_kg", "kg", "of eight tenths of such goods, the least", DECLARED, |facts| {
        real(facts, |history| Some(kg(history.band.piece.usual?.0)))
    }),
    double("usual_piece_weight_high_kg", "kg", "of eight tenths of such goods, the most", DECLARED, |facts| {
        real(facts, |history| Some(kg(history.band.piece.usual?.1)))
    }),
    double("density_bits", "bits", BITS, DECLARED, |facts| real(facts, |history| surprise(&history.band.density))),
    double("usual_density_low_kg_m3", "kg/m³", "of eight tenths of such goods, the least", DECLARED, |facts| {
        real(facts, |history| Some(history.band.density.usual?.0 as f64))
    }),
    double("usual_density_high_kg_m3", "kg/m³", "of eight tenths of such goods, the most", DECLARED, |facts| {
        real(facts, |history| Some(history.band.density.usual?.1 as f64))
    }),
    // Who screened it.
    int("screener_shipments", "consignments", "others that name the first screener", DECLARED, |facts| {
        whole(facts, |history| Some(history.screener).filter(|_| declared(facts)).map(|seen| seen.shipments.into()))
    }),
    int("entity_shipments", "consignments", "others of the regulated entity", DECLARED, |facts| {
        whole(facts, |history| Some(history.entity).filter(|_| declared(facts)).map(|seen| seen.shipments.into()))
    }),
    int("entity_exempted", "consignments", "of those, with an exemption", DECLARED, |facts| {
        whole(facts, |history| Some(history.exempted).filter(|_| declared(facts)).map(|seen| seen.shipments.into()))
    }),
    // Its way.
    int("booked_pieces", "pieces", "booked", MOVED, |facts| pieces(facts, Stage::Booked)),
    double("booked_weight_kg", "kg", "booked", MOVED, |facts| weight_kg(facts, Stage::Booked)),
    int("accepted_pieces", "pieces", "accepted, parts added up", MOVED, |facts| pieces(facts, Stage::Accepted)),
    double("accepted_weight_kg", "kg", "accepted, parts added up", MOVED, |facts| weight_kg(facts, Stage::Accepted)),
    time("accepted_at", "the first acceptance", MOVED, |facts| instant(step(facts, Stage::Accepted).map(|step| step.first))),
    int("manifested_pieces", "pieces", "manifested at the station with the most", MOVED, |facts| {
        pieces(facts, Stage::Manifested)
    }),
    double("manifested_weight_kg", "kg", "manifested at the station with the most", MOVED, |facts| {
        weight_kg(facts, Stage::Manifested)
    }),
    int("departed_pieces", "pieces", "departed from the station with the most", MOVED, |facts| pieces(facts, Stage::Departed)),
    double("departed_weight_kg", "kg", "departed from the station with the most", MOVED, |facts| {
        weight_kg(facts, Stage::Departed)
    }),
    time("departed_at", "the first departure", MOVED, |facts| instant(step(facts, Stage::Departed).map(|step| step.first))),
    int("received_pieces", "pieces", "received at the station with the most", MOVED, |facts| pieces(facts, Stage::Received)),
    double("received_weight_kg", "kg", "received at the station with the most", MOVED, |facts| weight_kg(facts, Stage::Received)),
    int("delivered_pieces", "pieces", "delivered", MOVED, |facts| pieces(facts, Stage::Delivered)),
    int("found_cargo", "reports", "discrepancies FDCA and FDAW", MOVED, |facts| discrepancies(facts, &[b"FDCA", b"FDAW"])),
    int("missing_cargo", "reports", "discrepancies MSCA and MSAW", MOVED, |facts| discrepancies(facts, &[b"MSCA", b"MSAW"])),
    int("left_behind", "reports", "discrepancies OFLD, OVCD and SSPD", MOVED, |facts| {
        discrepancies(facts, &[b"OFLD", b"OVCD", b"SSPD"])
    }),
    // Its family.
    int("houses", "house bills", "under the master, seen from it or from one of them", DECLARED, |facts| {
        whole(facts, |history| Some(houses(facts, history)?.count.into()))
    }),
    int("houses_pieces", "pieces", "of the house bills together", DECLARED, |facts| {
        whole(facts, |history| Some(houses(facts, history)?.pieces))
    }),
    double("houses_weight_kg", "kg", "of the house bills together", DECLARED, |facts| {
        real(facts, |history| Some(kg(houses(facts, history)?.weight_g)))
    }),
    bool("master_declared", "the master's waybill of this house is known", DECLARED, |facts| {
        truth(facts, |history| {
            let house = facts.consignment.kind == crate::model::BillKind::House;
            house.then(|| history.master.as_ref().is_some_and(|master| master.declared))
        })
    }),
];

fn whole<'f>(facts: &Facts<'f>, get: impl FnOnce(&'f History) -> Option<u64>) -> Value<'f> {
    facts.history.and_then(get).map_or(Value::Missing, |value| Value::Int(i64::try_from(value).unwrap_or(i64::MAX)))
}

fn real<'f>(facts: &Facts<'f>, get: impl FnOnce(&'f History) -> Option<f64>) -> Value<'f> {
    facts.history.and_then(get).map_or(Value::Missing, Value::Double)
}

fn truth<'f>(facts: &Facts<'f>, get: impl FnOnce(&'f History) -> Option<bool>) -> Value<'f> {
    facts.history.and_then(get).map_or(Value::Missing, Value::Bool)
}

fn kg(grams: u64) -> f64 {
    grams as f64 / 1_000.0
}

fn bits(tenths: u16) -> f64 {
    f64::from(tenths) / 10.0
}

fn surprise(value: &Unusual) -> Option<f64> {
    value.value.map(|_| bits(value.surprise.tenths))
}

fn shipper(history: &History) -> Option<&PartyHistory> {
    Some(&history.shipper).filter(|party| party.named)
}

fn consignee(history: &History) -> Option<&PartyHistory> {
    Some(&history.consignee).filter(|party| party.named)
}

fn agent(history: &History) -> Option<&PartyHistory> {
    Some(&history.agent).filter(|party| party.named)
}

fn pair(history: &History) -> Option<TraceHistory> {
    shipper(history).and(consignee(history)).map(|_| history.pair)
}

/// A trace of a lane, where both its ends are stated.
fn lane(facts: &Facts<'_>, seen: TraceHistory) -> Option<TraceHistory> {
    facts.consignment.origin.and(facts.consignment.destination).map(|_| seen)
}

/// A trace of goods, where an HS code is stated.
fn goods(facts: &Facts<'_>, seen: TraceHistory) -> Option<TraceHistory> {
    facts.hs_headings().get(0).map(|_| seen)
}

/// The consignee's day, where the consignment itself declares a value in a currency.
fn valued(facts: &Facts<'_>, history: &History) -> Option<TraceHistory> {
    let charges = &facts.consignment.charges;
    consignee(history).and(charges.customs_value).and(charges.currency).map(|_| history.daily)
}

fn declared(facts: &Facts<'_>) -> bool {
    !facts.consignment.security.is_empty()
}

fn houses(facts: &Facts<'_>, history: &History) -> Option<Houses> {
    match facts.consignment.kind {
        crate::model::BillKind::House => history.master.as_ref().map(|master| master.houses),
        _ => Some(history.houses),
    }
}

fn step<'f>(facts: &Facts<'f>, stage: Stage) -> Option<&'f Step> {
    facts.history?.way.step(stage)
}

fn pieces<'f>(facts: &Facts<'f>, stage: Stage) -> Value<'f> {
    whole(facts, |history| Some(history.way.step(stage)?.pieces))
}

fn weight_kg<'f>(facts: &Facts<'f>, stage: Stage) -> Value<'f> {
    real(facts, |history| history.way.step(stage).filter(|step| step.weight_g > 0).map(|step| kg(step.weight_g)))
}

fn discrepancies<'f>(facts: &Facts<'f>, codes: &[&[u8; 4]]) -> Value<'f> {
    whole(facts, |history| Some(history.way.discrepancies.iter().filter(|found| codes.contains(&&found.code)).count() as u64))
}

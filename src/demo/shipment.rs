//! Shipments: the waybill of each, its houses, its amendment, and which terminal's format it travels in.

use super::chance::Chance;
use super::declare::{self, AccountData, MINUTE_MS, Screening, airport, day};
use super::stories::{self, Draft, Story};
use super::tables::Lane;
use super::world::{Relation, World};
use super::write::Wire;
use crate::model::{
    Awb, BillKind, Code, Consignment, FlightRef, GoodsLine, Houses, Party, Quantity, ShipmentCode, Text, Timestamp,
};

pub struct Shipment {
    pub awb: Awb,
    pub waybill: Consignment<'static>,
    pub houses: Vec<Consignment<'static>>,
    /// A second version of the waybill, sent later.
    pub amended: Option<Consignment<'static>>,
    pub wire: Wire,
    pub story: Option<&'static Story>,
    /// When the waybill is sent.
    pub declared: Timestamp,
}

/// The flight that a shipment is booked on.
#[derive(Debug, Clone, Copy)]
pub struct Leg {
    /// Number of the flight in the world, which decides its lane.
    pub number: u64,
    pub lane: Lane,
    pub departure: Timestamp,
    pub arrival: Timestamp,
}

impl Shipment {
    /// `None` only if the lane had no trade, which the tables exclude.
    pub fn new(world: &World, leg: &Leg, index: u64, chance: &mut Chance) -> Option<Self> {
        let awb = waybill_number(leg, index)?;
        let relation = world.relation(leg.number, chance)?;
        // Late enough to be news, early enough for every regime's advice (four hours before departure).
        let declared = before(leg.departure, chance.between(270, 510));
        let story = stories::draw(&leg.lane, chance);
        let is_consolidation = story.is_none() && chance.one_in(6);
        let mut draft = if is_consolidation {
            consolidation(world, leg, chance)?
        } else {
            Draft { bill: declare::bill(relation, chance), ..Draft::clean(relation) }
        };
        if let Some(story) = story {
            (story.plant)(&mut draft, &leg.lane, chance);
        }
        let agent = world.forwarder(leg.lane.origin, chance);
        finish(&mut draft, awb, leg, (declared, agent), chance);
        let houses = if is_consolidation { houses(world, &draft.bill, leg, declared, chance) } else { Vec::new() };
        if is_consolidation {
            total(&mut draft.bill, &houses);
        }
        declare::remarks(&mut draft.bill);
        let amended = (story.is_none() && !is_consolidation && chance.one_in(25)).then(|| amended(&draft.bill));
        let wire = Wire::draw(chance);
        Some(Self { awb, waybill: draft.bill, houses, amended, wire, story, declared })
    }

    /// The houses as one list, or as one list for each house, as Cargo-IMP has one shipper a message.
    pub fn house_lists(&self) -> Vec<Houses<'static>> {
        let list = |houses: &[Consignment<'static>]| Houses {
            awb: Some(self.awb),
            origin: self.waybill.origin,
            destination: self.waybill.destination,
            quantity: Quantity { volume_cm3: None, ..self.waybill.quantity },
            houses: houses.to_vec(),
            remarks: Vec::new(),
        };
        match self.wire.one_house_a_message() {
            _ if self.houses.is_empty() => Vec::new(),
            true => self.houses.chunks(1).map(list).collect(),
            false => vec![list(&self.houses)],
        }
    }
}

/// Distinct for ten million shipments of a carrier; the eighth digit is the seven before it modulo 7.
fn waybill_number(leg: &Leg, index: u64) -> Option<Awb> {
    let serial = (leg.number * SHIPMENTS_MAX + index) % 10_000_000;
    Awb::new(leg.lane.prefix, (serial * 10 + serial % 7) as u32)
}

/// Route, agent, account data and security: what every bill has, clean or not.
fn finish(draft: &mut Draft, awb: Awb, leg: &Leg, (declared, agent): (Timestamp, Party<'static>), chance: &mut Chance) {
    let bill = &mut draft.bill;
    bill.awb = Some(awb);
    bill.origin = airport(leg.lane.origin);
    bill.destination = airport(leg.lane.destination);
    (bill.flights, bill.routing) = route(leg);
    bill.executed = Some(day(declared));
    bill.agent = Some(Party { name: agent.name, place: agent.place, account: agent.account, ..Default::default() });
    secure(draft, leg, declared, chance);
    if matches!(leg.lane.destination, "JFK" | "ORD" | "LAX") || draft.new_account {
        account(draft, declared, chance);
    }
}

fn secure(draft: &mut Draft, leg: &Leg, declared: Timestamp, chance: &mut Chance) {
    let screening = Screening {
        station: leg.lane.origin,
        method: draft.method,
        known_consignor: draft.known_consignor.as_deref(),
        at: before(declared, chance.between(20, 120)),
    };
    declare::secure(&mut draft.bill, &screening, chance);
}

fn account(draft: &mut Draft, declared: Timestamp, chance: &mut Chance) {
    let age_days = if draft.new_account { chance.between(1, 9) } else { chance.between(500, 3_000) };
    let data = AccountData {
        number: &draft.account,
        frequency: if draft.new_account { "O" } else { "R" },
        billing: if draft.new_account { "CSH" } else { "EFT" },
        established: before(declared, age_days * 1_440),
        known: !draft.new_account,
    };
    declare::account(&mut draft.bill, &data);
}

/// Flights and routing of a leg; over a hub with a second flight of the carrier.
fn route(leg: &Leg) -> (Vec<FlightRef>, Vec<(crate::model::Airport, Option<Code<3>>)>) {
    let carrier = Code::new(leg.lane.carrier);
    let mut from = airport(leg.lane.origin);
    let stops = [leg.lane.via, leg.lane.destination];
    let stops = stops.into_iter().filter_map(airport);
    let mut flights = Vec::new();
    let mut routing = Vec::new();
    for (to, step) in stops.zip(0_u16..) {
        let date = if step == 0 { leg.departure } else { leg.arrival };
        let number = Code::new(&format!("{:04}", leg.lane.flight.saturating_add(step)));
        flights.push(FlightRef { carrier, number, day: Some(day(date)), from, to: Some(to), ..Default::default() });
        routing.push((to, carrier));
        from = Some(to);
    }
    (flights, routing)
}

fn consolidation(world: &World, leg: &Leg, chance: &mut Chance) -> Option<Draft> {
    let relation = world.relation(leg.number, chance)?;
    let mut draft = Draft { bill: declare::bill(relation, chance), ..Draft::clean(relation) };
    let bill = &mut draft.bill;
    bill.kind = BillKind::Consolidation;
    bill.shipper = Some(world.forwarder(leg.lane.origin, chance));
    bill.consignee = Some(world.forwarder(leg.lane.destination, chance));
    bill.goods = vec![GoodsLine { description: Text::from("CONSOLIDATION AS PER ATTACHED LIST"), ..Default::default() }];
    bill.handling = Vec::new();
    bill.dangerous_goods = Vec::new();
    draft.method = Some("XRY");
    draft.known_consignor = None;
    Some(draft)
}

fn houses(
    world: &World,
    master: &Consignment<'static>,
    leg: &Leg,
    declared: Timestamp,
    chance: &mut Chance,
) -> Vec<Consignment<'static>> {
    let count = chance.between(2, HOUSES_MAX);
    let relations: Vec<&Relation> = (0..count).filter_map(|_| world.relation(leg.number, chance)).collect();
    let house = |(relation, number): (&Relation, u64)| {
        let mut draft = Draft { bill: declare::bill(relation, chance), ..Draft::clean(relation) };
        let serial = u64::from(master.awb.map_or(0, Awb::serial)) / 10 * HOUSES_MAX + number;
        let bill = &mut draft.bill;
        bill.kind = BillKind::House;
        bill.awb = master.awb;
        bill.hawb = Some(Text::from(format!("HB{serial:09}")));
        bill.origin = master.origin;
        bill.destination = master.destination;
        bill.charges.charge_code = None;
        bill.charges.freight = None;
        // A house bill line has pieces, weight and count of its own; measures stand on the master.
        bill.quantity.volume_cm3 = None;
        for goods in &mut bill.goods {
            goods.dimensions = Vec::new();
            goods.volume_cm3 = None;
            goods.rate_class = None;
        }
        secure(&mut draft, leg, declared, chance);
        draft.bill
    };
    relations.into_iter().zip(0..).map(house).collect()
}

/// A master states the sums of its houses.
fn total(master: &mut Consignment<'static>, houses: &[Consignment<'static>]) {
    let pieces = houses.iter().filter_map(|house| house.quantity.pieces).sum();
    let weight_g = houses.iter().filter_map(|house| house.quantity.weight_g).sum();
    let volume_cm3 = Some(declare::volume_cm3(weight_g, 200));
    master.quantity = Quantity { pieces: Some(pieces), weight_g: Some(weight_g), volume_cm3, ..Default::default() };
    let value: i64 = houses.iter().filter_map(|house| house.charges.customs_value).map(|value| value.hundredths).sum();
    master.charges = declare::charges(value.unsigned_abs(), weight_g / 10);
    if let Some(goods) = master.goods.first_mut() {
        goods.pieces = Some(pieces);
        goods.weight_g = Some(weight_g);
        goods.slac = Some(pieces);
        goods.volume_cm3 = volume_cm3;
        goods.rate_class = Code::new("Q");
    }
    for code in houses.iter().flat_map(|house| &house.handling) {
        if !master.handling.contains(code) {
            master.handling.push(*code);
        }
    }
}

/// The scales at acceptance showed a little more.
fn amended(waybill: &Consignment<'static>) -> Consignment<'static> {
    let mut amended = waybill.clone();
    let weight_g = amended.quantity.weight_g.unwrap_or_default();
    let weight_g = weight_g.saturating_add(weight_g / 5_000 * 100).saturating_add(100);
    amended.quantity.weight_g = Some(weight_g);
    if let Some(goods) = amended.goods.first_mut() {
        goods.weight_g = Some(weight_g);
    }
    declare::remarks(&mut amended);
    amended
}

pub fn before(time: Timestamp, minutes: u64) -> Timestamp {
    Timestamp::from_millis(time.millis().saturating_sub(minutes as i64 * MINUTE_MS))
}

pub fn after(time: Timestamp, minutes: u64) -> Timestamp {
    Timestamp::from_millis(time.millis().saturating_add(minutes as i64 * MINUTE_MS))
}

/// Pieces and weight without measures, as lists and status updates state them.
pub fn counted(quantity: &Quantity) -> Quantity {
    Quantity { code: ShipmentCode::Total, pieces: quantity.pieces, weight_g: quantity.weight_g, ..Default::default() }
}

/// Shipments on one flight at most: waybill numbers are given out in blocks of this size.
pub const SHIPMENTS_MAX: u64 = 12;

/// Houses under one master at most: house bill numbers are given out in blocks of this size.
const HOUSES_MAX: u64 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    /// What regimes reject as vague (PACT §6), as far as a single word can be.
    const VAGUE: [&str; 22] = [
        "ACCESSORIES",
        "ARTICLES",
        "BOX",
        "CASE",
        "COMPONENT",
        "EQUIPMENT",
        "GOODS",
        "GIFTS",
        "LABEL",
        "LINE",
        "MATERIALS",
        "MODEL",
        "OTHERS",
        "PAD",
        "PALLETS",
        "PARCEL",
        "PARTS",
        "PRODUCTS",
        "SAMPLES",
        "SCRAP",
        "STUFF",
        "TOYS",
    ];

    fn shipments(count: u64) -> Vec<Shipment> {
        let world = World::new(4);
        let departure = Timestamp::from_millis(1_772_409_600_000);
        let one = |number: u64| {
            let lane = world.lane(number);
            let leg = Leg { number, lane, departure, arrival: after(departure, 600) };
            Shipment::new(&world, &leg, number % SHIPMENTS_MAX, &mut Chance::new(number)).unwrap()
        };
        (0..count).map(one).collect()
    }

    fn clean_bills(shipment: &Shipment) -> impl Iterator<Item = &Consignment<'static>> {
        shipment.houses.iter().chain([&shipment.waybill])
    }

    #[test]
    fn every_bill_has_the_data_that_all_regimes_ask_for() {
        for shipment in shipments(2_000).iter().filter(|shipment| shipment.story.is_none()) {
            assert!(shipment.awb.check_digit_ok());
            for bill in clean_bills(shipment) {
                for party in [bill.shipper.as_ref().unwrap(), bill.consignee.as_ref().unwrap()] {
                    assert!(!party.name.is_empty() && !party.address.is_empty() && party.country.is_some(), "{party:?}");
                }
                assert!(bill.quantity.pieces.unwrap() > 0 && bill.quantity.weight_g.unwrap() > 0);
                assert_eq!(bill.awb, Some(shipment.awb));
                assert_eq!(bill.hawb.is_some(), bill.kind == BillKind::House);
                let goods = &bill.goods[0];
                assert_eq!(goods.hs_codes.is_empty(), bill.kind == BillKind::Consolidation);
                assert!(goods.description.split(' ').all(|word| !VAGUE.contains(&word)), "{}", goods.description);
            }
        }
    }

    #[test]
    fn weight_value_and_freight_of_clean_bills_are_plausible() {
        for shipment in shipments(2_000).iter().filter(|shipment| shipment.story.is_none()) {
            for bill in clean_bills(shipment) {
                let (weight_g, value) = (bill.quantity.weight_g.unwrap(), bill.charges.customs_value.unwrap());
                assert!((100..=900).contains(&(weight_g / 1_000 * 1_000_000 / bill.quantity.volume_cm3.unwrap_or(weight_g * 5))));
                assert!(value.hundredths > bill.charges.freight.map_or(0, |freight| freight.hundredths), "{bill:?}");
            }
        }
    }

    #[test]
    fn the_security_declaration_of_a_clean_bill_holds() {
        for shipment in shipments(2_000).iter().filter(|shipment| shipment.story.is_none()) {
            for bill in clean_bills(shipment) {
                let [declaration] = bill.security.as_slice() else { panic!("one declaration: {bill:?}") };
                assert_eq!(declaration.status.as_deref(), Some("SPX"));
                assert_eq!(declaration.methods.is_empty(), declaration.received_from.is_some());
                assert!(declaration.issuer.as_ref().unwrap().expiry.unwrap().0 > 2026);
                assert!(declaration.screened_at[0] < shipment.declared && !declaration.screeners.is_empty());
                let has_batteries = bill.handling.contains(&Code::new("ELI").unwrap());
                assert!(bill.kind == BillKind::Consolidation || has_batteries != bill.dangerous_goods.is_empty());
            }
        }
    }

    #[test]
    fn a_master_is_the_sum_of_its_houses() {
        let mut masters = 0;
        for shipment in shipments(1_000).iter().filter(|shipment| !shipment.houses.is_empty()) {
            let weight_g: u64 = shipment.houses.iter().map(|house| house.quantity.weight_g.unwrap()).sum();
            assert_eq!(shipment.waybill.quantity.weight_g, Some(weight_g));
            let mut numbers: Vec<_> = shipment.houses.iter().map(|house| house.hawb.clone()).collect();
            numbers.dedup();
            assert_eq!(numbers.len(), shipment.houses.len());
            masters += 1;
        }
        assert!(masters > 100, "{masters}");
    }
}

//! The synthetic world: who ships what to whom on which lane. The same seed gives the same world.
//!
//! Every lane has standing relations between traders, so that memory finds the regularity of real trade. All names are
//! invented; addresses, postcodes and phone numbers have the form of their country.

use super::chance::Chance;
use super::tables::{COMMODITIES, Commodity, LANES, Lane, Place, place, words};
use crate::model::{Contact, ContactKind, Country, Party, Text};

pub struct World {
    pub seed: u64,
    lanes: Vec<(Lane, Vec<Relation>)>,
}

/// A shipper that sends one kind of goods to one consignee, again and again.
#[derive(Debug, Clone)]
pub struct Relation {
    pub shipper: Party<'static>,
    pub consignee: Party<'static>,
    pub goods: Commodity,
    /// Number of the shipper's account with the forwarder.
    pub account: String,
    /// Identity as a known consignor, where it is one: `00200-01`.
    pub known_consignor: Option<String>,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let lanes = LANES.iter().zip(0..).map(|(lane, number)| (*lane, relations(seed, *lane, number))).collect();
        Self { seed, lanes }
    }

    /// The lane of a flight: all have the same number of flights.
    pub fn lane(&self, flight: u64) -> Lane {
        self.row(flight).map(|(lane, _)| *lane).unwrap_or_default()
    }

    /// A standing relation on the lane of a flight.
    pub fn relation(&self, flight: u64, chance: &mut Chance) -> Option<&Relation> {
        let (_, relations) = self.row(flight)?;
        relations.get(chance.below(relations.len() as u64) as usize)
    }

    /// A forwarder at a station.
    pub fn forwarder(&self, airport: &str, chance: &mut Chance) -> Party<'static> {
        let number = chance.below(FORWARDERS_PER_STATION);
        let code = airport.bytes().fold(0, |code, letter| code * 256 + u64::from(letter));
        let mut own = Chance::of(self.seed, FORWARDER, code * FORWARDERS_PER_STATION + number);
        let trade = own.pick(words::FORWARDER_TRADE);
        let mut party = company(place(airport), trade, &mut own);
        party.account = Some(Text::from(own.fill("9999999")));
        party
    }

    fn row(&self, flight: u64) -> Option<&(Lane, Vec<Relation>)> {
        let index = flight.checked_rem(self.lanes.len() as u64)?;
        self.lanes.get(index as usize)
    }
}

/// A company with everything that a complete party needs.
pub fn company(at: Place, trade: &str, chance: &mut Chance) -> Party<'static> {
    let name = format!("{}{} {trade} {}", chance.pick(words::FIRST), chance.pick(words::SECOND), at.legal);
    party(name, at, chance)
}

/// A natural person at a private address.
pub fn person(at: Place, chance: &mut Chance) -> Party<'static> {
    let name = person_name(chance);
    let mut party = party(name, at, chance);
    party.address = Text::from(format!("APARTMENT {} {}", chance.between(2, 80), party.address));
    party
}

pub fn person_name(chance: &mut Chance) -> String {
    format!("{} {}{}", chance.pick(words::GIVEN), chance.pick(words::FIRST), chance.pick(words::SECOND))
}

fn party(name: String, at: Place, chance: &mut Chance) -> Party<'static> {
    let address = format!("{} {}", chance.between(2, 240), chance.pick(words::STREETS));
    let phone = Contact { kind: ContactKind::Phone, value: Text::from(chance.fill(at.phone)), verified: false };
    Party {
        name: Text::from(name),
        address: Text::from(address),
        place: Text::from(at.city),
        state: (!at.state.is_empty()).then(|| Text::from(at.state)),
        country: Country::new(at.country),
        postcode: (!at.postcode.is_empty()).then(|| Text::from(chance.fill(at.postcode))),
        account: None,
        contacts: vec![phone],
    }
}

fn relations(seed: u64, lane: Lane, lane_number: u64) -> Vec<Relation> {
    let exported = |goods: &&Commodity| goods.origins.contains(&lane.origin);
    let goods: Vec<Commodity> = COMMODITIES.iter().filter(exported).copied().collect();
    let numbers = lane_number * RELATIONS_PER_LANE..(lane_number + 1) * RELATIONS_PER_LANE;
    numbers.map(|number| relation(lane, &goods, &mut Chance::of(seed, RELATION, number))).collect()
}

fn relation(lane: Lane, goods: &[Commodity], chance: &mut Chance) -> Relation {
    let goods = chance.pick(goods);
    let [maker, buyer] = goods.trade;
    Relation {
        shipper: company(place(lane.origin), maker, chance),
        consignee: company(place(lane.destination), buyer, chance),
        goods,
        account: chance.fill("99999999"),
        known_consignor: chance.one_in(3).then(|| chance.fill("00999-01")),
    }
}

const RELATIONS_PER_LANE: u64 = 24;
const FORWARDERS_PER_STATION: u64 = 3;

// Kinds of things that draw from the seed, each its own stream.
const RELATION: u64 = 1;
const FORWARDER: u64 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lane_has_places_goods_and_relations() {
        let world = World::new(1);
        for (lane, relations) in &world.lanes {
            assert_eq!(place(lane.origin).airport, lane.origin);
            assert_eq!(place(lane.destination).airport, lane.destination);
            assert!(relations.iter().all(|relation| !relation.goods.text.is_empty()), "{lane:?} exports nothing");
        }
    }

    #[test]
    fn parties_fit_the_fields_of_cargo_imp() {
        let world = World::new(2);
        for relation in world.lanes.iter().flat_map(|(_, relations)| relations) {
            for party in [&relation.shipper, &relation.consignee] {
                assert!(party.name.len() <= 35 && party.address.len() <= 35 && party.place.len() <= 17, "{party:?}");
                assert!(party.postcode.as_ref().is_none_or(|code| code.len() <= 9), "{party:?}");
                assert!(party.country.is_some() && party.contacts.len() == 1, "{party:?}");
            }
        }
        assert_eq!(world.forwarder("FRA", &mut Chance::new(1)), world.forwarder("FRA", &mut Chance::new(1)));
    }
}

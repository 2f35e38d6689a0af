//! Planted smuggling stories: what each looks like, which of the field's indicators it should trip, and what it deserves.

use super::chance::Chance;
use super::lookouts;
use super::tables::{Lane, place};
use super::world::{self, Relation};
use crate::model::{Consignment, Dimensions, GoodsLine, Money, Party, Quantity, Text};
use crate::screen::verdict::Decision;

/// One way to hide something in air cargo.
#[derive(Debug)]
pub struct Story {
    pub id: &'static str,
    pub title: &'static str,
    /// Indicators that should speak, by their ids.
    pub indicators: &'static [&'static str],
    /// Anything less than this has missed it.
    pub minimum: Decision,
    /// One shipment in so many, on the lanes where it fits.
    pub one_in: u64,
    /// Origins where it fits; empty for all.
    pub origins: &'static [&'static str],
    pub plant: fn(&mut Draft, &Lane, &mut Chance),
}

/// A shipment before it has a number, a route and a security declaration.
#[derive(Debug, Clone)]
pub struct Draft {
    pub bill: Consignment<'static>,
    /// The screening method that the declaration will name.
    pub method: Option<&'static str>,
    pub known_consignor: Option<String>,
    pub account: String,
    /// Opened days ago, paid in cash, one shipment only.
    pub new_account: bool,
}

impl Draft {
    /// What is true of a standing relation; the bill is still empty.
    pub fn clean(relation: &Relation) -> Self {
        Self {
            bill: Consignment::default(),
            method: Some(relation.goods.method),
            known_consignor: relation.known_consignor.clone(),
            account: relation.account.clone(),
            new_account: false,
        }
    }
}

/// The story of a shipment on `lane`, if chance has one for it.
pub fn draw(lane: &Lane, chance: &mut Chance) -> Option<&'static Story> {
    STORIES.iter().find(|story| story.fits(lane) && chance.one_in(story.one_in))
}

impl Story {
    fn fits(&self, lane: &Lane) -> bool {
        self.origins.is_empty() || self.origins.contains(&lane.origin)
    }
}

pub static STORIES: &[Story] = &[
    Story {
        id: "flowers",
        title: "cocaine in cut flowers",
        indicators: &["P2", "P3", "V2", "R2"],
        minimum: Decision::Rfi,
        one_in: 40,
        origins: &["BOG"],
        plant: flowers,
    },
    Story {
        id: "pill-press",
        title: "pill press parts and precursors",
        indicators: &["C1", "P2", "P3"],
        minimum: Decision::Rfi,
        one_in: 400,
        origins: &["PVG", "HKG", "BOM", "DEL"],
        plant: pill_press,
    },
    Story {
        id: "fish-maw",
        title: "wildlife as fish maw to a private address",
        indicators: &["C3", "P2", "P3"],
        minimum: Decision::Rfi,
        one_in: 120,
        origins: &["MEX"],
        plant: fish_maw,
    },
    Story {
        id: "power-banks",
        title: "undeclared lithium batteries",
        indicators: &["A4"],
        minimum: Decision::Rfi,
        one_in: 500,
        origins: &["PVG", "HKG", "ICN", "TPE"],
        plant: power_banks,
    },
    Story {
        id: "no-ground",
        title: "secure for passenger flights without any ground",
        indicators: &["A1"],
        minimum: Decision::Rfi,
        one_in: 900,
        origins: &[],
        plant: no_ground,
    },
    Story {
        id: "massage-oil",
        title: "cannabis oil as cosmetics",
        indicators: &["C8", "P2", "P3"],
        minimum: Decision::Rfi,
        one_in: 150,
        origins: &["YYZ", "LAX", "BKK"],
        plant: massage_oil,
    },
    Story {
        id: "documents",
        title: "cash as heavy documents",
        indicators: &["C6", "D1"],
        minimum: Decision::Rfi,
        one_in: 900,
        origins: &[],
        plant: documents,
    },
    Story {
        id: "airsoft",
        title: "weapon parts as airsoft",
        indicators: &["C4"],
        minimum: Decision::Rfi,
        one_in: 400,
        origins: &["LAX", "FRA", "IST", "TPE"],
        plant: airsoft,
    },
    Story {
        id: "listed-party",
        title: "a listed party under a disguised name",
        indicators: &[lookouts::LIST],
        minimum: Decision::Rfi,
        one_in: 60,
        origins: &[],
        plant: listed_party,
    },
];

fn flowers(draft: &mut Draft, lane: &Lane, chance: &mut Chance) {
    stranger(draft, lane, "FLOWERS", chance);
    goods(draft, "FLOWERS", "060311", (20, 18_000));
    draft.bill.handling = super::declare::codes(&["PER", "PEF"]);
    worth(draft, 900, 1_450);
}

fn pill_press(draft: &mut Draft, lane: &Lane, chance: &mut Chance) {
    stranger(draft, lane, "TRADING", chance);
    goods(draft, "TDP TABLET PRESS PUNCH DIE SET AND 4-ANPP INTERMEDIATE", "847989", (3, 42_000));
    worth(draft, 2_400, 600);
}

fn fish_maw(draft: &mut Draft, lane: &Lane, chance: &mut Chance) {
    stranger(draft, lane, "SEAFOOD", chance);
    draft.bill.consignee = Some(world::person(place(lane.destination), chance));
    goods(draft, "DRIED FISH MAW", "030572", (4, 12_000));
    worth(draft, 400, 310);
}

fn power_banks(draft: &mut Draft, _: &Lane, _: &mut Chance) {
    goods(draft, "POWER BANKS 20000MAH WITH LITHIUM BATTERIES", "392690", (30, 11_000));
}

fn no_ground(draft: &mut Draft, _: &Lane, _: &mut Chance) {
    draft.method = None;
    draft.known_consignor = None;
}

fn massage_oil(draft: &mut Draft, lane: &Lane, chance: &mut Chance) {
    stranger(draft, lane, "COSMETICS", chance);
    goods(draft, "COSMETIC MASSAGE OIL HEMP CBD IN JARS", "330499", (12, 9_000));
    worth(draft, 1_100, 520);
}

fn documents(draft: &mut Draft, _: &Lane, _: &mut Chance) {
    goods(draft, "DOCUMENTS", "490199", (2, 32_000));
    draft.bill.charges.customs_value = None;
}

fn airsoft(draft: &mut Draft, lane: &Lane, chance: &mut Chance) {
    stranger(draft, lane, "HOBBY", chance);
    goods(draft, "AIRSOFT SLIDE AND BARREL KIT WITH RECEIVER", "950490", (5, 3_400));
    worth(draft, 700, 260);
}

/// All else is as it always was, so that only the list can tell.
fn listed_party(draft: &mut Draft, _: &Lane, chance: &mut Chance) {
    let Draft { bill, .. } = draft;
    let party = if chance.one_in(2) { &mut bill.shipper } else { &mut bill.consignee };
    party.iter_mut().for_each(|party| party.name = Text::from(lookouts::disguised(chance)));
}

/// Parties that nobody has seen before, and an account that was opened for this one shipment.
fn stranger(draft: &mut Draft, lane: &Lane, trade: &str, chance: &mut Chance) {
    let new_party =
        |airport: &str, chance: &mut Chance| -> Option<Party<'static>> { Some(world::company(place(airport), trade, chance)) };
    draft.bill.shipper = new_party(lane.origin, chance);
    draft.bill.consignee = new_party(lane.destination, chance);
    draft.account = chance.fill("99999999");
    draft.known_consignor = None;
    draft.new_account = true;
}

/// Replaces the goods, and with them the handling they asked for; `piece_g` is the weight of one of the pieces.
fn goods(draft: &mut Draft, text: &'static str, hs: &'static str, (pieces, piece_g): (u32, u64)) {
    let weight_g = u64::from(pieces) * piece_g;
    let volume_cm3 = super::declare::volume_cm3(weight_g, 250);
    let size = Dimensions { length_mm: 600, width_mm: 400, height_mm: 300, pieces, weight_g: None };
    let quantity = &mut draft.bill.quantity;
    *quantity = Quantity { pieces: Some(pieces), weight_g: Some(weight_g), volume_cm3: Some(volume_cm3), ..*quantity };
    draft.bill.handling.clear();
    draft.bill.dangerous_goods.clear();
    draft.bill.goods = vec![GoodsLine {
        description: Text::from(text),
        pieces: Some(pieces),
        weight_g: Some(weight_g),
        hs_codes: vec![Text::from(hs)],
        dimensions: vec![size],
        volume_cm3: Some(volume_cm3),
        slac: Some(pieces),
        rate_class: crate::model::Code::new("Q"),
        ..Default::default()
    }];
}

/// Value of the goods and freight, in dollars.
fn worth(draft: &mut Draft, value: i64, freight: i64) {
    draft.bill.charges.customs_value = Some(Money { hundredths: value * 100 });
    draft.bill.charges.freight = Some(Money { hundredths: freight * 100 });
}

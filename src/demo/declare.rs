//! Declaring: a clean consignment with the security declaration and customs notes that belong to it.
//!
//! Notes are the OCI lines; what they mean (security, account, contacts) is filled in beside them, as a decoder would read them.

use super::chance::Chance;
use super::tables::{Commodity, place};
use super::world::{Relation, person_name};
use crate::model::{
    Account, Airport, BillKind, Charges, Code, Consignment, Contact, ContactKind, Country, CustomsNote, Dimensions, GoodsLine,
    Handling, Money, Quantity, RegulatedEntity, Remark, SecurityDeclaration, Text, Timestamp,
};

/// Goods of a relation in a quantity that fits them.
pub fn goods_line(commodity: &Commodity, chance: &mut Chance) -> GoodsLine<'static> {
    let (low, high) = commodity.piece_kg;
    let pieces = chance.between(2, 40) as u32;
    let piece_g = chance.between(low * 10, high * 10) * 100;
    let weight_g = u64::from(pieces) * piece_g;
    GoodsLine {
        description: Text::from(commodity.text),
        pieces: Some(pieces),
        weight_g: Some(weight_g),
        hs_codes: vec![Text::from(commodity.hs)],
        dimensions: vec![cartons(pieces, piece_g, commodity.density_kg_m3)],
        volume_cm3: Some(volume_cm3(weight_g, commodity.density_kg_m3)),
        slac: Some(pieces),
        origin: None,
        ulds: Vec::new(),
        rate_class: Code::new("Q"),
    }
}

/// The bill of one relation's goods on its own waybill, without route and security.
pub fn bill(relation: &Relation, chance: &mut Chance) -> Consignment<'static> {
    let goods = goods_line(&relation.goods, chance);
    let (low, high) = relation.goods.usd_per_kg;
    let usd_per_kg = chance.between(low * 100, high * 100);
    let weight_g = goods.weight_g.unwrap_or_default();
    let value = weight_g / 1_000 * usd_per_kg;
    // Freight stays well below the value of the goods.
    let freight = weight_g / 1_000 * usd_per_kg.saturating_mul(3).min(2_400) / 10;
    Consignment {
        kind: BillKind::Direct,
        quantity: Quantity { pieces: goods.pieces, weight_g: goods.weight_g, volume_cm3: goods.volume_cm3, ..Default::default() },
        shipper: Some(relation.shipper.clone()),
        consignee: Some(relation.consignee.clone()),
        handling: codes(relation.goods.handling),
        dangerous_goods: Code::new(relation.goods.un_number).into_iter().collect(),
        charges: charges(value, freight),
        goods: vec![goods],
        ..Default::default()
    }
}

pub fn charges(value_hundredths: u64, freight_hundredths: u64) -> Charges {
    let money = |hundredths: u64| Some(Money { hundredths: i64::try_from(hundredths).unwrap_or(i64::MAX) });
    Charges {
        currency: Code::new("USD"),
        charge_code: Code::new("PX"),
        prepaid_collect: Code::new("PP"),
        declared: true,
        carriage_value: None,
        customs_value: money(value_hundredths),
        insurance_value: None,
        freight: money(freight_hundredths),
    }
}

/// The lines that a waybill has and the canonical form has no field for.
pub fn remarks(bill: &mut Consignment<'static>) {
    let agent = bill.agent.as_ref().map(|agent| agent.name.to_string()).unwrap_or_default();
    let remark = |line: &'static str, text: String| Remark { line: Text::from(line), text: Text::from(text) };
    let rates = bill.goods.iter().map(|goods| {
        let kilograms = kilograms(goods.weight_g.unwrap_or_default());
        remark("RTD", format!("P{}/K{kilograms}/CQ/W{kilograms}", goods.pieces.unwrap_or_default()))
    });
    let rates: Vec<_> = rates.collect();
    bill.remarks = rates;
    let origin = bill.origin.map(|origin| origin.to_string()).unwrap_or_default();
    let signature: String = agent.chars().take(20).collect();
    bill.remarks.push(remark("ISU", format!("{}/{}", place(&origin).city, signature.trim_end())));
    bill.remarks
        .push(remark("REF", format!("//AGT/{}/{origin}", agent.chars().filter(|c| *c != ' ').take(17).collect::<String>())));
}

/// Who screened, when and how; the reason for the status is one screening method or a known consignor.
pub struct Screening<'s> {
    pub station: &'s str,
    pub method: Option<&'s str>,
    pub known_consignor: Option<&'s str>,
    pub at: Timestamp,
}

/// Adds status, security declaration and its notes.
pub fn secure(bill: &mut Consignment<'static>, screening: &Screening<'_>, chance: &mut Chance) {
    let country = Country::new(place(screening.station).country);
    let issuer = chance.fill("00199-01");
    let expiry = (screening.at.civil().year().saturating_add(chance.between(1, 3) as i16), chance.between(1, 12) as u8);
    let mut notes = vec![
        note(country, "ISS", "RA", issuer.clone()),
        note(None, "", "ED", format!("{:02}{:02}", expiry.1, expiry.0.rem_euclid(100))),
    ];
    let status = Handling::new("SPX");
    let mut declaration = SecurityDeclaration {
        status,
        issuer: Some(RegulatedEntity { category: Code::new("RA"), country, id: Text::from(issuer), expiry: Some(expiry) }),
        ..Default::default()
    };
    if let Some(id) = screening.known_consignor {
        notes.push(note(country, "", "KC", id.to_owned()));
        let id = Text::from(id.to_owned());
        declaration.received_from = Some(RegulatedEntity { category: Code::new("KC"), country, id, expiry: None });
    } else if let Some(method) = screening.method {
        notes.push(note(None, "", "SM", method.to_owned()));
        declaration.methods.push(Text::from(method.to_owned()));
    }
    let screener = person_name(&mut Chance::of(chance.below(12), 0, station_number(screening.station)));
    notes.push(note(None, "", "SN", screener.clone()));
    notes.push(note(None, "", "SD", date_and_time(screening.at)));
    declaration.screeners.push(Text::from(screener));
    declaration.screened_at.push(minute(screening.at));
    bill.handling.extend(status);
    bill.customs_notes.extend(notes);
    bill.security.push(declaration);
    dangerous_goods_note(bill);
}

/// Account data of Enhanced ACAS and the consignee's e-mail, for shipments to the United States.
pub struct AccountData<'a> {
    pub number: &'a str,
    pub frequency: &'a str,
    pub billing: &'a str,
    pub established: Timestamp,
    pub known: bool,
}

pub fn account(bill: &mut Consignment<'static>, data: &AccountData<'_>) {
    let us = Country::new("US");
    let date = data.established.civil();
    let established = format!("{:02}{:02}{:04}", date.month(), date.day(), date.year());
    let known = if data.known { "Y" } else { "N" };
    let rows = [
        ("AH", "S".to_owned()),
        ("AI", "AGENT".to_owned()),
        ("AR", data.number.to_owned()),
        ("AF", data.frequency.to_owned()),
        ("AE", established),
        ("BT", data.billing.to_owned()),
        ("KP", known.to_owned()),
        ("RT", "B2B".to_owned()),
    ];
    bill.customs_notes.extend(rows.into_iter().map(|(code, text)| note(us, "CUS", code, text)));
    bill.customs_notes.push(note(us, "", "FT", "01".to_owned()));
    bill.account = Some(Account {
        holder: Some(Text::from("S")),
        issuer: Some(Text::from("AGENT")),
        number: Some(Text::from(data.number.to_owned())),
        frequency: Some(Text::from(data.frequency.to_owned())),
        established: Some(day(data.established)),
        billing: Some(Text::from(data.billing.to_owned())),
        known_consignor: Some(data.known),
        transaction: Some(Text::from("B2B")),
        filing: Some(Text::from("01")),
        ..Default::default()
    });
    email(bill);
}

pub fn note(country: Option<Country>, subject: &str, code: &str, text: String) -> CustomsNote<'static> {
    CustomsNote { country, subject: Code::new(subject), code: Code::new(code), text: Text::from(text) }
}

pub fn codes(list: &[&str]) -> Vec<Handling> {
    list.iter().filter_map(|code| Handling::new(code)).collect()
}

pub fn airport(code: &str) -> Option<Airport> {
    Airport::new(code)
}

/// Kilograms as Cargo-IMP writes them: without the fraction where there is none.
pub fn kilograms(weight_g: u64) -> String {
    let (whole, tenths) = (weight_g / 1_000, weight_g / 100 % 10);
    if tenths == 0 { format!("{whole}") } else { format!("{whole}.{tenths}") }
}

/// The day's beginning.
pub fn day(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.millis().div_euclid(DAY_MS) * DAY_MS)
}

/// The minute's beginning: messages have no seconds.
pub fn minute(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.millis().div_euclid(MINUTE_MS) * MINUTE_MS)
}

/// `06JAN261602`
fn date_and_time(time: Timestamp) -> String {
    let time = time.civil();
    let month = MONTHS.get(usize::from(time.month().unsigned_abs()).saturating_sub(1)).copied().unwrap_or_default();
    format!("{:02}{month}{:02}{:02}{:02}", time.day(), time.year().rem_euclid(100), time.hour(), time.minute())
}

fn email(bill: &mut Consignment<'static>) {
    let Some(consignee) = &mut bill.consignee else { return };
    let domain = format!("{}.EXAMPLE", consignee.name.split(' ').next().unwrap_or_default());
    let us = Country::new("US");
    bill.customs_notes.push(note(us, "CNE", "MU", "IMPORT".to_owned()));
    bill.customs_notes.push(note(us, "CNE", "MD", domain.clone()));
    let value = Text::from(format!("IMPORT@{domain}"));
    consignee.contacts.push(Contact { kind: ContactKind::Email, value, verified: false });
}

fn dangerous_goods_note(bill: &mut Consignment<'static>) {
    let numbers: Vec<String> = bill.dangerous_goods.iter().map(Code::to_string).collect();
    if !numbers.is_empty() {
        bill.customs_notes.push(note(None, "DNR", "D", numbers.join(" ")));
    }
}

fn station_number(station: &str) -> u64 {
    station.bytes().fold(0, |number, letter| number * 256 + u64::from(letter))
}

/// Cubes of the commodity's density, in whole centimetres, as a shipper would measure them.
fn cartons(pieces: u32, piece_g: u64, density_kg_m3: u64) -> Dimensions {
    let piece_cm3 = piece_g * 1_000 / density_kg_m3.max(1);
    let edge_cm = (1..=300_u64).find(|edge| edge * edge * edge >= piece_cm3).unwrap_or(300);
    let edge_mm = edge_cm as u32 * 10;
    Dimensions { length_mm: edge_mm, width_mm: edge_mm, height_mm: edge_mm, pieces, weight_g: None }
}

/// Rounded up to a hundredth of a cubic metre, as messages carry it.
pub fn volume_cm3(weight_g: u64, density_kg_m3: u64) -> u64 {
    (weight_g * 1_000 / density_kg_m3.max(1)).div_ceil(10_000).max(1) * 10_000
}

pub const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
pub const MINUTE_MS: i64 = 60_000;
pub const DAY_MS: i64 = 86_400_000;

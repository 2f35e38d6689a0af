//! FHL: house bills under one master, each with its own parties behind it.

use super::Parties;
use super::blocks;
use super::lines::{Lines, wrap};
use crate::model::{Consignment, Houses};

pub fn write(lines: &mut Lines, houses: &Houses<'_>, shape: Parties) {
    let awb = houses.awb.map(|awb| awb.to_string()).unwrap_or_default();
    let places = blocks::pair(&houses.origin, &houses.destination);
    lines.line(&format!("MBI/{awb}{places}/{}", blocks::quantity(&houses.quantity)));
    lines.remarks(&houses.remarks, &[]);
    for house in &houses.houses {
        bill(lines, house, shape);
    }
}

fn bill(lines: &mut Lines, house: &Consignment<'_>, shape: Parties) {
    let goods = house.goods.first();
    let parts = wrap(goods.map(|goods| goods.description.as_str()).unwrap_or_default(), 15);
    let (head, rest) = parts.split_first().map_or(("", &[][..]), |(head, rest)| (head.as_str(), rest));
    let slac = goods.and_then(|goods| goods.slac).map(|slac| slac.to_string()).unwrap_or_default();
    let weight = house.quantity.weight_g.map(super::super::declare::kilograms).map(|weight| format!("K{weight}"));
    lines.line(&format!(
        "HBS/{}/{}/{}/{}/{slac}/{head}",
        house.hawb.as_deref().unwrap_or_default(),
        blocks::pair(&house.origin, &house.destination),
        house.quantity.pieces.map(|pieces| pieces.to_string()).unwrap_or_default(),
        weight.unwrap_or_default(),
    ));
    if !house.handling.is_empty() {
        lines.line(&blocks::handling(house));
    }
    if !rest.is_empty() {
        lines.words(&rest.join(" "), 65, |number| if number == 0 { "TXT/".into() } else { "/".into() });
    }
    let codes = goods.map(|goods| goods.hs_codes.as_slice()).unwrap_or_default();
    for (number, hs) in codes.iter().enumerate() {
        lines.line(&format!("{}/{hs}", if number == 0 { "HTS" } else { "" }));
    }
    blocks::notes(lines, &house.customs_notes);
    for (tag, party) in [("SHP", &house.shipper), ("CNE", &house.consignee)] {
        if let Some(party) = party {
            blocks::party(lines, tag, party, shape);
        }
    }
    blocks::values(lines, &house.charges);
    lines.remarks(&house.remarks, &[]);
}

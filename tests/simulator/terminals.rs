//! What the terminals send: few shipments, so that amendments and repetitions are common, and broken messages among them.

use super::broker::Sent;
use crate::support::seed::Seed;
use crate::support::waybill;

/// Waybills in circulation.
const SHIPMENTS: usize = 16;

pub fn message(seed: &mut Seed) -> Sent {
    let number = seed.below(SHIPMENTS) as u32;
    let payload = match seed.below(16) {
        0..=3 => waybill::clear(number),
        4 | 5 => incomplete(number),
        6 | 7 => waybill::risky(number),
        8 => houses(number),
        9 => format!(r#"{} {{"waybill": {{"awb": "020-1"}}}} {}"#, incomplete(number), waybill::clear(number)),
        10 | 11 => format!(r#"{{"status": {{"awb": "{}"}}}}"#, waybill::awb(number)),
        _ => "PLS ADV ETA".to_owned(),
    };
    Sent { key: waybill::awb(number), payload: payload.into_bytes() }
}

/// Asks for information: the consignee has no name.
pub fn incomplete(number: u32) -> String {
    waybill::clear(number).replace("NORTHERN PUMP SERVICE INC", "")
}

/// Two houses under a master, the second one incomplete.
fn houses(number: u32) -> String {
    let awb = waybill::awb(number);
    let house = |hawb: &str, name: &str| {
        format!(
            r#"{{"kind":"house","awb":"{awb}","hawb":"{hawb}","origin":"FRA","destination":"YYZ",
            "quantity":{{"pieces":3,"weight_g":90000}},"shipper":{{"name":"ACME MACHINERY GMBH","address":"HAFENSTRASSE 12",
            "place":"FRANKFURT","country":"DE","postcode":"60327"}},"consignee":{{"name":"{name}","address":"45 KIPLING AVENUE",
            "place":"TORONTO","country":"CA","postcode":"M8Z 5K2"}},"goods":[{{"description":"GEAR WHEELS OF STEEL"}}]}}"#
        )
    };
    let houses = [house("H1", "NORTHERN PUMP SERVICE INC"), house("H2", "")].join(",");
    format!(r#"{{"houses":{{"awb":"{awb}","origin":"FRA","destination":"YYZ","houses":[{houses}]}}}}"#)
}

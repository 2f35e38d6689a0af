//! Waybills of invented companies, in canonical JSON.

/// The text of waybill number `number`: below 10 million a number of its own for each, check digit right.
pub fn awb(number: u32) -> String {
    let serial = number % 10_000_000;
    format!("020-{serial:07}{}", serial % 7)
}

/// A waybill that nothing speaks against.
pub fn clear(number: u32) -> String {
    waybill(number, "CENTRIFUGAL WATER PUMP SPARE PARTS OF STEEL", CONSIGNEE)
}

/// A waybill that has to be held until somebody has looked: nobody is named as consignee and the goods have no description.
pub fn risky(number: u32) -> String {
    waybill(number, "CONSOLIDATED CARGO", r#"{"name":"TO ORDER","address":"UNKNOWN","place":"XXX","country":"CA"}"#)
}

/// A waybill of these goods, else like one that nothing speaks against.
pub fn of_goods(number: u32, description: &str) -> String {
    waybill(number, description, CONSIGNEE)
}

const CONSIGNEE: &str = r#"{"name":"NORTHERN PUMP SERVICE INC","address":"45 KIPLING AVENUE","place":"TORONTO",
    "state":"ON","country":"CA","postcode":"M8Z 5K2","contacts":[{"kind":"phone","value":"14165550142"}]}"#;

fn waybill(number: u32, description: &str, consignee: &str) -> String {
    let awb = awb(number);
    format!(
        r#"{{"waybill":{{"kind":"direct","awb":"{awb}","origin":"FRA","destination":"YYZ",
        "quantity":{{"code":"total","pieces":12,"weight_g":480000,"volume_cm3":2400000}},
        "shipper":{{"name":"ACME MACHINERY GMBH","address":"HAFENSTRASSE 12","place":"FRANKFURT","country":"DE",
            "postcode":"60327","contacts":[{{"kind":"phone","value":"496955501234"}}]}},
        "consignee":{consignee},
        "agent":{{"name":"MAIN FORWARDING GMBH","place":"FRANKFURT","country":"DE","account":"2347123"}},
        "goods":[{{"description":"{description}","pieces":12,"weight_g":480000,"hs_codes":["841391"]}}],
        "charges":{{"currency":"EUR","prepaid_collect":"PP","declared":true,"customs_value":{{"hundredths":1840000}}}},
        "security":[]}}}}"#
    )
}

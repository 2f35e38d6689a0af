//! Every fact of one full waybill, and of an empty one.

use super::*;

/// Invented, with every field that a fact reads.
const WAYBILL: &str = r#"{
  "kind": "direct", "awb": "020-12345675", "hawb": "H-1", "origin": "FRA", "destination": "JFK",
  "quantity": {"pieces": 4, "weight_g": 100000, "volume_cm3": 500000},
  "flights": [
    {"carrier": "LH", "number": "0400", "departure": "2026-03-02T10:00:00Z"},
    {"carrier": "AA", "number": "12", "departure": "2026-03-03T10:00:00Z"},
    {"carrier": "AA"}
  ],
  "routing": [["LHR", "LH"], ["ORD", "BA"], ["JFK", "AA"]],
  "shipper": {"name": "ACME MACHINERY", "address": "1 WERK ST", "place": "FRANKFURT", "country": "DE", "postcode": "60311",
    "contacts": [{"kind": "phone", "value": "+49 69 123-456"}, {"kind": "fax", "value": "+49 69 999"}]},
  "consignee": {"name": "BRIDGE TOOLS INC", "address": "2 PIER", "place": "NEW YORK", "country": "US", "postcode": "10001",
    "contacts": [{"kind": "phone", "value": "(212) 555 0100"}, {"kind": "email", "value": "In@Bridge.example"}]},
  "agent": {"name": "HARBOUR FREIGHT AGENTS"},
  "notify": [{"name": "FIRST NOTIFY"}, {"name": "SECOND NOTIFY"}],
  "goods": [
    {"description": "Lathe  chucks", "hs_codes": ["846620", "84669330"], "slac": 3, "ulds": ["AKE01063LH"]},
    {"description": "für drills", "hs_codes": ["846620"], "slac": 2}
  ],
  "charges": {"currency": "EUR", "charge_code": "PP", "prepaid_collect": "PP", "declared": true,
    "customs_value": {"hundredths": 250050}, "freight": {"hundredths": 40000}},
  "handling": ["CAO", "SPX"],
  "security": [{"status": "SPX", "issuer": {"category": "RA", "country": "DE", "id": "00100-01"},
    "methods": ["XRY", "EDD"], "exemptions": ["SMUS"], "screened_at": ["2026-03-01T08:00:00Z", "2026-03-01T07:00:00Z"]}],
  "account": {"holder": "S", "frequency": "R", "established": "2026-02-20T00:00:00Z", "billing": "EFT",
    "known_consignor": true, "transaction": "B2B", "filing": "01"},
  "dangerous_goods": ["UN3481", "UN3481"]
}"#;

const FACTS: &str = "
kind direct
awb 020-12345675
awb_prefix 020
awb_check_digit_ok true
hawb H-1
origin FRA
destination JFK
origin_country DE
destination_country US
routing LHR,ORD,JFK
transit_countries GB
carriers LH,AA,BA
flights LH0400,AA12
flight_count 3
shipper_name ACME MACHINERY
shipper_address 1 WERK ST
shipper_place FRANKFURT
shipper_country DE
shipper_postcode 60311
shipper_phones 4969123456
consignee_name BRIDGE TOOLS INC
consignee_address 2 PIER
consignee_place NEW YORK
consignee_country US
consignee_postcode 10001
consignee_phones 2125550100
agent_name HARBOUR FREIGHT AGENTS
notify_names FIRST NOTIFY,SECOND NOTIFY
phones 4969123456,2125550100
phone_countries DE
emails in@bridge.example
goods LATHE CHUCKS FUR DRILLS
goods_lines 2
hs_codes 846620,84669330
hs_chapters 84
hs_headings 8466
dangerous_goods UN3481
handling CAO,SPX
passenger_allowed false
ulds AKE01063LH
pieces 4
slac 5
weight_kg 100
weight_per_piece_kg 25
volume_m3 0.5
density_kg_m3 200
currency EUR
charge_code PP
prepaid_collect PP
value_declared true
no_customs_value false
no_carriage_value true
customs_value 2500.5
customs_value_per_kg 25.005
carriage_value -
freight_charges 400
security_status SPX
issuer_category RA
screening_methods XRY,EDD
exemptions SMUS
screened_at 2026-03-01T08:00:00Z
billing EFT
shipping_frequency R
transaction_type B2B
filing_type 01
account_holder S
account_age_days 9
known_consignor true
received 2026-03-01T12:00:00Z
departure 2026-03-02T10:00:00Z
hours_to_departure 22
anomaly_bits -
find_odds -
";

fn print(value: Value<'_>) -> String {
    match value {
        Value::Missing => "-".into(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        Value::Text(value) => value.into(),
        Value::Time(value) => value.to_string(),
        Value::List(list) => format!("[{}]", list.iter().collect::<Vec<_>>().join(",")),
    }
}

/// `name value` lines of the whole catalogue.
fn table(consignment: &str, buffer: &mut FactsBuffer) -> String {
    let consignment = serde_json::from_str(consignment).unwrap();
    let received = Timestamp::parse_rfc3339("2026-03-01T12:00:00Z").unwrap();
    let facts = Facts::new(&consignment, received, buffer);
    let line = |fact: &Fact| format!("{} {}", fact.name, print((fact.get)(&facts)).trim_matches(['[', ']']));
    CATALOGUE.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_fact_of_a_full_waybill_has_its_value() {
    assert_eq!(table(WAYBILL, &mut FactsBuffer::default()), FACTS.trim());
}

#[test]
fn what_an_empty_message_does_not_say_is_missing_or_an_empty_list() {
    let said =
        ["kind", "flight_count", "goods_lines", "passenger_allowed", "value_declared", "no_customs_value", "no_carriage_value"];
    let consignment = Consignment::default();
    let mut buffer = FactsBuffer::default();
    let facts = Facts::new(&consignment, Timestamp::from_millis(0), &mut buffer);
    for fact in CATALOGUE.iter().filter(|fact| fact.name != "received" && !said.contains(&fact.name)) {
        let expected = if fact.kind == Kind::TextList { "[]" } else { "-" };
        assert_eq!(print((fact.get)(&facts)), expected, "{}", fact.name);
    }
}

#[test]
fn a_buffer_used_before_changes_nothing() {
    let mut buffer = FactsBuffer::default();
    let empty = table("{}", &mut buffer);
    let full = table(WAYBILL, &mut buffer);
    assert_eq!(table("{}", &mut buffer), empty);
    assert_eq!(table(WAYBILL, &mut buffer), full);
}

#[test]
fn the_catalogue_states_each_name_once_and_the_kind_of_its_values() {
    let mut names: Vec<_> = CATALOGUE.iter().map(|fact| fact.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), CATALOGUE.len());
    let consignment = serde_json::from_str(WAYBILL).unwrap();
    let mut buffer = FactsBuffer::default();
    let facts = Facts::new(&consignment, Timestamp::from_millis(0), &mut buffer);
    for fact in CATALOGUE {
        let kind = match (fact.get)(&facts) {
            Value::Missing => continue,
            Value::Bool(_) => Kind::Bool,
            Value::Int(_) => Kind::Int,
            Value::Double(_) => Kind::Double,
            Value::Text(_) => Kind::Text,
            Value::Time(_) => Kind::Time,
            Value::List(_) => Kind::TextList,
        };
        assert_eq!(kind, fact.kind, "{}", fact.name);
        assert!(!fact.meaning.is_empty() && !fact.source.is_empty(), "{}", fact.name);
    }
    assert!(find("weight_kg").is_some() && find("weight").is_none());
}

#[test]
fn quantities_come_from_the_lines_only_when_every_line_states_them() {
    let cases = [
        (r#"{"goods":[{"pieces":2,"weight_g":3000},{"pieces":1,"weight_g":1500}]}"#, "3", "4.5", "-"),
        (r#"{"goods":[{"pieces":2,"weight_g":3000},{}]}"#, "-", "-", "-"),
        (r#"{"quantity":{"pieces":9},"goods":[{"pieces":2,"volume_cm3":250000}]}"#, "9", "-", "0.25"),
        (r#"{"goods":[{"dimensions":[{"length_mm":1000,"width_mm":500,"height_mm":200,"pieces":3}]}]}"#, "-", "-", "0.3"),
        (r#"{"quantity":{"weight_g":320000,"density_group":0}}"#, "-", "320", "2"),
    ];
    for (message, pieces, weight_kg, volume_m3) in cases {
        let table = table(message, &mut FactsBuffer::default());
        for line in [format!("pieces {pieces}"), format!("weight_kg {weight_kg}"), format!("volume_m3 {volume_m3}")] {
            assert!(table.lines().any(|row| row == line), "{message}: {line} not in\n{table}");
        }
    }
}

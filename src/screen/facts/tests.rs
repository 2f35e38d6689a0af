//! Every fact of one full waybill, and of an empty one.

use super::*;
use crate::memory::consignment::{Houses, Version};
use crate::memory::histogram::Surprise;
use crate::memory::history::{BandHistory, Discrepancy, Master, PartyHistory, Step, TraceHistory, Unusual, Way};
use crate::memory::observation::{Stage, Stamp};

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
    lines(catalogue::MESSAGE, &facts)
}

fn lines(rows: &[Fact], facts: &Facts<'_>) -> String {
    let line = |fact: &Fact| format!("{} {}", fact.name, print((fact.get)(facts)).trim_matches(['[', ']']));
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
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
    let history = remembered();
    let facts = facts.with_history(&history);
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

fn trace(shipments: u32, first_days_ago: Option<u16>) -> TraceHistory {
    let (inspected, found) = (shipments / 10, shipments / 20);
    TraceHistory {
        shipments,
        inspected,
        found,
        value_hundredths: 12_345,
        first_days_ago,
        last_days_ago: first_days_ago.map(|_| 2),
    }
}

fn party(record: TraceHistory) -> PartyHistory {
    PartyHistory {
        named: true,
        record,
        active_days: 9,
        spellings: 3,
        partners: 5,
        addresses: 2,
        contacts: 4,
        weight: Surprise { tenths: 12, high: true },
        usual_weight_g: Some((40_960, 163_840)),
        week: Surprise { tenths: 7, high: false },
        same_week_slot: 1,
    }
}

fn unusual(value: u64, tenths: u16, usual: (u64, u64)) -> Unusual {
    Unusual { value: Some(value), others: 90, surprise: Surprise { tenths, high: true }, usual: Some(usual) }
}

/// A history in which each fact has its own value.
fn remembered() -> History {
    let at = |text| Timestamp::parse_rfc3339(text).unwrap();
    let mut way = Way::default();
    for (number, stage) in (1..).zip(Stage::ALL) {
        let (first, last) = (at("2026-02-27T08:00:00Z"), at("2026-02-28T08:00:00Z"));
        way.set(stage, Step { pieces: number, weight_g: number * 1_500, first, last, station: *b"FRA", whole: true });
    }
    let report = |code| Discrepancy { code, time: at("2026-02-28T09:00:00Z"), station: *b"JFK", pieces: 1 };
    way.discrepancies = [*b"FDCA", *b"MSCA", *b"MSAW", *b"OFLD", *b"OVCD", *b"SSPD"].map(report).to_vec();
    let stamp = Stamp { time: at("2026-02-25T08:00:00Z"), hash: 0 };
    History {
        memory_days: 63,
        shipper: party(trace(40, Some(50))),
        consignee: party(trace(20, None)),
        agent: party(trace(60, Some(7))),
        pair: trace(11, Some(6)),
        return_trade: trace(3, Some(5)),
        shipper_lane: trace(0, None),
        consignee_lane: trace(1, Some(4)),
        shipper_commodity: trace(2, Some(4)),
        consignee_commodity: trace(0, None),
        origin_commodity: trace(120, Some(60)),
        lane: trace(300, Some(60)),
        lane_commodity: trace(31, Some(60)),
        route: trace(29, Some(60)),
        routed: trace(280, Some(60)),
        screener: trace(70, Some(60)),
        entity: trace(80, Some(60)),
        exempted: trace(8, Some(60)),
        daily: trace(2, None),
        band: BandHistory {
            value: unusual(1_000, 51, (4_096, 6_144)),
            piece: unusual(2_000, 52, (16_384, 24_576)),
            density: unusual(3_000, 53, (128, 192)),
            ..BandHistory::default()
        },
        contact_parties: 6,
        shipper_address_parties: 7,
        consignee_address_parties: 8,
        house_number_masters: 2,
        way,
        houses: Houses { count: 4, pieces: 44, weight_g: 444_500, ..Houses::default() },
        master: Some(Master { declared: true, houses: Houses { count: 5, ..Houses::default() }, ..Master::default() }),
        versions: vec![Version { stamp, consignee: 1, destination: *b"JFK", pieces: 4, weight_g: 100_000, ..Version::default() }],
        ..History::default()
    }
}

const MEMORY: &str = "
memory_days 63
amendments 1
shipper_shipments 40
shipper_known_days 50
shipper_dormant_days 2
shipper_active_days 9
shipper_partners 5
shipper_spellings 3
shipper_addresses 2
shipper_contacts 4
shipper_inspected 4
shipper_found 2
shipper_find_rate 0.35000000000000003
shipper_weight_bits 1.2
usual_shipper_weight_low_kg 40.96
usual_shipper_weight_high_kg 163.84
week_bits 0.7
consignee_shipments 20
consignee_known_days 0
consignee_dormant_days -
consignee_active_days 9
consignee_partners 5
consignee_spellings 3
consignee_addresses 2
consignee_inspected 2
consignee_found 1
consignee_find_rate 0.275
consignee_day_shipments 2
consignee_day_value 123.45
pair_shipments 11
pair_known_days 6
pair_find_rate 0.03333333333333333
return_shipments 3
agent_shipments 60
agent_find_rate 0.3875
contact_parties 6
shipper_address_parties 7
consignee_address_parties 8
house_number_masters 2
lane_shipments 300
shipper_lane_new true
consignee_lane_new false
route_shipments 29
routed_shipments 280
shipper_goods_new false
consignee_goods_new true
origin_goods_shipments 120
origin_goods_find_rate 0.43571428571428567
lane_goods_shipments 31
value_bits 5.1
usual_value_low 40.96
usual_value_high 61.44
piece_weight_bits 5.2
usual_piece_weight_low_kg 16.384
usual_piece_weight_high_kg 24.576
density_bits 5.3
usual_density_low_kg_m3 128
usual_density_high_kg_m3 192
screener_shipments 70
entity_shipments 80
entity_exempted 8
booked_pieces 1
booked_weight_kg 1.5
accepted_pieces 3
accepted_weight_kg 4.5
accepted_at 2026-02-27T08:00:00Z
manifested_pieces 4
manifested_weight_kg 6
departed_pieces 5
departed_weight_kg 7.5
departed_at 2026-02-27T08:00:00Z
received_pieces 6
received_weight_kg 9
delivered_pieces 9
found_cargo 1
missing_cargo 2
left_behind 3
houses 4
houses_pieces 44
houses_weight_kg 444.5
master_declared -
";

#[test]
fn every_fact_of_memory_has_its_value() {
    let consignment: Consignment<'_> = serde_json::from_str(WAYBILL).unwrap();
    let (mut buffer, history) = (FactsBuffer::default(), remembered());
    let facts = Facts::new(&consignment, Timestamp::from_millis(0), &mut buffer).with_history(&history);
    assert_eq!(lines(memory::ROWS, &facts), MEMORY.trim());
}

#[test]
fn facts_of_memory_are_missing_without_it_and_no_others_change_with_it() {
    let consignment: Consignment<'_> = serde_json::from_str(WAYBILL).unwrap();
    let (mut buffer, history) = (FactsBuffer::default(), remembered());
    let without = Facts::new(&consignment, Timestamp::from_millis(0), &mut buffer);
    let with = without.with_history(&history);
    for fact in CATALOGUE {
        let told = [&with, &without].map(|facts| print((fact.get)(facts)));
        let expected = if fact.is_of_memory() { "-" } else { &told[0] };
        assert_eq!(told[1], expected, "{}", fact.name);
    }
}

#[test]
fn a_house_sees_its_siblings_and_what_nobody_states_is_missing() {
    let consignment: Consignment<'_> = serde_json::from_str(r#"{"kind": "house"}"#).unwrap();
    let (mut buffer, history) = (FactsBuffer::default(), History { shipper: PartyHistory::default(), ..remembered() });
    let facts = Facts::new(&consignment, Timestamp::from_millis(0), &mut buffer).with_history(&history);
    let table = lines(memory::ROWS, &facts);
    for row in [
        "houses 5",
        "master_declared true",
        "shipper_shipments -",
        "pair_shipments -",
        "lane_shipments -",
        "return_shipments -",
        "shipper_goods_new -",
        "consignee_goods_new -",
        "route_shipments -",
        "consignee_day_value -",
        "screener_shipments -",
        "house_number_masters -",
        "accepted_pieces 3",
    ] {
        assert!(table.lines().any(|line| line == row), "{row} not in\n{table}");
    }
}

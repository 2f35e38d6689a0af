//! The catalogue: one row a fact, in the order of the documentation.

use super::buffer::ListName;
use super::{Fact, Facts, memory};
use crate::model::{Code, Party, Text, Timestamp};
use crate::screen::value::{Kind, List, Value};

type Get = for<'f> fn(&'f Facts<'f>) -> Value<'f>;

/// Every fact, in the order of the documentation.
pub static CATALOGUE: &[Fact] = &joined::<{ MESSAGE.len() + memory::ROWS.len() }>(MESSAGE, memory::ROWS);

#[expect(clippy::indexing_slicing, reason = "the compiler evaluates it")]
const fn joined<const N: usize>(first: &[Fact], second: &[Fact]) -> [Fact; N] {
    let mut rows = [first[0]; N];
    let mut at = 0;
    while at < N {
        rows[at] = if at < first.len() { first[at] } else { second[at - first.len()] };
        at += 1;
    }
    rows
}

/// What the message says, or what follows from it.
pub(super) const MESSAGE: &[Fact] = &[
    // What the bill is.
    text("kind", "", "direct, consolidation or house", "FWB RTD, FHL", |facts| Value::Text(facts.consignment.kind.as_str()))
        .codes(&["direct", "consolidation", "house"]),
    text("awb", "", "master air waybill number, 020-12345675", "FWB, FHL MBI", |facts| non_empty(facts.awb())),
    text("awb_prefix", "", "airline prefix of the master, three digits", "FWB, FHL MBI", |facts| {
        facts.awb().get(..3).map_or(Value::Missing, Value::Text)
    }),
    bool("awb_check_digit_ok", "the last digit of the serial is the first seven modulo 7", "FWB, FHL MBI", |facts| {
        facts.consignment.awb.map_or(Value::Missing, |awb| Value::Bool(awb.check_digit_ok()))
    }),
    text("hawb", "", "house bill number", "FHL HBS", |facts| optional(facts.consignment.hawb.as_ref())),
    // Where it goes.
    text("origin", "IATA airport or city", "origin of the bill", "FWB, FHL HBS", |facts| code(facts.consignment.origin.as_ref())),
    text("destination", "IATA airport or city", "destination of the bill", "FWB, FHL HBS", |facts| {
        code(facts.consignment.destination.as_ref())
    }),
    text("origin_country", "ISO 3166-1 alpha-2", "country of the origin", "FWB, FHL HBS; airport table", |facts| {
        facts.origin_country().map_or(Value::Missing, Value::Text)
    }),
    text("destination_country", "ISO 3166-1 alpha-2", "country of the destination", "FWB, FHL HBS; airport table", |facts| {
        facts.destination_country().map_or(Value::Missing, Value::Text)
    }),
    list("routing", "IATA airport or city", "stations after the origin", "FWB RTG", |facts| derived(facts, ListName::Routing)),
    list(
        "transit_countries",
        "ISO 3166-1 alpha-2",
        "countries of the stations between, other than those of origin and destination",
        "FWB RTG; airport table",
        |facts| derived(facts, ListName::TransitCountries),
    ),
    list("carriers", "IATA or ICAO carrier", "carriers of the flights and the routing", "FWB FLT, RTG", |facts| {
        derived(facts, ListName::Carriers)
    }),
    list("flights", "", "booked flights, carrier and number as written, SU1244", "FWB FLT", |facts| {
        derived(facts, ListName::Flights)
    }),
    int("flight_count", "flights", "booked flights", "FWB FLT", |facts| count(facts.consignment.flights.len())),
    // Who it is from and for.
    text("shipper_name", "", "name of the shipper", "FWB SHP, FHL SHP", |facts| party(shipper(facts), |party| &party.name)),
    text("shipper_address", "", "street address of the shipper", "FWB SHP, FHL SHP", |facts| {
        party(shipper(facts), |party| &party.address)
    }),
    text("shipper_place", "", "place of the shipper", "FWB SHP, FHL SHP", |facts| party(shipper(facts), |party| &party.place)),
    text("shipper_country", "ISO 3166-1 alpha-2", "country of the shipper", "FWB SHP, FHL SHP", |facts| country(shipper(facts))),
    text("shipper_postcode", "", "postcode of the shipper", "FWB SHP, FHL SHP", |facts| postcode(shipper(facts))),
    list("shipper_phones", "digits", "phone numbers of the shipper", "FWB SHP, FHL SHP, OCI SHP", |facts| {
        derived(facts, ListName::ShipperPhones)
    }),
    text("consignee_name", "", "name of the consignee", "FWB CNE, FHL CNE", |facts| party(consignee(facts), |party| &party.name)),
    text("consignee_address", "", "street address of the consignee", "FWB CNE, FHL CNE", |facts| {
        party(consignee(facts), |party| &party.address)
    }),
    text("consignee_place", "", "place of the consignee", "FWB CNE, FHL CNE", |facts| {
        party(consignee(facts), |party| &party.place)
    }),
    text("consignee_country", "ISO 3166-1 alpha-2", "country of the consignee", "FWB CNE, FHL CNE", |facts| {
        country(consignee(facts))
    }),
    text("consignee_postcode", "", "postcode of the consignee", "FWB CNE, FHL CNE", |facts| postcode(consignee(facts))),
    list("consignee_phones", "digits", "phone numbers of the consignee", "FWB CNE, FHL CNE, OCI CNE", |facts| {
        derived(facts, ListName::ConsigneePhones)
    }),
    text("agent_name", "", "name of the issuing agent", "FWB AGT", |facts| {
        party(facts.consignment.agent.as_ref(), |party| &party.name)
    }),
    list("notify_names", "", "names of the parties to notify", "FWB NFY, OCI NFY", |facts| derived(facts, ListName::NotifyNames)),
    list("phones", "digits", "phone numbers of all parties", "FWB, FHL, OCI CT and VP", |facts| derived(facts, ListName::Phones)),
    list(
        "phone_countries",
        "ISO 3166-1 alpha-2",
        "main countries of the calling codes of the international numbers",
        "FWB, FHL, OCI CT and VP; ITU-T E.164",
        |facts| derived(facts, ListName::PhoneCountries),
    ),
    list("emails", "", "e-mail addresses of all parties, lower case", "OCI MU and MD, VU and VD", |facts| {
        derived(facts, ListName::Emails)
    }),
    // What it is.
    text(
        "goods",
        "",
        "descriptions of all goods lines, upper case, single blanks",
        "FWB RTD NG and NC, FHL HBS and TXT",
        |facts| non_empty(facts.goods()),
    ),
    int("goods_lines", "lines", "rate or goods lines", "FWB RTD, FHL HBS", |facts| count(facts.consignment.goods.len())),
    list("hs_codes", "4 to 12 digits", "Harmonized System codes as stated", "FWB RTD NH, FHL HTS", |facts| {
        derived(facts, ListName::HsCodes)
    }),
    list("hs_chapters", "2 digits", "chapters of the HS codes", "FWB RTD NH, FHL HTS", |facts| {
        derived(facts, ListName::HsChapters)
    }),
    list("hs_headings", "4 digits", "headings of the HS codes", "FWB RTD NH, FHL HTS", |facts| {
        derived(facts, ListName::HsHeadings)
    }),
    list("dangerous_goods", "UN number", "dangerous goods, UN3481 or ID8000", "OCI DNR, goods text", |facts| {
        derived(facts, ListName::DangerousGoods)
    }),
    list("handling", "IATA code list 1.16", "special handling codes", "FWB SPH, FHL HBS", |facts| {
        Value::List(List::Codes(&facts.consignment.handling))
    }),
    bool("passenger_allowed", "the shipment is not marked for cargo aircraft only (CAO)", "FWB SPH, FHL HBS", |facts| {
        Value::Bool(!facts.has_handling("CAO"))
    }),
    list("ulds", "", "unit load devices that the waybill names", "FWB RTD NU", |facts| derived(facts, ListName::Ulds)),
    // How much it is.
    int("pieces", "pieces", "pieces of the consignment, else summed over its lines", "FWB AWB line, FHL HBS", |facts| {
        facts.pieces().map_or(Value::Missing, |pieces| Value::Int(i64::try_from(pieces).unwrap_or(i64::MAX)))
    }),
    int("slac", "pieces", "shipper's load and count, summed over the lines", "FWB RTD NS, FHL HBS", |facts| {
        facts.slac().map_or(Value::Missing, |slac| Value::Int(i64::try_from(slac).unwrap_or(i64::MAX)))
    }),
    double("weight_kg", "kg", "gross weight of the consignment, else summed over its lines", "FWB AWB line, FHL HBS", |facts| {
        number(facts.weight_kg())
    }),
    double("weight_per_piece_kg", "kg", "gross weight through pieces", "FWB AWB line, FHL HBS", |facts| {
        number(facts.weight_per_piece_kg())
    }),
    double(
        "volume_m3",
        "m³",
        "volume: stated, else from dimensions, else from the density group",
        "FWB AWB line, RTD NV, ND",
        |facts| number(facts.volume_m3()),
    ),
    double("density_kg_m3", "kg/m³", "gross weight through volume", "FWB AWB line, RTD NV, ND", |facts| {
        number(facts.density_kg_m3())
    }),
    // What it is worth.
    text("currency", "ISO 4217", "currency of charges and values", "FWB CVD, FHL CVD", |facts| {
        code(facts.consignment.charges.currency.as_ref())
    }),
    text("charge_code", "IATA code list 1.1", "how charges are paid: PP, PX, CC …", "FWB CVD", |facts| {
        code(facts.consignment.charges.charge_code.as_ref())
    }),
    text(
        "prepaid_collect",
        "",
        "prepaid (P) or collect (C), weight and other charges, as written",
        "FWB CVD, FHL CVD",
        |facts| code(facts.consignment.charges.prepaid_collect.as_ref()),
    ),
    bool("value_declared", "the message has a value declaration", "FWB CVD, FHL CVD", |facts| {
        Value::Bool(facts.consignment.charges.declared)
    }),
    bool("no_customs_value", "the value declaration says NCV", "FWB CVD, FHL CVD", |facts| Value::Bool(facts.no_customs_value())),
    bool("no_carriage_value", "the value declaration says NVD", "FWB CVD, FHL CVD", |facts| {
        Value::Bool(facts.no_carriage_value())
    }),
    double("customs_value", "currency", "value declared for customs", "FWB CVD, FHL CVD", |facts| number(facts.customs_value())),
    double("customs_value_per_kg", "currency/kg", "customs value through gross weight", "FWB CVD, FHL CVD", |facts| {
        number(facts.customs_value_per_kg())
    }),
    double("carriage_value", "currency", "value declared for carriage", "FWB CVD, FHL CVD", |facts| {
        number(facts.carriage_value())
    }),
    double("freight_charges", "currency", "total charges, prepaid and collect", "FWB PPD, COL", |facts| {
        number(facts.freight_charges())
    }),
    // What is said about its security.
    text(
        "security_status",
        "IATA code list 1.103",
        "SPX, SCO, SHR, NSC or another: the last one declared",
        "OCI SS, SPH",
        |facts| facts.security_status().map_or(Value::Missing, Value::Text),
    ),
    text("issuer_category", "", "category of the entity that issued the status", "OCI ISS, CSS", |facts| {
        facts.issuer_category().map_or(Value::Missing, Value::Text)
    })
    .codes(&["RA", "RC", "KC", "AC", "AO"]),
    list("screening_methods", "", "screening methods, XRY, EDS, PHS …", "OCI SM", |facts| {
        derived(facts, ListName::ScreeningMethods)
    }),
    list("exemptions", "", "grounds for exemption, BIOM, DIPL, MAIL …", "OCI L", |facts| derived(facts, ListName::Exemptions)),
    time("screened_at", "the latest time of screening declared", "OCI SD", |facts| instant(facts.screened_at())),
    // Who pays, and how well the filer knows the customer (Enhanced ACAS, 90 FR 52796).
    text("billing", "", "billing type of the account", "OCI CUS BT", |facts| {
        optional(account(facts, |account| account.billing.as_ref()))
    })
    .codes(&["EFT", "MBL", "CC", "CSH", "CHQ", "CTO", "BILL"]),
    text("shipping_frequency", "", "how often the account ships", "OCI CUS AF", |facts| {
        optional(account(facts, |account| account.frequency.as_ref()))
    })
    .codes(&["S", "I", "O", "B", "R", "X"]),
    text("transaction_type", "", "who sells to whom, B2B, C2C …", "OCI CUS RT", |facts| {
        optional(account(facts, |account| account.transaction.as_ref()))
    }),
    text("filing_type", "", "01 standard, 02 express, 03 e-commerce, 04 postal", "OCI FT", |facts| {
        optional(account(facts, |account| account.filing.as_ref()))
    })
    .codes(&["01", "02", "03", "04"]),
    text("account_holder", "", "shipper, consignee, logistics provider, broker or third party", "OCI CUS AH", |facts| {
        optional(account(facts, |account| account.holder.as_ref()))
    })
    .codes(&["S", "C", "L", "B", "3"]),
    int("account_age_days", "days", "from the account's establishment to the message", "OCI CUS AE", |facts| {
        facts.account_age_days().map_or(Value::Missing, Value::Int)
    }),
    bool("known_consignor", "the filer knows the consignor and says so", "OCI CUS KP", |facts| {
        facts.account().and_then(|account| account.known_consignor).map_or(Value::Missing, Value::Bool)
    }),
    // When.
    time("received", "when the message arrived", "record timestamp", |facts| Value::Time(facts.received)),
    time("departure", "the earliest departure that a booked flight states", "FWB FLT", |facts| instant(facts.departure())),
    double("hours_to_departure", "h", "from the message to the departure; negative after it", "FWB FLT", |facts| {
        number(facts.hours_to_departure())
    }),
    // What is unusual against memory.
    double(
        "anomaly_bits",
        "bits",
        "how unusual value, weight, density, time, way and goods are, with the record of finds; every ten bits are a thousandfold",
        "memory",
        |facts| number(facts.anomaly().map(|anomaly| f64::from(anomaly.tenths()) / 10.0)),
    ),
    double(
        "find_odds",
        "bits",
        "by how much the record of goods, parties and agent raises the odds of a find over those of all consignments",
        "memory; outcomes",
        |facts| number(facts.anomaly().map(|anomaly| f64::from(anomaly.finds_tenths()) / 10.0)),
    ),
];

const fn row(name: &'static str, kind: Kind, words: [&'static str; 3], get: Get) -> Fact {
    let [unit, meaning, source] = words;
    Fact { name, kind, unit, meaning, source, codes: &[], get }
}

const fn text(name: &'static str, unit: &'static str, meaning: &'static str, source: &'static str, get: Get) -> Fact {
    row(name, Kind::Text, [unit, meaning, source], get)
}

const fn list(name: &'static str, unit: &'static str, meaning: &'static str, source: &'static str, get: Get) -> Fact {
    row(name, Kind::TextList, [unit, meaning, source], get)
}

pub(super) const fn int(name: &'static str, unit: &'static str, meaning: &'static str, source: &'static str, get: Get) -> Fact {
    row(name, Kind::Int, [unit, meaning, source], get)
}

pub(super) const fn double(
    name: &'static str,
    unit: &'static str,
    meaning: &'static str,
    source: &'static str,
    get: Get,
) -> Fact {
    row(name, Kind::Double, [unit, meaning, source], get)
}

pub(super) const fn bool(name: &'static str, meaning: &'static str, source: &'static str, get: Get) -> Fact {
    row(name, Kind::Bool, ["", meaning, source], get)
}

pub(super) const fn time(name: &'static str, meaning: &'static str, source: &'static str, get: Get) -> Fact {
    row(name, Kind::Time, ["UTC", meaning, source], get)
}

impl Fact {
    const fn codes(mut self, codes: &'static [&'static str]) -> Self {
        self.codes = codes;
        self
    }
}

fn non_empty(text: &str) -> Value<'_> {
    if text.is_empty() { Value::Missing } else { Value::Text(text) }
}

fn optional<'f>(text: Option<&'f Text<'f>>) -> Value<'f> {
    text.map_or(Value::Missing, |text| non_empty(text))
}

fn code<const N: usize>(code: Option<&Code<N>>) -> Value<'_> {
    code.map_or(Value::Missing, |code| Value::Text(code.as_str()))
}

fn number<'f>(value: Option<f64>) -> Value<'f> {
    value.map_or(Value::Missing, Value::Double)
}

pub(super) fn instant<'f>(time: Option<Timestamp>) -> Value<'f> {
    time.map_or(Value::Missing, Value::Time)
}

fn count<'f>(len: usize) -> Value<'f> {
    Value::Int(i64::try_from(len).unwrap_or(i64::MAX))
}

fn derived<'f>(facts: &Facts<'f>, name: ListName) -> Value<'f> {
    Value::List(facts.list(name))
}

fn shipper<'f>(facts: &Facts<'f>) -> Option<&'f Party<'f>> {
    facts.consignment.shipper.as_ref()
}

fn consignee<'f>(facts: &Facts<'f>) -> Option<&'f Party<'f>> {
    facts.consignment.consignee.as_ref()
}

fn party<'f>(party: Option<&'f Party<'f>>, field: fn(&'f Party<'f>) -> &'f Text<'f>) -> Value<'f> {
    optional(party.map(field))
}

fn country<'f>(party: Option<&'f Party<'f>>) -> Value<'f> {
    code(party.and_then(|party| party.country.as_ref()))
}

fn postcode<'f>(party: Option<&'f Party<'f>>) -> Value<'f> {
    optional(party.and_then(|party| party.postcode.as_ref()))
}

fn account<'f>(facts: &Facts<'f>, field: fn(&'f crate::model::Account<'f>) -> Option<&'f Text<'f>>) -> Option<&'f Text<'f>> {
    facts.account().and_then(field)
}

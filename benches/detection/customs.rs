//! Customs declarations with their outcomes, in the order of days: each day's declarations are folded and ranked by the product's
//! own score before any outcome of that day is known. Every row was inspected; the data are synthetic, made from real cases.
//!
//! Mapped to messages: importer is consignee, seller is shipper, declarant is agent, the country of departure stands as one of its
//! airports, and the goods carry their own country of origin. Nothing is fitted: the rows of the validation file are only ranked.

use std::collections::HashMap;
use std::path::Path;

use loadgate::codes::airports;
use loadgate::memory::observation::Observation;
use loadgate::memory::{Horizons, Keys, Memory, Observer};
use loadgate::model::{
    Airport, Awb, Charges, Code, Consignment, Country, GoodsLine, Message, Money, Outcome, OutcomeKind, Party, Quantity, Text,
    Timestamp,
};
use loadgate::screen::anomaly::Anomaly;

use super::table::{Row, Table};
use super::{area_under_curve, precision, seen};

struct Declaration {
    day: Timestamp,
    message: Message<'static>,
    awb: Awb,
    fraud: bool,
    /// Importer, seller, office, heading with subheading.
    keys: [String; 4],
}

pub fn run(data: &Path) {
    let Some(folder) = super::present(data, "customs") else { return };
    let airports = airport_by_country();
    let read = |name: &str| -> Vec<Declaration> {
        let table = Table::read(&folder.join(name));
        let mut rows: Vec<_> = table.rows().map(|row| declaration(&row, &airports)).collect();
        rows.sort_by_key(|row| row.day);
        rows
    };
    let (train, valid) = (read("df_syn_train_eng.csv"), read("df_syn_valid_eng.csv"));
    let frauds = valid.iter().filter(|row| row.fraud).count();
    println!("customs_rows {} declarations", train.len() + valid.len());
    println!("customs_fraud_rate {:.3} share", frauds as f64 / valid.len() as f64);
    for (name, days) in [("default_horizon", Horizons::default().identity_days), ("longest_horizon", Horizons::LONGEST_DAYS)] {
        report(&format!("customs_{name}"), &ranked(&train, &valid, days));
    }
    let baselines: [(&str, [usize; 3]); 2] = [("importer_seller_hs", [0, 1, 3]), ("importer_office_hs", [0, 2, 3])];
    for (name, keys) in baselines {
        // Without a horizon: it remembers all fifteen months.
        report(&format!("customs_baseline_{name}"), &baseline(&train, &valid, keys, u16::MAX));
        let same = baseline(&train, &valid, keys, Horizons::LONGEST_DAYS);
        report(&format!("customs_baseline_{name}_longest_horizon"), &same);
    }
    super::published::print(data, "kcs_table3.csv", "model", &[("syn_p5", "precision"), ("syn_p10", "precision")]);
}

fn report(name: &str, ranked: &[(i64, bool)]) {
    println!("{name}_p5 {:.3} precision", precision(ranked, 5));
    println!("{name}_p10 {:.3} precision", precision(ranked, 10));
    println!("{name}_auc {:.3} share", area_under_curve(ranked));
}

fn ranked(train: &[Declaration], valid: &[Declaration], identity_days: u16) -> Vec<(i64, bool)> {
    let mut observer = Observer::new(Keys::new(&[5; 16]));
    let mut memory = Memory::new(Horizons { identity_days, ..Horizons::default() });
    let (mut scores, mut number) = (Vec::new(), 0);
    for rows in [train, valid] {
        scores.clear();
        for day in rows.chunk_by(|one, next| one.day == next.day) {
            let mut observed = Vec::new();
            for row in day {
                number += 1;
                observer.observe(&row.message, seen(row.day, number), &mut observed);
            }
            observed.iter().for_each(|observation| memory.fold(observation));
            let declared = observed.iter().filter_map(|observation| match observation {
                Observation::Declared(declared) => Some(declared),
                _ => None,
            });
            let score = |declared| i64::from(Anomaly::of(&memory.recall(declared)).total());
            scores.extend(declared.zip(day).map(|(declared, row)| (score(declared), row.fraud)));
            let mut outcomes = Vec::new();
            for row in day {
                number += 1;
                observer.observe(&outcome(row), seen(row.day, number), &mut outcomes);
            }
            outcomes.iter().for_each(|observation| memory.fold(observation));
        }
    }
    scores
}

/// Inspections and finds.
type Counts = (f64, f64);

/// A lookup table: the sum of the log-odds of three smoothed rates, each under one key. Outcomes become known as they do above.
struct Lookup<'r> {
    keys: [usize; 3],
    all: Counts,
    known: HashMap<(usize, &'r str), Counts>,
}

impl<'r> Lookup<'r> {
    const SMOOTHING: f64 = 4.0;

    fn count(&mut self, row: &'r Declaration, sign: f64) {
        let add = |counts: &mut Counts| *counts = (counts.0 + sign, counts.1 + sign * f64::from(u8::from(row.fraud)));
        add(&mut self.all);
        self.keys.iter().for_each(|key| add(self.known.entry((*key, row.keys[*key].as_str())).or_default()));
    }

    /// Thousandths of nats.
    fn score(&self, row: &Declaration) -> i64 {
        let base = (self.all.1 + 1.0) / (self.all.0 + 20.0);
        let odds = |key: &usize| {
            let (inspected, found) = self.known.get(&(*key, row.keys[*key].as_str())).copied().unwrap_or_default();
            let rate = (found + Self::SMOOTHING * base) / (inspected + Self::SMOOTHING);
            (rate / (1.0 - rate)).ln()
        };
        (self.keys.iter().map(odds).sum::<f64>() * 1_000.0) as i64
    }
}

fn baseline(train: &[Declaration], valid: &[Declaration], keys: [usize; 3], horizon_days: u16) -> Vec<(i64, bool)> {
    let mut lookup = Lookup { keys, all: Counts::default(), known: HashMap::new() };
    let horizon_ms = i64::from(horizon_days) * 86_400_000;
    let rows: Vec<&Declaration> = train.iter().chain(valid).collect();
    let (mut scores, mut oldest) = (Vec::new(), 0);
    for day in rows.chunk_by(|one, next| one.day == next.day) {
        while rows[oldest].day.millis() < day[0].day.millis() - horizon_ms {
            lookup.count(rows[oldest], -1.0);
            oldest += 1;
        }
        scores.extend(day.iter().map(|row| (lookup.score(row), row.fraud)));
        day.iter().for_each(|row| lookup.count(row, 1.0));
    }
    scores.split_off(train.len())
}

fn declaration(row: &Row<'_>, airports: &HashMap<&'static str, Airport>) -> Declaration {
    let serial: u32 = row.text("Declaration ID").parse().expect("a number");
    let awb = Awb::new(180, serial).expect("eight digits");
    let day = Timestamp::parse_rfc3339(&format!("{}T12:00:00Z", row.text("Date"))).expect("a day");
    let party = |column: &str, country: &str| {
        let name = row.text(column).to_owned();
        (!name.is_empty()).then(|| Party { name: Text::from(name), country: Country::new(country), ..Party::default() })
    };
    let from = row.text("Country of Departure");
    let weight_g = (row.number("Net Mass") * 1_000.0).round() as u64;
    let value = (row.number("Item Price") * 100.0).round() as i64;
    let goods = GoodsLine {
        hs_codes: vec![Text::from(row.text("HS6 Code").to_owned())],
        origin: Code::new(row.text("Country of Origin")),
        weight_g: Some(weight_g),
        ..GoodsLine::default()
    };
    let consignment = Consignment {
        awb: Some(awb),
        origin: airports.get(from).copied(),
        destination: Airport::new("ICN"),
        shipper: party("Seller ID", from),
        consignee: party("Importer ID", "KR"),
        agent: party("Declarant ID", "KR"),
        quantity: Quantity { weight_g: Some(weight_g), ..Quantity::default() },
        charges: Charges {
            currency: Code::new("KRW"),
            declared: true,
            customs_value: Some(Money { hundredths: value }),
            ..Charges::default()
        },
        goods: vec![goods],
        ..Consignment::default()
    };
    let keys = ["Importer ID", "Seller ID", "Office ID", "HS6 Code"].map(|column| row.text(column).to_owned());
    let fraud = row.number("Fraud") > 0.0 || row.number("Critical Fraud") > 0.0;
    Declaration { day, message: Message::Waybill(Box::new(consignment)), awb, fraud, keys }
}

fn outcome(row: &Declaration) -> Message<'static> {
    let kind = if row.fraud { OutcomeKind::Seized } else { OutcomeKind::Screened };
    Message::Outcome(Box::new(Outcome { awb: Some(row.awb), kind, time: Some(row.day), ..Outcome::default() }))
}

/// Any airport of each country.
fn airport_by_country() -> HashMap<&'static str, Airport> {
    let letters = || b'A'..=b'Z';
    let codes = letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| [a, b, c])));
    let airports = codes.filter_map(|code| Airport::new(std::str::from_utf8(&code).ok()?));
    airports.filter_map(|airport| Some((airports::country(airport)?, airport))).collect()
}

//! The matcher against published data, where it is there (`../shared/data`): what `docs/names.md` promises.

use std::path::PathBuf;

use super::*;
use crate::names::{Name, Schema, Scorer, Search, variants};

fn data(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(name);
    path.exists().then_some(path)
}

fn un() -> Option<Watchlists> {
    let list = Format::UnXml.read(&std::fs::read(data("watchlists/UN_consolidated.xml")?).unwrap(), &[]);
    assert_eq!((list.faults.len(), list.entries.len() > 900, list.as_of_day.is_some()), (0, true, true));
    Some(Watchlists::new(vec![Source { id: "un".to_owned(), entries: list.entries, ..Source::default() }]))
}

/// The share of the file's people that are met on the list, by name alone and with the birth date.
fn share_met(lists: &Watchlists, file: &str) -> (f64, f64) {
    let mut reader = csv::Reader::from_path(data(file).unwrap()).unwrap();
    let (mut search, mut rows, mut by_name, mut with_birth) = (Search::default(), 0.0, 0.0, 0.0);
    for row in reader.records() {
        let row = row.unwrap();
        rows += 1.0;
        let mut is_met = |birth| {
            let known = Known { birth, ..Known::default() };
            let hits = lists.names(&row[0], Some(Schema::Person), known, None, &mut search);
            let entry = hits.first().and_then(|hit| lists.entry(hit.id)).map(|(_, entry)| entry.title());
            if std::env::var_os("SHOW_HITS").is_some() {
                println!("{file} {} {hits:?} {entry:?}", &row[0]);
            }
            f64::from(u8::from(!hits.is_empty()))
        };
        by_name += is_met(None);
        with_birth += is_met(Birth::parse(&row[5]));
    }
    (by_name / rows, with_birth / rows)
}

#[test]
fn people_of_the_un_list_are_found_and_others_are_not() {
    let Some(lists) = un() else { return };
    let (recall, recall_with_birth) = share_met(&lists, "names/un_positives.csv");
    let (false_hits, false_hits_with_birth) = share_met(&lists, "names/negatives.csv");
    println!("un_recall {recall:.4} {recall_with_birth:.4} false {false_hits:.4} {false_hits_with_birth:.4}");
    assert!(recall >= 0.99 && recall_with_birth >= 0.99);
    assert!(false_hits <= 0.001 && false_hits_with_birth <= 0.001);
}

#[test]
fn whole_entities_are_judged_as_published() {
    let Some(path) = data("names/entity_bench_checks.yml") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut scorer = Scorer::default();
    let (mut right, mut all) = (0.0, 0.0);
    for check in text.split("- match: ").skip(1) {
        let is_match = check.starts_with("true");
        let schema = if field(check, "schema") == "Person" { Schema::Person } else { Schema::Company };
        let (query, candidate) = check.split_once("candidate:").unwrap();
        let name = |part: &str| match field(part, "name") {
            name if name.is_empty() => {
                ["firstName", "middleName", "fatherName", "lastName"].map(|key| field(part, key)).join(" ")
            }
            name => name,
        };
        let (query, candidate) = (name(query), name(candidate));
        let score = best(schema, &query, &candidate, &mut scorer);
        all += 1.0;
        right += f64::from(u8::from((score >= schema.threshold()) == is_match));
    }
    println!("entity_bench {:.4} of {all}", right / all);
    assert!(right / all >= 0.9);
}

fn best(schema: Schema, query: &str, listed: &str, scorer: &mut Scorer) -> f32 {
    let pairs = variants(query).flat_map(|query| variants(listed).map(move |listed| (query, listed)));
    pairs.map(|(one, other)| scorer.score(&Name::parse(one, schema), &Name::parse(other, schema))).fold(0.0, f32::max)
}

/// `key: value`, with the lines that continue it.
fn field(text: &str, key: &str) -> String {
    let mut lines = text.lines().skip_while(|line| !line.trim().starts_with(&format!("{key}:")));
    let Some(first) = lines.next() else { return String::new() };
    let rest = lines.take_while(|line| {
        !line.contains(": ") && !line.trim_end().ends_with(':') && !line.trim().is_empty() && !line.contains('#')
    });
    let value = first.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default();
    let value = rest.fold(value, |value, line| format!("{value} {}", line.trim()));
    value.trim_matches(['"', '\'']).to_owned()
}

#[test]
fn the_scores_rank_as_those_of_the_treasurys_own_search() {
    let Some(path) = data("names/ofac_search_scores_dev.csv") else { return };
    let mut scorer = Scorer::default();
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        theirs.push(row[2].parse::<f64>().unwrap());
        let both = [Schema::Person, Schema::Company].map(|schema| best(schema, &row[0], &row[1], &mut scorer));
        ours.push(f64::from(both[0].max(both[1])));
    }
    let correlation = correlation(&ranks(&theirs), &ranks(&ours));
    println!("ofac_rank_correlation {correlation:.3} over {}", ours.len());
    assert!(correlation > 0.5);
}

/// Ranks, ties at their mean.
fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count() as f64;
        let same = values.iter().filter(|other| *other == value).count() as f64;
        below + (same + 1.0) / 2.0
    };
    values.iter().map(rank).collect()
}

fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_one, mean_other) = (mean(one), mean(other));
    let product = |one: &[f64], mean_one: f64, other: &[f64], mean_other: f64| {
        one.iter().zip(other).map(|(one, other)| (one - mean_one) * (other - mean_other)).sum::<f64>()
    };
    product(one, mean_one, other, mean_other)
        / (product(one, mean_one, one, mean_one) * product(other, mean_other, other, mean_other)).sqrt()
}

#[test]
fn the_lists_of_the_un_and_the_treasury_are_read_without_fault() {
    let read = |name: &str| data(&format!("watchlists/{name}_2019.csv")).map(|path| std::fs::read(path).unwrap());
    let (Some(sdn), Some(alt), Some(add)) = (read("sdn"), read("alt"), read("add")) else { return };
    assert_eq!(Format::sniff(&sdn), Format::OfacCsv);
    let list = Format::OfacCsv.read(&sdn, &[alt, add]);
    assert_eq!(list.faults, []);
    assert!(list.entries.len() > 7_000 && list.entries.iter().filter(|entry| entry.names.len() > 1).count() > 3_000);
    assert!(list.entries.iter().filter(|entry| !entry.births.is_empty()).count() > 3_000);
}

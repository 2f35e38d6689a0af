//! `loadgate match`

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;

use super::files::Lines;
use super::lists::Reading;
use super::{Exit, fail};
use crate::lists::{Birth, Known, NameHit, Source, Watchlists, country_code};
use crate::names::{Explanation, Name, Schema, Scorer, Search, variants};

/// Matches names against watchlists: one JSON line a query with the best candidates, their scores and the scores' parts. With
/// --pairs, scores pairs of names whose answer is known and prints precision, recall and F1 at the production threshold.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate match --list un.xml 'Arvid Solbakken'
  loadgate match --list sdn.csv --companion alt.csv --queries parties.csv | jq 'select(.hits != [])'
  loadgate match --pairs name_pairs.csv")]
pub struct Arguments {
    /// Names to look for.
    names: Vec<String>,
    /// A list; may be given several times.
    #[arg(long = "list", value_name = "FILE")]
    lists: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// CSV of queries: a column `name` or `full_name`; `country` or `nationality`, `date_of_birth` and `address` move the score.
    #[arg(long, value_name = "CSV")]
    queries: Option<PathBuf>,
    /// CSV of pairs: columns schema, name1, name2, is_match, and if you like category.
    #[arg(long, value_name = "CSV", conflicts_with_all = ["lists", "queries", "names"])]
    pairs: Option<PathBuf>,
    /// Least score; default: the production threshold.
    #[arg(long)]
    threshold: Option<f32>,
    /// How queries are read; default: as people and as companies.
    #[arg(long, value_enum)]
    schema: Option<SchemaName>,
    /// Candidates printed for a query at most.
    #[arg(long, default_value_t = 5)]
    best: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SchemaName {
    Person,
    Company,
}

impl From<SchemaName> for Schema {
    fn from(name: SchemaName) -> Self {
        match name {
            SchemaName::Person => Schema::Person,
            SchemaName::Company => Schema::Company,
        }
    }
}

pub fn run(arguments: &Arguments) -> Exit {
    if let Some(path) = &arguments.pairs {
        return match pairs(path, arguments.threshold) {
            Ok(report) => {
                let _ = std::io::stdout().write_all(report.as_bytes());
                Exit::Done
            }
            Err(reason) => fail(Exit::Usage, reason),
        };
    }
    match search(arguments) {
        Ok(()) => Exit::Done,
        Err(reason) => fail(Exit::Usage, reason),
    }
}

/// One query.
#[derive(Debug, Default)]
struct Query {
    name: String,
    country: Option<String>,
    birth: Option<Birth>,
    address: Option<String>,
}

fn search(arguments: &Arguments) -> Result<(), String> {
    let mut sources = Vec::new();
    for path in &arguments.lists {
        let (_, list) = arguments.reading.read(path)?;
        list.faults.iter().for_each(|fault| eprintln!("{}: {fault}", path.display()));
        let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        sources.push(Source { id, entries: list.entries, as_of_day: list.as_of_day, ..Source::default() });
    }
    if sources.is_empty() {
        return Err("name a list with --list FILE, or pairs with --pairs CSV".to_owned());
    }
    let mut queries: Vec<_> = arguments.names.iter().map(|name| Query { name: name.clone(), ..Query::default() }).collect();
    if let Some(path) = &arguments.queries {
        queries.extend(read_queries(path)?);
    }
    let (lists, mut search, mut scorer) = (Watchlists::new(sources), Search::default(), Scorer::default());
    let mut lines = Lines::stdout();
    for query in &queries {
        let known = Known { country: query.country.as_deref(), birth: query.birth, address: query.address.as_deref() };
        let hits = lists.names(&query.name, arguments.schema.map(Into::into), known, arguments.threshold, &mut search);
        let hits: Vec<_> = hits.iter().take(arguments.best).filter_map(|hit| line(&lists, query, hit, &mut scorer)).collect();
        if !lines.write(&json!({ "query": query.name, "hits": hits })) {
            break;
        }
    }
    lines.finish();
    Ok(())
}

#[derive(Serialize)]
struct Hit<'h> {
    list: &'h str,
    entry: &'h str,
    title: String,
    name: String,
    schema: &'static str,
    score: f32,
    name_score: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<crate::lists::Agreement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth: Option<crate::lists::Agreement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<crate::lists::Agreement>,
    #[serde(flatten)]
    parts: Parts,
}

#[derive(Serialize)]
struct Parts {
    parts: Vec<crate::names::Part>,
    query_left: Vec<String>,
    entry_left: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forms_differ: Option<(&'static str, &'static str)>,
}

fn line<'h>(lists: &'h Watchlists, query: &Query, hit: &NameHit, scorer: &mut Scorer) -> Option<Hit<'h>> {
    let (source, entry) = lists.entry(hit.id)?;
    let (name, Explanation { parts, query_left, entry_left, forms_differ, .. }) = lists.explain(&query.name, hit, scorer)?;
    Some(Hit {
        list: &source.id,
        entry: &entry.id,
        title: entry.title(),
        name,
        schema: if hit.schema == Schema::Person { "person" } else { "company" },
        score: hit.score,
        name_score: hit.name_score,
        country: hit.country,
        birth: hit.birth,
        address: hit.address,
        parts: Parts { parts, query_left, entry_left, forms_differ },
    })
}

fn read_queries(path: &Path) -> Result<Vec<Query>, String> {
    let fault = |error: csv::Error| format!("{}: {error}", path.display());
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(fault)?;
    let header = reader.headers().map_err(fault)?.clone();
    let field = |row: &csv::StringRecord, names: &[&str]| {
        let at = names.iter().find_map(|name| header.iter().position(|column| column == *name));
        at.and_then(|at| row.get(at)).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let query = |row: csv::StringRecord| Query {
        name: field(&row, &["name", "full_name"]).unwrap_or_default(),
        country: field(&row, &["country", "nationality"]).and_then(|country| country_code(&country)),
        birth: field(&row, &["date_of_birth", "birth_date"]).and_then(|date| Birth::parse(&date)),
        address: field(&row, &["address"]),
    };
    reader.records().map(|row| row.map(query).map_err(fault)).collect()
}

/// Answers counted.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    hits: f64,
    false_hits: f64,
    missed: f64,
}

impl Count {
    fn add(&mut self, hit: bool, is_match: bool) {
        match (hit, is_match) {
            (true, true) => self.hits += 1.0,
            (true, false) => self.false_hits += 1.0,
            (false, true) => self.missed += 1.0,
            (false, false) => {}
        }
    }

    /// `precision`, `recall`, `f1`; 0 where there is nothing to divide by.
    fn lines(self, suffix: &str) -> String {
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let precision = share(self.hits, self.hits + self.false_hits);
        let recall = share(self.hits, self.hits + self.missed);
        let f1 = share(2.0 * self.hits, 2.0 * self.hits + self.false_hits + self.missed);
        format!("precision{suffix} {precision:.4}\nrecall{suffix} {recall:.4}\nf1{suffix} {f1:.4}\n")
    }
}

/// A pair as scored.
struct Scored {
    score: f32,
    threshold: f32,
    is_match: bool,
    category: String,
}

const FOLDS: usize = 5;

/// Overall figures, then by category, then the cross-validation: the threshold chosen on the other folds, counted on each.
fn pairs(path: &Path, threshold: Option<f32>) -> Result<String, String> {
    let scored = score_pairs(path, threshold)?;
    let mut whole = Count::default();
    let mut categories: BTreeMap<&str, Count> = BTreeMap::new();
    for pair in &scored {
        let hit = pair.score >= pair.threshold;
        whole.add(hit, pair.is_match);
        categories.entry(&pair.category).or_default().add(hit, pair.is_match);
    }
    let mut report = whole.lines("");
    for (category, count) in categories.iter().filter(|(category, _)| !category.is_empty()) {
        report.push_str(&count.lines(&format!("{{category=\"{category}\"}}")));
    }
    let mut crossed = Count::default();
    for fold in 0..FOLDS {
        let of_fold = |number: usize| number % FOLDS == fold;
        let others = scored.iter().enumerate().filter(|(number, _)| !of_fold(*number)).map(|(_, pair)| pair);
        let chosen = best_threshold(&others.collect::<Vec<_>>());
        scored
            .iter()
            .enumerate()
            .filter(|(number, _)| of_fold(*number))
            .for_each(|(_, pair)| crossed.add(pair.score >= chosen, pair.is_match));
    }
    report.push_str(&crossed.lines(&format!("{{cross_validated=\"{FOLDS}\"}}")));
    Ok(report)
}

/// The threshold with the highest F1, in hundredths.
fn best_threshold(pairs: &[&Scored]) -> f32 {
    let f1 = |threshold: f32| {
        let mut count = Count::default();
        pairs.iter().for_each(|pair| count.add(pair.score >= threshold, pair.is_match));
        2.0 * count.hits / (2.0 * count.hits + count.false_hits + count.missed).max(1.0)
    };
    let steps = (50_u8..=95).map(|step| f32::from(step) / 100.0);
    steps.max_by(|one, other| f1(*one).total_cmp(&f1(*other))).unwrap_or_default()
}

fn score_pairs(path: &Path, threshold: Option<f32>) -> Result<Vec<Scored>, String> {
    let fault = |error: csv::Error| format!("{}: {error}", path.display());
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(fault)?;
    let header = reader.headers().map_err(fault)?.clone();
    let column = |name: &str| header.iter().position(|column| column == name);
    let required = |name: &str| column(name).ok_or_else(|| format!("{}: there is no column `{name}`", path.display()));
    let (schema, one, other, is_match) = (required("schema")?, required("name1")?, required("name2")?, required("is_match")?);
    let category = column("category");
    let mut scorer = Scorer::default();
    let mut scored = Vec::new();
    for row in reader.records() {
        let row = row.map_err(fault)?;
        let field = |at: usize| row.get(at).unwrap_or_default();
        let read_as = if field(schema).eq_ignore_ascii_case("person") { Schema::Person } else { Schema::Company };
        scored.push(Scored {
            score: best_score(read_as, field(one), field(other), &mut scorer),
            threshold: threshold.unwrap_or_else(|| read_as.threshold()),
            is_match: field(is_match).eq_ignore_ascii_case("true") || field(is_match) == "1",
            category: category.map(field).unwrap_or_default().to_owned(),
        });
    }
    Ok(scored)
}

fn best_score(schema: Schema, query: &str, listed: &str, scorer: &mut Scorer) -> f32 {
    let pairs = variants(query).flat_map(|query| variants(listed).map(move |listed| (query, listed)));
    let scores = pairs.map(|(query, listed)| scorer.score(&Name::parse(query, schema), &Name::parse(listed, schema)));
    scores.fold(0.0, f32::max)
}

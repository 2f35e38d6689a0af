//! `loadgate match`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;

use super::files::Lines;
use super::lists::Reading;
use super::{Exit, fail, match_pairs};
use crate::lists::{Birth, Known, NameHit, Source, Watchlists, country_code};
use crate::names::{Explanation, Schema, Scorer, Search};

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
        return match match_pairs::report(path, arguments.threshold) {
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

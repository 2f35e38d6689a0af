//! `loadgate list`

use std::io::Write;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{Exit, fail};
use crate::bundle::Bundle;
use crate::record::Reason;
use crate::screen::{facts, indicators};
use crate::{codes, metrics};

/// Prints a catalogue as a Markdown table; the pages under docs/ are made with it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate list facts
  loadgate list indicators --json | jq '.[] | select(.weight >= 40) | .id'")]
pub struct Arguments {
    #[arg(value_enum)]
    catalogue: Catalogue,
    /// A JSON list instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Catalogue {
    /// What profiles may speak of.
    Facts,
    /// The built-in checks.
    Indicators,
    /// Code lists of messages and regimes.
    Codes,
    /// Why a message goes to the dead letters.
    Reasons,
    Metrics,
    /// The profiles of the starter bundle.
    Profiles,
}

pub fn run(arguments: &Arguments) -> Exit {
    let table = match table(arguments.catalogue) {
        Ok(table) => table,
        Err(reason) => return fail(Exit::Failed, reason),
    };
    let page = if arguments.json { format!("{:#}\n", table.json()) } else { table.markdown() };
    // A reader that hangs up wants no more.
    let _ = std::io::stdout().write_all(page.as_bytes());
    Exit::Done
}

/// A catalogue as rows of text.
struct Table {
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let head: Vec<String> = self.columns.iter().map(ToString::to_string).collect();
        let rule = vec!["---".to_owned(); self.columns.len()];
        [line(&head), line(&rule)].into_iter().chain(self.rows.iter().map(|row| line(row))).collect()
    }

    fn json(&self) -> Value {
        let object = |row: &Vec<String>| -> Value {
            self.columns.iter().map(ToString::to_string).zip(row.iter().map(|cell| json!(cell))).collect()
        };
        self.rows.iter().map(object).collect()
    }
}

fn table(catalogue: Catalogue) -> Result<Table, String> {
    Ok(match catalogue {
        Catalogue::Facts => facts_table(),
        Catalogue::Indicators => indicators_table(),
        Catalogue::Codes => codes_table(),
        Catalogue::Reasons => Table {
            columns: &["reason", "meaning"],
            rows: Reason::ALL.iter().map(|reason| vec![reason.to_string(), reason.meaning().into()]).collect(),
        },
        Catalogue::Metrics => metrics_table(),
        Catalogue::Profiles => profiles_table()?,
    })
}

fn facts_table() -> Table {
    let row = |fact: &facts::Fact| {
        let kind = format!("{:?}", fact.kind).to_lowercase();
        vec![fact.name.into(), kind, fact.unit.into(), fact.meaning.into(), fact.source.into(), fact.codes.join(" ")]
    };
    Table { columns: &["fact", "type", "unit", "meaning", "source", "codes"], rows: facts::CATALOGUE.iter().map(row).collect() }
}

fn indicators_table() -> Table {
    let row = |indicator: &indicators::Indicator| {
        let domains: Vec<_> = indicator.domains.iter().map(|domain| domain.as_str()).collect();
        let threats: Vec<_> = indicator.threats.iter().map(|threat| threat.as_str()).collect();
        let weight = indicator.weight.to_string();
        let (title, about, source) = (indicator.title.into(), indicator.about.into(), indicator.source.into());
        vec![indicator.id.into(), title, weight, domains.join(", "), threats.join(", "), about, source]
    };
    let columns = &["id", "title", "weight", "domains", "threats", "about", "source"];
    Table { columns, rows: indicators::CATALOGUE.iter().map(row).collect() }
}

fn codes_table() -> Table {
    let rows = codes::lists::LISTS.iter().flat_map(|list| {
        list.rows.iter().map(|(code, meaning)| vec![list.id.into(), (*code).into(), (*meaning).into(), list.source.into()])
    });
    Table { columns: &["list", "code", "meaning", "source"], rows: rows.collect() }
}

fn metrics_table() -> Table {
    let row =
        |row: &&metrics::catalogue::Row| vec![row.name.into(), row.kind.as_str().into(), row.labels.join(", "), row.help.into()];
    Table { columns: &["name", "type", "labels", "meaning"], rows: metrics::catalogue::CATALOGUE.iter().map(row).collect() }
}

fn profiles_table() -> Result<Table, String> {
    let starter = Bundle::starter().map_err(|faults| faults.iter().map(ToString::to_string).collect::<String>())?;
    let rows = starter.profiles.iter().map(|profile| {
        vec![
            profile.id.clone(),
            profile.title.clone(),
            profile.threat.clone(),
            profile.domain.as_str().into(),
            profile.source.clone(),
        ]
    });
    Ok(Table { columns: &["id", "title", "threat", "domain", "source"], rows: rows.collect() })
}

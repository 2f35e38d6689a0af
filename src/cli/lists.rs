//! `loadgate lists`

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::{Args, Subcommand, ValueEnum};

use super::{Exit, fail};
use crate::lists::{Effect, Format, List, Thresholds};
use crate::model::Timestamp;
use crate::names::Schema;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tell what a list holds and what is wrong with it, row by row.
    Check(Check),
}

/// Exit code 0 when the list may take effect and every row was read, 2 when some rows were not, 1 when the list is refused.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  loadgate lists check lookouts.csv
  loadgate lists check sdn.csv --companion alt.csv --companion add.csv
  loadgate lists check new.xml --previous old.xml")]
struct Check {
    file: PathBuf,
    #[command(flatten)]
    reading: Reading,
    /// The version in force: a list that has shrunk much against it is refused.
    #[arg(long, value_name = "FILE")]
    previous: Option<PathBuf>,
}

/// How a list file is read.
#[derive(Debug, Args)]
pub(super) struct Reading {
    /// Format of the list; default: told by its first bytes.
    #[arg(long = "list-format", value_enum)]
    format: Option<FormatName>,
    /// Files that OFAC keeps beside sdn.csv: first the aliases, then the addresses.
    #[arg(long = "companion", value_name = "FILE")]
    companions: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum FormatName {
    Csv,
    UnXml,
    OfacCsv,
    OfacXml,
    Ftm,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Csv => Format::Csv,
            FormatName::UnXml => Format::UnXml,
            FormatName::OfacCsv => Format::OfacCsv,
            FormatName::OfacXml => Format::OfacXml,
            FormatName::Ftm => Format::Ftm,
        }
    }
}

impl Reading {
    /// Reads one list; the companions of an OFAC list that lie beside it are found by their names.
    pub(super) fn read(&self, path: &Path) -> Result<(Format, List), String> {
        let bytes = |path: &Path| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
        let main = bytes(path)?;
        let format = self.format.map_or_else(|| Format::sniff(&main), Into::into);
        let companions: Vec<_> = self.companions.iter().map(|path| bytes(path)).collect::<Result<_, _>>()?;
        Ok((format, format.read(&main, &companions)))
    }
}

pub fn run(arguments: &Arguments) -> Exit {
    let Command::Check(check) = &arguments.command;
    let (format, list) = match check.reading.read(&check.file) {
        Ok(read) => read,
        Err(reason) => return fail(Exit::Usage, reason),
    };
    let before = match check.previous.as_deref().map(|path| check.reading.read(path)).transpose() {
        Ok(before) => before.map(|(_, list)| list.entries.len()),
        Err(reason) => return fail(Exit::Usage, reason),
    };
    let thresholds = Thresholds::default();
    let now = Timestamp::from(SystemTime::now());
    let today = i32::try_from(now.millis().div_euclid(86_400_000)).unwrap_or(i32::MAX);
    // A reader that hangs up wants no more.
    let _ = std::io::stdout().write_all(report(format, &list, &thresholds, today).as_bytes());
    for fault in &list.faults {
        eprintln!("{}: {fault}", check.file.display());
    }
    match list.fault_count - list.faults.len() {
        0 => {}
        more => eprintln!("{}: and {more} more faults", check.file.display()),
    }
    match thresholds.accept(&list, before) {
        Err(refusal) => fail(Exit::Failed, format!("{}: refused: {refusal}", check.file.display())),
        Ok(()) if list.fault_count == 0 => Exit::Done,
        Ok(()) => Exit::SomeRefused,
    }
}

/// `name value` lines.
fn report(format: Format, list: &List, thresholds: &Thresholds, today: i32) -> String {
    let entries = || list.entries.iter();
    let count = |wanted: fn(&Schema) -> bool| entries().filter(|entry| entry.schema.as_ref().is_some_and(wanted)).count();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    entries().flat_map(|entry| &entry.identifiers).for_each(|identifier| *kinds.entry(identifier.kind()).or_default() += 1);
    let mut lines = vec![
        ("format".to_owned(), format.as_str().to_owned()),
        ("entries".to_owned(), list.entries.len().to_string()),
        ("people".to_owned(), count(|schema| *schema == Schema::Person).to_string()),
        ("companies".to_owned(), count(|schema| *schema == Schema::Company).to_string()),
        ("names".to_owned(), entries().map(|entry| entry.names.len()).sum::<usize>().to_string()),
        ("weak_names".to_owned(), entries().flat_map(|entry| &entry.names).filter(|name| name.weak).count().to_string()),
        ("birth_dates".to_owned(), entries().map(|entry| entry.births.len()).sum::<usize>().to_string()),
        ("addresses".to_owned(), entries().map(|entry| entry.addresses.len()).sum::<usize>().to_string()),
    ];
    lines.extend(kinds.into_iter().map(|(kind, count)| (kind.to_owned(), count.to_string())));
    let allowed = entries().filter(|entry| entry.effect == Effect::Allow).count();
    let over = entries().filter(|entry| entry.valid.until_day < today).count();
    lines.push(("allow_entries".to_owned(), allowed.to_string()));
    lines.push(("no_longer_valid".to_owned(), over.to_string()));
    lines.push(("skipped_rows".to_owned(), list.skipped.to_string()));
    lines.push(("faults".to_owned(), list.fault_count.to_string()));
    if let Some(day) = list.as_of_day {
        let stale = if thresholds.is_stale(day, today) { " stale" } else { "" };
        lines.push(("age_days".to_owned(), format!("{}{stale}", i64::from(today) - i64::from(day))));
    }
    lines.into_iter().map(|(name, value)| format!("{name} {value}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_counts_what_a_list_holds() {
        let text = "id,type,name,phone,valid_until,effect\n1,person,Arvid Solbakken,+4722123456,2026-01-31,\n\
                    2,company,Kestrel LLC,,,allow\n3,thing,X,,,\n";
        let list = Format::Csv.read(text.as_bytes(), &[]);
        let report = report(Format::Csv, &list, &Thresholds::default(), 20_600);
        for line in ["entries 2", "people 1", "companies 1", "phone 1", "allow_entries 1", "no_longer_valid 1", "faults 1"] {
            assert!(report.lines().any(|row| row == line), "{line} not in\n{report}");
        }
        assert_eq!(list.faults[0].to_string(), "line 4: type must be `person`, `company` or empty, this is `thing`");
    }
}

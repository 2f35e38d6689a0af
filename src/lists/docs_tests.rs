//! The examples of `docs/lists.md` are read as it says.

use super::*;
use crate::bundle::File;
use crate::model::Timestamp;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/lists.md");

fn block(page: &str, language: &str) -> String {
    let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// `BLESS=1 cargo test` writes the table of columns anew.
#[test]
fn the_columns_of_the_documentation_are_the_formats() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let head = "| column | what it holds |\n|---|---|\n";
    let rows: String = OWN_COLUMNS.iter().map(|(name, meaning)| format!("| `{name}` | {meaning} |\n")).collect();
    let (before, after) = page.split_once(head).unwrap();
    let after = after.trim_start_matches(|letter| letter != '\n' && letter == '|');
    let rest: String = after
        .lines()
        .skip_while(|line| line.starts_with('|') || line.starts_with(" `"))
        .map(|line| format!("{line}\n"))
        .collect();
    let rewritten = format!("{before}{head}{rows}{rest}");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(PAGE, &rewritten).unwrap();
    }
    assert!(std::fs::read_to_string(PAGE).unwrap() == rewritten, "docs/lists.md: run BLESS=1 cargo test");
}

#[test]
fn the_example_lists_are_valid_and_take_effect_together() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let list = Format::Csv.read(block(&page, "csv").as_bytes(), &[]);
    assert_eq!((list.entries.len(), list.faults), (4, Vec::new()));
    let file = |name: &str, language| File { path: format!("lists/{name}"), text: block(&page, language) };
    let files = [file("lists.toml", "toml"), file("lookouts.csv", "csv")];
    let watch = crate::screen::watch::Watch::read(&files.each_ref()).unwrap().unwrap();
    let as_of = Timestamp::parse_rfc3339("2026-01-10T00:00:00Z");
    let told: Vec<_> = watch.lists().map(|list| (list.id, list.entries, list.as_of, list.age_max.as_secs() / 86_400)).collect();
    assert_eq!(told, [("lookouts", 4, as_of, 30)]);
}

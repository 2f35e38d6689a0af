//! The worked examples of `docs/names.md` are what the scorer says.

use super::{Name, Schema, Scorer};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/names.md");

/// `BLESS=1 cargo test` writes score and parts anew.
#[test]
fn the_worked_examples_of_the_documentation_are_true() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let mut scorer = Scorer::default();
    let rewritten: String =
        page.lines().map(|line| example(line, &mut scorer).unwrap_or_else(|| line.to_owned()) + "\n").collect();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(PAGE, &rewritten).unwrap();
    }
    let written = std::fs::read_to_string(PAGE).unwrap();
    assert!(written.lines().filter(|line| line.starts_with("| person |")).count() >= 8);
    assert!(written == rewritten, "docs/names.md: run BLESS=1 cargo test");
}

/// The row of an example, filled in.
fn example(line: &str, scorer: &mut Scorer) -> Option<String> {
    let mut cells = line.trim_matches(['|', ' ']).split('|').map(str::trim);
    let (read_as, party, listed) = (cells.next()?, cells.next()?, cells.next()?);
    let schema = match read_as {
        "person" => Schema::Person,
        "company" => Schema::Company,
        _ => return None,
    };
    let explanation = scorer.explain(&Name::parse(party, schema), &Name::parse(listed, schema));
    let part = |part: &super::Part| format!("{} = {} ({})", part.query, part.entry, part.how.as_str());
    let mut parts: Vec<_> = explanation.parts.iter().map(part).collect();
    for (side, left) in [("party", &explanation.query_left), ("list", &explanation.entry_left)] {
        parts.extend((!left.is_empty()).then(|| format!("only {side}: {}", left.join(" "))));
    }
    parts.extend(explanation.forms_differ.map(|(party, listed)| format!("forms: {party}, {listed}")));
    Some(format!("| {read_as} | {party} | {listed} | {:.2} | {} |", explanation.score, parts.join("; ")))
}

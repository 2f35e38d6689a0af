//! What faulty profiles are answered with, as text, and the guide's examples. With `BLESS=1` the answers are written anew, to be
//! read in the diff.

use std::fs;
use std::path::Path;

use super::*;
use crate::diagnostic::render;
use crate::screen::facts::CATALOGUE;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn faulty_profiles_are_answered_with_their_places_and_suggestions() {
    let mut compared = 0;
    for entry in fs::read_dir(root().join("tests/data/diagnostics")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let (name, text) = (path.file_name().unwrap().to_string_lossy(), fs::read_to_string(&path).unwrap());
        let answer = render(&Profile::read(Source { name: &name, text: &text }, CATALOGUE).unwrap_err());
        let expected = path.with_extension("txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &answer).unwrap();
        }
        assert_eq!(answer, fs::read_to_string(&expected).unwrap(), "{name}");
        compared += 1;
    }
    assert!(compared >= 5);
}

#[test]
fn the_examples_of_the_guide_load_and_pass_their_cases() {
    let guide = fs::read_to_string(root().join("docs/profiles.md")).unwrap();
    let examples: Vec<_> = guide.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!examples.is_empty());
    for text in examples {
        let profile = Profile::read(Source { name: "docs/profiles.md", text }, CATALOGUE);
        let profile = profile.unwrap_or_else(|faults| panic!("{}", render(&faults)));
        let failed = profile.check_cases(CATALOGUE);
        assert!(failed.is_empty(), "{}", render(&failed));
    }
}

#[test]
fn every_condition_in_the_guide_s_table_compiles() {
    let guide = fs::read_to_string(root().join("docs/profiles.md")).unwrap();
    let rows = guide.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let conditions: Vec<_> = rows.map(|(condition, _)| condition.replace("\\|", "|")).collect();
    assert!(conditions.len() >= 10);
    for condition in conditions {
        let compiled = Condition::compile(&condition, CATALOGUE);
        assert!(compiled.is_ok(), "{condition}: {compiled:?}");
    }
}

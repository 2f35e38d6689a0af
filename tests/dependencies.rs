//! What is linked in comes under a licence that `deny.toml` allows. `cargo deny check` looks further: at advisories, sources, bans.

use std::process::Command;

use serde_json::Value;

use crate::support::fetched::run;
use crate::support::tools::repository;

#[test]
fn every_dependency_has_a_licence_that_is_allowed() {
    let rules: toml::Table = std::fs::read_to_string(repository("deny.toml")).unwrap().parse().unwrap();
    let allowed: Vec<&str> = rules["licenses"]["allow"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let mut metadata = Command::new(env!("CARGO"));
    metadata.args(["metadata", "--offline", "--locked", "--format-version=1", "--filter-platform=x86_64-unknown-linux-gnu"]);
    let metadata: Value = serde_json::from_str(&run(metadata.current_dir(repository("")))).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "{}", packages.len());
    let exceptions = rules["licenses"]["exceptions"].as_array().unwrap();
    for package in packages {
        let licence = package["license"].as_str().unwrap_or_default();
        let mine = exceptions.iter().filter(|exception| exception["crate"].as_str() == package["name"].as_str());
        let more = mine.flat_map(|exception| exception["allow"].as_array().unwrap()).map(|id| id.as_str().unwrap());
        let allowed: Vec<&str> = allowed.iter().copied().chain(more).collect();
        assert!(is_allowed(licence, &allowed), "{} {} is under {licence:?}", package["name"], package["version"]);
    }
}

/// Evaluates an SPDX expression: AND binds closer than OR; an exception widens what its licence allows.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    either(&mut words, allowed) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    let mut good = both(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        good |= both(words, allowed);
    }
    good
}

fn both(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    let mut good = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        good &= one(words, allowed);
    }
    good
}

fn one(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    match words.next() {
        Some("(") => {
            let good = either(words, allowed);
            words.next_if_eq(&")").is_some() && good
        }
        Some(licence) => {
            if words.next_if_eq(&"WITH").is_some() {
                words.next();
            }
            allowed.contains(&licence)
        }
        None => false,
    }
}

#[test]
fn expressions_are_evaluated_as_spdx_says() {
    let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"];
    for good in ["MIT", "GPL-3.0 OR MIT", "(MIT OR GPL-3.0) AND Unicode-3.0", "MIT/GPL-3.0", "Apache-2.0 WITH LLVM-exception"] {
        assert!(is_allowed(good, &allowed), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(GPL-3.0 OR MIT) AND AGPL-3.0", "MIT MIT", "GPL-3.0 OR MIT AND GPL-2.0"] {
        assert!(!is_allowed(bad, &allowed), "{bad}");
    }
}

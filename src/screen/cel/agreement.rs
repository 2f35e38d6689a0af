//! The second opinion: the `cel` crate says the same about every case of the subset.

use std::sync::Arc;

use cel::extractors::This;
use cel::{Context, Program, Value as CelValue};

use super::tests::{CATALOGUE, row};
use super::*;
use crate::screen::profile::FactTable;
use crate::screen::value::Value;

const CASES: &str = include_str!("../../../tests/data/cel/subset.txt");
const ROW: &str = include_str!("../../../tests/data/cel/row.toml");

fn cel_value(value: Value<'_>) -> Option<CelValue> {
    let time = |time: crate::model::Timestamp| {
        chrono::DateTime::from_timestamp_millis(time.millis()).map(|time| CelValue::Timestamp(time.fixed_offset()))
    };
    match value {
        Value::Missing => None,
        Value::Bool(truth) => Some(truth.into()),
        Value::Int(number) => Some(number.into()),
        Value::Double(number) => Some(number.into()),
        Value::Text(text) => Some(text.into()),
        Value::Time(at) => time(at),
        Value::List(list) => Some(list.iter().map(str::to_owned).collect::<Vec<_>>().into()),
    }
}

/// Every stated fact is a variable, and a field of `row` for `has`.
fn context(row: &FactTable) -> Context<'static, 'static> {
    let mut context = Context::default();
    let mut stated = std::collections::HashMap::new();
    for (fact, index) in CATALOGUE.iter().zip(0..) {
        let value = row.value(index);
        if let Some(found) = cel_value(value) {
            context.add_variable_from_value(fact.name, found.clone());
            if !matches!(value, Value::List(list) if list.is_empty()) {
                stated.insert(fact.name.to_owned(), found);
            }
        }
    }
    context.add_variable_from_value("row", CelValue::from(stated));
    // CEL's strings extension, which the crate leaves to its users.
    context.add_function("lowerAscii", |This(text): This<Arc<String>>| text.to_ascii_lowercase()).unwrap();
    context.add_function("upperAscii", |This(text): This<Arc<String>>| text.to_ascii_uppercase()).unwrap();
    context
}

fn second_opinion(condition: &str, context: &Context<'_, '_>) -> Outcome {
    let program = Program::compile(&condition.replace("has(", "has(row.")).unwrap();
    match program.execute(context) {
        Ok(CelValue::Bool(truth)) => Outcome::of(truth),
        Ok(other) => panic!("{condition} is {other:?}"),
        Err(_) => Outcome::Undecided,
    }
}

#[test]
fn every_case_of_the_subset_is_judged_alike_here_and_by_the_cel_crate() {
    let row = row(ROW);
    let context = context(&row);
    let mut cases = 0;
    let mut unlike = Vec::new();
    for line in CASES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (expected, condition) = line.split_once(' ').map(|(word, condition)| (word, condition.trim())).unwrap();
        let expected = match expected {
            "match" => Outcome::Match,
            "no_match" => Outcome::NoMatch,
            "undecided" => Outcome::Undecided,
            other => panic!("{other}"),
        };
        let ours = Condition::compile(condition, CATALOGUE).unwrap_or_else(|faults| panic!("{condition}: {faults:?}"));
        let (ours, theirs) = (ours.evaluate(&row), second_opinion(condition, &context));
        if (ours, theirs) != (expected, expected) {
            unlike.push(format!("{condition}: expected {expected:?}, here {ours:?}, cel {theirs:?}"));
        }
        cases += 1;
    }
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
    assert!(cases >= 100, "{cases}");
}

//! Reasons: one sentence with the values of facts in it, `{fact}` standing for the value.

use std::borrow::Cow;

use crate::screen::cel::{FactIndex, Row};
use crate::screen::facts::Fact;
use crate::screen::value::Value;

/// A reason ready to be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Fact(FactIndex),
}

/// A placeholder at fault: its bytes in the text, the name between the braces.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadPlaceholder {
    pub span: std::ops::Range<usize>,
    /// `None` when the brace is not closed.
    pub name: Option<String>,
}

/// Longest value shown, in characters.
const VALUE_CHARS_MAX: usize = 200;

impl Reason {
    /// Reads the text; `{{` and `}}` stand for braces.
    pub(super) fn read(text: &str, catalogue: &[Fact]) -> Result<Self, Vec<BadPlaceholder>> {
        let (mut parts, mut plain, mut faults) = (Vec::new(), String::new(), Vec::new());
        let mut at = 0;
        while let Some(next) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let rest = text.get(at..).unwrap_or_default();
            if rest.starts_with("{{") || rest.starts_with("}}") {
                plain.push(next);
                at += 2;
            } else if next == '{' {
                let end = rest.find('}').map_or(text.len(), |close| at + close + 1);
                let name = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
                match name.and_then(|name| position(name, catalogue)) {
                    Some(fact) => {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                        parts.push(Part::Fact(fact));
                    }
                    None => faults.push(BadPlaceholder { span: at..end, name: name.map(str::to_owned) }),
                }
                at = end;
            } else {
                plain.push(next);
                at += next.len_utf8();
            }
        }
        parts.push(Part::Text(plain));
        parts.retain(|part| *part != Part::Text(String::new()));
        if faults.is_empty() { Ok(Self { parts }) } else { Err(faults) }
    }

    /// The sentence for a row; what the row lacks reads `not stated`.
    pub fn fill<R: Row>(&self, row: &R) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Fact(fact) => shown(row.value(*fact)).unwrap_or_else(|| "not stated".to_owned()),
        };
        self.parts.iter().map(part).collect()
    }
}

fn position(name: &str, catalogue: &[Fact]) -> Option<FactIndex> {
    catalogue.iter().position(|fact| fact.name == name).and_then(|position| position.try_into().ok())
}

/// The stated values of these facts, by name.
pub(super) fn values<R: Row>(facts: &[FactIndex], row: &R, catalogue: &'static [Fact]) -> Vec<(Cow<'static, str>, String)> {
    let value = |fact: &FactIndex| {
        let name = catalogue.get(usize::from(*fact))?.name;
        Some((Cow::Borrowed(name), shown(row.value(*fact))?))
    };
    facts.iter().filter_map(value).collect()
}

/// As people read it: numbers with at most two decimals, lists with commas; `None` when there is nothing.
fn shown(value: Value<'_>) -> Option<String> {
    match value {
        Value::Missing => None,
        Value::Bool(truth) => Some(if truth { "yes" } else { "no" }.to_owned()),
        Value::Int(number) => Some(number.to_string()),
        Value::Double(number) => Some(rounded(number)),
        Value::Text(text) => Some(shortened(text)),
        Value::Time(time) => Some(time.to_string()),
        Value::List(list) if list.is_empty() => None,
        Value::List(list) => Some(shortened(&list.iter().collect::<Vec<_>>().join(", "))),
    }
}

fn rounded(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::facts::CATALOGUE;

    struct Bogota;

    impl Row for Bogota {
        fn value(&self, fact: FactIndex) -> Value<'_> {
            match CATALOGUE[usize::from(fact)].name {
                "origin" => Value::Text("BOG"),
                _ => Value::Missing,
            }
        }
    }

    #[test]
    fn placeholders_become_values_and_double_braces_stay() {
        let reason = Reason::read("from {origin}, {kind} {{x}} é", CATALOGUE).unwrap();
        assert_eq!(reason.fill(&Bogota), "from BOG, not stated {x} é");
    }

    #[test]
    fn placeholders_without_a_fact_or_an_end_are_refused_at_their_place() {
        let faults = Reason::read("{orgin} {{ok}} {origin", CATALOGUE).unwrap_err();
        let expected = [BadPlaceholder { span: 0..7, name: Some("orgin".into()) }, BadPlaceholder { span: 15..22, name: None }];
        assert_eq!(faults, expected);
    }

    #[test]
    fn numbers_are_shown_without_needless_decimals() {
        assert_eq!([rounded(12.0), rounded(0.126), rounded(100.5)], ["12", "0.13", "100.5"]);
    }
}

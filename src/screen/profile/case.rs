//! Test cases of a profile: facts or a message, and whether the profile matches them.

use toml::Spanned;
use toml::de::DeValue;

use crate::diagnostic::table::{Faults, Table};
use crate::diagnostic::{Diagnostic, Place, Severity, did_you_mean};
use crate::model::{Consignment, Text, Timestamp};
use crate::screen::cel::{Condition, FactIndex, Outcome, Row};
use crate::screen::facts::{Fact, Facts, FactsBuffer};
use crate::screen::value::{Kind, List, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    Match,
    NoMatch,
}

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    pub name: String,
    pub expect: Expectation,
    given: Given,
    /// Of its name.
    place: Place,
}

#[derive(Debug, Clone)]
enum Given {
    Facts(FactTable),
    /// A consignment in the canonical JSON form, and when it arrived.
    Message(String, Timestamp),
}

/// Facts written down by hand; what is not written is missing.
#[derive(Debug, Clone, Default)]
pub struct FactTable {
    /// By position in the catalogue.
    values: Vec<Option<Written>>,
}

#[derive(Debug, Clone)]
enum Written {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    Time(Timestamp),
    List(Vec<Text<'static>>),
}

/// When a case's message arrives, unless it says `received`: 2026-01-01T00:00:00Z.
const RECEIVED_DEFAULT: Timestamp = Timestamp::from_millis(1_767_225_600_000);

impl Row for FactTable {
    fn value(&self, fact: FactIndex) -> Value<'_> {
        match self.values.get(usize::from(fact)).and_then(Option::as_ref) {
            None => Value::Missing,
            Some(Written::Bool(truth)) => Value::Bool(*truth),
            Some(Written::Int(number)) => Value::Int(*number),
            Some(Written::Double(number)) => Value::Double(*number),
            Some(Written::Text(text)) => Value::Text(text),
            Some(Written::Time(time)) => Value::Time(*time),
            Some(Written::List(list)) => Value::List(List::Texts(list)),
        }
    }
}

impl Case {
    /// Reads one `[[case]]`.
    pub(super) fn read(table: Table<'_, '_>, catalogue: &[Fact]) -> Option<Self> {
        let name = table.required_text("name");
        let expect = table.choice("expect", &[("match", Expectation::Match), ("no_match", Expectation::NoMatch)]);
        table.require("expect");
        let (facts, message) = (table.table("facts"), table.text("message"));
        let received = table.time("received");
        let given = match (facts, message) {
            (Some(facts), None) => Some(Given::Facts(FactTable::read(&facts, catalogue))),
            (None, Some(message)) => {
                if let Err(error) = serde_json::from_str::<Consignment<'_>>(message.text) {
                    table.faults().add(message.span, format!("not a consignment in JSON: {error}"), None);
                }
                Some(Given::Message(message.text.to_owned(), received.unwrap_or(RECEIVED_DEFAULT)))
            }
            _ => {
                table.faults().add(table.span(), "a case needs either `facts` or `message`", None);
                None
            }
        };
        let name = name?;
        let place = table.faults().source.place(name.span);
        table.finish();
        Some(Self { name: name.text.to_owned(), expect: expect?, given: given?, place })
    }

    /// The fault when the condition does not say what is expected.
    pub(super) fn check(&self, condition: &Condition, catalogue: &[Fact]) -> Option<Diagnostic> {
        let outcome = match &self.given {
            Given::Facts(facts) => condition.evaluate(facts),
            Given::Message(message, received) => screened(message, *received, condition)?,
        };
        let expected = match self.expect {
            Expectation::Match => outcome == Outcome::Match,
            Expectation::NoMatch => outcome != Outcome::Match,
        };
        let found = match outcome {
            Outcome::Match => "the profile matches, and it must not".to_owned(),
            Outcome::NoMatch => "the profile does not match, and it must".to_owned(),
            Outcome::Undecided => format!("the profile is undecided, and it must match; {}", self.missing(condition, catalogue)),
        };
        let message = format!("case {:?}: {found}", self.name);
        (!expected).then(|| Diagnostic { severity: Severity::Error, place: self.place.clone(), message, suggestion: None })
    }

    fn missing(&self, condition: &Condition, catalogue: &[Fact]) -> String {
        let Given::Facts(facts) = &self.given else { return "a fact that decides is missing".to_owned() };
        let missing = condition.facts().iter().filter(|fact| facts.value(**fact) == Value::Missing);
        let names: Vec<_> = missing.filter_map(|fact| catalogue.get(usize::from(*fact))).map(|fact| fact.name).collect();
        format!("the case does not state {}", names.join(", "))
    }
}

/// What the condition says about a message; `None` when it cannot be read, which was told when the case was.
fn screened(message: &str, received: Timestamp, condition: &Condition) -> Option<Outcome> {
    let consignment: Consignment<'_> = serde_json::from_str(message).ok()?;
    let mut buffer = FactsBuffer::default();
    Some(condition.evaluate(&Facts::new(&consignment, received, &mut buffer)))
}

impl FactTable {
    /// Reads a table of facts by name; the values must be of the facts' kinds.
    pub fn read(table: &Table<'_, '_>, catalogue: &[Fact]) -> Self {
        let mut values: Vec<Option<Written>> = catalogue.iter().map(|fact| empty(fact.kind)).collect();
        for (key, value) in table.entries() {
            let position = catalogue.iter().position(|fact| fact.name == key.text);
            match position.and_then(|position| Some((values.get_mut(position)?, catalogue.get(position)?))) {
                Some((slot, fact)) => *slot = written(fact, value, table.faults()).or(slot.take()),
                None => {
                    let hint = did_you_mean(key.text, catalogue.iter().map(|fact| fact.name));
                    table.faults().add(key.span, format!("there is no fact `{}`", key.text), hint);
                }
            }
        }
        Self { values }
    }
}

/// A list that a message does not carry is empty, not missing.
fn empty(kind: Kind) -> Option<Written> {
    (kind == Kind::TextList).then(|| Written::List(Vec::new()))
}

fn written(fact: &Fact, value: &Spanned<DeValue<'_>>, faults: &Faults<'_>) -> Option<Written> {
    let found = match (fact.kind, value.get_ref()) {
        (Kind::Bool, DeValue::Boolean(truth)) => Some(Written::Bool(*truth)),
        (Kind::Int, DeValue::Integer(number)) => number.as_str().parse().ok().map(Written::Int),
        (Kind::Double, DeValue::Integer(number)) => number.as_str().parse().ok().map(Written::Double),
        (Kind::Double, DeValue::Float(number)) => number.as_str().parse().ok().map(Written::Double),
        (Kind::Text, DeValue::String(text)) => Some(Written::Text(text.clone().into_owned())),
        (Kind::Time, DeValue::Datetime(time)) => Timestamp::parse_rfc3339(&time.to_string()).map(Written::Time),
        (Kind::TextList, DeValue::Array(elements)) => {
            let texts = elements.iter().map(|element| element.get_ref().as_str().map(|text| Text::from(text.to_owned())));
            texts.collect::<Option<_>>().map(Written::List)
        }
        _ => None,
    };
    if found.is_none() {
        faults.add(value.span(), format!("`{}` must be {}", fact.name, wanted(fact.kind)), None);
    }
    found
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "true or false",
        Kind::Int => "a whole number",
        Kind::Double => "a number",
        Kind::Text => "a string",
        Kind::Time => "a time such as 2026-01-31T12:00:00Z, without quotes",
        Kind::TextList => "a list of strings",
    }
}

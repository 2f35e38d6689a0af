//! Evaluation: values borrow from the row and the tree; errors are one value, [`Undecided`], that strict operators pass on.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::list::ListVal;
use super::node::{CompareOp, Const, Function, ListNode, Node, Quantifier, TextTest};
use super::{FactIndex, MACRO_DEPTH_MAX, STEPS_MAX, number, time};
use crate::model::Timestamp;
use crate::screen::facts::{CATALOGUE, Facts};
use crate::screen::value::Value;

/// Where a condition's facts come from: the facts of a consignment, or the table of a test case.
pub trait Row {
    /// The value of the fact at that position of the catalogue; `Missing` when there is none.
    fn value(&self, fact: FactIndex) -> Value<'_>;
}

impl Row for Facts<'_> {
    fn value(&self, fact: FactIndex) -> Value<'_> {
        CATALOGUE.get(usize::from(fact)).map_or(Value::Missing, |row| (row.get)(self))
    }
}

/// What a condition says about a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Match,
    NoMatch,
    /// It ended in an error: most often, a fact that decides is missing.
    Undecided,
}

/// CEL's error value, whatever its cause: missing fact, overflow, no such element, too many steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Undecided;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Val<'v> {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Cow<'v, str>),
    Time(Timestamp),
    /// Milliseconds.
    Duration(i64),
}

impl Outcome {
    pub fn of(truth: bool) -> Self {
        if truth { Outcome::Match } else { Outcome::NoMatch }
    }

    /// What `!` makes of it.
    pub fn negated(self) -> Self {
        match self {
            Outcome::Match => Outcome::NoMatch,
            Outcome::NoMatch => Outcome::Match,
            Outcome::Undecided => Outcome::Undecided,
        }
    }

    /// `&&` (decided by [`Outcome::NoMatch`]) and `||` (decided by [`Outcome::Match`]) over its parts.
    pub fn decide(parts: impl Iterator<Item = Outcome>, decisive: Outcome) -> Outcome {
        let mut outcome = decisive.negated();
        for part in parts {
            if part == decisive {
                return decisive;
            }
            if part == Outcome::Undecided {
                outcome = Outcome::Undecided;
            }
        }
        outcome
    }
}

/// `&&`, `||` and `!` join tests; each test is an evaluation of its own, so that it says the same wherever it stands.
pub(super) fn evaluate<R: Row>(root: &Node, row: &R) -> Outcome {
    match root {
        Node::All(nodes) => Outcome::decide(nodes.iter().map(|node| evaluate(node, row)), Outcome::NoMatch),
        Node::Any(nodes) => Outcome::decide(nodes.iter().map(|node| evaluate(node, row)), Outcome::Match),
        Node::Not(inner) => evaluate(inner, row).negated(),
        test => evaluate_test(test, row),
    }
}

/// One test: a part of a condition that `&&`, `||` and `!` join with others.
pub(crate) fn evaluate_test<R: Row>(test: &Node, row: &R) -> Outcome {
    Frame::new(row).truth(test).map_or(Outcome::Undecided, Outcome::of)
}

/// The value of a tree without facts; `Err` when it fails for every row.
pub(super) fn fold(node: &Node) -> Result<Const, Undecided> {
    Frame::new(&NoFacts).value(node).map(Val::into_const)
}

struct NoFacts;

impl Row for NoFacts {
    fn value(&self, _: FactIndex) -> Value<'_> {
        Value::Missing
    }
}

/// One evaluation under way.
pub(super) struct Frame<'v, R> {
    pub row: &'v R,
    /// The variables of list macros, by nesting level.
    pub locals: [Val<'v>; MACRO_DEPTH_MAX],
    /// List macros around the node under evaluation.
    nesting: u8,
    steps_left: u32,
}

impl<'v, R: Row> Frame<'v, R> {
    fn new(row: &'v R) -> Self {
        Self { row, locals: [const { Val::Bool(false) }; MACRO_DEPTH_MAX], nesting: 0, steps_left: STEPS_MAX }
    }

    /// Outside list macros the cost is that of reading condition and message once, and nothing is counted.
    fn spend(&mut self, steps: usize) -> Result<(), Undecided> {
        if self.nesting == 0 {
            return Ok(());
        }
        let left = u32::try_from(steps).ok().and_then(|steps| self.steps_left.checked_sub(steps));
        self.steps_left = left.unwrap_or(0);
        left.map(|_| ()).ok_or(Undecided)
    }

    pub fn truth(&mut self, node: &'v Node) -> Result<bool, Undecided> {
        match self.value(node)? {
            Val::Bool(truth) => Ok(truth),
            _ => Err(Undecided),
        }
    }

    pub fn value(&mut self, node: &'v Node) -> Result<Val<'v>, Undecided> {
        self.spend(1)?;
        match node {
            Node::Const(constant) => Ok(Val::of(constant)),
            Node::Fact(fact) => Val::of_fact(self.row.value(*fact)),
            Node::Local(local) => self.locals.get(*local).cloned().ok_or(Undecided),
            Node::Has(fact) => Ok(Val::Bool(has(self.row.value(*fact)))),
            Node::Not(inner) => self.truth(inner).map(|truth| Val::Bool(!truth)),
            Node::Negative(inner) => number::negate(self.value(inner)?),
            Node::All(nodes) => self.decide(nodes, false),
            Node::Any(nodes) => self.decide(nodes, true),
            Node::If(nodes) => {
                let [condition, then, otherwise] = &**nodes;
                if self.truth(condition)? { self.value(then) } else { self.value(otherwise) }
            }
            Node::Compare(op, pair) => {
                let [left, right] = &**pair;
                let order = self.value(left)?.order(&self.value(right)?);
                Ok(Val::Bool(op.holds(order)))
            }
            Node::Arithmetic(op, pair) => {
                let [left, right] = &**pair;
                number::arithmetic(*op, self.value(left)?, self.value(right)?)
            }
            Node::InTexts(needle, texts) => {
                let needle = self.text(needle)?;
                Ok(Val::Bool(texts.binary_search_by(|text| (**text).cmp(&*needle)).is_ok()))
            }
            Node::In(needle, list) => self.contains(needle, list),
            Node::Test(subject, test) => self.test(subject, test),
            Node::Call(function, argument) => self.call(*function, argument),
            Node::ListSize(list) => self.list(list).map(|list| Val::Int(int(list.len()))),
            Node::Element(list, index) => {
                let list = self.list(list)?;
                let Val::Int(index) = self.value(index)? else { return Err(Undecided) };
                usize::try_from(index).ok().and_then(|index| list.get(index)).ok_or(Undecided)
            }
            Node::Quantified { quantifier, list, local, test } => self.quantified(*quantifier, list, *local, test),
        }
    }

    /// `&&` (decided by false) and `||` (decided by true): an error counts only when nothing decides.
    fn decide(&mut self, nodes: &'v [Node], decisive: bool) -> Result<Val<'v>, Undecided> {
        let mut undecided = false;
        for node in nodes {
            match self.truth(node) {
                Ok(truth) if truth == decisive => return Ok(Val::Bool(decisive)),
                Ok(_) => {}
                Err(Undecided) => undecided = true,
            }
        }
        if undecided { Err(Undecided) } else { Ok(Val::Bool(!decisive)) }
    }

    fn text(&mut self, node: &'v Node) -> Result<Cow<'v, str>, Undecided> {
        match self.value(node)? {
            Val::Text(text) => Ok(text),
            _ => Err(Undecided),
        }
    }

    fn contains(&mut self, needle: &'v Node, list: &'v ListNode) -> Result<Val<'v>, Undecided> {
        let needle = self.value(needle)?;
        let list = self.list(list)?;
        self.spend(list.len())?;
        Ok(Val::Bool(list.iter().any(|element| element.order(&needle) == Some(Ordering::Equal))))
    }

    fn test(&mut self, subject: &'v Node, test: &'v TextTest) -> Result<Val<'v>, Undecided> {
        let subject = self.text(subject)?;
        self.spend(subject.len() / 64)?;
        let found = match test {
            TextTest::Contains(finder) => finder.find(subject.as_bytes()).is_some(),
            TextTest::StartsWith(prefix) => subject.starts_with(&**prefix),
            TextTest::EndsWith(suffix) => subject.ends_with(&**suffix),
            TextTest::Matches(regex) => regex.is_match(&subject),
            TextTest::ContainsValue(pattern) => subject.contains(&*self.text(pattern)?),
            TextTest::StartsWithValue(pattern) => subject.starts_with(&*self.text(pattern)?),
            TextTest::EndsWithValue(pattern) => subject.ends_with(&*self.text(pattern)?),
        };
        Ok(Val::Bool(found))
    }

    fn call(&mut self, function: Function, argument: &'v Node) -> Result<Val<'v>, Undecided> {
        let argument = self.value(argument)?;
        match (function, argument) {
            (Function::Size, Val::Text(text)) => Ok(Val::Int(int(text.chars().count()))),
            (Function::LowerAscii, Val::Text(text)) => {
                Ok(Val::Text(recased(text, u8::is_ascii_uppercase, str::to_ascii_lowercase)))
            }
            (Function::UpperAscii, Val::Text(text)) => {
                Ok(Val::Text(recased(text, u8::is_ascii_lowercase, str::to_ascii_uppercase)))
            }
            (Function::ToInt | Function::ToDouble | Function::ToText, value) => number::convert(function, value),
            (part, value) => time::part(part, &value),
        }
    }

    fn quantified(
        &mut self,
        quantifier: Quantifier,
        list: &'v ListNode,
        local: usize,
        test: &'v Node,
    ) -> Result<Val<'v>, Undecided> {
        let list = self.list(list)?;
        let (mut undecided, mut matches) = (false, 0u32);
        for element in list.iter() {
            match self.with_local(local, element, test) {
                Ok(truth) => match quantifier {
                    Quantifier::All if !truth => return Ok(Val::Bool(false)),
                    Quantifier::Exists if truth => return Ok(Val::Bool(true)),
                    _ => matches = matches.saturating_add(u32::from(truth)),
                },
                Err(Undecided) => undecided = true,
            }
        }
        match quantifier {
            _ if undecided => Err(Undecided),
            Quantifier::All => Ok(Val::Bool(true)),
            Quantifier::Exists => Ok(Val::Bool(false)),
            Quantifier::ExistsOne => Ok(Val::Bool(matches == 1)),
        }
    }

    pub fn with_local(&mut self, local: usize, element: Val<'v>, test: &'v Node) -> Result<bool, Undecided> {
        match self.value_with_local(local, element, test)? {
            Val::Bool(truth) => Ok(truth),
            _ => Err(Undecided),
        }
    }

    /// The body of a list macro for one element.
    pub fn value_with_local(&mut self, local: usize, element: Val<'v>, body: &'v Node) -> Result<Val<'v>, Undecided> {
        if let Some(slot) = self.locals.get_mut(local) {
            *slot = element;
        }
        self.nesting = self.nesting.saturating_add(1);
        let value = self.value(body);
        self.nesting = self.nesting.saturating_sub(1);
        value
    }

    fn list(&mut self, node: &'v ListNode) -> Result<ListVal<'v>, Undecided> {
        self.spend(1)?;
        ListVal::of(self, node)
    }
}

/// The text itself when it is already in that case.
fn recased<'v>(text: Cow<'v, str>, wrong: fn(&u8) -> bool, recase: fn(&str) -> String) -> Cow<'v, str> {
    if text.bytes().any(|byte| wrong(&byte)) { Cow::Owned(recase(&text)) } else { text }
}

fn has(value: Value<'_>) -> bool {
    match value {
        Value::Missing => false,
        Value::List(list) => !list.is_empty(),
        _ => true,
    }
}

pub(super) fn int(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

impl<'v> Val<'v> {
    pub fn of(constant: &'v Const) -> Self {
        match constant {
            Const::Bool(truth) => Val::Bool(*truth),
            Const::Int(number) => Val::Int(*number),
            Const::Double(number) => Val::Double(*number),
            Const::Text(text) => Val::Text(Cow::Borrowed(text)),
            Const::Time(time) => Val::Time(*time),
            Const::Duration(millis) => Val::Duration(*millis),
        }
    }

    fn of_fact(value: Value<'v>) -> Result<Self, Undecided> {
        match value {
            Value::Bool(truth) => Ok(Val::Bool(truth)),
            Value::Int(number) => Ok(Val::Int(number)),
            Value::Double(number) => Ok(Val::Double(number)),
            Value::Text(text) => Ok(Val::Text(Cow::Borrowed(text))),
            Value::Time(time) => Ok(Val::Time(time)),
            Value::Missing | Value::List(_) => Err(Undecided),
        }
    }

    fn into_const(self) -> Const {
        match self {
            Val::Bool(truth) => Const::Bool(truth),
            Val::Int(number) => Const::Int(number),
            Val::Double(number) => Const::Double(number),
            Val::Text(text) => Const::Text(text.into()),
            Val::Time(time) => Const::Time(time),
            Val::Duration(millis) => Const::Duration(millis),
        }
    }

    /// `None` where there is no order (NaN): equal to nothing, neither less nor greater.
    pub fn order(&self, other: &Val<'_>) -> Option<Ordering> {
        match (self, other) {
            (Val::Bool(left), Val::Bool(right)) => Some(left.cmp(right)),
            (Val::Text(left), Val::Text(right)) => Some(left.cmp(right)),
            (Val::Time(left), Val::Time(right)) => Some(left.cmp(right)),
            (Val::Duration(left), Val::Duration(right)) => Some(left.cmp(right)),
            _ => number::order(self, other),
        }
    }
}

impl CompareOp {
    fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            CompareOp::Equal => order == Some(Ordering::Equal),
            CompareOp::NotEqual => order != Some(Ordering::Equal),
            CompareOp::Less => order == Some(Ordering::Less),
            CompareOp::LessOrEqual => order.is_some_and(Ordering::is_le),
            CompareOp::Greater => order == Some(Ordering::Greater),
            CompareOp::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        }
    }
}

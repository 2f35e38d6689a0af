//! A compiled condition written out again: one text for one meaning of its parts, by which equal parts are found and named.

use std::fmt::{self, Display, Formatter};

use super::node::{ArithmeticOp, CompareOp, Const, Function, ListNode, Node, Quantifier, TextTest};
use crate::screen::facts::Fact;

/// CEL again, with every pair of brackets that could be needed. Equal texts are equal conditions.
pub(crate) struct Written<'n>(pub &'n Node, pub &'n [Fact]);

impl Display for Written<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Written(node, facts) = *self;
        let of = |node| Written(node, facts);
        match node {
            Node::Const(constant) => write!(f, "{constant}"),
            Node::Fact(fact) => f.write_str(name(facts, *fact)),
            Node::Local(level) => write!(f, "{}", local(*level)),
            Node::Has(fact) => write!(f, "has({})", name(facts, *fact)),
            Node::Not(inner) => write!(f, "!{}", of(inner)),
            Node::Negative(inner) => write!(f, "-({})", of(inner)),
            Node::All(nodes) => joined(f, nodes, " && ", facts),
            Node::Any(nodes) => joined(f, nodes, " || ", facts),
            Node::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                write!(f, "({} ? {} : {})", of(condition), of(then), of(otherwise))
            }
            Node::Compare(op, pair) => {
                let [left, right] = &**pair;
                write!(f, "({} {} {})", of(left), op.as_str(), of(right))
            }
            Node::Arithmetic(op, pair) => {
                let [left, right] = &**pair;
                write!(f, "({} {} {})", of(left), op.as_str(), of(right))
            }
            Node::InTexts(needle, texts) => {
                write!(f, "({} in [", of(needle))?;
                separated(f, texts.iter(), |f, text| write!(f, "{text:?}"))?;
                f.write_str("])")
            }
            Node::In(needle, list) => write!(f, "({} in {})", of(needle), WrittenList(list, facts)),
            Node::Test(subject, test) => text_test(f, subject, test, facts),
            Node::Call(function, argument) => write!(f, "{}.{}()", of(argument), function.as_str()),
            Node::ListSize(list) => write!(f, "size({})", WrittenList(list, facts)),
            Node::Element(list, index) => write!(f, "{}[{}]", WrittenList(list, facts), of(index)),
            Node::Quantified { quantifier, list, local: level, test } => {
                write!(f, "{}.{}({}, {})", WrittenList(list, facts), quantifier.as_str(), local(*level), of(test))
            }
        }
    }
}

struct WrittenList<'n>(&'n ListNode, &'n [Fact]);

impl Display for WrittenList<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let WrittenList(list, facts) = *self;
        match list {
            ListNode::Fact(fact) => f.write_str(name(facts, *fact)),
            ListNode::Consts(consts) => {
                f.write_str("[")?;
                separated(f, consts.iter(), |f, constant| write!(f, "{constant}"))?;
                f.write_str("]")
            }
            ListNode::Items(nodes) => {
                f.write_str("[")?;
                separated(f, nodes.iter(), |f, node| write!(f, "{}", Written(node, facts)))?;
                f.write_str("]")
            }
            ListNode::Filter { list, local: level, test: body } => {
                write!(f, "{}.filter({}, {})", WrittenList(list, facts), local(*level), Written(body, facts))
            }
            ListNode::Map { list, local: level, value: body } => {
                write!(f, "{}.map({}, {})", WrittenList(list, facts), local(*level), Written(body, facts))
            }
            ListNode::If(condition, lists) => {
                let [then, otherwise] = &**lists;
                let (then, otherwise) = (WrittenList(then, facts), WrittenList(otherwise, facts));
                write!(f, "({} ? {then} : {otherwise})", Written(condition, facts))
            }
        }
    }
}

impl Display for Const {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Const::Bool(truth) => write!(f, "{truth}"),
            Const::Int(number) => write!(f, "{number}"),
            // With its point, so that it is no int.
            Const::Double(number) => write!(f, "{number:?}"),
            Const::Text(text) => write!(f, "{text:?}"),
            Const::Time(time) => write!(f, "timestamp(\"{time}\")"),
            Const::Duration(millis) => write!(f, "duration(\"{millis}ms\")"),
        }
    }
}

fn name(facts: &[Fact], fact: super::FactIndex) -> &'static str {
    facts.get(usize::from(fact)).map_or("?", |fact| fact.name)
}

fn local(level: usize) -> &'static str {
    ["x", "y", "z"].get(level).copied().unwrap_or("?")
}

fn joined(f: &mut Formatter<'_>, nodes: &[Node], operator: &str, facts: &[Fact]) -> fmt::Result {
    f.write_str("(")?;
    for (number, node) in nodes.iter().enumerate() {
        let operator = if number == 0 { "" } else { operator };
        write!(f, "{operator}{}", Written(node, facts))?;
    }
    f.write_str(")")
}

fn separated<T>(
    f: &mut Formatter<'_>,
    items: impl Iterator<Item = T>,
    write: impl Fn(&mut Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    for (number, item) in items.enumerate() {
        f.write_str(if number == 0 { "" } else { ", " })?;
        write(f, item)?;
    }
    Ok(())
}

fn text_test(f: &mut Formatter<'_>, subject: &Node, test: &TextTest, facts: &[Fact]) -> fmt::Result {
    let subject = Written(subject, facts);
    let of = |value| Written(value, facts);
    match test {
        TextTest::Contains(finder) => write!(f, "{subject}.contains({:?})", String::from_utf8_lossy(finder.needle())),
        TextTest::StartsWith(text) => write!(f, "{subject}.startsWith({text:?})"),
        TextTest::EndsWith(text) => write!(f, "{subject}.endsWith({text:?})"),
        TextTest::Matches(regex) => write!(f, "{subject}.matches({:?})", regex.as_str()),
        TextTest::ContainsValue(value) => write!(f, "{subject}.contains({})", of(value)),
        TextTest::StartsWithValue(value) => write!(f, "{subject}.startsWith({})", of(value)),
        TextTest::EndsWithValue(value) => write!(f, "{subject}.endsWith({})", of(value)),
    }
}

impl CompareOp {
    fn as_str(self) -> &'static str {
        match self {
            CompareOp::Equal => "==",
            CompareOp::NotEqual => "!=",
            CompareOp::Less => "<",
            CompareOp::LessOrEqual => "<=",
            CompareOp::Greater => ">",
            CompareOp::GreaterOrEqual => ">=",
        }
    }
}

impl ArithmeticOp {
    fn as_str(self) -> &'static str {
        match self {
            ArithmeticOp::Add => "+",
            ArithmeticOp::Subtract => "-",
            ArithmeticOp::Multiply => "*",
            ArithmeticOp::Divide => "/",
            ArithmeticOp::Remainder => "%",
        }
    }
}

impl Quantifier {
    fn as_str(self) -> &'static str {
        match self {
            Quantifier::All => "all",
            Quantifier::Exists => "exists",
            Quantifier::ExistsOne => "exists_one",
        }
    }
}

impl Function {
    fn as_str(self) -> &'static str {
        match self {
            Function::Size => "size",
            Function::LowerAscii => "lowerAscii",
            Function::UpperAscii => "upperAscii",
            Function::ToInt => "int",
            Function::ToDouble => "double",
            Function::ToText => "string",
            Function::FullYear => "getFullYear",
            Function::Month => "getMonth",
            Function::Date => "getDate",
            Function::DayOfMonth => "getDayOfMonth",
            Function::DayOfWeek => "getDayOfWeek",
            Function::Hours => "getHours",
            Function::Minutes => "getMinutes",
            Function::Seconds => "getSeconds",
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::screen::cel::Condition;
    use crate::screen::facts::CATALOGUE;

    use super::*;

    #[test]
    fn a_condition_is_written_as_it_was_meant() {
        let cases = [
            ("origin=='BOG'&&!(pieces>5||has(goods))", "((origin == \"BOG\") && !((pieces > 5) || has(goods)))"),
            ("weight_kg > 5 && weight_kg < 7.0", "((weight_kg > 5) && (weight_kg < 7.0))"),
            ("origin in ['MDE', 'BOG']", "(origin in [\"BOG\", \"MDE\"])"),
            ("handling.exists(h, h.startsWith('R'))", "handling.exists(x, x.startsWith(\"R\"))"),
            ("departure - received < duration('1h')", "((departure - received) < duration(\"3600000ms\"))"),
            ("routing[0] == goods.lowerAscii()", "(routing[0] == goods.lowerAscii())"),
            ("has(goods) ? pieces == 1 : pieces == 2", "(has(goods) ? (pieces == 1) : (pieces == 2))"),
        ];
        for (condition, written) in cases {
            let compiled = Condition::compile(condition, CATALOGUE).unwrap();
            assert_eq!(Written(compiled.root(), CATALOGUE).to_string(), written);
        }
    }
}

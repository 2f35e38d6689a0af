//! The type check of functions, methods and list macros.

use std::ops::Range;

use memchr::memmem::Finder;
use regex::RegexBuilder;

use super::ast::{Call, Expr, ExprKind};
use super::check::{Checker, Local, One, Typed};
use super::node::{Const, Function, ListNode, Node, Quantifier, Scalar, TextTest};
use super::shape::Shape;
use super::{MACRO_DEPTH_MAX, time};
use crate::diagnostic::did_you_mean;
use crate::model::Timestamp;

const FUNCTIONS: [&str; 7] = ["has", "size", "int", "double", "string", "timestamp", "duration"];
const MACROS: [&str; 6] = ["exists", "all", "exists_one", "existsOne", "filter", "map"];
const TEXT_TESTS: [&str; 4] = ["contains", "startsWith", "endsWith", "matches"];
/// Methods of one value: name, type, what they do, type of the result.
const METHODS: [(&str, &[Scalar], Function, Scalar); 11] = [
    ("size", &[Scalar::Text], Function::Size, Scalar::Int),
    ("lowerAscii", &[Scalar::Text], Function::LowerAscii, Scalar::Text),
    ("upperAscii", &[Scalar::Text], Function::UpperAscii, Scalar::Text),
    ("getFullYear", &[Scalar::Time], Function::FullYear, Scalar::Int),
    ("getMonth", &[Scalar::Time], Function::Month, Scalar::Int),
    ("getDate", &[Scalar::Time], Function::Date, Scalar::Int),
    ("getDayOfMonth", &[Scalar::Time], Function::DayOfMonth, Scalar::Int),
    ("getDayOfWeek", &[Scalar::Time], Function::DayOfWeek, Scalar::Int),
    ("getHours", &[Scalar::Time, Scalar::Duration], Function::Hours, Scalar::Int),
    ("getMinutes", &[Scalar::Time, Scalar::Duration], Function::Minutes, Scalar::Int),
    ("getSeconds", &[Scalar::Time, Scalar::Duration], Function::Seconds, Scalar::Int),
];
/// Bounds the memory of one compiled pattern.
const PATTERN_BYTES_MAX: usize = 1 << 20;

impl Checker<'_> {
    pub fn call(&mut self, call: &Call<'_>, span: &Range<usize>) -> Option<Typed> {
        match &call.target {
            Some(target) if MACROS.contains(&call.name) => self.list_macro(target, call, span),
            Some(target) if TEXT_TESTS.contains(&call.name) => self.text_test(target, call, span),
            Some(target) => self.method(target, call, span),
            None => self.function(call, span),
        }
    }

    fn function(&mut self, call: &Call<'_>, span: &Range<usize>) -> Option<Typed> {
        if !FUNCTIONS.contains(&call.name) {
            return self.unknown(call);
        }
        let [argument] = call.args.as_slice() else {
            return self.fault(span, format!("`{}` takes one argument, here are {}", call.name, call.args.len()));
        };
        match call.name {
            "has" => self.has(argument),
            "size" => self.size(argument, span),
            "timestamp" => self.literal(argument, "timestamp(\"2026-01-31T00:00:00Z\")", |text| {
                Timestamp::parse_rfc3339(text).map(|time| (Const::Time(time), Scalar::Time))
            }),
            "duration" => self.literal(argument, "duration(\"36h\"), units h, m, s, ms", |text| {
                time::duration_millis(text).map(|millis| (Const::Duration(millis), Scalar::Duration))
            }),
            "int" => self.conversion(Function::ToInt, Scalar::Int, argument, span),
            "double" => self.conversion(Function::ToDouble, Scalar::Double, argument, span),
            _ => self.conversion(Function::ToText, Scalar::Text, argument, span),
        }
    }

    fn unknown(&mut self, call: &Call<'_>) -> Option<Typed> {
        let methods = || METHODS.iter().map(|(name, ..)| *name).chain(TEXT_TESTS).chain(MACROS);
        let method = methods().any(|method| method == call.name);
        let hint = match call.target {
            None if method => Some(format!("it is a method: write `value.{}(…)`", call.name)),
            None => did_you_mean(call.name, FUNCTIONS.into_iter().chain(methods())),
            Some(_) if FUNCTIONS.contains(&call.name) => Some(format!("it is a function: write `{}(value)`", call.name)),
            Some(_) => did_you_mean(call.name, methods()),
        };
        let what = if call.target.is_some() { "method" } else { "function" };
        self.fault_with(&call.name_span, format!("there is no {what} `{}`", call.name), hint)
    }

    fn has(&mut self, argument: &Expr<'_>) -> Option<Typed> {
        let ExprKind::Ident(name) = argument.kind else { return self.fault(&argument.span, "`has` takes the name of a fact") };
        let (index, _) = self.fact(name, &argument.span)?;
        one(Node::Has(index), Scalar::Bool)
    }

    fn size(&mut self, argument: &Expr<'_>, span: &Range<usize>) -> Option<Typed> {
        match self.expr(argument)? {
            Typed::List(list, ..) => {
                Some(Typed::One(One { node: Node::ListSize(Box::new(list)), scalar: Scalar::Int, shape: Shape::NATURAL }))
            }
            Typed::One(One { node, scalar: Scalar::Text, .. }) => {
                self.folded(Node::Call(Function::Size, Box::new(node)), Scalar::Int, Shape::NATURAL, span)
            }
            Typed::One(other) => self.fault(&argument.span, format!("{} has no size", other.scalar.with_article())),
        }
    }

    fn literal(&mut self, argument: &Expr<'_>, form: &str, read: fn(&str) -> Option<(Const, Scalar)>) -> Option<Typed> {
        let constant = match &argument.kind {
            ExprKind::Text(text) => read(text),
            _ => None,
        };
        match constant {
            Some((constant, scalar)) => one(Node::Const(constant), scalar),
            None => self.fault_with(&argument.span, "this cannot be read", Some(format!("write it as {form}"))),
        }
    }

    fn conversion(&mut self, function: Function, to: Scalar, argument: &Expr<'_>, span: &Range<usize>) -> Option<Typed> {
        let value = self.one(argument)?;
        let possible = match value.scalar {
            Scalar::Int | Scalar::Double | Scalar::Text => true,
            Scalar::Time => to != Scalar::Double,
            Scalar::Bool => to == Scalar::Text,
            Scalar::Duration => false,
        };
        if !possible {
            return self.fault(&argument.span, format!("{} cannot become {}", value.scalar.with_article(), to.with_article()));
        }
        // A number keeps its range; a text made of one does not.
        let shape = if value.scalar.is_number() && to.is_number() { value.shape } else { Shape::ANY };
        self.folded(Node::Call(function, Box::new(value.node)), to, shape, span)
    }

    fn method(&mut self, target: &Expr<'_>, call: &Call<'_>, span: &Range<usize>) -> Option<Typed> {
        let Some((name, types, function, result)) = METHODS.iter().find(|(name, ..)| *name == call.name) else {
            return self.unknown(call);
        };
        if let Some(argument) = call.args.first() {
            let zone = *result == Scalar::Int && *name != "size";
            let hint = zone.then(|| "times are in UTC; add a duration for another zone".to_owned());
            return self.fault_with(&argument.span, format!("`{name}` takes no argument"), hint);
        }
        if *name == "size" {
            return self.size(target, span);
        }
        let value = self.one(target)?;
        if !types.contains(&value.scalar) {
            return self.fault(&target.span, format!("{} has no `{name}`", value.scalar.with_article()));
        }
        let shape = match function {
            Function::LowerAscii => Shape::LOWER,
            Function::UpperAscii => Shape::UPPER,
            _ => Shape::NATURAL,
        };
        self.folded(Node::Call(*function, Box::new(value.node)), *result, shape, span)
    }

    fn text_test(&mut self, target: &Expr<'_>, call: &Call<'_>, span: &Range<usize>) -> Option<Typed> {
        let name = call.name;
        let [pattern_expr] = call.args.as_slice() else {
            return self.fault(span, format!("`{name}` takes one text"));
        };
        let subject = match self.expr(target)? {
            Typed::One(subject) if subject.scalar == Scalar::Text => subject,
            Typed::One(other) => return self.fault(&target.span, format!("{} has no `{name}`", other.scalar.with_article())),
            Typed::List(..) => {
                let hint = format!("write `value in list`, or `list.exists(x, x.{name}(…))`");
                return self.fault_with(&target.span, format!("a list has no `{name}`"), Some(hint));
            }
        };
        if name == "matches" {
            let test = TextTest::Matches(Box::new(self.pattern(pattern_expr)?));
            return self.folded(Node::Test(Box::new(subject.node), Box::new(test)), Scalar::Bool, Shape::ANY, span);
        }
        let pattern = self.one(pattern_expr)?;
        if pattern.scalar != Scalar::Text {
            return self.fault(&pattern_expr.span, format!("`{name}` takes a string, this is {}", pattern.scalar.with_article()));
        }
        if let Node::Const(Const::Text(piece)) = &pattern.node {
            if piece.is_empty() {
                return self.fault(&pattern_expr.span, "the empty text is in every text");
            }
            if let Some(objection) = subject.shape.refuses_piece(piece) {
                return self.object(&pattern_expr.span, objection);
            }
        }
        let test = prepared(name, pattern.node);
        self.folded(Node::Test(Box::new(subject.node), Box::new(test)), Scalar::Bool, Shape::ANY, span)
    }

    fn pattern(&mut self, expr: &Expr<'_>) -> Option<regex::Regex> {
        let ExprKind::Text(pattern) = &expr.kind else {
            return self.fault(&expr.span, "the pattern must stand here as a text, so that it can be checked when it is loaded");
        };
        match RegexBuilder::new(pattern).size_limit(PATTERN_BYTES_MAX).build() {
            Ok(regex) => Some(regex),
            Err(error) => {
                let text = error.to_string();
                let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                self.fault(&expr.span, format!("not a regular expression: {reason}"))
            }
        }
    }

    fn list_macro(&mut self, target: &Expr<'_>, call: &Call<'_>, span: &Range<usize>) -> Option<Typed> {
        let [Expr { kind: ExprKind::Ident(variable), span: variable_span, .. }, body] = call.args.as_slice() else {
            return self.fault_with(
                span,
                format!("`{}` takes a variable and a test", call.name),
                Some(format!("write `list.{}(x, x == \"…\")`", call.name)),
            );
        };
        let typed = self.expr(target)?;
        let Typed::List(list, scalar, shape) = typed else {
            return self.fault(&target.span, format!("`{}` needs a list", call.name));
        };
        let local = self.enter(variable, variable_span, scalar, shape)?;
        let result = if call.name == "map" {
            self.one(body)
        } else {
            self.truth(body).map(|node| One { node, scalar: Scalar::Bool, shape })
        };
        self.locals.pop();
        let One { node, scalar: result_scalar, shape: result_shape } = result?;
        let (list, test) = (Box::new(list), Box::new(node));
        let quantifier = match call.name {
            "filter" => return Some(Typed::List(ListNode::Filter { list, local, test }, scalar, shape)),
            "map" => return Some(Typed::List(ListNode::Map { list, local, value: test }, result_scalar, result_shape)),
            "all" => Quantifier::All,
            "exists" => Quantifier::Exists,
            _ => Quantifier::ExistsOne,
        };
        one(Node::Quantified { quantifier, list, local, test }, Scalar::Bool)
    }

    /// Brings a macro's variable into scope and tells its level.
    fn enter(&mut self, name: &str, span: &Range<usize>, scalar: Scalar, shape: Shape) -> Option<usize> {
        let level = self.locals.len();
        if level >= MACRO_DEPTH_MAX {
            return self.fault(span, format!("list macros are nested deeper than {MACRO_DEPTH_MAX}"));
        }
        if self.names_fact(name) || self.locals.iter().any(|local| local.name == name) {
            return self.fault_with(
                span,
                format!("`{name}` is already the name of something else"),
                Some("take another variable, such as `x`".into()),
            );
        }
        self.locals.push(Local { name: name.to_owned(), scalar, shape });
        Some(level)
    }
}

fn one(node: Node, scalar: Scalar) -> Option<Typed> {
    Some(Typed::One(One { node, scalar, shape: Shape::ANY }))
}

fn prepared(name: &str, pattern: Node) -> TextTest {
    match (name, pattern) {
        ("contains", Node::Const(Const::Text(text))) => TextTest::Contains(Box::new(Finder::new(text.as_bytes()).into_owned())),
        ("startsWith", Node::Const(Const::Text(text))) => TextTest::StartsWith(text),
        (_, Node::Const(Const::Text(text))) => TextTest::EndsWith(text),
        ("contains", node) => TextTest::ContainsValue(node),
        ("startsWith", node) => TextTest::StartsWithValue(node),
        (_, node) => TextTest::EndsWithValue(node),
    }
}

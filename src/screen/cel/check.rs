//! The type check: syntax tree to compiled tree, or every fault in it. A part that has been found at fault is `None`, so that
//! it is told once and the rest is still checked.

use std::ops::Range;

use super::ast::{Expr, ExprKind};
use super::eval::fold;
use super::node::{ArithmeticOp, CompareOp, Const, ListNode, Node, Scalar};
use super::shape::{Objection, Shape};
use super::{FactIndex, Fault};
use crate::diagnostic::did_you_mean;
use crate::screen::facts::Fact;
use crate::screen::value::Kind;

/// The compiled condition: a truth value that depends on some fact.
pub(super) fn condition(tree: &Expr<'_>, catalogue: &[Fact]) -> Result<Node, Vec<Fault>> {
    let mut checker = Checker { catalogue, locals: Vec::new(), faults: Vec::new() };
    let root = checker.truth(tree);
    if let Some(Node::Const(constant)) = &root {
        let always = if *constant == Const::Bool(true) { "true" } else { "false" };
        checker.faults.push(Fault::new(tree.span.clone(), format!("this condition is always {always}")));
    }
    match root {
        Some(root) if checker.faults.is_empty() => Ok(root),
        _ => Err(checker.faults),
    }
}

pub(super) struct Checker<'c> {
    catalogue: &'c [Fact],
    /// The variables of the list macros around the current place.
    pub locals: Vec<Local>,
    pub faults: Vec<Fault>,
}

pub(super) struct Local {
    pub name: String,
    pub scalar: Scalar,
    pub shape: Shape,
}

/// A checked expression.
pub(super) enum Typed {
    One(One),
    List(ListNode, Scalar, Shape),
}

pub(super) struct One {
    pub node: Node,
    pub scalar: Scalar,
    pub shape: Shape,
}

impl Typed {
    /// With its article.
    fn describe(&self) -> String {
        match self {
            Typed::One(one) => one.scalar.with_article(),
            Typed::List(_, scalar, _) => format!("a list of {}", scalar.as_str()),
        }
    }
}

impl<'c> Checker<'c> {
    pub fn fault<T>(&mut self, span: &Range<usize>, message: impl Into<String>) -> Option<T> {
        self.faults.push(Fault::new(span.clone(), message));
        None
    }

    pub fn fault_with<T>(&mut self, span: &Range<usize>, message: impl Into<String>, suggestion: Option<String>) -> Option<T> {
        self.faults.push(Fault { span: span.clone(), message: message.into(), suggestion });
        None
    }

    pub fn object<T>(&mut self, span: &Range<usize>, (message, suggestion): Objection) -> Option<T> {
        self.fault_with(span, message, suggestion)
    }

    pub fn expr(&mut self, expr: &Expr<'_>) -> Option<Typed> {
        match &expr.kind {
            ExprKind::Bool(truth) => made(Node::Const(Const::Bool(*truth)), Scalar::Bool),
            ExprKind::Int(number) => made(Node::Const(Const::Int(*number)), Scalar::Int),
            ExprKind::Double(number) => made(Node::Const(Const::Double(*number)), Scalar::Double),
            ExprKind::Text(text) => made(Node::Const(Const::Text(text.as_str().into())), Scalar::Text),
            ExprKind::Null => {
                self.fault_with(&expr.span, "facts are never null", Some("write `has(fact)` or `!has(fact)`".into()))
            }
            ExprKind::Ident(name) => self.ident(name, &expr.span),
            ExprKind::List(items) => self.list(items, &expr.span),
            ExprKind::Not(inner) => {
                let node = Node::Not(Box::new(self.truth(inner)?));
                self.folded(node, Scalar::Bool, Shape::ANY, &expr.span)
            }
            ExprKind::Negative(inner) => self.negative(inner, &expr.span),
            ExprKind::Arithmetic(op, pair) => self.arithmetic(*op, pair, &expr.span),
            ExprKind::Compare(op, pair) => self.compare(*op, pair, &expr.span),
            ExprKind::In(pair) => self.is_in(pair, &expr.span),
            ExprKind::All(items) => self.logic(items, false),
            ExprKind::Any(items) => self.logic(items, true),
            ExprKind::If(parts) => self.choice(parts, &expr.span),
            ExprKind::Index(pair) => self.element(pair),
            ExprKind::Call(call) => self.call(call, &expr.span),
        }
    }

    /// A single value of any type.
    pub fn one(&mut self, expr: &Expr<'_>) -> Option<One> {
        match self.expr(expr)? {
            Typed::One(one) => Some(one),
            list @ Typed::List(..) => {
                let message = format!("this is {} where a single value is needed", list.describe());
                self.fault_with(&expr.span, message, Some("test it with `in`, or with `.exists(x, …)`".into()))
            }
        }
    }

    pub fn truth(&mut self, expr: &Expr<'_>) -> Option<Node> {
        let typed = self.expr(expr)?;
        match typed {
            Typed::One(One { node, scalar: Scalar::Bool, .. }) => Some(node),
            other => self.fault(&expr.span, format!("this must be true or false, and is {}", other.describe())),
        }
    }

    pub fn names_fact(&self, name: &str) -> bool {
        self.catalogue.iter().any(|fact| fact.name == name)
    }

    /// A fact by name: its position, its row.
    pub fn fact(&mut self, name: &str, span: &Range<usize>) -> Option<(FactIndex, &'c Fact)> {
        let catalogue = self.catalogue;
        let position = catalogue.iter().position(|fact| fact.name == name);
        let found = position.and_then(|position| Some((FactIndex::try_from(position).ok()?, catalogue.get(position)?)));
        if found.is_none() {
            let names = catalogue.iter().map(|fact| fact.name);
            let locals = self.locals.iter().map(|local| local.name.as_str());
            let code = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            let hint =
                if code { Some(format!("write \"{name}\" if this is a value")) } else { did_you_mean(name, names.chain(locals)) };
            self.faults.push(Fault { span: span.clone(), message: format!("there is no fact `{name}`"), suggestion: hint });
        }
        found
    }

    fn ident(&mut self, name: &str, span: &Range<usize>) -> Option<Typed> {
        if let Some((level, local)) = self.locals.iter().enumerate().find(|(_, local)| local.name == name) {
            return Some(Typed::One(One { node: Node::Local(level), scalar: local.scalar, shape: local.shape }));
        }
        let (index, fact) = self.fact(name, span)?;
        let shape = Shape::of(fact);
        let scalar = match fact.kind {
            Kind::Bool => Scalar::Bool,
            Kind::Int => Scalar::Int,
            Kind::Double => Scalar::Double,
            Kind::Text => Scalar::Text,
            Kind::Time => Scalar::Time,
            Kind::TextList => return Some(Typed::List(ListNode::Fact(index), Scalar::Text, shape)),
        };
        Some(Typed::One(One { node: Node::Fact(index), scalar, shape }))
    }

    fn list(&mut self, items: &[Expr<'_>], span: &Range<usize>) -> Option<Typed> {
        let checked: Vec<_> = items.iter().map(|item| self.one(item)).collect();
        let elements: Vec<One> = checked.into_iter().collect::<Option<_>>()?;
        let Some(first) = elements.first().map(|first| first.scalar) else {
            return self.fault(span, "an empty list has nothing in it");
        };
        let alike = |other: Scalar| other == first || (other.is_number() && first.is_number());
        if let Some((item, element)) = items.iter().zip(&elements).find(|(_, element)| !alike(element.scalar)) {
            let message = format!("this is {} in a list of {}", element.scalar.with_article(), first.as_str());
            return self.fault(&item.span, message);
        }
        let shape = match elements.as_slice() {
            [only] => only.shape,
            _ => Shape::ANY,
        };
        let consts: Option<Box<[Const]>> = elements.iter().map(|element| element.node.constant().cloned()).collect();
        let nodes = || elements.into_iter().map(|element| element.node).collect();
        Some(Typed::List(consts.map_or_else(|| ListNode::Items(nodes()), ListNode::Consts), first, shape))
    }

    fn negative(&mut self, inner: &Expr<'_>, span: &Range<usize>) -> Option<Typed> {
        let one = self.one(inner)?;
        if !one.scalar.is_number() && one.scalar != Scalar::Duration {
            return self.fault(&inner.span, format!("`-` needs a number, this is {}", one.scalar.with_article()));
        }
        self.folded(Node::Negative(Box::new(one.node)), one.scalar, Shape::ANY, span)
    }

    fn arithmetic(&mut self, op: ArithmeticOp, pair: &[Expr<'_>; 2], span: &Range<usize>) -> Option<Typed> {
        let [left, right] = pair.each_ref().map(|part| self.one(part));
        let (left, right) = (left?, right?);
        use ArithmeticOp::{Add, Subtract};
        let scalar = match (op, left.scalar, right.scalar) {
            (ArithmeticOp::Remainder, Scalar::Double, Scalar::Double) => None,
            (_, Scalar::Int, Scalar::Int) => Some(Scalar::Int),
            (_, Scalar::Double, Scalar::Double) => Some(Scalar::Double),
            (Add, Scalar::Text, Scalar::Text) => Some(Scalar::Text),
            (Subtract, Scalar::Time, Scalar::Time) => Some(Scalar::Duration),
            (Add | Subtract, Scalar::Time, Scalar::Duration) | (Add, Scalar::Duration, Scalar::Time) => Some(Scalar::Time),
            (Add | Subtract, Scalar::Duration, Scalar::Duration) => Some(Scalar::Duration),
            _ => None,
        };
        let Some(scalar) = scalar else {
            let mixed = left.scalar.is_number() && right.scalar.is_number() && left.scalar != right.scalar;
            let hint = mixed.then(|| "convert the int with `double(…)`, or write 2.0 for 2".to_owned());
            let message = format!("no arithmetic between {} and {} here", left.scalar.as_str(), right.scalar.as_str());
            return self.fault_with(span, message, hint);
        };
        self.folded(Node::Arithmetic(op, Box::new([left.node, right.node])), scalar, Shape::ANY, span)
    }

    fn compare(&mut self, op: CompareOp, pair: &[Expr<'_>; 2], span: &Range<usize>) -> Option<Typed> {
        if let Some(list) = pair.iter().find(|part| matches!(part.kind, ExprKind::Compare(..))) {
            return self.fault_with(&list.span, "comparisons do not chain", Some("write `a < b && b < c`".into()));
        }
        let [left, right] = pair.each_ref().map(|part| self.expr(part));
        let (left, right) = match (left?, right?) {
            (Typed::One(left), Typed::One(right)) => (left, right),
            (left, right) => {
                let message = format!("{} cannot be compared with {}", left.describe(), right.describe());
                return self.fault_with(span, message, Some("write `value in list`".into()));
            }
        };
        let alike = left.scalar == right.scalar || (left.scalar.is_number() && right.scalar.is_number());
        if !alike {
            return self.unlike(pair, &left, &right, span);
        }
        if left.scalar == Scalar::Bool && !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
            return self.fault(span, "true and false have no order");
        }
        self.judge(op, &left, &right, &pair[1].span, span)?;
        self.judge(op.mirrored(), &right, &left, &pair[0].span, span)?;
        self.folded(Node::Compare(op, Box::new([left.node, right.node])), Scalar::Bool, Shape::ANY, span)
    }

    fn unlike(&mut self, pair: &[Expr<'_>; 2], left: &One, right: &One, span: &Range<usize>) -> Option<Typed> {
        let number_in_quotes = pair.iter().find_map(|part| match &part.kind {
            ExprKind::Text(text) if text.parse::<f64>().is_ok() => Some(format!("write {text} without quotes")),
            _ => None,
        });
        let is_number = left.scalar.is_number() || right.scalar.is_number();
        let is_time = left.scalar == Scalar::Time || right.scalar == Scalar::Time;
        let hint = match number_in_quotes {
            Some(hint) if is_number => Some(hint),
            _ if is_time => Some("write times as timestamp(\"2026-01-31T00:00:00Z\")".to_owned()),
            _ => None,
        };
        self.fault_with(span, format!("{} is never {}", left.scalar.with_article(), right.scalar.with_article()), hint)
    }

    /// Refuses a comparison with a constant whose result the value's shape decides; `Some` when there is none.
    fn judge(&mut self, op: CompareOp, value: &One, other: &One, at: &Range<usize>, whole: &Range<usize>) -> Option<()> {
        let Some(constant) = other.node.constant().filter(|_| value.node.constant().is_none()) else { return Some(()) };
        if matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
            if let Some(objection) = value.shape.refuses(constant) {
                return self.object(at, objection);
            }
            if let (Scalar::Int, Const::Double(number)) = (value.scalar, constant)
                && number.fract() != 0.0
            {
                return self.fault(at, format!("a whole number is never {number}"));
            }
        }
        match value.shape.decides(op, constant) {
            Some(truth) => self.fault(whole, format!("this value is never below 0, so the comparison is always {truth}")),
            None => Some(()),
        }
    }

    fn is_in(&mut self, pair: &[Expr<'_>; 2], span: &Range<usize>) -> Option<Typed> {
        let [needle_expr, list_expr] = pair;
        let needle = self.one(needle_expr);
        let (list, scalar, shape) = match self.expr(list_expr)? {
            Typed::List(list, scalar, shape) => (list, scalar, shape),
            one => {
                let hint = Some("write `value in [a, b]`, or `text.contains(\"part\")`".to_owned());
                return self.fault_with(&list_expr.span, format!("`in` needs a list, this is {}", one.describe()), hint);
            }
        };
        let needle = needle?;
        if needle.scalar != scalar && !(needle.scalar.is_number() && scalar.is_number()) {
            return self.fault(span, format!("{} is never in a list of {}", needle.scalar.with_article(), scalar.as_str()));
        }
        if let Some(objection) = needle.node.constant().and_then(|constant| shape.refuses(constant)) {
            return self.object(&needle_expr.span, objection);
        }
        if let (ListNode::Consts(consts), ExprKind::List(items)) = (&list, &list_expr.kind) {
            let refused = items.iter().zip(consts).filter_map(|(item, constant)| Some((item, needle.shape.refuses(constant)?)));
            let refused: Vec<_> = refused.collect();
            if needle.node.constant().is_none() && !refused.is_empty() {
                for (item, (message, suggestion)) in refused {
                    self.faults.push(Fault { span: item.span.clone(), message, suggestion });
                }
                return None;
            }
        }
        let node = match sorted_texts(&list) {
            Some(texts) => Node::InTexts(Box::new(needle.node), texts),
            None => Node::In(Box::new(needle.node), Box::new(list)),
        };
        self.folded(node, Scalar::Bool, Shape::ANY, span)
    }

    /// `&&` (`decisive` false) and `||` (`decisive` true), without the parts that decide nothing.
    fn logic(&mut self, items: &[Expr<'_>], decisive: bool) -> Option<Typed> {
        let checked: Vec<_> = items.iter().map(|item| self.truth(item)).collect();
        let mut nodes: Vec<Node> = checked.into_iter().collect::<Option<_>>()?;
        if nodes.iter().any(|node| node.constant() == Some(&Const::Bool(decisive))) {
            return made(Node::Const(Const::Bool(decisive)), Scalar::Bool);
        }
        nodes.retain(|node| node.constant().is_none());
        if nodes.len() <= 1 {
            return made(nodes.pop().unwrap_or(Node::Const(Const::Bool(!decisive))), Scalar::Bool);
        }
        let nodes = nodes.into_boxed_slice();
        made(if decisive { Node::Any(nodes) } else { Node::All(nodes) }, Scalar::Bool)
    }

    fn choice(&mut self, parts: &[Expr<'_>; 3], span: &Range<usize>) -> Option<Typed> {
        let [condition, then, otherwise] = parts;
        let (condition, then, otherwise) = (self.truth(condition), self.expr(then), self.expr(otherwise));
        match (condition?, then?, otherwise?) {
            (condition, Typed::One(then), Typed::One(otherwise)) if then.scalar == otherwise.scalar => {
                let scalar = then.scalar;
                self.folded(Node::If(Box::new([condition, then.node, otherwise.node])), scalar, Shape::ANY, span)
            }
            (condition, Typed::List(then, scalar, _), Typed::List(otherwise, other, _)) if scalar == other => {
                Some(Typed::List(ListNode::If(Box::new(condition), Box::new([then, otherwise])), scalar, Shape::ANY))
            }
            (_, then, otherwise) => {
                self.fault(span, format!("the two results are {} and {}", then.describe(), otherwise.describe()))
            }
        }
    }

    fn element(&mut self, pair: &[Expr<'_>; 2]) -> Option<Typed> {
        let [list, index] = pair;
        let (typed, position) = (self.expr(list), self.one(index));
        let Typed::List(node, scalar, shape) = typed? else { return self.fault(&list.span, "only lists have elements") };
        let position = position?;
        if position.scalar != Scalar::Int {
            return self.fault(&index.span, format!("a position is an int, this is {}", position.scalar.with_article()));
        }
        let node = Node::Element(Box::new(node), Box::new(position.node));
        Some(Typed::One(One { node, scalar, shape }))
    }

    /// The value itself when it depends on no fact.
    pub fn folded(&mut self, node: Node, scalar: Scalar, shape: Shape, span: &Range<usize>) -> Option<Typed> {
        if !node.is_closed() {
            return Some(Typed::One(One { node, scalar, shape }));
        }
        match fold(&node) {
            Ok(constant) => made(Node::Const(constant), scalar),
            Err(_) => self.fault(span, "this fails for every message: overflow, division by zero or no such element"),
        }
    }
}

fn made(node: Node, scalar: Scalar) -> Option<Typed> {
    Some(Typed::One(One { node, scalar, shape: Shape::ANY }))
}

fn sorted_texts(list: &ListNode) -> Option<Box<[Box<str>]>> {
    let ListNode::Consts(consts) = list else { return None };
    let text = |constant: &Const| match constant {
        Const::Text(text) => Some(text.clone()),
        _ => None,
    };
    let mut texts: Vec<_> = consts.iter().map(text).collect::<Option<_>>()?;
    texts.sort_unstable();
    texts.dedup();
    Some(texts.into())
}

impl CompareOp {
    /// The operator with its sides changed.
    pub(crate) fn mirrored(self) -> Self {
        match self {
            CompareOp::Less => CompareOp::Greater,
            CompareOp::LessOrEqual => CompareOp::GreaterOrEqual,
            CompareOp::Greater => CompareOp::Less,
            CompareOp::GreaterOrEqual => CompareOp::LessOrEqual,
            same => same,
        }
    }
}

//! The compiled form: a typed tree that can be evaluated, and taken apart by an index over many profiles.

use memchr::memmem::Finder;
use regex::Regex;

use super::FactIndex;
use crate::diagnostic::article;
use crate::model::Timestamp;

/// Types of single values; lists hold one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    Bool,
    Int,
    Double,
    Text,
    Time,
    Duration,
}

impl Scalar {
    /// CEL's name of the type.
    pub fn as_str(self) -> &'static str {
        match self {
            Scalar::Bool => "bool",
            Scalar::Int => "int",
            Scalar::Double => "double",
            Scalar::Text => "string",
            Scalar::Time => "timestamp",
            Scalar::Duration => "duration",
        }
    }

    pub(super) fn with_article(self) -> String {
        article(self.as_str())
    }

    pub fn is_number(self) -> bool {
        matches!(self, Scalar::Int | Scalar::Double)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Const {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Box<str>),
    Time(Timestamp),
    /// Milliseconds.
    Duration(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArithmeticOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// Functions of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Characters of a text.
    Size,
    LowerAscii,
    UpperAscii,
    ToInt,
    ToDouble,
    ToText,
    /// Parts of a time in UTC.
    FullYear,
    /// From 0.
    Month,
    /// Day of the month from 1.
    Date,
    /// Day of the month from 0.
    DayOfMonth,
    /// From 0, Sunday.
    DayOfWeek,
    /// Of a time, or whole hours of a duration; likewise the next two.
    Hours,
    Minutes,
    Seconds,
}

#[derive(Debug, Clone)]
pub enum TextTest {
    Contains(Box<Finder<'static>>),
    StartsWith(Box<str>),
    EndsWith(Box<str>),
    Matches(Box<Regex>),
    /// The three first with a pattern that is known only when evaluated.
    ContainsValue(Node),
    StartsWithValue(Node),
    EndsWithValue(Node),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    All,
    Exists,
    ExistsOne,
}

/// A single value.
#[derive(Debug, Clone)]
pub enum Node {
    Const(Const),
    Fact(FactIndex),
    /// The variable of an enclosing list macro, by nesting level.
    Local(usize),
    /// The message carries the fact; for a list, with at least one element.
    Has(FactIndex),
    Not(Box<Node>),
    Negative(Box<Node>),
    /// False when any is false; else an error when any is one; else true.
    All(Box<[Node]>),
    /// True when any is true; else an error when any is one; else false.
    Any(Box<[Node]>),
    If(Box<[Node; 3]>),
    Compare(CompareOp, Box<[Node; 2]>),
    Arithmetic(ArithmeticOp, Box<[Node; 2]>),
    /// The text is one of these, which are sorted.
    InTexts(Box<Node>, Box<[Box<str>]>),
    In(Box<Node>, Box<ListNode>),
    Test(Box<Node>, Box<TextTest>),
    Call(Function, Box<Node>),
    ListSize(Box<ListNode>),
    /// The element at a position from 0; an error when there is none.
    Element(Box<ListNode>, Box<Node>),
    Quantified {
        quantifier: Quantifier,
        list: Box<ListNode>,
        local: usize,
        test: Box<Node>,
    },
}

/// A list.
#[derive(Debug, Clone)]
pub enum ListNode {
    Fact(FactIndex),
    Consts(Box<[Const]>),
    Items(Box<[Node]>),
    Filter { list: Box<ListNode>, local: usize, test: Box<Node> },
    Map { list: Box<ListNode>, local: usize, value: Box<Node> },
    If(Box<Node>, Box<[ListNode; 2]>),
}

impl Node {
    pub fn constant(&self) -> Option<&Const> {
        match self {
            Node::Const(constant) => Some(constant),
            _ => None,
        }
    }

    /// Calls back for every fact read, in the order of the text.
    pub fn visit_facts(&self, visit: &mut dyn FnMut(FactIndex)) {
        self.visit_leaves(&mut |leaf| {
            if let Leaf::Fact(fact) = leaf {
                visit(fact);
            }
        });
    }

    /// The value depends on nothing but the text of the condition.
    pub(super) fn is_closed(&self) -> bool {
        let mut closed = true;
        self.visit_leaves(&mut |_| closed = false);
        closed
    }

    fn visit_leaves(&self, visit: &mut dyn FnMut(Leaf)) {
        match self {
            Node::Const(_) => {}
            Node::Fact(fact) | Node::Has(fact) => visit(Leaf::Fact(*fact)),
            Node::Local(_) => visit(Leaf::Local),
            Node::Not(node) | Node::Negative(node) | Node::Call(_, node) | Node::InTexts(node, _) => node.visit_leaves(visit),
            Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| node.visit_leaves(visit)),
            Node::If(nodes) => nodes.iter().for_each(|node| node.visit_leaves(visit)),
            Node::Compare(_, nodes) | Node::Arithmetic(_, nodes) => nodes.iter().for_each(|node| node.visit_leaves(visit)),
            Node::In(node, list) => {
                node.visit_leaves(visit);
                list.visit_leaves(visit);
            }
            Node::Test(node, test) => {
                node.visit_leaves(visit);
                if let TextTest::ContainsValue(value) | TextTest::StartsWithValue(value) | TextTest::EndsWithValue(value) =
                    &**test
                {
                    value.visit_leaves(visit);
                }
            }
            Node::ListSize(list) => list.visit_leaves(visit),
            Node::Element(list, node) | Node::Quantified { list, test: node, .. } => {
                list.visit_leaves(visit);
                node.visit_leaves(visit);
            }
        }
    }
}

/// What a value may depend on.
enum Leaf {
    Fact(FactIndex),
    Local,
}

impl ListNode {
    fn visit_leaves(&self, visit: &mut dyn FnMut(Leaf)) {
        match self {
            ListNode::Fact(fact) => visit(Leaf::Fact(*fact)),
            ListNode::Consts(_) => {}
            ListNode::Items(nodes) => nodes.iter().for_each(|node| node.visit_leaves(visit)),
            ListNode::Filter { list, test: node, .. } | ListNode::Map { list, value: node, .. } => {
                list.visit_leaves(visit);
                node.visit_leaves(visit);
            }
            ListNode::If(node, lists) => {
                node.visit_leaves(visit);
                lists.iter().for_each(|list| list.visit_leaves(visit));
            }
        }
    }
}

//! Conditions of profiles: a typed subset of CEL (Common Expression Language, <https://cel.dev>) over the facts catalogue.
//!
//! A condition is read once, when its bundle is loaded: tokens → syntax tree → type check → [`Node`] tree with facts as indexes,
//! patterns prepared and constants folded. All that can be wrong is told then, with its place. Evaluation borrows from the
//! facts, allocates only where a condition makes new text or lists, and is bounded in depth and in steps.
//!
//! The subset: bool, int, double, string, timestamp, duration and lists of them; arithmetic, comparison across int and double,
//! `in`, `&&`, `||`, `?:`, `has`, `size`, string tests, the list macros. No maps, no messages, no null, no unsigned integers, no
//! time zones. A fact that the message does not carry is an error value, which `&&` and `||` absorb as CEL prescribes and which
//! `has` tests; a condition that ends in an error is undecided and matches nothing.

#[cfg(test)]
mod agreement;
mod ast;
mod call;
mod check;
mod eval;
mod lex;
mod list;
mod node;
mod number;
mod parse;
mod shape;
#[cfg(test)]
mod tests;
mod time;
mod written;

use std::ops::Range;

pub(crate) use eval::evaluate_test;
pub use eval::{Outcome, Row};
pub use node::{ArithmeticOp, CompareOp, Const, Function, ListNode, Node, Quantifier, Scalar, TextTest};
pub use number::Num;
pub(crate) use written::Written;

use super::facts::Fact;

/// Position of a fact in the catalogue that a condition was compiled against.
pub type FactIndex = u16;

/// Longest condition in bytes: far beyond what a person writes, and it bounds the size of every tree.
pub const CONDITION_BYTES_MAX: usize = 64 * 1024;
/// Deepest nesting of a condition; bounds the recursion of parser, checker and evaluator.
pub const DEPTH_MAX: u16 = 64;
/// List macros within list macros: each level multiplies the cost.
pub const MACRO_DEPTH_MAX: usize = 3;
/// Steps within the list macros of one test, about one per node and 64 bytes of text searched; a test that needs more is an error.
pub const STEPS_MAX: u32 = 20_000;

/// What is wrong with a condition, and where, in bytes of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub span: Range<usize>,
    pub message: String,
    pub suggestion: Option<String>,
}

impl Fault {
    fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), suggestion: None }
    }

    fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }
}

/// A condition ready to be evaluated. It can be taken apart ([`Condition::root`]) by whoever builds an index over many.
#[derive(Debug, Clone)]
pub struct Condition {
    root: Node,
    facts: Vec<FactIndex>,
}

impl Condition {
    /// Compiles against a catalogue; rows evaluated later must follow the same catalogue. Every fault found is told.
    pub fn compile(text: &str, catalogue: &[Fact]) -> Result<Self, Vec<Fault>> {
        if text.len() > CONDITION_BYTES_MAX {
            return Err(vec![Fault::new(0..0, format!("the condition is longer than {CONDITION_BYTES_MAX} bytes"))]);
        }
        let tokens = lex::tokens(text).map_err(|fault| vec![fault])?;
        let tree = parse::parse(&tokens).map_err(|fault| vec![fault])?;
        let root = check::condition(&tree, catalogue)?;
        let mut facts = Vec::new();
        root.visit_facts(&mut |fact| {
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        });
        Ok(Self { root, facts })
    }

    pub fn evaluate<R: Row>(&self, row: &R) -> Outcome {
        eval::evaluate(&self.root, row)
    }

    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The facts that the condition reads, in the order in which it names them.
    pub fn facts(&self) -> &[FactIndex] {
        &self.facts
    }
}

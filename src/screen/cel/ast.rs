//! The syntax tree: what was written, with its places, before anything is known about types.

use std::ops::Range;

use super::node::{ArithmeticOp, CompareOp};

#[derive(Debug)]
pub(super) struct Expr<'s> {
    pub kind: ExprKind<'s>,
    pub span: Range<usize>,
    /// Longest way down to a leaf, which is 1.
    pub depth: u16,
}

#[derive(Debug)]
pub(super) enum ExprKind<'s> {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    Null,
    Ident(&'s str),
    List(Vec<Expr<'s>>),
    Not(Box<Expr<'s>>),
    Negative(Box<Expr<'s>>),
    Arithmetic(ArithmeticOp, Box<[Expr<'s>; 2]>),
    Compare(CompareOp, Box<[Expr<'s>; 2]>),
    In(Box<[Expr<'s>; 2]>),
    /// `a && b && c` in one node.
    All(Vec<Expr<'s>>),
    /// `a || b || c` in one node.
    Any(Vec<Expr<'s>>),
    If(Box<[Expr<'s>; 3]>),
    Index(Box<[Expr<'s>; 2]>),
    Call(Box<Call<'s>>),
}

/// `name(args)` or `target.name(args)`.
#[derive(Debug)]
pub(super) struct Call<'s> {
    pub target: Option<Expr<'s>>,
    pub name: &'s str,
    pub name_span: Range<usize>,
    pub args: Vec<Expr<'s>>,
}

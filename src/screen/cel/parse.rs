//! Tokens to syntax tree: precedence climbing over CEL's operators. It stops at the first fault: what follows would be guesswork.

use std::ops::Range;

use super::ast::{Call, Expr, ExprKind};
use super::lex::{Token, TokenKind};
use super::node::{ArithmeticOp, CompareOp};
use super::{DEPTH_MAX, Fault};

pub(super) fn parse<'s>(tokens: &[Token<'s>]) -> Result<Expr<'s>, Fault> {
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let expr = parser.expression()?;
    match parser.peek() {
        TokenKind::End => Ok(expr),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

struct Parser<'t, 's> {
    tokens: &'t [Token<'s>],
    at: usize,
    depth: u16,
}

/// Binary operators by how strongly they bind; all lean to the left.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Or,
    And,
    Relation,
    Sum,
    Product,
}

impl<'s> Parser<'_, 's> {
    fn token(&self) -> Option<&Token<'s>> {
        self.tokens.get(self.at)
    }

    fn peek(&self) -> &TokenKind<'s> {
        self.token().map_or(&TokenKind::End, |token| &token.kind)
    }

    fn span(&self) -> Range<usize> {
        self.token().map_or(0..0, |token| token.span.clone())
    }

    fn accept(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), TokenKind::Symbol(found) if *found == symbol);
        self.at += usize::from(found);
        found
    }

    /// Takes the symbol and tells where it ends.
    fn expect(&mut self, symbol: &str) -> Result<usize, Fault> {
        let end = self.span().end;
        if self.accept(symbol) { Ok(end) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        let found = match self.peek() {
            TokenKind::End => "the end".to_owned(),
            TokenKind::Text(_) => "a string".to_owned(),
            TokenKind::Int(_) | TokenKind::Double(_) => "a number".to_owned(),
            TokenKind::Word(word) => format!("`{word}`"),
            TokenKind::Symbol(symbol) => format!("`{symbol}`"),
        };
        let fault = Fault::new(self.span(), format!("expected {wanted}, found {found}"));
        match self.peek() {
            TokenKind::Word("and" | "AND") => fault.suggest("write `&&`"),
            TokenKind::Word("or" | "OR") => fault.suggest("write `||`"),
            TokenKind::Word("not" | "NOT") => fault.suggest("write `!`"),
            _ => fault,
        }
    }

    /// Runs a rule one level deeper.
    fn deeper<T>(&mut self, rule: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(too_deep(self.span()));
        }
        let result = rule(self);
        self.depth -= 1;
        result
    }

    fn expression(&mut self) -> Result<Expr<'s>, Fault> {
        self.deeper(|parser| {
            let condition = parser.binary(Strength::Or)?;
            if !parser.accept("?") {
                return Ok(condition);
            }
            let then = parser.expression()?;
            parser.expect(":")?;
            let otherwise = parser.expression()?;
            let span = condition.span.start..otherwise.span.end;
            let depth = depth_of([&condition, &then, &otherwise]);
            node(ExprKind::If(Box::new([condition, then, otherwise])), span, depth)
        })
    }

    fn binary(&mut self, least: Strength) -> Result<Expr<'s>, Fault> {
        let mut left = self.unary()?;
        while let Some((strength, symbol)) = self.operator().filter(|(strength, _)| *strength >= least) {
            self.at += 1;
            let right = match strength {
                Strength::Or => self.binary(Strength::And)?,
                Strength::And => self.binary(Strength::Relation)?,
                Strength::Relation => self.binary(Strength::Sum)?,
                Strength::Sum => self.binary(Strength::Product)?,
                Strength::Product => self.unary()?,
            };
            left = join(symbol, left, right)?;
        }
        Ok(left)
    }

    fn operator(&self) -> Option<(Strength, &'static str)> {
        match self.peek() {
            TokenKind::Symbol("||") => Some((Strength::Or, "||")),
            TokenKind::Symbol("&&") => Some((Strength::And, "&&")),
            TokenKind::Symbol(symbol @ ("==" | "!=" | "<" | "<=" | ">" | ">=")) => Some((Strength::Relation, symbol)),
            TokenKind::Word("in") => Some((Strength::Relation, "in")),
            TokenKind::Symbol(symbol @ ("+" | "-")) => Some((Strength::Sum, symbol)),
            TokenKind::Symbol(symbol @ ("*" | "/" | "%")) => Some((Strength::Product, symbol)),
            _ => None,
        }
    }

    fn unary(&mut self) -> Result<Expr<'s>, Fault> {
        let start = self.span().start;
        let not = matches!(self.peek(), TokenKind::Symbol("!"));
        if !self.accept("!") && !self.accept("-") {
            return self.member();
        }
        let inner = self.deeper(Self::unary)?;
        let (span, depth) = (start..inner.span.end, depth_of([&inner]));
        node(if not { ExprKind::Not(Box::new(inner)) } else { ExprKind::Negative(Box::new(inner)) }, span, depth)
    }

    fn member(&mut self) -> Result<Expr<'s>, Fault> {
        let mut expr = self.primary()?;
        loop {
            let start = expr.span.start;
            if self.accept(".") {
                let name_span = self.span();
                let TokenKind::Word(name) = *self.peek() else { return Err(self.unexpected("a method name")) };
                self.at += 1;
                expr = self.call(Some(expr), name, name_span)?;
            } else if self.accept("[") {
                let index = self.expression()?;
                let end = self.expect("]")?;
                let depth = depth_of([&expr, &index]);
                expr = node(ExprKind::Index(Box::new([expr, index])), start..end, depth)?;
            } else {
                return Ok(expr);
            }
        }
    }

    fn call(&mut self, target: Option<Expr<'s>>, name: &'s str, name_span: Range<usize>) -> Result<Expr<'s>, Fault> {
        let start = target.as_ref().map_or(name_span.start, |target| target.span.start);
        if !self.accept("(") {
            let fault = Fault::new(name_span, format!("facts have no fields, so `.{name}` has no meaning"));
            return Err(fault.suggest("methods are followed by parentheses"));
        }
        let (args, end) = self.list_until(")")?;
        let depth = depth_of(args.iter().chain(&target));
        node(ExprKind::Call(Box::new(Call { target, name, name_span, args })), start..end, depth)
    }

    /// Expressions with commas between (one more may follow the last) and the position after the closing symbol.
    fn list_until(&mut self, close: &str) -> Result<(Vec<Expr<'s>>, usize), Fault> {
        let mut items = Vec::new();
        loop {
            let end = self.span().end;
            if self.accept(close) {
                return Ok((items, end));
            }
            items.push(self.expression()?);
            if !self.accept(",") {
                return Ok((items, self.expect(close)?));
            }
        }
    }

    fn primary(&mut self) -> Result<Expr<'s>, Fault> {
        let span = self.span();
        let kind = match self.peek().clone() {
            TokenKind::Int(number) => ExprKind::Int(number),
            TokenKind::Double(number) => ExprKind::Double(number),
            TokenKind::Text(text) => ExprKind::Text(text),
            TokenKind::Word("true") => ExprKind::Bool(true),
            TokenKind::Word("false") => ExprKind::Bool(false),
            TokenKind::Word("null") => ExprKind::Null,
            TokenKind::Word(word) if !matches!(word, "in" | "and" | "or" | "not" | "AND" | "OR" | "NOT") => ExprKind::Ident(word),
            TokenKind::Symbol("(") => return self.parenthesised(),
            TokenKind::Symbol("[") => {
                self.at += 1;
                let (items, end) = self.list_until("]")?;
                let depth = depth_of(&items);
                return node(ExprKind::List(items), span.start..end, depth);
            }
            TokenKind::Symbol("{") => return Err(Fault::new(span, "conditions have no maps").suggest("write a list: [ … ]")),
            _ => return Err(self.unexpected("a fact, a value or `(`")),
        };
        self.at += 1;
        if let (ExprKind::Ident(name), TokenKind::Symbol("(")) = (&kind, self.peek()) {
            return self.call(None, name, span);
        }
        node(kind, span, 1)
    }

    fn parenthesised(&mut self) -> Result<Expr<'s>, Fault> {
        let start = self.span().start;
        self.at += 1;
        let mut inner = self.expression()?;
        inner.span = start..self.expect(")")?;
        Ok(inner)
    }
}

fn depth_of<'e, 's: 'e>(children: impl IntoIterator<Item = &'e Expr<'s>>) -> u16 {
    children.into_iter().map(|child| child.depth).max().unwrap_or(0).saturating_add(1)
}

fn node(kind: ExprKind<'_>, span: Range<usize>, depth: u16) -> Result<Expr<'_>, Fault> {
    if depth > DEPTH_MAX { Err(too_deep(span)) } else { Ok(Expr { kind, span, depth }) }
}

fn too_deep(span: Range<usize>) -> Fault {
    Fault::new(span, format!("the condition is nested deeper than {DEPTH_MAX} levels"))
}

fn join<'s>(symbol: &str, left: Expr<'s>, right: Expr<'s>) -> Result<Expr<'s>, Fault> {
    let span = left.span.start..right.span.end;
    let depth = depth_of([&left, &right]);
    let arithmetic = |op, pair| ExprKind::Arithmetic(op, Box::new(pair));
    let compare = |op, pair| ExprKind::Compare(op, Box::new(pair));
    let kind = match (symbol, left) {
        // A chain is one level, however long.
        ("||", Expr { kind: ExprKind::Any(mut items), depth: left_depth, .. }) => {
            let depth = left_depth.max(right.depth.saturating_add(1));
            items.push(right);
            return node(ExprKind::Any(items), span, depth);
        }
        ("&&", Expr { kind: ExprKind::All(mut items), depth: left_depth, .. }) => {
            let depth = left_depth.max(right.depth.saturating_add(1));
            items.push(right);
            return node(ExprKind::All(items), span, depth);
        }
        ("||", left) => ExprKind::Any(vec![left, right]),
        ("&&", left) => ExprKind::All(vec![left, right]),
        ("in", left) => ExprKind::In(Box::new([left, right])),
        ("==", left) => compare(CompareOp::Equal, [left, right]),
        ("!=", left) => compare(CompareOp::NotEqual, [left, right]),
        ("<", left) => compare(CompareOp::Less, [left, right]),
        ("<=", left) => compare(CompareOp::LessOrEqual, [left, right]),
        (">", left) => compare(CompareOp::Greater, [left, right]),
        (">=", left) => compare(CompareOp::GreaterOrEqual, [left, right]),
        ("+", left) => arithmetic(ArithmeticOp::Add, [left, right]),
        ("-", left) => arithmetic(ArithmeticOp::Subtract, [left, right]),
        ("*", left) => arithmetic(ArithmeticOp::Multiply, [left, right]),
        ("/", left) => arithmetic(ArithmeticOp::Divide, [left, right]),
        (_, left) => arithmetic(ArithmeticOp::Remainder, [left, right]),
    };
    node(kind, span, depth)
}

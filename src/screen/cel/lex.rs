//! Tokens of a condition. Comments run from `//` to the end of the line.

use std::ops::Range;

use super::Fault;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token<'s> {
    pub kind: TokenKind<'s>,
    pub span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind<'s> {
    Int(i64),
    Double(f64),
    Text(String),
    /// Names and the words `true`, `false`, `null`, `in`.
    Word(&'s str),
    Symbol(&'static str),
    End,
}

/// Longer symbols first.
const SYMBOLS: [&str; 25] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "?", ":", "(", ")", "[", "]", "{", "}", ",", ".",
    ";",
];

/// Frequent slips, and what CEL has for them.
const SLIPS: [(&str, &str); 7] = [
    ("=", "compare with `==`"),
    ("&", "write `&&`"),
    ("|", "write `||`"),
    ("“", "write plain quotes: \""),
    ("”", "write plain quotes: \""),
    ("≤", "write `<=`"),
    ("≥", "write `>=`"),
];

/// The tokens, the last being `End`.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, Fault> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next()?;
        let done = token.kind == TokenKind::End;
        tokens.push(token);
        if done {
            return Ok(tokens);
        }
    }
}

struct Lexer<'s> {
    text: &'s str,
    at: usize,
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Result<Token<'s>, Fault> {
        self.skip_blank();
        let start = self.at;
        let kind = match self.peek() {
            None => TokenKind::End,
            Some('"' | '\'') => self.quoted(false)?,
            Some('r' | 'R') if self.rest().get(1..2).is_some_and(|quote| quote == "\"" || quote == "'") => self.quoted(true)?,
            Some(first) if first.is_ascii_digit() => self.number()?,
            Some('.') if self.rest().get(1..2).is_some_and(|next| next.as_bytes().iter().all(u8::is_ascii_digit)) => {
                self.number()?
            }
            Some(first) if first.is_alphabetic() || first == '_' => {
                TokenKind::Word(self.take_while(|c| c.is_alphanumeric() || c == '_'))
            }
            Some(first) => self.symbol(first)?,
        };
        Ok(Token { kind, span: start..self.at })
    }

    fn skip_blank(&mut self) {
        loop {
            self.take_while(char::is_whitespace);
            if !self.rest().starts_with("//") {
                return;
            }
            self.take_while(|c| c != '\n');
        }
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'s str {
        let rest = self.rest();
        let len = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += len;
        rest.get(..len).unwrap_or_default()
    }

    fn symbol(&mut self, first: char) -> Result<TokenKind<'s>, Fault> {
        if let Some(symbol) = SYMBOLS.iter().find(|symbol| self.rest().starts_with(**symbol)) {
            self.at += symbol.len();
            return Ok(TokenKind::Symbol(symbol));
        }
        let fault = Fault::new(self.at..self.at + first.len_utf8(), format!("`{first}` has no meaning here"));
        let slip = SLIPS.iter().find(|(slip, _)| self.rest().starts_with(slip));
        Err(slip.map_or(fault.clone(), |(_, hint)| fault.suggest(*hint)))
    }

    fn number(&mut self) -> Result<TokenKind<'s>, Fault> {
        let start = self.at;
        if self.rest().starts_with("0x") {
            self.at += 2;
            let digits = self.take_while(|c| c.is_ascii_hexdigit());
            let number = i64::from_str_radix(digits, 16).ok().map(TokenKind::Int);
            return number.ok_or_else(|| self.bad_number(start));
        }
        self.take_while(|c| c.is_ascii_digit());
        let fraction = self.rest().starts_with('.')
            && self.rest().get(1..2).is_some_and(|next| next.as_bytes().iter().all(u8::is_ascii_digit));
        if fraction {
            self.at += 1;
            self.take_while(|c| c.is_ascii_digit());
        }
        let exponent = self.rest().starts_with(['e', 'E']);
        if exponent {
            self.at += 1;
            self.at += usize::from(self.rest().starts_with(['+', '-']));
            self.take_while(|c| c.is_ascii_digit());
        }
        let written = self.text.get(start..self.at).unwrap_or_default();
        let number = if fraction || exponent {
            written.parse().ok().filter(|number: &f64| number.is_finite()).map(TokenKind::Double)
        } else {
            written.parse().ok().map(TokenKind::Int)
        };
        let unit = self.take_while(|c| c.is_alphanumeric() || c == '_');
        match number {
            Some(number) if unit.is_empty() => Ok(number),
            _ => Err(self.bad_number(start)),
        }
    }

    fn bad_number(&self, start: usize) -> Fault {
        let written = self.text.get(start..self.at).unwrap_or_default();
        let fault = Fault::new(start..self.at, format!("`{written}` is not a number"));
        match written.strip_suffix(['u', 'U']) {
            Some(number) => fault.suggest(format!("facts are signed numbers: write `{number}`")),
            None => fault,
        }
    }

    fn quoted(&mut self, raw: bool) -> Result<TokenKind<'s>, Fault> {
        let start = self.at;
        self.at += usize::from(raw);
        let quote = match self.rest() {
            rest if rest.starts_with("\"\"\"") => "\"\"\"",
            rest if rest.starts_with("'''") => "'''",
            rest if rest.starts_with('"') => "\"",
            _ => "'",
        };
        self.at += quote.len();
        let mut text = String::new();
        loop {
            let Some(next) = self.peek().filter(|next| *next != '\n' || quote.len() == 3) else {
                return Err(Fault::new(start..self.at, "this string has no end").suggest(format!("close it with {quote}")));
            };
            if self.rest().starts_with(quote) {
                self.at += quote.len();
                return Ok(TokenKind::Text(text));
            }
            if next == '\\' && !raw {
                text.push(self.escape()?);
            } else {
                self.at += next.len_utf8();
                text.push(next);
            }
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let start = self.at;
        self.at += 1;
        let letter = self.peek().unwrap_or(' ');
        self.at += letter.len_utf8().min(self.rest().len());
        let plain = match letter {
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'a' => Some('\x07'),
            'b' => Some('\x08'),
            'f' => Some('\x0c'),
            'v' => Some('\x0b'),
            '\\' | '"' | '\'' | '`' | '?' => Some(letter),
            'x' | 'X' => self.code(16, 2),
            'u' => self.code(16, 4),
            'U' => self.code(16, 8),
            '0'..='3' => {
                self.at -= 1;
                self.code(8, 3)
            }
            _ => None,
        };
        plain.ok_or_else(|| {
            let written = self.text.get(start..self.at).unwrap_or_default();
            Fault::new(start..self.at, format!("`{written}` is not an escape"))
                .suggest("write `\\\\` for a backslash, or a raw string r\"…\"")
        })
    }

    fn code(&mut self, radix: u32, digits: usize) -> Option<char> {
        let code = self.rest().get(..digits)?;
        let number = u32::from_str_radix(code, radix).ok()?;
        self.at += digits;
        char::from_u32(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let text_of = |token: Token<'_>| match token.kind {
            TokenKind::Text(text) => Some(text),
            _ => None,
        };
        tokens(text).unwrap().into_iter().filter_map(text_of).collect()
    }

    #[test]
    fn strings_come_in_all_quotes_raw_and_escaped() {
        assert_eq!(texts(r#""a\n\x41\u00e9\101" 'it"s' r"\d" R'\n'"#), ["a\nAéA", "it\"s", "\\d", "\\n"]);
        assert_eq!(texts("\"\"\"two\nlines\"\"\" // \"not me\"\n'x'"), ["two\nlines", "x"]);
    }

    #[test]
    fn numbers_are_ints_or_doubles() {
        let kinds: Vec<_> = tokens("1 0x1F 2.5 1e3 .5").unwrap().into_iter().map(|token| token.kind).collect();
        use TokenKind::{Double, End, Int};
        assert_eq!(kinds, [Int(1), Int(31), Double(2.5), Double(1000.0), Double(0.5), End]);
    }

    #[test]
    fn what_is_no_token_is_refused_at_its_place() {
        for (text, span) in [
            ("a = 1", 2..3),
            ("'abc", 0..4),
            ("1u", 0..2),
            ("99999999999999999999", 0..20),
            (r"'\q'", 1..3),
            ("'\\", 1..2),
            ("1e999", 0..5),
        ] {
            assert_eq!(tokens(text).unwrap_err().span, span, "{text}");
        }
    }
}

//! The bytes of a JSON text: blanks, punctuation, strings, numbers (RFC 8259), with their limits.
//!
//! Our own rather than serde_json's, because a decoder of cargo messages owes what that one does not offer: the byte position of
//! every error, unknown fields kept with their text, limits on depth and elements, and errors that quote no personal data.

use std::borrow::Cow;

use super::super::{Limits, Problem};
use crate::model::Text;
use crate::record::Reason;

pub struct Scanner<'de> {
    text: &'de str,
    /// Invariant: at a character boundary of `text`, at most its length.
    position: usize,
    depth: usize,
    elements: usize,
    limits: Limits,
    /// Name of the member whose value is being read.
    pub key: Text<'de>,
    /// Inside of a value that nobody asked for: its own members are not unknown fields of their own.
    pub ignoring: bool,
    unknown: Vec<(Text<'de>, &'de str)>,
}

/// Where to come back to.
#[derive(Clone, Copy)]
pub struct Mark {
    position: usize,
    depth: usize,
}

pub enum Number {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

impl<'de> Scanner<'de> {
    pub fn new(text: &'de str, limits: Limits) -> Self {
        let (key, unknown) = (Text::default(), Vec::new());
        Self { text, position: 0, depth: 0, elements: 0, limits, key, ignoring: false, unknown }
    }

    pub fn position(&self) -> usize {
        self.position
    }

    pub fn mark(&self) -> Mark {
        Mark { position: self.position, depth: self.depth }
    }

    pub fn rewind(&mut self, mark: Mark) {
        (self.position, self.depth) = (mark.position, mark.depth);
        (self.ignoring, self.unknown) = (false, Vec::new());
    }

    pub fn take_unknown(&mut self) -> Vec<(Text<'de>, &'de str)> {
        std::mem::take(&mut self.unknown)
    }

    /// Keeps the value between `start` and here as an unknown field; `null` says nothing and is not kept.
    pub fn keep_unknown(&mut self, name: Text<'de>, start: usize) {
        let value = self.text.get(start..self.position).unwrap_or_default();
        if value != "null" {
            self.unknown.push((name, value));
        }
    }

    /// The next byte that is not blank; `None` at the end.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.position += 1,
                other => return other,
            }
        }
    }

    #[inline]
    pub fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.position += usize::from(found);
        found
    }

    #[inline]
    pub fn expect(&mut self, wanted: u8) -> Result<(), Problem> {
        if self.take(wanted) { Ok(()) } else { Err(self.missing(wanted)) }
    }

    #[cold]
    fn missing(&self, wanted: u8) -> Problem {
        self.unexpected(&format!("'{}'", char::from(wanted)))
    }

    /// Takes the bracket that begins a list or an object, one level deeper.
    pub fn open(&mut self, bracket: u8) -> Result<(), Problem> {
        if self.depth >= self.limits.depth {
            let detail = format!("nested deeper than {} levels", self.limits.depth);
            return Err(Problem::new(Reason::TooDeep, self.position, detail));
        }
        self.depth += 1;
        self.expect(bracket)
    }

    /// Takes the bracket that ends a list or an object.
    pub fn close(&mut self, bracket: u8) -> Result<(), Problem> {
        self.depth = self.depth.saturating_sub(1);
        self.expect(bracket)
    }

    /// Counts one message or list element.
    pub fn count(&mut self) -> Result<(), Problem> {
        self.elements += 1;
        if self.elements > self.limits.elements {
            let detail = format!("more than {} messages and list elements", self.limits.elements);
            return Err(Problem::new(Reason::TooMany, self.position, detail));
        }
        Ok(())
    }

    pub fn literal(&mut self, word: &'static str) -> Result<(), Problem> {
        let rest = self.text.get(self.position..).unwrap_or_default();
        if rest.starts_with(word) {
            self.position += word.len();
            return Ok(());
        }
        self.position += rest.bytes().zip(word.bytes()).take_while(|(found, wanted)| found == wanted).count();
        Err(self.unexpected(word))
    }

    /// A string, borrowed unless it holds escapes.
    pub fn string(&mut self) -> Result<Cow<'de, str>, Problem> {
        self.expect(b'"')?;
        let (start, plain) = (self.position, plain_len(self.rest()));
        if self.text.as_bytes().get(start + plain) == Some(&b'"') {
            self.position = start + plain + 1;
            return Ok(Cow::Borrowed(self.text.get(start..start + plain).unwrap_or_default()));
        }
        self.escaped_string().map(Cow::Owned)
    }

    #[cold]
    fn escaped_string(&mut self) -> Result<String, Problem> {
        let mut owned = self.piece()?.to_owned();
        while self.byte() == Some(b'\\') {
            owned.push(self.escape()?);
            owned.push_str(self.piece()?);
        }
        self.position += 1;
        Ok(owned)
    }

    /// Plain characters up to the closing quote or the next backslash.
    fn piece(&mut self) -> Result<&'de str, Problem> {
        let start = self.position;
        self.position += plain_len(self.rest());
        match self.byte() {
            Some(b'"' | b'\\') => Ok(self.text.get(start..self.position).unwrap_or_default()),
            _ => Err(self.unexpected("text without control characters, then '\"'")),
        }
    }

    fn escape(&mut self) -> Result<char, Problem> {
        self.position += 1;
        let escaped = match self.byte() {
            Some(b'u') => return self.unicode_escape(),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
            _ => return Err(self.unexpected("one of \"\\/bfnrtu")),
        };
        self.position += 1;
        Ok(escaped)
    }

    /// `uXXXX`, or two of them for a surrogate pair.
    fn unicode_escape(&mut self) -> Result<char, Problem> {
        let start = self.position;
        let unit = self.hex4()?;
        let code = match unit {
            0xd800..=0xdbff if self.text.get(self.position..).unwrap_or_default().starts_with("\\u") => {
                self.position += 1;
                let low = self.hex4()?;
                0x10000 + ((unit - 0xd800) << 10) + low.checked_sub(0xdc00).filter(|low| *low < 0x400).unwrap_or(u32::MAX >> 1)
            }
            _ => unit,
        };
        char::from_u32(code).ok_or_else(|| Problem::new(Reason::BadField, start, "half of a surrogate pair"))
    }

    fn hex4(&mut self) -> Result<u32, Problem> {
        self.position += 1;
        let digits = self.text.get(self.position..self.position.saturating_add(4)).unwrap_or_default();
        if digits.len() < 4 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(self.unexpected("four hexadecimal digits"));
        }
        self.position += 4;
        u32::from_str_radix(digits, 16).map_err(|_| self.unexpected("four hexadecimal digits"))
    }

    pub fn number(&mut self) -> Result<Number, Problem> {
        let start = self.position;
        let negative = self.byte() == Some(b'-');
        self.position += usize::from(negative);
        let zero = self.byte() == Some(b'0');
        let digits = self.digits()?;
        if zero && digits > 1 {
            return Err(Problem::new(Reason::BadField, start, "a number with a leading zero"));
        }
        let whole = self.fraction_and_exponent()?;
        let text = self.text.get(start..self.position).unwrap_or_default();
        let integer = match negative {
            _ if !whole => None,
            true => text.parse().ok().filter(|number| *number != 0).map(Number::Signed),
            false => text.parse().ok().map(Number::Unsigned),
        };
        let number = integer.or_else(|| text.parse().ok().filter(|float: &f64| float.is_finite()).map(Number::Float));
        number.ok_or_else(|| Problem::new(Reason::BadField, start, "a number out of range"))
    }

    /// True when there is neither.
    fn fraction_and_exponent(&mut self) -> Result<bool, Problem> {
        let start = self.position;
        if self.byte() == Some(b'.') {
            self.position += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.position += 1;
            self.position += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(start == self.position)
    }

    /// How many; at least one.
    fn digits(&mut self) -> Result<usize, Problem> {
        let count = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.position += count;
        if count == 0 { Err(self.unexpected("a digit")) } else { Ok(count) }
    }

    /// The error for what stands here: truncated when nothing does.
    #[cold]
    pub fn unexpected(&self, wanted: &str) -> Problem {
        match self.byte() {
            None => Problem::new(Reason::Truncated, self.position, format!("the text ends where {wanted} is expected")),
            Some(_) => Problem::new(Reason::BadField, self.position, format!("not JSON: expected {wanted}")),
        }
    }

    fn rest(&self) -> &'de [u8] {
        self.text.as_bytes().get(self.position..).unwrap_or_default()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }
}

/// How many bytes stand before the first quote, backslash or control character. Eight at a time: most strings are short.
fn plain_len(text: &[u8]) -> usize {
    let (words, tail) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let marked = marked_special(u64::from_le_bytes(*word));
        if marked != 0 {
            return index * 8 + marked.trailing_zeros() as usize / 8;
        }
    }
    let special = tail.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
    words.len() * 8 + special.unwrap_or(tail.len())
}

/// Has the top bit of each byte set that ends the plain part of a string. Subtracting from a byte that is too small borrows into
/// its top bit; a borrow may mark a later byte falsely, never an earlier one.
fn marked_special(word: u64) -> u64 {
    let each = |byte: u8| u64::from_ne_bytes([byte; 8]);
    let below = |word: u64, limit: u8| word.wrapping_sub(each(limit));
    let found = below(word, 0x20) | below(word ^ each(b'"'), 1) | below(word ^ each(b'\\'), 1);
    found & !word & each(0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_plain_text_is_found_at_every_place() {
        for len in 0..30 {
            for end in [b'"', b'\\', 0, b'\n', 0x1f] {
                let mut text = b"! #[]\x7f\x80\xa2\xdc\xff".repeat(4);
                assert_eq!(plain_len(&text), text.len());
                text[len] = end;
                assert_eq!(plain_len(&text), len, "{end}");
                text.truncate(len);
                assert_eq!(plain_len(&text), len);
            }
        }
    }
}

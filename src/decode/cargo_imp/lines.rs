//! The line cursor: the messages of a payload and the lines of each, with their byte positions.

use super::envelope;
use super::fields::Source;
use super::identifier::Identifier;
use crate::record::{Reason, Rejected};

/// A line without its end, without blanks and control characters around it; never empty.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub text: &'a [u8],
    /// Byte position in the payload.
    pub at: usize,
    tagged: bool,
}

impl<'a> Line<'a> {
    #[inline(always)]
    fn new(text: &'a [u8], at: usize) -> Self {
        let tagged = matches!(text, [b'A'..=b'Z', b'A'..=b'Z', b'A'..=b'Z', b'/', ..] | [b'A'..=b'Z', b'A'..=b'Z', b'A'..=b'Z']);
        Self { text, at, tagged }
    }

    /// Line identifier and what follows its slash: `SHP`, `NAM/ACME`. `None` for a continuation.
    #[inline]
    pub fn tag(&self) -> Option<(&'a [u8], &'a [u8])> {
        let (tag, rest) = self.text.split_at_checked(3).filter(|_| self.tagged)?;
        Some((tag, rest.get(1..).unwrap_or_default()))
    }

    /// A continuation without its first slash, which some senders leave out.
    pub fn untagged(&self) -> &'a [u8] {
        self.text.strip_prefix(b"/").unwrap_or(self.text)
    }
}

/// Yields the messages of a payload with [`Lines::next_message`] and the lines of the current one with [`Lines::next`].
pub(super) struct Lines<'a> {
    payload: &'a [u8],
    pub source: Source<'a>,
    at: usize,
    /// Lines and parts of 64 bytes that may still be read: bounds what a payload can make the decoder allocate.
    budget: usize,
    exhausted: bool,
    /// Inside an EDIFACT envelope, where apostrophes end segments.
    edifact: bool,
    /// The payload has no line ends at all, so every apostrophe of an EDIFACT body is one.
    one_line: bool,
    /// An end-of-text mark or a service segment has ended the message: what is not yet read of it is envelope.
    closed: bool,
    /// The line that was looked at but not taken.
    held: Option<Line<'a>>,
    /// The message is over; lines up to the next identifier belong to no message.
    ended: bool,
    /// The identifier that ended the message.
    next: Option<Identifier<'a>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Between,
    InMessage,
}

const ETX: u8 = 0x03;

impl<'a> Lines<'a> {
    pub fn new(payload: &'a [u8], budget: usize) -> Self {
        let at = if payload.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self {
            payload,
            source: Source::new(payload),
            at,
            budget,
            exhausted: false,
            edifact: false,
            one_line: false,
            closed: false,
            held: None,
            ended: true,
            next: None,
        }
    }

    /// Goes to the next identifier; headings and other lines before it are left out.
    pub fn next_message(&mut self) -> Option<Identifier<'a>> {
        let found = match self.next.take() {
            Some(identifier) => identifier,
            None => self.seek()?,
        };
        self.ended = self.exhausted;
        Some(found)
    }

    fn seek(&mut self) -> Option<Identifier<'a>> {
        loop {
            self.closed = false;
            let (line, _) = self.physical(Place::Between)?;
            if let Some(identifier) = Identifier::read(line.text, line.at, true) {
                return Some(identifier);
            }
        }
    }

    /// Leaves out what is left of the current message.
    pub fn skip_message(&mut self) {
        while self.next().is_some() {}
    }

    #[inline]
    pub fn next(&mut self) -> Option<Line<'a>> {
        let line = self.peek();
        self.held = None;
        line
    }

    /// The next line of the current message, not yet taken.
    #[inline]
    pub fn peek(&mut self) -> Option<Line<'a>> {
        if self.held.is_none() && !self.ended {
            self.look();
        }
        self.held
    }

    /// The next line if it is a continuation, without its slash.
    #[inline]
    pub fn continuation(&mut self) -> Option<&'a [u8]> {
        let line = self.peek()?;
        if line.tagged {
            return None;
        }
        self.held = None;
        Some(line.untagged())
    }

    /// A line that the message cannot do without; `what` names it for people.
    pub fn mandatory(&mut self, what: &'static str) -> Result<Line<'a>, Rejected> {
        self.next()
            .ok_or_else(|| Rejected::new(Reason::Truncated, self.position(), format!("the message ends before its {what}")))
    }

    /// The budget ran out before the payload did.
    pub fn exhausted(&self) -> bool {
        self.exhausted
    }

    /// Byte position behind what was read of the current message.
    pub fn position(&self) -> usize {
        match (self.held, self.next) {
            (Some(line), _) => line.at,
            (None, Some(identifier)) => identifier.at,
            (None, None) => self.at,
        }
    }

    /// Holds the next line of the current message, or notes that it is over.
    fn look(&mut self) {
        if let Some((line, len)) = self.plain() {
            self.at += len;
            if self.spend(len).is_some() {
                self.held = Some(line);
            }
        } else {
            self.held = self.look_closely();
        }
    }

    /// The next line and its length with its end, if nothing about it is out of the ordinary: most lines are like that.
    #[inline]
    fn plain(&self) -> Option<(Line<'a>, usize)> {
        let rest = self.payload.get(self.at..)?;
        let end = if self.edifact || self.closed { return None } else { plain_line_end(rest) };
        let (text, behind) = rest.split_at_checked(end)?;
        let len = match behind {
            [b'\n', ..] => end + 1,
            [b'\r', b'\n', ..] => end + 2,
            [b'\r', ..] => end + 1,
            _ => return None,
        };
        match text {
            [] | [0..=b' ' | b'Q', ..] | [b'U', b'N', ..] | [.., 0..=b' '] => None,
            _ if Identifier::read(text, self.at, false).is_some() => None,
            _ => Some((Line::new(text, self.at), len)),
        }
    }

    #[cold]
    fn look_closely(&mut self) -> Option<Line<'a>> {
        let found = if self.closed { None } else { self.physical(Place::InMessage) };
        self.ended = found.is_none();
        let (line, rest) = found?;
        if let Some(identifier) = Identifier::read(line.text, line.at, false) {
            self.next = Some(identifier);
            self.ended = true;
        } else {
            self.ended = line.text.first() == Some(&b'Q') && envelope::type_b_heading(line.text, rest);
        }
        (!self.ended).then_some(line)
    }

    /// The next line that is neither blank nor an EDIFACT service segment, and the payload behind it.
    fn physical(&mut self, place: Place) -> Option<(Line<'a>, &'a [u8])> {
        loop {
            let rest = self.payload.get(self.at..).filter(|rest| !rest.is_empty())?;
            let service = if rest.first() == Some(&b'U') { envelope::service_segment(rest) } else { None };
            let end = if service.is_some() { 0 } else { self.line_end(rest) };
            let text = rest.get(..end)?;
            let line_end = if rest.get(end..end + 2) == Some(b"\r\n") { 2 } else { 1 };
            let len = service.unwrap_or(end + line_end);
            let start = self.at;
            self.at = start.saturating_add(len.max(1)).min(self.payload.len());
            self.spend(len)?;
            if service.is_some() {
                self.enter_edifact();
            }
            self.closed = service.is_some() && place == Place::InMessage || rest.get(text.len()) == Some(&ETX);
            if let Some(line) = trimmed(text, start) {
                return Some((line, self.payload.get(self.at..).unwrap_or_default()));
            }
            if self.closed && place == Place::InMessage {
                return None;
            }
        }
    }

    fn line_end(&self, rest: &[u8]) -> usize {
        if !self.edifact {
            return plain_line_end(rest);
        }
        let ends = |index: usize, byte: u8| match byte {
            b'\n' | b'\r' | ETX => true,
            b'\'' => self.one_line || envelope::apostrophe_ends_line(rest.get(index + 1..).unwrap_or_default()),
            _ => false,
        };
        rest.iter().enumerate().position(|(index, byte)| ends(index, *byte)).unwrap_or(rest.len())
    }

    fn enter_edifact(&mut self) {
        if !self.edifact {
            self.edifact = true;
            self.one_line = memchr::memchr2(b'\n', b'\r', self.payload).is_none();
        }
    }

    fn spend(&mut self, bytes: usize) -> Option<()> {
        match self.budget.checked_sub(1 + bytes / 64) {
            Some(left) => self.budget = left,
            None => {
                self.exhausted = true;
                self.ended = true;
                return None;
            }
        }
        Some(())
    }
}

/// Position of the first line feed, carriage return or end-of-text mark, or the length.
///
/// Lines are so short that a vectorised search is done before it has warmed up; eight bytes at a time are enough.
fn plain_line_end(rest: &[u8]) -> usize {
    let (words, tail) = rest.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let marked = marked_below_14(u64::from_le_bytes(*word));
        if marked != 0 {
            let at = index * 8 + marked.trailing_zeros() as usize / 8;
            return if rest.get(at).copied().is_some_and(ends_line) { at } else { plain_line_end_from(at, rest) };
        }
    }
    plain_line_end_from(rest.len() - tail.len(), rest)
}

fn plain_line_end_from(at: usize, rest: &[u8]) -> usize {
    let unread = rest.get(at..).unwrap_or_default();
    at + unread.iter().position(|byte| ends_line(*byte)).unwrap_or(unread.len())
}

fn ends_line(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | ETX)
}

/// Has the top bit of each byte set that is below 14, falsely also of bytes that are not ASCII. Subtracting 14 from a byte below
/// it borrows into its top bit; borrows may mark a later byte falsely, never hide an earlier one.
fn marked_below_14(word: u64) -> u64 {
    word.wrapping_sub(0x0e0e_0e0e_0e0e_0e0e) & 0x8080_8080_8080_8080
}

fn trimmed(mut text: &[u8], mut at: usize) -> Option<Line<'_>> {
    while let [0..=b' ', rest @ ..] = text {
        text = rest;
        at += 1;
    }
    while let [rest @ .., 0..=b' '] = text {
        text = rest;
    }
    (!text.is_empty()).then(|| Line::new(text, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(payload: &str) -> Vec<(String, Vec<String>)> {
        let mut lines = Lines::new(payload.as_bytes(), 1000);
        let mut found = Vec::new();
        while let Some(identifier) = lines.next_message() {
            let mut texts = Vec::new();
            while let Some(line) = lines.next() {
                assert!(payload.as_bytes()[line.at..].starts_with(line.text), "position of {line:?}");
                texts.push(String::from_utf8(line.text.to_vec()).unwrap());
            }
            found.push((identifier.name().to_string(), texts));
        }
        found
    }

    #[test]
    fn messages_are_split_at_identifiers_whatever_ends_the_lines() {
        let expected = vec![("FWB/17".to_string(), vec!["A".to_string(), "/B".to_string()]), ("FSR".into(), vec!["C".into()])];
        for payload in [
            "FWB/17\r\nA \r\n/B\r\n\r\nFSR\r\nC",
            "FWB/17\nA\n\n/B\nFSR\nC\n",
            "FWB/17\rA\r/B\rFSR\rC\r",
            "\u{feff}FWB/17\nA\n/B\nFSR\nC",
        ] {
            assert_eq!(messages(payload), expected, "{payload:?}");
        }
    }

    #[test]
    fn envelopes_are_left_out() {
        let expected = vec![("FSU/12".to_string(), vec!["A".to_string(), "B O'NEIL".to_string()])];
        for payload in [
            "QK FRACARG\r\n.HDQXXSU 011200\r\nFSU/12\r\nA\r\nB O'NEIL\r\n",
            "\u{1}QU FRACARG HKGXXLH\r\nMUCXXLH\r\n.HDQXXSU 011200\r\n\u{2}FSU/12\r\nA\r\nB O'NEIL\r\n\u{3}\r\nNNNN",
            "UNB+IATA:1+A:PIMA+B:PIMA+1'UNH+1+CIMFSU:12'FSU/12\r\nA\r\nB O'NEIL\r\nUNT+3+1'UNZ+1+1'",
            "UNB+IATA:1+A:PIMA'\r\nUNH+1+CIMFSU:12'\r\nFSU/12'\r\nA'\r\nB O'NEIL'UNT+3+1'\r\nUNZ+1+1'\r\n",
        ] {
            assert_eq!(messages(payload), expected, "{payload:?}");
        }
        assert_eq!(messages("UNB+X'UNH+1+CIMFSU:12'FSU/12'A'B'UNT+3+1'UNZ+1+1'")[0].1, ["A", "B"]);
    }

    #[test]
    fn a_heading_between_messages_belongs_to_neither() {
        let found = messages("FSU/12\nA\n\nQK FRACARG\n.HDQXXSU 011200\nFSU/12\nB\n\u{3}\nQK FRACARG HKGXXLH .A\nFSR\nC");
        let bodies: Vec<_> = found.into_iter().map(|(_, lines)| lines).collect();
        assert_eq!(bodies, [vec!["A"], vec!["B"], vec!["C"]]);
    }

    #[test]
    fn the_line_end_is_found_at_every_place() {
        for len in 0..40 {
            for end in [b'\n', b'\r', ETX] {
                let mut text = b"\tA\x01\xffZ \x0e\x80".repeat(5);
                assert_eq!(plain_line_end(&text), text.len());
                text[len] = end;
                assert_eq!(plain_line_end(&text), len);
            }
        }
    }

    #[test]
    fn the_budget_counts_lines_and_long_lines_more() {
        let mut lines = Lines::new(b"FSR\nA\nB\nC\n", 3);
        lines.next_message();
        lines.skip_message();
        assert!(lines.exhausted());
        let long = format!("FSR\n{}\n", "X".repeat(640));
        let mut lines = Lines::new(long.as_bytes(), 11);
        lines.next_message();
        lines.skip_message();
        assert!(lines.exhausted());
    }
}

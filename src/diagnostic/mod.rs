//! Faults in files that people write (profiles, policy, configuration), shown where they are: file, line, column, the line
//! itself and a caret under the culprit. A reader collects every fault of a file, never only the first.

pub mod table;

use std::fmt;
use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The file is refused.
    Error,
    /// The file is taken; a person should look.
    Warning,
}

/// Where something stands in a file: what a caret needs, without the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// As the person named it; relative to the bundle for bundle files.
    pub file: String,
    /// From 1; 0 when the fault is the file's as a whole.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// Length of the underlined part in characters, at least 1, within the line.
    pub length: usize,
    /// The source line, tabs as blanks.
    pub excerpt: String,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    pub place: Place,
    pub message: String,
    /// What to write instead, or what the choices are.
    pub suggestion: Option<String>,
}

/// A file's text under its name.
#[derive(Debug, Clone, Copy)]
pub struct Source<'s> {
    pub name: &'s str,
    pub text: &'s str,
}

impl Source<'_> {
    /// The place of a byte range. Whatever the range, the result lies within the text.
    pub fn place(&self, span: Range<usize>) -> Place {
        let bytes = self.text.as_bytes();
        let start = span.start.min(bytes.len());
        let before = bytes.get(..start).unwrap_or_default();
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let rest = bytes.get(line_start..).unwrap_or_default();
        let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let end = span.end.clamp(start, line_start + line.len());
        let characters =
            |from: usize, to: usize| String::from_utf8_lossy(bytes.get(from..to).unwrap_or_default()).chars().count();
        let line_text = String::from_utf8_lossy(line);
        Place {
            file: self.name.to_owned(),
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            column: characters(line_start, start) + 1,
            length: characters(start, end).max(1),
            excerpt: line_text.trim_end().chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
        }
    }

    pub fn error(&self, span: Range<usize>, message: impl Into<String>, suggestion: Option<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Error, place: self.place(span), message: message.into(), suggestion }
    }
}

impl Diagnostic {
    /// A fault of a file as a whole, such as one that cannot be read.
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        let place = Place { file: file.into(), line: 0, column: 0, length: 0, excerpt: String::new() };
        Self { severity: Severity::Error, place, message: message.into(), suggestion: None }
    }
}

impl fmt::Display for Diagnostic {
    /// Drawn as compilers do; no newline at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let Place { file, line, column, length, excerpt } = &self.place;
        write!(f, "{word}: {}", self.message)?;
        if *line == 0 {
            write!(f, "\n --> {file}")?;
            return self.suggestion.iter().try_for_each(|suggestion| write!(f, "\n  = {suggestion}"));
        }
        let number = line.to_string();
        let gutter = " ".repeat(number.len());
        write!(f, "\n{gutter}--> {file}:{line}:{column}\n{gutter} |\n{number} | {excerpt}\n{gutter} | ")?;
        write!(f, "{}{}", " ".repeat(column.saturating_sub(1)), "^".repeat(*length))?;
        self.suggestion.iter().try_for_each(|suggestion| write!(f, " {suggestion}"))
    }
}

/// All of them, a blank line between two.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| format!("{diagnostic}\n")).collect::<Vec<_>>().join("\n")
}

/// `did you mean …` for a misspelt word: the nearest candidate, when it is near.
pub fn did_you_mean<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// The candidate with the smallest spelling distance, when at most a third of the letters differ.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let distances = candidates.into_iter().map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate));
    let (distance, candidate) = distances.min()?;
    (distance <= (word.len() / 3).max(1)).then_some(candidate)
}

/// The word with `a` or `an` before it.
pub fn article(word: &str) -> String {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { format!("an {word}") } else { format!("a {word}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_drawn_with_its_line_and_a_caret() {
        let source = Source { name: "a.toml", text: "one\n\ttwö three\nfour" };
        let fault = source.error(10..15, "no three", Some("write 3".into()));
        assert_eq!(fault.to_string(), "error: no three\n --> a.toml:2:6\n  |\n2 |  twö three\n  |      ^^^^^ write 3");
    }

    #[test]
    fn any_range_has_a_place_in_the_text() {
        let source = Source { name: "a", text: "é\n" };
        for (start, end) in [(0, 0), (1, 2), (2, 900), (3, 3), (900, 1)] {
            let place = source.place(start..end);
            assert!(place.line >= 1 && place.line <= 2 && place.length == 1, "{place:?}");
        }
    }

    #[test]
    fn only_near_words_are_suggested() {
        assert_eq!(nearest("orgin", ["origin", "goods"]), Some("origin"));
        assert_eq!(nearest("zebra", ["origin", "goods"]), None);
    }
}

//! A fault in a file that a person wrote, shown where it stands.

use std::fmt;

/// One fault: what, where, and where known, what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// As the person named it; or the name of an environment variable.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// In characters, all on `line`.
    pub length: usize,
    pub message: String,
    pub suggestion: Option<String>,
    /// Empty when there is nothing to show, as when the file cannot be read.
    pub source_line: String,
}

impl Diagnostic {
    /// A fault of the file as a whole.
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        let (file, message) = (file.into(), message.into());
        Self { file, line: 1, column: 1, length: 0, message, suggestion: None, source_line: String::new() }
    }
}

/// `file:line:column: message`, then the line with a caret under the place, then the suggestion.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        if !self.source_line.is_empty() {
            let margin = self.line.to_string();
            let blank = " ".repeat(margin.len());
            // Tabs are kept, so that the caret stands under its column in every terminal.
            let before = self.source_line.chars().take(self.column.saturating_sub(1));
            let indent: String = before.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
            write!(f, "\n {margin} | {}\n {blank} | {indent}{}", self.source_line, "^".repeat(self.length.max(1)))?;
        }
        if let Some(suggestion) = &self.suggestion {
            write!(f, "\n  = {suggestion}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caret_stands_under_the_fault() {
        let fault = Diagnostic {
            file: "loadgate.toml".into(),
            line: 12,
            column: 2,
            length: 4,
            message: "unknown key `grop`".into(),
            suggestion: Some("did you mean `group`?".into()),
            source_line: "\tgrop = 1".into(),
        };
        let expected = "loadgate.toml:12:2: unknown key `grop`\n 12 | \tgrop = 1\n    | \t^^^^\n  = did you mean `group`?";
        assert_eq!(fault.to_string(), expected);
    }

    #[test]
    fn a_fault_of_the_whole_file_shows_no_line() {
        assert_eq!(Diagnostic::of_file("x.toml", "cannot be read").to_string(), "x.toml:1:1: cannot be read");
    }
}

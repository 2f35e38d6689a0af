//! The texts that a configuration is written in: the file, then one for each variable of the environment. Each has a range
//! of positions of its own, so that a span says which of them it is in.

use std::ops::Range;

use crate::diagnostic::Diagnostic;

pub struct Source {
    name: String,
    text: String,
    /// Position of its first byte.
    start: usize,
    /// For a variable: its name within the text, and its value as TOML that begins at the value's position.
    variable: Option<Variable>,
}

pub struct Variable {
    pub name: String,
    pub value: String,
    /// `v=value` behind blanks. Parsed, the value has the span that it has among all positions.
    pub toml: String,
    pub value_start: usize,
}

pub const PREFIX: &str = "LOADGATE__";

/// The file, and those of `environment` that are ours, by name.
pub fn gather(file: &str, text: &str, environment: impl IntoIterator<Item = (String, String)>) -> Vec<Source> {
    let mut variables: Vec<(String, String)> = environment.into_iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
    variables.sort();
    let mut sources = vec![Source { name: file.to_owned(), text: text.to_owned(), start: 0, variable: None }];
    // One position is left free behind each source, so that its very end is not the next one's beginning.
    let mut start = text.len() + 1;
    for (name, value) in variables {
        let source = Source::of_variable(start, name, value);
        start += source.text.len() + 1;
        sources.push(source);
    }
    sources
}

/// The fault at `span` of whichever source it is in.
pub fn diagnostic(sources: &[Source], span: &Range<usize>, message: &str, suggestion: Option<String>) -> Option<Diagnostic> {
    let source = sources.iter().rev().find(|source| source.start <= span.start)?;
    Some(source.diagnostic(span, message, suggestion))
}

impl Source {
    fn of_variable(start: usize, name: String, value: String) -> Self {
        let text = format!("{name}={value}");
        let value_start = start + name.len() + 1;
        // The name is longer than the two bytes of `v=`.
        let toml = format!("{}v={value}", " ".repeat(value_start.saturating_sub(2)));
        Self { name: "environment".to_owned(), text, start, variable: Some(Variable { name, value, toml, value_start }) }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn start(&self) -> usize {
        self.start
    }

    pub fn variable(&self) -> Option<&Variable> {
        self.variable.as_ref()
    }

    fn diagnostic(&self, span: &Range<usize>, message: &str, suggestion: Option<String>) -> Diagnostic {
        let at = self.text.floor_char_boundary(span.start.saturating_sub(self.start));
        let (before, after) = self.text.split_at_checked(at).unwrap_or((&self.text, ""));
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_text = self.text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let marked = after.lines().next().unwrap_or_default();
        let length = marked.char_indices().take_while(|(offset, _)| *offset < span.len()).count();
        Diagnostic {
            file: self.name.clone(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).map_or(0, |line| line.chars().count()) + 1,
            length: length.max(1),
            message: message.replace('\n', ", "),
            suggestion,
            source_line: without_secret(line_text),
        }
    }
}

/// The line, or what stands before a secret in it: the value of a password, or an address with a user, in case somebody wrote
/// one there.
fn without_secret(line: &str) -> String {
    let lower = line.to_ascii_lowercase();
    let password = lower.find("password").and_then(|word| Some(word + lower.get(word..)?.find('=')? + 1));
    let user =
        lower.find("://").map(|scheme| scheme + 3).filter(|user| lower.get(*user..).is_some_and(|rest| rest.contains('@')));
    let end = [password, user].into_iter().flatten().min();
    end.and_then(|end| line.get(..end)).map_or_else(|| line.to_owned(), |before| format!("{before} ***"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Vec<Source> {
        let variables = [("LOADGATE__B", "2"), ("LOADGATE__A", "1"), ("HOME", "/root")];
        gather("x.toml", "[a]\nb = \"é\" # c\n", variables.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }

    #[test]
    fn a_place_in_the_file_is_told_in_lines_and_characters() {
        let hash = "[a]\nb = \"é\" ".len();
        let fault = diagnostic(&sources(), &(hash..hash + 3), "no", None).unwrap();
        assert_eq!((fault.file.as_str(), fault.line, fault.column, fault.length), ("x.toml", 2, 9, 3));
        assert_eq!(fault.source_line, "b = \"é\" # c");
    }

    #[test]
    fn a_place_in_a_variable_is_told_with_its_name() {
        let sources = sources();
        assert_eq!(sources.len(), 3, "only our variables count");
        let value = sources[2].variable().unwrap().value_start;
        let fault = diagnostic(&sources, &(value..value + 1), "no", None).unwrap();
        assert_eq!((fault.file.as_str(), fault.line, fault.column), ("environment", 1, 13));
        assert_eq!(fault.source_line, "LOADGATE__B=2");
    }

    #[test]
    fn no_password_is_shown() {
        for line in
            ["password = \"hunter2\"", "LOADGATE__REGISTRY__PASSWORD=hunter2", "security = { key_password = \"hunter2\" }"]
        {
            let shown = without_secret(line);
            assert!(!shown.contains("hunter2") && shown.ends_with("= ***"), "{shown}");
        }
        assert_eq!(without_secret("urls = [\"https://u:hunter2@r\"]"), "urls = [\"https:// ***");
        assert_eq!(without_secret("group = \"x\""), "group = \"x\"");
    }
}

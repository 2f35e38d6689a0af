//! The lines of a Cargo-IMP message: at most 69 characters, ended by CR LF.

use crate::model::Remark;

#[derive(Default)]
pub struct Lines {
    text: String,
}

impl Lines {
    pub fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push_str("\r\n");
    }

    /// Words over several lines of `length` characters, each with what `head` gives for its number, from 0.
    pub fn words(&mut self, text: &str, length: usize, mut head: impl FnMut(usize) -> String) {
        for (number, part) in wrap(text, length).into_iter().enumerate() {
            self.line(&format!("{}{part}", head(number)));
        }
    }

    pub fn remarks(&mut self, remarks: &[Remark<'_>], skip: &[&str]) {
        for remark in remarks.iter().filter(|remark| !skip.contains(&remark.line.as_str())) {
            self.line(&format!("{}/{}", remark.line, remark.text));
        }
    }

    pub fn into_text(self) -> String {
        self.text
    }
}

/// `text` in parts of at most `length` characters, split at blanks; a longer word stays whole.
pub fn wrap(text: &str, length: usize) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match parts.last_mut() {
            Some(part) if part.len() + 1 + word.len() <= length => {
                part.push(' ');
                part.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_at_blanks_and_joins_to_what_it_was() {
        for (text, expected) in [
            ("FRESH CUT ROSES", vec!["FRESH CUT", "ROSES"]),
            ("ROSES", vec!["ROSES"]),
            ("", vec![""]),
            ("ANTIDISESTABLISHMENT X", vec!["ANTIDISESTABLISHMENT", "X"]),
        ] {
            assert_eq!(wrap(text, 10), expected);
            assert_eq!(wrap(text, 10).join(" "), text);
        }
    }
}

//! Words that every match of a regular expression contains one of: what makes a pattern findable in the one pass over the text.

use regex_syntax::hir::{Hir, HirKind};

/// Shorter words are in nearly every text.
const WORD_BYTES_MIN: usize = 2;
const WORDS_MAX: usize = 256;

/// One of these is in every text that matches; `None` when the pattern demands no word.
pub(super) fn required(pattern: &str) -> Option<Vec<String>> {
    let hir = regex_syntax::parse(pattern).ok()?;
    words(&hir).filter(|words| shortest(words) >= WORD_BYTES_MIN)
}

fn words(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(vec![String::from_utf8(literal.0.to_vec()).ok()?]),
        HirKind::Capture(capture) => words(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => words(&repetition.sub),
        HirKind::Concat(parts) => {
            parts.iter().filter_map(words).max_by_key(|words| (shortest(words), std::cmp::Reverse(words.len())))
        }
        HirKind::Alternation(branches) => {
            let every: Option<Vec<_>> = branches.iter().map(words).collect();
            every.map(|words| words.concat()).filter(|words| words.len() <= WORDS_MAX)
        }
        _ => None,
    }
}

fn shortest(words: &[String]) -> usize {
    words.iter().map(String::len).min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_tells_the_words_it_needs() {
        let cases = [
            (r"\b(IVORY|RHINO|SEA ?HORSES?)\b", Some(vec!["IVORY", "RHINO", "HORSE"])),
            (r"\b(CAPSULE (FILLING )?MACHINE|PUNCH DIE)", Some(vec!["CAPSULE ", "PUNCH DIE"])),
            (r"(TDP ?[0-9.]*)+", Some(vec!["TDP"])),
            (r"ROSES?|ROSEWOOD", Some(vec!["ROSE", "ROSEWOOD"])),
            (r"^[A-Z]{3}\d+$", None),
            (r"A|IVORY", None),
            (r"(IVORY)?", None),
            (r"(?i)ivory", None),
        ];
        for (pattern, expected) in cases {
            let found = required(pattern);
            assert_eq!(found.as_deref().map(|words| words.iter().map(String::as_str).collect::<Vec<_>>()), expected, "{pattern}");
        }
    }
}

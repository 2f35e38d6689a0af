//! Placeholders: text that is there only to fill the field.

/// Why a name, address or description says nothing, after PACT implementation guide 1.9, section 6. `None` for an empty text,
/// which is missing, not a placeholder.
pub(super) fn reason(text: &str) -> Option<&'static str> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let mut letters = text.chars().filter(|c| c.is_alphabetic());
    let Some(first) = letters.next() else {
        return Some(if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ') { "only digits" } else { "only signs" });
    };
    let repeated = letters.clone().all(|letter| letter.eq_ignore_ascii_case(&first)) && letters.count() >= REPEATED_MIN - 1;
    if repeated && !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Some("one letter repeated");
    }
    if text.trim_matches('.').len() > LISTED_LEN_MAX {
        return None;
    }
    if EXTENSIONS.iter().any(|extension| text.trim_start_matches('.').eq_ignore_ascii_case(extension)) {
        return Some("a file extension");
    }
    WORDS.iter().any(|word| text.trim_end_matches('.').eq_ignore_ascii_case(word)).then_some("a filler word")
}

/// Three or more identical letters, PACT guide section 6.
const REPEATED_MIN: usize = 3;

/// No listed word is longer.
const LISTED_LEN_MAX: usize = 13;

static EXTENSIONS: &[&str] = &["WPX", "PDF", "DOCX", "XLSX", "TXT", "JPG"];

/// Common practice, besides the guide's own terms.
static WORDS: &[&str] = &[
    "NA",
    "N/A",
    "N A",
    "NIL",
    "NONE",
    "NULL",
    "UNKNOWN",
    "TBA",
    "TBD",
    "TEST",
    "SAME",
    "SAME AS ABOVE",
    "AS ABOVE",
    "AS AGREED",
    "TO ORDER",
    "NO NAME",
    "NO ADDRESS",
    "TO BE ADVISED",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_listed_word_is_longer_than_what_is_looked_up() {
        assert_eq!(EXTENSIONS.iter().chain(WORDS).map(|word| word.len()).max(), Some(LISTED_LEN_MAX));
        assert!(WORDS.iter().all(|word| reason(&format!("{word}...")).is_some() && reason(&word.to_lowercase()).is_some()));
    }

    #[test]
    fn text_without_content_is_told_from_short_but_real_text() {
        let cases = [
            ("", None),
            ("12345", Some("only digits")),
            ("12 34", Some("only digits")),
            (" . ", Some("only signs")),
            ("--", Some("only signs")),
            ("12-34/5", Some("only signs")),
            ("XXX", Some("one letter repeated")),
            ("x x x x", Some("one letter repeated")),
            ("AAA 12", None),
            ("XX", None),
            (".wpx", Some("a file extension")),
            ("WPX", Some("a file extension")),
            ("WPX LTD", None),
            ("n/a", Some("a filler word")),
            ("Unknown.", Some("a filler word")),
            ("UNKNOWN PLEASURES LTD", None),
            ("3M", None),
            ("12 HIGH ST", None),
            ("茶", None),
        ];
        for (text, expected) in cases {
            assert_eq!(reason(text), expected, "{text:?}");
        }
    }
}

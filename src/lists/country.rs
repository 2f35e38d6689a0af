//! Countries as lists write them: codes, English names, and the official names of the United Nations.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::codes::countries::COUNTRIES;

/// The ISO 3166-1 alpha-2 code of a code or name.
pub fn code(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() == 2 {
        let code = text.to_ascii_uppercase();
        return COUNTRIES.find(&code).map(|_| code);
    }
    let folded = folded(text);
    BY_NAME.get(folded.as_str()).map(|code| (*code).to_owned())
}

fn folded(text: &str) -> String {
    let plain = text.split('(').next().unwrap_or(text);
    let letters = plain.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

static BY_NAME: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let names = COUNTRIES.rows().map(|(code, name)| (folded(name), code));
    names.chain(OTHERS.iter().map(|(name, code)| (folded(name), *code))).collect()
});

/// Names that the table writes otherwise.
static OTHERS: &[(&str, &str)] = &[
    ("Burma", "MM"),
    ("China, Hong Kong", "HK"),
    ("Congo, Democratic Republic of the", "CD"),
    ("Cote d'Ivoire", "CI"),
    ("Democratic People's Republic of Korea", "KP"),
    ("Democratic Republic of the Congo", "CD"),
    ("Egypt, Arab Republic of", "EG"),
    ("Ivory Coast", "CI"),
    ("Korea, North", "KP"),
    ("Korea, South", "KR"),
    ("Lao People's Democratic Republic", "LA"),
    ("Libyan Arab Jamahiriya", "LY"),
    ("North Korea", "KP"),
    ("Palestinian", "PS"),
    ("Palestine", "PS"),
    ("Republic of Korea", "KR"),
    ("Russian Federation", "RU"),
    ("South Korea", "KR"),
    ("State of Palestine", "PS"),
    ("Syrian Arab Republic", "SY"),
    ("The Netherlands", "NL"),
    ("Türkiye", "TR"),
    ("United Arab Emirates", "AE"),
    ("United Kingdom of Great Britain and Northern Ireland", "GB"),
    ("United Republic of Tanzania", "TZ"),
    ("United States of America", "US"),
    ("Viet Nam", "VN"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_read_by_code_and_by_its_names() {
        for (text, expected) in [
            ("af", Some("AF")),
            ("Afghanistan", Some("AF")),
            ("Iran (Islamic Republic of)", Some("IR")),
            ("Democratic People's Republic of Korea", Some("KP")),
            ("Atlantis", None),
            ("", None),
        ] {
            assert_eq!(code(text).as_deref(), expected, "{text}");
        }
    }
}

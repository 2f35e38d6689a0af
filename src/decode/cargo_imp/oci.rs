//! OCI lines: other customs, security and regulatory control information. Reads the four fields of a line as they stand;
//! [`super::security`] interprets them.

use super::fields::Source;
use super::lines::Lines;
use crate::model::{Code, Country, CustomsNote};

/// Reads an OCI line and its continuations. `rest` follows `OCI/`.
pub(super) fn read<'a>(rest: &'a [u8], lines: &mut Lines<'a>, notes: &mut Vec<CustomsNote<'a>>) {
    notes.reserve(8);
    notes.push(note(rest, lines.source));
    while let Some(rest) = lines.continuation() {
        notes.push(note(rest, lines.source));
    }
}

/// `GB/ISS/RA/001-011`, `//ED/0213`, and `/ED/0213` with a slash too few. A line that does not fit is kept whole as text.
pub(super) fn note<'a>(line: &'a [u8], source: Source<'a>) -> CustomsNote<'a> {
    shape(line, source)
        .or_else(|| shifted(line, source))
        .unwrap_or_else(|| CustomsNote { text: source.text(line), ..Default::default() })
}

fn shape<'a>(line: &'a [u8], source: Source<'a>) -> Option<CustomsNote<'a>> {
    let (country, rest) = letters(line, 2)?;
    let (subject, rest) = letters(rest, 3)?;
    let (code, rest) = letters(rest, 2)?;
    matches!(subject.len(), 0 | 3).then(|| CustomsNote {
        country: Country::from_bytes(country),
        subject: Code::from_bytes(subject),
        code: Code::from_bytes(code),
        text: source.text(rest),
    })
}

/// One field of the front is missing: `/ED/0213` for `//ED/0213` puts the code into the subject.
fn shifted<'a>(line: &'a [u8], source: Source<'a>) -> Option<CustomsNote<'a>> {
    let (country, rest) = letters(line, 2)?;
    let (code, rest) = letters(rest, 2)?;
    (!code.is_empty() && !rest.is_empty()).then(|| CustomsNote {
        country: Country::from_bytes(country),
        subject: None,
        code: Code::from_bytes(code),
        text: source.text(rest),
    })
}

/// The first field, if it is of at most `len_max` letters, and what follows its slash.
fn letters(line: &[u8], len_max: usize) -> Option<(&[u8], &[u8])> {
    let len = line.iter().take(len_max).take_while(|byte| byte.is_ascii_uppercase()).count();
    match line.split_at_checked(len)? {
        (field, [b'/', rest @ ..]) => Some((field, rest)),
        (field, []) => Some((field, &[])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_slashes_and_empty_middles_are_read() {
        for (line, expected) in [
            ("GB/ISS/RA/001-011", "GB ISS RA 001-011"),
            ("//ED/0213", "- - ED 0213"),
            ("/ED/0213", "- - ED 0213"),
            ("JP//KC/142", "JP - KC 142"),
            ("JP/KC/142", "JP - KC 142"),
            ("/DNR/D/UN1234 UN2345", "- DNR D UN1234 UN2345"),
            ("//ST/A/B", "- - ST A/B"),
            ("US//FT/03", "US - FT 03"),
            ("SOMETHING ELSE", "- - - SOMETHING ELSE"),
            ("/RU1/DNR/D", "- - - /RU1/DNR/D"),
        ] {
            let note = note(line.as_bytes(), Source::default());
            let field = |code: Option<&str>| code.unwrap_or("-").to_string();
            let found = [
                field(note.country.as_deref()),
                field(note.subject.as_deref()),
                field(note.code.as_deref()),
                note.text.to_string(),
            ];
            assert_eq!(found.join(" "), expected, "{line}");
        }
    }
}

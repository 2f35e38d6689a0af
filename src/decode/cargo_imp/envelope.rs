//! What travels around a message: EDIFACT service segments and the heading of a SITA Type-B telegram.
//!
//! The envelope is only recognised and left out; who sent a record is known from the topic, not from its heading.

/// Length of the EDIFACT service segment that `text` begins with, its terminator included; `None` if it begins with none.
/// A segment ends at an apostrophe that no `?` releases, or at the line's end where the apostrophe is missing.
pub(super) fn service_segment(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"UNA") {
        return Some(text.len().min(9));
    }
    if !SERVICE_TAGS.iter().any(|tag| text.starts_with(tag)) {
        return None;
    }
    let mut previous = b' ';
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'\'' if previous != b'?' => return Some(index + 1),
            b'\r' | b'\n' => return Some(index),
            _ => previous = *byte,
        }
    }
    Some(text.len())
}

/// Whether an apostrophe followed by `rest` ends a line of an EDIFACT body: an apostrophe can also stand in a name.
pub(super) fn apostrophe_ends_line(rest: &[u8]) -> bool {
    match rest.first() {
        None | Some(b'\r' | b'\n') => true,
        Some(b'U') => service_segment(rest).is_some(),
        Some(_) => false,
    }
}

/// Whether `line`, with `rest` of the payload after it, begins the heading of a Type-B telegram: priority and addresses
/// (`QK FRACARG HKGXXLH`), then the line of the origin (`.HDQXXSU 011200`), which may also stand at the end of the first.
pub(super) fn type_b_heading(line: &[u8], rest: &[u8]) -> bool {
    let [b'Q', b'A'..=b'Z', b' ', addresses @ ..] = line else { return false };
    let mut words = addresses.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let mut address = |word: &[u8]| word.len() == 7 && word.iter().all(u8::is_ascii_alphanumeric);
    words.next().is_some_and(&mut address)
        && match words.find(|word| !address(word)) {
            Some(word) => word.first() == Some(&b'.'),
            None => rest.trim_ascii_start().first() == Some(&b'.') || next_line_is_addresses(rest),
        }
}

fn next_line_is_addresses(rest: &[u8]) -> bool {
    let line = rest.trim_ascii_start().split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).peekable();
    words.peek().is_some() && words.all(|word| word.len() == 7 && word.iter().all(u8::is_ascii_alphanumeric))
}

const SERVICE_TAGS: [&[u8]; 6] = [b"UNB+", b"UNG+", b"UNH+", b"UNT+", b"UNE+", b"UNZ+"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_segment_ends_at_its_apostrophe() {
        assert_eq!(service_segment(b"UNH+1+CIMFWB:16'FWB/16"), Some(16));
        assert_eq!(service_segment(b"UNT+3+1\r\nUNZ"), Some(7));
        assert_eq!(service_segment(b"UNB+A?'S'X"), Some(9));
        assert_eq!(service_segment(b"UNDER"), None);
    }

    #[test]
    fn a_type_b_heading_needs_addresses_and_an_origin() {
        assert!(type_b_heading(b"QK FRACARG", b"\r\n.HDQXXSU 011200\r\n"));
        assert!(type_b_heading(b"QU FRACARG HKGXXLH .HDQXXSU 011200", b""));
        assert!(!type_b_heading(b"QK FRACARG", b"\r\n/MORE"));
        assert!(!type_b_heading(b"QUARTZ CLOCKS", b"\r\n.A"));
    }
}

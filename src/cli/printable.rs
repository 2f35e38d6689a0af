//! Text that others wrote, on a terminal.

/// Each character that would command the terminal, or reorder or hide what it shows, as its escape: \u202e. Within a string of JSON
/// that is the same text.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() || is_unseen(letter) {
            letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(letter);
        }
    }
    out
}

/// Unicode's format characters (Cf: bidirectional controls, zero widths, tags) and its separators of lines and paragraphs.
fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sender_wrote_cannot_command_the_terminal() {
        assert_eq!(printable("bad \"\u{1b}[31mFWB\r\n\" é"), r#"bad "\u001b[31mFWB\u000d\u000a" é"#);
        assert_eq!(printable("\u{9b}31m\u{7f}"), r"\u009b31m\u007f", "C1 begins commands too");
    }

    #[test]
    fn what_a_sender_wrote_cannot_reorder_or_hide_what_is_shown() {
        for unseen in ['\u{200e}', '\u{200f}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{61c}', '\u{200b}', '\u{2028}']
        {
            assert_eq!(printable(&format!("a{unseen}b")), format!("a\\u{:04x}b", u32::from(unseen)));
        }
        assert_eq!(printable("\u{e0041}"), r"\udb40\udc41");
        assert_eq!(printable("中文 ümlaut עברית"), "中文 ümlaut עברית");
    }

    #[test]
    fn json_says_the_same_with_the_escapes() {
        let value = serde_json::json!({"detail": "\u{202e}\u{9b}\u{e0041}\u{1b}"});
        let text = printable(&value.to_string());
        assert!(text.is_ascii(), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}

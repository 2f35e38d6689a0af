//! Folding: upper case, and Latin letters without their accents. Not a transliteration: other scripts stay as they are.

/// Appends the letter in upper case, as ASCII where it is a Latin letter or a typographic sign with an ASCII spelling.
pub(super) fn push(text: &mut String, letter: char) {
    if letter.is_ascii() {
        text.push(letter.to_ascii_uppercase());
        return;
    }
    for upper in letter.to_uppercase() {
        match FOLDS.iter().find(|(letters, _)| letters.contains(upper)) {
            Some((_, ascii)) => text.push_str(ascii),
            None => text.push(upper),
        }
    }
}

/// Letters of Latin-1 and Latin Extended-A, and the quotes and dashes of word processors.
static FOLDS: &[(&str, &str)] = &[
    ("ÀÁÂÃÄÅĀĂĄ", "A"),
    ("ÇĆĈĊČ", "C"),
    ("ÐĎĐ", "D"),
    ("ÈÉÊËĒĔĖĘĚ", "E"),
    ("ĜĞĠĢ", "G"),
    ("ĤĦ", "H"),
    ("ÌÍÎÏĨĪĬĮİ", "I"),
    ("Ĵ", "J"),
    ("Ķ", "K"),
    ("ĹĻĽĿŁ", "L"),
    ("ÑŃŅŇ", "N"),
    ("ÒÓÔÕÖØŌŎŐ", "O"),
    ("ŔŖŘ", "R"),
    ("ŚŜŞŠȘ", "S"),
    ("ŢŤŦȚ", "T"),
    ("ÙÚÛÜŨŪŬŮŰŲ", "U"),
    ("Ŵ", "W"),
    ("ÝŶŸ", "Y"),
    ("ŹŻŽ", "Z"),
    ("Æ", "AE"),
    ("Œ", "OE"),
    ("Þ", "TH"),
    ("ẞ", "SS"),
    ("‘’‚′", "'"),
    ("“”„″", "\""),
    ("‐‑‒–—", "-"),
];

//! The canonical key of a party: one history for `Tradeco LLC`, `TRADECO L.L.C.` and `Trade-co Llc` (indicator P8).
//!
//! The key is conservative. What it levels never tells two parties apart: case, accents, script, punctuation, spacing, company
//! form, a title, "the" and "and", and the two ways to write an umlaut. It keeps word order and every letter, so a misspelling has
//! a key of its own: finding those is the matcher's work, which costs more.

use super::fold::{self, GAP, HYPHEN};
use super::forms;

/// What [`party_key`] writes to; kept from call to call, so that a call allocates nothing once it has grown.
#[derive(Debug, Default)]
pub struct KeyBuffer {
    /// The name in Latin letters, words apart.
    folded: String,
    /// The words run together, where company forms are looked up.
    joined: String,
    /// Where each word of `joined` starts.
    starts: Vec<usize>,
    key: String,
}

/// The canonical form of a party's name in its country: the country in upper case, a colon, the letters that matter.
///
/// ```
/// use loadgate::names::{KeyBuffer, party_key};
///
/// let mut buffer = KeyBuffer::default();
/// assert_eq!(party_key("TRADE-CO L.L.C.", Some("ae"), &mut buffer), "AE:tradeco");
/// assert_eq!(party_key("Tradeco Llc", Some("AE"), &mut buffer), "AE:tradeco");
/// ```
///
/// A name that holds nothing but a form (`LLC`) is its own key; one without a letter or digit gives an empty name. The same input
/// gives the same key on every machine and in every run. Cost is bounded whatever the name ([`fold::CHARS_MAX`]).
pub fn party_key<'b>(name: &str, country: Option<&str>, buffer: &'b mut KeyBuffer) -> &'b str {
    let KeyBuffer { folded, joined, starts, key } = buffer;
    let (_, words) = read(name, folded, joined, starts);
    key.clear();
    country.into_iter().flat_map(str::chars).take(COUNTRY_CHARS_MAX).for_each(|letter| key.push(letter.to_ascii_uppercase()));
    key.push(':');
    push_without_umlauts(words.of(joined), key);
    key
}

/// The name holds a company form beside other words: `ACME GMBH`, `OAO Gazprom`.
pub fn has_company_form(name: &str, buffer: &mut KeyBuffer) -> bool {
    let KeyBuffer { folded, joined, starts, .. } = buffer;
    let (whole, words) = read(name, folded, joined, starts);
    words.starts.len() < whole.starts.len()
}

/// The words of a name without titles, and those without company forms, too.
fn read<'s>(name: &str, folded: &mut String, joined: &mut String, starts: &'s mut Vec<usize>) -> (Words<'s>, Words<'s>) {
    fold::fold(name, folded);
    join_words(folded, joined, starts);
    let words = without_titles(joined, starts);
    (words, without_forms(joined, words))
}

/// An ISO code has two letters.
const COUNTRY_CHARS_MAX: usize = 2;
/// Titles before a name in shipping documents: `MR`, `MRS` …
const TITLES: &[&str] = &["mr", "mrs", "ms", "miss", "messrs"];

/// The words between two of `starts`.
#[derive(Clone, Copy)]
struct Words<'s> {
    starts: &'s [usize],
    end: usize,
}

impl<'s> Words<'s> {
    fn of<'j>(&self, joined: &'j str) -> &'j str {
        self.starts.first().and_then(|start| joined.get(*start..self.end)).unwrap_or_default()
    }

    /// The first `count` words and the rest; `None` unless both hold a word.
    fn split(self, count: usize) -> Option<(Self, Self)> {
        let (head, tail) = self.starts.split_at_checked(count)?;
        let middle = *tail.first()?;
        (!head.is_empty()).then_some((Self { starts: head, end: middle }, Self { starts: tail, end: self.end }))
    }
}

/// Words that two spellings of one name differ in.
fn is_idle(word: &str) -> bool {
    matches!(word, "and" | "the")
}

/// Writes the words run together. A hyphen does not part words: `TRADE-CO` is `TRADECO`.
fn join_words(folded: &str, joined: &mut String, starts: &mut Vec<usize>) {
    joined.clear();
    starts.clear();
    for word in folded.split(GAP as char).filter(|word| !is_idle(word)) {
        let start = joined.len();
        word.split(HYPHEN as char).for_each(|piece| joined.push_str(piece));
        if joined.len() > start {
            starts.push(start);
        }
    }
}

fn without_titles<'s>(joined: &str, starts: &'s [usize]) -> Words<'s> {
    let mut words = Words { starts, end: joined.len() };
    while let Some((_, rest)) = words.split(1).filter(|(title, _)| TITLES.contains(&title.of(joined))) {
        words = rest;
    }
    words
}

/// Takes company forms off both ends, the longest first, as long as a word is left.
fn without_forms<'s>(joined: &str, mut words: Words<'s>) -> Words<'s> {
    loop {
        let count = words.starts.len();
        let longest = forms::WORDS_MAX.min(count.saturating_sub(1));
        let tail = (1..=longest).rev().filter_map(|len| words.split(count - len));
        let shorter = tail.into_iter().find(|(_, tail)| forms::find(tail.of(joined)).is_some()).map(|(name, _)| name);
        let head = || (1..=longest).rev().filter_map(|len| words.split(len));
        let shorter = shorter.or_else(|| head().find(|(head, _)| forms::find(head.of(joined)).is_some()).map(|(_, name)| name));
        match shorter {
            Some(shorter) => words = shorter,
            None => return words,
        }
    }
}

/// `MUELLER`, `MULLER` and `Müller` meet: an E after A, O or U is left out.
fn push_without_umlauts(letters: &str, key: &mut String) {
    let mut before = b' ';
    for letter in letters.bytes() {
        if !(letter == b'e' && matches!(before, b'a' | b'o' | b'u')) {
            key.push(letter as char);
        }
        before = letter;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(name: &str) -> String {
        party_key(name, None, &mut KeyBuffer::default()).to_owned()
    }

    #[test]
    fn spellings_of_one_party_share_a_key() {
        for (canonical, spellings) in [
            (
                ":tradeco",
                &["Tradeco LLC", "TRADECO L.L.C.", "Trade-co Llc", "TRADECO  L. L. C.", "tradeco", "The Tradeco Co., Ltd."][..],
            ),
            (":siemens", &["Siemens AG", "SIEMENS AKTIENGESELLSCHAFT", "Siemens A.G."]),
            (":mullersohne", &["Müller & Söhne GmbH", "MUELLER SOEHNE GMBH", "MULLER AND SOHNE G.M.B.H."]),
            (":gazprom", &["OAO Gazprom", "ОАО «Газпром»", "Gazprom JSC", "Open Joint Stock Company Gazprom"]),
            (":faberlic", &["FABERLIC Sp. z o.o.", "Faberlic sp zoo"]),
            (":johnsmith", &["MR JOHN SMITH", "John Smith", "JOHN-SMITH", "Mr. John  Smith"]),
            (":cargolux", &["CARGOLUX S.A.", "Cargolux S A", "CARGOLUX SA"]),
        ] {
            for spelling in spellings {
                assert_eq!(key(spelling), canonical, "{spelling}");
            }
        }
    }

    #[test]
    fn a_company_form_is_found_beside_a_name() {
        let found = |name| has_company_form(name, &mut KeyBuffer::default());
        assert_eq!(["Siemens AG", "OAO Gazprom", "The Tradeco Co., Ltd."].map(found), [true; 3]);
        assert_eq!(["MR JOHN SMITH", "Tradeco", "LLC", ""].map(found), [false; 4]);
    }

    #[test]
    fn different_parties_keep_different_keys() {
        let names =
            ["Smith John", "John Smith", "Jon Smith", "ACME 1", "ACME 2", "LLC", "Ltd", "", "Trading LLC", "ACME Trading LLC"];
        let mut keys: Vec<_> = names.map(key).to_vec();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), names.len(), "{keys:?}");
        assert_eq!(key("!!!"), ":");
    }

    #[test]
    fn the_country_is_part_of_the_key_and_the_buffer_keeps_nothing() {
        let mut buffer = KeyBuffer::default();
        let first = party_key("ACME GMBH", Some("de"), &mut buffer).to_owned();
        assert_eq!(party_key("A", None, &mut buffer), ":a");
        assert_eq!(party_key("ACME", Some("DE"), &mut buffer), first);
        assert_eq!(first, "DE:acme");
    }

    proptest! {
        #[test]
        // No company form has a word with ZQ.
        fn case_punctuation_and_a_form_change_nothing(name in "zq[a-z]{2,7}( zq[a-z]{3,7}){0,3}", form in "LLC|L\\.L\\.C\\.|GmbH|Inc\\.") {
            let written = format!("{}, {form}", name.to_uppercase().replace(' ', "  "));
            prop_assert_eq!(key(&written), key(&name));
        }

        #[test]
        fn any_text_has_a_bounded_key(name in "\\PC*") {
            prop_assert!(key(&name).len() <= fold::LETTERS_MAX + 64);
        }
    }
}

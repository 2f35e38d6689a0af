//! What single words are: particles, titles, names that very many bear, words that many companies share, places, numbers, and the
//! short forms of given names. One row a word: `tables/words.tsv`, `tables/nicknames.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// How much a word says about who bears it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Tells one name from another.
    #[default]
    Plain,
    /// A given or family name that very many bear.
    Common,
    /// `bin`, `de`, `van`, `of`: in one spelling of a name, missing in the next.
    Particle,
    /// `Dr`, `Sheikh`, `Haji`.
    Title,
    /// Shared by many companies: `trading`, `bank`, `first`.
    Generic,
    /// A country or city within a company's name.
    Place,
    Number,
    /// A single letter.
    Initial,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    pub kind: Kind,
    /// The spelling that stands for all spellings of the word.
    pub canonical: &'static str,
}

/// What the word is in a person's name.
pub fn of_person(word: &str) -> Option<Word> {
    PERSON_WORDS.get(word).copied()
}

/// What the word is in a company's name.
pub fn of_company(word: &str) -> Option<Word> {
    COMPANY_WORDS.get(word).copied()
}

/// The number that a word or its digits say: `44`, `forty`, `1st`, `second`; Roman numerals from II on.
pub fn number(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
    if !digits.is_empty() && matches!(word.get(digits.len()..), Some("" | "st" | "nd" | "rd" | "th")) {
        return digits.parse().ok();
    }
    NUMBERS.get(word).copied()
}

/// Given names of which one may stand for the other; a name may be in several groups.
pub fn nickname_groups(word: &str) -> &'static [u16] {
    NICKNAMES.get(word).map(Vec::as_slice).unwrap_or_default()
}

static WORDS: &str = include_str!("tables/words.tsv");
static NICKNAME_ROWS: &str = include_str!("tables/nicknames.txt");

static PERSON_WORDS: LazyLock<HashMap<&'static str, Word>> =
    LazyLock::new(|| table(&[("particle", Kind::Particle), ("title", Kind::Title), ("common", Kind::Common)]));
static COMPANY_WORDS: LazyLock<HashMap<&'static str, Word>> =
    LazyLock::new(|| table(&[("particle", Kind::Particle), ("generic", Kind::Generic), ("place", Kind::Place)]));

/// The rows of those kinds; of a word with several, the kind named last wins.
fn table(kinds: &[(&'static str, Kind)]) -> HashMap<&'static str, Word> {
    let rows = || WORDS.lines().map(|line| line.split('\t'));
    let of = |wanted: &'static str, kind: Kind| {
        rows().filter_map(move |mut row| {
            let (word, named, canonical) = (row.next()?, row.next()?, row.next());
            (named == wanted).then_some((word, Word { kind, canonical: canonical.unwrap_or(word) }))
        })
    };
    kinds.iter().flat_map(|(name, kind)| of(name, *kind)).collect()
}

static NICKNAMES: LazyLock<HashMap<&'static str, Vec<u16>>> = LazyLock::new(|| {
    let mut groups: HashMap<&'static str, Vec<u16>> = HashMap::new();
    for (row, group) in NICKNAME_ROWS.lines().zip(0..) {
        row.split_whitespace().for_each(|name| groups.entry(name).or_default().push(group));
    }
    groups
});

/// Sorted by number; misspellings that are met often included.
static NUMBERS: LazyLock<HashMap<&str, u32>> = LazyLock::new(|| NUMBER_WORDS.iter().copied().collect());

static NUMBER_WORDS: &[(&str, u32)] = &[
    ("one", 1),
    ("first", 1),
    ("two", 2),
    ("second", 2),
    ("ii", 2),
    ("three", 3),
    ("third", 3),
    ("iii", 3),
    ("four", 4),
    ("fourth", 4),
    ("iv", 4),
    ("five", 5),
    ("fifth", 5),
    ("six", 6),
    ("sixth", 6),
    ("vi", 6),
    ("seven", 7),
    ("seventh", 7),
    ("vii", 7),
    ("eight", 8),
    ("eighth", 8),
    ("viii", 8),
    ("nine", 9),
    ("ninth", 9),
    ("ix", 9),
    ("ten", 10),
    ("tenth", 10),
    ("eleven", 11),
    ("xi", 11),
    ("twelve", 12),
    ("xii", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fourty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("hundred", 100),
    ("thousand", 1_000),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_by_the_kind_of_name_it_stands_in() {
        assert_eq!(of_person("mohamed"), Some(Word { kind: Kind::Common, canonical: "muhammad" }));
        assert_eq!(of_person("trading"), None);
        assert_eq!(of_company("zavod"), Some(Word { kind: Kind::Generic, canonical: "plant" }));
        assert_eq!(of_company("europe").map(|word| word.kind), Some(Kind::Place));
        assert_eq!(of_company("mohamed"), None);
    }

    #[test]
    fn numbers_are_read_in_digits_words_and_ordinals() {
        for (word, number_said) in [("44", Some(44)), ("1st", Some(1)), ("first", Some(1)), ("viii", Some(8)), ("one4", None)] {
            assert_eq!(number(word), number_said, "{word}");
        }
    }

    #[test]
    fn tables_are_sorted_and_folded() {
        let rows: Vec<_> = WORDS.lines().collect();
        assert!(rows.is_sorted(), "words.tsv");
        assert!(NICKNAME_ROWS.lines().collect::<Vec<_>>().is_sorted(), "nicknames.txt");
        for row in rows {
            let fields: Vec<_> = row.split('\t').collect();
            assert!(fields.len() <= 3 && ["particle", "title", "common", "generic", "place"].contains(&fields[1]), "{row}");
            assert!(fields[0].bytes().all(|byte| byte.is_ascii_lowercase()), "{row}");
        }
        assert!(nickname_groups("bibi").iter().any(|group| nickname_groups("benjamin").contains(group)));
        assert!(nickname_groups("solbakken").is_empty());
    }
}

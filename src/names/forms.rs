//! Company forms of many languages and their abbreviations, one row a spelling: `tables/forms.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::letters::HardLetters;

/// What a form says about the company. Two forms of one class may name the same company; two of different classes do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Liability limited, shares not traded: LLC, Ltd, GmbH, ООО, Sp. z o.o. …
    Limited,
    /// Stock corporation: AG, S.A., JSC, PLC, Inc. …
    Stock,
    Partnership,
    Sole,
    Nonprofit,
    State,
    /// Says nothing: Co., Company, Cie.
    Any,
}

impl Form {
    pub fn as_str(self) -> &'static str {
        match self {
            Form::Limited => "limited",
            Form::Stock => "stock",
            Form::Partnership => "partnership",
            Form::Sole => "sole",
            Form::Nonprofit => "nonprofit",
            Form::State => "state",
            Form::Any => "any",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [Form::Limited, Form::Stock, Form::Partnership, Form::Sole, Form::Nonprofit, Form::State, Form::Any];
        all.into_iter().find(|form| form.as_str() == text)
    }
}

/// Words of the longest form.
pub const WORDS_MAX: usize = 6;
/// Letters of the longest form, gaps not counted.
const LETTERS_MAX: usize = 64;

/// The form that these letters spell, words run together: `llc`, `spzoo`, `jointstockcompany`.
pub fn find(letters: &str) -> Option<Form> {
    if letters.len() > LETTERS_MAX {
        return None;
    }
    FORMS.get(letters).copied()
}

/// As [`find`], for a long form with typing errors: one for every six letters, two at most.
pub fn find_misspelt(letters: &str) -> Option<Form> {
    if !(MISSPELT_LETTERS_MIN..=LETTERS_MAX).contains(&letters.len()) {
        return None;
    }
    let allowed = (letters.len() / 6).min(SLIPS_MAX);
    let (first, own) = (letters.as_bytes().first()?, HardLetters::of(letters));
    let near = |long: &&LongForm| {
        // Letters that only one of them has are looked at first: they tell most apart.
        long.hard_letters.differing(own) as usize <= 2 * allowed
            && long.letters.len().abs_diff(letters.len()) <= allowed
            && strsim::osa_distance(&long.letters, letters) <= allowed
    };
    LONG_FORMS.get(first)?.iter().find(near).map(|long| long.form)
}

/// A form that is found misspelt, too.
struct LongForm {
    letters: String,
    hard_letters: HardLetters,
    form: Form,
}

/// Shorter words are near to too many others.
const MISSPELT_LETTERS_MIN: usize = 7;
const SLIPS_MAX: usize = 2;

/// By first letter.
static LONG_FORMS: LazyLock<HashMap<u8, Vec<LongForm>>> = LazyLock::new(|| {
    let mut long: Vec<_> = FORMS.iter().filter(|(letters, _)| letters.len() >= MISSPELT_LETTERS_MIN).collect();
    long.sort();
    let mut by_first: HashMap<_, Vec<_>> = HashMap::new();
    for (letters, form) in long {
        let long = LongForm { letters: letters.clone(), hard_letters: HardLetters::of(letters), form: *form };
        if let Some(first) = letters.as_bytes().first() {
            by_first.entry(*first).or_default().push(long);
        }
    }
    by_first
});

static FORMS: LazyLock<HashMap<String, Form>> = LazyLock::new(|| {
    let row = |line: &str| {
        let (phrase, class) = line.split_once('\t')?;
        Some((phrase.replace(' ', ""), Form::parse(class)?))
    };
    include_str!("tables/forms.tsv").lines().filter_map(row).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_sorted_folded_and_of_a_known_class() {
        let rows: Vec<_> = include_str!("tables/forms.tsv").lines().collect();
        assert!(rows.is_sorted());
        for row in rows {
            let (phrase, class) = row.split_once('\t').unwrap();
            assert!(Form::parse(class).is_some(), "{row}");
            assert!(phrase.bytes().all(|byte| byte == b' ' || byte.is_ascii_lowercase()), "{row}");
            assert!(phrase.split(' ').count() <= WORDS_MAX && phrase.len() <= LETTERS_MAX, "{row}");
        }
        assert_eq!((find("llc"), find("spzoo"), find("ooo")), (Some(Form::Limited), Some(Form::Limited), Some(Form::Limited)));
        assert_eq!((find("ag"), find("company"), find("acme")), (Some(Form::Stock), Some(Form::Any), None));
    }
}

//! The names of each word, in a row, each with its other words: what is walked need not be waited for, since memory brings what
//! lies in a row by itself.

use super::records::Records;
use super::rows::{Rows, sum_up};
use crate::near;

/// Other words that are kept with a name; a name of more has to be looked up.
const OTHERS: usize = 6;
const WORD_BYTES: usize = 3;
/// Numbers of words beyond this do not fit.
const WORD_MAX: u32 = (1 << (8 * WORD_BYTES)) - 1;

/// A name among those of a word.
#[derive(Debug, Clone, Copy)]
pub struct Posting {
    pub name: u32,
    others: [[u8; WORD_BYTES]; OTHERS],
    /// Of the others; more than there is room for when they are not all here.
    count: u8,
    /// How many of them come before the word.
    before: u8,
}

impl Posting {
    /// `none`: the number of no word.
    fn new(name: u32, word: u32, words: &[u32], none: u32) -> Self {
        let before = words.iter().position(|other| *other == word).unwrap_or_default() as u8;
        let mut posting = Self { name, others: [packed(none); OTHERS], count: 0, before };
        for other in words.iter().filter(|other| **other != word) {
            match posting.others.get_mut(usize::from(posting.count)).filter(|_| *other <= WORD_MAX) {
                Some(slot) => *slot = packed(*other),
                None => return Self { count: OTHERS as u8 + 1, ..posting },
            }
            posting.count += 1;
        }
        posting
    }

    /// The name's other words; `None` when there are too many.
    pub fn others(&self) -> Option<impl Iterator<Item = u32> + Clone> {
        let others = self.others.get(..usize::from(self.count))?;
        Some(others.iter().map(unpacked))
    }

    /// Whether something may be true of another of its words, without a branch for each.
    #[inline]
    pub fn may_have(&self, is: impl Fn(u32) -> bool) -> bool {
        self.others.iter().fold(usize::from(self.count) > OTHERS, |any, other| any | is(unpacked(other)))
    }

    /// All its words in its order, where `others` are the other ones.
    pub fn words(&self, word: u32, others: impl Iterator<Item = u32> + Clone) -> impl Iterator<Item = u32> {
        let before = usize::from(self.before);
        others.clone().take(before).chain(std::iter::once(word)).chain(others.skip(before))
    }
}

fn packed(word: u32) -> [u8; WORD_BYTES] {
    let [low, middle, high, _] = word.to_le_bytes();
    [low, middle, high]
}

fn unpacked([low, middle, high]: &[u8; WORD_BYTES]) -> u32 {
    u32::from_le_bytes([*low, *middle, *high, 0])
}

/// The names of each word, ascending.
#[derive(Debug, Default)]
pub struct Postings(Rows<Posting>);

impl Postings {
    pub fn build(records: &Records, words: usize) -> Self {
        let none = (words as u32).min(WORD_MAX);
        let starts = starts(records, words);
        let total = starts.last().copied().unwrap_or_default() as usize;
        let mut next = starts.clone();
        let mut postings = vec![Posting::new(0, 0, &[], none); total];
        for name in 0..records.len() as u32 {
            let words = records.words(name);
            for word in words {
                let Some(at) = next.get_mut(*word as usize) else { continue };
                let slot = postings.get_mut(*at as usize).into_iter();
                slot.for_each(|slot| *slot = Posting::new(name, *word, words, none));
                *at += 1;
            }
        }
        Self(Rows::new(starts, postings))
    }

    pub fn of(&self, word: u32) -> &[Posting] {
        self.0.get(word)
    }

    /// Asks for the first names of a word to be brought near.
    pub fn ask_for(&self, word: u32) {
        self.of(word).first().into_iter().for_each(near::ask_for);
    }

    pub fn bytes(&self) -> usize {
        self.0.bytes()
    }
}

/// Where each word's names begin when all are in a row.
pub fn starts(records: &Records, words: usize) -> Vec<u32> {
    let mut starts = vec![0_u32; words + 1];
    for word in (0..records.len() as u32).flat_map(|name| records.words(name)) {
        starts.get_mut(*word as usize + 1).into_iter().for_each(|count| *count += 1);
    }
    sum_up(&mut starts);
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posting_has_the_words_of_its_name_and_no_others() {
        let mut records = Records::default();
        let names: [&[u32]; 3] = [&[2], &[0, 2, 1], &[0, 1, 2, 3, 4, 5, 6, 7]];
        names.iter().for_each(|words| records.push(words, None));
        let postings = Postings::build(&records, 8);
        for posting in postings.of(2) {
            let words = names[posting.name as usize];
            match posting.others() {
                Some(others) => {
                    assert_eq!(posting.words(2, others).collect::<Vec<_>>(), words);
                    let is_other = |word: u32| word != 2 && words.contains(&word);
                    (0..8)
                        .for_each(|word| assert_eq!(posting.may_have(|other| other == word), is_other(word), "{words:?} {word}"));
                }
                None => assert!(words.len() > OTHERS + 1 && posting.may_have(|_| false)),
            }
        }
        assert_eq!(postings.of(2).len(), 3);
    }
}

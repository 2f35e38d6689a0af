//! The names of each word, in a row, each with its other words: what is walked need not be waited for, since memory brings what
//! lies in a row by itself.

use super::records::Records;
use super::{range, sum_up};
use crate::near;

/// Other words that are kept with a name; a name of more has to be looked up.
const OTHERS: usize = 5;
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
    fn new(name: u32, word: u32, words: &[u32]) -> Self {
        let before = words.iter().position(|other| *other == word).unwrap_or_default() as u8;
        let mut posting = Self { name, others: [[0; WORD_BYTES]; OTHERS], count: 0, before };
        for other in words.iter().filter(|other| **other != word) {
            let [low, middle, high, _] = other.to_le_bytes();
            match posting.others.get_mut(usize::from(posting.count)).filter(|_| *other <= WORD_MAX) {
                Some(slot) => *slot = [low, middle, high],
                None => return Self { count: OTHERS as u8 + 1, ..posting },
            }
            posting.count += 1;
        }
        posting
    }

    /// The name's other words; `None` when there are too many.
    pub fn others(&self) -> Option<impl Iterator<Item = u32> + Clone> {
        let others = self.others.get(..usize::from(self.count))?;
        Some(others.iter().map(|[low, middle, high]| u32::from_le_bytes([*low, *middle, *high, 0])))
    }

    /// All its words in its order, where `others` are the other ones.
    pub fn words(&self, word: u32, others: impl Iterator<Item = u32> + Clone) -> impl Iterator<Item = u32> {
        let before = usize::from(self.before);
        others.clone().take(before).chain(std::iter::once(word)).chain(others.skip(before))
    }
}

#[derive(Debug, Default)]
pub struct Postings {
    /// Where each word's names begin; one more than words.
    starts: Vec<u32>,
    postings: Vec<Posting>,
}

impl Postings {
    pub fn build(records: &Records, words: usize) -> Self {
        let starts = starts(records, words);
        let total = starts.last().copied().unwrap_or_default() as usize;
        let mut next = starts.clone();
        let mut postings = vec![Posting::new(0, 0, &[]); total];
        for name in 0..records.len() as u32 {
            let words = records.words(name);
            for word in words {
                let Some(at) = next.get_mut(*word as usize) else { continue };
                let slot = postings.get_mut(*at as usize).into_iter();
                slot.for_each(|slot| *slot = Posting::new(name, *word, words));
                *at += 1;
            }
        }
        Self { starts, postings }
    }

    /// The names of a word, ascending.
    pub fn of(&self, word: u32) -> &[Posting] {
        range(&self.starts, &self.postings, word)
    }

    /// Asks for the first names of a word to be brought near.
    pub fn ask_for(&self, word: u32) {
        self.of(word).first().into_iter().for_each(near::ask_for);
    }

    pub fn bytes(&self) -> usize {
        self.starts.capacity() * 4 + self.postings.capacity() * size_of::<Posting>()
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

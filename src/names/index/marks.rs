//! Which of a query's words each word of the vocabulary meets, for the time of one search.

use super::super::similar::{How, Meeting};

/// How much a word of the vocabulary says for a word of the query, or for several in a row.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// The places of the query's words, as bits.
    pub tokens: u32,
    pub meeting: Meeting,
}

impl Mark {
    pub const NONE: Self = Self { tokens: 0, meeting: Meeting { similarity: 0.0, how: How::Exact } };
}

/// The query's words that are met, as bits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mask(u16);

impl Mask {
    /// Of a word that is met by more than an initial.
    pub fn of(bit: u8) -> Self {
        Self(u16::from(bit) | u16::from(bit) << u8::BITS)
    }

    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those met in any way.
    pub fn met(self) -> u8 {
        self.0 as u8
    }

    /// Those met by more than an initial.
    pub fn spelt_out(self) -> u8 {
        (self.0 >> u8::BITS) as u8
    }
}

const NONE: u32 = u32::MAX;

#[derive(Debug, Default)]
pub struct Marks {
    /// By word; all empty between searches.
    masks: Vec<Mask>,
    /// Words with a mark, as bits: few enough to stay nearest.
    marked: Vec<u64>,
    /// By word, where there is a mask or a mark: its first mark.
    firsts: Vec<u32>,
    /// Each with the one before it of the same word.
    marks: Vec<(Mark, u32)>,
    words: Vec<u32>,
}

impl Marks {
    /// Makes room for a vocabulary.
    pub fn begin(&mut self, words: usize) {
        if self.masks.len() < words {
            self.masks.resize(words, Mask::default());
            self.firsts.resize(words, NONE);
            self.marked.resize(words / 64 + 1, 0);
        }
    }

    /// Notes that a word stands for words of the query, which have these bits.
    pub fn put(&mut self, word: u32, bits: u8, mark: Mark) {
        let at = word as usize;
        let (Some(mask), Some(first)) = (self.masks.get_mut(at), self.firsts.get_mut(at)) else { return };
        if *first == NONE {
            self.words.push(word);
            self.marked.get_mut(at / 64).into_iter().for_each(|bits| *bits |= 1 << (at % 64));
        }
        let spelt_out = if mark.meeting.how == How::Initial { 0 } else { bits };
        mask.0 |= u16::from(bits) | u16::from(spelt_out) << u8::BITS;
        let next = std::mem::replace(first, self.marks.len() as u32);
        self.marks.push((mark, next));
    }

    #[inline]
    pub fn is_marked(&self, word: u32) -> bool {
        self.marked.get(word as usize / 64).is_some_and(|bits| bits >> (word % 64) & 1 == 1)
    }

    /// The query's words that this word says something for.
    pub fn mask(&self, word: u32) -> Mask {
        self.masks.get(word as usize).copied().unwrap_or_default()
    }

    /// Those that any of these words says something for, besides what is met already.
    pub fn masks(&self, met: Mask, words: impl Iterator<Item = u32>) -> Mask {
        words.fold(met, |mask, word| mask.and(self.mask(word)))
    }

    pub fn of(&self, word: u32) -> impl Iterator<Item = Mark> + '_ {
        let mark = |at: u32| self.marks.get(at as usize).copied();
        let first = self.firsts.get(word as usize).copied().and_then(mark);
        std::iter::successors(first, move |(_, before)| mark(*before)).map(|(mark, _)| mark)
    }

    pub fn clear(&mut self) {
        for word in self.words.drain(..) {
            if let (Some(mask), Some(first)) = (self.masks.get_mut(word as usize), self.firsts.get_mut(word as usize)) {
                (*mask, *first) = (Mask::default(), NONE);
                self.marked.get_mut(word as usize / 64).into_iter().for_each(|bits| *bits = 0);
            }
        }
        self.marks.clear();
    }
}

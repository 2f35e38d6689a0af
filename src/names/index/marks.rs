//! Which of a query's words each word of the vocabulary meets, for the time of one search.

/// How much a word of the vocabulary says for a word of the query.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// Place of the query's word.
    pub token: u8,
    /// A part of the query's word, which others complete: `similarity` is its share.
    pub is_piece: bool,
    pub similarity: f32,
    next: u32,
}

const NONE: u32 = u32::MAX;

#[derive(Debug, Default)]
pub struct Marks {
    /// By word: the query's words that it meets; all zero between searches.
    masks: Vec<u8>,
    /// By word, where there is a mask or a mark: its first mark.
    firsts: Vec<u32>,
    marks: Vec<Mark>,
    words: Vec<u32>,
}

impl Marks {
    /// Makes room for a vocabulary.
    pub fn begin(&mut self, words: usize) {
        if self.masks.len() < words {
            self.masks.resize(words, 0);
            self.firsts.resize(words, NONE);
        }
    }

    /// Notes that a word meets the query's word at `token`, whose bit it is.
    pub fn put(&mut self, word: u32, bit: u8, token: u8, similarity: f32) {
        self.note(word, bit, Mark { token, is_piece: false, similarity, next: NONE });
    }

    /// Notes that a word is a share of the query's.
    pub fn put_piece(&mut self, word: u32, bit: u8, token: u8, share: f32) {
        self.note(word, bit, Mark { token, is_piece: true, similarity: share, next: NONE });
    }

    fn note(&mut self, word: u32, bit: u8, mark: Mark) {
        let at = word as usize;
        let (Some(mask), Some(first)) = (self.masks.get_mut(at), self.firsts.get_mut(at)) else { return };
        if *first == NONE {
            self.words.push(word);
        }
        *mask |= bit;
        let next = std::mem::replace(first, self.marks.len() as u32);
        self.marks.push(Mark { next, ..mark });
    }

    /// The query's words that any of these words meet.
    pub fn mask(&self, words: impl Iterator<Item = u32>) -> u8 {
        words.fold(0, |mask, word| mask | self.masks.get(word as usize).copied().unwrap_or_default())
    }

    pub fn of(&self, word: u32) -> impl Iterator<Item = Mark> + '_ {
        let mark = |at: u32| self.marks.get(at as usize).copied();
        let first = self.firsts.get(word as usize).copied().and_then(mark);
        std::iter::successors(first, move |before| mark(before.next))
    }

    pub fn clear(&mut self) {
        for word in self.words.drain(..) {
            if let (Some(mask), Some(first)) = (self.masks.get_mut(word as usize), self.firsts.get_mut(word as usize)) {
                (*mask, *first) = (0, NONE);
            }
        }
        self.marks.clear();
    }
}

//! How the words of one query meet words of the vocabulary, each told once in a search.

use rustc_hash::FxHashMap;

use super::super::glance::Brief;
use super::super::similar::{Meeting, meet};
use super::super::token::{Name, Token};
use super::likeness::Vocabulary;

#[derive(Debug, Default)]
pub struct Meetings {
    briefs: Vec<Brief>,
    /// By place in the query and word.
    told: FxHashMap<(u8, u32), Option<Meeting>>,
}

impl Meetings {
    /// Forgets the query before.
    pub fn begin(&mut self, query: &Name) {
        self.told.clear();
        self.briefs.clear();
        self.briefs.extend(query.tokens.iter().map(Brief::of));
    }

    /// How the query's word at a place, which is `token`, meets a word.
    pub fn of(&mut self, place: usize, token: &Token, vocabulary: &Vocabulary, word: u32) -> Option<Meeting> {
        if !self.briefs.get(place)?.may_meet(vocabulary.brief(word)?) {
            return None;
        }
        *self.told.entry((place as u8, word)).or_insert_with(|| meet(token, vocabulary.token(word)?))
    }
}

//! Several words of a query in a row, run together, may be one word of a name.

use super::super::glance::{Apart, Glance};
use super::super::joined::{PARTED_LETTERS_MIN, RunTogether, may_be_joined};
use super::super::similar::Meeting;
use super::super::token::Token;
use super::keys;
use super::likeness::{Known, Vocabulary};
use crate::near;

/// What a search for words works with.
#[derive(Debug, Default)]
pub struct Finder {
    keys: Vec<u32>,
    maybe: Vec<Maybe>,
    together: RunTogether,
}

/// A word that may be a run, what slips between the two cost at least, and what is forgiven.
#[derive(Debug, Clone, Copy)]
struct Maybe {
    word: u32,
    apart: Apart,
    forgiven: Apart,
}

impl Finder {
    /// Calls `take` with each word that meets a run of the query's; `glance` is that of the run.
    pub fn find(&mut self, vocabulary: &Vocabulary, run: &[Token], glance: Glance, mut take: impl FnMut(u32, Meeting)) {
        self.look(vocabulary, run, glance);
        let Self { maybe, together, .. } = self;
        if maybe.is_empty() {
            return;
        }
        together.set(run);
        let compared = together.compared(glance);
        for Maybe { word, apart, forgiven } in maybe.drain(..) {
            let near = vocabulary.spelt(word).filter(|spelt| compared.is_near(spelt, apart, forgiven));
            let meeting = near.and_then(|_| together.meet(vocabulary.token(word)?));
            meeting.into_iter().for_each(|meeting| take(word, meeting));
        }
    }

    /// Collects the words that have a key in common with it and may be it by a glance.
    fn look(&mut self, vocabulary: &Vocabulary, run: &[Token], glance: Glance) {
        let Self { keys, maybe, .. } = self;
        keys.clear();
        keys::of_joined_slips(run.iter().map(|token| token.sound.as_str()), glance.length(), |key| keys.push(key));
        let may_be = |known: &Known| {
            let (apart, forgiven) =
                may_be_joined(known.glance, glance).filter(|_| known.glance.length() >= PARTED_LETTERS_MIN)?;
            vocabulary.spelt(known.word).into_iter().for_each(near::ask_for);
            Some(Maybe { word: known.word, apart, forgiven })
        };
        maybe.extend(vocabulary.under_all(keys).filter_map(may_be));
        maybe.sort_unstable_by_key(|maybe| maybe.word);
        maybe.dedup_by_key(|maybe| maybe.word);
    }
}

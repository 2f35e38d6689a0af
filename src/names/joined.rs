//! One word against several in a row, run together.

use std::borrow::Borrow;

use super::distance::{distance, slips_allowed};
use super::fold::Script;
use super::glance::{Apart, Glance};
use super::letters::{HardLetters, Outline};
use super::similar::{How, Meeting, SIMILARITY_MIN};
use super::sound;
use super::spelt::Compared;
use super::token::Token;

/// Run together at most.
pub const RUN_MAX: usize = 4;
/// Letters of a word that may be several at least.
pub const PARTED_LETTERS_MIN: usize = 5;
/// A run may have so many letters more or fewer than the word that it is.
pub const RUN_LETTERS_APART: usize = 2;
/// The most that slips in words run together may cost, and how much less that is than in one word of as many letters: there are many
/// ways to part a word.
const JOINED_LIMIT: u16 = 22;
const JOINED_LESS: u16 = 5;
/// How well a word meets the same letters in several words.
pub const JOINED: f32 = 0.97;
const JOINED_WITH_SLIPS: f32 = 0.96;
/// Run together words have one wrong hard letter at most.
const JOINED_APART: u16 = 6;

/// Words in a row as one.
#[derive(Debug, Default)]
pub struct RunTogether {
    text: String,
    heard: String,
}

impl RunTogether {
    pub fn set<T: Borrow<Token>>(&mut self, run: &[T]) {
        self.text.clear();
        run.iter().for_each(|next| self.text.push_str(&next.borrow().text));
        sound::sound(&self.text, &mut self.heard);
    }

    /// To be compared with hundreds of words.
    pub fn compared(&self, glance: Glance) -> Compared {
        Compared::new(&self.text, &self.heard, glance)
    }

    /// How a word meets several run together.
    pub fn meets<T: Borrow<Token>>(&mut self, word: &Token, run: &[T]) -> Option<Meeting> {
        let none = (HardLetters::default(), HardLetters::default());
        let (letters, heard) = run
            .iter()
            .map(Borrow::borrow)
            .fold(none, |(letters, heard), next| (letters.and(next.letters), heard.and(next.heard_letters)));
        if word.letters.apart(letters).min(word.heard_letters.apart(heard)) > JOINED_APART {
            return None;
        }
        self.set(run);
        self.meet(word)
    }

    /// How a word meets them, of which it is known that its hard letters are near enough ([`may_be_joined`]).
    pub fn meet(&self, word: &Token) -> Option<Meeting> {
        let similarity = if self.text == word.text {
            JOINED
        } else if word.script == Script::Syllables {
            return None;
        } else {
            let limit = joined_limit(word.text.len().max(self.text.len()));
            let typed = distance(word.text.as_bytes(), self.text.as_bytes(), limit);
            let heard = distance(word.sound.as_bytes(), self.heard.as_bytes(), limit).map(|cost| cost + 2);
            let cost = typed.into_iter().chain(heard).min()?;
            with_slips(cost, word.text.len().max(self.text.len()))
        };
        (similarity >= SIMILARITY_MIN + 0.05).then_some(Meeting { similarity, how: How::Joined })
    }
}

fn with_slips(cost: u16, letters: usize) -> f32 {
    JOINED_WITH_SLIPS - f32::from(cost) / (10 * letters) as f32
}

/// What slips cost at least and what is forgiven between a word and several run together; `None` when a word is sure not to be them.
pub fn may_be_joined(word: Glance, run: Glance) -> Option<(Apart, Apart)> {
    if word.length().abs_diff(run.length()) > RUN_LETTERS_APART {
        return None;
    }
    let (slips, limit) = (word.slips_apart(run), joined_limit(word.length().max(run.length())));
    let hard = || word.hard_apart(run);
    let near = |Apart { typed, heard }: Apart, most| typed.min(heard) <= most;
    (near(slips, limit) && near(hard(), JOINED_APART)).then_some((slips, Apart { typed: limit, heard: limit }))
}

/// About how alike a word is to several run together, at best; by what can be told without looking at their letters.
pub fn joined_at_best(word: Outline, run: Outline) -> Option<f32> {
    let letters = word.length().max(run.length());
    let cost = word.apart(run);
    let similarity = if cost == 0 { JOINED } else { with_slips(cost, letters) };
    (cost <= joined_limit(letters)).then_some(similarity)
}

fn joined_limit(letters: usize) -> u16 {
    slips_allowed(letters).saturating_sub(JOINED_LESS).min(JOINED_LIMIT)
}

//! Words as they are typed and heard, all of one kept together, so that one can be compared with hundreds.

use super::distance::Against;
use super::glance::{Apart, Glance};
use super::token::Token;

/// Letters that are kept.
const KEPT: usize = 15;

/// A word as typed or heard.
#[derive(Debug, Clone, Copy)]
struct Spelling {
    letters: [u8; KEPT],
    /// More than [`KEPT`] where they are not all here.
    length: u8,
}

impl Spelling {
    fn of(text: &str) -> Self {
        let mut letters = [0; KEPT];
        letters.iter_mut().zip(text.bytes()).for_each(|(slot, letter)| *slot = letter);
        Self { letters, length: text.len() as u8 }
    }
}

/// A word, on half a cache line.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub struct Spelt {
    typed: Spelling,
    heard: Spelling,
}

impl Spelt {
    pub fn of(word: &Token) -> Self {
        Self { typed: Spelling::of(&word.text), heard: Spelling::of(&word.sound) }
    }
}

/// A word that many are compared with.
#[derive(Debug)]
pub struct Compared {
    glance: Glance,
    typed: Option<Against>,
    heard: Option<Against>,
}

impl Compared {
    /// Of a word, or of several run together, as they are typed and heard.
    pub fn new(typed: &str, heard: &str, glance: Glance) -> Self {
        Self { glance, typed: Against::new(typed.as_bytes()), heard: Against::new(heard.as_bytes()) }
    }

    /// False when no slips turn one into the other, nor another order of the letters. `apart`: what they cost at least.
    pub fn may_be(&self, word: &Spelt, glance: Glance, apart: Apart) -> bool {
        self.glance.is_typed_alike(glance) || self.is_near(word, apart, self.glance.forgiven(glance))
    }

    /// Whether the slips between the two may be forgiven, as typed or as heard.
    pub fn is_near(&self, word: &Spelt, apart: Apart, forgiven: Apart) -> bool {
        apart.typed <= forgiven.typed && is_near(self.typed.as_ref(), &word.typed, forgiven.typed)
            || apart.heard <= forgiven.heard && is_near(self.heard.as_ref(), &word.heard, forgiven.heard)
    }
}

fn is_near(own: Option<&Against>, other: &Spelling, limit: u16) -> bool {
    match own.zip(other.letters.get(..usize::from(other.length))) {
        Some((own, other)) => own.distance(other, limit).is_some(),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fold::Script;
    use super::super::similar::{How, meet};
    use super::super::token::Schema;
    use super::*;

    proptest! {
        #[test]
        fn no_slips_are_denied(word in "[a-z]{2,18}", at in 0_usize..18, change in "[a-z]{0,2}", is_turned in any::<bool>()) {
            let at = at.min(word.len());
            let other = format!("{}{change}{}", &word[..at], &word[(at + 1).min(word.len())..]);
            let other = if is_turned { other.chars().rev().collect() } else { other };
            let [one, other] = [&word, &other].map(|word| Token::new(word, Schema::Company, Script::Alphabet));
            let by_letters = |how| matches!(how, How::Slip | How::Sound | How::Anagram);
            let glances = [&one, &other].map(Glance::of);
            if let Some(apart) = glances[0].apart(glances[1]).filter(|_| meet(&one, &other).is_some_and(|met| by_letters(met.how))) {
                prop_assert!(Compared::new(&one.text, &one.sound, glances[0]).may_be(&Spelt::of(&other), glances[1], apart));
            }
        }
    }

    #[test]
    fn a_word_that_slips_do_not_explain_is_denied() {
        let [one, other] = ["karimov", "marikov"].map(|word| Token::new(word, Schema::Person, Script::Alphabet));
        let glances = [&one, &other].map(Glance::of);
        let apart = glances[0].apart(glances[1]).expect("the same letters");
        let compared = Compared::new(&one.text, &one.sound, glances[0]);
        assert!(compared.may_be(&Spelt::of(&other), glances[1], apart), "another order of the letters");
        assert!(!compared.is_near(&Spelt::of(&other), apart, glances[0].forgiven(glances[1])));
        assert!(compared.is_near(&Spelt::of(&one), apart, glances[0].forgiven(glances[0])));
    }
}

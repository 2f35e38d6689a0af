//! What tells most words apart at a glance, without a look at their letters.

use super::distance::{heard_allowed, slips_allowed};
use super::fold::Script;
use super::letters::Outline;
use super::token::Token;
use super::words::Kind;

/// The least that the slips between two words cost, as typed and as heard.
#[derive(Debug, Clone, Copy)]
pub struct Apart {
    pub typed: u16,
    pub heard: u16,
}

/// What tells most words apart that no slips turn into one another, of a word as typed and as heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Glance {
    typed: Outline,
    heard: Outline,
}

impl Glance {
    pub fn of(word: &Token) -> Self {
        Self { typed: Outline::of(&word.text, word.letters), heard: Outline::of(&word.sound, word.heard_letters) }
    }

    pub fn heard(self) -> Outline {
        self.heard
    }

    /// Of this and that run together.
    pub fn and(self, other: Self) -> Self {
        Self { typed: self.typed.and(other.typed), heard: self.heard.and(other.heard) }
    }

    pub fn length(self) -> usize {
        self.typed.length()
    }

    /// What slips may cost at most.
    pub fn forgiven(self, other: Self) -> Apart {
        let longer = |one: Outline, other: Outline| one.length().max(other.length());
        Apart { typed: slips_allowed(longer(self.typed, other.typed)), heard: heard_allowed(longer(self.heard, other.heard)) }
    }

    /// Whether the two are of the same letters as typed.
    pub fn is_typed_alike(self, other: Self) -> bool {
        self.typed == other.typed
    }

    /// What their hard letters cost at least.
    pub fn hard_apart(self, other: Self) -> Apart {
        let apart = |one: Outline, other: Outline| one.hard().apart(other.hard());
        Apart { typed: apart(self.typed, other.typed), heard: apart(self.heard, other.heard) }
    }

    /// What slips between the words cost at least.
    pub fn slips_apart(self, other: Self) -> Apart {
        Apart { typed: self.typed.apart(other.typed), heard: self.heard.apart(other.heard) }
    }

    /// The same; `None` when they are more than is forgiven.
    pub fn apart(self, other: Self) -> Option<Apart> {
        let (apart, forgiven) = (self.slips_apart(other), self.forgiven(other));
        (apart.typed <= forgiven.typed || apart.heard <= forgiven.heard).then_some(apart)
    }
}

/// What can be told of a word without looking at its letters.
#[derive(Debug, Clone, Copy)]
pub struct Brief {
    glance: Glance,
    /// Hashes.
    canonical: u32,
    sound: u32,
    skeleton: u32,
    length: u8,
    first: u8,
    kind: Kind,
    script: Script,
    is_number: bool,
    has_nicknames: bool,
}

impl Brief {
    pub fn of(word: &Token) -> Self {
        Self {
            glance: Glance::of(word),
            canonical: hash(&word.canonical),
            sound: hash(&word.sound),
            skeleton: hash(&word.skeleton),
            length: word.text.len() as u8,
            first: word.text.bytes().next().unwrap_or_default(),
            kind: word.kind,
            script: word.script,
            is_number: word.number.is_some(),
            has_nicknames: !word.nicknames.is_empty(),
        }
    }

    pub fn length(self) -> usize {
        self.length.into()
    }

    pub fn first(self) -> u8 {
        self.first
    }

    /// False when [`meet`] is sure to say `None`.
    pub fn may_meet(self, other: Self) -> bool {
        if self.is_number || other.is_number {
            return self.is_number && other.is_number;
        }
        if self.canonical == other.canonical {
            return true;
        }
        if self.length == 1 || other.length == 1 {
            return self.first == other.first;
        }
        if self.has_nicknames && other.has_nicknames {
            return true;
        }
        self.kind.is_idle() == other.kind.is_idle()
            && (self.sound == other.sound
                || self.glance.apart(other.glance).is_some()
                || (self.skeleton == other.skeleton && self.script != other.script)
                || self.glance.typed == other.glance.typed)
    }

    pub fn glance(self) -> Glance {
        self.glance
    }
}

fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, letter| (hash ^ u32::from(letter)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::similar::meet;
    use super::*;
    use crate::names::token::Schema;

    proptest! {
        #[test]
        fn a_glance_denies_no_meeting(
            one in "[a-z]{1,9}",
            at in 0_usize..9,
            change in "[a-z]{0,2}",
            company in any::<bool>(),
        ) {
            let schema = if company { Schema::Company } else { Schema::Person };
            let at = at.min(one.len());
            let other = format!("{}{change}{}", &one[..at], &one[(at + 1).min(one.len())..]);
            let [one, other] = [&one, &other].map(|word| Token::new(word, schema, Script::Alphabet));
            let seen = Brief::of(&one).may_meet(Brief::of(&other));
            prop_assert!(seen || meet(&one, &other).is_none(), "{} {}", one.text, other.text);
        }
    }
}

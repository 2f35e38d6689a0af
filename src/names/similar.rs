//! How alike two words are, and in which way.

use super::distance::{HEARD_MORE, distance, heard_allowed, slips_allowed};
use super::fold::Script;
use super::glance::Apart;
use super::token::Token;

/// In which way one word met another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Letter by letter, after folding.
    Exact,
    /// Two spellings of one word in the tables: `int'l` and `international`, `mohamed` and `muhammad`.
    Variant,
    /// One number: `44` and `forty-four`.
    Number,
    /// Spelt differently, sounds alike.
    Sound,
    /// A slip or two.
    Slip,
    /// A short form or foreign form of a given name.
    Nickname,
    /// A letter for the name that it begins.
    Initial,
    /// The same consonants, one side in a script without vowels or of syllables.
    Consonants,
    /// The same letters in another order.
    Anagram,
    /// One word against several run together.
    Joined,
    /// A short form made of first letters.
    Acronym,
}

impl How {
    pub fn as_str(self) -> &'static str {
        match self {
            How::Exact => "exact",
            How::Variant => "variant",
            How::Number => "number",
            How::Sound => "sound",
            How::Slip => "slip",
            How::Nickname => "nickname",
            How::Initial => "initial",
            How::Consonants => "consonants",
            How::Anagram => "anagram",
            How::Joined => "joined",
            How::Acronym => "acronym",
        }
    }
}

/// Two words that met: how alike they are, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Meeting {
    pub similarity: f32,
    pub how: How,
}

impl Meeting {
    fn new(similarity: f32, how: How) -> Option<Self> {
        Some(Self { similarity, how })
    }
}

/// Below this two words are two words.
pub const SIMILARITY_MIN: f32 = 0.7;

const VARIANT: f32 = 0.98;
const SOUND: f32 = 0.95;
const NICKNAME: f32 = 0.8;
const INITIAL: f32 = 0.85;
const ANAGRAM: f32 = 0.75;

/// How two words of names meet; `None` when they do not. Symmetric.
pub fn meet(one: &Token, other: &Token) -> Option<Meeting> {
    let typed = one.letters.apart(other.letters);
    meet_apart(one, other, Apart { typed, heard: one.heard_letters.apart(other.heard_letters) })
}

/// As [`meet`], for words of which it is known what they cost at least.
pub fn meet_apart(one: &Token, other: &Token, apart: Apart) -> Option<Meeting> {
    if one.text == other.text {
        return Meeting::new(1.0, How::Exact);
    }
    if one.number.is_some() || other.number.is_some() {
        return if one.number == other.number { Meeting::new(1.0, How::Number) } else { None };
    }
    if one.canonical == other.canonical {
        return Meeting::new(VARIANT, How::Variant);
    }
    if one.text.len() == 1 || other.text.len() == 1 {
        let same = one.text.as_bytes().first() == other.text.as_bytes().first();
        return if same && one.text.len() != other.text.len() { Meeting::new(INITIAL, How::Initial) } else { None };
    }
    let named = one.nicknames.iter().any(|group| other.nicknames.contains(group));
    if !named && one.kind.is_idle() != other.kind.is_idle() {
        return None;
    }
    let spelt = spelt_alike(one, other, apart);
    match spelt {
        Some(meeting) if !named || meeting.similarity >= NICKNAME => Some(meeting),
        _ if named => Meeting::new(NICKNAME, How::Nickname),
        other_way => other_way.or_else(|| consonants(one, other)).or_else(|| anagram(one, other)),
    }
}

fn spelt_alike(one: &Token, other: &Token, apart: Apart) -> Option<Meeting> {
    let longer = one.text.len().max(other.text.len());
    if one.sound == other.sound && one.sound.len() >= 2 {
        return Meeting::new(if longer <= 3 { 0.85 } else { SOUND }, How::Sound);
    }
    let limit = slips_allowed(longer);
    // Against a script without vowels letters say little; consonants are compared by themselves.
    let half_written = (one.script == Script::Abjad) != (other.script == Script::Abjad);
    if limit == 0 || half_written || is_short_abjad(one, longer) || is_short_syllables(one, other) {
        return None;
    }
    let heard_longer = one.sound.len().max(other.sound.len());
    let typed = slips(&one.text, &other.text, apart.typed, limit, limit);
    // What sounds no more alike than it is typed need not be known.
    let worth = typed.map_or(u16::MAX, |typed| (usize::from(typed) * heard_longer / longer) as u16);
    let worth = worth.checked_sub(HEARD_MORE);
    let heard = worth.and_then(|worth| slips(&one.sound, &other.sound, apart.heard, heard_allowed(heard_longer), worth));
    let typed = typed.map(|cost| likeness(cost, longer));
    let heard = heard.map(|cost| likeness(cost + HEARD_MORE, heard_longer));
    let similarity = typed.into_iter().chain(heard).reduce(f32::max)?;
    if similarity >= SIMILARITY_MIN { Meeting::new(similarity, How::Slip) } else { None }
}

/// Where no vowels are written, every letter of a short word tells it from another.
fn is_short_abjad(word: &Token, letters: usize) -> bool {
    const SHORT: usize = 5;
    word.script == Script::Abjad && letters <= SHORT
}

/// Short words in scripts of syllables are all alike, and nobody mistypes a letter in them.
fn is_short_syllables(one: &Token, other: &Token) -> bool {
    const SHORT: usize = 4;
    (one.script == Script::Syllables || other.script == Script::Syllables) && one.text.len().min(other.text.len()) <= SHORT
}

/// The cost of the slips between two spellings; `None` where what they cost at `least` is not forgiven, and above what is worth knowing.
fn slips(one: &str, other: &str, least: u16, forgiven: u16, worth: u16) -> Option<u16> {
    if least > forgiven { None } else { distance(one.as_bytes(), other.as_bytes(), forgiven.min(worth)) }
}

fn likeness(cost: u16, letters: usize) -> f32 {
    1.0 - f32::from(cost) / (10 * letters) as f32
}

/// Consonants alone, where one of the two scripts has no more.
fn consonants(one: &Token, other: &Token) -> Option<Meeting> {
    if one.skeleton != other.skeleton || one.script == other.script {
        return None;
    }
    let among = |script| one.script == script || other.script == script;
    match one.skeleton.len() {
        0..=1 => None,
        2 if among(Script::Abjad) => Meeting::new(0.6, How::Consonants),
        3 if among(Script::Abjad) => Meeting::new(0.8, How::Consonants),
        4.. if among(Script::Abjad) => Meeting::new(0.9, How::Consonants),
        // Every other Chinese and Korean syllable ends in NG.
        3.. if among(Script::Syllables) && !one.skeleton.contains("ng") => Meeting::new(0.85, How::Consonants),
        _ => None,
    }
}

/// The same letters in disorder, as a disguise; short words meet by chance.
fn anagram(one: &Token, other: &Token) -> Option<Meeting> {
    const LENGTH_MIN: usize = 5;
    if one.text.len() != other.text.len() || one.text.len() < LENGTH_MIN || one.letters != other.letters {
        return None;
    }
    let counts = |text: &str| {
        text.bytes().fold([0_u8; 26], |mut counts, letter| {
            if let Some(count) = counts.get_mut(usize::from(letter.wrapping_sub(b'a'))) {
                *count = count.saturating_add(1);
            }
            counts
        })
    };
    if counts(&one.text) == counts(&other.text) { Meeting::new(ANAGRAM, How::Anagram) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::token::Schema;

    fn meeting(one: &str, other: &str) -> Option<(How, i32)> {
        let token = |word: &str| Token::new(word, Schema::Person, Script::Alphabet);
        let (there, back) = (meet(&token(one), &token(other)), meet(&token(other), &token(one)));
        assert_eq!(there, back, "{one} {other}");
        there.map(|meeting| (meeting.how, (meeting.similarity * 100.0).round() as i32))
    }

    #[test]
    fn words_meet_in_the_way_that_fits() {
        for (one, other, expected) in [
            ("lavrov", "lavrov", Some((How::Exact, 100))),
            ("mohamed", "muhammad", Some((How::Variant, 98))),
            ("nooristani", "nuristani", Some((How::Sound, 95))),
            ("putin", "pudin", Some((How::Slip, 88))),
            ("ben", "benjamin", Some((How::Nickname, 80))),
            ("benny", "benjamin", Some((How::Nickname, 80))),
            ("a", "ali", Some((How::Initial, 85))),
            ("a", "omar", None),
            ("nitpu", "putin", Some((How::Anagram, 75))),
            ("pol", "pot", None),
            ("merkel", "mercaz", None),
        ] {
            assert_eq!(meeting(one, other), expected, "{one} {other}");
        }
    }
}

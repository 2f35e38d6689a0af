//! A name taken apart: its words, what each is and weighs, and its company form.

use super::fold::{self, Script};
use super::forms::{self, Form};
use super::letters::HardLetters;
use super::sound;
use super::words::{self, Kind};

/// By which rules a name is read and scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Schema {
    Person,
    /// Also organisations, vessels, and whatever is no person.
    Company,
}

/// Words of a name that are looked at; what follows is another text.
pub const TOKENS_MAX: usize = 16;
/// Letters of a word that are looked at.
pub const LETTERS_MAX: usize = 32;

/// One word.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// Folded, as written.
    pub text: String,
    /// The spelling that stands for all; `text` for words in no table.
    pub canonical: String,
    pub sound: String,
    /// Consonants; kept for comparisons with scripts that write no vowels.
    pub skeleton: String,
    /// Of `text` and of `sound`.
    pub letters: HardLetters,
    pub heard_letters: HardLetters,
    pub kind: Kind,
    pub script: Script,
    pub number: Option<u32>,
    /// Short forms and foreign forms of a given name.
    pub nicknames: &'static [u16],
}

/// A name ready to be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    pub schema: Schema,
    pub tokens: Vec<Token>,
    pub form: Option<Form>,
}

impl Name {
    /// Reads a name; any text is one, if need be without tokens.
    pub fn parse(name: &str, schema: Schema) -> Self {
        let mut folded = String::new();
        let script = fold::fold(name, &mut folded);
        let mut words = split(&folded);
        let form = match schema {
            Schema::Company => company_form(&mut words),
            Schema::Person => None,
        };
        let mut tokens: Vec<Token> = Vec::with_capacity(words.len());
        for word in &words {
            let token = Token::new(word, schema, script);
            // A word said twice is said once.
            if !tokens.iter().any(|known| known.text == token.text) || token.number.is_some() {
                tokens.push(token);
            }
        }
        join_numbers(&mut tokens);
        tokens.truncate(TOKENS_MAX);
        keep_something(&mut tokens);
        Self { schema, tokens, form }
    }
}

impl Token {
    pub fn new(word: &str, schema: Schema, script: Script) -> Self {
        let text: String = word.chars().take(LETTERS_MAX).collect();
        let row = match schema {
            Schema::Person => words::of_person(&text),
            Schema::Company => words::of_company(&text),
        };
        let number = if schema == Schema::Company { words::number(&text) } else { text.parse().ok() };
        let kind = match row {
            _ if number.is_some() => Kind::Number,
            _ if text.len() == 1 => Kind::Initial,
            Some(row) => row.kind,
            None if schema == Schema::Person && is_form_of_disguise(&text) => Kind::Title,
            None => Kind::Plain,
        };
        let stem = || if schema == Schema::Company { without_adjective_ending(&text) } else { &text };
        let canonical = row.map_or_else(stem, |row| row.canonical).to_owned();
        let (mut heard, mut skeleton) = (String::new(), String::new());
        sound::sound(&text, &mut heard);
        sound::skeleton(&heard, &mut skeleton);
        let (letters, heard_letters) = (HardLetters::of(&text), HardLetters::of(&heard));
        let nicknames = if schema == Schema::Person { words::nickname_groups(&text) } else { &[] };
        Self { canonical, letters, heard_letters, kind, script, number, nicknames, text, sound: heard, skeleton }
    }

    /// What the word adds when it is met.
    pub fn weight(&self) -> f32 {
        self.kind.weight()
    }

    /// What the word costs when it is not met.
    pub fn loss(&self) -> f32 {
        self.kind.loss()
    }
}

impl Kind {
    /// Whether a name may do without it.
    pub fn is_idle(self) -> bool {
        matches!(self, Kind::Particle | Kind::Title)
    }

    /// What a word adds when it is met.
    pub fn weight(self) -> f32 {
        match self {
            Kind::Plain => 1.0,
            Kind::Common => 0.75,
            Kind::Initial => 0.6,
            Kind::Number => 0.5,
            Kind::Generic => 0.35,
            Kind::Place => 0.3,
            Kind::Particle => 0.2,
            Kind::Title => 0.1,
        }
    }

    /// What a word costs when it is not met.
    pub fn loss(self) -> f32 {
        match self {
            Kind::Plain | Kind::Common | Kind::Initial => 1.0,
            Kind::Generic => 0.8,
            Kind::Number => 0.5,
            Kind::Place => 0.25,
            Kind::Particle => 0.2,
            Kind::Title => 0.1,
        }
    }
}

/// Words of a folded name. Digits before letters are parted (`3percenters`) unless they spell an ordinal or hide in a word.
fn split(folded: &str) -> Vec<&str> {
    let pieces = folded.split([fold::GAP as char, fold::HYPHEN as char]).filter(|piece| !piece.is_empty());
    let mut words = Vec::new();
    for piece in pieces.take(TOKENS_MAX * 2) {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let at = if digits > 0 && piece.len() > digits + 2 { digits } else { 0 };
        let (head, tail) = piece.split_at_checked(at).unwrap_or(("", piece));
        words.extend([head, tail].into_iter().filter(|word| !word.is_empty()));
    }
    words
}

/// `Muromskiy zavod` is the plant of Murom.
fn without_adjective_ending(word: &str) -> &str {
    const STEM_MIN: usize = 4;
    let endings = ["skiy", "skii", "skij", "sky", "skaya", "skaia", "skoe", "skoye"];
    let stems = endings.iter().filter_map(|ending| word.strip_suffix(ending));
    stems.into_iter().find(|stem| stem.len() >= STEM_MIN).unwrap_or(word)
}

/// A company form behind a person's name hides the person.
fn is_form_of_disguise(word: &str) -> bool {
    matches!(word, "llc" | "ltd" | "limited" | "gmbh" | "inc" | "corp" | "sa" | "plc" | "company")
}

/// Takes company forms off both ends as long as a word is left; of several, the first that says something counts.
fn company_form(words: &mut Vec<&str>) -> Option<Form> {
    let mut found = None;
    let mut joined = String::new();
    loop {
        let longest = forms::WORDS_MAX.min(words.len().saturating_sub(1));
        let ends = (1..=longest).rev().flat_map(|len| [(len, words.len() - len), (len, 0)]);
        let form = ends.into_iter().find_map(|(len, start)| {
            joined.clear();
            words.iter().skip(start).take(len).for_each(|word| joined.push_str(word));
            forms::find(&joined).or_else(|| forms::find_misspelt(&joined)).map(|form| (form, len, start))
        });
        let Some((form, len, start)) = form else { return found };
        words.drain(start..start + len);
        found = match found {
            None | Some(Form::Any) => Some(form),
            known => known,
        };
    }
}

/// `forty four` is 44.
fn join_numbers(tokens: &mut Vec<Token>) {
    let mut at = 1;
    while let (Some(before), Some(here)) = (tokens.get(at - 1), tokens.get(at)) {
        match (before.number, here.number) {
            (Some(tens), Some(ones)) if (20..100).contains(&tens) && tens % 10 == 0 && (1..10).contains(&ones) => {
                let written = format!("{} {}", before.text, here.text);
                tokens.remove(at);
                if let Some(joined) = tokens.get_mut(at - 1) {
                    joined.number = Some(tens + ones);
                    joined.text = written;
                }
            }
            _ => at += 1,
        }
    }
}

/// In a name that has nothing but idle words, those are the name.
fn keep_something(tokens: &mut [Token]) {
    if tokens.iter().all(|token| token.kind.is_idle()) {
        tokens.iter_mut().for_each(|token| token.kind = Kind::Plain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company(name: &str) -> (String, Option<Form>) {
        let name = Name::parse(name, Schema::Company);
        (name.tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" "), name.form)
    }

    #[test]
    fn company_forms_are_taken_off_wherever_and_however_they_are_written() {
        for (name, words, form) in [
            ("OOO Oboronnye Initsiativy", "oboronnye initsiativy", Some(Form::Limited)),
            ("Oboronnye Initsiativy o.O.O.", "oboronnye initsiativy", Some(Form::Limited)),
            ("Siemens Aktiengeselschaft", "siemens", Some(Form::Stock)),
            ("JSC TACTICAL MISSILES CORP.", "tactical missiles", Some(Form::Stock)),
            ("TACTICAL MISSILES CORPORATION JOYNT STOCK COMPANY", "tactical missiles", Some(Form::Stock)),
            ("LLC", "llc", None),
            ("СБ Банк (ООО)", "sb bank", Some(Form::Limited)),
        ] {
            assert_eq!(company(name), (words.to_owned(), form), "{name}");
        }
    }

    #[test]
    fn numbers_are_one_token_however_they_are_written() {
        for name in ["Brigade 44", "Brigade Forty-Four", "Brigade Forty 4"] {
            let numbers: Vec<_> = Name::parse(name, Schema::Company).tokens.iter().filter_map(|token| token.number).collect();
            assert_eq!(numbers, [44], "{name}");
        }
        assert_eq!(company("3%ers").0, "3 percenters");
    }

    #[test]
    fn a_hostile_name_has_bounded_tokens() {
        let name = Name::parse(&"ab cd ".repeat(1 << 20), Schema::Person);
        assert_eq!(name.tokens.len(), 2);
        let name = Name::parse(&"x".repeat(10 << 20), Schema::Company);
        assert!(name.tokens.iter().all(|token| token.text.len() <= LETTERS_MAX));
        assert!(Name::parse("\u{200f}", Schema::Person).tokens.is_empty());
    }
}

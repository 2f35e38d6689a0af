//! What values a fact can have beyond its type, so that a comparison which can never hold is refused when it is written.
//! Told by the unit and the codes of the fact's row in the catalogue.

use super::node::{CompareOp, Const};
use crate::diagnostic::did_you_mean;
use crate::screen::facts::Fact;

/// The values of a fact, of an element of it, or of a text made from it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// The whole list of possible values; empty when it is open.
    codes: &'static [&'static str],
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Any,
    /// So many capital letters.
    Letters(usize),
    Digits(usize),
    /// `UN` or `ID` and four digits.
    UnNumber,
    /// Text without small ASCII letters.
    Upper,
    /// Text without capital ASCII letters.
    Lower,
    /// A number that is never below zero.
    Natural,
}

/// Why a comparison is pointless, and what to write instead.
pub(super) type Objection = (String, Option<String>);

impl Shape {
    pub const ANY: Shape = Shape { codes: &[], form: Form::Any };
    pub const UPPER: Shape = Shape { codes: &[], form: Form::Upper };
    pub const LOWER: Shape = Shape { codes: &[], form: Form::Lower };
    pub const NATURAL: Shape = Shape { codes: &[], form: Form::Natural };

    pub fn of(fact: &Fact) -> Self {
        let form = match (fact.name, fact.unit) {
            ("goods", _) => Form::Upper,
            ("emails", _) => Form::Lower,
            (_, "IATA airport or city" | "IATA code list 1.16" | "ISO 4217") => Form::Letters(3),
            (_, "ISO 3166-1 alpha-2") => Form::Letters(2),
            (_, "2 digits") => Form::Digits(2),
            (_, "4 digits") => Form::Digits(4),
            (_, "UN number") => Form::UnNumber,
            (_, "pieces" | "lines" | "flights" | "kg" | "m³" | "kg/m³" | "currency" | "currency/kg")
                if fact.name != "currency" =>
            {
                Form::Natural
            }
            _ => Form::Any,
        };
        Self { codes: fact.codes, form }
    }

    /// Why the value can never equal this constant.
    pub fn refuses(&self, constant: &Const) -> Option<Objection> {
        match constant {
            Const::Text(text) => self.refuses_text(text),
            _ => None,
        }
    }

    fn refuses_text(&self, text: &str) -> Option<Objection> {
        if !self.codes.is_empty() {
            let choices = || format!("one of {}", self.codes.join(", "));
            let objection = || {
                (
                    format!("{text:?} is not one of its codes"),
                    did_you_mean(text, self.codes.iter().copied()).or_else(|| Some(choices())),
                )
            };
            return (!self.codes.contains(&text)).then(objection);
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let letters = text.bytes().all(|byte| byte.is_ascii_uppercase());
        let expected = match self.form {
            Form::Letters(count) if text.len() != count || !letters => format!("{count} capital letters"),
            Form::Digits(count) if text.len() != count || !digits => format!("{count} digits"),
            Form::UnNumber if !un_number(text) => "`UN` or `ID` and four digits".to_owned(),
            _ => return self.refuses_piece(text),
        };
        let hint = match self.form {
            Form::Letters(count) if text.len() == count => recased(text, str::to_ascii_uppercase),
            _ => None,
        };
        Some((format!("its values are {expected}, so it never equals {text:?}"), hint))
    }

    /// Why the value can never contain this text.
    pub fn refuses_piece(&self, piece: &str) -> Option<Objection> {
        let small = piece.bytes().any(|byte| byte.is_ascii_lowercase());
        let capital = piece.bytes().any(|byte| byte.is_ascii_uppercase());
        match self.form {
            Form::Upper | Form::Letters(_) if small => {
                Some((format!("its text is upper case, so {piece:?} is never in it"), recased(piece, str::to_ascii_uppercase)))
            }
            Form::Lower if capital => {
                Some((format!("its text is lower case, so {piece:?} is never in it"), recased(piece, str::to_ascii_lowercase)))
            }
            Form::Letters(count) | Form::Digits(count) if piece.len() > count => {
                Some((format!("its values have {count} characters, so {piece:?} is never in it"), None))
            }
            _ => None,
        }
    }

    /// Whether `value op constant` is decided by the value's range alone.
    pub fn decides(&self, op: CompareOp, constant: &Const) -> Option<bool> {
        let number = match constant {
            Const::Int(number) => *number as f64,
            Const::Double(number) => *number,
            _ => return None,
        };
        if self.form != Form::Natural {
            return None;
        }
        match op {
            CompareOp::Less if number <= 0.0 => Some(false),
            CompareOp::LessOrEqual | CompareOp::Equal if number < 0.0 => Some(false),
            CompareOp::GreaterOrEqual if number <= 0.0 => Some(true),
            CompareOp::Greater | CompareOp::NotEqual if number < 0.0 => Some(true),
            _ => None,
        }
    }
}

fn un_number(text: &str) -> bool {
    let number = text.strip_prefix("UN").or_else(|| text.strip_prefix("ID"));
    number.is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn recased(text: &str, recase: fn(&str) -> String) -> Option<String> {
    Some(format!("write {:?}", recase(text)))
}

//! Envelopes around Cargo-IMP text: a SITA Type-B heading or EDIFACT service segments.

use super::clock;
use crate::model::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Envelope {
    #[default]
    None,
    TypeB,
    Edifact,
}

impl Envelope {
    pub fn wrap(self, (identifier, text): (&str, String), at: Timestamp) -> Vec<u8> {
        let wrapped = match self {
            Envelope::None => text,
            Envelope::TypeB => format!("QK FRALGXS\r\n.FRATMXS {:02}{}\r\n{text}", at.civil().day(), clock::clock(at)),
            Envelope::Edifact => edifact(&identifier.replace('/', ":"), &text, at),
        };
        wrapped.into_bytes()
    }
}

fn edifact(identifier: &str, text: &str, at: Timestamp) -> String {
    let date = at.civil();
    let (year, month, day) = (date.year().rem_euclid(100), date.month(), date.day());
    let reference = at.millis() / 60_000 % 1_000_000;
    format!(
        "UNB+IATA:1+TERMINAL:PIMA+LOADGATE:PIMA+{year:02}{month:02}{day:02}:{}+{reference}'\r\n\
         UNH+{reference}+CIM{identifier}'\r\n{text}UNT+2+{reference}'\r\nUNZ+1+{reference}'\r\n",
        clock::clock(at)
    )
}

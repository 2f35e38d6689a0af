//! Identifiers of the field: air waybill, consignment, unit load device.

use std::fmt;
use std::num::NonZeroU16;

use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize, Serializer};

use super::{Code, Text};

/// Air waybill number: airline prefix (3 digits) and serial (8 digits, the last a check digit). `020-12345675` in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Awb {
    /// One more than the prefix, which is below 1,000: an `Option` of this is no larger.
    prefix_and_1: NonZeroU16,
    /// Below 100,000,000.
    serial: u32,
}

impl Awb {
    /// What serde says of a malformed number; decoders tell the reject reason from it.
    pub const MALFORMED: &str = "not an air waybill number of 3 and 8 digits";

    pub fn new(prefix: u16, serial: u32) -> Option<Self> {
        let prefix_and_1 = NonZeroU16::MIN.checked_add(prefix)?;
        (prefix < 1_000 && serial < 100_000_000).then_some(Self { prefix_and_1, serial })
    }

    /// Reads eleven digits, with or without a dash or blanks between prefix and serial. Nothing may follow.
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, rest) = text.trim_ascii().split_at_checked(3)?;
        let serial = rest.trim_start_matches(['-', ' ']);
        Self::new(digits(prefix, 3)?.try_into().ok()?, digits(serial, 8)?)
    }

    pub fn prefix(self) -> u16 {
        self.prefix_and_1.get() - 1
    }

    pub fn serial(self) -> u32 {
        self.serial
    }

    /// The last digit of the serial equals the first seven modulo 7 (IATA resolution 600a). A wrong one is evidence (D7), not an error.
    pub fn check_digit_ok(self) -> bool {
        self.serial / 10 % 7 == self.serial % 10
    }
}

fn digits(text: &str, len: usize) -> Option<u32> {
    let all_digits = text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.bytes().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
}

impl fmt::Display for Awb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03}-{:08}", self.prefix(), self.serial)
    }
}

impl Serialize for Awb {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Awb {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        Awb::parse(&text).ok_or_else(|| D::Error::custom(Awb::MALFORMED))
    }
}

/// What a referral is about: a master air waybill, or a house bill (under a master once that is known).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
pub struct ConsignmentId {
    pub awb: Option<Awb>,
    pub hawb: Option<String>,
}

impl ConsignmentId {
    /// The key under which everything about a consignment is published: its waybill, or its house bill while no waybill is known.
    pub fn key(&self) -> String {
        self.awb.map(|awb| awb.to_string()).or_else(|| self.hawb.clone()).unwrap_or_default()
    }
}

impl fmt::Display for ConsignmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.awb, &self.hawb) {
            (Some(awb), Some(hawb)) => write!(f, "{awb}/{hawb}"),
            (Some(awb), None) => write!(f, "{awb}"),
            (None, Some(hawb)) => write!(f, "/{hawb}"),
            (None, None) => Ok(()),
        }
    }
}

/// Unit load device: type (3), serial (4 or 5), owner (2 or 3), as `AKE01063CV`. Kept as written; the parts are read on demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Uld(Code<11>);

impl Uld {
    /// `None` unless 8 to 11 letters and digits.
    pub fn parse(text: &str) -> Option<Self> {
        let shape_ok = (8..=11).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        shape_ok.then(|| Code::new(text).map(Self)).flatten()
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_awb_is_read_in_its_three_spellings() {
        for text in ["020-12345675", "020 12345675", "02012345675"] {
            assert_eq!(Awb::parse(text).map(|awb| awb.to_string()).as_deref(), Some("020-12345675"), "{text}");
        }
        for text in ["", "020", "020-1234567", "020-123456789", "02A-12345675", "020-12345675X"] {
            assert_eq!(Awb::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_check_digit_is_the_serial_modulo_seven() {
        assert!(Awb::parse("020-12345675").unwrap().check_digit_ok());
        assert!(!Awb::parse("020-12345676").unwrap().check_digit_ok());
    }
}

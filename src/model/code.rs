//! Short codes (airports, carriers, special handling …) kept inline.

use std::fmt;
use std::ops::Deref;

use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize, Serializer};

use super::Text;

/// At most `N` printable ASCII characters, inline and `Copy`: comparing and hashing costs no pointer.
///
/// The type says how long a code may be, not that it is known: unknown codes are kept and judged by the indicators.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code<const N: usize> {
    // Invariant: the first `len` bytes are printable ASCII, the rest zero.
    bytes: [u8; N],
    len: u8,
}

/// IATA airport or city code, 3 letters (IATA resolution 763).
pub type Airport = Code<3>;
/// IATA (2) or ICAO (3) carrier code.
pub type Carrier = Code<3>;
/// ISO 3166-1 alpha-2.
pub type Country = Code<2>;
/// ISO 4217.
pub type Currency = Code<3>;
/// Special handling code (IATA code list 1.16).
pub type Handling = Code<3>;

impl<const N: usize> Code<N> {
    /// `None` when empty, longer than `N` or not printable ASCII.
    pub fn new(text: &str) -> Option<Self> {
        Self::from_bytes(text.as_bytes())
    }

    /// As [`Code::new`], for bytes not yet known to be text.
    pub fn from_bytes(text: &[u8]) -> Option<Self> {
        if text.is_empty() || text.len() > N {
            return None;
        }
        let mut bytes = [0; N];
        for (to, from) in bytes.iter_mut().zip(text) {
            if !(0x20..0x7f).contains(from) {
                return None;
            }
            *to = *from;
        }
        Some(Self { bytes, len: text.len() as u8 })
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The same text, where it is only compared: cheaper, because it need not be proven to be UTF-8.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl<const N: usize> Deref for Code<N> {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> PartialEq<str> for Code<N> {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<const N: usize> PartialEq<&str> for Code<N> {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<const N: usize> fmt::Debug for Code<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<const N: usize> fmt::Display for Code<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<const N: usize> Serialize for Code<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, const N: usize> Deserialize<'de> for Code<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| D::Error::custom(format_args!("expected a code of 1 to {N} printable ASCII characters")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_holds_what_fits_and_refuses_the_rest() {
        assert_eq!(Airport::new("AMS").map(|code| code.to_string()), Some("AMS".into()));
        assert_eq!(Country::new("N").as_deref(), Some("N"));
        for refused in ["", "AMST", "Ä", "A\n"] {
            assert_eq!(Airport::new(refused), None, "{refused:?}");
        }
    }
}

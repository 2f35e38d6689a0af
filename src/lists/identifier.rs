//! Identifiers that are met exactly or not at all: phones, e-mail addresses, accounts, ranges of IP addresses and waybills.

use std::fmt;
use std::net::IpAddr;

/// One identifier, normalised.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Identifier {
    /// Digits with country code, without prefix.
    Phone(String),
    /// Lower case.
    Email(String),
    /// Letters and digits, upper case.
    Account(String),
    /// First and last address, as one number each; both of one family.
    Ip { first: u128, last: u128, is_v6: bool },
    /// Airline prefix, first and last serial (eight digits with the check digit).
    Awb { prefix: u16, first: u32, last: u32 },
}

/// Digits that a phone number shares with its spellings: what stands before them is a country's or a trunk's prefix.
pub const PHONE_DIGITS_MIN: usize = 7;
/// International numbers have at most 15 digits (ITU-T E.164); more are two numbers.
const PHONE_DIGITS_MAX: usize = 15;

/// The digits of a phone number without international or trunk prefix; `None` when too few or too many to be one.
pub fn phone(written: &str) -> Option<String> {
    let digits: String = written.chars().filter(char::is_ascii_digit).take(PHONE_DIGITS_MAX + 3).collect();
    let digits = digits.trim_start_matches('0');
    (PHONE_DIGITS_MIN..=PHONE_DIGITS_MAX).contains(&digits.len()).then(|| digits.to_owned())
}

/// Lower case, trimmed; `None` unless it has the parts of an address.
pub fn email(written: &str) -> Option<String> {
    let address = written.trim().to_lowercase();
    let (local, domain) = address.split_once('@')?;
    (!local.is_empty() && domain.contains('.') && !address.contains(char::is_whitespace)).then_some(address)
}

/// Letters and digits in upper case; `None` when fewer than four.
pub fn account(written: &str) -> Option<String> {
    let account: String = written.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
    (4..=40).contains(&account.len()).then_some(account)
}

impl Identifier {
    pub fn phone(written: &str) -> Option<Self> {
        phone(written).map(Self::Phone)
    }

    pub fn email(written: &str) -> Option<Self> {
        email(written).map(Self::Email)
    }

    pub fn account(written: &str) -> Option<Self> {
        account(written).map(Self::Account)
    }

    /// `192.0.2.7`, `192.0.2.0/24`, `192.0.2.1-192.0.2.9`.
    pub fn ip(written: &str) -> Option<Self> {
        let written = written.trim();
        if let Some((address, bits)) = written.split_once('/') {
            let (number, is_v6) = ip_number(address)?;
            let width: u32 = if is_v6 { 128 } else { 32 };
            let host_bits = width.checked_sub(bits.trim().parse().ok()?)?;
            let host = 1_u128.checked_shl(host_bits).map_or(u128::MAX, |size| size - 1);
            return Some(Self::Ip { first: number & !host, last: number | host, is_v6 });
        }
        let (first, last) = written.split_once('-').unwrap_or((written, written));
        let ((first, is_v6), (last, last_v6)) = (ip_number(first)?, ip_number(last)?);
        (is_v6 == last_v6 && first <= last).then_some(Self::Ip { first, last, is_v6 })
    }

    /// `020-12345675`, `020-12340000/12349999`, or a whole prefix `020`.
    pub fn awb(written: &str) -> Option<Self> {
        let digits = |text: &str, count: usize| {
            let text = text.trim();
            (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<u32>().ok()).flatten()
        };
        let written = written.trim();
        let prefix = u16::try_from(digits(written.get(..3)?, 3)?).ok()?;
        let rest = written.get(3..)?.trim_start_matches(['-', ' ']);
        if rest.is_empty() {
            return Some(Self::Awb { prefix, first: 0, last: 99_999_999 });
        }
        let (first, last) = rest.split_once('/').unwrap_or((rest, rest));
        let (first, last) = (digits(first, 8)?, digits(last, 8)?);
        (first <= last).then_some(Self::Awb { prefix, first, last })
    }

    /// What kind it is, as the columns of our CSV name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Phone(_) => "phone",
            Self::Email(_) => "email",
            Self::Account(_) => "account",
            Self::Ip { .. } => "ip",
            Self::Awb { .. } => "awb",
        }
    }
}

/// An address as one number, and whether it is of version 6.
pub fn ip_number(written: &str) -> Option<(u128, bool)> {
    match written.trim().parse().ok()? {
        IpAddr::V4(address) => Some((u128::from(u32::from(address)), false)),
        IpAddr::V6(address) => Some((u128::from(address), true)),
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = |number: u128, is_v6: bool| match u32::try_from(number) {
            Ok(number) if !is_v6 => IpAddr::V4(number.into()),
            _ => IpAddr::V6(number.into()),
        };
        match self {
            Self::Phone(text) | Self::Email(text) | Self::Account(text) => f.write_str(text),
            Self::Ip { first, last, is_v6 } if first == last => write!(f, "{}", address(*first, *is_v6)),
            Self::Ip { first, last, is_v6 } => write!(f, "{}-{}", address(*first, *is_v6), address(*last, *is_v6)),
            Self::Awb { prefix, first, last } if first == last => write!(f, "{prefix:03}-{first:08}"),
            Self::Awb { prefix, first, last } => write!(f, "{prefix:03}-{first:08}/{last:08}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_normalised_or_refused() {
        assert_eq!(phone("+49 (0)6172 12-345").as_deref(), Some("490617212345"));
        assert_eq!(phone("0049 6172 12345").as_deref(), Some("49617212345"));
        assert_eq!(phone("110"), None);
        assert_eq!(email(" In@Bridge.Example ").as_deref(), Some("in@bridge.example"));
        assert_eq!(email("nobody"), None);
        assert_eq!(account("de-12 34.56").as_deref(), Some("DE123456"));
    }

    #[test]
    fn ranges_are_read_in_their_spellings() {
        let shown = |identifier: Option<Identifier>| identifier.map(|identifier| identifier.to_string());
        for (text, expected) in [
            ("192.0.2.7", Some("192.0.2.7")),
            ("192.0.2.7/24", Some("192.0.2.0-192.0.2.255")),
            ("192.0.2.1-192.0.2.9", Some("192.0.2.1-192.0.2.9")),
            ("2001:db8::/32", Some("2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")),
            ("0.0.0.0/0", Some("0.0.0.0-255.255.255.255")),
            ("192.0.2.9-192.0.2.1", None),
            ("192.0.2.7/33", None),
            ("here", None),
        ] {
            assert_eq!(shown(Identifier::ip(text)).as_deref(), expected, "{text}");
        }
        for (text, expected) in [
            ("020-12345675", Some("020-12345675")),
            ("020-12340000/12349999", Some("020-12340000/12349999")),
            ("020", Some("020-00000000/99999999")),
            ("020-1234", None),
            ("ABC-12345675", None),
            ("020-12349999/12340000", None),
        ] {
            assert_eq!(shown(Identifier::awb(text)).as_deref(), expected, "{text}");
        }
    }
}

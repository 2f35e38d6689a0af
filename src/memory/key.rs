//! Keys: keyed hashes of identities. Memory holds no names, and whoever steals it without the key cannot look a name up.

use std::fmt;
use std::hash::Hasher;

use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher24;

use crate::model::Awb;

/// What something is remembered under: 64 bits of SipHash-2-4 under the secret of this installation, never 0.
///
/// With ten million entries the chance that any two share a key is three in a million; they would then share a history.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Key(u64);

impl Key {
    /// The key of nothing: what is unknown is remembered under no key.
    pub const NONE: Key = Key(0);

    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    pub fn some(self) -> Option<Key> {
        (!self.is_none()).then_some(self)
    }

    pub fn bits(self) -> u64 {
        self.0
    }

    /// The key of something public, such as a lane or a commodity; needs no secret. `NONE` for 0.
    pub fn of_public(kind: Kind, number: u64) -> Key {
        if number == 0 { Key::NONE } else { Key(mix(mix(number) ^ kind as u64).max(1)) }
    }

    /// The key of something made up of this and another, both keyed already: a pair, a party on a lane. `NONE` when either is.
    pub fn with(self, kind: Kind, other: u64) -> Key {
        if self.is_none() || other == 0 {
            return Key::NONE;
        }
        Key(mix(mix(self.0 ^ kind as u64) ^ other.rotate_left(29)).max(1))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Eight bits of a key, of what is only ever compared: names and seals. Two that differ look alike once in 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Mark(u8);

impl Mark {
    /// Nothing is stated.
    pub const NONE: Mark = Mark(0);

    /// Of several things together, in any order.
    pub fn of(keys: impl IntoIterator<Item = Key>) -> Self {
        let bits = keys.into_iter().fold(0, |bits, key| bits ^ key.0);
        if bits == 0 { Self::NONE } else { Self(((bits >> 56) as u8).max(1)) }
    }

    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// Both are stated, and not the same.
    pub fn differs(self, other: Mark) -> bool {
        !self.is_none() && !other.is_none() && self != other
    }
}

/// Stafford's mixer 13 of a 64-bit value (the finaliser of SplitMix64): every input bit changes every output bit.
pub fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// What a key is of, so that no two kinds share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    Consignment = 1,
    Party,
    Agent,
    Phone,
    Email,
    Address,
    Account,
    Ip,
    House,
    Screener,
    RegulatedEntity,
    ExemptedBy,
    Lane,
    Route,
    Pair,
    PairCommodity,
    ShipperLane,
    ConsigneeLane,
    ShipperCommodity,
    OriginCommodity,
    LaneCommodity,
    DailyValue,
    Band,
    Flight,
    Load,
    Spelling,
    Seal,
    Name,
}

/// Makes keys under a secret.
#[derive(Clone)]
pub struct Keys {
    hasher: SipHasher24,
    /// Tells two secrets apart and betrays neither.
    fingerprint: u64,
}

impl Keys {
    pub fn new(secret: &[u8; 16]) -> Self {
        let hasher = SipHasher24::new_with_key(secret);
        let mut print = hasher;
        print.write(b"loadgate memory");
        Self { hasher, fingerprint: print.finish() }
    }

    /// What a snapshot is marked with: memory made under another secret cannot be continued.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// The key of a consignment; `text` is a buffer.
    pub fn consignment(&self, awb: Option<Awb>, hawb: Option<&str>, text: &mut String) -> Key {
        let number = awb.map(|awb| (u64::from(awb.prefix()) << 32 | u64::from(awb.serial()) | 1 << 63).to_be_bytes());
        text.clear();
        hawb.into_iter().for_each(|hawb| alphanumeric(hawb, text));
        let number = number.as_ref().map(|bytes| bytes.as_slice()).unwrap_or_default();
        self.key(Kind::Consignment, &[number, text.as_bytes()])
    }

    /// The key of an identity made of parts. Empty text is no identity.
    pub fn key(&self, kind: Kind, parts: &[&[u8]]) -> Key {
        if parts.iter().all(|part| part.is_empty()) {
            return Key::NONE;
        }
        let mut hasher = self.hasher;
        hasher.write_u8(kind as u8);
        for part in parts {
            hasher.write(part);
            // Ends a part: no text holds this byte.
            hasher.write_u8(0xff);
        }
        Key(hasher.finish().max(1))
    }
}

/// Letters and digits in upper case; accents and punctuation are spelling.
pub(super) fn alphanumeric(text: &str, out: &mut String) {
    out.extend(text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase));
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_depends_on_kind_parts_and_secret() {
        let keys = Keys::new(&[1; 16]);
        let key = keys.key(Kind::Party, &[b"ACME", b"DE"]);
        assert_eq!(key, Keys::new(&[1; 16]).key(Kind::Party, &[b"ACME", b"DE"]));
        let others = [
            keys.key(Kind::Agent, &[b"ACME", b"DE"]),
            keys.key(Kind::Party, &[b"ACM", b"EDE"]),
            keys.key(Kind::Party, &[b"ACMEDE"]),
            Keys::new(&[2; 16]).key(Kind::Party, &[b"ACME", b"DE"]),
        ];
        assert!(others.iter().all(|other| *other != key));
        assert_ne!(keys.fingerprint(), Keys::new(&[2; 16]).fingerprint());
    }

    #[test]
    fn nothing_has_no_key() {
        let keys = Keys::new(&[0; 16]);
        assert!(keys.key(Kind::Phone, &[b""]).is_none());
        let party = keys.key(Kind::Party, &[b"A"]);
        assert!(party.with(Kind::Pair, 0).is_none() && Key::NONE.with(Kind::Pair, 7).is_none());
        assert_ne!(party.with(Kind::Pair, 7), party.with(Kind::ShipperLane, 7));
    }

    #[test]
    fn a_mark_tells_things_apart_whatever_their_order() {
        let keys = Keys::new(&[0; 16]);
        let [one, other] = [b"SL48811", b"SL48812"].map(|text| keys.key(Kind::Seal, &[text]));
        assert!(Mark::of([one]).differs(Mark::of([other])));
        assert_eq!(Mark::of([one, other]), Mark::of([other, one]));
        assert!(!Mark::of([one]).differs(Mark::of([])) && !Mark::of([]).differs(Mark::of([one])));
    }
}

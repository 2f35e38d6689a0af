//! Keys and signatures: Ed25519 (RFC 8032), strictly verified, so that no two signatures pass for the same.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};

use super::pack::PackHash;

/// What is signed begins so, and no other protocol's messages do: a signature made elsewhere is worth nothing here.
const DOMAIN: &[u8] = b"loadgate bundle signature 1\0";
const PUBLIC: &str = "ed25519:";
const SECRET: &str = "loadgate-secret-key:ed25519:";

pub const SIGNATURE_BYTES: usize = ed25519_dalek::SIGNATURE_LENGTH;

/// The consent of one person to the content of one pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// As the trust file enrols the person.
    pub signer: String,
    pub bytes: [u8; SIGNATURE_BYTES],
}

/// In text `ed25519:` and base64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// Never printed but into its own file.
pub struct SecretKey(SigningKey);

impl SecretKey {
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        Ok(Self::of_seed(seed))
    }

    pub fn of_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    /// The text of a key file; white space around it does not count.
    pub fn parse(text: &str) -> Option<Self> {
        decoded(text.trim().strip_prefix(SECRET)?).map(Self::of_seed)
    }

    /// The text of the key's file.
    pub fn expose(&self) -> String {
        format!("{SECRET}{}\n", STANDARD.encode(self.0.to_bytes()))
    }

    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub fn sign(&self, signer: &str, pack: &PackHash) -> Signature {
        Signature { signer: signer.to_owned(), bytes: self.0.sign(&message(signer, pack)).to_bytes() }
    }
}

impl PublicKey {
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = decoded(text.trim().strip_prefix(PUBLIC)?)?;
        // A weak key would let one signature fit many messages.
        VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak()).map(Self)
    }

    pub fn verifies(&self, pack: &PackHash, signature: &Signature) -> bool {
        let bytes = ed25519_dalek::Signature::from_bytes(&signature.bytes);
        self.0.verify_strict(&message(&signature.signer, pack), &bytes).is_ok()
    }
}

/// The signer's name is signed too: nobody can put another's name over a signature.
fn message(signer: &str, pack: &PackHash) -> Vec<u8> {
    [DOMAIN, &pack.0, signer.as_bytes()].concat()
}

fn decoded(base64: &str) -> Option<[u8; 32]> {
    STANDARD.decode(base64).ok()?.try_into().ok()
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC}{}", STANDARD.encode(self.0.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "secret key of {}", self.public())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_signer_and_content_alone() {
        let (key, other) = (SecretKey::of_seed([1; 32]), SecretKey::of_seed([2; 32]));
        let (pack, another) = (PackHash([7; 32]), PackHash([8; 32]));
        let signature = key.sign("a", &pack);
        assert!(key.public().verifies(&pack, &signature));
        assert!(!key.public().verifies(&another, &signature));
        assert!(!other.public().verifies(&pack, &signature));
        assert!(!key.public().verifies(&pack, &Signature { signer: "b".into(), ..signature }));
    }

    #[test]
    fn keys_are_read_back_from_their_text_and_a_secret_is_not_shown() {
        let key = SecretKey::generate().unwrap();
        assert_eq!(SecretKey::parse(&key.expose()).unwrap().public(), key.public());
        assert_eq!(PublicKey::parse(&key.public().to_string()), Some(key.public()));
        assert!(!format!("{key:?}").contains(key.expose().trim().rsplit(':').next().unwrap()));
        for text in ["", "ed25519:", "ed25519:AAAA", "rsa:AAAA"] {
            assert!(PublicKey::parse(text).is_none() && SecretKey::parse(text).is_none(), "{text}");
        }
        // The identity point: of small order.
        let weak = format!("{PUBLIC}{}", STANDARD.encode([&[1_u8][..], &[0; 31]].concat()));
        assert_eq!(PublicKey::parse(&weak), None);
    }
}

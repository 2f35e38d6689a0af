//! Packs: a bundle's files with what is said about them, as one canonical row of bytes that people sign.
//!
//! ```text
//! magic       loadgate-bundle/1 and a newline
//! manifest    bundle, environment, author: text · sequence: u64 · kind: u8 · valid from: i64 ·
//!             valid until: option of i64 · restores: option of (sequence: u64, content hash: 32 bytes)
//! files       u32, then each: path, text; ascending by path
//! signatures  u32, then each: signer: text, 64 bytes; ascending by signer
//! ```
//!
//! Integers are big-endian; a text is its length in bytes (u32) and UTF-8; an option is a byte 0, or 1 and the value; times are
//! milliseconds since 1970. There is one way only to write a pack down: whatever differs from it is refused. Signatures are over
//! the SHA-256 of all that stands before them.

use sha2::{Digest, Sha256};

use super::refusal::{Refusal, Refused};
use super::signature::{SIGNATURE_BYTES, Signature};
use super::wire::{Reader, Writer};
use super::{BundleHash, File};
use crate::model::Timestamp;

/// Room for the largest watchlists; a broker has to be told to take such records (`loadgate topics` does).
pub const PACK_BYTES_MAX: usize = 64 << 20;
/// A pack and what Kafka writes around it.
pub const RECORD_BYTES_MAX: usize = PACK_BYTES_MAX + (1 << 20);
/// Twice the ten thousand profiles that the largest users keep.
pub const FILES_MAX: usize = 20_000;
pub const SIGNATURES_MAX: usize = 16;
const PATH_BYTES_MAX: usize = 512;
const NAME_BYTES_MAX: usize = 64;
const MAGIC: &[u8] = b"loadgate-bundle/1\n";

/// What a pack says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Name of the bundle: the same over all its versions.
    pub bundle: String,
    /// Where it may run, such as production.
    pub environment: String,
    /// Who made the change; must sign it, and does not count among those who approve it.
    pub author: String,
    /// Rises with each version that is published.
    pub sequence: u64,
    pub kind: Kind,
    pub valid_from: Timestamp,
    /// First moment after its validity.
    pub valid_until: Option<Timestamp>,
    /// A rollback names the version whose content it brings back.
    pub restores: Option<Restored>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The whole of policy, profiles and lists.
    Regular,
    /// An emergency lookout: profiles on top of the regular bundle, for a day at most.
    Lookout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    pub sequence: u64,
    pub content: BundleHash,
}

/// SHA-256 over manifest and files: what is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PackHash(pub [u8; 32]);

/// Private fields keep the form canonical.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    manifest: Manifest,
    /// Ascending by path.
    files: Vec<File>,
    /// Ascending by signer.
    signatures: Vec<Signature>,
    hash: PackHash,
}

impl Kind {
    pub const ALL: [Kind; 2] = [Kind::Regular, Kind::Lookout];

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Regular => "regular",
            Kind::Lookout => "lookout",
        }
    }
}

impl Pack {
    /// A pack that nobody has signed yet.
    pub fn new(manifest: Manifest, mut files: Vec<File>) -> Result<Self, Refused> {
        files.sort_by(|left, right| left.path.cmp(&right.path));
        let mut pack = Self { manifest, files, signatures: Vec::new(), hash: PackHash([0; 32]) };
        pack.check()?;
        pack.hash = hash_of(&pack.body());
        Ok(pack)
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refused> {
        if bytes.len() > PACK_BYTES_MAX {
            return Err(Refusal::TooLarge.because(format!("{} bytes, at most {PACK_BYTES_MAX} are taken", bytes.len())));
        }
        let mut reader = Reader::new(after_magic(bytes)?);
        let manifest = Manifest::read(&mut reader)?;
        let files = reader
            .list(FILES_MAX, "files", |reader| Ok(File { path: reader.text("a path")?, text: reader.text("a file's text")? }))?;
        let body = bytes.get(..bytes.len() - reader.left()).unwrap_or_default();
        let signatures = reader.list(SIGNATURES_MAX, "signatures", |reader| {
            Ok(Signature { signer: reader.text("a signer")?, bytes: reader.array::<SIGNATURE_BYTES>("a signature")? })
        })?;
        reader.finish()?;
        let pack = Self { manifest, files, signatures, hash: hash_of(body) };
        pack.check()?;
        Ok(pack)
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer(self.body());
        writer.list(&self.signatures, |writer, signature| {
            writer.text(&signature.signer);
            writer.bytes(&signature.bytes);
        });
        writer.0
    }

    fn body(&self) -> Vec<u8> {
        let mut writer = Writer(MAGIC.to_vec());
        self.manifest.write(&mut writer);
        writer.list(&self.files, |writer, file| {
            writer.text(&file.path);
            writer.text(&file.text);
        });
        writer.0
    }

    /// Adds a signature; one of the same signer is replaced.
    pub fn sign(&mut self, signature: Signature) -> Result<(), Refused> {
        let mut signatures = self.signatures.clone();
        signatures.retain(|other| other.signer != signature.signer);
        signatures.push(signature);
        signatures.sort_by(|left, right| left.signer.cmp(&right.signer));
        let signed = Self { signatures, ..self.clone() };
        signed.check()?;
        *self = signed;
        Ok(())
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub fn files(&self) -> &[File] {
        &self.files
    }

    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// What is signed.
    pub fn hash(&self) -> PackHash {
        self.hash
    }

    /// The hash of the files alone.
    pub fn content(&self) -> BundleHash {
        BundleHash::of(&self.files)
    }

    pub fn into_files(self) -> Vec<File> {
        self.files
    }

    /// The rules that the form itself cannot keep.
    fn check(&self) -> Result<(), Refused> {
        let Self { manifest, files, signatures, .. } = self;
        let signers = signatures.iter().map(|signature| &signature.signer);
        let names = [&manifest.bundle, &manifest.environment, &manifest.author].into_iter().chain(signers.clone());
        if let Some(name) = names.into_iter().find(|name| !is_name(name)) {
            return Err(Refusal::Malformed.because(format!("{name:?} is no name: small letters, digits and dashes, at most 64")));
        }
        if files.len() > FILES_MAX || signatures.len() > SIGNATURES_MAX {
            return Err(Refusal::TooLarge.because(format!("more than {FILES_MAX} files or {SIGNATURES_MAX} signatures")));
        }
        if let Some(file) = files.iter().find(|file| !is_path(&file.path)) {
            return Err(Refusal::Malformed.because(format!("{:?} is no path within a bundle", file.path)));
        }
        if !ascends(files.iter().map(|file| &file.path)) || !ascends(signers) {
            return Err(Refusal::Malformed.because("a path or a signer comes twice or out of order"));
        }
        let texts: usize = files.iter().map(|file| file.path.len() + file.text.len() + 8).sum();
        // The manifest and sixteen signatures take less than 8 KiB.
        if texts > PACK_BYTES_MAX - (8 << 10) {
            return Err(Refusal::TooLarge.because(too_large(texts, files)));
        }
        Ok(())
    }
}

fn too_large(bytes: usize, files: &[File]) -> String {
    let largest = files.iter().max_by_key(|file| file.text.len());
    let largest = largest.map(|file| format!("{} with {} bytes", file.path, file.text.len())).unwrap_or_default();
    format!(
        "{bytes} bytes of files, at most {PACK_BYTES_MAX} are taken in all, which is what the topic of bundles has room for \
         (max.message.bytes {RECORD_BYTES_MAX}); the largest is {largest}: shorten it, or deliver a folder, [bundle] path"
    )
}

impl Manifest {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Refused> {
        Ok(Self {
            bundle: reader.text("the bundle's name")?,
            environment: reader.text("the environment")?,
            author: reader.text("the author")?,
            sequence: reader.u64("the sequence number")?,
            kind: match reader.u8("the kind")? {
                0 => Kind::Regular,
                1 => Kind::Lookout,
                other => return Err(Refusal::Malformed.because(format!("{other} is no kind"))),
            },
            valid_from: reader.time("the begin of validity")?,
            valid_until: reader.option(|reader| reader.time("the end of validity"))?,
            restores: reader.option(|reader| {
                Ok(Restored { sequence: reader.u64("a sequence number")?, content: BundleHash(reader.array("a content hash")?) })
            })?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        for text in [&self.bundle, &self.environment, &self.author] {
            writer.text(text);
        }
        writer.bytes(&self.sequence.to_be_bytes());
        writer.bytes(&[match self.kind {
            Kind::Regular => 0,
            Kind::Lookout => 1,
        }]);
        writer.time(self.valid_from);
        writer.option(self.valid_until, Writer::time);
        writer.option(self.restores, |writer, restored| {
            writer.bytes(&restored.sequence.to_be_bytes());
            writer.bytes(&restored.content.0);
        });
    }
}

fn after_magic(bytes: &[u8]) -> Result<&[u8], Refused> {
    match bytes.strip_prefix(MAGIC) {
        Some(rest) => Ok(rest),
        None if MAGIC.starts_with(bytes) => Err(Refusal::Torn.because(format!("it ends after {} bytes", bytes.len()))),
        None => Err(Refusal::NotABundle.because("it does not begin with `loadgate-bundle/1`")),
    }
}

fn hash_of(body: &[u8]) -> PackHash {
    PackHash(Sha256::digest(body).into())
}

/// Names of bundles, environments and people.
pub fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(plain)
}

/// Relative, and nothing in it leads out of the bundle or hides in it.
fn is_path(path: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0', '\n']);
    path.len() <= PATH_BYTES_MAX && path.split('/').all(plain)
}

fn ascends<'t>(texts: impl Iterator<Item = &'t String> + Clone) -> bool {
    texts.clone().zip(texts.skip(1)).all(|(left, right)| left < right)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::signature::SecretKey;
    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            bundle: "screening".into(),
            environment: "production".into(),
            author: "analyst".into(),
            sequence: 7,
            kind: Kind::Regular,
            valid_from: Timestamp::from_millis(1_767_225_600_000),
            valid_until: None,
            restores: None,
        }
    }

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    fn signed() -> Pack {
        let mut pack = Pack::new(manifest(), vec![file("profiles/b.toml", "two"), file("policy.toml", "")]).unwrap();
        for (signer, seed) in [("lead", 2), ("analyst", 1)] {
            pack.sign(SecretKey::of_seed([seed; 32]).sign(signer, &pack.hash())).unwrap();
        }
        pack
    }

    fn reason(bytes: &[u8]) -> Refusal {
        Pack::from_bytes(bytes).unwrap_err().reason
    }

    #[test]
    fn a_pack_is_read_back_as_it_was_written_and_its_hash_leaves_the_signatures_out() {
        let pack = signed();
        assert_eq!(Pack::from_bytes(&pack.to_bytes()).unwrap(), pack);
        let bare = Pack::new(manifest(), pack.files().to_vec()).unwrap();
        assert_eq!((bare.hash(), bare.content()), (pack.hash(), pack.content()));
        let next = Pack::new(Manifest { sequence: 8, ..manifest() }, pack.files().to_vec()).unwrap();
        assert_ne!(next.hash(), pack.hash());
        assert_eq!(next.content(), pack.content());
    }

    #[test]
    fn a_pack_that_ends_anywhere_before_its_end_is_torn() {
        let bytes = signed().to_bytes();
        for end in 0..bytes.len() {
            assert_eq!(reason(&bytes[..end]), Refusal::Torn, "{end} of {}", bytes.len());
        }
    }

    #[test]
    fn what_is_no_pack_or_not_in_the_one_form_is_refused() {
        let bytes = signed().to_bytes();
        assert_eq!(reason(b"id = 'a'\n"), Refusal::NotABundle);
        assert_eq!(reason(&[b"loadgate-bundle/2\n", &bytes[MAGIC.len()..]].concat()), Refusal::NotABundle);
        assert_eq!(reason(&[&bytes[..], &[0]].concat()), Refusal::Malformed);
        let mut swapped = signed();
        swapped.files.reverse();
        assert_eq!(reason(&swapped.to_bytes()), Refusal::Malformed);
        let mut twice = signed();
        twice.signatures = vec![twice.signatures[0].clone(), twice.signatures[0].clone()];
        assert_eq!(reason(&twice.to_bytes()), Refusal::Malformed);
    }

    #[test]
    fn names_paths_and_sizes_are_bounded() {
        for path in ["", "/etc/x.toml", "../x.toml", "a//b", "a/.hidden", "a\\b", &"x".repeat(513)] {
            assert_eq!(Pack::new(manifest(), vec![file(path, "")]).unwrap_err().reason, Refusal::Malformed, "{path}");
        }
        for name in ["", "Production", "a b", &"x".repeat(65)] {
            let manifest = Manifest { environment: name.to_owned(), ..manifest() };
            assert_eq!(Pack::new(manifest, Vec::new()).unwrap_err().reason, Refusal::Malformed, "{name}");
        }
        let huge = vec![file("policy.toml", &"#".repeat(PACK_BYTES_MAX))];
        let refused = Pack::new(manifest(), huge).unwrap_err();
        assert_eq!(refused.reason, Refusal::TooLarge);
        let told = refused.to_string();
        assert!(told.contains("max.message.bytes 68157440") && told.contains("policy.toml with 67108864 bytes"), "{told}");
        assert_eq!(reason(&vec![b'l'; PACK_BYTES_MAX + 1]), Refusal::TooLarge);
        let many = (0..=FILES_MAX).map(|number| file(&format!("profiles/{number}.toml"), "")).collect();
        assert_eq!(Pack::new(manifest(), many).unwrap_err().reason, Refusal::TooLarge);
        // A count that promises more than there is costs nothing.
        let mut promised = MAGIC.to_vec();
        promised.extend(u32::MAX.to_be_bytes());
        assert_eq!(reason(&promised), Refusal::Torn);
    }

    proptest! {
        #[test]
        fn any_changed_byte_is_refused_or_changes_what_is_signed(at in 0usize..400, flip in 1u8..) {
            let pack = signed();
            let mut bytes = pack.to_bytes();
            let at = at % bytes.len();
            bytes[at] ^= flip;
            if let Ok(read) = Pack::from_bytes(&bytes) {
                prop_assert!(read != pack);
                prop_assert_eq!(read.to_bytes(), bytes);
            }
        }
    }
}

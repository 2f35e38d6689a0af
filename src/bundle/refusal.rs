//! Why a bundle is refused: the catalogue, one row a reason. Whatever is refused, the running bundle stays.

use std::fmt;

/// A refusal for the person who has to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Refused {
    pub reason: Refusal,
    /// Names what was found and what was wanted.
    pub detail: String,
}

/// The catalogue of refusals: bounded, so that they may be metric labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    TooLarge,
    NotABundle,
    Torn,
    Malformed,
    OtherBundle,
    OtherEnvironment,
    Misplaced,
    UnknownSigner,
    Tampered,
    ExpiredKey,
    AuthorMissing,
    SelfApproved,
    TooFewSignatures,
    NotYetValid,
    Expired,
    LongLookout,
    WrongContent,
    OtherContent,
    OlderSequence,
    ReusedSequence,
    Faulty,
    FailingCase,
}

impl Refusal {
    pub const ALL: [Refusal; 22] = [
        Refusal::TooLarge,
        Refusal::NotABundle,
        Refusal::Torn,
        Refusal::Malformed,
        Refusal::OtherBundle,
        Refusal::OtherEnvironment,
        Refusal::Misplaced,
        Refusal::UnknownSigner,
        Refusal::Tampered,
        Refusal::ExpiredKey,
        Refusal::AuthorMissing,
        Refusal::SelfApproved,
        Refusal::TooFewSignatures,
        Refusal::NotYetValid,
        Refusal::Expired,
        Refusal::LongLookout,
        Refusal::WrongContent,
        Refusal::OtherContent,
        Refusal::OlderSequence,
        Refusal::ReusedSequence,
        Refusal::Faulty,
        Refusal::FailingCase,
    ];

    pub fn as_str(self) -> &'static str {
        self.row().0
    }

    pub fn meaning(self) -> &'static str {
        self.row().1
    }

    /// With what was found.
    pub fn because(self, detail: impl Into<String>) -> Refused {
        Refused { reason: self, detail: detail.into() }
    }

    fn row(self) -> (&'static str, &'static str) {
        match self {
            Refusal::TooLarge => ("too_large", "it is larger, or has more files or signatures, than the limits allow"),
            Refusal::NotABundle => ("not_a_bundle", "it does not begin as a packed bundle of a version that this program reads"),
            Refusal::Torn => ("torn", "it ends in the middle, or is empty"),
            Refusal::Malformed => ("malformed", "it is not in the canonical form: order, names, text or bytes left over"),
            Refusal::OtherBundle => ("other_bundle", "it is a bundle of another name than the trust file's"),
            Refusal::OtherEnvironment => ("other_environment", "it was made for another environment than the trust file's"),
            Refusal::Misplaced => ("misplaced", "a lookout lies where the regular bundle belongs, or the other way round"),
            Refusal::UnknownSigner => ("unknown_signer", "it is signed by somebody whom the trust file does not enrol"),
            Refusal::Tampered => {
                ("tampered", "a signature fits none of its signer's keys: the content or the signature was changed")
            }
            Refusal::ExpiredKey => ("expired_key", "the key of a signature was not valid when the bundle was delivered"),
            Refusal::AuthorMissing => ("author_missing", "its author has not signed it, so nobody answers for who wrote it"),
            Refusal::SelfApproved => ("self_approved", "nobody but its author has signed it"),
            Refusal::TooFewSignatures => {
                ("too_few_signatures", "fewer people beside its author have signed it than are demanded")
            }
            Refusal::NotYetValid => ("not_yet_valid", "its validity begins after its delivery"),
            Refusal::Expired => ("expired", "its validity was over when it was delivered"),
            Refusal::LongLookout => ("long_lookout", "an emergency lookout has no end, or one more than 24 h after its delivery"),
            Refusal::WrongContent => {
                ("wrong_content", "a lookout holds other than profiles named lookout-…, or a regular bundle holds such")
            }
            Refusal::OtherContent => ("other_content", "a rollback holds other content than the bundle that it names"),
            Refusal::OlderSequence => ("older_sequence", "its sequence number is below that of the bundle in force: a replay"),
            Refusal::ReusedSequence => {
                ("reused_sequence", "its sequence number is that of the bundle in force, its content is not")
            }
            Refusal::Faulty => ("faulty", "a file of it does not load"),
            Refusal::FailingCase => ("failing_case", "a test case of one of its profiles fails"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

//! Whether an offered bundle takes effect: a pure function of its bytes, the time of its delivery, the trust file and what is in
//! force. No clock and no I/O, so that every replica answers alike, also after a restart.

use std::cmp::Reverse;
use std::sync::Arc;

use super::pack::{Kind, Manifest, Pack, PackHash};
use super::refusal::{Refusal, Refused};
use super::trust::Trust;
use super::{Bundle, File, LOOKOUT_ID, lookout};
use crate::model::Timestamp;

/// Longest life of an emergency lookout, from its delivery.
pub const LOOKOUT_MILLIS_MAX: i64 = 24 * 3_600_000;
/// Approvals that an emergency lookout needs, whatever a regular bundle needs.
const LOOKOUT_APPROVALS: usize = 1;
/// How far the author's clock may be ahead of whoever stamps the delivery.
const SKEW_MILLIS: i64 = 5 * 60_000;

/// What came in.
#[derive(Debug, Clone)]
pub struct Offer {
    /// For the log: a file, or a topic with partition and offset.
    pub place: String,
    /// What belongs in that place.
    pub kind: Kind,
    pub bytes: Vec<u8>,
    /// The record's timestamp, or the file's time of modification: event time.
    pub delivered: Timestamp,
}

/// The bundles in force: the regular one, and on top of it at most one emergency lookout.
#[derive(Debug)]
pub struct Shelf {
    trust: Trust,
    regular: Option<Accepted>,
    lookout: Option<Accepted>,
}

/// A pack that was found good.
#[derive(Debug, Clone)]
pub struct Accepted {
    pub manifest: Manifest,
    pub hash: PackHash,
    pub place: String,
    pub delivered: Timestamp,
    files: Arc<[File]>,
}

/// What came of some offers.
#[derive(Debug, Default)]
pub struct Answer {
    /// Where each refused one lies, and why.
    pub refused: Vec<(String, Refused)>,
    /// What is to judge from now on, when that is something else than before.
    pub bundle: Option<Arc<Bundle>>,
}

impl Shelf {
    pub fn new(trust: Trust) -> Self {
        Self { trust, regular: None, lookout: None }
    }

    pub fn in_force(&self, kind: Kind) -> Option<&Accepted> {
        match kind {
            Kind::Regular => self.regular.as_ref(),
            Kind::Lookout => self.lookout.as_ref(),
        }
    }

    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Takes the newest acceptable one of each kind. Older ones among the same offers are its history, and no replay.
    pub fn consider(&mut self, offers: Vec<Offer>) -> Answer {
        let mut answer = Answer::default();
        let mut found = Vec::new();
        for Offer { place, kind, bytes, delivered } in offers {
            match Pack::from_bytes(&bytes) {
                Ok(pack) => found.push((kind, pack, place, delivered)),
                Err(refused) => answer.refused.push((place, refused)),
            }
        }
        // Newest first; of equal numbers the one that came first, since the sort is stable.
        found.sort_by_key(|(kind, pack, ..)| (*kind, Reverse(pack.manifest().sequence)));
        let mut taken = [false; 2];
        for (kind, pack, place, delivered) in found {
            let stands = self.in_force(kind).map(|accepted| (accepted.manifest.sequence, accepted.hash));
            let sequence = pack.manifest().sequence;
            let is_history = taken.get(kind as usize) == Some(&true) && stands.is_some_and(|(newest, _)| sequence < newest);
            if is_history || stands == Some((sequence, pack.hash())) {
                continue;
            }
            let judged =
                vet(&pack, kind, delivered, &self.trust).and_then(|()| follows(sequence, stands.map(|(newest, _)| newest)));
            match judged.and_then(|()| self.stack(pack, &place, delivered)) {
                Ok(bundle) => {
                    taken.get_mut(kind as usize).into_iter().for_each(|taken| *taken = true);
                    answer.bundle = bundle.map(Arc::new).or(answer.bundle);
                }
                Err(refused) => answer.refused.push((place, refused)),
            }
        }
        answer
    }

    /// Puts a pack in its place; the bundle that follows, once there is a regular one.
    fn stack(&mut self, pack: Pack, place: &str, delivered: Timestamp) -> Result<Option<Bundle>, Refused> {
        let alone = loaded(&pack)?;
        let (manifest, hash) = (pack.manifest().clone(), pack.hash());
        let accepted = Accepted { manifest, hash, place: place.to_owned(), delivered, files: pack.into_files().into() };
        let (regular, lookout) = match accepted.manifest.kind {
            Kind::Regular => (Some(&accepted), self.lookout.as_ref()),
            Kind::Lookout => (self.regular.as_ref(), Some(&accepted)),
        };
        let bundle = match (regular, lookout) {
            (Some(_), None) => Some(alone),
            (Some(regular), Some(lookout)) => Some(together(regular, lookout)?),
            (None, _) => None,
        };
        match accepted.manifest.kind {
            Kind::Regular => self.regular = Some(accepted),
            Kind::Lookout => self.lookout = Some(accepted),
        }
        Ok(bundle)
    }
}

/// The whole bundle: the regular files, and the lookout's under a folder of their own with the validity of the lookout.
fn together(regular: &Accepted, on_top: &Accepted) -> Result<Bundle, Refused> {
    let Manifest { valid_from, valid_until, .. } = on_top.manifest;
    let mut files = regular.files.to_vec();
    files.extend(lookout::files(&on_top.files, valid_from, valid_until));
    Bundle::from_files(files).map_err(|faults| faulty(&faults))
}

/// Everything about a pack but its place in the sequence and its files; `place` is what belongs where it lies.
fn vet(pack: &Pack, place: Kind, delivered: Timestamp, trust: &Trust) -> Result<(), Refused> {
    let Manifest { bundle, environment, kind, sequence, restores, .. } = pack.manifest();
    if *bundle != trust.bundle {
        return Err(Refusal::OtherBundle.because(format!("it is {bundle}, wanted is {}", trust.bundle)));
    }
    if *environment != trust.environment {
        return Err(Refusal::OtherEnvironment.because(format!("it is for {environment}, this is {}", trust.environment)));
    }
    if *kind != place {
        let message = format!("it is a {}, this is the place of a {}", kind.as_str(), place.as_str());
        return Err(Refusal::Misplaced.because(message));
    }
    signatures(pack, delivered, trust)?;
    validity(pack.manifest(), delivered)?;
    if *sequence < trust.sequence_min {
        let least = trust.sequence_min;
        return Err(Refusal::OlderSequence.because(format!("its number is {sequence}, the trust file wants {least} at least")));
    }
    if let Some(restored) = restores.filter(|restored| restored.content != pack.content()) {
        let message = format!("version {} was {}, this is {}", restored.sequence, restored.content, pack.content());
        return Err(Refusal::OtherContent.because(message));
    }
    Ok(())
}

/// Every signature must be good, the author's among them, and enough beside his.
fn signatures(pack: &Pack, delivered: Timestamp, trust: &Trust) -> Result<(), Refused> {
    for signature in pack.signatures() {
        let signer = &signature.signer;
        let keys = trust.keys(signer).ok_or_else(|| Refusal::UnknownSigner.because(format!("{signer} is not enrolled")))?;
        let key = keys.iter().find(|key| key.public.verifies(&pack.hash(), signature));
        let key = key.ok_or_else(|| Refusal::Tampered.because(format!("the signature of {signer} does not fit the content")))?;
        if !key.valid_at(delivered) {
            let message = format!("the key of {signer} was not valid at {delivered}, when it was delivered");
            return Err(Refusal::ExpiredKey.because(message));
        }
    }
    let author = &pack.manifest().author;
    let others = pack.signatures().iter().filter(|signature| signature.signer != *author).count();
    let demanded = match pack.manifest().kind {
        Kind::Regular => trust.approvals,
        Kind::Lookout => LOOKOUT_APPROVALS,
    };
    if others == pack.signatures().len() {
        return Err(Refusal::AuthorMissing.because(format!("{author} has not signed it")));
    }
    match others {
        0 => Err(Refusal::SelfApproved.because(format!("{author} alone has signed it, {demanded} more must"))),
        others if others < demanded => {
            Err(Refusal::TooFewSignatures.because(format!("{others} of {demanded} have signed it, {author} not counted")))
        }
        _ => Ok(()),
    }
}

fn validity(manifest: &Manifest, delivered: Timestamp) -> Result<(), Refused> {
    let Manifest { valid_from, valid_until, kind, .. } = *manifest;
    if valid_from.millis() > delivered.millis().saturating_add(SKEW_MILLIS) {
        return Err(Refusal::NotYetValid.because(format!("it is valid from {valid_from}, and was delivered at {delivered}")));
    }
    if let Some(end) = valid_until.filter(|end| *end <= delivered) {
        return Err(Refusal::Expired.because(format!("it was valid until {end}, and was delivered at {delivered}")));
    }
    let latest = Timestamp::from_millis(delivered.millis().saturating_add(LOOKOUT_MILLIS_MAX));
    if kind == Kind::Lookout && valid_until.is_none_or(|end| end > latest) {
        return Err(Refusal::LongLookout.because(format!("delivered at {delivered}, it has to end by {latest}")));
    }
    Ok(())
}

/// What the two kinds may hold, so that they can always be put together.
fn content(pack: &Pack) -> Result<(), Refused> {
    let foreign = |file: &&File| match pack.manifest().kind {
        Kind::Regular => lookout::is_of_lookout(&file.path),
        Kind::Lookout => !file.path.starts_with("profiles/") || lookout::is_of_lookout(&file.path),
    };
    match (pack.files().iter().find(foreign), pack.manifest().kind) {
        (None, _) => Ok(()),
        (Some(file), Kind::Regular) => Err(Refusal::WrongContent.because(format!("{} is for emergency lookouts", file.path))),
        (Some(file), Kind::Lookout) => {
            Err(Refusal::WrongContent.because(format!("{} is no profile, and a lookout holds nothing else", file.path)))
        }
    }
}

/// Loads a pack by itself: every file without a fault, every test case passed.
pub fn loaded(pack: &Pack) -> Result<Bundle, Refused> {
    content(pack)?;
    let bundle = Bundle::from_files(pack.files().to_vec()).map_err(|faults| faulty(&faults))?;
    let kind = pack.manifest().kind;
    let stray = bundle.profiles.iter().find(|profile| profile.id.starts_with(LOOKOUT_ID) != (kind == Kind::Lookout));
    if let Some(profile) = stray {
        let message = format!("the profile `{}`: `{LOOKOUT_ID}` begins the ids of lookouts, and of nothing else", profile.id);
        return Err(Refusal::WrongContent.because(message));
    }
    match bundle.check_cases().first() {
        None => Ok(bundle),
        Some(failed) => Err(Refusal::FailingCase.because(format!("{}: {}", failed.place.file, failed.message))),
    }
}

fn faulty(faults: &[crate::diagnostic::Diagnostic]) -> Refused {
    let first = faults.first().map(|fault| format!("{}:{}: {}", fault.place.file, fault.place.line, fault.message));
    Refusal::Faulty.because(format!("{} faults, the first: {}", faults.len(), first.unwrap_or_default()))
}

fn follows(sequence: u64, newest: Option<u64>) -> Result<(), Refused> {
    match newest {
        Some(newest) if sequence < newest => {
            Err(Refusal::OlderSequence.because(format!("its number is {sequence}, that of the bundle in force {newest}")))
        }
        Some(newest) if sequence == newest => {
            Err(Refusal::ReusedSequence.because(format!("number {sequence} is in force with other content")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;

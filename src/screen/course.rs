//! The course of a case: what a verdict means after what was said about the same consignment before.
//!
//! - An amendment is screened anew. Evidence that is found no longer is named as withdrawn: an earlier hit never disappears
//!   silently, and whatever hold it led to stays.
//! - Evidence that a person has answered is told again and orders nothing more: only what is new can hold the shipment again.
//! - A movement, or a deadline that passes, is judged from memory alone, on top of the points that the bill itself was given.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::decision::{finding, judge};
use super::facts::Facts;
use super::indicators::{self, Indicator, Needs};
use super::suppression;
use super::verdict::{Decision, Domain, Evidence, EvidenceKind, Verdict};
use crate::bundle::Bundle;
use crate::memory::History;
use crate::memory::observation::Assessed;
use crate::model::{ConsignmentId, OutcomeKind};

/// Ids of evidence.
pub type Ids = Vec<Cow<'static, str>>;

/// What memory keeps of an evidence id.
pub fn id_hash(id: &str) -> u32 {
    // The name of an id that no bundle here knows any more carries its hash.
    let unknown = id.strip_prefix('#').and_then(|hash| u32::from_str_radix(hash, 16).ok());
    unknown.unwrap_or_else(|| crc32fast::hash(id.as_bytes()))
}

/// What memory keeps of ids: ascending, each once.
pub fn id_hashes<'i>(ids: impl IntoIterator<Item = &'i str>) -> Vec<u32> {
    let mut hashes: Vec<u32> = ids.into_iter().map(id_hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// The ids of evidence that a bundle can give, by what memory keeps of them: a verdict names those of earlier ones.
#[derive(Debug, Clone, Default)]
pub struct KnownIds(FxHashMap<u32, Cow<'static, str>>);

impl KnownIds {
    /// With those of the indicators, which come first where two have one hash.
    pub fn of<'i>(ids: impl IntoIterator<Item = &'i str>) -> Self {
        let indicators = indicators::CATALOGUE.iter().map(|indicator| Cow::Borrowed(indicator.id));
        let mut known = FxHashMap::default();
        for id in indicators.chain(ids.into_iter().map(|id| Cow::Owned(id.to_owned()))) {
            known.entry(id_hash(&id)).or_insert(id);
        }
        Self(known)
    }

    /// The id of that hash, or a name made of the hash when none has it.
    fn name(&self, hash: u32) -> Cow<'static, str> {
        self.0.get(&hash).cloned().unwrap_or_else(|| format!("#{hash:08x}").into())
    }
}

fn ids(hashes: impl IntoIterator<Item = u32>, bundle: &Bundle) -> Ids {
    let mut ids: Ids = hashes.into_iter().map(|hash| bundle.ids.name(hash)).collect();
    ids.sort_unstable();
    ids
}

/// The verdict on a bill, after what was told about the consignment before.
pub fn continued(verdict: Verdict, history: &History, bundle: &Bundle) -> Verdict {
    let is_answered = |evidence: &Evidence| history.course.answered().contains(&id_hash(&evidence.id));
    let answered: Ids = verdict.evidence.iter().filter(|evidence| is_answered(evidence)).map(|found| found.id.clone()).collect();
    let withdrawn = history.course.assessed.iter().flat_map(|assessed| &assessed.evidence).copied();
    let still = |hash: u32| verdict.evidence.iter().any(|evidence| id_hash(&evidence.id) == hash);
    let withdrawn = ids(withdrawn.filter(|hash| !still(*hash)), bundle);
    if answered.is_empty() {
        return Verdict { withdrawn, ..verdict };
    }
    let Verdict { consignment, evidence, errors, .. } = verdict;
    Verdict { withdrawn, ..judge(consignment, evidence, errors, answered, &bundle.policy) }
}

/// Whether a verdict by another bundle changes what was told of a consignment: in the reasons that are the bundle's own (all but
/// indicators, which may come and go with what memory learns), or by ordering more. A hold is never lifted by it.
pub fn is_news(verdict: &Verdict, history: &History) -> bool {
    let is_own = |evidence: &Evidence| !matches!(evidence.kind, EvidenceKind::Indicator | EvidenceKind::Earlier);
    let counts = |evidence: &Evidence| evidence.counts() && !verdict.answered.contains(&evidence.id);
    let mut found = verdict.evidence.iter().filter(|evidence| is_own(evidence) && counts(evidence));
    let is_indicator = |id: &str| indicators::CATALOGUE.iter().any(|indicator| indicator.id == id);
    let ordered = history.course.assessed.as_ref().map(|told| told.decision).unwrap_or_default();
    found.any(|evidence| !history.course.gives(id_hash(&evidence.id)))
        || verdict.withdrawn.iter().any(|id| !is_indicator(id))
        || verdict.decision > ordered
}

/// The indicators that memory alone is judged by, with their places in the catalogue.
fn of_memory() -> impl Iterator<Item = (usize, &'static Indicator)> {
    indicators::CATALOGUE.iter().enumerate().filter(|(_, indicator)| indicator.needs == Needs::Memory)
}

/// Told before, or answered.
fn is_known(history: &History, id: &str) -> bool {
    let hash = id_hash(id);
    history.course.answered().contains(&hash) || history.course.gives(hash)
}

/// Whether memory alone finds anything that is not known, whatever a policy makes of it: where it does not, there is no verdict
/// [from memory](from_memory).
pub fn finds_news(facts: &Facts<'_>, history: &History) -> bool {
    of_memory().any(|(_, indicator)| (indicator.check)(facts).is_some() && !is_known(history, indicator.id))
}

/// The verdict on a consignment from memory alone: `None` when nothing is found that was not told before. `facts` stand on what
/// memory keeps of the bill; `passed` is the evidence of a deadline.
pub fn from_memory(
    id: ConsignmentId,
    facts: &Facts<'_>,
    history: &History,
    bundle: &Bundle,
    passed: Vec<Evidence>,
) -> Option<Verdict> {
    let found = of_memory().filter_map(|(place, indicator)| finding(indicator, facts, bundle.policy.rule(place)));
    let mut evidence: Vec<Evidence> = found.map(|(found, _)| found).collect();
    evidence.extend(passed);
    evidence.retain(|evidence| !is_known(history, &evidence.id));
    suppression::apply(&bundle.policy.suppressions, facts, &mut evidence);
    if !evidence.iter().any(Evidence::counts) {
        return None;
    }
    evidence.extend(history.course.assessed.iter().flat_map(earlier));
    let carried = carried(history, bundle);
    Some(Verdict { carried, ..judge(id, evidence, Vec::new(), Ids::new(), &bundle.policy) })
}

/// The points of the assessment before, one piece of evidence for each domain that gave any.
fn earlier(assessed: &Assessed) -> impl Iterator<Item = Evidence> {
    let scored = Domain::ALL.into_iter().zip(assessed.scores).filter(|(_, score)| *score > 0);
    scored.map(|(domain, score)| Evidence {
        kind: EvidenceKind::Earlier,
        id: EARLIER.into(),
        domains: vec![domain],
        text: format!("{score} points of the assessment before"),
        values: vec![("score".into(), score.to_string())],
        weight: score,
        referral: None,
        shadow: false,
        suppressed_by: None,
        cap: None,
    })
}

/// Evidence of an earlier assessment is not itself a reason: it is left out of the ids that are told.
pub const EARLIER: &str = "earlier";

/// Ids of the assessment before, which a verdict from memory alone does not look at again.
pub fn carried(history: &History, bundle: &Bundle) -> Ids {
    ids(history.course.assessed.iter().flat_map(|assessed| &assessed.evidence).copied(), bundle)
}

/// The severest hold that an outcome removes; `None` when it removes none.
pub fn closes(kind: OutcomeKind) -> Option<Decision> {
    match kind {
        OutcomeKind::InformationReceived => Some(Decision::Rfi),
        OutcomeKind::Screened => Some(Decision::Rfs),
        OutcomeKind::Cleared | OutcomeKind::FalseAlarm => Some(Decision::Dnl),
        OutcomeKind::Seized => None,
    }
}

/// What an outcome makes of a case: no order of its own, and the evidence that it answers. An outcome that does not close the
/// severest hold of the case answers nothing: the question stands.
pub fn concluded(id: ConsignmentId, kind: OutcomeKind, history: &History, bundle: &Bundle) -> Verdict {
    let decision = history.course.assessed.as_ref().map(|assessed| assessed.decision).unwrap_or_default();
    let answers = closes(kind).is_some_and(|closed| closed >= decision);
    let asked = history.course.assessed.iter().filter(|_| answers).flat_map(|assessed| &assessed.evidence);
    let mut hashes: Vec<u32> = history.course.answered().iter().chain(asked).copied().collect();
    hashes.sort_unstable();
    hashes.dedup();
    let answered = ids(hashes, bundle);
    Verdict { carried: carried(history, bundle), answered, ..judge(id, Vec::new(), Vec::new(), Ids::new(), &bundle.policy) }
}

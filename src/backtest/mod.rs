//! Back-test: what a bundle would have said about history, profile by profile, beside what another one says.
//!
//! History goes through a [`Replay`], the pipeline without Kafka, so a verdict here is the live one (law 3); each bundle has a replay
//! of its own, as the service remembers its own verdicts. Counted are the verdicts on bills: profiles are evaluated for nothing else.
//! Knows neither files nor Kafka: it is given payloads and when they arrived.

mod outcomes;
mod report;
mod stateless;
mod table;

use std::borrow::Cow;
use std::collections::BTreeMap;

pub use outcomes::{BadOutcome, Finding, Outcomes};
pub use report::{Example, Line, Report, Totals};
pub use stateless::NeedsMemory;

use crate::model::ConsignmentId;
use crate::replay::{Event, Given, Replay};
use crate::screen::verdict::{Decision, Evidence, EvidenceKind, Occasion, Verdict};

/// Examples kept of each profile, those that are new first.
const EXAMPLES_MAX: usize = 3;

/// One run over history.
pub struct Backtest<'b> {
    replay: Replay,
    against: Option<Replay>,
    counted: Counted<'b>,
}

/// What is counted of all verdicts.
struct Counted<'b> {
    outcomes: &'b Outcomes,
    totals: Totals,
    tallies: BTreeMap<String, Tally>,
}

/// What the other bundle says of a bill, as far as it is compared.
struct Other {
    decision: Decision,
    hits: Vec<Cow<'static, str>>,
}

/// What is counted of one profile.
#[derive(Debug, Default)]
struct Tally {
    hits: u64,
    new: u64,
    gone: u64,
    confirmed: u64,
    refuted: u64,
    examples: Vec<Example>,
}

impl<'b> Backtest<'b> {
    /// Both replays are at their beginning. One that remembers nothing is refused where a profile asks for what memory knows.
    pub fn new(replay: Replay, against: Option<Replay>, outcomes: &'b Outcomes) -> Result<Self, NeedsMemory> {
        let replays = || std::iter::once(&replay).chain(&against);
        NeedsMemory::of(replays().filter(|replay| !replay.remembers()).map(Replay::bundle))?;
        let profiles = replays().flat_map(|replay| &replay.bundle().profiles);
        let tallies = profiles.map(|profile| (profile.id.clone(), Tally::default())).collect();
        let counted = Counted { outcomes, totals: Totals::default(), tallies };
        Ok(Self { replay, against, counted })
    }

    /// Takes a record, no older than the one before; `done` is told as it goes which share of it is behind.
    pub fn record(&mut self, given: Given<'_>, mut done: impl FnMut(f64)) {
        let Self { replay, against, counted } = self;
        let others = against.as_mut().map(|against| Other::all(against, given, |share| done(share / 2.0)));
        let before = if others.is_some() { 0.5 } else { 0.0 };
        // Both replays decode the same bytes: as many bills in the same order.
        let mut others = others.iter().flatten();
        replay.take(given, |event| {
            match event {
                Event::Judged(judged, _) if judged.occasion == Occasion::Declared => counted.bill(&judged.verdict, others.next()),
                Event::Rejected(_) => counted.totals.refused += 1,
                Event::Done(share) => {
                    counted.totals.messages += 1;
                    done(before + share * (1.0 - before));
                }
                Event::Judged(..) | Event::Remembered(_) => {}
            }
            true
        });
    }

    /// What has been found out.
    pub fn report(self) -> Report {
        let Self { replay, against, counted: Counted { totals, tallies, .. } } = self;
        Report {
            bundle: replay.bundle().hash.to_string(),
            against: against.as_ref().map(|other| other.bundle().hash.to_string()),
            stateless: !replay.remembers(),
            totals,
            profiles: tallies.into_iter().map(|(profile, tally)| tally.line(profile, against.is_some())).collect(),
        }
    }
}

impl Counted<'_> {
    fn bill(&mut self, verdict: &Verdict, other: Option<&Other>) {
        let finding = self.outcomes.of(&verdict.consignment);
        self.totals.count(verdict.decision, other.map(|other| other.decision));
        for hit in hits(verdict) {
            let is_new = other.is_some_and(|other| !other.hits.contains(&hit.id));
            if let Some(tally) = self.tallies.get_mut(&*hit.id) {
                tally.hit(hit, &verdict.consignment, is_new, finding);
            }
        }
        for id in other.iter().flat_map(|other| &other.hits).filter(|id| !hits(verdict).any(|hit| hit.id == **id)) {
            if let Some(tally) = self.tallies.get_mut(&**id) {
                tally.gone += 1;
            }
        }
    }
}

impl Other {
    /// Of every bill of a record.
    fn all(replay: &mut Replay, given: Given<'_>, mut done: impl FnMut(f64)) -> Vec<Self> {
        let mut others = Vec::new();
        replay.take(given, |event| {
            match event {
                Event::Judged(judged, _) if judged.occasion == Occasion::Declared => others.push(Self::of(&judged.verdict)),
                Event::Done(share) => done(share),
                Event::Judged(..) | Event::Remembered(_) | Event::Rejected(_) => {}
            }
            true
        });
        others
    }

    fn of(verdict: &Verdict) -> Self {
        Self { decision: verdict.decision, hits: hits(verdict).map(|hit| hit.id.clone()).collect() }
    }
}

fn hits(verdict: &Verdict) -> impl Iterator<Item = &Evidence> {
    verdict.evidence.iter().filter(|evidence| evidence.kind == EvidenceKind::Profile)
}

impl Tally {
    fn hit(&mut self, evidence: &Evidence, id: &ConsignmentId, is_new: bool, finding: Option<Finding>) {
        self.hits += 1;
        self.new += u64::from(is_new);
        self.confirmed += u64::from(finding == Some(Finding::Confirmed));
        self.refuted += u64::from(finding == Some(Finding::Refuted));
        let full = self.examples.len() >= EXAMPLES_MAX;
        if full && is_new {
            // A hit that both bundles have gives way to one that is new.
            let old = self.examples.iter().rposition(|example| !example.is_new);
            old.map(|position| self.examples.remove(position));
        }
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(Example { consignment: id.clone(), text: evidence.text.clone(), is_new, finding });
        }
    }

    fn line(self, profile: String, compared: bool) -> Line {
        let Tally { hits, new, gone, confirmed, refuted, examples } = self;
        let known = confirmed + refuted;
        let precision = (known > 0).then(|| confirmed as f64 / known as f64);
        let (new, gone) = if compared { (Some(new), Some(gone)) } else { (None, None) };
        Line { profile, hits, new, gone, known_outcomes: known, confirmed, precision, examples }
    }
}

#[cfg(test)]
mod tests;

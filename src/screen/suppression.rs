//! Suppressions: reasons that a team has looked into and does not act upon, for a party, a lane or a consignment, until a day. What
//! is held back stays evidence, without weight, and names the suppression in every output.

use super::cel::{Condition, Outcome};
use super::facts::{CATALOGUE, Facts};
use super::profile;
use super::verdict::Evidence;
use crate::diagnostic::table::{Quoted, Table};
use crate::diagnostic::{Diagnostic, Place, Severity, did_you_mean};
use crate::model::Timestamp;

/// One `[[suppression]]` of the policy.
#[derive(Debug, Clone)]
pub struct Suppression {
    /// Small letters, digits and dashes; unique in the policy.
    pub id: String,
    /// The team that answers for it.
    pub owner: String,
    /// Why it is right.
    pub reason: String,
    /// What it holds back.
    pub of: Vec<Target>,
    /// For whom: a condition over the facts.
    pub condition: Condition,
    condition_text: String,
    valid_from: Option<Timestamp>,
    /// First moment after it; every suppression ends.
    valid_before: Timestamp,
}

/// The id of a profile or an indicator, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub id: String,
    pub place: Place,
}

/// Far more than can be looked after.
const SUPPRESSIONS_MAX: usize = 1_000;

impl PartialEq for Suppression {
    /// A condition is the same when its text is.
    fn eq(&self, other: &Self) -> bool {
        let parts = |suppression: &Self| {
            let Self { id, owner, reason, of, condition: _, condition_text, valid_from, valid_before } = suppression.clone();
            (id, owner, reason, of, condition_text, valid_from, valid_before)
        };
        parts(self) == parts(other)
    }
}

impl Suppression {
    /// Judged by event time. A condition that ends undecided holds nothing back.
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let valid = self.valid_from.is_none_or(|from| from <= facts.judged) && facts.judged < self.valid_before;
        valid && self.condition.evaluate(facts) == Outcome::Match
    }
}

/// Marks what is held back. The first suppression that holds is named.
pub(super) fn apply(suppressions: &[Suppression], facts: &Facts<'_>, evidence: &mut [Evidence]) {
    for suppression in suppressions {
        let concerns = |found: &Evidence| {
            !found.shadow && found.suppressed_by.is_none() && suppression.of.iter().any(|target| target.id == found.id)
        };
        // Conditions are evaluated for consignments alone that there is something to hold back of.
        if !evidence.iter().any(concerns) || !suppression.holds(facts) {
            continue;
        }
        for found in evidence.iter_mut().filter(|found| concerns(found)) {
            found.suppressed_by = Some(suppression.id.clone());
            found.weight = 0;
            found.referral = None;
        }
    }
}

/// Reads the `[[suppression]]` tables of the policy.
pub(super) fn read(policy: &Table<'_, '_>) -> Vec<Suppression> {
    let mut read: Vec<Suppression> = Vec::new();
    let tables = policy.tables("suppression");
    if tables.len() > SUPPRESSIONS_MAX {
        policy.faults().add(policy.span(), format!("more than {SUPPRESSIONS_MAX} suppressions"), None);
    }
    for table in tables.into_iter().take(SUPPRESSIONS_MAX) {
        let (faults, span) = (table.faults(), table.span());
        let Some(suppression) = from_table(table) else { continue };
        if read.iter().any(|other| other.id == suppression.id) {
            faults.add(span, format!("there are two suppressions `{}`", suppression.id), None);
        }
        read.push(suppression);
    }
    read
}

fn from_table(table: Table<'_, '_>) -> Option<Suppression> {
    let id = table.id();
    let (owner, reason) = (table.required_text("owner"), table.required_text("reason"));
    let of: Vec<Target> = table.texts("of").into_iter().map(|text| target(&table, &text)).collect();
    if of.is_empty() {
        table.faults().add(table.span(), "`of` must list what is held back: ids of profiles or indicators", None);
    }
    let condition = table
        .required_text("condition")
        .and_then(|text| Some((profile::condition(&table, &text, CATALOGUE)?, text.text.to_owned())));
    table.require("valid_until");
    let valid_from = table.day("valid_from");
    let valid_before = table.day_end("valid_until");
    if valid_before.is_some() && valid_before <= valid_from {
        table.faults().add(table.span(), "the suppression ends before it begins", None);
    }
    table.finish();
    let (condition, condition_text) = condition?;
    let own = |quoted: Quoted<'_>| quoted.text.to_owned();
    let (owner, reason, valid_before) = (own(owner?), own(reason?), valid_before?);
    Some(Suppression { id: id?, owner, reason, of, condition, condition_text, valid_from, valid_before })
}

fn target(table: &Table<'_, '_>, text: &Quoted<'_>) -> Target {
    Target { id: text.text.to_owned(), place: table.faults().source.place(text.span.clone()) }
}

/// A fault for every target that nothing in the bundle gives evidence under.
pub fn unknown_targets<'k>(suppressions: &[Suppression], known: impl Iterator<Item = &'k str> + Clone) -> Vec<Diagnostic> {
    let unknown = suppressions.iter().flat_map(|suppression| &suppression.of);
    let unknown = unknown.filter(|target| !known.clone().any(|id| id == target.id));
    let fault = |target: &Target| Diagnostic {
        severity: Severity::Error,
        place: target.place.clone(),
        message: format!("there is no profile and no indicator `{}`", target.id),
        suggestion: did_you_mean(&target.id, known.clone()),
    };
    unknown.map(fault).collect()
}

//! The alert budget: how many customs alerts a day the team of a terminal looks at. All are ranked, by risk and then by time to
//! departure, and an alert that as many others of the terminal and day outrank is held back.
//!
//! Silence is never clearance (law 5), so little may be held back: alerts of customs that order an RFI and nothing more, on evidence
//! of indicators and profiles. The hold stands, the assessment tells all, and if nobody answers within a day the deadline tells the
//! team whatever the budget.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::facts::Facts;
use super::verdict::{Decision, Domain, Evidence, EvidenceKind, HeldBack, Verdict};
use crate::bundle::LOOKOUT_ID;
use crate::diagnostic::table::Table;
use crate::memory::first_departure;
use crate::memory::tally::{self, Rank, What};
use crate::model::{Airport, Consignment, Timestamp};

/// `[alert_budget]` of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Budget {
    /// Of a terminal not named below.
    per_day: Option<u32>,
    terminals: BTreeMap<Airport, u32>,
}

const RANGE: RangeInclusive<i64> = 1..=tally::BUDGET_MAX as i64;

impl Budget {
    pub(super) fn read(table: Table<'_, '_>) -> Self {
        let per_day = alerts(&table);
        let mut terminals = BTreeMap::new();
        let named = table.tables("terminal");
        if table.value("per_day").is_none() && named.is_empty() {
            table.faults().add(table.span(), "an alert budget has a `per_day`, terminals or both", None);
        }
        for terminal in named {
            let airport = terminal.required_text("airport").and_then(|text| {
                let airport = Airport::new(text.text).filter(|_| text.text.len() == 3);
                let upper = airport.filter(|airport| airport.as_bytes().iter().all(u8::is_ascii_uppercase));
                if upper.is_none() {
                    terminal.faults().add(text.span, "`airport` is three capital letters, such as \"BOG\"", None);
                }
                upper
            });
            terminal.require("per_day");
            if let Some((airport, per_day)) = airport.zip(alerts(&terminal))
                && terminals.insert(airport, per_day).is_some()
            {
                terminal.faults().add(terminal.span(), format!("there are two budgets of {airport}"), None);
            }
            terminal.finish();
        }
        table.finish();
        Self { per_day, terminals }
    }

    fn of(&self, terminal: Airport) -> Option<u32> {
        self.terminals.get(&terminal).copied().or(self.per_day)
    }

    /// The terminals that the policy names.
    pub fn terminals(&self) -> impl Iterator<Item = &str> {
        self.terminals.keys().map(|airport| airport.as_str())
    }

    /// Whether the customs alert of a verdict on a bill is held back.
    pub(super) fn hold_back(&self, verdict: &Verdict, facts: &Facts<'_>) -> Option<HeldBack> {
        let terminal = facts.consignment.origin?;
        let per_day = self.of(terminal).filter(|_| may_wait(verdict))?;
        let history = facts.history?;
        let rank = rank(verdict, facts.consignment, facts.received);
        let outranked_by = history.tally.as_ref()?.above(What::alert(terminal), rank, history.consignment);
        (outranked_by >= per_day).then_some(HeldBack { terminal, per_day, outranked_by })
    }
}

fn alerts(table: &Table<'_, '_>) -> Option<u32> {
    table.integer("per_day", RANGE).and_then(|alerts| u32::try_from(alerts).ok())
}

/// Where the customs alert of a verdict stands among those of its terminal.
pub fn rank(verdict: &Verdict, consignment: &Consignment<'_>, received: Timestamp) -> Rank {
    let customs = verdict.of(Domain::Customs);
    Rank::of(customs.proposed, customs.score, first_departure(consignment), received)
}

/// Nothing that a person must hear of at once: no more than an RFI, which the terminal was told; nothing withdrawn; no profile that
/// its owner is told of; nothing drawn at random or found on a list, and no emergency lookout.
fn may_wait(verdict: &Verdict) -> bool {
    let customs = verdict.of(Domain::Customs);
    let is_rfi = customs.proposed == Decision::Rfi && customs.ordered == Decision::Rfi;
    let weighed = |found: &Evidence| {
        let plain = matches!(found.kind, EvidenceKind::Indicator | EvidenceKind::Profile);
        plain && !found.id.starts_with(LOOKOUT_ID)
    };
    let silent = |found: &Evidence| found.cap.as_ref().is_none_or(|cap| cap.told_to.is_none());
    let of_customs = verdict.evidence.iter().filter(|found| found.domains.contains(&Domain::Customs));
    is_rfi
        && verdict.withdrawn.is_empty()
        && of_customs.into_iter().all(|found| silent(found) && (!found.counts() || weighed(found)))
}

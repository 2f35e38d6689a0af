//! TOML file to profile.

use super::reason::Reason;
use super::{Case, Mode, Profile};
use crate::diagnostic::table::{self, Quoted, Table};
use crate::diagnostic::{Diagnostic, Source, did_you_mean};
use crate::model::Timestamp;
use crate::screen::cap;
use crate::screen::cel::Condition;
use crate::screen::facts::Fact;
use crate::screen::verdict::{Decision, Domain};

/// Most points that one profile may give; far above every sensible threshold.
const WEIGHT_MAX: i64 = 1_000;

pub const DOMAINS: [(&str, Domain); 2] = [("aviation_security", Domain::AviationSecurity), ("customs", Domain::Customs)];
pub const REFERRALS: [(&str, Decision); 3] = [("rfi", Decision::Rfi), ("rfs", Decision::Rfs), ("dnl", Decision::Dnl)];

pub(super) fn profile(source: Source<'_>, catalogue: &[Fact]) -> Result<Profile, Vec<Diagnostic>> {
    table::read(source, |table| from_table(table, catalogue))
}

/// `None` when a part that cannot be done without is at fault; the faults tell.
fn from_table(table: Table<'_, '_>, catalogue: &[Fact]) -> Option<Profile> {
    let id = table.id();
    let title = table.required_text("title");
    let owner = table.required_text("owner");
    let threat = table.required_text("threat");
    let domain = domain(&table);
    let mode = table.choice("mode", &Mode::CHOICES).unwrap_or_default();
    let (valid_from, valid_before) = validity(&table);
    let (weight, referral) = effect(&table);
    let cap_per_day = cap(&table, id.as_deref(), domain, referral);
    let source = table.required_text("source");
    let condition = table
        .required_text("condition")
        .and_then(|text| Some((condition(&table, &text, catalogue)?, table.faults().source.place(text.span))));
    let reason = table.required_text("reason").and_then(|text| reason(&table, &text, catalogue));
    let cases = table.tables("case").into_iter().filter_map(|case| Case::read(case, catalogue)).collect();
    table.finish();
    let (condition, place) = condition?;
    let own = |quoted: Quoted<'_>| quoted.text.to_owned();
    Some(Profile {
        id: id?,
        title: own(title?),
        owner: own(owner?),
        threat: own(threat?),
        domain: domain?,
        mode,
        valid_from,
        valid_before,
        weight,
        referral,
        cap_per_day,
        source: own(source?),
        condition,
        place,
        reason: reason?,
        cases,
    })
}

fn domain(table: &Table<'_, '_>) -> Option<Domain> {
    table.require("domain");
    table.choice("domain", &DOMAINS)
}

fn validity(table: &Table<'_, '_>) -> (Option<Timestamp>, Option<Timestamp>) {
    let from = table.day("valid_from");
    let before = table.day_end("valid_until");
    if let (Some(from), Some(before), Some(value)) = (from, before, table.value("valid_until"))
        && before <= from
    {
        table.faults().add(value.span(), "the profile ends before it begins", None);
    }
    (from, before)
}

/// Weight and referral, of which one at least must be there.
fn effect(table: &Table<'_, '_>) -> (u32, Option<Decision>) {
    let weight = table.integer("weight", 1..=WEIGHT_MAX).and_then(|weight| u32::try_from(weight).ok());
    let referral = table.choice("referral", &REFERRALS);
    if table.value("weight").is_none() && table.value("referral").is_none() {
        table.faults().add(table.span(), "a profile needs a `weight`, a `referral` or both", None);
    }
    (weight.unwrap_or(0), referral)
}

fn cap(table: &Table<'_, '_>, id: Option<&str>, domain: Option<Domain>, referral: Option<Decision>) -> Option<u32> {
    let value = table.value("cap_per_day")?;
    if let Some(refusal) = cap::refusal(id.unwrap_or_default(), domain?, referral) {
        table.faults().add(value.span(), refusal, None);
    }
    cap::per_day(table, "cap_per_day")
}

pub(in crate::screen) fn condition(table: &Table<'_, '_>, text: &Quoted<'_>, catalogue: &[Fact]) -> Option<Condition> {
    let compiled = Condition::compile(text.text, catalogue);
    let faults = compiled.as_ref().err().into_iter().flatten();
    for fault in faults {
        table.faults().add_within(text, fault.span.clone(), fault.message.as_str(), fault.suggestion.clone());
    }
    compiled.ok()
}

fn reason(table: &Table<'_, '_>, text: &Quoted<'_>, catalogue: &[Fact]) -> Option<Reason> {
    let reason = Reason::read(text.text, catalogue);
    for fault in reason.as_ref().err().into_iter().flatten() {
        let message = match &fault.name {
            Some(name) => format!("there is no fact `{name}`"),
            None => "this brace has no end".to_owned(),
        };
        let name = fault.name.as_deref().unwrap_or_default();
        let hint = did_you_mean(name, catalogue.iter().map(|fact| fact.name));
        table.faults().add_within(text, fault.span.clone(), message, hint);
    }
    reason.ok()
}

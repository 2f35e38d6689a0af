//! A hit as evidence: list, entry, score and the parts of the score.

use std::borrow::Cow;

use super::Watch;
use super::setting::Setting;
use crate::lists::{Agreement, Entry, EntryId, NameHit};
use crate::names::Explanation;
use crate::screen::profile::Mode;
use crate::screen::verdict::{Evidence, EvidenceKind};

type Values = Vec<(Cow<'static, str>, String)>;

/// A party whose name resembles an entry's.
pub(super) fn of_name(
    watch: &Watch,
    role: &'static str,
    name: &str,
    hit: &NameHit,
    explained: Option<(String, Explanation)>,
    allowed: Option<EntryId>,
) -> Option<Evidence> {
    let setting = watch.settings.get(usize::from(hit.id.list))?;
    let (_, entry) = watch.lists.entry(hit.id)?;
    let (listed, explanation) = explained?;
    let mut values = head(setting, entry, role, "name", name);
    values.push(("score".into(), format!("{:.2}", hit.score)));
    values.push(("name_score".into(), format!("{:.2}", hit.name_score)));
    for (label, agreement) in [("country", hit.country), ("birth_date", hit.birth), ("address", hit.address)] {
        values.extend(agreement.map(|agreement| (label.into(), agreement_word(agreement).to_owned())));
    }
    if !setting.restricted {
        values.push(("entry_name".into(), listed.clone()));
        values.push(("parts".into(), parts(&explanation)));
    }
    let allowed = allowed.and_then(|id| watch.lists.entry(id));
    values.extend(allowed.map(|(source, entry)| ("allowed_by".into(), format!("{}/{}", source.id, entry.id))));
    let shown = if setting.restricted { String::new() } else { format!(" \"{listed}\"") };
    let text = format!("{role} \"{name}\" resembles entry {}{shown} of list {} at {:.2}", entry.id, setting.id, hit.score);
    Some(evidence(setting, text, values, allowed.is_some()))
}

/// A contact or number that an entry names.
pub(super) fn of_identifier(
    watch: &Watch,
    role: &'static str,
    kind: &'static str,
    written: &str,
    id: EntryId,
) -> Option<Evidence> {
    let setting = watch.settings.get(usize::from(id.list))?;
    let (_, entry) = watch.lists.entry(id)?;
    let text = format!("{kind} {written} of the {role} is that of entry {} of list {}", entry.id, setting.id);
    Some(evidence(setting, text, head(setting, entry, role, kind, written), false))
}

fn head(setting: &Setting, entry: &Entry, role: &'static str, kind: &'static str, written: &str) -> Values {
    let mut values: Values = vec![
        ("list".into(), setting.id.clone()),
        ("entry".into(), entry.id.clone()),
        ("role".into(), role.to_owned()),
        (kind.into(), written.to_owned()),
        ("owner".into(), setting.owner.clone()),
    ];
    let told = [("reason", &entry.reason), ("source", &entry.source)];
    let told = told.into_iter().filter(|(_, text)| !text.is_empty() && !setting.restricted);
    values.extend(told.map(|(label, text)| (label.into(), text.clone())));
    values
}

fn evidence(setting: &Setting, text: String, values: Values, allowed: bool) -> Evidence {
    let shadow = allowed || setting.mode == Mode::Shadow;
    Evidence {
        kind: EvidenceKind::List,
        id: setting.id.clone().into(),
        domains: setting.domains.clone(),
        text,
        values,
        weight: if shadow { 0 } else { setting.weight },
        referral: setting.referral.filter(|_| !shadow),
        shadow,
        suppressed_by: None,
        cap: None,
    }
}

fn agreement_word(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::Agree => "agrees",
        Agreement::Near => "nearly agrees",
        Agreement::Contradict => "contradicts",
    }
}

/// `solbaken = solbakken (slip 0.93); left over: jr`
fn parts(explanation: &Explanation) -> String {
    let part =
        |part: &crate::names::Part| format!("{} = {} ({} {:.2})", part.query, part.entry, part.how.as_str(), part.similarity);
    let mut said: Vec<_> = explanation.parts.iter().map(part).collect();
    for (side, left) in [("party", &explanation.query_left), ("entry", &explanation.entry_left)] {
        if !left.is_empty() {
            said.push(format!("left over of the {side}: {}", left.join(" ")));
        }
    }
    said.extend(explanation.forms_differ.map(|(party, entry)| format!("company forms differ: {party}, {entry}")));
    said.join("; ")
}

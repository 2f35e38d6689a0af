//! What a back-test without memory refuses to judge.

use std::collections::{BTreeMap, BTreeSet};

use crate::bundle::Bundle;
use crate::screen::facts::CATALOGUE;

/// Profiles that ask for what only memory knows, with these facts: without it they would hit nothing, or the wrong shipments.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("without memory these profiles cannot be judged: {}", listed(.0))]
pub struct NeedsMemory(BTreeMap<String, BTreeSet<&'static str>>);

impl NeedsMemory {
    /// The refusal of these bundles, if one of them has such a profile.
    pub(super) fn of<'b>(bundles: impl Iterator<Item = &'b Bundle>) -> Result<(), Self> {
        let mut found: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
        for profile in bundles.flat_map(|bundle| &bundle.profiles) {
            let read = profile.condition.facts().iter().filter_map(|fact| CATALOGUE.get(usize::from(*fact)));
            for fact in read.filter(|fact| fact.is_of_memory()) {
                found.entry(profile.id.clone()).or_default().insert(fact.name);
            }
        }
        if found.is_empty() { Ok(()) } else { Err(Self(found)) }
    }
}

fn listed(profiles: &BTreeMap<String, BTreeSet<&'static str>>) -> String {
    let one = |(id, facts): (&String, &BTreeSet<&'static str>)| {
        format!("{id} ({})", facts.iter().copied().collect::<Vec<_>>().join(", "))
    };
    profiles.iter().map(one).collect::<Vec<_>>().join("; ")
}

//! The lint of a bundle: profiles that are valid and yet hardly what their author meant. Warnings, never a reason to refuse.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Mode, Profile, Profiles};
use crate::diagnostic::{Diagnostic, Severity};
use crate::screen::facts::Fact;
use crate::screen::index::reason::Reasoner;

/// Comparisons of pairs that no common key narrows down, at most: two thousand profiles with each other.
const PAIRS_MAX: usize = 4_000_000;
const COUNTRY: &str = "ISO 3166-1 alpha-2";
/// Facts about people and firms begin with these.
const PARTIES: [&str; 5] = ["shipper_", "consignee_", "agent_", "notify_", "phone_"];

impl Profiles {
    /// Never true, always true, the same as another, covered by another, about nationality alone: each named at its condition.
    pub fn lint(&self, catalogue: &[Fact]) -> Vec<Diagnostic> {
        let reasoner = Reasoner::new(&self.index().terms, catalogue);
        let mut findings = Vec::new();
        let mut sound = Vec::new();
        for (profile, root) in self.iter().zip(&self.index().roots) {
            if !reasoner.can_hold(*root) {
                let message = "this condition is never true: its parts contradict each other";
                findings.push(warning(profile, message.to_owned(), None));
            } else if !reasoner.can_fail(*root) {
                let message = "this condition is true for every message that states its facts";
                findings.push(warning(profile, message.to_owned(), None));
            } else {
                sound.push(Candidate { profile, root: *root, facts: profile.condition.facts().iter().copied().collect() });
            }
            findings.extend(nationality_only(profile, catalogue));
        }
        findings.extend(covered(&reasoner, &sound));
        findings.sort_by(|left, right| (&left.place.file, left.place.line).cmp(&(&right.place.file, right.place.line)));
        findings
    }
}

struct Candidate<'p> {
    profile: &'p Profile,
    root: u32,
    facts: FxHashSet<u16>,
}

fn warning(profile: &Profile, message: String, suggestion: Option<String>) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, place: profile.place.clone(), message, suggestion }
}

fn nationality_only(profile: &Profile, catalogue: &[Fact]) -> Option<Diagnostic> {
    let facts = || profile.condition.facts().iter().filter_map(|fact| catalogue.get(usize::from(*fact)));
    let party = |fact: &Fact| PARTIES.iter().any(|prefix| fact.name.starts_with(prefix));
    let only = facts().all(|fact| fact.unit == COUNTRY) && facts().any(party);
    let message = "this condition looks at nothing but where people are from";
    let hint = "add what they ship, how, or on which lane";
    only.then(|| warning(profile, message.to_owned(), Some(hint.to_owned())))
}

/// Duplicates, and profiles that match only where another one does.
fn covered(reasoner: &Reasoner<'_>, sound: &[Candidate<'_>]) -> Vec<Diagnostic> {
    let needed: Vec<_> = sound.iter().map(|candidate| reasoner.needed_keys(candidate.root)).collect();
    let mut uses: FxHashMap<u32, usize> = FxHashMap::default();
    needed.iter().flatten().flatten().for_each(|key| *uses.entry(*key).or_default() += 1);
    let used = |keys: &&Vec<u32>| keys.iter().filter_map(|key| uses.get(key)).sum::<usize>();
    let mut by_key: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    let mut open = Vec::new();
    for (position, parts) in needed.iter().enumerate() {
        match parts.iter().min_by_key(used) {
            Some(keys) => keys.iter().for_each(|key| by_key.entry(*key).or_default().push(position)),
            None => open.push(position),
        }
    }
    // Beyond the bound only those with a common key are compared.
    open.truncate(PAIRS_MAX / sound.len().max(1));
    let mut findings = Vec::new();
    for ((position, candidate), parts) in sound.iter().enumerate().zip(&needed) {
        let keys = parts.iter().flatten();
        let mut others: Vec<usize> = keys.filter_map(|key| by_key.get(key)).flatten().chain(&open).copied().collect();
        others.sort_unstable();
        others.dedup();
        let mut others = others.into_iter().filter(|other| *other != position);
        findings.extend(others.find_map(|other| covered_by(reasoner, (position, candidate), (other, sound.get(other)?))));
    }
    findings
}

fn covered_by(
    reasoner: &Reasoner<'_>,
    (position, one): (usize, &Candidate<'_>),
    (other_position, other): (usize, &Candidate<'_>),
) -> Option<Diagnostic> {
    let comparable = one.profile.domain == other.profile.domain && other.facts.is_subset(&one.facts);
    if !comparable || !reasoner.implies(one.root, other.root) {
        return None;
    }
    let id = &other.profile.id;
    if one.root == other.root || (one.facts == other.facts && reasoner.implies(other.root, one.root)) {
        // Told once, of the later one.
        let message = format!("this condition says the same as that of `{id}`");
        return (other_position < position).then(|| warning(one.profile, message, None));
    }
    let as_strong = other.profile.weight >= one.profile.weight && other.profile.referral >= one.profile.referral;
    let in_force =
        other.profile.mode == Mode::Active && other.profile.valid_from.is_none() && other.profile.valid_before.is_none();
    let message = format!("wherever this condition holds, `{id}` matches too, with at least the same effect");
    (as_strong && in_force).then(|| warning(one.profile, message, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;
    use crate::screen::facts::CATALOGUE;

    fn profile(id: &str, condition: &str, effect: &str) -> Profile {
        let text = format!(
            "id = '{id}'\ntitle = 't'\nowner = 'o'\nthreat = 'x'\ndomain = 'customs'\n{effect}\nsource = 's'\n\
             condition = \"\"\"{condition}\"\"\"\nreason = 'r'\n"
        );
        Profile::read(Source { name: &format!("profiles/{id}.toml"), text: &text }, CATALOGUE).unwrap()
    }

    /// File and message of each warning.
    fn warnings(conditions: &[&str]) -> Vec<(String, String)> {
        let named = conditions.iter().zip('a'..).map(|(condition, id)| profile(&id.to_string(), condition, "weight = 10"));
        let findings = Profiles::new(named.collect(), CATALOGUE).lint(CATALOGUE);
        findings.into_iter().map(|finding| (finding.place.file, finding.message)).collect()
    }

    #[track_caller]
    fn assert_named(message: &str, conditions: &[&str]) {
        for condition in conditions {
            let found = warnings(&[condition]);
            assert!(found.len() == 1 && found[0].1.contains(message), "{condition}: {found:?}");
        }
    }

    #[test]
    fn conditions_that_contradict_themselves_are_named() {
        assert_named(
            "never true",
            &[
                "origin == 'BOG' && origin == 'MDE'",
                "origin in ['BOG', 'UIO'] && origin in ['MDE', 'LIM']",
                "origin == 'BOG' && origin != 'BOG'",
                "origin in ['BOG', 'MDE'] && !(origin in ['MDE', 'BOG', 'UIO'])",
                "pieces > 10 && pieces < 5",
                "pieces > 10 && !(pieces >= 7)",
                "known_consignor && known_consignor == false",
                "!has(billing) && billing == 'CSH'",
                "!has(billing) && billing != 'CSH'",
                "'PER' in handling && !('PER' in handling)",
                "!has(handling) && 'PER' in handling",
                "goods.contains('ROSE') && !goods.contains('ROSE')",
                "(origin == 'BOG' || origin == 'MDE') && (origin == 'UIO' || pieces > 5 && pieces < 3)",
                "weight_kg / 2.0 > 1.0 && !(weight_kg / 2.0 > 1.0)",
            ],
        );
    }

    #[test]
    fn conditions_that_cannot_fail_are_named() {
        assert_named(
            "true for every message",
            &["pieces > 5 || pieces <= 5", "origin == 'BOG' || origin != 'BOG'", "has(billing) || !has(billing)"],
        );
    }

    #[test]
    fn profiles_about_nationality_alone_are_named() {
        assert_named(
            "where people are from",
            &[
                "shipper_country == 'NG'",
                "origin_country == 'CO' && consignee_country in ['NL', 'BE']",
                "'NG' in phone_countries",
            ],
        );
        assert_eq!(warnings(&["origin_country == 'CO'", "shipper_country == 'NG' && goods.contains('GOLD')"]), []);
    }

    #[test]
    fn duplicates_are_named_once_however_they_are_written() {
        for (one, other) in [
            ("origin == 'BOG' && pieces > 5", "pieces > 5 && 'BOG' == origin"),
            ("origin in ['BOG', 'MDE']", "origin == 'MDE' || origin == 'BOG'"),
            ("!(pieces > 5 || weight_kg > 9.0)", "pieces <= 5 && !(weight_kg > 9.0)"),
        ] {
            let message = "this condition says the same as that of `a`".to_owned();
            assert_eq!(warnings(&[one, other]), [("profiles/b.toml".to_owned(), message)], "{one}");
        }
    }

    #[test]
    fn a_profile_that_another_one_covers_is_named() {
        let message = "wherever this condition holds, `a` matches too, with at least the same effect".to_owned();
        for (wide, narrow) in [
            ("origin == 'BOG'", "origin == 'BOG' && pieces > 5"),
            ("pieces > 5", "pieces > 7 && origin == 'BOG'"),
            ("origin in ['BOG', 'MDE'] && pieces > 5", "origin == 'MDE' && pieces > 5 && goods.contains('ROSE')"),
            ("goods.contains('ROSE') || goods.contains('TULIP')", "goods.contains('ROSE') && pieces == 1"),
        ] {
            assert_eq!(warnings(&[wide, narrow]), [("profiles/b.toml".to_owned(), message.clone())], "{narrow}");
        }
        assert_eq!(warnings(&["origin == 'BOG' && pieces > 5", "origin == 'BOG' && pieces > 3 && weight_kg > 2.0"]), []);
    }

    #[test]
    fn a_narrower_profile_that_does_more_is_not_named() {
        let wide = profile("a", "origin == 'BOG'", "weight = 10");
        for effect in ["weight = 20", "weight = 5\nreferral = 'rfi'"] {
            let narrow = profile("b", "origin == 'BOG' && pieces > 5", effect);
            assert_eq!(Profiles::new(vec![wide.clone(), narrow], CATALOGUE).lint(CATALOGUE), []);
        }
    }

    #[test]
    fn the_starter_bundle_has_nothing_to_lint() {
        let starter = crate::bundle::Bundle::starter().unwrap();
        assert_eq!(crate::diagnostic::render(&starter.profiles.lint(CATALOGUE)), "");
    }
}

//! What the JSON Schema says about a key: whether there is one, and what its value is. Serde says the same, but only about the
//! first fault that it meets.

use std::ops::Range;

use serde_json::Value as Json;
use toml::de::{DeTable, DeValue};

use super::document::Path;

/// A key that no section has.
pub struct UnknownKey {
    pub path: Path,
    pub span: Range<usize>,
    pub suggestion: Option<String>,
}

/// Collects the keys of `table` and of what is below it that `schema` does not know.
pub fn unknown_keys(table: &DeTable<'_>, schema: &Json, path: &mut Path, unknown: &mut Vec<UnknownKey>) {
    let Some(known) = schema.get("properties").and_then(Json::as_object) else { return };
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        match known.get(key.get_ref().as_ref()) {
            Some(schema) => unknown_keys_within(value.get_ref(), schema, path, unknown),
            None => {
                let suggestion = nearest(key.get_ref(), known.keys().map(String::as_str));
                unknown.push(UnknownKey { path: path.clone(), span: key.span(), suggestion });
            }
        }
        path.pop();
    }
}

fn unknown_keys_within(value: &DeValue<'_>, schema: &Json, path: &mut Path, unknown: &mut Vec<UnknownKey>) {
    match value {
        DeValue::Table(table) => unknown_keys(table, schema, path, unknown),
        DeValue::Array(list) => {
            let Some(schema) = schema.get("items") else { return };
            for (position, element) in list.iter().enumerate() {
                path.push(position.to_string());
                unknown_keys_within(element.get_ref(), schema, path, unknown);
                path.pop();
            }
        }
        _ => {}
    }
}

/// The schema of the key at `path`.
pub fn at<'s>(schema: &'s Json, path: &[String]) -> Option<&'s Json> {
    path.iter().try_fold(schema, |schema, key| schema.get("properties")?.get(key))
}

/// True when nothing but text is wanted.
pub fn is_text(schema: &Json) -> bool {
    match schema.get("type") {
        Some(Json::String(name)) => name == "string",
        Some(Json::Array(names)) => names.iter().all(|name| name == "string" || name == "null"),
        _ => schema.get("oneOf").and_then(Json::as_array).is_some_and(|choices| choices.iter().all(is_text)),
    }
}

pub fn is_list_of_text(schema: &Json) -> bool {
    schema.get("items").is_some_and(is_text)
}

/// `did you mean` the candidate that is spelt most like `found`, if one is near.
pub fn nearest<'c>(found: &str, candidates: impl Iterator<Item = &'c str>) -> Option<String> {
    let scored = candidates.map(|candidate| (strsim::jaro_winkler(found, candidate), candidate));
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.filter(|(score, _)| *score >= NEAR).map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}

/// Jaro-Winkler: a dropped, doubled or swapped letter stays above, a word of another meaning below.
const NEAR: f64 = 0.8;

/// The same for serde's "unknown variant `a`, expected one of `b`, `c`", which quotes what was found and then the candidates.
pub fn nearest_variant(message: &str) -> Option<String> {
    let mut quoted = message.strip_prefix("unknown variant ")?.split('`').skip(1).step_by(2);
    let found = quoted.next()?;
    nearest(found, quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_spellings_are_suggested_and_far_ones_are_not() {
        let keys = ["brokers", "group", "session_timeout", "transaction_timeout"];
        let suggested = |found| nearest(found, keys.into_iter());
        assert_eq!(suggested("grop").as_deref(), Some("did you mean `group`?"));
        assert_eq!(suggested("broker").as_deref(), Some("did you mean `brokers`?"));
        assert_eq!(suggested("sesion_timeout").as_deref(), Some("did you mean `session_timeout`?"));
        assert_eq!(suggested("colour"), None);
    }

    #[test]
    fn variants_are_suggested_from_the_message() {
        let message = "unknown variant `jsn`, expected one of `auto`, `cargo_imp`, `json`, `avro`";
        assert_eq!(nearest_variant(message).as_deref(), Some("did you mean `json`?"));
        assert_eq!(nearest_variant("invalid type: integer `3`, expected a string"), None);
    }
}

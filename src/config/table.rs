//! Edits and searches of a parsed TOML table by path and by place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::document::Path;

/// Sets the value at `path`, making the tables above it; false when something that is no table stands in the way.
pub fn insert<'s>(table: &mut DeTable<'s>, path: &[String], key_span: &Range<usize>, value: Spanned<DeValue<'s>>) -> bool {
    match path {
        [] => false,
        [key] => {
            // Removed first, since an insertion keeps the old key and with it the old place.
            table.remove(key.as_str());
            table.insert(Spanned::new(key_span.clone(), key.clone().into()), value);
            true
        }
        [key, rest @ ..] => {
            if !table.contains_key(key.as_str()) {
                let empty = Spanned::new(key_span.clone(), DeValue::Table(DeTable::new()));
                table.insert(Spanned::new(key_span.clone(), key.clone().into()), empty);
            }
            match table.get_mut(key.as_str()).map(Spanned::get_mut) {
                Some(DeValue::Table(inner)) => insert(inner, rest, key_span, value),
                _ => false,
            }
        }
    }
}

/// Takes the value at `path` out; false when there is none.
pub fn remove(table: &mut DeTable<'_>, path: &[String]) -> bool {
    match path {
        [] => false,
        [key] => table.remove(key.as_str()).is_some(),
        [key, rest @ ..] => table.get_mut(key.as_str()).is_some_and(|value| remove_within(value.get_mut(), rest)),
    }
}

fn remove_within(value: &mut DeValue<'_>, path: &[String]) -> bool {
    match value {
        DeValue::Table(table) => remove(table, path),
        DeValue::Array(list) => {
            let Some((position, rest)) = path.split_first() else { return false };
            let Ok(position) = position.parse::<usize>() else { return false };
            if !rest.is_empty() {
                return list.get_mut(position).is_some_and(|element| remove_within(element.get_mut(), rest));
            }
            let before = list.len();
            let kept = std::mem::replace(list, DeArray::new()).into_iter().enumerate().filter(|(at, _)| *at != position);
            *list = kept.map(|(_, element)| element).collect();
            list.len() < before
        }
        _ => false,
    }
}

/// The path of the innermost key or element whose place holds `span`. A table's own place may be its header only, so what is
/// below it is searched first.
pub fn innermost(table: &DeTable<'_>, span: &Range<usize>) -> Option<Path> {
    table.iter().find_map(|(key, value)| {
        let below = innermost_within(value.get_ref(), span);
        let here = || (holds(&key.span(), span) || holds(&value.span(), span)).then(Vec::new);
        below.or_else(here).map(|path| prefixed(key.get_ref(), path))
    })
}

fn innermost_within(value: &DeValue<'_>, span: &Range<usize>) -> Option<Path> {
    match value {
        DeValue::Table(table) => innermost(table, span),
        DeValue::Array(list) => list.iter().enumerate().find_map(|(position, element)| {
            let below = innermost_within(element.get_ref(), span);
            let path = below.or_else(|| holds(&element.span(), span).then(Vec::new))?;
            Some(prefixed(&position.to_string(), path))
        }),
        _ => None,
    }
}

/// The place of the value at `path`.
pub fn place(table: &DeTable<'_>, path: &[&str]) -> Option<Range<usize>> {
    let (key, rest) = path.split_first()?;
    place_within(table.get(*key)?, rest)
}

fn place_within(value: &Spanned<DeValue<'_>>, path: &[&str]) -> Option<Range<usize>> {
    let Some((key, rest)) = path.split_first() else { return Some(value.span()) };
    match value.get_ref() {
        DeValue::Table(table) => place_within(table.get(*key)?, rest),
        DeValue::Array(list) => place_within(list.get(key.parse::<usize>().ok()?)?, rest),
        _ => None,
    }
}

fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn prefixed(key: &str, mut path: Path) -> Path {
    path.insert(0, key.to_owned());
    path
}

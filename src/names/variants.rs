//! A name field may hold more than one name: `Al-Qaida/Islamic Army`, `ACME LTD C/O HARBOUR FREIGHT`.

/// Parts two names, as shipping documents write it; compared in upper case between blanks.
const BETWEEN: &[&str] = &[
    " C/O ",
    " CARE OF ",
    " T/A ",
    " DBA ",
    " D/B/A ",
    " TRADING AS ",
    " ATTN ",
    " ATTN: ",
    " A.K.A. ",
    " AKA ",
    " A/K/A ",
    " F.K.A. ",
    " FKA ",
    " ON BEHALF OF ",
    " O/B/O ",
    ";",
];
/// Letters of the shortest name that a slash parts: `A/S` is no two names.
const SLASHED_MIN: usize = 3;
/// Names in one field that are looked at.
const NAMES_MAX: usize = 4;

/// The field as a whole, and each name in it when there are several.
pub fn variants(field: &str) -> impl Iterator<Item = &str> {
    let upper = field.to_ascii_uppercase();
    let mut parts: Vec<&str> = Vec::new();
    let mut start = 0;
    while let Some((at, length)) = next_break(field, &upper, start).filter(|_| parts.len() + 1 < NAMES_MAX) {
        parts.extend(field.get(start..at));
        start = at + length;
    }
    if start > 0 {
        parts.extend(field.get(start..));
    }
    std::iter::once(field).chain(parts.into_iter().map(str::trim).filter(|part| part.len() >= SLASHED_MIN))
}

/// Where the next name ends and how long what parts it from the one after is. `upper` has the bytes of `field`.
fn next_break(field: &str, upper: &str, start: usize) -> Option<(usize, usize)> {
    let rest = upper.get(start..)?;
    let word = BETWEEN.iter().filter_map(|word| rest.find(word).map(|at| (start + at, word.len()))).min();
    let slash = rest.match_indices('/').map(|(at, _)| start + at).find(|at| {
        let run = |text: &str| text.chars().take_while(|letter| letter.is_alphanumeric()).count();
        let before: String = field.get(start..*at).unwrap_or_default().chars().rev().collect();
        run(&before) >= SLASHED_MIN && run(field.get(at + 1..).unwrap_or_default()) >= SLASHED_MIN
    });
    word.into_iter().chain(slash.map(|at| (at, 1))).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_names_in_one_field_are_parted() {
        for (field, expected) in [
            ("ACME LTD", vec!["ACME LTD"]),
            ("ACME LTD C/O HARBOUR FREIGHT", vec!["ACME LTD C/O HARBOUR FREIGHT", "ACME LTD", "HARBOUR FREIGHT"]),
            ("Al-Qaida/Islamic Army", vec!["Al-Qaida/Islamic Army", "Al-Qaida", "Islamic Army"]),
            ("MAERSK A/S", vec!["MAERSK A/S"]),
            ("Jan dba Jan Flowers", vec!["Jan dba Jan Flowers", "Jan", "Jan Flowers"]),
            ("", vec![""]),
        ] {
            assert_eq!(variants(field).collect::<Vec<_>>(), expected, "{field}");
        }
        assert!(variants(&"abc/".repeat(1 << 16)).count() <= NAMES_MAX + 1);
    }
}

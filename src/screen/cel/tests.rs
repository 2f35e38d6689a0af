//! Conditions against rows, as tables: what matches, what is undecided, what is refused.

use proptest::prelude::*;

use super::*;
use crate::diagnostic::Source;
use crate::diagnostic::table::{Faults, Table};
use crate::screen::profile::FactTable;
use crate::screen::value::{Kind, Value};

const fn fact(name: &'static str, kind: Kind, unit: &'static str, codes: &'static [&'static str]) -> Fact {
    Fact { name, kind, unit, meaning: "", source: "", codes, get: |_| Value::Missing }
}

/// A small catalogue with every kind and shape.
pub(super) static CATALOGUE: &[Fact] = &[
    fact("kind", Kind::Text, "", &["direct", "consolidation", "house"]),
    fact("origin", Kind::Text, "IATA airport or city", &[]),
    fact("shipper_country", Kind::Text, "ISO 3166-1 alpha-2", &[]),
    fact("goods", Kind::Text, "", &[]),
    fact("pieces", Kind::Int, "pieces", &[]),
    fact("account_age_days", Kind::Int, "days", &[]),
    fact("weight_kg", Kind::Double, "kg", &[]),
    fact("known_consignor", Kind::Bool, "", &[]),
    fact("received", Kind::Time, "UTC", &[]),
    fact("departure", Kind::Time, "UTC", &[]),
    fact("routing", Kind::TextList, "IATA airport or city", &[]),
    fact("handling", Kind::TextList, "IATA code list 1.16", &[]),
    fact("hs_chapters", Kind::TextList, "2 digits", &[]),
    fact("emails", Kind::TextList, "", &[]),
];

/// A row from lines of TOML.
pub(super) fn row(text: &str) -> FactTable {
    let faults = Faults::new(Source { name: "row", text });
    let tree = faults.parse().unwrap();
    let row = FactTable::read(&Table::root(&faults, &tree), CATALOGUE);
    assert_eq!(faults.into_diagnostics(), []);
    row
}

fn outcome(condition: &str, row: &FactTable) -> Outcome {
    match Condition::compile(condition, CATALOGUE) {
        Ok(condition) => condition.evaluate(row),
        Err(faults) => panic!("{condition}: {faults:?}"),
    }
}

#[track_caller]
fn assert_outcomes(facts: &str, expected: Outcome, conditions: &[&str]) {
    let row = row(facts);
    for condition in conditions {
        assert_eq!(outcome(condition, &row), expected, "{condition}");
    }
}

const FLOWERS: &str = r#"
kind = "direct"
origin = "BOG"
goods = "FRESH CUT ROSES 12 BOXES"
pieces = 7
weight_kg = 84.5
known_consignor = false
received = 2026-01-31T22:15:00Z
departure = 2026-02-01T04:15:00Z
routing = ["MIA", "AMS"]
handling = ["PEF", "PER"]
hs_chapters = ["06"]
"#;

#[test]
fn conditions_match() {
    assert_outcomes(
        FLOWERS,
        Outcome::Match,
        &[
            "origin == 'BOG' && pieces > 5",
            "origin in ['MDE', 'BOG'] ? pieces == 7 : known_consignor",
            "pieces in [1, 7] && 7.0 in [pieces, 8]",
            "pieces == 7.0 && pieces < 7.5 && 84 < weight_kg",
            "pieces * 2 + 1 == 15 && pieces % 4 == 3 && -pieces < -6 && pieces / 2 == 3",
            "weight_kg / double(pieces) > 12.0 && int(weight_kg) == 84",
            "goods.contains('ROSES') && goods.startsWith('FRESH') && goods.endsWith('BOXES')",
            r"goods.matches(r'\b\d{2} BOX(ES)?$')",
            "goods.lowerAscii().contains('roses') && size(goods) == 24 && goods.size() > 3",
            "string(pieces) + 'X' == '7X' && int('0' + string(pieces)) == 7",
            "has(origin) && !has(shipper_country) && has(routing) && !has(emails)",
            "'PER' in handling && !('ICE' in handling) && size(handling) == 2",
            "routing[0] == 'MIA' && routing[size(routing) - 1] == 'AMS'",
            "routing.exists(stop, stop in ['MIA', 'JFK']) && routing.all(stop, stop != origin)",
            "handling.exists_one(code, code == 'PER') && !handling.existsOne(code, code.startsWith('P'))",
            "size(handling.filter(code, code.endsWith('R'))) == 1 && 'per' in handling.map(code, code.lowerAscii())",
            "routing.exists(a, handling.exists(b, a.contains('M') && b == 'PER'))",
            "departure - received == duration('6h') && departure - received < duration('6h1s')",
            "received > timestamp('2026-01-31T00:00:00Z') && received + duration('6h') == departure",
            "received.getDayOfWeek() == 6 && received.getHours() == 22 && (departure - received).getHours() == 6",
            "departure.getMonth() == 1 && departure.getDate() == 1 && departure.getDayOfMonth() == 0",
            "departure.getFullYear() == 2026",
            "known_consignor == false && !known_consignor",
            "// a comment\norigin == \"BOG\" // another",
            "['MIA', origin][1] == 'BOG' && ['A', 'B'].exists(x, goods.contains(x))",
        ],
    );
}

#[test]
fn conditions_do_not_match() {
    assert_outcomes(
        FLOWERS,
        Outcome::NoMatch,
        &[
            "origin == 'MDE'",
            "pieces > 7.5 || weight_kg > 84.5",
            "'AVI' in handling",
            "emails.exists(e, e.endsWith('.example'))",
            "!(origin in ['BOG'])",
            "kind == 'house' && goods.contains('ROSES')",
        ],
    );
}

#[test]
fn a_missing_fact_is_an_error_that_logic_absorbs_as_cel_prescribes() {
    assert_outcomes(
        FLOWERS,
        Outcome::NoMatch,
        &[
            "origin == 'MDE' && shipper_country == 'CO'",
            "shipper_country == 'CO' && origin == 'MDE'",
            "account_age_days < 30 && shipper_country == 'CO' && pieces == 1",
            "routing.all(r, r == 'AMS' && shipper_country == 'CO')",
        ],
    );
    assert_outcomes(
        FLOWERS,
        Outcome::Match,
        &[
            "origin == 'BOG' || shipper_country == 'CO'",
            "shipper_country == 'CO' || origin == 'BOG'",
            "routing.exists(r, r == 'AMS' || shipper_country == 'CO')",
            "!has(account_age_days) || account_age_days < 30",
            "!(shipper_country == 'CO' && pieces == 1)",
        ],
    );
    assert_outcomes(
        FLOWERS,
        Outcome::Undecided,
        &[
            "shipper_country == 'CO'",
            "shipper_country != 'CO'",
            "!(shipper_country == 'CO')",
            "shipper_country == 'CO' && origin == 'BOG'",
            "shipper_country == 'CO' || origin == 'MDE'",
            "shipper_country == 'CO' ? pieces == 7 : pieces == 7",
            "'CO' in [shipper_country, 'CO']",
            "routing.exists_one(r, r == 'AMS' || shipper_country == 'CO')",
            "size(routing.filter(r, shipper_country == r)) == 0",
            "routing.exists(r, shipper_country == r)",
            "routing[pieces] == 'MIA'",
            "pieces / (pieces - 7) > 1",
            "pieces * 9223372036854775807 > 1",
            "int(goods) == 7",
        ],
    );
}

#[test]
fn faults_are_told_at_their_place() {
    let cases = [
        ("orgin == 'BOG'", "orgin", "there is no fact", "`origin`"),
        ("origin == BOG", "BOG", "there is no fact", "\"BOG\""),
        ("pieces == '7'", "pieces == '7'", "an int is never a string", "without quotes"),
        ("origin == 'BOGOTA'", "'BOGOTA'", "3 capital letters", ""),
        ("origin in ['BOG', 'bog']", "'bog'", "3 capital letters", "\"BOG\""),
        ("kind == 'hose'", "'hose'", "not one of its codes", "`house`"),
        ("kind in ['master']", "'master'", "not one of its codes", "one of direct"),
        ("'666' in hs_chapters", "'666'", "2 digits", ""),
        ("hs_chapters.exists(c, c == '6')", "'6'", "2 digits", ""),
        ("routing[0] == 'Ams'", "'Ams'", "3 capital letters", "\"AMS\""),
        ("goods.contains('roses')", "'roses'", "upper case", "\"ROSES\""),
        ("pieces < 0", "pieces < 0", "always false", ""),
        ("0 <= weight_kg", "0 <= weight_kg", "always true", ""),
        ("pieces == 2.5", "2.5", "a whole number is never", ""),
        ("goods.matches('(')", "'('", "not a regular expression", ""),
        ("goods.matches(origin)", "origin", "must stand here", ""),
        ("pieces", "pieces", "must be true or false", ""),
        ("1 < 2", "1 < 2", "always true", ""),
        ("has(origin) || true", "has(origin) || true", "always true", ""),
        ("pieces > 1 / 0", "1 / 0", "fails for every message", ""),
        ("handling == 'PER'", "handling == 'PER'", "cannot be compared", "in list"),
        ("handling.contains('PER')", "handling", "a list has no", "value in list"),
        ("origin in 'BOG'", "'BOG'", "needs a list", "in ["),
        ("1 < pieces < 5", "1 < pieces", "do not chain", "&&"),
        ("weight_kg > pieces * 2.5", "pieces * 2.5", "no arithmetic", "double("),
        ("contains(goods, 'X')", "contains", "there is no function", "method"),
        ("goods.contain('X')", "contain", "there is no method", "`contains`"),
        ("goods.string() == ''", "string", "there is no method", "function"),
        ("origin == null", "null", "never null", "has"),
        ("origin = 'BOG'", "=", "no meaning", "=="),
        ("origin == 'BOG' and pieces > 1", "and", "expected", "&&"),
        ("(pieces > 1", "", "expected `)`", ""),
        ("shipper.country == 'DE'", "country", "no fields", ""),
        ("received > '2026-01-01'", "received > '2026-01-01'", "never", "timestamp("),
        ("received > timestamp('yesterday')", "'yesterday'", "cannot be read", "timestamp("),
        ("received - departure > duration('3d')", "'3d'", "cannot be read", "units"),
        ("routing.exists(origin, origin == 'AMS')", "origin", "already the name", "x"),
        ("routing.exists(r, s == 'AMS')", "s", "no fact `s`", ""),
        ("received.getHours('Europe/Paris') == 1", "'Europe/Paris'", "no argument", "UTC"),
        ("origin in []", "[]", "empty list", ""),
    ];
    for (condition, at, message, suggestion) in cases {
        let faults = Condition::compile(condition, CATALOGUE).unwrap_err();
        let [fault] = faults.as_slice() else { panic!("{condition}: {faults:?}") };
        assert_eq!(&condition[fault.span.clone()], at, "{condition}: {fault:?}");
        assert!(fault.message.contains(message), "{condition}: {fault:?}");
        assert!(fault.suggestion.as_deref().unwrap_or_default().contains(suggestion), "{condition}: {fault:?}");
    }
}

#[test]
fn all_faults_of_a_condition_are_told() {
    let condition = "orgin == 'BOG' && pieces < 0 && goods.contains('x') || kind == 'none'";
    assert_eq!(Condition::compile(condition, CATALOGUE).unwrap_err().len(), 4);
}

#[test]
fn hostile_nesting_is_refused_and_long_chains_are_not() {
    let deep = 100_000;
    for hostile in
        ["(".repeat(deep), "!".repeat(deep), "-".repeat(deep), "[".repeat(deep), "a?".repeat(deep), "a.b(".repeat(20_000)]
    {
        assert!(Condition::compile(&hostile[..hostile.len().min(CONDITION_BYTES_MAX)], CATALOGUE).is_err());
    }
    for chain in
        ["pieces".to_owned() + &" + 1".repeat(200) + " > 1", "goods".to_owned() + &".lowerAscii()".repeat(200) + " == ''"]
    {
        assert!(Condition::compile(&chain, CATALOGUE).unwrap_err()[0].message.contains("nested deeper"));
    }
    let chain = vec!["pieces == 3"; 4_000].join(" || ");
    assert_eq!(outcome(&chain, &row("pieces = 3")), Outcome::Match);
}

#[test]
fn the_cost_of_an_evaluation_is_bounded() {
    let codes: Vec<_> = (0..1_000).map(|number| format!("{number:03}")).collect();
    let row = row(&format!("routing = {codes:?}"));
    let condition = "routing.all(a, routing.all(b, routing.all(c, a + b + c != '')))";
    assert_eq!(outcome(condition, &row), Outcome::Undecided);
}

#[test]
fn the_compiled_tree_can_be_taken_apart() {
    let condition = Condition::compile("origin == 'BOG' && has(goods) && origin != 'MDE' && true", CATALOGUE).unwrap();
    let names: Vec<_> = condition.facts().iter().map(|fact| CATALOGUE[usize::from(*fact)].name).collect();
    assert_eq!(names, ["origin", "goods"]);
    let Node::All(parts) = condition.root() else { panic!("{condition:?}") };
    assert_eq!(parts.len(), 3);
}

proptest! {
    #[test]
    fn any_text_is_compiled_or_refused_within_its_bounds(text in "[a-z'\"0-9.()\\[\\] &|!<>=+\\-*/%?:,\\\\énriul\n]{0,60}") {
        for fault in Condition::compile(&text, CATALOGUE).err().into_iter().flatten() {
            prop_assert!(text.get(fault.span.clone()).is_some(), "{fault:?}");
        }
    }

    #[test]
    fn any_phrase_is_compiled_or_refused(words in proptest::collection::vec(proptest::sample::select(vec![
        "origin", "pieces", "weight_kg", "routing", "'BOG'", "1", "2.5", "(", ")", "[", "]", "&&", "||", "!", "==", "<", "in", "-", "+",
        "/", "%", "?", ":", ",", ".exists(x,", ".size()", "x", "has(", "true", "received", "duration('1h')",
    ]), 0..14)) {
        let text = words.join(" ");
        if let Ok(condition) = Condition::compile(&text, CATALOGUE) {
            condition.evaluate(&row("pieces = 3\norigin = 'BOG'\nrouting = ['AMS']"));
        }
    }
}

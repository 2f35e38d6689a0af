//! The index against the interpreter: random conditions over random rows, every outcome alike.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::model::{Text, Timestamp};
use crate::screen::cel::FactIndex;
use crate::screen::value::{Kind, List, Value};

const fn fact(name: &'static str, kind: Kind) -> Fact {
    Fact { name, kind, unit: "", meaning: "", source: "", codes: &[], get: |_| Value::Missing }
}

static CATALOGUE: &[Fact] = &[
    fact("origin", Kind::Text),
    fact("via", Kind::Text),
    fact("words", Kind::Text),
    fact("pieces", Kind::Int),
    fact("weight", Kind::Double),
    fact("known", Kind::Bool),
    fact("sent", Kind::Time),
    fact("due", Kind::Time),
    fact("tags", Kind::TextList),
    fact("stops", Kind::TextList),
];

#[derive(Debug, Clone)]
enum Cell {
    Missing,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    Time(i64),
    List(Vec<Text<'static>>),
}

#[derive(Debug, Clone)]
struct Cells(Vec<Cell>);

impl Row for Cells {
    fn value(&self, fact: FactIndex) -> Value<'_> {
        match &self.0[usize::from(fact)] {
            Cell::Missing => Value::Missing,
            Cell::Bool(truth) => Value::Bool(*truth),
            Cell::Int(number) => Value::Int(*number),
            Cell::Double(number) => Value::Double(*number),
            Cell::Text(text) => Value::Text(text),
            Cell::Time(millis) => Value::Time(Timestamp::from_millis(*millis)),
            Cell::List(list) => Value::List(List::Texts(list)),
        }
    }
}

fn maybe(cell: impl Strategy<Value = Cell> + 'static) -> BoxedStrategy<Cell> {
    prop_oneof![1 => Just(Cell::Missing), 4 => cell].boxed()
}

fn texts(words: &'static [&'static str]) -> BoxedStrategy<Cell> {
    maybe(select(words).prop_map(|text| Cell::Text(text.to_owned())))
}

fn list() -> BoxedStrategy<Cell> {
    let short = proptest::collection::vec(select(&["A", "B", "C", "AB", "ab", ""][..]), 0..4);
    // Too long for keys, and for a macro within a macro.
    let long = Just(vec!["AB"; 300]);
    maybe(prop_oneof![9 => short, 1 => long].prop_map(|list| Cell::List(list.into_iter().map(Text::from).collect())))
}

fn rows() -> impl Strategy<Value = Cells> {
    let number = select(&[-1.0, 0.0, 1.5, 2.0, 3.0, f64::NAN, f64::INFINITY][..]);
    (
        texts(&["A", "B", "C"]),
        texts(&["A", "B", "C", ""]),
        texts(&["", "ROSE", "RED ROSES", "rose", "IVORY ROSE", "BOX", "Rose Box"]),
        maybe((-1i64..5).prop_map(Cell::Int)),
        maybe(number.prop_map(Cell::Double)),
        maybe(any::<bool>().prop_map(Cell::Bool)),
        maybe((0i64..4).prop_map(|hours| Cell::Time(hours * 3_600_000))),
        maybe((0i64..4).prop_map(|hours| Cell::Time(hours * 3_600_000))),
        list(),
        list(),
    )
        .prop_map(|(a, b, c, d, e, f, g, h, i, j)| Cells(vec![a, b, c, d, e, f, g, h, i, j]))
}

/// Tests of every kind that the index takes apart, and of those it does not.
fn tests() -> impl Strategy<Value = String> {
    let op = || select(&["==", "!=", "<", "<=", ">", ">="][..]);
    let scalar = || select(&["origin", "via", "words"][..]);
    let list = || select(&["tags", "stops"][..]);
    let piece = || select(&["ROSE", "S", "RED", "IVORY", "BOX", "A"][..]);
    let text = (scalar(), op(), select(&["A", "B", "ROSE"][..])).prop_map(|(fact, op, text)| format!("{fact} {op} '{text}'"));
    let mirrored = (scalar(), op()).prop_map(|(fact, op)| format!("'A' {op} {fact}"));
    let part = (scalar(), select(&["contains", "startsWith", "endsWith"][..]), piece())
        .prop_map(|(fact, test, piece)| format!("{fact}.{test}('{piece}')"));
    let folded = (scalar(), select(&["contains", "startsWith", "endsWith", "matches"][..]), piece())
        .prop_map(|(fact, test, piece)| format!("{fact}.upperAscii().{test}('{piece}')"));
    let int = (select(&["pieces", "weight"][..]), op(), select(&["0", "1", "2", "1.5", "2.0", "-1", "0.0 / 0.0"][..]))
        .prop_map(|(fact, op, number)| format!("{fact} {op} ({number})"))
        .prop_filter("a whole number is never 1.5", |text| {
            !(text.starts_with("pieces") && text.contains('.') && (text.contains("==") || text.contains("!=")))
        });
    let time = (select(&["sent", "due"][..]), op(), 0u8..4)
        .prop_map(|(fact, op, hour)| format!("{fact} {op} timestamp('1970-01-01T0{hour}:00:00Z')"));
    let member = (list(), select(&["A", "AB", ""][..])).prop_map(|(list, text)| format!("'{text}' in {list}"));
    let element = select(
        &[
            "x == 'A'",
            "x != 'A'",
            "'B' == x",
            "x in ['A', 'C']",
            "!(x in ['A', 'C'])",
            "x.startsWith('A')",
            "x.contains('B')",
            "x == 'A' || x.endsWith('B')",
            "x == origin",
            "x.matches('^A.*')",
            "x.matches('AB|BA')",
            "x.lowerAscii().contains('ab')",
            "!(x == 'A' || x == 'B')",
            "tags.all(y, x + y != 'q')",
        ][..],
    );
    let quantified = (list(), select(&["exists", "all", "exists_one"][..]), element)
        .prop_map(|(list, quantifier, test)| format!("{list}.{quantifier}(x, {test})"));
    let others = select(
        &[
            "known",
            "known == true",
            "known != true",
            "false == known",
            "origin in ['A', 'C']",
            "origin in ['B']",
            "pieces in [1, 3]",
            "weight in [1.5, 2.0, 0.0 / 0.0]",
            "origin == via",
            "via in tags",
            "has(origin)",
            "has(tags)",
            "has(weight)",
            "has(known)",
            "due - sent < duration('2h')",
            "pieces / (pieces - 2) > 1",
            "size(tags) > 1",
            "tags[0] == 'A'",
            "size(words) > 4",
            "words.matches('ROSES?$')",
            "words.matches('(IVORY|BOX) ?R?')",
            "words.matches('^[A-Z]*$')",
            "words.contains(origin)",
            "has(pieces) ? pieces > 1 : known",
            "known ? origin == 'A' : via == 'A'",
            "size(tags.filter(x, x == 'A')) == 1",
            "words.lowerAscii() == 'rose'",
            "'A' in stops.map(x, x.upperAscii())",
        ][..],
    );
    prop_oneof![
        6 => text, 1 => mirrored, 3 => part, 1 => folded, 3 => int, 1 => time, 2 => member, 3 => quantified,
        3 => others.prop_map(str::to_owned),
    ]
}

fn conditions() -> impl Strategy<Value = String> {
    tests().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            3 => proptest::collection::vec(inner.clone(), 2..5).prop_map(|parts| format!("({})", parts.join(" && "))),
            2 => proptest::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" || "))),
            1 => inner.prop_map(|part| format!("!({part})")),
        ]
    })
}

fn compiled(texts: &[String]) -> Vec<Condition> {
    // What the checker refuses (always true, never the value) is none of the index's business.
    texts.iter().filter_map(|text| Condition::compile(text, CATALOGUE).ok()).collect()
}

fn outcomes(index: &Index, conditions: &[Condition], row: &Cells, scratch: &mut Scratch) -> Vec<Outcome> {
    index.evaluate(row, scratch, |position| conditions[position as usize].evaluate(row));
    let mut outcomes = vec![Outcome::NoMatch; conditions.len()];
    scratch.matched().iter().for_each(|position| outcomes[*position as usize] = Outcome::Match);
    scratch.undecided().iter().for_each(|position| outcomes[*position as usize] = Outcome::Undecided);
    outcomes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]
    #[test]
    fn the_index_answers_exactly_as_evaluating_every_condition_does(
        texts in proptest::collection::vec(conditions(), 1..120),
        others in proptest::collection::vec(conditions(), 1..5),
        rows in proptest::collection::vec(rows(), 1..12),
    ) {
        let mut scratch = Scratch::default();
        // One scratch for two indexes in turn, as when a bundle is replaced.
        let sets = [compiled(&texts), compiled(&others)];
        let indexes = sets.each_ref().map(|set| Index::new(set, CATALOGUE));
        for row in &rows {
            for (set, index) in sets.iter().zip(&indexes) {
                let expected: Vec<_> = set.iter().map(|condition| condition.evaluate(row)).collect();
                let found = outcomes(index, set, row, &mut scratch);
                for ((found, expected), condition) in found.iter().zip(&expected).zip(set) {
                    prop_assert_eq!(found, expected, "{}", cel::Written(condition.root(), CATALOGUE));
                }
            }
        }
    }
}

fn row() -> Cells {
    Cells(vec![Cell::Missing; CATALOGUE.len()])
}

fn set(row: &mut Cells, name: &str, cell: Cell) {
    let position = CATALOGUE.iter().position(|fact| fact.name == name).unwrap();
    row.0[position] = cell;
}

fn candidates(index: &Index, row: &Cells) -> usize {
    let mut count = 0;
    index.candidates(row, &mut Scratch::default(), |_| count += 1);
    count
}

#[test]
fn a_value_that_most_conditions_name_brings_up_only_those_that_something_else_speaks_for() {
    let texts: Vec<_> = (0..1_000).map(|number| format!("origin == 'HUB' && via == 'V{number}' && pieces > 0")).collect();
    let conditions = compiled(&texts);
    let index = Index::new(&conditions, CATALOGUE);
    let mut row = row();
    set(&mut row, "origin", Cell::Text("HUB".into()));
    set(&mut row, "via", Cell::Text("V7".into()));
    set(&mut row, "pieces", Cell::Int(1));
    assert_eq!(candidates(&index, &row), 1);
    let only_hub: Vec<_> = (0..1_000).map(|number| format!("origin == 'HUB' && pieces == {number}")).collect();
    let conditions = compiled(&only_hub);
    assert_eq!(candidates(&Index::new(&conditions, CATALOGUE), &row), 1);
}

#[test]
fn a_missing_fact_brings_up_only_conditions_that_may_be_undecided() {
    let texts: Vec<_> = (0..1_000).map(|number| format!("words == 'W{number}' && via == 'V{number}'")).collect();
    let conditions = compiled(&texts);
    let index = Index::new(&conditions, CATALOGUE);
    let mut row = row();
    set(&mut row, "via", Cell::Text("V7".into()));
    assert_eq!(candidates(&index, &row), 1);
    let mut scratch = Scratch::default();
    index.evaluate(&row, &mut scratch, |_| Outcome::Match);
    assert_eq!((scratch.matched(), scratch.undecided()), (&[][..], &[7][..]));
}

#[test]
fn what_has_no_key_is_evaluated_for_every_row() {
    let texts = ["pieces * 2 > 3", "pieces * 2 > 3 && origin == 'A'", "origin == via || origin == 'A'", "!has(via)"];
    let conditions = compiled(&texts.map(str::to_owned));
    assert_eq!(Index::new(&conditions, CATALOGUE).always(), [0, 2]);
}

//! Why a condition has no key: said to its author, part by part.

use crate::screen::cel::{CompareOp, Node, TextTest, Written};
use crate::screen::facts::Fact;

/// One sentence for each part of a condition that is evaluated for every row.
pub(crate) fn why_always(root: &Node, catalogue: &[Fact]) -> Vec<String> {
    let parts = match root {
        Node::All(parts) => &**parts,
        other => std::slice::from_ref(other),
    };
    parts.iter().map(|part| format!("`{}` {}", shortened(part, catalogue), reason(part))).collect()
}

fn reason(part: &Node) -> &'static str {
    match part {
        Node::Not(_) | Node::Compare(CompareOp::NotEqual, _) => "denies something, which most consignments pass",
        Node::Any(_) => "has a side that cannot be looked up",
        Node::All(parts) => parts.first().map_or("", reason),
        Node::Compare(_, pair) => match &**pair {
            [Node::Fact(_), Node::Fact(_)] => "compares two facts with each other",
            _ => "calculates before it compares",
        },
        Node::Test(_, test) => match &**test {
            TextTest::Matches(_) => "is a pattern without a word that every match contains",
            _ => "looks for a text that is not written in the condition",
        },
        Node::In(..) => "looks for a value that is not written in the condition",
        Node::Quantified { .. } => "is a list test of more than one comparison of the element with texts",
        Node::If(_) => "is a choice between two conditions",
        _ => "is worked out from the facts",
    }
}

fn shortened(part: &Node, catalogue: &[Fact]) -> String {
    const CHARS_MAX: usize = 60;
    let text = Written(part, catalogue).to_string();
    match text.char_indices().nth(CHARS_MAX) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::cel::Condition;
    use crate::screen::facts::CATALOGUE;

    #[test]
    fn the_parts_that_cannot_be_looked_up_are_named_with_the_reason() {
        let cases = [
            ("!('PER' in handling)", "denies"),
            ("origin != 'BOG'", "denies"),
            ("screened_at > departure", "two facts"),
            ("customs_value / weight_kg < 2.0", "calculates"),
            ("goods.matches('^[A-Z]+$')", "pattern"),
            ("goods.contains(origin)", "not written"),
            ("routing.exists_one(r, r == 'AMS')", "list test"),
            ("origin == 'BOG' || origin == destination", "a side"),
            ("has(billing) ? billing == 'CSH' : pieces > 3", "a choice"),
        ];
        for (text, reason) in cases {
            let condition = Condition::compile(text, CATALOGUE).unwrap();
            let index = super::super::Index::new([&condition], CATALOGUE);
            assert_eq!(index.always(), [0], "{text}");
            let why = why_always(condition.root(), CATALOGUE);
            assert!(why.len() == 1 && why[0].contains(reason), "{text}: {why:?}");
        }
    }
}

//! The same profiles in other engines. Each is given what it needs in its own form before time is taken: ours alone reads its
//! facts while the clock runs.

use a_tree::{ATree, AttributeDefinition, Event};
use cel::{Context, Program, Value};

use crate::made::{Given, Profile, Test, word, written};

pub struct Tree(ATree<u32>);

impl Tree {
    pub fn new(profiles: &[Profile]) -> Self {
        let mut tree = ATree::new(&[
            AttributeDefinition::string("origin"),
            AttributeDefinition::string("destination"),
            AttributeDefinition::string("shipper_country"),
            AttributeDefinition::string("billing"),
            AttributeDefinition::string_list("hs_chapters"),
            AttributeDefinition::string_list("handling"),
            AttributeDefinition::integer_list("words"),
            AttributeDefinition::integer("pieces"),
            AttributeDefinition::integer("account_age_days"),
            AttributeDefinition::float("weight_kg"),
        ])
        .expect("attributes");
        for (number, profile) in (0..).zip(profiles) {
            let text = written(profile, Test::a_tree, " and ", " or ");
            tree.insert(&number, &text).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
        Self(tree)
    }

    pub fn event(&self, given: &Given) -> Event {
        let mut event = self.0.make_event();
        let chapters: Vec<_> = given.chapters.iter().map(String::as_str).collect();
        let words: Vec<_> = given.words.iter().map(|number| *number as i64).collect();
        event.with_string("origin", &given.origin).expect("known");
        event.with_string("destination", &given.destination).expect("known");
        event.with_string("shipper_country", given.shipper_country).expect("known");
        event.with_string_list("hs_chapters", &chapters).expect("known");
        event.with_string_list("handling", &given.handling).expect("known");
        event.with_integer_list("words", &words).expect("known");
        event.with_integer("pieces", given.pieces).expect("known");
        event.with_float("weight_kg", given.weight_kg, 0).expect("known");
        if let Some(billing) = given.billing {
            event.with_string("billing", billing).expect("known");
        }
        if let Some(days) = given.account_age_days {
            event.with_integer("account_age_days", days).expect("known");
        }
        event.build().expect("complete")
    }

    pub fn matches(&self, event: &Event) -> Vec<u32> {
        let mut found: Vec<u32> = self.0.search(event).expect("a report").matches().iter().map(|number| **number).collect();
        found.sort_unstable();
        found
    }
}

pub struct Programs(Vec<Program>);

impl Programs {
    pub fn new(profiles: &[Profile]) -> Self {
        let compile = |profile| {
            let text = written(profile, Test::cel, " && ", " || ");
            Program::compile(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
        };
        Self(profiles.iter().map(compile).collect())
    }

    pub fn context(given: &Given) -> Context<'static, 'static> {
        let mut context = Context::default();
        let mut add = |name: &str, value: Value| context.add_variable_from_value(name, value);
        add("origin", given.origin.as_str().into());
        add("destination", given.destination.as_str().into());
        add("shipper_country", given.shipper_country.into());
        add("hs_chapters", given.chapters.clone().into());
        add("handling", given.handling.iter().map(ToString::to_string).collect::<Vec<_>>().into());
        add("goods", given.goods().into());
        add("pieces", given.pieces.into());
        add("weight_kg", (given.weight_kg as f64).into());
        if let Some(billing) = given.billing {
            add("billing", billing.into());
        }
        if let Some(days) = given.account_age_days {
            add("account_age_days", days.into());
        }
        context
    }

    pub fn matches(&self, context: &Context<'_, '_>) -> Vec<u32> {
        let holds = |program: &Program| program.execute(context) == Ok(Value::Bool(true));
        (0..).zip(&self.0).filter(|(_, program)| holds(program)).map(|(number, _)| number).collect()
    }
}

/// What a programmer would write by hand: texts as numbers, the origins of all profiles side by side, and of those that the
/// consignment has, each test until one is false.
pub struct Loop {
    texts: Vec<String>,
    /// By profile: every profile names one.
    origins: Vec<u32>,
    rest: Vec<Vec<Vec<Compiled>>>,
}

enum Compiled {
    Text(usize, Vec<u32>),
    List(usize, Vec<u32>),
    ListWithout(usize, u32),
    Below(usize, i64),
    Above(usize, i64),
}

/// A consignment in the loop's form; a missing number or text is none.
pub struct Numbers {
    texts: [Option<u32>; 4],
    lists: [Vec<u32>; 3],
    numbers: [Option<i64>; 3],
}

const TEXTS: [&str; 4] = ["origin", "destination", "shipper_country", "billing"];
const LISTS: [&str; 3] = ["hs_chapters", "handling", "words"];
const NUMBERS: [&str; 3] = ["pieces", "weight_kg", "account_age_days"];

impl Loop {
    pub fn new(profiles: &[Profile]) -> Self {
        let mut this = Self { texts: Vec::new(), origins: Vec::new(), rest: Vec::new() };
        for profile in profiles {
            let [first, rest @ ..] = profile.as_slice() else { panic!("an empty profile") };
            let [Test::Text("origin", values)] = first.as_slice() else { panic!("no origin") };
            let origin = this.number(&values[0]);
            this.origins.push(origin);
            let compiled = rest.iter().map(|any| any.iter().map(|test| this.compile(test)).collect()).collect();
            this.rest.push(compiled);
        }
        this
    }

    fn number(&mut self, text: &str) -> u32 {
        let position = self.texts.iter().position(|known| known == text).unwrap_or_else(|| {
            self.texts.push(text.to_owned());
            self.texts.len() - 1
        });
        position as u32
    }

    fn compile(&mut self, test: &Test) -> Compiled {
        let place = |names: &[&str], name: &str| names.iter().position(|known| *known == name).expect("a known fact");
        match test {
            Test::Text(fact, values) => {
                Compiled::Text(place(&TEXTS, fact), values.iter().map(|value| self.number(value)).collect())
            }
            Test::List(fact, values) => {
                Compiled::List(place(&LISTS, fact), values.iter().map(|value| self.number(value)).collect())
            }
            Test::ListWithout(fact, value) => Compiled::ListWithout(place(&LISTS, fact), self.number(value)),
            Test::Goods(number) => Compiled::List(2, vec![self.number(&word(*number))]),
            Test::Below(fact, number) => Compiled::Below(place(&NUMBERS, fact), *number),
            Test::Above(fact, number) => Compiled::Above(place(&NUMBERS, fact), *number),
        }
    }

    pub fn numbers(&self, given: &Given) -> Numbers {
        let number = |text: &str| self.texts.iter().position(|known| known == text).map_or(u32::MAX, |position| position as u32);
        Numbers {
            texts: [
                Some(number(&given.origin)),
                Some(number(&given.destination)),
                Some(number(given.shipper_country)),
                given.billing.map(number),
            ],
            lists: [
                given.chapters.iter().map(|text| number(text)).collect(),
                given.handling.iter().map(|text| number(text)).collect(),
                given.words.iter().map(|word| number(&crate::made::word(*word))).collect(),
            ],
            numbers: [Some(given.pieces), Some(given.weight_kg), given.account_age_days],
        }
    }

    pub fn matches(&self, row: &Numbers, found: &mut Vec<u32>) {
        found.clear();
        let origin = row.texts[0].unwrap_or(u32::MAX);
        for ((number, own), rest) in (0..).zip(&self.origins).zip(&self.rest) {
            if *own == origin && rest.iter().all(|any| any.iter().any(|test| test.holds(row))) {
                found.push(number);
            }
        }
    }
}

impl Compiled {
    fn holds(&self, row: &Numbers) -> bool {
        match self {
            Compiled::Text(fact, values) => row.texts[*fact].is_some_and(|text| values.contains(&text)),
            Compiled::List(fact, values) => row.lists[*fact].iter().any(|text| values.contains(text)),
            Compiled::ListWithout(fact, value) => !row.lists[*fact].contains(value),
            Compiled::Below(fact, number) => row.numbers[*fact].is_some_and(|value| value < *number),
            Compiled::Above(fact, number) => row.numbers[*fact].is_some_and(|value| value > *number),
        }
    }
}

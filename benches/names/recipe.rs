//! A million synthetic names: the words of the person and company names of two real lists (UN, OFAC; `../shared/data/watchlists`) are
//! put into two bags, each word as often as it occurs. A synthetic name has as many words as a real one drawn at random, each drawn
//! from the bag. Seeded.

use loadgate::lists::{Format, List};
use loadgate::names::Schema;

pub const PEOPLE: usize = 700_000;
pub const COMPANIES: usize = 300_000;

/// Of people, and of companies; `None` where the lists are not there.
pub fn bags() -> Option<[Bag; 2]> {
    let lists = lists()?;
    Some([Schema::Person, Schema::Company].map(|schema| Bag::of(&lists, schema)))
}

fn lists() -> Option<Vec<List>> {
    let read = |name: &str| std::fs::read(format!("../shared/data/watchlists/{name}")).ok();
    let un = Format::UnXml.read(&read("UN_consolidated.xml")?, &[]);
    let ofac = Format::OfacCsv.read(&read("sdn_2019.csv")?, &[read("alt_2019.csv")?]);
    Some(vec![un, ofac])
}

/// The words of real names.
pub struct Bag {
    words: Vec<String>,
    lengths: Vec<usize>,
}

impl Bag {
    fn of(lists: &[List], schema: Schema) -> Self {
        let entries = lists.iter().flat_map(|list| &list.entries).filter(|entry| entry.schema == Some(schema));
        let names: Vec<Vec<String>> = entries
            .flat_map(|entry| &entry.names)
            .map(|name| name.text.replace(',', " ").split_whitespace().map(str::to_owned).collect())
            .collect();
        Self { lengths: names.iter().map(Vec::len).collect(), words: names.into_iter().flatten().collect() }
    }

    pub fn name(&self, chance: &mut Chance) -> String {
        let length = self.lengths[chance.below(self.lengths.len())];
        (0..length).map(|_| self.words[chance.below(self.words.len())].as_str()).collect::<Vec<_>>().join(" ")
    }

    pub fn names(&self, count: usize, chance: &mut Chance) -> Vec<String> {
        (0..count).map(|_| self.name(chance)).collect()
    }
}

/// SplitMix64: the same numbers in every run.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((value ^ (value >> 31)) % bound.max(1) as u64) as usize
    }
}

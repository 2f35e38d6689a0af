//! Profiles and consignments, made from a seed: what each engine is given in its own language.

use loadgate::model::{Consignment, Timestamp};
use loadgate::screen::facts::{Facts, FactsBuffer};

pub const RECEIVED: Timestamp = Timestamp::from_millis(1_767_225_600_000);
pub const HUB: &str = "FRA";
/// Of the profiles and of the traffic, when skewed.
const HUB_PERCENT: u64 = 60;

const AIRPORTS: usize = 400;
const WORDS: usize = 600;
const HANDLING: [&str; 12] = ["PER", "PEF", "PES", "AVI", "ICE", "EAT", "VAL", "VUN", "CAO", "HEA", "COL", "SPX"];
const BILLING: [&str; 7] = ["EFT", "MBL", "CC", "CSH", "CHQ", "CTO", "BILL"];
const COUNTRIES: [&str; 20] =
    ["CO", "EC", "PE", "BO", "BR", "NG", "GH", "KE", "CN", "HK", "TH", "VN", "IN", "PK", "AE", "TR", "US", "MX", "ZA", "RU"];

/// One test about one fact.
#[derive(Debug, Clone)]
pub enum Test {
    /// The text is one of these.
    Text(&'static str, Vec<String>),
    /// The list has one of these.
    List(&'static str, Vec<String>),
    /// The list has none of these.
    ListWithout(&'static str, String),
    /// The goods text contains the word with this number.
    Goods(usize),
    Below(&'static str, i64),
    Above(&'static str, i64),
}

/// All of these hold, of each one at least.
pub type Profile = Vec<Vec<Test>>;

/// What a consignment says, by fact.
#[derive(Debug, Clone)]
pub struct Given {
    pub origin: String,
    pub destination: String,
    pub shipper_country: &'static str,
    pub chapters: Vec<String>,
    pub handling: Vec<&'static str>,
    /// Numbers of its words, by which a list of words is known to be contained.
    pub words: Vec<usize>,
    pub pieces: i64,
    pub weight_kg: i64,
    pub billing: Option<&'static str>,
    pub account_age_days: Option<i64>,
}

/// A small linear generator: the same seed, the same figures.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }
}

pub fn word(number: usize) -> String {
    let letter = |position: u32| char::from(b'A' + (number / 26usize.pow(position) % 26) as u8);
    format!("Q{}{}{}X", letter(0), letter(1), letter(2))
}

fn airport(chance: &mut Chance) -> String {
    let number = chance.below(AIRPORTS as u64) as usize;
    let letter = |position: u32| char::from(b'A' + (number / 26usize.pow(position) % 26) as u8);
    format!("Z{}{}", letter(0), letter(1))
}

fn origin(chance: &mut Chance, skewed: bool) -> String {
    if skewed && chance.percent(HUB_PERCENT) { HUB.to_owned() } else { airport(chance) }
}

fn chapter(chance: &mut Chance) -> String {
    format!("{:02}", 1 + chance.below(97))
}

pub fn profile(chance: &mut Chance, skewed: bool) -> Profile {
    let text = |fact, value| vec![Test::Text(fact, vec![value])];
    let goods = |chance: &mut Chance| Test::Goods(chance.below(WORDS as u64) as usize);
    let mut profile = vec![text("origin", origin(chance, skewed))];
    match chance.below(6) {
        0 => {
            profile.push(text("destination", airport(chance)));
            profile.push(vec![Test::Above("weight_kg", 50 + chance.below(900) as i64)]);
        }
        1 => {
            profile.push(vec![Test::List("hs_chapters", (0..3).map(|_| chapter(chance)).collect())]);
            profile.push(vec![Test::Below("pieces", 2 + chance.below(10) as i64), Test::Above("weight_kg", 800)]);
            profile.push(vec![Test::Text("shipper_country", vec![chance.one(&COUNTRIES).to_owned()])]);
        }
        2 => {
            profile.push(vec![goods(chance)]);
            profile.push(text("destination", airport(chance)));
            profile.push(vec![Test::Below("account_age_days", 10 + chance.below(300) as i64)]);
        }
        3 => {
            profile.push(vec![goods(chance), goods(chance), goods(chance)]);
            profile.push(vec![Test::List("handling", vec![chance.one(&HANDLING).to_owned()])]);
            profile.push(vec![Test::ListWithout("handling", "ICE".to_owned())]);
        }
        4 => {
            let countries = (0..3).map(|_| chance.one(&COUNTRIES).to_owned()).collect();
            profile.push(vec![Test::Text("shipper_country", countries)]);
            profile.push(vec![goods(chance), Test::List("hs_chapters", vec![chapter(chance)])]);
            profile.push(vec![Test::Text("billing", vec![chance.one(&BILLING).to_owned()])]);
        }
        _ => {
            profile.push(vec![Test::Text("billing", vec![chance.one(&BILLING).to_owned()])]);
            profile.push(text("destination", airport(chance)));
            let low = chance.below(500) as i64;
            profile.push(vec![Test::Above("weight_kg", low)]);
            profile.push(vec![Test::Below("weight_kg", low + 100)]);
        }
    }
    profile
}

pub fn given(chance: &mut Chance, skewed: bool) -> Given {
    let mut words: Vec<usize> = (0..3 + chance.below(4)).map(|_| chance.below(WORDS as u64) as usize).collect();
    words.sort_unstable();
    words.dedup();
    Given {
        origin: origin(chance, skewed),
        destination: airport(chance),
        shipper_country: chance.one(&COUNTRIES),
        chapters: (0..1 + chance.below(2)).map(|_| chapter(chance)).collect(),
        handling: (0..chance.below(4)).map(|_| chance.one(&HANDLING)).collect(),
        words,
        pieces: 1 + chance.below(40) as i64,
        weight_kg: 1 + chance.below(1_500) as i64,
        billing: chance.percent(40).then(|| chance.one(&BILLING)),
        account_age_days: chance.percent(40).then(|| chance.below(1_000) as i64),
    }
}

impl Test {
    pub fn cel(&self) -> String {
        match self {
            Test::Text(fact, values) => match values.as_slice() {
                [only] => format!("{fact} == {only:?}"),
                _ => format!("{fact} in {values:?}"),
            },
            Test::List(fact, values) => match values.as_slice() {
                [only] => format!("{only:?} in {fact}"),
                _ => format!("{fact}.exists(x, x in {values:?})"),
            },
            Test::ListWithout(fact, value) => format!("!({value:?} in {fact})"),
            Test::Goods(number) => format!("goods.contains({:?})", word(*number)),
            Test::Below(fact, number) => format!("{fact} < {}", self::number(fact, *number)),
            Test::Above(fact, number) => format!("{fact} > {}", self::number(fact, *number)),
        }
    }

    pub fn a_tree(&self) -> String {
        match self {
            Test::Text(fact, values) => match values.as_slice() {
                [only] => format!("{fact} = {only:?}"),
                _ => format!("{fact} in {values:?}"),
            },
            Test::List(fact, values) => format!("{fact} one of {values:?}"),
            Test::ListWithout(fact, value) => format!("{fact} none of [{value:?}]"),
            Test::Goods(number) => format!("words one of [{number}]"),
            Test::Below(fact, number) => format!("{fact} < {}", self::number(fact, *number)),
            Test::Above(fact, number) => format!("{fact} > {}", self::number(fact, *number)),
        }
    }
}

/// Weights are doubles.
fn number(fact: &str, number: i64) -> String {
    if fact == "weight_kg" { format!("{number}.0") } else { number.to_string() }
}

/// The profile in one of the languages.
pub fn written(profile: &Profile, test: fn(&Test) -> String, and: &str, or: &str) -> String {
    let any = |tests: &Vec<Test>| format!("({})", tests.iter().map(test).collect::<Vec<_>>().join(or));
    profile.iter().map(any).collect::<Vec<_>>().join(and)
}

impl Given {
    pub fn goods(&self) -> String {
        self.words.iter().map(|number| word(*number)).collect::<Vec<_>>().join(" ")
    }

    /// The row of facts that the service would make; lives as long as the benchmark.
    pub fn facts(&self) -> Facts<'static> {
        let hs_codes: Vec<_> = self.chapters.iter().map(|chapter| format!("{chapter}0100")).collect();
        let account = serde_json::json!({
            "billing": self.billing,
            "established": self.account_age_days.map(|days| Timestamp::from_millis(RECEIVED.millis() - days * 86_400_000)),
        });
        let json = serde_json::json!({
            "origin": self.origin, "destination": self.destination, "handling": self.handling,
            "shipper": { "name": "ACME", "country": self.shipper_country },
            "quantity": { "pieces": self.pieces, "weight_g": self.weight_kg * 1_000 },
            "goods": [{ "description": self.goods(), "hs_codes": hs_codes }],
            "account": account,
        });
        let json: &'static str = Box::leak(json.to_string().into_boxed_str());
        let consignment: Consignment<'static> = serde_json::from_str(json).expect("a consignment");
        Facts::new(Box::leak(Box::new(consignment)), RECEIVED, Box::leak(Box::<FactsBuffer>::default()))
    }
}

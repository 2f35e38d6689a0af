//! Profiles made of what the synthetic terminals send: airports, countries, words and weights that do occur, put together at random.

use loadgate::bundle::{Bundle, File, files_of};
use loadgate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use loadgate::demo;

/// Messages looked at for what profiles may name.
const MESSAGES: usize = 2_000;

/// What occurs, as often as it does.
#[derive(Default)]
struct Seen {
    airports: Vec<String>,
    countries: Vec<String>,
    words: Vec<String>,
    weights_kg: Vec<u64>,
}

/// The starter bundle with so many profiles more.
pub fn bundle(profiles: usize) -> Bundle {
    let starter = concat!(env!("CARGO_MANIFEST_DIR"), "/config/bundle");
    let mut files = files_of(starter.as_ref()).unwrap_or_else(|faults| panic!("{}", faults[0]));
    let (seen, mut chance) = (seen(), 7_u64);
    files.extend((0..profiles).map(|number| File {
        path: format!("profiles/made/p{number:05}.toml"),
        text: format!(
            "id = 'p{number:05}'\ntitle = 't'\nowner = 'o'\nthreat = 'x'\ndomain = 'customs'\nweight = 5\nsource = 's'\n\
             condition = '''{}'''\nreason = '{{origin}} to {{destination}}'\n",
            condition(&seen, number, &mut chance)
        ),
    }));
    Bundle::from_files(files).unwrap_or_else(|faults| panic!("{}", faults[0]))
}

fn condition(seen: &Seen, number: usize, chance: &mut u64) -> String {
    let mut below = |limit: usize| {
        *chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*chance >> 33) as usize % limit
    };
    let Seen { airports, countries, words, weights_kg } = seen;
    let kg = weights_kg[below(weights_kg.len())];
    let mut one = |of: &[String]| of[below(of.len())].clone();
    let (from, to, word, country) = (one(airports), one(airports), one(words), one(countries));
    match number % 4 {
        0 => format!("origin == '{from}' && destination == '{to}' && weight_kg > {kg}.0"),
        1 => format!("origin == '{from}' && goods.contains('{word}') && weight_kg < {kg}.0"),
        2 => format!("shipper_country == '{country}' && goods.contains('{word}') && destination in ['{from}', '{to}']"),
        _ => format!(
            "goods.contains('{word}') && origin == '{from}' && consignee_country == '{country}' && pieces < {}",
            1 + kg % 40
        ),
    }
}

fn seen() -> Seen {
    let mut decoder = Decoder::new(DecoderConfig::default()).expect("the default configuration is valid");
    let mut seen = Seen::default();
    for sent in demo::stream(1).take(MESSAGES) {
        let mut decoded = Vec::new();
        let context = Context { received: sent.at, limits: Limits::default() };
        decoder.decode(Format::Auto, &sent.payload, &context, &mut decoded);
        for bill in decoded.iter().flatten().flat_map(|message| message.consignments()) {
            seen.airports.extend([bill.origin, bill.destination].iter().flatten().map(|code| String::from(&**code)));
            let parties = [&bill.shipper, &bill.consignee].into_iter().flatten();
            seen.countries.extend(parties.filter_map(|party| Some(String::from(&*party.country?))));
            let words = bill.goods.iter().flat_map(|line| line.description.split(|letter: char| !letter.is_ascii_uppercase()));
            seen.words.extend(words.filter(|word| word.len() > 3).map(str::to_owned));
            seen.weights_kg.extend(bill.quantity.weight_g.map(|grams| grams / 1_000));
        }
    }
    seen
}

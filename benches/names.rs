//! What matching names costs against a million of them. Prints `name value unit`.
//!
//! The names are made by the recipe of `names/recipe.rs`. Half of the queries are such names mangled (a slip, a swapped pair, a lost or
//! doubled letter, another order, an initial, words run together), half are new names of the same recipe; each is searched among the
//! people and among the companies, as a party in the stream is, after ten times as many others.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark stops at what is not as expected")]

#[path = "names/recipe.rs"]
mod recipe;

use std::time::{Duration, Instant};

use loadgate::allocator::Allocator;
use loadgate::names::{Found, Index, KeyBuffer, Name, Schema, Scorer, Search, party_key};

use recipe::{Bag, COMPANIES, Chance, PEOPLE};

/// As in the program.
#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

const QUERIES: usize = 1_000;
/// How many times as many were asked before.
const OTHERS: usize = 10;
/// The best hits of a query that the index must find.
const BEST: usize = 10;
const THRESHOLD: f32 = 0.7;

fn main() {
    let Some(bags) = recipe::bags() else { return println!("names_skipped 1 no_lists_in_../shared/data/watchlists") };
    let scale = std::env::var("NAMES_SCALE").ok().and_then(|scale| scale.parse().ok()).unwrap_or(1.0_f64);
    let count = |full: usize| (full as f64 * scale) as usize;
    let mut chance = Chance(7);
    let names = [bags[0].names(count(PEOPLE), &mut chance), bags[1].names(count(COMPANIES), &mut chance)];
    let queries = queries(&bags, &names, &mut chance);

    let start = Instant::now();
    let indexes = [build(Schema::Person, &names[0]), build(Schema::Company, &names[1])];
    println!("names_build {:.2} s", start.elapsed().as_secs_f64());
    let held: usize = indexes.iter().map(Index::bytes).sum();
    println!("names_memory {:.0} bytes/name", held as f64 / (names[0].len() + names[1].len()) as f64);

    let mut search = Search::default();
    // As in the stream, where words of other parties were asked for before.
    for _ in 0..OTHERS {
        let others = self::queries(&bags, &names, &mut chance);
        timed(&others, |query| find(&indexes, query, &mut search).len());
    }
    let mut times = timed(&queries, |query| find(&indexes, query, &mut search).len());
    times.sort();
    let index_mean = times.iter().sum::<Duration>() / times.len() as u32;
    println!("names_search_p50 {:.1} us", micros(times[times.len() / 2]));
    println!("names_search_p99 {:.1} us", micros(times[times.len() * 99 / 100]));
    println!("names_search_mean {:.1} us", micros(index_mean));

    if std::env::var_os("NAMES_SEARCH_ONLY").is_some() {
        return;
    }
    let (mut wanted, mut met, mut brute) = (0, 0, Duration::ZERO);
    for query in &queries {
        let found = find(&indexes, query, &mut search);
        let start = Instant::now();
        let all = find_all(&indexes, query, &mut search);
        brute += start.elapsed();
        let (hits, hit) = recalled(&all, &found);
        if hit < hits && std::env::var_os("NAMES_SHOW").is_some() {
            eprintln!(
                "{query}: {all:?} {found:?} {:?}",
                all.iter()
                    .take(3)
                    .map(|(schema, found)| &names[usize::from(*schema == Schema::Company)][found.owner as usize])
                    .collect::<Vec<_>>()
            );
        }
        wanted += hits;
        met += hit;
    }
    println!("names_recall {:.4} of_the_best_{BEST}_hits", met as f64 / wanted as f64);
    println!("names_hits {wanted} hits");
    let (brute, plain) = (brute.as_secs_f64() / queries.len() as f64, plain(&names, &queries));
    println!("names_brute_force {:.1} ms/query_that_compares_each_word_once", brute * 1e3);
    println!("names_index_gain {:.0} times", brute / index_mean.as_secs_f64());
    println!("names_plain_brute_force {:.1} ms/query_scoring_name_by_name", plain * 1e3);
    println!("names_index_gain_over_plain {:.0} times", plain / index_mean.as_secs_f64());
    println!("names_score_pair {:.0} ns", plain * 1e9 / (names[0].len() + names[1].len()) as f64);

    let start = Instant::now();
    let added = names[0].iter().take(1_000).cloned().zip(10_000_000..);
    let updated = indexes[0].updated(added, 0..1_000);
    println!("names_update_1000 {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    assert!(updated.len() > indexes[0].len());
    println!("party_key {:.0} ns", key(&names[1]));
}

fn queries(bags: &[Bag; 2], names: &[Vec<String>; 2], chance: &mut Chance) -> Vec<String> {
    let query = |number: usize| {
        let kind = usize::from(chance.below(10) >= 7);
        if number.is_multiple_of(2) {
            mangled(&names[kind][chance.below(names[kind].len())], chance)
        } else {
            bags[kind].name(chance)
        }
    };
    (0..QUERIES).map(query).collect()
}

fn mangled(name: &str, chance: &mut Chance) -> String {
    let mut words: Vec<String> = name.split_whitespace().map(str::to_owned).collect();
    for _ in 0..=chance.below(2) {
        let (at, count) = (chance.below(words.len()), words.len());
        let mut letters: Vec<char> = words[at].chars().collect();
        let place = chance.below(letters.len());
        match chance.below(7) {
            0 => letters[place] = char::from(b'A' + chance.below(26) as u8),
            1 if place > 0 => letters.swap(place - 1, place),
            2 if letters.len() > 4 => drop(letters.remove(place)),
            3 => letters.insert(place, letters[place]),
            4 if count > 1 => {
                words.rotate_left(1);
                continue;
            }
            5 if count > 2 => letters.truncate(1),
            6 if count > 1 && at + 1 < count => {
                let next = words.remove(at + 1);
                words[at].push_str(&next);
                continue;
            }
            _ => continue,
        }
        words[at] = letters.into_iter().collect();
    }
    words.join(" ")
}

fn build(schema: Schema, names: &[String]) -> Index {
    Index::build(schema, names.iter().cloned().zip(0..))
}

type Hits = Vec<(Schema, Found)>;

fn find(indexes: &[Index; 2], query: &str, search: &mut Search) -> Hits {
    hits(indexes, query, |index, name, found| index.search(name, THRESHOLD, search, found))
}

fn find_all(indexes: &[Index; 2], query: &str, search: &mut Search) -> Hits {
    hits(indexes, query, |index, name, found| index.search_all(name, THRESHOLD, search, found))
}

fn hits(indexes: &[Index; 2], query: &str, mut find: impl FnMut(&Index, &Name, &mut Vec<Found>)) -> Hits {
    let mut hits = Vec::new();
    for index in indexes {
        let mut found = Vec::new();
        find(index, &Name::parse(query, index.schema()), &mut found);
        found.truncate(BEST);
        hits.extend(found.into_iter().map(|found| (index.schema(), found)));
    }
    hits
}

/// How many hits there are, and for how many the index found that one or another of the same score.
fn recalled(all: &Hits, found: &Hits) -> (usize, usize) {
    let scores =
        |hits: &Hits, schema| hits.iter().filter(|(of, _)| *of == schema).map(|(_, found)| found.score).collect::<Vec<_>>();
    [Schema::Person, Schema::Company].into_iter().fold((0, 0), |(wanted, met), schema| {
        let (all, found) = (scores(all, schema), scores(found, schema));
        let mut left = found;
        let hit = all.iter().filter(|score| left.iter().position(|known| known == *score).map(|at| left.remove(at)).is_some());
        (wanted + all.len(), met + hit.count())
    })
}

fn timed(queries: &[String], mut run: impl FnMut(&str) -> usize) -> Vec<Duration> {
    let time = |query: &String| {
        let start = Instant::now();
        std::hint::black_box(run(query));
        start.elapsed()
    };
    queries.iter().map(time).collect()
}

/// Seconds that scoring one name after the other takes for a query, reckoned from every 50th name and query.
fn plain(names: &[Vec<String>; 2], queries: &[String]) -> f64 {
    const SHARE: usize = 50;
    let mut scorer = Scorer::default();
    let queries: Vec<_> = queries.iter().step_by(SHARE).collect();
    let mut seconds = 0.0;
    for (schema, names) in [Schema::Person, Schema::Company].into_iter().zip(names) {
        let names: Vec<_> = names.iter().step_by(SHARE).map(|name| Name::parse(name, schema)).collect();
        let start = Instant::now();
        for query in &queries {
            let query = Name::parse(query, schema);
            for name in &names {
                std::hint::black_box(scorer.score(&query, name));
            }
        }
        seconds += start.elapsed().as_secs_f64();
    }
    seconds * SHARE as f64 / queries.len() as f64
}

fn key(names: &[String]) -> f64 {
    let mut buffer = KeyBuffer::default();
    let names = &names[..names.len().min(10_000)];
    let start = Instant::now();
    for name in names {
        std::hint::black_box(party_key(name, Some("AE"), &mut buffer));
    }
    start.elapsed().as_nanos() as f64 / names.len() as f64
}

fn micros(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1e3
}

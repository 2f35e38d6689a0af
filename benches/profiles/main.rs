//! Matching consignments against 100, 1,000 and 10,000 profiles: ours beside the `a-tree` crate, the `cel` crate and a hand-written
//! loop, on the same profiles and consignments with the same hits, in one run. Prints `name value unit`.
//!
//! Uniform traffic, and traffic of which 60 % leaves one hub airport that 60 % of the profiles name. The peers are given their
//! events, contexts and numbers ready made. Before that, a back-test of one candidate profile and of a hundred, with memory and without.
//! `cargo bench --bench profiles -- ours` leaves the peers out.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a benchmark stops at what is not as expected")]

mod made;
mod peers;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use loadgate::allocator::{self, Allocator};
use loadgate::backtest::{Backtest, Outcomes};
use loadgate::bundle::{Bundle, File};
use loadgate::decode::{Decoder, DecoderConfig, Format, Limits};
use loadgate::demo;
use loadgate::memory::Horizons;
use loadgate::replay::{self, Replay};
use loadgate::screen::facts::Facts;
use loadgate::screen::index::Scratch;
use loadgate::screen::profile::Profiles;

use made::{Chance, Given, Profile, Test, written};
use peers::{Loop, Programs, Tree};

/// As in the program.
#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

const SIZES: [usize; 3] = [100, 1_000, 10_000];
const CONSIGNMENTS: usize = 2_000;
/// Of these, as many as the slower engine is asked for.
const CONSIGNMENTS_CEL: usize = 10;
/// Of the synthetic terminals, for the back-test.
const MESSAGES: usize = 10_000;
const ROUNDS: usize = 7;

fn main() {
    allocator::keep_what_is_freed();
    backtests();
    for (traffic, skewed) in [("uniform", false), ("skewed", true)] {
        let mut chance = Chance::new(if skewed { 2 } else { 1 });
        let profiles: Vec<Profile> = (0..SIZES[2]).map(|_| made::profile(&mut chance, skewed)).collect();
        let given: Vec<Given> = (0..CONSIGNMENTS).map(|_| made::given(&mut chance, skewed)).collect();
        let rows: Vec<Facts<'static>> = given.iter().map(Given::facts).collect();
        let ours = SIZES.map(|size| compare(traffic, &profiles[..size], &given, &rows));
        println!("{traffic}_ours_10000_to_100 {:.2} ratio", ours[2] / ours[0]);
    }
}

/// One candidate profile and a hundred on history.
fn backtests() {
    let traffic: Vec<_> = demo::stream(1).take(MESSAGES).collect();
    let decoder = Decoder::new(DecoderConfig::default()).expect("the default configuration is valid");
    let bundles = [1, 100].map(|size| {
        let mut chance = Chance::new(3);
        let profiles: Vec<Profile> = (0..size).map(|_| made::profile(&mut chance, false)).collect();
        (size, Arc::new(load(&profiles)))
    });
    let measured = |name: &str, replay: &dyn Fn(Arc<Bundle>) -> Replay| {
        bundles.each_ref().map(|(size, bundle)| {
            let micros = backtest(&traffic, || replay(Arc::clone(bundle)));
            println!("{name}_{size} {micros:.3} us/message");
            micros
        })
    };
    let remembering = |bundle| Replay::new(decoder.clone(), bundle, Limits::default(), Horizons::default());
    let [one, hundred] = measured("backtest", &remembering);
    println!("backtest_100_to_1 {:.2} ratio", hundred / one);
    measured("backtest_stateless", &|bundle| Replay::stateless(decoder.clone(), bundle, Limits::default()));
}

/// Microseconds a message.
fn backtest(traffic: &[demo::Sent], replay: impl Fn() -> Replay) -> f64 {
    let outcomes = Outcomes::default();
    fastest(traffic.len(), ROUNDS, || {
        let mut run = Backtest::new(replay(), None, &outcomes).expect("these profiles ask for nothing of memory");
        for sent in traffic {
            run.record(replay::Given::new(Format::Auto, &sent.payload, sent.at), |_| {});
        }
        black_box(run.report());
    })
}

/// Microseconds a consignment of ours.
fn compare(traffic: &str, profiles: &[Profile], given: &[Given], rows: &[Facts<'static>]) -> f64 {
    let size = profiles.len();
    let start = Instant::now();
    let bundle = load(profiles);
    println!("{traffic}_load_{size} {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    let (hits, ours) = ours(&bundle.profiles, rows);
    let all: usize = hits.iter().map(Vec::len).sum();
    println!("{traffic}_hits_{size} {:.2} hits/consignment", all as f64 / rows.len() as f64);
    let report = |name: &str, micros: f64| println!("{traffic}_{name}_{size} {micros:.3} us/consignment");
    report("ours", ours);
    println!("{traffic}_evaluated_{size} {:.1} profiles/consignment", evaluated(&bundle.profiles, rows));
    if std::env::args().any(|argument| argument == "ours") {
        return ours;
    }
    let a_tree = a_tree(profiles, given, &hits);
    report("a_tree", a_tree);
    report("hand_written_loop", hand_written(profiles, given, &hits));
    report("cel", cel(profiles, &given[..CONSIGNMENTS_CEL], &hits));
    println!("{traffic}_ours_to_a_tree_{size} {:.3} ratio", ours / a_tree);
    ours
}

fn load(profiles: &[Profile]) -> Bundle {
    let file = |(number, profile): (usize, &Profile)| File {
        path: format!("profiles/p{number:05}.toml"),
        text: format!(
            "id = 'p{number:05}'\ntitle = 't'\nowner = 'o'\nthreat = 'x'\ndomain = 'customs'\nweight = 10\nsource = 's'\n\
             condition = '''{}'''\nreason = '{{origin}} to {{destination}}'\n",
            written(profile, Test::cel, " && ", " || ")
        ),
    };
    let bundle = Bundle::from_files(profiles.iter().enumerate().map(file).collect());
    bundle.unwrap_or_else(|faults| panic!("{}", faults[0]))
}

fn ours(profiles: &Profiles, rows: &[Facts<'static>]) -> (Vec<Vec<u32>>, f64) {
    let mut scratch = Scratch::default();
    let hits = rows.iter().map(|row| {
        profiles.evaluate(row, &mut scratch);
        scratch.matched().to_vec()
    });
    let hits = hits.collect();
    let micros = fastest(rows.len(), ROUNDS, || {
        for row in rows {
            profiles.evaluate(row, &mut scratch);
            black_box(scratch.matched());
        }
    });
    (hits, micros)
}

/// Profiles that the index does not rule out.
fn evaluated(profiles: &Profiles, rows: &[Facts<'static>]) -> f64 {
    let (mut scratch, mut count) = (Scratch::default(), 0);
    rows.iter().for_each(|row| profiles.index().candidates(row, &mut scratch, |_| count += 1));
    f64::from(count) / rows.len() as f64
}

fn a_tree(profiles: &[Profile], given: &[Given], hits: &[Vec<u32>]) -> f64 {
    let tree = Tree::new(profiles);
    let events: Vec<_> = given.iter().map(|given| tree.event(given)).collect();
    assert!(events.iter().zip(hits).all(|(event, hits)| tree.matches(event) == *hits), "the same hits");
    fastest(events.len(), ROUNDS, || {
        for event in &events {
            black_box(tree.matches(event));
        }
    })
}

fn hand_written(profiles: &[Profile], given: &[Given], hits: &[Vec<u32>]) -> f64 {
    let by_hand = Loop::new(profiles);
    let rows: Vec<_> = given.iter().map(|given| by_hand.numbers(given)).collect();
    let mut found = Vec::new();
    for (row, hits) in rows.iter().zip(hits) {
        by_hand.matches(row, &mut found);
        assert_eq!(found, *hits, "the same hits");
    }
    fastest(rows.len(), ROUNDS, || {
        for row in &rows {
            by_hand.matches(row, &mut found);
            black_box(&found);
        }
    })
}

fn cel(profiles: &[Profile], given: &[Given], hits: &[Vec<u32>]) -> f64 {
    let programs = Programs::new(profiles);
    let contexts: Vec<_> = given.iter().map(Programs::context).collect();
    assert!(contexts.iter().zip(hits).all(|(context, hits)| programs.matches(context) == *hits), "the same hits");
    fastest(contexts.len(), 2, || {
        for context in &contexts {
            black_box(programs.matches(context));
        }
    })
}

/// Microseconds an item in the fastest round.
fn fastest(items: usize, rounds: usize, mut round: impl FnMut()) -> f64 {
    let timed = |round: &mut dyn FnMut()| {
        let start = Instant::now();
        round();
        start.elapsed()
    };
    let best: Duration = (0..rounds).map(|_| timed(&mut round)).min().unwrap_or_default();
    best.as_secs_f64() * 1e6 / items.max(1) as f64
}

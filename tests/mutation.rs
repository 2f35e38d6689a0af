//! Broken messages by the million: whatever the payload, every decoder answers and none panics.
//!
//! Fixtures of every format are mutated at random from a seed (`LOADGATE_MUTATION_SEED`); the number of payloads is
//! `LOADGATE_MUTATIONS`. `fuzz/` does the same with coverage to guide it, as long as one likes.

mod mutant;

use std::path::Path;
use std::thread;

use loadgate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use loadgate::model::Timestamp;

use crate::support::seed::Seed;
use mutant::{Mutant, avro};

const THREADS: u64 = 2;
const MUTATIONS: u64 = 2_000_000;

#[test]
fn every_decoder_answers_whatever_the_payload() {
    let mutations = std::env::var("LOADGATE_MUTATIONS").map_or(MUTATIONS, |text| text.parse().expect("a number"));
    let mut seed = Seed::from_env("LOADGATE_MUTATION_SEED", 20_260);
    let fixtures = fixtures();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let (seed, fixtures) = (Seed::new(seed.next()), &fixtures);
            scope.spawn(move || mutate(seed, fixtures, mutations / THREADS));
        }
    });
}

fn mutate(seed: Seed, fixtures: &[Vec<u8>], count: u64) {
    let mut decoder = Decoder::new(DecoderConfig::default()).expect("the built-in configuration is valid");
    let limits = Limits { payload_bytes: 64 << 10, elements: 2_000, depth: 32 };
    let context = Context { received: Timestamp::from_millis(1_900_000_000_000), limits };
    let mut mutant = Mutant::new(seed, fixtures);
    for _ in 0..count {
        let (format, payload) = mutant.next();
        let mut decoded = Vec::new();
        decoder.decode(format, payload, &context, &mut decoded);
        assert!(!decoded.is_empty(), "no answer to {format:?} \"{}\"", payload.escape_ascii());
        for rejected in decoded.iter().filter_map(|message| message.as_ref().err()) {
            let within = rejected.position <= payload.len();
            assert!(within, "{rejected} lies behind the end of {format:?} \"{}\"", payload.escape_ascii());
        }
    }
}

/// The message files of `tests/data/messages`, and the JSON ones in Avro too.
fn fixtures() -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/messages");
    let mut paths: Vec<_> = std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let files: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let binary: Vec<Vec<u8>> = files.iter().filter(|file| file.starts_with(b"{")).map(|file| avro(file)).collect();
    assert!(!binary.is_empty() && files.len() > binary.len(), "fixtures of every format");
    [files, binary].concat()
}

/// The formats that a fixture is tried as.
const FORMATS: [Format; 4] = [Format::Auto, Format::CargoImp, Format::Json, Format::Avro];

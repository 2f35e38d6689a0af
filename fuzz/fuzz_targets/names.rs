#![no_main]

use libfuzzer_sys::fuzz_target;
use loadgate::lists::Format;
use loadgate::names::{Index, KeyBuffer, Name, Schema, Scorer, Search, party_key, variants};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (one, other) = text.split_once('\n').unwrap_or((&text, "Arvid Solbakken"));
    let mut buffer = KeyBuffer::default();
    assert!(party_key(one, None, &mut buffer).len() < 2_048, "a key is bounded");
    let mut scorer = Scorer::default();
    for schema in [Schema::Person, Schema::Company] {
        for name in variants(one) {
            let (query, entry) = (Name::parse(name, schema), Name::parse(other, schema));
            let score = scorer.score(&query, &entry);
            assert!((0.0..=1.0).contains(&score), "{score}");
            let index = Index::build(schema, [(other.to_owned(), 0)]);
            let (mut search, mut found) = (Search::default(), Vec::new());
            index.search(&query, 0.7, &mut search, &mut found);
            assert!(found.iter().all(|found| found.score == score), "the index does not change a score");
        }
    }
    let format = Format::sniff(bytes);
    format.read(bytes, &[]);
});

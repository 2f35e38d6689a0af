//! The index against looking at every name.

use super::*;
use crate::names::token::{Name, Token};

const NAMES: &[&str] = &[
    "Arvid Solbakken",
    "Usman Karimov Danilevich",
    "Mohammad Ali Rahimi",
    "Muhammad Ali Zarkari",
    "Jean-Claude Perrault",
    "Katarina Lindqvist",
    "Abd al-Rahman Qureshi",
    "Friedrich Buchenau",
    "Maria del Carmen Ortuzar",
    "Yevgeny Patrukhin",
    "محمد الزركاري",
    "Ли Вэй",
    "AL Abu Muhammad Shoroku",
    "HAN AL-KAWARI",
    "HIKMETYAR LITVINOVA Hassan Hajji SAFIEDDINE",
];

/// How many of them are in Latin letters.
const LATIN: usize = 10;

fn index() -> Index {
    Index::build(Schema::Person, NAMES.iter().zip(0..).map(|(name, owner)| ((*name).to_owned(), owner)))
}

fn search(index: &Index, query: &str) -> Vec<u32> {
    let (mut search, mut found) = (Search::default(), Vec::new());
    let query = Name::parse(query, index.schema());
    index.search(&query, 0.7, &mut search, &mut found);
    let mut all = Vec::new();
    index.search_all(&query, 0.7, &mut search, &mut all);
    assert_eq!(found, all);
    found.iter().map(|found| found.owner).collect()
}

#[test]
fn a_mangled_name_finds_its_entry() {
    let index = index();
    for (query, owner) in [
        ("SOLBAKKEN ARVID", 0),
        ("Arvd Solbaken", 0),
        ("Usman Danilevich Karimov", 1),
        ("JC Perrault", 4),
        ("Jean Claude Perault", 4),
        ("Katarína Lindquist", 5),
        ("Abdurrahman Qureshi", 6),
        ("FriedrichBuchenau", 7),
        ("Carmen Ortuzar", 8),
        ("Evgeniy Patrukhin", 9),
        ("Mohamed al-Zarkari", 10),
        ("Mr. Li Wei", 11),
        ("Abu Muhammad Soroku AL", 12),
        ("al-Kawari al-Din", 13),
        ("HIKMETYAR LITVINOVAHassan Hajji SSAFIEDDINE", 14),
    ] {
        assert!(search(&index, query).contains(&owner), "{query}");
    }
    assert_eq!(search(&index, "Somebody Else"), Vec::<u32>::new());
}

#[test]
fn an_initial_leads_to_the_names_of_the_words_beside_it() {
    let names = ["Ould Garza Mohammad", "Garza Myong", "Garza Olena"];
    let index = Index::build(Schema::Person, names.iter().zip(0..).map(|(name, owner)| ((*name).to_owned(), owner)));
    assert_eq!(search(&index, "Ould Garza M"), [0, 1]);
}

#[test]
fn what_names_are_seldom_made_of_leads_to_them() {
    for (schema, query, name) in [
        // Nothing but a particle, or two letters that may be initials.
        (Schema::Person, "Abu", "Abu"),
        (Schema::Company, "C.V.", "C.V."),
        // First letters, with and without each particle.
        (Schema::Company, "VOSK", "Velmara Orinvik Shipping Kavelund"),
        (Schema::Company, "VDK", "Velmara of Darvik and Kavelund"),
        (Schema::Company, "Velmara of Orinvik and Kavelund", "VOOK"),
        // A word of two of the query's, beside another run that is less like it.
        (Schema::Person, "Abu SOREN M", "Mikkel Abousoren"),
        // A first letter goes to the word at its place.
        (Schema::Person, "Margarita MORRAN", "M. MORENO"),
        // And where the words stand in another order than they are found in.
        (Schema::Person, "A-LAGHA EL", "El AL-AGHA"),
        // Two letters too many, and two lost.
        (Schema::Person, "Respubliki", "Republic"),
        (Schema::Person, "Song Rahim", "SO'NG IBRAHIM"),
        // First letters of a whole name beside what says little.
        (Schema::Company, "VDK Bahrain", "Velmara of Darvik and Kavelund"),
        (Schema::Company, "and Lanvik the", "The AL al"),
        // Run together, with a slip in one of the words.
        (Schema::Person, "ALKORVENI Petra", "AL-KORVANI Petra Lund"),
        (Schema::Person, "SOLBAKENPETROVNA", "Solbakken Petrovna"),
    ] {
        let names = [name.to_owned(), "Somebody Else".to_owned()];
        assert!(search(&Index::build(schema, names.into_iter().zip(0..)), query).contains(&0), "{query}");
    }
}

#[test]
fn a_name_comes_before_the_many_that_begin_with_it() {
    let many = std::iter::repeat_n("Abu Karimov".to_owned(), 12_000);
    let index = Index::build(Schema::Person, many.chain(["Abu".to_owned()]).zip(0..));
    let (mut search, mut found) = (Search::default(), Vec::new());
    index.search(&Name::parse("Abu", Schema::Person), 0.7, &mut search, &mut found);
    assert_eq!(found.first().map(|found| (found.owner, found.score)), Some((12_000, 1.0)));
}

#[test]
fn one_word_does_not_stand_for_two() {
    // Each of the others alone is like both words of the query.
    let others = (0..300).map(|number| format!("Abdel Nonesuch{number}"));
    let names = others.chain(["Abd Abdul".to_owned()]);
    assert_eq!(search(&Index::build(Schema::Person, names.zip(0..)), "Abd Abdel"), [300]);
}

#[test]
fn words_run_together_lead_to_a_name_of_three() {
    let index = Index::build(Schema::Company, [("Velmara Orinvik Shipping".to_owned(), 0), ("Kavelund Shipping".to_owned(), 1)]);
    assert_eq!(search(&index, "VELMARAORINVIKSHIPPING"), [0]);
}

#[test]
fn a_word_of_the_list_leads_to_the_names_that_part_it() {
    let names =
        ["Abdulrahman Qureshi", "Abdul Rahman Qureshi", "Qureshi Abdul Rahmen", "Abdul Qureshi", "Abd Ulrahman Lindqvist"];
    let index = Index::build(Schema::Person, names.iter().zip(0..).map(|(name, owner)| ((*name).to_owned(), owner)));
    assert_eq!(search(&index, "Abdulrahman Qureshi"), [0, 1, 2]);
    assert_eq!(search(&index, "Qureshi Abdulrahmn"), [0, 1, 2], "no word of the list");
}

#[test]
fn what_is_known_of_parted_words_does_not_grow_with_the_names_that_part_them() {
    let bytes = |count: usize| {
        let parted = (0..count).map(|number| format!("Abdul Rahman Nonesuch{number}"));
        let whole = ["Abdulrahman", "Abdulrahmon", "Abdelrahman"].map(str::to_owned);
        let index = Index::build(Schema::Person, parted.chain(whole).zip(0..));
        index.segments[0].known_runs.bytes() - 4 * index.segments[0].vocabulary.len()
    };
    assert!(bytes(10) > 0);
    assert_eq!(bytes(1_000), bytes(10));
}

#[test]
fn names_end_where_their_words_lose_more_than_is_allowed() {
    let index = index();
    let records = &index.segments[0].records;
    let losses: Vec<f32> = (0..records.len() as u32)
        .map(|name| {
            records.words(name).iter().filter_map(|word| index.segments[0].vocabulary.token(*word)).map(Token::loss).sum()
        })
        .collect();
    assert!(losses.is_sorted());
    let two = losses.iter().filter(|loss| **loss <= 2.0).count();
    assert!(two > 0 && two < losses.len());
    assert_eq!(records.end(|loss| loss <= 2.0) as usize, two);
    assert_eq!(records.end(|_| false), 0);
}

#[test]
fn a_change_is_in_force_at_once_and_the_old_index_stays_as_it_was() {
    let old = index();
    let new = old.updated([("Petra Novotna".to_owned(), 90)], [0]);
    assert_eq!(search(&new, "Petra Novotná"), [90]);
    assert_eq!(search(&new, "Arvid Solbakken"), Vec::<u32>::new());
    assert_eq!((search(&old, "Arvid Solbakken"), search(&old, "Petra Novotná")), (vec![0], Vec::new()));
}

#[test]
fn hostile_names_are_indexed_and_searched_in_bounds() {
    let hostile =
        ["a ".repeat(100_000), "x".repeat(10 << 20), String::new(), "\u{202e}\u{200f}".into(), "e\u{301}".repeat(100_000)];
    let index = Index::build(Schema::Person, hostile.iter().cloned().zip(0..));
    assert!(index.bytes() < 1 << 20);
    for query in &hostile {
        search(&index, query);
    }
}

/// The typed names with which the index does not find their owner although looking at every name finds it.
fn missed(index: &Index, typed: impl Iterator<Item = (String, u32)>) -> Vec<String> {
    let (mut search, mut found, mut all) = (Search::default(), Vec::new(), Vec::new());
    let mut misses = |typed: &str, owner: u32| {
        let query = Name::parse(typed, Schema::Person);
        index.search(&query, 0.7, &mut search, &mut found);
        index.search_all(&query, 0.7, &mut search, &mut all);
        let own = |hits: &[Found]| hits.iter().find(|hit| hit.owner == owner).copied();
        own(&found) != own(&all)
    };
    typed.filter(|(typed, owner)| misses(typed, *owner)).map(|(typed, _)| typed).collect()
}

/// Each letter wrong in every way.
fn with_slips(name: &str) -> impl Iterator<Item = String> {
    name.match_indices(|letter: char| letter.is_alphabetic()).flat_map(move |(at, letter)| {
        let slip = move |slip: char| [&name[..at], slip.encode_utf8(&mut [0; 4]), &name[at + letter.len()..]].concat();
        ('a'..='z').map(slip)
    })
}

#[test]
fn a_name_with_a_slip_anywhere_is_found_if_looking_at_every_name_finds_it() {
    let typed = NAMES[..LATIN].iter().zip(0..).flat_map(|(name, owner)| with_slips(name).map(move |typed| (typed, owner)));
    assert_eq!(missed(&index(), typed), Vec::<String>::new());
}

#[test]
fn hardly_a_name_run_together_with_a_slip_is_passed_over() {
    let run_together = |name: &str, gap: usize| [&name[..gap], &name[gap + 1..]].concat();
    let names = NAMES[..LATIN].iter().zip(0..);
    let names = names.flat_map(|(name, owner)| name.match_indices(' ').map(move |(gap, _)| (run_together(name, gap), owner)));
    let names: Vec<_> = names.collect();
    let typed = names.iter().flat_map(|(name, owner)| {
        let lost = name.char_indices().map(|(at, letter)| [&name[..at], &name[at + letter.len_utf8()..]].concat());
        lost.chain(with_slips(name)).map(|typed| (typed, *owner))
    });
    let typed: Vec<_> = typed.collect();
    let missed = missed(&index(), typed.iter().cloned());
    assert!(missed.len() * 200 < typed.len(), "{} of {}: {missed:?}", missed.len(), typed.len());
}

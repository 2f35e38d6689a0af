//! What a new bundle costs a replica before it judges: ten thousand profiles with three cases each, signed by two people.

#![allow(clippy::expect_used, reason = "a benchmark stops at what is not as expected")]

use std::time::Instant;

use loadgate::bundle::pack::{Kind, Manifest, Pack};
use loadgate::bundle::shelf::{Offer, Shelf};
use loadgate::bundle::signature::SecretKey;
use loadgate::bundle::{File, Trust};
use loadgate::diagnostic::Source;
use loadgate::model::Timestamp;

const PROFILES: usize = 10_000;
const ROUNDS: usize = 5;
/// 2026-06-01T00:00:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_780_272_000_000);
const PEOPLE: [(&str, u8); 2] = [("analyst", 1), ("lead", 2)];

fn main() {
    let pack = signed();
    let bytes = pack.to_bytes();
    println!("bundle_pack {} bytes", bytes.len());
    println!("bundle_decode {:.0} ms", fastest_ms(|| drop(Pack::from_bytes(&bytes).expect("a pack"))));
    let offer = || Offer { place: "bench".into(), kind: Kind::Regular, bytes: bytes.clone(), delivered: NOW };
    let accepted = fastest_ms(|| {
        let answer = Shelf::new(trust()).consider(vec![offer()]);
        assert!(answer.bundle.is_some(), "{:?}", answer.refused);
    });
    println!("bundle_accept {accepted:.0} ms");
}

fn fastest_ms(mut work: impl FnMut()) -> f64 {
    let round = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64() * 1e3
    };
    (0..ROUNDS).map(|_| round(&mut work)).fold(f64::INFINITY, f64::min)
}

fn signed() -> Pack {
    let manifest = Manifest {
        bundle: "screening".into(),
        environment: "bench".into(),
        author: "analyst".into(),
        sequence: 1,
        kind: Kind::Regular,
        valid_from: NOW,
        valid_until: None,
        restores: None,
    };
    let mut pack = Pack::new(manifest, (0..PROFILES).map(profile).collect()).expect("within the limits");
    for (person, seed) in PEOPLE {
        let signature = SecretKey::of_seed([seed; 32]).sign(person, &pack.hash());
        pack.sign(signature).expect("a name");
    }
    pack
}

fn profile(number: usize) -> File {
    let case = |name: &str, expect: &str, origin: &str, density: u32| {
        format!(
            "[[case]]\nname = '{name}'\nexpect = '{expect}'\n\
             facts = {{ origin = '{origin}', goods = 'FRESH ROSES {number}', density_kg_m3 = {density} }}\n"
        )
    };
    let cases =
        [case("dense", "match", "BOG", 900), case("as roses are", "no_match", "BOG", 150), case("far", "no_match", "NBO", 900)];
    let text = format!(
        "id = 'roses-{number}'\ntitle = 'Roses too dense to be roses'\nowner = 'targeting'\nthreat = 'cocaine'\n\
         domain = 'customs'\nweight = 10\nsource = 'seizures'\n\
         condition = 'origin in [\"BOG\", \"MDE\", \"UIO\"] && goods.contains(\"ROSES {number}\") && density_kg_m3 > 350.0'\n\
         reason = '{{goods}} from {{origin}}'\n{}",
        cases.concat()
    );
    File { path: format!("profiles/roses-{number}.toml"), text }
}

fn trust() -> Trust {
    let person = |(person, seed): (&str, u8)| {
        let public = SecretKey::of_seed([seed; 32]).public();
        format!(
            "[[person]]\nid = '{person}'\n[[person.key]]\npublic = '{public}'\nvalid_from = 2026-01-01\nvalid_until = 2026-12-31\n"
        )
    };
    let text = format!("bundle = 'screening'\nenvironment = 'bench'\napprovals = 1\n{}", PEOPLE.map(person).concat());
    Trust::read(Source { name: "trust.toml", text: &text }).expect("a sound trust file")
}

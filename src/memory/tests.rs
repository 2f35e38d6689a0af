//! The laws of memory, on random histories: amendments, parts, manifests, outcomes and what was published, over five months.

use proptest::prelude::*;

use super::entities::week_slot;
use super::key::{Kind, Mark};
use super::observation::*;
use super::snapshot::{self, Header, LoadError};
use super::tally::{Rank, Tallied};
use super::*;
use crate::model::{Airport, BillKind, Decision, Timestamp};

fn key(kind: Kind, number: u8) -> Key {
    Keys::new(&[3; 16]).key(kind, &[&[b'k', number]])
}

/// Milliseconds of 2026-01-01.
const START: i64 = 1_767_225_600_000;

fn stamp() -> impl Strategy<Value = Stamp> {
    // Five months in steps of an hour, so that some versions share a time and the horizon is crossed.
    (0_i64..150 * 24, 0_u32..3).prop_map(|(hour, hash)| Stamp { time: Timestamp::from_millis(START + hour * 3_600_000), hash })
}

/// The content is a function of the stamp's hash, as it is of a real message.
fn content(stamp: Stamp, salt: u64) -> u64 {
    key::mix(stamp.time.millis() as u64 ^ u64::from(stamp.hash) << 50 ^ salt << 56)
}

fn declared() -> impl Strategy<Value = Observation> {
    (0_u8..12, stamp()).prop_map(|(number, stamp)| marked(waybill(number, stamp)))
}

/// With everything that old formats did not know of.
fn marked(observation: Observation) -> Observation {
    match observation {
        Observation::Declared(mut declared) => {
            let name = |salt| Mark::of([key(Kind::Name, (content(declared.stamp, salt) % 3) as u8)]);
            declared.bill.collectors = [32, 33, 34].map(name);
            declared.seals = (0..content(declared.stamp, 35) % 3).map(|number| key(Kind::Seal, number as u8)).collect();
            declared.bill.seals = Mark::of(declared.seals.iter().copied());
            Observation::Declared(declared)
        }
        Observation::Moved(Moved { consignment, part }) => {
            let pick = |salt, of| (content(part.stamp, salt) % of) as u8;
            let lead = if part.stage == Stage::Booked {
                [Lead::Unknown, Lead::Ahead, Lead::SameDay][usize::from(pick(36, 3))]
            } else {
                Lead::Unknown
            };
            let mark = |kind, salt| Mark::of([key(kind, pick(salt, 3))]);
            let (device, seals, recipient) = (mark(Kind::Load, 37), mark(Kind::Seal, 38), mark(Kind::Name, 39));
            let flight_number = u16::from(pick(40, 2));
            Observation::Moved(Moved { consignment, part: Part { lead, device, flight_number, seals, recipient, ..part } })
        }
        other => other,
    }
}

fn waybill(number: u8, stamp: Stamp) -> Observation {
    let pick = |salt: u64, of: u64| (content(stamp, salt ^ u64::from(number) << 4) % of) as u8;
    let house = number >= 6;
    let bill = Bill {
        shipper: key(Kind::Party, pick(1, 4)),
        consignee: key(Kind::Party, 10 + pick(2, 4)),
        agent: key(Kind::Agent, pick(3, 2)),
        master: if house { key(Kind::Consignment, number % 3) } else { Key::NONE },
        kind: if house { BillKind::House } else { [BillKind::Direct, BillKind::Consolidation][usize::from(pick(17, 2))] },
        lane: Lane { origin: *b"BOG", destination: [b'A' + pick(4, 3), b'M', b'S'] },
        origin_country: *b"CO",
        currency: *b"USD",
        heading: 603 + u16::from(pick(5, 2)),
        route: u32::from(pick(6, 3)),
        pieces: 1 + u32::from(pick(7, 30)),
        weight_g: 500 + 700 * u64::from(pick(8, 100)),
        volume_cm3: 9_000 * u64::from(pick(9, 100)),
        value_hundredths: 1_000 * u64::from(pick(10, 200)),
        departure: Minute::of(Timestamp::from_millis(stamp.time.millis() + 3_600_000 * i64::from(pick(16, 60)))),
        exempt: pick(11, 5) == 0,
        entity: key(Kind::RegulatedEntity, pick(12, 2)),
        ..Bill::default()
    };
    let sight = |salt| PartySight {
        spelling: content(stamp, salt),
        address: key(Kind::Address, pick(salt, 3)),
        contacts: vec![key(Kind::Phone, pick(salt + 1, 3))],
    };
    let (shipper, consignee) = (sight(13), sight(15));
    let house_number = if house { key(Kind::House, number % 4) } else { Key::NONE };
    let consignment = key(Kind::Consignment, number);
    Observation::Declared(Declared { consignment, stamp, bill, shipper, consignee, house_number, seals: Vec::new() })
}

fn moved() -> impl Strategy<Value = Observation> {
    (0_u8..6, stamp(), 0_usize..Stage::ALL.len(), 0_u32..12)
        .prop_map(|(number, stamp, stage, identity)| marked(movement(number, stamp, Stage::ALL[stage], identity)))
}

fn movement(number: u8, stamp: Stamp, stage: Stage, identity: u32) -> Observation {
    let load = if stage == Stage::Manifested { Key::of_public(Kind::Load, u64::from(identity % 3) + 1) } else { Key::NONE };
    let part = Part {
        whole: identity.is_multiple_of(2),
        identity,
        station: *b"AMS",
        flight: identity % 3,
        pieces: (content(stamp, 20) % 40) as u32,
        weight_g: content(stamp, 21) % 90_000,
        load,
        ..Part::new(stage, stamp)
    };
    Observation::Moved(Moved { consignment: key(Kind::Consignment, number), part })
}

fn others() -> impl Strategy<Value = Observation> {
    let loaded = (1_u64..4, stamp()).prop_map(|(load, stamp)| load_stated(load, stamp));
    let concluded = (0_u8..12, stamp()).prop_map(|(number, stamp)| conclusion(number, stamp));
    let assessed = (0_u8..12, stamp()).prop_map(|(number, stamp)| assessment(number, stamp));
    // Within some days, so that a tally holds more than one.
    let tallied = (0_u8..12, 0_i64..12, 0_i64..24).prop_map(|(number, day, hour)| {
        tally(number, Timestamp::from_millis(START + (100 + day) * 86_400_000 + hour * 3_600_000))
    });
    prop_oneof![loaded, concluded, assessed, tallied]
}

fn tally(number: u8, time: Timestamp) -> Observation {
    let stamp = Stamp { time, hash: u32::from(number) };
    let pick = |salt, of| (content(stamp, salt) % of) as u32;
    let rank = Rank::of(Decision::Rfi, 40 + pick(28, 3), None, time);
    let caps = [(pick(29, 3), false), (7, pick(30, 2) == 0)];
    let consignment = key(Kind::Consignment, number);
    let alert = Airport::new(["BOG", "AMS"][pick(31, 2) as usize]).map(|terminal| (terminal, rank));
    Observation::Tallied(Tallied::new(time, caps.into_iter(), alert, || consignment).unwrap())
}

fn load_stated(load: u64, stamp: Stamp) -> Observation {
    Observation::Loaded(Loaded { load: Key::of_public(Kind::Load, load), stamp, weight_g: content(stamp, 22) % 900_000 })
}

fn conclusion(number: u8, stamp: Stamp) -> Observation {
    let (inspected, found) = (content(stamp, 23).is_multiple_of(2), content(stamp, 24).is_multiple_of(3));
    let conclusion = Conclusion { stamp, inspected, found };
    Observation::Concluded(Concluded { consignment: key(Kind::Consignment, number), conclusion })
}

fn assessment(number: u8, stamp: Stamp) -> Observation {
    let list = |salt: u64, of: u64| (0..content(stamp, salt) % of).map(|id| id as u32).collect();
    let consignment = key(Kind::Consignment, number);
    Observation::Assessed(Assessed {
        consignment,
        stamp,
        scores: [3, 40],
        decision: Decision::Rfi,
        evidence: list(25, 4),
        answered: list(26, 3),
        ..Assessed::default()
    })
}

fn history(length: usize) -> impl Strategy<Value = Vec<Observation>> {
    prop::collection::vec(prop_oneof![4 => declared(), 4 => moved(), 2 => others()], 1..length)
}

fn fold(observations: &[Observation]) -> Memory {
    let mut memory = Memory::new(Horizons::default());
    observations.iter().for_each(|observation| memory.fold(observation));
    memory
}

/// Everything that is remembered, in canonical form and order: what the digest sums up.
fn digest(memory: &mut Memory) -> Digest {
    memory.freeze().digest()
}

fn recalled(memory: &Memory, observations: &[Observation]) -> Vec<History> {
    let declared = observations.iter().filter_map(|observation| match observation {
        Observation::Declared(declared) => Some(memory.recall(declared)),
        _ => None,
    });
    declared.chain((0..12).filter_map(|number| memory.recall_known(key(Kind::Consignment, number)))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn law_2_any_order_and_repetition_gives_the_same_memory(
        (observations, shuffled, repeated) in history(60).prop_flat_map(|observations| {
            let length = observations.len();
            let repeated = prop::collection::vec(0..length, 0..length);
            (Just(observations.clone()), Just(observations).prop_shuffle(), repeated)
        })
    ) {
        let mut memory = fold(&observations);
        let mut other = fold(&shuffled);
        repeated.iter().for_each(|index| other.fold(&observations[*index]));
        let mut batched = Memory::new(Horizons::default());
        let places = batched.fold_all(&shuffled);
        for (index, observation) in shuffled.iter().enumerate() {
            let Observation::Declared(declared) = observation else { continue };
            prop_assert_eq!(batched.recall_at(declared, &places[index..]), batched.recall(declared));
        }
        prop_assert_eq!(digest(&mut memory), digest(&mut batched));
        prop_assert_eq!(digest(&mut memory), digest(&mut other));
        prop_assert_eq!(recalled(&memory, &observations), recalled(&other, &observations));
    }

    #[test]
    fn law_1_a_snapshot_and_the_log_after_it_are_the_whole_log(observations in history(60), cut in 0.0..1.0_f64) {
        let (before, after) = observations.split_at((observations.len() as f64 * cut) as usize);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("memory");
        let header = Header { keys: 7, topics: vec!["a".into()], positions: vec![(0, 3, before.len() as i64)] };
        snapshot::write(&fold(before).freeze(), &header, &path).unwrap();
        let (mut memory, read) = snapshot::load(&path, 7, &header.topics, Horizons::default()).unwrap();
        prop_assert_eq!(read, header);
        after.iter().for_each(|observation| memory.fold(observation));
        prop_assert_eq!(digest(&mut memory), digest(&mut fold(&observations)));
    }

    #[test]
    fn a_deadline_passes_once_wherever_the_watermark_stops_and_whatever_is_done_again(
        observations in history(60),
        mut stops in prop::collection::vec(0_i64..200 * 24, 2..8),
    ) {
        let memory = fold(&observations);
        stops.sort_unstable();
        let at = |hour: i64| Timestamp::from_millis(START + hour * 3_600_000);
        for partition in [(0, 0), (1, 0)] {
            let whole = memory.passed(partition, at(stops[0]), at(stops[stops.len() - 1]));
            let mut stepwise = Vec::new();
            for step in stops.windows(2) {
                // What is lost before its commit is done again from the same watermark.
                let again = memory.passed(partition, at(step[0]), at(step[1]));
                prop_assert_eq!(memory.passed(partition, at(step[0]), at(step[1])), again.clone());
                stepwise.extend(again);
            }
            prop_assert_eq!(stepwise, whole);
        }
    }

    #[test]
    fn what_all_passed_the_horizon_leaves_nothing(observations in history(40)) {
        let mut memory = fold(&observations);
        let later = Stamp { time: Timestamp::from_millis(START + 400 * 86_400_000), hash: 0 };
        let mut only = Memory::new(Horizons::default());
        for memory in [&mut memory, &mut only] {
            memory.fold(&Observation::Loaded(Loaded { load: Key::of_public(Kind::Load, 9), stamp: later, weight_g: 1 }));
        }
        prop_assert_eq!(digest(&mut memory), digest(&mut only));
        // The sweep gives every slot back in time: each fold looks at one of each table.
        let repeated = Observation::Loaded(Loaded { load: Key::of_public(Kind::Load, 9), stamp: later, weight_g: 1 });
        (0..500).for_each(|_| memory.fold(&repeated));
        let Size { consignments, parties, bands, traces, links, loads, tallies, .. } = memory.size();
        prop_assert_eq!([consignments, parties, bands, traces, links, loads, tallies], [0, 0, 0, 0, 0, 1, 0]);
    }
}

fn refused(damage: impl FnOnce(&mut Vec<u8>)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("memory");
    let header = Header { keys: 7, topics: vec!["a".into()], positions: Vec::new() };
    let observations = [Observation::Loaded(Loaded {
        load: Key::of_public(Kind::Load, 1),
        stamp: Stamp { time: Timestamp::from_millis(START), hash: 1 },
        weight_g: 5,
    })];
    snapshot::write(&fold(&observations).freeze(), &header, &path).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    damage(&mut bytes);
    std::fs::write(&path, bytes).unwrap();
    snapshot::load(&path, 7, &header.topics, Horizons::default()).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn a_damaged_snapshot_is_refused_with_the_reason() {
    let whole = "it ends in the middle";
    assert!(refused(|bytes| bytes.truncate(bytes.len() - 1)).contains(whole));
    assert!(refused(|bytes| bytes.clear()).contains(whole));
    assert!(refused(|bytes| *bytes.last_mut().unwrap() ^= 1).contains("checksum"));
    assert!(refused(|bytes| bytes[0] = b'X').contains("not a snapshot"));
    assert!(refused(|bytes| bytes[15] = 99).contains("format 99"));
    // A file cut between two blocks: the end is missing. Cut within a table, its checksum does not match.
    for cut in 0..120 {
        let reason = refused(|bytes| bytes.truncate(bytes.len().saturating_sub(cut + 1)));
        assert!(reason.contains("torn") || reason.contains("middle") || reason.contains("snapshot"), "{cut}: {reason}");
    }
}

#[test]
fn a_snapshot_of_other_keys_topics_or_horizons_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("memory");
    let header = Header { keys: 7, topics: vec!["a".into()], positions: Vec::new() };
    let load = |keys, topic: &str, horizons| snapshot::load(&path, keys, &[topic.to_owned()], horizons).map(|_| ());
    assert!(matches!(load(7, "a", Horizons::default()), Err(LoadError::Missing)));
    snapshot::write(&Memory::default().freeze(), &header, &path).unwrap();
    let shorter = Horizons { identity_days: 60, ..Horizons::default() };
    // The default memory's horizons are those of the configuration's default.
    assert!(load(7, "a", Horizons::default()).is_ok());
    assert!(matches!(load(8, "a", Horizons::default()), Err(LoadError::OtherKey)));
    assert!(matches!(load(7, "b", Horizons::default()), Err(LoadError::OtherConfiguration)));
    assert!(matches!(load(7, "a", shorter), Err(LoadError::OtherConfiguration)));
}

/// Two versions of some bills and houses, their ways, loads, outcomes and assessments: an entry in every table.
fn kept() -> Vec<Observation> {
    let at = |hour: i64| Stamp { time: Timestamp::from_millis(START + hour * 3_600_000), hash: hour as u32 };
    let bills = (0..24).map(|number| waybill(number % 12, at(i64::from(number) * 7)));
    let ways = Stage::ALL
        .into_iter()
        .zip(0..)
        .map(|(stage, number)| movement(number % 4, at(90 + i64::from(number)), stage, number.into()));
    let loads = (1..4).map(|load| load_stated(load, at(100 + load as i64)));
    let answers = (0..6).flat_map(|number| [assessment(number, at(180)), conclusion(number, at(181 + i64::from(number)))]);
    bills.chain(ways).chain(loads).chain(answers).collect()
}

/// What the kept file of a format was made of: as much of it as the format knew.
fn kept_in(format: u16) -> Vec<Observation> {
    let tallies = (0..12).map(|number| tally(number, Timestamp::from_millis(START + (180 + i64::from(number) * 5) * 3_600_000)));
    match format {
        2 | 3 => kept(),
        _ => kept().into_iter().map(marked).chain(tallies).collect(),
    }
}

fn kept_header() -> Header {
    Header { keys: 7, topics: vec!["cargo.messages".into()], positions: vec![(0, 0, 17), (0, 1, 4)] }
}

fn kept_file(format: u16) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/snapshots/format-{format}"))
}

#[test]
fn a_kept_snapshot_of_every_format_is_read_as_what_it_was_made_of() {
    for format in 2..=snapshot::VERSION {
        let header = kept_header();
        let (mut memory, read) = snapshot::load(&kept_file(format), header.keys, &header.topics, Horizons::default()).unwrap();
        assert_eq!(read, header, "format {format}");
        let tables = memory.tables().map(|table| (table.name, table.entries > 0));
        assert!(tables.iter().all(|(_, holds)| *holds), "format {format}: {tables:?}");
        let kept = kept_in(format);
        let mut made = fold(&kept);
        assert_eq!(memory.size().tallies, made.size().tallies, "format {format}");
        assert_eq!(recalled(&memory, &kept), recalled(&made, &kept), "format {format}");
        assert_eq!(digest(&mut memory), digest(&mut made), "format {format}");
    }
}

#[test]
#[ignore = "writes the file of a new format, to be kept: cargo test --lib -- --ignored a_file_of_a_new_format"]
fn a_file_of_a_new_format_is_written() {
    let path = kept_file(snapshot::VERSION);
    assert!(!path.exists(), "{} is kept as it is", path.display());
    snapshot::write(&fold(&kept_in(snapshot::VERSION)).freeze(), &kept_header(), &path).unwrap();
}

#[test]
fn a_snapshot_that_cannot_be_written_leaves_the_last_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("memory");
    let header = Header { keys: 7, topics: Vec::new(), positions: vec![(0, 0, 5)] };
    snapshot::write(&Memory::default().freeze(), &header, &path).unwrap();
    // The file beside it cannot be made: a folder is in its place.
    std::fs::create_dir(folder.path().join("memory.new")).unwrap();
    let next = Header { positions: vec![(0, 0, 9)], ..header.clone() };
    assert!(snapshot::write(&Memory::default().freeze(), &next, &path).is_err());
    assert_eq!(snapshot::load(&path, 7, &[], Horizons::default()).unwrap().1, header);
}

#[test]
fn amendments_count_once_and_by_their_latest_version() {
    let bill = |consignee, weight_g| Bill {
        shipper: key(Kind::Party, 1),
        consignee: key(Kind::Party, consignee),
        weight_g,
        pieces: 1,
        ..Bill::default()
    };
    let version = |number, hour: i64, bill| {
        let stamp = Stamp { time: Timestamp::from_millis(START + hour * 3_600_000), hash: 0 };
        Declared { consignment: key(Kind::Consignment, number), stamp, bill, ..Declared::default() }
    };
    let first = version(1, 0, bill(2, 10_000));
    let amended = version(1, 5, bill(3, 20_000));
    let other = version(2, 30, bill(3, 40_000));
    let memory = fold(&[amended.clone(), first.clone(), first, other.clone()].map(Observation::Declared));
    let history = memory.recall(&other);
    assert_eq!((history.shipper.record.shipments, history.consignee.record.shipments), (1, 1));
    assert_eq!((history.pair.shipments, history.pair.first_days_ago), (1, Some(1)));
    assert_eq!((history.shipper.partners, history.memory_days), (2, 1));
    let own = memory.recall(&amended);
    assert_eq!((own.versions.len(), own.versions[0].weight_g, own.superseded), (1, 10_000, false));
    assert_eq!(own.shipper.record.first_days_ago, None, "as it was on that day");
    assert_eq!(week_slot(amended.stamp.time), 12, "2026-01-01 was a Thursday");
}

//! What was published can be derived again from the log alone (laws 3 and 6), over the stages of the service and without Kafka.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use prometheus::IntCounter;
use proptest::prelude::*;

use super::decoding::{DecodeWorker, read_back};
use super::remembering::Rememberer;
use super::snapshots::Snapshots;
use super::underway::UnderWay;
use super::worker::{Named, Screened, Worker};
use super::{Settings, Telemetry};
use crate::backtest::{Backtest, Outcomes};
use crate::batch::{Batch, Claim};
use crate::bundle::{Bundle, Current, File};
use crate::config::Config;
use crate::decode::{Decoder, Format};
use crate::demo;
use crate::memory::observation::{LogPlace, Observation};
use crate::memory::snapshot::Header;
use crate::memory::{Keys, Memory, Observer};
use crate::model::Timestamp;
use crate::outputs::{Frames, read};
use crate::record::{Origin, Reason, Record};
use crate::replay::{Event, Given, Replay};
use crate::screen::judge::Judge;
use crate::screen::limits_tests::profile;
use crate::screen::verdict::{Decision, Occasion};
use crate::sink::Destination;
use crate::source::{Partition, Role};

/// Topics by their place among the inputs.
const MESSAGES: u16 = 0;
const OUTCOMES: u16 = 1;
const ASSESSMENTS: u16 = 2;
const PARTITIONS: u32 = 2;

/// When a record came, and what it says.
type Stored = (Timestamp, Vec<u8>);
type Log = BTreeMap<Partition, Vec<Stored>>;

/// The stages of one replica.
struct Replica {
    decode: DecodeWorker,
    memory: Rememberer,
    screen: Worker,
}

impl Replica {
    fn new(bundle: &Arc<Bundle>) -> Self {
        let mut settings = Settings::of(&Config::default()).unwrap();
        settings.inputs.retain(|input| input.role != Role::Referrals);
        let inputs: Arc<[_]> = settings.inputs.clone().into();
        let telemetry = Telemetry::of(&settings).unwrap();
        let decode = DecodeWorker {
            decoder: Decoder::new(settings.decoder.clone()).unwrap(),
            observer: Observer::new(Keys::new(&[0; 16])),
            inputs: Arc::clone(&inputs),
            limits: settings.limits,
            metrics: Arc::clone(&telemetry.metrics),
        };
        let memory = Rememberer {
            memory: Memory::new(settings.memory.horizons),
            positions: BTreeMap::new(),
            watermarks: HashMap::new(),
            snapshots: Snapshots::start(None, telemetry.clone()).unwrap(),
            header: Header { keys: 0, topics: Vec::new(), positions: Vec::new() },
            telemetry: telemetry.clone(),
            measured: Instant::now(),
            judge: Judge::default(),
            under_way: UnderWay::default(),
        };
        let screen = Worker {
            current: Arc::new(Current::new(Arc::clone(bundle))),
            named: Named::of(bundle, &telemetry.metrics),
            inputs,
            frames: Frames::single_object(),
            metrics: Arc::clone(&telemetry.metrics),
            judge: Judge::default(),
        };
        Self { decode, memory, screen }
    }

    fn take(&mut self, batch: Batch) -> Screened {
        self.screen.screen(self.memory.remember(self.decode.decode(batch)))
    }
}

fn push(batch: &mut Batch, claim: Claim, of: Partition, offset: usize, (at, payload): &Stored) {
    let origin = Origin { topic: of.topic, partition: of.number, offset: offset as i64 };
    batch.push(claim, Record { origin, timestamp: *at, key: None, payload }, std::iter::empty());
}

/// What was published about one record.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Published {
    of: Partition,
    offset: usize,
    records: Vec<(Destination, Vec<u8>)>,
}

fn published(screened: &Screened) -> Vec<Published> {
    let of_record = screened.records().map(|record| Published {
        of: record.entry.record.origin.into(),
        offset: record.entry.record.origin.offset as usize,
        records: record.outgoing().map(|outgoing| (outgoing.destination, outgoing.value.to_vec())).collect(),
    });
    of_record.filter(|published| !published.records.is_empty()).collect()
}

impl Published {
    fn assessments(&self) -> impl Iterator<Item = read::Assessment<'_>> {
        let lines = self.records.iter().filter(|(destination, _)| *destination == Destination::Assessments);
        lines.map(|(_, value)| read::assessment(value).unwrap())
    }

    /// What a message was the occasion of: deadlines come last, and pass with the watermark, not with a position.
    fn of_messages(&self) -> usize {
        let deadlines = self.assessments().filter(|line| line.occasion == Occasion::Deadline).count();
        let first = self.assessments().count() - deadlines;
        let is_assessment = |record: &&(Destination, Vec<u8>)| record.0 == Destination::Assessments;
        let deadline = self.records.iter().filter(is_assessment).nth(first);
        deadline
            .and_then(|record| self.records.iter().position(|other| std::ptr::eq(other, record)))
            .unwrap_or(self.records.len())
    }
}

/// Messages of the demo's terminals over two partitions, every tenth record with a message that cannot be read before another that
/// can, and a person's outcome for every fifth.
fn log(records: usize) -> Log {
    let mut log = Log::new();
    for (number, sent) in demo::stream(5).filter(|sent| sent.payload.starts_with(b"{")).take(records).enumerate() {
        let partition = |topic| Partition { topic, number: (crc32fast::hash(sent.key.as_bytes()) % PARTITIONS) as i32 };
        let refused: &[u8] = if number % 10 == 3 { br#"{"waybill":{"awb":"020-1"}}"# } else { b"" };
        let payload = [refused, &sent.payload].concat();
        log.entry(partition(MESSAGES)).or_default().push((sent.at, payload));
        if number % 5 == 0 && sent.key.contains('-') {
            let outcome = format!(r#"{{"outcome": {{"awb": "{}", "kind": "seized"}}}}"#, sent.key);
            log.entry(partition(OUTCOMES)).or_default().push((sent.at, outcome.into_bytes()));
        }
    }
    log
}

/// Runs a replica over the log in batches of any size, reads its assessments back some batches later, and keeps what it published.
fn live(bundle: &Arc<Bundle>, log: &mut Log) -> Vec<Published> {
    let mut replica = Replica::new(bundle);
    let mut next: BTreeMap<Partition, usize> = BTreeMap::new();
    let read_back = Partition { topic: ASSESSMENTS, number: 0 };
    log.insert(read_back, Vec::new());
    let (mut all, mut waiting, mut cut) = (Vec::new(), Vec::new(), 1_u64);
    loop {
        let mut batch = Batch::default();
        for (of, stored) in log.iter() {
            cut = crate::memory::key::mix(cut);
            let claim = if of.topic == ASSESSMENTS { Claim::NONE } else { Claim(1 + of.topic as u64 * 10 + of.number as u64) };
            let from = next.entry(*of).or_default();
            for (offset, stored) in stored.iter().enumerate().skip(*from).take((cut % 30) as usize) {
                push(&mut batch, claim, *of, offset, stored);
                *from += 1;
            }
        }
        if batch.is_empty() && next.iter().all(|(of, next)| log[of].len() == *next) {
            return all;
        }
        log.get_mut(&read_back).unwrap().append(&mut waiting);
        let published = published(&replica.take(batch));
        let assessed = published.iter().flat_map(|published| &published.records);
        let assessed = assessed.filter(|(destination, _)| *destination == Destination::Assessments);
        waiting.extend(assessed.map(|(_, value)| (Timestamp::from_millis(0), value.clone())));
        all.extend(published);
    }
}

/// The record alone, with everything that memory had read by the positions of its own assessment, read last partition first, and
/// with what was told of the records before it in its partition, whether that had been read back or not.
fn derive(bundle: &Arc<Bundle>, log: &Log, published: &Published) -> Published {
    let line = published.assessments().next().unwrap();
    assert_eq!(line.bundle, bundle.hash.to_string());
    let settings = Settings::of(&Config::default()).unwrap();
    let mut batch = Batch::default();
    for position in line.memory.iter().rev() {
        let topic = settings.inputs.iter().position(|input| input.topic == position.topic).unwrap();
        let of = Partition { topic: topic as u16, number: position.partition };
        for (offset, stored) in log[&of].iter().enumerate().take(position.next_offset as usize) {
            let claim = if (of, offset) == (published.of, published.offset) { Claim(1) } else { Claim::NONE };
            push(&mut batch, claim, of, offset, stored);
        }
    }
    let mut replica = Replica::new(bundle);
    let mut remembered = replica.memory.remember(replica.decode.decode(batch));
    let own = (published.of, published.offset as i64);
    for (_, payload) in &log[&Partition { topic: ASSESSMENTS, number: 0 }] {
        let mut told = Vec::new();
        read_back(&mut replica.decode.observer, &settings.inputs, payload, &mut told);
        for observation in told {
            let Observation::Assessed(told) = observation else { continue };
            let LogPlace { topic, partition, offset, .. } = told.place;
            if offset < own.1 && own.0 == (Partition { topic, number: partition }) {
                remembered.turn.tell(Claim(1), told);
            }
        }
    }
    let mut found = self::published(&replica.screen.screen(remembered));
    assert_eq!(found.len(), 1);
    found.remove(0)
}

#[test]
fn law_6_what_was_published_is_derived_again_from_positions_and_bundle() {
    let bundle = Arc::new(Bundle::starter().unwrap());
    let mut log = log(400);
    let all = live(&bundle, &mut log);
    let with_memory: Vec<_> =
        all.iter().filter(|published| published.assessments().any(|line| line.occasion != Occasion::Deadline)).collect();
    assert!(with_memory.len() > 200, "{}", with_memory.len());
    let mut reasons = 0;
    for published in with_memory.iter().rev().step_by(with_memory.len() / 24) {
        let derived = derive(&bundle, &log, published);
        assert_eq!(derived.records, published.records[..published.of_messages()], "{:?} {}", published.of, published.offset);
        reasons += published.assessments().map(|line| line.evidence_ids.len()).sum::<usize>();
    }
    assert!(reasons > 0, "what is derived has reasons");
}

/// Takes one partition record by record, reading back what was assessed about each before the next; `each` hears what was published.
fn record_by_record(replica: &mut Replica, records: &[Stored], mut each: impl FnMut(&Stored, &[Published])) {
    let of = Partition { topic: MESSAGES, number: 0 };
    let read_back = Partition { topic: ASSESSMENTS, number: 0 };
    let mut back = 0;
    for (offset, stored) in records.iter().enumerate() {
        let mut batch = Batch::default();
        push(&mut batch, Claim(1), of, offset, stored);
        let published = published(&replica.take(batch));
        each(stored, &published);
        let mut batch = Batch::default();
        for (destination, value) in published.iter().flat_map(|published| &published.records) {
            if *destination == Destination::Assessments {
                push(&mut batch, Claim::NONE, read_back, back, &(Timestamp::from_millis(0), value.clone()));
                back += 1;
            }
        }
        replica.take(batch);
    }
}

fn replay(bundle: &Arc<Bundle>) -> Replay {
    let settings = Settings::of(&Config::default()).unwrap();
    let decoder = Decoder::new(settings.decoder.clone()).unwrap();
    Replay::new(decoder, Arc::clone(bundle), settings.limits, settings.memory.horizons)
}

#[test]
fn law_3_the_service_record_by_record_and_the_replay_remember_the_same() {
    let bundle = Arc::new(Bundle::starter().unwrap());
    let of = Partition { topic: MESSAGES, number: 0 };
    let (mut replica, mut replay) = (Replica::new(&bundle), replay(&bundle));
    let mut verdicts = 0;
    record_by_record(&mut replica, &log(300)[&of], |(at, payload), published| {
        let live: Vec<_> = published.iter().flat_map(Published::assessments).map(|line| (line.decision, line.occasion)).collect();
        let mut replayed = Vec::new();
        replay.take(Given::new(Format::Auto, payload, *at), |event| {
            if let Event::Judged(judged, _) = event {
                replayed.push((judged.verdict.decision, judged.occasion));
            }
            true
        });
        verdicts += live.len();
        assert_eq!(live, replayed, "before verdict {verdicts}");
    });
    assert!(verdicts > 100, "{verdicts}");
    assert_eq!(replica.memory.memory.freeze().digest(), replay.digest());
}

#[test]
fn law_3_a_backtest_counts_the_verdicts_that_the_service_publishes() {
    let on_memory = "id = 'regular'\ntitle = 't'\nowner = 'o'\nthreat = 'x'\ndomain = 'customs'\nweight = 10\nsource = 's'\n\
                     condition = 'shipper_shipments >= 3'\nreason = '{shipper_shipments} others'\n";
    let on_memory = File { path: "profiles/regular.toml".into(), text: on_memory.into() };
    let (bundle, outcomes) = (Arc::new(Bundle::starter_with([on_memory]).unwrap()), Outcomes::default());
    let records: Vec<Stored> = demo::stream(3).take(12_000).map(|sent| (sent.at, sent.payload)).collect();
    let (mut hits, mut decisions) = (BTreeMap::<String, u64>::new(), [0; 4]);
    record_by_record(&mut Replica::new(&bundle), &records, |_, published| {
        let lines = published.iter().flat_map(Published::assessments);
        for line in lines.filter(|line| line.occasion == Occasion::Declared) {
            decisions[line.decision as usize] += 1;
            let found = bundle.profiles.iter().map(|profile| &*profile.id);
            let found = found.filter(|id| line.evidence_ids.contains(id) || line.shadow_ids.contains(id));
            found.for_each(|id| *hits.entry(id.to_owned()).or_default() += 1);
        }
    });
    let mut run = Backtest::new(replay(&bundle), Some(replay(&bundle)), &outcomes).unwrap();
    records.iter().for_each(|(at, payload)| run.record(Given::new(Format::Auto, payload, *at), |_| {}));
    let report = run.report();
    assert_eq!(report.totals.decisions, decisions);
    assert_eq!((report.totals.decisions_against, report.totals.changed), (Some(decisions), Some(0)));
    let counted = report.profiles.iter().filter(|line| line.hits > 0).map(|line| (line.profile.clone(), line.hits));
    assert_eq!(counted.collect::<BTreeMap<_, _>>(), hits);
    assert!(hits.len() >= 5 && hits.contains_key("regular"), "{hits:?}");
    assert!(report.profiles.iter().all(|line| line.new == Some(0) && line.gone == Some(0)));
}

/// The order, the reasons and what is withdrawn, of each verdict.
fn course(published: &[Published]) -> Vec<(Decision, Vec<String>, Vec<String>)> {
    let owned = |ids: &[&str]| ids.iter().map(|id| id.to_string()).collect();
    let lines = published.iter().flat_map(Published::assessments);
    lines.map(|line| (line.decision, owned(&line.evidence_ids), owned(&line.withdrawn_ids))).collect()
}

proptest! {
    #[test]
    fn law_3_what_is_under_way_counts_as_what_was_read_back(
        bills in prop::collection::vec((0..3_u32, 1..10_u32), 1..40),
        cuts in prop::collection::vec((1..6_usize, any::<bool>()), 1..10),
    ) {
        // What a message states alone does not depend on what else memory had read.
        let few = profile("few", "domain = 'aviation_security'\nweight = 45", "pieces < 7");
        let profiles = vec![profile("many", "weight = 45", "pieces > 4"), few];
        let bundle = Arc::new(Bundle::without_indicators("", profiles).unwrap());
        let bill = |(second, (serial, pieces)): (i64, &(u32, u32))| {
            let number = 1_000_000 + serial;
            let bill = format!(r#"{{"waybill": {{"awb": "020-{number}{}", "quantity": {{"pieces": {pieces}}}}}}}"#, number % 7);
            (Timestamp::from_millis(1_767_268_800_000 + second * 1_000), bill.into_bytes())
        };
        let bills: Vec<Stored> = (0..).zip(&bills).map(bill).collect();
        let mut expected = Vec::new();
        record_by_record(&mut Replica::new(&bundle), &bills, |_, published| expected.extend(course(published)));

        let mut replica = Replica::new(&bundle);
        let (mut found, mut waiting, mut back) = (Vec::new(), Vec::new(), 0);
        let (mut next, mut cuts) = (0, cuts.iter().cycle());
        while let (Some(rest), Some((size, reads_back))) = (bills.get(next..).filter(|rest| !rest.is_empty()), cuts.next()) {
            let mut batch = Batch::default();
            for value in waiting.drain(..if *reads_back { waiting.len() } else { 0 }) {
                push(&mut batch, Claim::NONE, Partition { topic: ASSESSMENTS, number: 0 }, back, &(Timestamp::default(), value));
                back += 1;
            }
            for bill in rest.iter().take(*size) {
                push(&mut batch, Claim(1), Partition { topic: MESSAGES, number: 0 }, next, bill);
                next += 1;
            }
            let published = published(&replica.take(batch));
            let all = published.iter().flat_map(|published| &published.records);
            waiting.extend(all.filter(|(to, _)| *to == Destination::Assessments).map(|(_, value)| value.clone()));
            found.extend(course(&published));
        }
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn goods_that_left_in_the_same_batch_left_while_held() {
    let bundle = Arc::new(Bundle::starter_with([profile("few", "weight = 45", "pieces < 7")]).unwrap());
    let bill = br#"{"waybill": {"awb": "020-12345675", "origin": "FRA", "quantity": {"pieces": 1}}}"#;
    let left =
        br#"{"status": {"awb": "020-12345675", "origin": "FRA", "destination": "JFK", "quantity": {"code": "total", "pieces": 1},
                   "events": [{"code": "DEP", "station": "FRA", "time": "2026-01-01T14:00:00Z",
                               "quantity": {"code": "total", "pieces": 1}}]}}"#;
    let noon = |hours: i64| Timestamp::from_millis(1_767_268_800_000 + hours * 3_600_000);
    let mut batch = Batch::default();
    for (offset, stored) in [(noon(0), bill.to_vec()), (noon(2), left.to_vec())].iter().enumerate() {
        push(&mut batch, Claim(1), Partition { topic: MESSAGES, number: 0 }, offset, stored);
    }
    let told = course(&published(&Replica::new(&bundle).take(batch)));
    let [(_, reasons, _), (_, on_leaving, _)] = &told[..] else { panic!("{told:?}") };
    assert!(reasons.contains(&"few".to_owned()) && on_leaving.contains(&"T2-open".to_owned()), "{told:?}");
}

#[test]
fn a_verdict_is_counted_when_it_is_committed_and_not_when_it_is_reached() {
    let mut replica = Replica::new(&Arc::new(Bundle::starter().unwrap()));
    let metrics = Arc::clone(&replica.screen.metrics);
    let of = Partition { topic: MESSAGES, number: 0 };
    let mut batch = Batch::default();
    log(40)[&of].iter().enumerate().for_each(|(offset, stored)| push(&mut batch, Claim(1), of, offset, stored));
    let screened = replica.take(batch);
    let counted = || {
        let assessed: u64 = Decision::ALL.into_iter().map(|decision| metrics.consignments_assessed.of(decision).get()).sum();
        let letters: u64 = Reason::ALL.into_iter().map(|reason| metrics.dead_letters.of(reason).get()).sum();
        [assessed, letters]
    };
    assert_eq!(counted(), [0, 0]);
    screened.records().flat_map(|record| record.counted()).for_each(IntCounter::inc);
    let all: Vec<_> = published(&screened).into_iter().flat_map(|published| published.records).collect();
    let told = |to| all.iter().filter(|(destination, _)| *destination == to).count() as u64;
    assert_eq!(counted(), [told(Destination::Assessments), told(Destination::DeadLetters)]);
    assert!(counted().iter().all(|count| *count > 0), "{:?}", counted());
}

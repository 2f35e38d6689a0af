//! The memory stage: the one thread that owns memory. It folds a batch whole, then recalls what its claimed records are to be
//! judged by, so the memory that a verdict saw is named by one vector of positions a batch. What was told a moment ago, and memory has
//! not read back, workers hand on to each other ([`underway`](super::underway)).

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, Sender};
use rustc_hash::FxHashSet;

use super::Telemetry;
use super::decoding::{Item, Observed};
use super::departures::Departures;
use super::snapshots::Snapshots;
use super::underway::{Subject, Turn, UnderWay};
use crate::batch::{Claim, Entry};
use crate::memory::deadline::Passed;
use crate::memory::observation::{Declared, Observation};
use crate::memory::snapshot::Header;
use crate::memory::{FrozenMemory, History, Key, Memory, Places};
use crate::metrics::labels::{Bill, Leaving};
use crate::model::{Decision, Message, Timestamp};
use crate::screen::judge::Judge;
use crate::source::Partition;

/// How far memory had read: next offset of every partition.
pub type Positions = Arc<[(Partition, i64)]>;

/// A batch that memory has taken in, with what it recalls.
pub struct Remembered {
    pub observed: Observed,
    recalled: Vec<Recalled>,
    /// One a record.
    spans: Vec<Range<usize>>,
    pub positions: Positions,
    /// Event time that the verdicts of each partition reach with this batch.
    pub watermarks: BTreeMap<Partition, Timestamp>,
    /// To hear what batches before it told, and to tell.
    pub turn: Turn,
}

/// What is to be judged, and by which history.
pub enum Recalled {
    /// The next consignment of a bill's message.
    Declared(Box<History>),
    /// The consignment of a movement that may be news; which one, the message tells by its place among those that moved.
    Moved { line: usize, history: Box<History> },
    /// What an outcome is about.
    Concluded(Box<History>),
    /// The next consignment of a bill that may be screened again: `None` when it has departed, or when a later version of its bill
    /// is known.
    Again(Option<Box<History>>),
    /// A deadline that passed with this record.
    Passed { passed: Passed, history: Box<History> },
}

impl Recalled {
    fn history(&self) -> Option<&History> {
        match self {
            Recalled::Declared(history) | Recalled::Concluded(history) => Some(history),
            Recalled::Moved { history, .. } | Recalled::Passed { history, .. } => Some(history),
            Recalled::Again(history) => history.as_deref(),
        }
    }
}

impl Remembered {
    /// What was recalled for each record, in their order.
    pub fn recalled(&self) -> impl Iterator<Item = &[Recalled]> {
        self.spans.iter().map(|span| self.recalled.get(span.clone()).unwrap_or_default())
    }

    /// Event time that the partition of a record has reached.
    pub fn reached(&self, entry: Entry<'_>) -> Timestamp {
        self.watermarks.get(&entry.record.origin.into()).copied().unwrap_or(entry.record.timestamp)
    }
}

/// A question to the thread that owns memory.
pub enum Inquiry {
    /// What memory is now, and how far it has read.
    Whole(Sender<(FrozenMemory, Positions)>),
    /// How far it has read.
    Positions(Sender<Positions>),
    /// How near these open holds are to their departures; the answer goes to the metrics.
    Departures(Vec<(Key, Decision)>),
}

/// The memory of this replica, on its own thread.
pub struct Rememberer {
    pub memory: Memory,
    pub positions: BTreeMap<Partition, i64>,
    /// Event time reached, by claim: it starts from what the last owner committed.
    pub watermarks: HashMap<Claim, Timestamp>,
    pub snapshots: Snapshots,
    pub header: Header,
    pub telemetry: Telemetry,
    pub measured: Instant,
    /// Tells of what moved whether it may be news.
    pub judge: Judge,
    pub under_way: UnderWay,
}

/// How often sizes are measured for the metrics.
const MEASURE_EVERY: Duration = Duration::from_secs(1);

impl Rememberer {
    pub fn remember(&mut self, observed: Observed) -> Remembered {
        if observed.batch().forget {
            self.memory = Memory::new(self.memory.horizons());
            self.positions.clear();
            self.under_way = UnderWay::default();
        }
        let places = self.memory.fold_all(&observed.observations);
        self.watermarks.extend(observed.batch().begun.iter().copied());
        for (entry, _) in observed.records() {
            let origin = entry.record.origin;
            let position = self.positions.entry(origin.into()).or_default();
            *position = (*position).max(origin.offset + 1);
        }
        let positions = self.positions();
        self.under_way.settle(&self.memory, &observed.batch().ended);
        let mut recalled = Vec::new();
        let mut judged = FxHashSet::default();
        let mut spans = Vec::with_capacity(observed.batch().len());
        for (entry, items) in observed.records() {
            let before = recalled.len();
            match &observed.batch().retro {
                Some(_) => items.for_each(|item| self.recall_again(item, &places, &mut recalled)),
                None if entry.claim == Claim::NONE => {}
                None => {
                    items.for_each(|item| self.recall(item, entry, &places, &judged, &mut recalled));
                    judged.extend(subjects(entry.claim, recalled.get(before..).unwrap_or_default()));
                }
            }
            spans.push(before..recalled.len());
        }
        let watermarks = match &observed.batch().retro {
            // The watermark of a claim stays where it is while bills are screened again.
            Some(retro) => self.reached(retro.of),
            None => self.pass(&observed, &mut recalled, &mut spans, &mut judged),
        };
        let turn = self.under_way.next(judged);
        self.keep(&positions);
        Remembered { observed, recalled, spans, positions, watermarks, turn }
    }

    /// `places` of the whole batch: what was looked up to fold it. `judged` by the records before this one.
    fn recall(
        &mut self,
        item: Item<'_>,
        entry: Entry<'_>,
        places: &[Places],
        judged: &FxHashSet<Subject>,
        recalled: &mut Vec<Recalled>,
    ) {
        let Ok(message) = item.message else { return };
        match message {
            Message::Waybill(_) | Message::Houses(_) => {
                let histories = bills(item, places).map(|(declared, places)| self.memory.recall_at(declared, places));
                recalled.extend(histories.map(|history| Recalled::Declared(Box::new(history))));
            }
            Message::Outcome(_) => {
                let key = item.observations.first().map_or(Key::NONE, Observation::consignment);
                let unknown = || History { consignment: key, ..History::default() };
                let history = self.memory.recall_known(key).unwrap_or_else(unknown);
                recalled.push(Recalled::Concluded(Box::new(history)));
            }
            Message::Manifest(_) | Message::BookedList(_) | Message::Booking(_) | Message::Status(_) => {
                self.count(item.observations);
                for (line, key) in Observation::moved(item.observations) {
                    // What was told of it a moment ago, only the worker knows.
                    let subject = (entry.claim, key);
                    let may_be_news = judged.contains(&subject) || self.under_way.concerns(subject) || {
                        let (judge, received) = (&mut self.judge, entry.record.timestamp);
                        self.memory.recall_shipment(key).is_some_and(|it| judge.may_be_news(message, line, received, &it))
                    };
                    let history = may_be_news.then(|| self.memory.recall_known(key)).flatten();
                    recalled.extend(history.map(|history| Recalled::Moved { line, history: Box::new(history) }));
                }
            }
        }
    }

    /// What moves towards its aircraft, by whether there was a bill to screen.
    fn count(&self, observations: &[Observation]) {
        let moved = observations.iter().filter_map(|observation| match observation {
            Observation::Moved(moved) => Some((moved.consignment, Leaving::of(moved.part.stage)?)),
            _ => None,
        });
        for (consignment, leaving) in moved {
            let bill = if self.memory.is_declared(consignment) { Bill::Known } else { Bill::Missing };
            self.telemetry.metrics.movements.of(leaving, bill).inc();
        }
    }

    /// For bills that are screened again. That they were folded again has changed nothing.
    fn recall_again(&self, item: Item<'_>, places: &[Places], recalled: &mut Vec<Recalled>) {
        for (declared, places) in bills(item, places) {
            let open = self.memory.is_open(declared.consignment).then(|| self.memory.recall_at(declared, places));
            recalled.push(Recalled::Again(open.filter(|history| !history.superseded).map(Box::new)));
        }
    }

    fn reached(&self, claimed: Option<(Partition, Claim)>) -> BTreeMap<Partition, Timestamp> {
        claimed.and_then(|(partition, claim)| Some((partition, *self.watermarks.get(&claim)?))).into_iter().collect()
    }

    /// Moves the watermarks of the claimed partitions and recalls what passed its deadline, with the last record of each.
    fn pass(
        &mut self,
        observed: &Observed,
        recalled: &mut Vec<Recalled>,
        spans: &mut [Range<usize>],
        judged: &mut FxHashSet<Subject>,
    ) -> BTreeMap<Partition, Timestamp> {
        let mut reached: BTreeMap<(Partition, Claim), (Timestamp, usize)> = BTreeMap::new();
        for (index, (entry, _)) in observed.records().enumerate() {
            if entry.claim != Claim::NONE {
                let claimed = (entry.record.origin.into(), entry.claim);
                let place = reached.entry(claimed).or_insert((entry.record.timestamp, index));
                *place = (place.0.max(entry.record.timestamp), index);
            }
        }
        let mut watermarks = BTreeMap::new();
        for ((partition, claim), (time, last_record)) in reached {
            // A partition whose owner never committed a watermark starts with its first record: what was due before is not told.
            let before = *self.watermarks.entry(claim).or_insert(time);
            let now = before.max(time);
            self.watermarks.insert(claim, now);
            watermarks.insert(partition, now);
            let passed = self.memory.passed((partition.topic, partition.number), before, now);
            let known = passed.into_iter().filter_map(|passed| Some((passed, self.memory.recall_known(passed.consignment)?)));
            let passed: Vec<_> = known.map(|(passed, history)| Recalled::Passed { passed, history: Box::new(history) }).collect();
            judged.extend(subjects(claim, &passed));
            insert(recalled, spans, last_record, passed);
        }
        watermarks
    }

    fn positions(&self) -> Positions {
        self.positions.iter().map(|(partition, next)| (*partition, *next)).collect()
    }

    fn keep(&mut self, positions: &Positions) {
        if self.snapshots.is_due() {
            self.header.positions =
                positions.iter().map(|(partition, next)| (partition.topic, partition.number, *next)).collect();
            self.snapshots.write(self.memory.freeze(), self.header.clone());
        }
        if self.measured.elapsed() >= MEASURE_EVERY {
            self.measured = Instant::now();
            self.telemetry.memory(&self.memory.size());
        }
    }

    /// Answers what is asked, with the state between two batches.
    pub fn answer(&mut self, inquiries: &Receiver<Inquiry>) {
        for inquiry in inquiries.try_iter() {
            match inquiry {
                // Whoever asked may have given up.
                Inquiry::Whole(answer) => drop(answer.send((self.memory.freeze(), self.positions()))),
                Inquiry::Positions(answer) => drop(answer.send(self.positions())),
                Inquiry::Departures(holds) => {
                    let now = Timestamp::from(SystemTime::now());
                    self.telemetry.departures(&Departures::count(&holds, &self.memory, now));
                }
            }
        }
    }
}

/// What a record under this claim will tell of.
fn subjects(claim: Claim, recalled: &[Recalled]) -> impl Iterator<Item = Subject> {
    recalled.iter().filter_map(Recalled::history).map(move |history| (claim, history.consignment))
}

/// The bills of a message, each with what was looked up for it and for what comes after it.
fn bills<'i>(item: Item<'i>, places: &'i [Places]) -> impl Iterator<Item = (&'i Declared, &'i [Places])> {
    item.observations.iter().zip(item.first_observation..).filter_map(|(observation, at)| match observation {
        Observation::Declared(declared) => Some((declared, places.get(at..).unwrap_or_default())),
        _ => None,
    })
}

/// Appends to the span of one record what is recalled for it besides.
fn insert(recalled: &mut Vec<Recalled>, spans: &mut [Range<usize>], record: usize, more: Vec<Recalled>) {
    let Some(at) = spans.get(record).map(|span| span.end).filter(|_| !more.is_empty()) else { return };
    let count = more.len();
    recalled.splice(at..at, more);
    for (index, span) in spans.iter_mut().enumerate().skip(record) {
        *span = if index == record { span.start..span.end + count } else { span.start + count..span.end + count };
    }
}

//! Asks the group for the committed position of a claimed partition, without holding anybody up.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, unbounded};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaResult;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::ownership::{Context, Ownership};
use super::{Input, Partition};
use crate::batch::Claim;
use crate::bundle::BundleHash;
use crate::kafka;
use crate::model::Timestamp;

/// Claims whose position is known, and what else had to be learnt before they may begin.
pub struct Found<T> {
    pub begins: Vec<Begin>,
    pub learnt: T,
}

/// Where a claim begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begin {
    pub partition: Partition,
    pub claim: Claim,
    /// Offset to screen next: 0 for a partition that nobody committed yet.
    pub next_offset: i64,
    pub note: Note,
}

/// What travels with a committed position, so that whoever takes the partition over goes on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Note {
    /// Event time that the verdicts of the partition have reached.
    pub watermark: Option<Timestamp>,
    pub judged_by: Option<JudgedBy>,
}

/// By which bundle the bills before a position were judged, at first or again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JudgedBy {
    /// All of them by this one.
    One(BundleHash),
    /// A change of bundles is under way.
    Several,
}

impl JudgedBy {
    fn read(text: &str) -> Option<Self> {
        if text == SEVERAL { Some(Self::Several) } else { text.parse().ok().map(Self::One) }
    }
}

impl fmt::Display for JudgedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(bundle) => bundle.fmt(f),
            Self::Several => f.write_str(SEVERAL),
        }
    }
}

const SEVERAL: &str = "several";
const WATERMARK: &str = "watermark-ms=";
const JUDGED_BY: &str = "judged-by=";

impl Note {
    /// Reads the metadata of a committed position; nothing is known of what another program committed.
    pub fn read(metadata: &[u8]) -> Self {
        let text = std::str::from_utf8(metadata).unwrap_or_default();
        let part = |name| text.split(' ').find_map(|part| part.strip_prefix(name));
        let watermark = part(WATERMARK).and_then(|millis| millis.parse().ok()).map(Timestamp::from_millis);
        Self { watermark, judged_by: part(JUDGED_BY).and_then(JudgedBy::read) }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let watermark = self.watermark.map(|watermark| format!("{WATERMARK}{}", watermark.millis()));
        let judged_by = self.judged_by.map(|bundle| format!("{JUDGED_BY}{bundle}"));
        f.write_str(&[watermark, judged_by].into_iter().flatten().collect::<Vec<_>>().join(" "))
    }
}

/// A question: where does this claim begin?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    pub partition: Partition,
    pub claim: Claim,
    /// What earlier owners published must be learnt first. A replica that merely starts over on a partition it kept knows it, and
    /// must not wait for a dead replica's transaction to be swept.
    pub learn: bool,
}

/// A thread that finds positions. One partition a question: a committed position that waits for somebody's pending transaction
/// would hold up the answer for all partitions asked with it.
pub struct Positions<T> {
    questions: Sender<Question>,
    found: Receiver<Found<T>>,
}

/// How long one question may take before the next partition is asked.
const QUESTION_TIMEOUT: Duration = Duration::from_millis(500);
/// Keeps a broker that answers errors at once from being hammered.
const PAUSE: Duration = Duration::from_millis(20);

impl<T: Default + Send + 'static> Positions<T> {
    /// `learn` runs after positions were found and before they are told: it reads what earlier owners published. It is
    /// tried again until it succeeds; meanwhile the questions that need it not are answered.
    pub fn start(
        ownership: &Ownership,
        inputs: &[Input],
        learn: impl FnMut() -> KafkaResult<T> + Send + 'static,
    ) -> std::io::Result<Self> {
        let (questions, asked) = unbounded();
        let (tell, found) = unbounded();
        let topics = inputs.iter().map(|input| input.topic.clone()).collect();
        let finder = Finder { consumer: ownership.consumer(), topics, asked, tell, learn };
        thread::Builder::new().name("positions".into()).spawn(move || finder.run())?;
        Ok(Self { questions, found })
    }

    /// Asks where a claim begins. The answer comes with [`Positions::found`]; it may come after the partition was lost again.
    pub fn ask(&self, question: Question) {
        // Fails only when the thread is gone, which ends with the process.
        let _ = self.questions.send(question);
    }

    /// What was found since the last call.
    pub fn found(&self) -> impl Iterator<Item = Found<T>> {
        self.found.try_iter()
    }
}

struct Finder<T, L> {
    consumer: Arc<BaseConsumer<Context>>,
    topics: Vec<String>,
    asked: Receiver<Question>,
    tell: Sender<Found<T>>,
    learn: L,
}

impl<T: Default, L: FnMut() -> KafkaResult<T>> Finder<T, L> {
    fn run(mut self) {
        let mut waiting: BTreeMap<Partition, Question> = BTreeMap::new();
        loop {
            if waiting.is_empty() {
                let Ok(question) = self.asked.recv() else { return };
                waiting.insert(question.partition, question);
            }
            // A later claim of the same partition makes the earlier question void.
            waiting.extend(self.asked.try_iter().map(|question| (question.partition, question)));
            let found = self.answer(&waiting);
            for begin in found.iter().flat_map(|found| &found.begins) {
                waiting.remove(&begin.partition);
            }
            let nothing = found.is_empty();
            if found.into_iter().any(|found| self.tell.send(found).is_err()) {
                return;
            }
            if nothing {
                thread::park_timeout(PAUSE);
            }
        }
    }

    /// Asks once for each waiting claim, and learns once for those that need it.
    fn answer(&mut self, waiting: &BTreeMap<Partition, Question>) -> Vec<Found<T>> {
        let (mut at_once, mut after_learning) = (Vec::new(), Vec::new());
        for &Question { partition, claim, learn } in waiting.values() {
            match committed(&self.consumer, &self.topics, partition) {
                Ok((next_offset, note)) => {
                    let begins = if learn { &mut after_learning } else { &mut at_once };
                    begins.push(Begin { partition, claim, next_offset, note });
                }
                Err(error) => tracing::debug!(?partition, %error, "position is not known yet"),
            }
        }
        let mut found = vec![Found { begins: at_once, learnt: T::default() }];
        if !after_learning.is_empty() {
            match (self.learn)() {
                Ok(learnt) => found.push(Found { begins: after_learning, learnt }),
                Err(error) => tracing::debug!(%error, "earlier referrals are not known yet"),
            }
        }
        found.retain(|found| !found.begins.is_empty());
        found
    }
}

/// The committed position of a partition and what came with it.
fn committed(consumer: &BaseConsumer<Context>, topics: &[String], partition: Partition) -> KafkaResult<(i64, Note)> {
    let mut list = TopicPartitionList::new();
    let topic = topics.get(usize::from(partition.topic)).map(String::as_str).unwrap_or_default();
    list.add_partition(topic, partition.number);
    let found = consumer.committed_offsets(list, QUESTION_TIMEOUT)?;
    let Some(element) = found.find_partition(topic, partition.number) else { return Ok((0, Note::default())) };
    element.error()?;
    let Offset::Offset(next_offset) = element.offset() else { return Ok((0, Note::default())) };
    let note = Note::read(&kafka::first_metadata(&found));
    let (first_kept, _) = kafka::watermarks(consumer, topic, partition.number, QUESTION_TIMEOUT)?;
    if next_offset < first_kept {
        let unscreened = first_kept - next_offset;
        tracing::error!(topic, partition = partition.number, unscreened, "retention deleted records before they were screened");
    }
    Ok((next_offset, note))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_travels_with_a_position_is_read_back() {
        let watermark = Some(Timestamp::from_millis(1_767_225_600_000));
        let one = Some(JudgedBy::One(BundleHash([0xa7; 32])));
        for (watermark, judged_by) in [(watermark, one), (None, Some(JudgedBy::Several)), (watermark, None), (None, None)] {
            let note = Note { watermark, judged_by };
            assert_eq!(Note::read(note.to_string().as_bytes()), note);
        }
        assert_eq!(Note::read(b"watermark-ms=7").watermark, Some(Timestamp::from_millis(7)));
        for foreign in
            [&b"watermark-ms=x judged-by=a7"[..], b"\xff\xfe", b"judged-by", &[b"judged-by=+7".as_slice(), &[b'0'; 62]].concat()]
        {
            assert_eq!(Note::read(foreign), Note::default());
        }
    }
}

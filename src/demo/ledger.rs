//! The ledger: every message sent with what must become of it, and what did. The account balances from here.
//!
//! A message is entered when the broker has it (its position is its name) and struck off when what was expected has been read
//! back under `read_committed` *and* the service has committed a position behind it. What is expected to leave no trace, a status
//! or a manifest, is struck off by the committed position alone. So what stays is bounded by what is under way.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::latency::Latency;
use super::sent::Expected;
use super::stories::{STORIES, Story};
use crate::screen::verdict::Decision;

/// A message that the broker has.
#[derive(Debug, Clone)]
pub struct Delivered {
    pub key: String,
    pub expected: Expected,
    pub story: Option<&'static Story>,
    pub bytes: usize,
    /// When it was given to the producer.
    pub sent_at: Instant,
}

#[derive(Debug, Default)]
pub struct Ledger {
    partitions: BTreeMap<i32, Partition>,
    pub totals: Totals,
    /// From sending to reading the committed result.
    pub latency: Latency,
    stories: BTreeMap<&'static str, Tally>,
}

/// What became of the messages, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// The broker has them.
    pub delivered: u64,
    /// The broker refused them, or did not answer in time.
    pub undelivered: u64,
    /// Messages struck off, by fate.
    pub assessed: u64,
    pub remembered: u64,
    pub dead_letters: u64,
    /// Consignments of struck-off messages that carry no story, and how many of them were referred all the same.
    pub clean: u64,
    pub clean_referred: u64,
    /// Consignments assessed, by decision.
    pub decisions: BTreeMap<Decision, u64>,
    /// Assessments of movements and deadlines: memory's own, beside the fate of the messages.
    pub noticed: u64,
    pub reasons: BTreeMap<String, u64>,
    /// Dead letters whose reason is not the expected one; balanced all the same.
    pub other_reasons: u64,
}

/// One story's shipments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub planted: u64,
    /// With at least the decision that the story deserves.
    pub found: u64,
    pub severest: Decision,
}

/// A message that is not accounted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub partition: i32,
    pub offset: i64,
    pub key: String,
    pub what: String,
}

#[derive(Debug, Default)]
struct Partition {
    /// By offset. A result may be read before the producer hears that its message was delivered.
    entries: BTreeMap<i64, Entry>,
    /// Next offset to be processed, as the group has committed it.
    committed: i64,
    /// Behind the last delivered message.
    end: i64,
    bytes_under_way: usize,
}

#[derive(Debug, Default)]
struct Entry {
    delivered: Option<Delivered>,
    assessed: u32,
    /// Of those assessed.
    referred: u32,
    dead_letters: u32,
    reason: String,
    severest: Decision,
}

impl Ledger {
    pub fn delivered(&mut self, partition: i32, offset: i64, delivered: Delivered) {
        self.totals.delivered += 1;
        if let Some(story) = delivered.story {
            self.stories.entry(story.id).or_default().planted += 1;
        }
        let of = self.partitions.entry(partition).or_default();
        of.bytes_under_way += delivered.bytes;
        of.end = of.end.max(offset.saturating_add(1));
        of.entries.entry(offset).or_default().delivered = Some(delivered);
        self.settle(partition, offset);
    }

    pub fn undelivered(&mut self) {
        self.totals.undelivered += 1;
    }

    pub fn assessed(&mut self, partition: i32, offset: i64, decision: Decision) {
        *self.totals.decisions.entry(decision).or_default() += 1;
        let entry = self.seen(partition, offset);
        entry.assessed += 1;
        entry.referred += u32::from(decision > Decision::Clear);
        entry.severest = entry.severest.max(decision);
        self.settle(partition, offset);
    }

    pub fn dead_letter(&mut self, partition: i32, offset: i64, reason: &str) {
        *self.totals.reasons.entry(reason.to_owned()).or_default() += 1;
        let entry = self.seen(partition, offset);
        entry.dead_letters += 1;
        reason.clone_into(&mut entry.reason);
        self.settle(partition, offset);
    }

    /// The group has committed `next_offset`: everything before it is processed.
    pub fn committed(&mut self, partition: i32, next_offset: i64) {
        let of = self.partitions.entry(partition).or_default();
        of.committed = of.committed.max(next_offset);
        let processed: Vec<i64> = of.entries.range(..of.committed).map(|(offset, _)| *offset).collect();
        for offset in processed {
            self.settle(partition, offset);
        }
    }

    /// Messages delivered and not yet processed.
    pub fn lag(&self) -> u64 {
        self.partitions.values().map(|of| of.end.saturating_sub(of.committed).max(0).unsigned_abs()).sum()
    }

    /// The fullest partition's bytes that are delivered and not yet struck off.
    pub fn bytes_under_way(&self) -> usize {
        self.partitions.values().map(|of| of.bytes_under_way).max().unwrap_or_default()
    }

    pub fn is_settled(&self) -> bool {
        self.partitions.values().all(|of| of.entries.is_empty())
    }

    /// Every planted story, those that did not occur too.
    pub fn stories(&self) -> impl Iterator<Item = (&'static Story, Tally)> {
        STORIES.iter().map(|story| (story, self.stories.get(story.id).copied().unwrap_or_default()))
    }

    /// What is not struck off, in the order of positions.
    pub fn missing(&self) -> impl Iterator<Item = Missing> {
        self.partitions.iter().flat_map(|(partition, of)| {
            of.entries.iter().map(|(offset, entry)| Missing {
                partition: *partition,
                offset: *offset,
                key: entry.delivered.as_ref().map(|delivered| delivered.key.clone()).unwrap_or_default(),
                what: entry.fault(*offset < of.committed),
            })
        })
    }

    fn seen(&mut self, partition: i32, offset: i64) -> &mut Entry {
        let entry = self.partitions.entry(partition).or_default().entries.entry(offset).or_default();
        if let Some(delivered) = &entry.delivered {
            self.latency.record(delivered.sent_at.elapsed());
        }
        entry
    }

    /// Strikes the message off if what was expected has happened, and nothing else.
    fn settle(&mut self, partition: i32, offset: i64) {
        let Some(of) = self.partitions.get_mut(&partition) else { return };
        let is_done = offset < of.committed && of.entries.get(&offset).is_some_and(Entry::is_as_expected);
        let Some(entry) = is_done.then(|| of.entries.remove(&offset)).flatten() else { return };
        let Some(delivered) = entry.delivered else { return };
        of.bytes_under_way = of.bytes_under_way.saturating_sub(delivered.bytes);
        match delivered.expected {
            Expected::Assessed(_) => self.totals.assessed += 1,
            Expected::Remembered => self.totals.remembered += 1,
            Expected::DeadLetter(reason) => {
                self.totals.dead_letters += 1;
                self.totals.other_reasons += u64::from(entry.reason != reason.as_str());
            }
        }
        match delivered.story {
            Some(story) => {
                let tally = self.stories.entry(story.id).or_default();
                tally.found += u64::from(entry.severest >= story.minimum);
                tally.severest = tally.severest.max(entry.severest);
            }
            None => {
                self.totals.clean += u64::from(entry.assessed);
                self.totals.clean_referred += u64::from(entry.referred);
            }
        }
    }
}

impl Entry {
    fn is_as_expected(&self) -> bool {
        match self.delivered.as_ref().map(|delivered| delivered.expected) {
            Some(Expected::Assessed(count)) => self.assessed == count && self.dead_letters == 0,
            Some(Expected::Remembered) => self.assessed == 0 && self.dead_letters == 0,
            Some(Expected::DeadLetter(_)) => self.assessed == 0 && self.dead_letters == 1,
            None => false,
        }
    }

    fn fault(&self, is_processed: bool) -> String {
        let Entry { assessed, dead_letters, reason, .. } = self;
        let expected = match self.delivered.as_ref().map(|delivered| delivered.expected) {
            Some(Expected::Assessed(count)) => format!("{count} assessments"),
            Some(Expected::Remembered) => "nothing to be published".to_owned(),
            Some(Expected::DeadLetter(reason)) => format!("a dead letter ({reason})"),
            None => "nothing more: unknown, or told twice".to_owned(),
        };
        let seen = match (*assessed, *dead_letters) {
            (0, 0) => "nothing seen".to_owned(),
            (assessed, 0) => format!("{assessed} assessments seen"),
            (assessed, dead_letters) => format!("{assessed} assessments and {dead_letters} dead letters ({reason}) seen"),
        };
        let processed = if is_processed { "processed" } else { "not yet processed" };
        format!("expected {expected}; {seen}; {processed}")
    }
}

impl Totals {
    /// Messages whose fate is the expected one.
    pub fn settled(&self) -> u64 {
        self.assessed + self.remembered + self.dead_letters
    }

    pub fn consignments(&self) -> u64 {
        self.decisions.values().sum()
    }
}

/// How long nothing may move at the end before what is missing is declared missing.
pub const PATIENCE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Reason;

    fn sent(expected: Expected) -> Delivered {
        Delivered { key: "020-12345675".into(), expected, story: None, bytes: 100, sent_at: Instant::now() }
    }

    #[test]
    fn a_message_is_struck_off_when_its_result_is_seen_and_its_position_committed() {
        let mut ledger = Ledger::default();
        ledger.delivered(0, 0, sent(Expected::Assessed(2)));
        ledger.delivered(0, 1, sent(Expected::Remembered));
        ledger.delivered(0, 2, sent(Expected::DeadLetter(Reason::BadAwb)));
        ledger.assessed(0, 0, Decision::Clear);
        ledger.committed(0, 3);
        assert_eq!((ledger.totals.remembered, ledger.totals.settled()), (1, 1));
        ledger.assessed(0, 0, Decision::Rfs);
        ledger.dead_letter(0, 2, "bad_awb");
        assert!(ledger.is_settled());
        assert_eq!(ledger.totals.settled(), ledger.totals.delivered);
        assert_eq!((ledger.totals.consignments(), ledger.totals.other_reasons, ledger.bytes_under_way()), (2, 0, 0));
        assert_eq!((ledger.totals.clean, ledger.totals.clean_referred), (2, 1));
    }

    #[test]
    fn a_result_may_come_before_the_delivery_report() {
        let mut ledger = Ledger::default();
        ledger.assessed(1, 7, Decision::Clear);
        ledger.committed(1, 8);
        assert!(!ledger.is_settled());
        ledger.delivered(1, 7, sent(Expected::Assessed(1)));
        assert!(ledger.is_settled());
    }

    #[test]
    fn whatever_differs_from_the_expected_fate_is_named() {
        type Case = (Expected, fn(&mut Ledger), &'static str);
        let cases: [Case; 4] = [
            (
                Expected::Assessed(2),
                |ledger| ledger.assessed(0, 0, Decision::Clear),
                "expected 2 assessments; 1 assessments seen",
            ),
            (Expected::Remembered, |ledger| ledger.dead_letter(0, 0, "bad_field"), "1 dead letters (bad_field) seen"),
            (Expected::DeadLetter(Reason::Empty), |_| {}, "expected a dead letter (empty); nothing seen"),
            (Expected::Assessed(1), |ledger| (0..2).for_each(|_| ledger.assessed(0, 0, Decision::Clear)), "2 assessments seen"),
        ];
        for (expected, happens, text) in cases {
            let mut ledger = Ledger::default();
            ledger.delivered(0, 0, sent(expected));
            happens(&mut ledger);
            ledger.committed(0, 1);
            let missing: Vec<_> = ledger.missing().collect();
            assert_eq!(missing.len(), 1, "{expected:?}");
            assert!(missing[0].what.contains(text), "{}", missing[0].what);
        }
    }

    #[test]
    fn a_second_result_after_the_message_was_struck_off_is_a_fault() {
        let mut ledger = Ledger::default();
        ledger.delivered(0, 0, sent(Expected::Assessed(1)));
        ledger.assessed(0, 0, Decision::Clear);
        ledger.committed(0, 1);
        ledger.assessed(0, 0, Decision::Clear);
        assert!(ledger.missing().next().unwrap().what.contains("told twice"));
    }

    #[test]
    fn a_story_is_found_when_its_decision_is_severe_enough() {
        let story = &STORIES[0];
        let mut ledger = Ledger::default();
        for (offset, decision) in [(0, Decision::Clear), (1, story.minimum), (2, Decision::Dnl)] {
            ledger.delivered(0, offset, Delivered { story: Some(story), ..sent(Expected::Assessed(1)) });
            ledger.assessed(0, offset, decision);
        }
        ledger.committed(0, 3);
        let (_, tally) = ledger.stories().next().unwrap();
        assert_eq!(tally, Tally { planted: 3, found: 2, severest: Decision::Dnl });
    }
}

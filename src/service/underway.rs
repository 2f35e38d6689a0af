//! What is under way: what the verdicts of each batch tell, until memory has read it back from the log.
//!
//! A verdict stands on what was told before about the same consignment. Memory knows that when it has read it back, a moment after it
//! was published; of a bill and its amendment or its movement in one batch, or in two that follow each other, it is handed on here.
//! What counts is what earlier records of the same partition told under the same claim, which is published before what stands on it
//! or falls away with it. So the log tells what a verdict stood on (law 6).

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::mem;
use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::batch::Claim;
use crate::memory::course::Course;
use crate::memory::observation::Assessed;
use crate::memory::{History, Key, Memory};

/// A consignment, as a record under this claim speaks of it.
pub type Subject = (Claim, Key);

/// What the verdicts of one batch tell.
#[derive(Debug, Default)]
struct Telling {
    /// On which there is a verdict.
    judged: FxHashSet<Subject>,
    /// Set when all of the batch has been judged, or will never be.
    told: OnceLock<FxHashMap<Subject, Course>>,
}

impl Telling {
    /// What is told of a consignment. Waits for the worker that judges it, which waits for nobody but those with batches before.
    fn of(&self, subject: Subject) -> Option<&Course> {
        match self.told.get() {
            None if !self.judged.contains(&subject) => None,
            None => self.told.wait().get(&subject),
            Some(told) => told.get(&subject),
        }
    }

    fn concerns(&self, subject: Subject) -> bool {
        self.told.get().map_or_else(|| self.judged.contains(&subject), |told| told.contains_key(&subject))
    }
}

/// The batches of which memory has not read back everything, in order.
#[derive(Debug, Default)]
pub struct UnderWay {
    batches: Vec<Arc<Telling>>,
    /// In how many of them there is a verdict: mostly none, which one look tells.
    judged: FxHashMap<Subject, u32>,
    /// Claims that ended while batches were under way: nothing more is published under them.
    ended: FxHashSet<Claim>,
}

impl UnderWay {
    /// Forgets what memory has read back, and what will not be published.
    pub fn settle(&mut self, memory: &Memory, ended: &[Claim]) {
        if self.batches.is_empty() {
            self.ended.clear();
        }
        self.ended.extend(ended);
        let ended = &self.ended;
        let is_settled = |((claim, key), told): (&Subject, &Course)| ended.contains(claim) || memory.has_read_back(*key, told);
        let is_done = |batch: &mut Arc<Telling>| batch.told.get().is_some_and(|told| told.iter().all(is_settled));
        for batch in self.batches.extract_if(.., is_done) {
            for subject in &batch.judged {
                if let Entry::Occupied(mut count) = self.judged.entry(*subject) {
                    *count.get_mut() -= 1;
                    if *count.get() == 0 {
                        count.remove();
                    }
                }
            }
        }
    }

    /// The turn of the next batch, whose verdicts are to be those on `judged`.
    pub fn next(&mut self, judged: FxHashSet<Subject>) -> Turn {
        if judged.is_empty() {
            return Turn::default();
        }
        judged.iter().for_each(|subject| *self.judged.entry(*subject).or_default() += 1);
        let own = Arc::new(Telling { judged, told: OnceLock::new() });
        let before = self.batches.clone();
        self.batches.push(Arc::clone(&own));
        Turn { before, own, told: FxHashMap::default() }
    }

    /// Whether there is, or may be, something told of a consignment that has not been read back.
    pub fn concerns(&self, subject: Subject) -> bool {
        self.judged.contains_key(&subject) && self.batches.iter().any(|batch| batch.concerns(subject))
    }
}

/// A batch's turn to tell. What it told is known to those after it when the turn is dropped.
#[derive(Debug, Default)]
pub struct Turn {
    before: Vec<Arc<Telling>>,
    own: Arc<Telling>,
    told: FxHashMap<Subject, Course>,
}

impl Turn {
    /// What memory recalled, with what has been told since.
    pub fn known<'h>(&self, subject: Subject, history: &'h History) -> Cow<'h, History> {
        let before = self.before.iter().filter_map(|batch| batch.of(subject));
        let mut history = Cow::Borrowed(history);
        before.chain(self.told.get(&subject)).for_each(|told| history.to_mut().course.join(told));
        history
    }

    pub fn tell(&mut self, claim: Claim, assessed: Assessed) {
        if !assessed.consignment.is_none() {
            self.told.entry((claim, assessed.consignment)).or_default().take(assessed);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let _ = self.own.told.set(mem::take(&mut self.told));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;
    use crate::memory::Horizons;
    use crate::memory::key::Kind;
    use crate::memory::observation::{LogPlace, Observation, Stamp};
    use crate::model::Timestamp;

    const CLAIM: Claim = Claim(1);

    fn key() -> Key {
        Key::of_public(Kind::Consignment, 7)
    }

    fn told(seconds: i64) -> Assessed {
        let time = Timestamp::from_millis(1_767_225_600_000 + seconds * 1_000);
        let place = LogPlace { offset: seconds, ..LogPlace::default() };
        Assessed {
            consignment: key(),
            stamp: Stamp { time, hash: 0 },
            place,
            evidence: vec![seconds as u32],
            ..Assessed::default()
        }
    }

    /// What a verdict under this claim is known to stand on.
    fn heard(turn: &Turn, claim: Claim) -> Option<Vec<u32>> {
        turn.known((claim, key()), &History::default()).course.assessed.as_ref().map(|told| told.evidence.clone())
    }

    fn judging() -> FxHashSet<Subject> {
        [(CLAIM, key())].into_iter().collect()
    }

    #[test]
    fn who_judges_a_consignment_waits_for_the_batch_before_and_nobody_else_does() {
        let mut under_way = UnderWay::default();
        let (mut first, second) = (under_way.next(judging()), under_way.next(judging()));
        assert_eq!(heard(&second, Claim(2)), None, "of another claim: no need to wait");
        let met = Barrier::new(2);
        thread::scope(|scope| {
            let heard = scope.spawn(|| {
                met.wait();
                heard(&second, CLAIM)
            });
            met.wait();
            first.tell(CLAIM, told(1));
            assert_eq!(super::tests::heard(&first, CLAIM), Some(vec![1]), "in the batch itself at once");
            drop(first);
            assert_eq!(heard.join().unwrap(), Some(vec![1]));
        });
    }

    #[test]
    fn a_batch_that_is_never_judged_keeps_nobody_waiting() {
        let mut under_way = UnderWay::default();
        let (mut first, second, third) = (under_way.next(judging()), under_way.next(judging()), under_way.next(judging()));
        first.tell(CLAIM, told(1));
        drop((first, second));
        assert_eq!(heard(&third, CLAIM), Some(vec![1]));
    }

    #[test]
    fn what_has_been_read_back_or_will_not_be_published_is_forgotten() {
        let (mut under_way, mut memory) = (UnderWay::default(), Memory::new(Horizons::default()));
        let concerned = |under_way: &mut UnderWay, memory: &Memory, ended: &[Claim]| {
            under_way.settle(memory, ended);
            under_way.concerns((CLAIM, key()))
        };
        let mut turn = under_way.next(judging());
        turn.tell(CLAIM, told(1));
        assert!(concerned(&mut under_way, &memory, &[]), "not judged yet");
        drop(turn);
        assert!(concerned(&mut under_way, &memory, &[]), "not read back yet");
        memory.fold(&Observation::Assessed(told(1)));
        assert!(!concerned(&mut under_way, &memory, &[]), "memory knows it");

        let mut turn = under_way.next(judging());
        turn.tell(CLAIM, told(2));
        assert!(concerned(&mut under_way, &memory, &[CLAIM]), "not judged yet");
        drop(turn);
        assert!(!concerned(&mut under_way, &memory, &[]), "its claim has ended");

        drop(under_way.next(judging()));
        assert!(!concerned(&mut under_way, &memory, &[]), "nothing was told");
    }
}

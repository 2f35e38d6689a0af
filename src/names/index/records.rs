//! A list's names as rows of word numbers, each on a cache line: looking at a name is waiting for memory. They are in the order of
//! what they lose if none of their words is met, so that the names that a bound still allows are those before a number.

use super::super::forms::Form;
use crate::near;

/// Words of a name that are kept in its own record.
const OWN: usize = 7;

#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Record {
    /// The last of a longer name is where the rest of its words begins.
    words: [u32; OWN],
    count: u8,
    form: Option<Form>,
}

#[derive(Debug, Default)]
pub struct Records {
    records: Vec<Record>,
    /// The words of names that have more than [`OWN`], all of each.
    long: Vec<u32>,
    /// Ascending.
    losses: Vec<Loss>,
}

/// Names of one loss.
#[derive(Debug, Clone, Copy)]
struct Loss {
    loss: f32,
    /// The first name of a greater one.
    end: u32,
}

/// All losses are multiples of a twentieth.
const LOSS_STEPS: f32 = 20.0;

impl Records {
    pub fn push(&mut self, words: &[u32], form: Option<Form>) {
        let mut own = [0; OWN];
        if words.len() > OWN {
            own.last_mut().into_iter().for_each(|last| *last = self.long.len() as u32);
            self.long.extend(words);
        } else {
            own.iter_mut().zip(words).for_each(|(slot, word)| *slot = *word);
        }
        self.records.push(Record { words: own, count: words.len() as u8, form });
    }

    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// The words of a name, in its order.
    pub fn words(&self, name: u32) -> &[u32] {
        let Some(record) = self.records.get(name as usize) else { return &[] };
        let count = usize::from(record.count);
        match record.words.get(..count) {
            Some(words) => words,
            None => {
                let from = record.words.last().map_or(0, |at| *at as usize);
                self.long.get(from..from + count).unwrap_or_default()
            }
        }
    }

    /// Asks for a name to be brought near.
    pub fn ask_for(&self, name: u32) {
        self.records.get(name as usize).into_iter().for_each(near::ask_for);
    }

    pub fn form(&self, name: u32) -> Option<Form> {
        self.records.get(name as usize).and_then(|record| record.form)
    }

    /// Gives every word its new number.
    pub fn renumber(&mut self, numbers: &[u32]) {
        let new = |word: &mut u32| *word = numbers.get(*word as usize).copied().unwrap_or_default();
        for record in &mut self.records {
            let count = usize::from(record.count);
            record.words.iter_mut().take(if count > OWN { 0 } else { count }).for_each(new);
        }
        self.long.iter_mut().for_each(new);
    }

    /// Puts the names in the order of their losses, the sums of those of their words; those of one loss stay as they were. Tells each
    /// name's number of before.
    pub fn order_by_loss(&mut self, of_word: impl Fn(u32) -> f32) -> Vec<u32> {
        let loss = |name: &u32| self.words(*name).iter().map(|word| (of_word(*word) * LOSS_STEPS).round() as u32).sum::<u32>();
        let mut before: Vec<u32> = (0..self.len() as u32).collect();
        before.sort_by_cached_key(loss);
        let mut losses: Vec<Loss> = Vec::new();
        for (name, end) in before.iter().zip(1..) {
            let loss = loss(name) as f32 / LOSS_STEPS;
            match losses.last_mut().filter(|last| last.loss == loss) {
                Some(last) => last.end = end,
                None => losses.push(Loss { loss, end }),
            }
        }
        self.records = before.iter().filter_map(|name| self.records.get(*name as usize)).copied().collect();
        self.losses = losses;
        before
    }

    /// The number before which the names are whose loss `allowed` allows; whoever allows a loss allows every smaller one.
    pub fn end(&self, allowed: impl Fn(f32) -> bool) -> u32 {
        let count = self.losses.partition_point(|known| allowed(known.loss));
        count.checked_sub(1).and_then(|last| self.losses.get(last)).map_or(0, |last| last.end)
    }

    pub fn shrink(&mut self) {
        self.records.shrink_to_fit();
        self.long.shrink_to_fit();
    }

    pub fn bytes(&self) -> usize {
        self.records.capacity() * size_of::<Record>() + self.long.capacity() * 4
    }
}

//! Making a segment: words are numbered as they come, names by word and words by key are sorted at the end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::super::fold::Script;
use super::super::super::token::{Name, Schema, Token};
use super::super::keyed::{Keyed, Keys};
use super::super::keys;
use super::super::likeness::Vocabulary;
use super::super::parted;
use super::super::postings::{self, Postings};
use super::super::records::Records;
use super::super::rows::Rows;
use super::super::runs::{self, Runs};
use super::Segment;

/// A segment in the making.
pub(super) struct Builder {
    segment: Segment,
    tokens: Vec<Token>,
    by_text: HashMap<(String, Script), u32>,
    initials: Vec<Keyed<u32>>,
    runs: runs::Builder,
    row: Vec<u32>,
}

impl Builder {
    pub(super) fn new(schema: Schema) -> Self {
        let segment = Segment {
            schema,
            vocabulary: Vocabulary::default(),
            initials: Keys::default(),
            runs: Runs::default(),
            known_runs: Rows::default(),
            records: Records::default(),
            owners: Vec::new(),
            postings: Postings::default(),
        };
        Self {
            segment,
            tokens: Vec::new(),
            by_text: HashMap::new(),
            initials: Vec::new(),
            runs: runs::Builder::default(),
            row: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, name: &str, owner: u32) {
        let name = Name::parse(name, self.segment.schema);
        let number = self.segment.owners.len() as u32;
        let initials = &mut self.initials;
        keys::of_first_letters(&name, |key| initials.push(Keyed { key, value: number }));
        self.runs.add(number, &name);
        self.segment.owners.push(owner);
        self.row.clear();
        for token in name.tokens {
            let word = self.word(token);
            self.row.push(word);
        }
        self.segment.records.push(&self.row, name.form);
    }

    /// The number of a word, a new one for a new word.
    fn word(&mut self, token: Token) -> u32 {
        let next = self.tokens.len() as u32;
        // How a word is weighed may depend on its name: a title that is the whole name.
        let key = (format!("{}{}", token.kind as u8, token.text), token.script);
        let word = *self.by_text.entry(key).or_insert(next);
        if word == next {
            self.tokens.push(token);
        }
        word
    }

    pub(super) fn finish(mut self) -> Segment {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);
        self.number_by_frequency();
        let names = self.order_by_loss();
        let segment = &mut self.segment;
        segment.vocabulary = Vocabulary::new(NEXT_ID.fetch_add(1, Ordering::Relaxed), self.tokens);
        segment.initials = Keys::build(self.initials);
        segment.runs = self.runs.finish(&names);
        segment.postings = Postings::build(&segment.records, segment.vocabulary.len());
        segment.owners.shrink_to_fit();
        segment.records.shrink();
        segment.known_runs = parted::of_vocabulary(segment);
        self.segment
    }

    /// The words of most names first, so that what is asked of words most stays together in memory.
    fn number_by_frequency(&mut self) {
        let starts = postings::starts(&self.segment.records, self.tokens.len());
        let count = |word: usize| starts.get(word + 1).zip(starts.get(word)).map(|(to, from)| to - from);
        let mut order: Vec<usize> = (0..self.tokens.len()).collect();
        order.sort_by_key(|word| std::cmp::Reverse(count(*word)));
        let mut numbers = vec![0; order.len()];
        for (old, new) in order.into_iter().zip(0..) {
            numbers.get_mut(old).into_iter().for_each(|number| *number = new);
        }
        self.segment.records.renumber(&numbers);
        let mut tokens: Vec<_> = std::mem::take(&mut self.tokens).into_iter().zip(numbers).collect();
        tokens.sort_unstable_by_key(|(_, number)| *number);
        self.tokens = tokens.into_iter().map(|(token, _)| token).collect();
    }

    /// The names that lose least first. Tells the new number of each.
    fn order_by_loss(&mut self) -> Vec<u32> {
        let Self { segment, tokens, initials, .. } = self;
        let before = segment.records.order_by_loss(|word| tokens.get(word as usize).map_or(0.0, Token::loss));
        let mut names = vec![0; before.len()];
        for (old, new) in before.iter().zip(0..) {
            names.get_mut(*old as usize).into_iter().for_each(|name| *name = new);
        }
        segment.owners = before.iter().filter_map(|old| segment.owners.get(*old as usize)).copied().collect();
        for keyed in initials {
            keyed.value = names.get(keyed.value as usize).copied().unwrap_or_default();
        }
        names
    }
}

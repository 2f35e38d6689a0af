//! Making a segment: words are numbered as they come, names by word and words by key are sorted at the end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::super::fold::Script;
use super::super::super::similar::Brief;
use super::super::super::token::{Name, Schema, Token};
use super::super::keys::{self, Keys};
use super::{LOSS_UNIT, Segment};

/// A segment in the making.
pub(super) struct Builder {
    segment: Segment,
    by_text: HashMap<(String, Script), u32>,
    initials: Vec<(u32, u32)>,
}

impl Builder {
    pub(super) fn new(schema: Schema) -> Self {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);
        let segment = Segment {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            schema,
            vocabulary: Vec::new(),
            briefs: Vec::new(),
            words: Keys::default(),
            initials: Keys::default(),
            starts: vec![0],
            rows: Vec::new(),
            forms: Vec::new(),
            losses: Vec::new(),
            owners: Vec::new(),
            posting_starts: Vec::new(),
            postings: Vec::new(),
        };
        Self { segment, by_text: HashMap::new(), initials: Vec::new() }
    }

    pub(super) fn add(&mut self, name: &str, owner: u32) {
        let name = Name::parse(name, self.segment.schema);
        let number = self.segment.owners.len() as u32;
        let initials = &mut self.initials;
        keys::of_first_letters(&name, |key| initials.push((key, number)));
        self.segment.forms.push(name.form);
        self.segment.losses.push((name.tokens.iter().map(Token::loss).sum::<f32>() * LOSS_UNIT) as u8);
        self.segment.owners.push(owner);
        for token in name.tokens {
            let word = self.word(token);
            self.segment.rows.push(word);
        }
        self.segment.starts.push(self.segment.rows.len() as u32);
    }

    /// The number of a word, a new one for a new word.
    fn word(&mut self, token: Token) -> u32 {
        let next = self.segment.vocabulary.len() as u32;
        // How a word is weighed may depend on its name: a title that is the whole name.
        let key = (format!("{}{}", token.kind as u8, token.text), token.script);
        let word = *self.by_text.entry(key).or_insert(next);
        if word == next {
            self.segment.vocabulary.push(token);
        }
        word
    }

    pub(super) fn finish(mut self) -> Segment {
        let segment = &mut self.segment;
        let mut words = Vec::new();
        for (token, number) in segment.vocabulary.iter().zip(0..) {
            keys::of_word(token, |key| words.push((key, number)));
        }
        segment.briefs = segment.vocabulary.iter().map(Brief::of).collect();
        segment.words = Keys::build(words);
        segment.initials = Keys::build(self.initials);
        (segment.posting_starts, segment.postings) = postings(&segment.starts, &segment.rows, segment.vocabulary.len());
        [&mut segment.starts, &mut segment.rows, &mut segment.owners].into_iter().for_each(Vec::shrink_to_fit);
        segment.forms.shrink_to_fit();
        segment.losses.shrink_to_fit();
        segment.vocabulary.shrink_to_fit();
        self.segment
    }
}

/// The names of each word, ascending.
fn postings(starts: &[u32], rows: &[u32], words: usize) -> (Vec<u32>, Vec<u32>) {
    let mut bounds = vec![0_u32; words + 1];
    for word in rows {
        bounds.get_mut(*word as usize + 1).into_iter().for_each(|count| *count += 1);
    }
    let mut sum = 0;
    for bound in &mut bounds {
        sum += *bound;
        *bound = sum;
    }
    let (mut next, mut names) = (bounds.clone(), vec![0; rows.len()]);
    for (name, bound) in starts.windows(2).enumerate() {
        let [from, to] = bound else { continue };
        for word in rows.get(*from as usize..*to as usize).unwrap_or_default() {
            let Some(at) = next.get_mut(*word as usize) else { continue };
            names.get_mut(*at as usize).into_iter().for_each(|slot| *slot = name as u32);
            *at += 1;
        }
    }
    (bounds, names)
}

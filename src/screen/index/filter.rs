//! The first look at a condition that was brought up, and mostly the last: one cache line with its parts, which decides it when
//! nothing in it has to be evaluated.

use super::cover::Cover;
use super::part::{self, Part};
use super::scratch::{Held, Hits};
use super::term::{Terms, number};
use super::{KeyId, TermId};
use crate::near;
use crate::screen::cel::Outcome;

/// A part of a partial look with more keys is left to the evaluation.
const KEYS_MAX: usize = 8;
/// So many make up a cache line; conditions with more words are decided in part.
const WORDS: usize = 16;
const NEGATED: u32 = 1 << 31;
/// Stands where a part has no reader; readers are as many as facts, and those are far fewer.
const NO_READER: u32 = 0x7fff;

/// By condition.
#[derive(Debug, Clone, Default)]
pub(super) struct Filters(Vec<Line>);

/// The parts, one after the other: a head with its first reader and the numbers of what follows, keys, ranges, further readers. Zero
/// ends it.
#[derive(Debug, Clone, Default)]
#[repr(align(64))]
struct Line {
    words: [u32; WORDS],
}

impl Filters {
    pub fn new(terms: &Terms, roots: &[TermId], covers: &[Vec<Cover>]) -> Self {
        let line = |(root, covers): (&TermId, &Vec<Cover>)| {
            let whole = part::parts(terms, *root).and_then(|mut parts| {
                // What brought it up is mostly its first part, which then tells nothing new.
                let brought_up = 1.min(parts.len());
                parts.rotate_left(brought_up);
                Line::whole(&parts)
            });
            whole.unwrap_or_else(|| Line::partial(covers))
        };
        Self(roots.iter().zip(covers).map(line).collect())
    }

    /// Asks for what the look at a condition needs.
    pub fn ask_for(&self, condition: u32) {
        self.0.get(condition as usize).into_iter().for_each(near::ask_for);
    }

    /// The outcome; `None` when the condition has to be evaluated.
    pub fn look(&self, condition: u32, hits: &Hits) -> Option<Outcome> {
        self.0.get(condition as usize)?.look(hits)
    }
}

impl Line {
    fn whole(parts: &[Part]) -> Option<Self> {
        let words: Vec<u32> = parts.iter().map(words).collect::<Option<Vec<_>>>()?.concat();
        // The last word tells a line that is all of its condition.
        (words.len() < WORDS).then(|| Self::of(&words, 1))
    }

    fn partial(covers: &[Cover]) -> Self {
        let mut kept = Vec::new();
        for cover in covers.iter().filter(|cover| cover.keys.len() <= KEYS_MAX) {
            let words = words(&Part::needed(cover)).unwrap_or_default();
            if kept.len() + words.len() < WORDS {
                kept.extend(words);
            }
        }
        Self::of(&kept, 0)
    }

    fn of(parts: &[u32], whole: u32) -> Self {
        let mut line = Self::default();
        line.words.iter_mut().zip(parts).for_each(|(word, part)| *word = *part);
        if let Some(last) = line.words.last_mut() {
            *last = whole;
        }
        line
    }

    fn look(&self, hits: &Hits) -> Option<Outcome> {
        let [parts @ .., whole] = &self.words;
        let (mut rest, mut outcome) = (&parts[..], Outcome::Match);
        while let Some((head, after)) = rest.split_first().filter(|(head, _)| **head != 0) {
            let (keys, after) = after.split_at_checked((head & 0xff) as usize)?;
            let (ranges, after) = after.split_at_checked((head >> 8 & 0xf) as usize * 2)?;
            let (readers, after) = after.split_at_checked((head >> 12 & 0xf) as usize)?;
            match decide(*head, keys, ranges, readers, hits) {
                Outcome::NoMatch => return Some(Outcome::NoMatch),
                Outcome::Undecided => outcome = Outcome::Undecided,
                Outcome::Match => {}
            }
            rest = after;
        }
        (*whole != 0 && !hits.any_oversize()).then_some(outcome)
    }
}

/// `None` when the part is too large, and when it has no alternatives: such a head would look like the end.
fn words(part: &Part) -> Option<Vec<u32>> {
    let (first, further) = part.readers.split_first().unwrap_or((&NO_READER, &[]));
    let fits = |count: usize, most: usize| (count <= most).then_some(number(count));
    let counts = fits(part.keys.len(), 0xff)? | fits(part.ranges.len(), 0xf)? << 8 | fits(further.len(), 0xf)? << 12;
    if counts & 0xfff == 0 || *first > NO_READER {
        return None;
    }
    let head = counts | first << 16 | if part.negated { NEGATED } else { 0 };
    let ranges = part.ranges.iter().map(|[reader, first, last]| (*last <= 0xffff).then_some([*reader, first << 16 | last]));
    let ranges = ranges.collect::<Option<Vec<_>>>()?;
    Some([&[head][..], &part.keys, ranges.as_flattened(), further].concat())
}

fn decide(head: u32, keys: &[KeyId], ranges: &[u32], readers: &[u32], hits: &Hits) -> Outcome {
    let within = |range: &[u32]| match range {
        [reader, span] => matches!(hits.held(*reader), Held::Number(_, piece) if (span >> 16..=span & 0xffff).contains(&piece)),
        _ => false,
    };
    let negated = head & NEGATED != 0;
    let unknown = || hits.is_unknown(head >> 16 & NO_READER) || readers.iter().any(|reader| hits.is_unknown(*reader));
    // A key hit of a list too long to be taken apart denies nothing: evaluating it may run out of steps.
    if negated && unknown() {
        return Outcome::Undecided;
    }
    if keys.iter().any(|key| hits.is_hit(*key)) || ranges.chunks_exact(2).any(within) {
        return Outcome::of(!negated);
    }
    if !negated && unknown() { Outcome::Undecided } else { Outcome::of(negated) }
}

//! One immutable part of an index.

mod build;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::super::align::{Alignment, may_be_initials};
use super::super::forms::Form;
use super::super::score::{Side, estimate};
use super::super::similar::{Brief, Meeting, meet};
use super::super::token::{Name, Schema, TOKENS_MAX, Token};
use super::super::words::Kind;
use super::Search;
use super::keys::{self, Keys};

/// A name that scored high enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// The number given with the name.
    pub owner: u32,
    /// Which of the segment's names it is.
    pub name: u32,
    pub score: f32,
}

/// Names that one search scores at most. A query that more names resemble ("Mohammed Ali") is told the best of them.
pub const SCORED_MAX: usize = 250;
/// Names found in one segment at most.
pub const FOUND_MAX: usize = 20;
/// A word that more names hold is counted only among names that another word found.
const FREQUENT: usize = 20_000;
/// Letters of the shortest word that is looked for within another.
const PIECE_MIN: usize = 2;
/// A word within another that more names hold is counted only among names that another word found.
const PIECE_NAMES_MAX: usize = 500;
/// What an initial adds, in [`UNIT`] parts.
const INITIAL_PARTS: u16 = 50;
/// Names that one key of words run together leads to at most.
const JOINED_MAX: usize = 200;
/// Weights are counted in these parts, so that counting is exact whatever the order.
const UNIT: f32 = 100.0;
/// Words remembered with the words like them; some 200 bytes each.
const ALIKE_KNOWN_MAX: usize = 50_000;
/// Parts in which what a name has left over is kept.
const LOSS_UNIT: f32 = 15.0;
/// How far the count may underrate a score: words that meet although no key finds them.
const LEEWAY: f32 = 0.06;

#[derive(Debug)]
pub struct Segment {
    /// Told from every other of the process, for what is remembered of it.
    id: u64,
    schema: Schema,
    vocabulary: Vec<Token>,
    /// The same at a glance.
    briefs: Vec<Brief>,
    /// Words by key.
    words: Keys,
    /// Names of companies by their first letters.
    initials: Keys,
    /// Where each name's words begin; one more than names.
    starts: Vec<u32>,
    rows: Vec<u32>,
    forms: Vec<Option<Form>>,
    /// What each name's words cost when they are not met, in [`LOSS_UNIT`] parts.
    losses: Vec<u8>,
    owners: Vec<u32>,
    /// Where each word's names begin; one more than words.
    posting_starts: Vec<u32>,
    postings: Vec<u32>,
}

/// A query's word: the names that words like it lead to, its weight, and those words with their likeness.
type Group = (usize, f32, Arc<[(u32, f32)]>);

/// What a search counts with.
#[derive(Debug, Default)]
pub struct Counting {
    /// By name: weight met so far, in [`UNIT`] parts; all zero between searches.
    met: Vec<u16>,
    touched: Vec<u32>,
    /// By word of the vocabulary: the last round in which it was looked at.
    seen: Vec<u32>,
    round: u32,
    /// Words like a query's word, and how much.
    alike: Vec<(u32, f32)>,
    /// The same for words asked for before: parties share their words.
    alike_known: HashMap<u128, Arc<[(u32, f32)]>>,
    /// Words like any of the query's.
    counted: HashSet<u32>,
    runs: Alignment,
    ranked: Vec<(f32, u32)>,
}

impl Segment {
    pub fn build(schema: Schema, names: impl IntoIterator<Item = (String, u32)>) -> Self {
        let mut builder = build::Builder::new(schema);
        names.into_iter().for_each(|(name, owner)| builder.add(&name, owner));
        builder.finish()
    }

    pub fn len(&self) -> usize {
        self.owners.len()
    }

    pub fn bytes(&self) -> usize {
        let word = |word: &Token| {
            size_of::<Token>()
                + word.text.capacity()
                + word.canonical.capacity()
                + word.sound.capacity()
                + word.skeleton.capacity()
        };
        let numbers = self.starts.capacity() + self.rows.capacity() + self.owners.capacity();
        let postings = self.posting_starts.capacity() + self.postings.capacity();
        self.vocabulary.iter().map(word).sum::<usize>()
            + self.briefs.capacity() * size_of::<Brief>()
            + self.words.bytes()
            + self.initials.bytes()
            + 4 * (numbers + postings)
            + self.forms.capacity()
            + self.losses.capacity()
    }

    pub fn search(&self, query: &Name, threshold: f32, search: &mut Search, found: &mut Vec<Found>) {
        search.counting.begin(self);
        self.count(query, threshold, &mut search.counting);
        self.rank(query, threshold, &mut search.counting);
        let before = found.len();
        for at in 0..search.counting.ranked.len() {
            let Some((estimate, name)) = search.counting.ranked.get(at).copied() else { break };
            let enough = found.len() - before >= FOUND_MAX;
            if enough
                && found.get(before..).unwrap_or_default().iter().filter(|found| found.score >= estimate).count() >= FOUND_MAX
            {
                break;
            }
            self.score(query, name, threshold, search, found, &[]);
        }
        keep_best(found, before);
    }

    pub fn search_all(&self, query: &Name, threshold: f32, search: &mut Search, found: &mut Vec<Found>) {
        let before = found.len();
        let table: Vec<_> =
            query.tokens.iter().flat_map(|token| self.vocabulary.iter().map(move |word| meet(token, word))).collect();
        for name in 0..self.len() as u32 {
            self.score(query, name, threshold, search, found, &table);
        }
        keep_best(found, before);
    }

    fn row(&self, name: u32) -> &[u32] {
        range(&self.starts, &self.rows, name)
    }

    fn names_with(&self, word: u32) -> &[u32] {
        range(&self.posting_starts, &self.postings, word)
    }

    /// Scores one name; `table` holds how each of the query's words meets each of the vocabulary, or is empty.
    fn score(
        &self,
        query: &Name,
        name: u32,
        threshold: f32,
        search: &mut Search,
        found: &mut Vec<Found>,
        table: &[Option<Meeting>],
    ) {
        let Some(first) = self.vocabulary.first() else { return };
        let mut tokens = [first; TOKENS_MAX];
        let row = self.row(name);
        let words = row.iter().filter_map(|word| self.vocabulary.get(*word as usize));
        let count = tokens.iter_mut().zip(words).map(|(slot, word)| *slot = word).count();
        let form = self.forms.get(name as usize).copied().flatten();
        let entry = Side { tokens: tokens.get(..count).unwrap_or_default(), form };
        let score = search.scorer.score_sides(self.schema, query.side(), entry, |at, against| {
            match table.get(at * self.vocabulary.len() + *row.get(against)? as usize) {
                Some(known) => *known,
                None => meet(query.tokens.get(at)?, tokens.get(against)?),
            }
        });
        if score >= threshold {
            let owner = self.owners.get(name as usize).copied().unwrap_or_default();
            found.push(Found { owner, name, score });
        }
    }

    /// Counts, for every name that may be alike, the weight of the query's words that it meets.
    fn count(&self, query: &Name, threshold: f32, counting: &mut Counting) {
        // Rarest words first: frequent ones are counted only where another was met, unless nothing rarer can reach the score.
        let mut groups: Vec<Group> = Vec::with_capacity(query.tokens.len());
        counting.counted.clear();
        for token in counted(query) {
            let alike = self.alike(token, counting);
            counting.counted.extend(alike.iter().map(|(word, _)| *word));
            let names = alike.iter().map(|(word, _)| self.names_with(*word).len()).sum();
            groups.push((names, token.weight(), alike));
        }
        groups.sort_by_key(|(names, _, _)| *names);
        let whole = whole(query);
        let mut left = whole;
        for (names, weight, words) in &groups {
            // What is left could still be a match by itself.
            let needed = reachable(left, whole) >= threshold - LEEWAY;
            let only_known = !needed && *names > FREQUENT.min(counting.touched.len() * 8 + 2_000);
            for (word, similarity) in words.iter() {
                let parts = (weight * similarity * UNIT) as u16;
                self.names_with(*word).iter().for_each(|name| counting.add(*name, parts, only_known));
            }
            left -= weight;
        }
        self.count_initials(query, counting);
        self.count_joined(query, counting);
    }

    /// Single letters that may stand for a query's word, and words that a query's single letter may stand for: counted only where
    /// a word was met, they are too many.
    fn count_initials(&self, query: &Name, counting: &mut Counting) {
        if self.schema == Schema::Company || counting.touched.is_empty() {
            return;
        }
        let firsts =
            query.tokens.iter().filter(|token| token.kind != Kind::Initial).filter_map(|token| token.text.bytes().next());
        for first in firsts {
            for word in self.words.find(keys::of_initials(std::iter::once(first))) {
                let names = self.names_with(word);
                if names.len() <= FREQUENT {
                    names.iter().for_each(|name| counting.add(*name, INITIAL_PARTS, true));
                }
            }
        }
    }

    /// The words of the vocabulary that meet a query's word, from memory if it was asked for before.
    fn alike(&self, token: &Token, counting: &mut Counting) -> Arc<[(u32, f32)]> {
        let half = |seed: u8| {
            let mut hasher = DefaultHasher::new();
            (seed, self.id, token.kind, token.script, &token.text).hash(&mut hasher);
            u128::from(hasher.finish())
        };
        let key = half(1) << 64 | half(2);
        if let Some(known) = counting.alike_known.get(&key) {
            return Arc::clone(known);
        }
        self.find_alike(token, counting);
        if counting.alike_known.len() >= ALIKE_KNOWN_MAX {
            counting.alike_known.clear();
        }
        let alike: Arc<[_]> = counting.alike.as_slice().into();
        counting.alike_known.insert(key, Arc::clone(&alike));
        alike
    }

    /// Finds the words of the vocabulary that meet a query's word.
    fn find_alike(&self, token: &Token, counting: &mut Counting) {
        counting.alike.clear();
        counting.round += 1;
        let Counting { seen, round, alike, .. } = counting;
        let brief = Brief::of(token);
        keys::of_query(token, |key, by_spelling| {
            for word in self.words.find(key) {
                if by_spelling && !self.briefs.get(word as usize).is_some_and(|known| brief.may_be_slip_of(*known)) {
                    continue;
                }
                let Some(last) = seen.get_mut(word as usize) else { continue };
                if std::mem::replace(last, *round) == *round {
                    continue;
                }
                let meeting = self.vocabulary.get(word as usize).and_then(|known| meet(token, known));
                alike.extend(meeting.map(|meeting| (word, meeting.similarity)));
            }
        });
    }

    /// Words run together on either side, and short forms.
    fn count_joined(&self, query: &Name, counting: &mut Counting) {
        let tokens = &query.tokens;
        for token in tokens.iter().filter(|token| token.text.len() >= 3 && token.number.is_none()) {
            let parts = (2.0 * token.weight() * UNIT) as u16;
            let names = self.initials.find(keys::of_initials(token.text.bytes()));
            names.take(JOINED_MAX).for_each(|name| counting.add(name, parts, false));
            self.count_pieces(token, counting);
        }
        for size in 2..=4 {
            for run in tokens.windows(size) {
                let weight = run.iter().map(Token::weight).sum::<f32>();
                let mut words = Vec::new();
                keys::of_joined_slips(run.iter().map(|token| token.sound.as_str()), |key| words.extend(self.words.find(key)));
                words.sort_unstable();
                words.dedup();
                words.retain(|word| !counting.counted.contains(word));
                for word in words {
                    let meeting = self.vocabulary.get(word as usize).and_then(|word| like_run(word, run, &mut counting.runs));
                    let parts = meeting.map(|meeting| (weight * meeting.similarity * UNIT) as u16);
                    let names = if parts.is_some() { self.names_with(word) } else { &[] };
                    names.iter().take(FREQUENT).for_each(|name| counting.add(*name, parts.unwrap_or_default(), false));
                }
            }
        }
        let all = (tokens.iter().map(Token::weight).sum::<f32>() * UNIT) as u16;
        keys::of_first_letters(query, |key| {
            for word in self.words.find(key) {
                self.names_with(word).iter().take(JOINED_MAX).for_each(|name| counting.add(*name, all, false));
            }
        });
    }

    /// Words that a query's word begins or ends with: the rest may be another word.
    fn count_pieces(&self, token: &Token, counting: &mut Counting) {
        if token.sound.len() < 2 * PIECE_MIN {
            return;
        }
        for at in PIECE_MIN..=token.sound.len() - PIECE_MIN {
            let Some((head, tail)) = token.sound.split_at_checked(at) else { continue };
            for piece in [head, tail] {
                // Head and tail together are the word.
                let parts = (token.weight() * UNIT * piece.len() as f32 / token.sound.len() as f32) as u16;
                for word in self.words.find(keys::of_piece(piece)) {
                    if counting.counted.contains(&word) {
                        continue;
                    }
                    let same = self.vocabulary.get(word as usize).is_some_and(|word| {
                        token.text.starts_with(&word.text) || token.text.ends_with(&word.text) || word.sound == piece
                    });
                    let names = if same { self.names_with(word) } else { &[] };
                    let only_known = names.len() > PIECE_NAMES_MAX;
                    names.iter().for_each(|name| counting.add(*name, parts, only_known));
                }
            }
        }
    }

    /// Puts the names that may reach the threshold in order of what they may score, the most promising first.
    fn rank(&self, query: &Name, threshold: f32, counting: &mut Counting) {
        let (whole, loss) = (whole(query), counted(query).map(Token::loss).sum::<f32>());
        let Counting { met, touched, ranked, .. } = counting;
        ranked.clear();
        for name in touched.drain(..) {
            let Some(parts) = met.get_mut(name as usize).map(std::mem::take) else { continue };
            let share = (f32::from(parts) / UNIT / whole).min(1.0);
            if reachable(share * whole, whole) < threshold - LEEWAY {
                continue;
            }
            let entry_loss = f32::from(self.losses.get(name as usize).copied().unwrap_or_default()) / LOSS_UNIT;
            let score = estimate(self.schema, share * whole, (1.0 - share) * loss, (entry_loss - share * loss).max(0.0));
            ranked.push((score, name));
        }
        let better = |one: &(f32, u32), other: &(f32, u32)| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1));
        if ranked.len() > SCORED_MAX {
            ranked.select_nth_unstable_by(SCORED_MAX, better);
            ranked.truncate(SCORED_MAX);
        }
        ranked.sort_unstable_by(better);
    }
}

/// What a query's words weigh.
fn whole(query: &Name) -> f32 {
    counted(query).map(Token::weight).sum()
}

/// The words of a query that names are counted by: not those that may be initials, unless there are no others.
fn counted(query: &Name) -> impl Iterator<Item = &Token> {
    let initials = move |token: &Token| token.kind == Kind::Initial || may_be_initials(Schema::Person, token);
    let only_initials = query.tokens.iter().all(initials);
    query.tokens.iter().filter(move |token| only_initials || !initials(token))
}

/// The best score of a name that met that weight of a query's whole: what is missing costs at least as a word that only the query
/// has.
fn reachable(met: f32, whole: f32) -> f32 {
    const QUERY_ONLY: f32 = 0.6;
    if met <= 0.0 { 0.0 } else { met / (met + QUERY_ONLY * (whole - met).max(0.0)) }
}

/// How a word of the vocabulary meets words of the query run together.
fn like_run(word: &Token, run: &[Token], runs: &mut Alignment) -> Option<Meeting> {
    let letters: usize = run.iter().map(|token| token.text.len()).sum();
    if word.text.len().abs_diff(letters) > 2 { None } else { runs.joined(word, run) }
}

fn keep_best(found: &mut Vec<Found>, before: usize) {
    if let Some(own) = found.get_mut(before..) {
        own.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.name.cmp(&other.name)));
    }
    found.truncate(before + FOUND_MAX);
}

fn range<'a>(starts: &[u32], all: &'a [u32], at: u32) -> &'a [u32] {
    let bounds = starts.get(at as usize).zip(starts.get(at as usize + 1));
    bounds.and_then(|(from, to)| all.get(*from as usize..*to as usize)).unwrap_or_default()
}

impl Counting {
    fn begin(&mut self, segment: &Segment) {
        if self.met.len() < segment.len() {
            self.met.resize(segment.len(), 0);
        }
        // Another segment has other words, so what was seen there says nothing.
        self.round = self.round.wrapping_add(1);
        if self.seen.len() < segment.vocabulary.len() {
            self.seen.resize(segment.vocabulary.len(), 0);
        }
    }

    fn add(&mut self, name: u32, parts: u16, only_known: bool) {
        let Some(met) = self.met.get_mut(name as usize) else { return };
        if *met == 0 {
            if only_known {
                return;
            }
            self.touched.push(name);
        }
        *met = met.saturating_add(parts.max(1));
    }
}

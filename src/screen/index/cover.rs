//! Under which keys a condition is posted: keys of which one is hit whenever the condition holds, and as seldom as possible else.

use rustc_hash::FxHashMap;

use super::interval::Interval;
use super::term::{ReaderId, Term, Terms, Test};
use super::{KeyId, TermId};

/// Keys for one part of a condition: when none of them is hit and no reader's fact is unknown, the part is false, and so is the
/// condition.
#[derive(Debug, Clone)]
pub(super) struct Cover {
    pub keys: Vec<KeyId>,
    pub readers: Vec<ReaderId>,
    /// Estimated share of the rows that hit one of the keys.
    pub share: f64,
}

/// A truth value or the presence of a fact: the conditions do not tell how often it is so.
const COARSE_SHARE: f64 = 0.5;
/// A fact is thought to have this many values besides those that conditions name.
const OTHER_VALUES: f64 = 32.0;
/// Ranges are never thought rare: conditions look for the unusual, rows are mostly usual, but nothing says which is which.
const RANGE_SHARE_MIN: f64 = 0.1;

/// How often conditions name a value stands for how often rows have it: the hub that most profiles name is the hub of most traffic.
#[derive(Debug, Default)]
pub(super) struct Shares {
    by_key: FxHashMap<KeyId, f64>,
}

impl Shares {
    pub fn of(terms: &Terms, roots: &[TermId]) -> Self {
        let (mut uses, mut totals): (FxHashMap<(ReaderId, KeyId), f64>, FxHashMap<ReaderId, f64>) = Default::default();
        for root in roots {
            visit_tests(terms, *root, &mut |test| {
                let Some((reader, keys)) = test.keys() else { return };
                *totals.entry(reader).or_default() += 1.0;
                for key in keys {
                    *uses.entry((reader, *key)).or_default() += 1.0 / keys.len() as f64;
                }
            });
        }
        let share = |((reader, key), uses): ((ReaderId, KeyId), f64)| {
            let total = totals.get(&reader).copied().unwrap_or(0.0);
            let coarse = terms.readers.get(reader as usize).is_some_and(|reader| reader.is_coarse(key));
            (key, if coarse { COARSE_SHARE } else { (uses + 1.0) / (total + OTHER_VALUES) })
        };
        Self { by_key: uses.into_iter().map(share).collect() }
    }

    fn any_of(&self, keys: &[KeyId]) -> f64 {
        keys.iter().filter_map(|key| self.by_key.get(key)).sum::<f64>().min(1.0)
    }
}

fn visit_tests<'t>(terms: &'t Terms, term: TermId, visit: &mut dyn FnMut(&'t Test)) {
    match terms.terms.get(term as usize) {
        Some(Term::Test(test)) => terms.tests.get(*test as usize).into_iter().for_each(visit),
        Some(Term::All(parts) | Term::Any(parts)) => parts.iter().for_each(|part| visit_tests(terms, *part, visit)),
        Some(Term::NotTest(_)) | None => {}
    }
}

/// The covers of a condition's parts, rarest first. Gives keys to the ranges that need them.
pub(super) fn covers(terms: &mut Terms, shares: &Shares, root: TermId) -> Vec<Cover> {
    let parts: Vec<TermId> = match terms.terms.get(root as usize) {
        Some(Term::All(parts)) => parts.to_vec(),
        _ => vec![root],
    };
    let mut ranges: Vec<(ReaderId, Interval)> = Vec::new();
    let mut covers = Vec::new();
    for part in parts {
        match terms.range(part) {
            Some((reader, interval)) => match ranges.iter_mut().find(|(other, _)| *other == reader) {
                Some((_, joint)) => *joint = joint.meet(interval),
                None => ranges.push((reader, interval)),
            },
            None => covers.extend(cover(terms, shares, part)),
        }
    }
    covers.extend(ranges.into_iter().map(|(reader, interval)| range_cover(terms, reader, interval)));
    covers.sort_by(|left, right| left.share.total_cmp(&right.share));
    covers
}

fn cover(terms: &mut Terms, shares: &Shares, term: TermId) -> Option<Cover> {
    match terms.terms.get(term as usize)?.clone() {
        Term::Test(test) => test_cover(terms, shares, test),
        Term::NotTest(test) => match terms.tests.get(test as usize)? {
            Test::Has(reader) => presence_cover(terms, *reader, false),
            _ => None,
        },
        Term::All(_) => covers(terms, shares, term).into_iter().next(),
        Term::Any(parts) => {
            let every: Option<Vec<Cover>> = parts.iter().map(|part| cover(terms, shares, *part)).collect();
            every?.into_iter().reduce(|mut joint, cover| {
                joint.keys.extend(cover.keys);
                joint.readers.extend(cover.readers);
                joint.share = (joint.share + cover.share).min(1.0);
                joint
            })
        }
    }
}

fn test_cover(terms: &mut Terms, shares: &Shares, test: super::TestId) -> Option<Cover> {
    match terms.tests.get(test as usize)? {
        Test::Within(reader, interval) => Some(range_cover(terms, *reader, *interval)),
        Test::Has(reader) => presence_cover(terms, *reader, true),
        test => {
            let (reader, keys) = test.keys()?;
            Some(Cover { keys: keys.to_vec(), readers: vec![reader], share: shares.any_of(keys) })
        }
    }
}

/// Presence is never unknown, so no reader has to be watched.
fn presence_cover(terms: &Terms, reader: ReaderId, stated: bool) -> Option<Cover> {
    let key = terms.readers.get(reader as usize)?.presence(stated)?;
    Some(Cover { keys: vec![key], readers: Vec::new(), share: COARSE_SHARE })
}

fn range_cover(terms: &mut Terms, reader: ReaderId, interval: Interval) -> Cover {
    let Terms { readers, key_count, .. } = terms;
    let next = || {
        let key = *key_count;
        *key_count = key_count.saturating_add(1);
        key
    };
    let (keys, share) = match readers.get_mut(reader as usize) {
        Some(reader) if !interval.is_empty() => (reader.segments.keys(interval, next), reader.segments.share(interval)),
        _ => (Vec::new(), 0.0),
    };
    Cover { keys, readers: vec![reader], share: share.max(RANGE_SHARE_MIN) }
}

impl Terms {
    /// The range that a term asks for, if that is all it asks.
    pub fn range(&self, term: TermId) -> Option<(ReaderId, Interval)> {
        match self.terms.get(term as usize)? {
            Term::Test(test) => match self.tests.get(*test as usize)? {
                Test::Within(reader, interval) => Some((*reader, *interval)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Kinds of terms by what they cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cost {
    LookUp,
    Terms,
    Evaluation,
}

impl Terms {
    /// Puts the parts of each term into the order in which they are best evaluated: cheap ones first, and of these the one that is
    /// most likely to decide.
    pub(super) fn put_in_order(&mut self, shares: &Shares) {
        // The parts of a term were made before it.
        let mut ranks: Vec<(Cost, f64)> = Vec::with_capacity(self.terms.len());
        for term in &self.terms {
            ranks.push(self.rank(term, &ranks, shares));
        }
        let rank = |part: &TermId| ranks.get(*part as usize).copied().unwrap_or((Cost::Evaluation, 1.0));
        for term in &mut self.terms {
            match term {
                Term::All(parts) => parts.sort_by(|left, right| by_rank(rank(left), rank(right))),
                Term::Any(parts) => parts.sort_by(|left, right| {
                    let ((left, likely), (right, other)) = (rank(left), rank(right));
                    by_rank((left, -likely), (right, -other))
                }),
                Term::Test(_) | Term::NotTest(_) => {}
            }
        }
    }

    /// What a term costs, and how often it holds; the ranks of its parts are known.
    fn rank(&self, term: &Term, ranks: &[(Cost, f64)], shares: &Shares) -> (Cost, f64) {
        match term {
            Term::Test(test) => self.test_rank(*test, shares),
            Term::NotTest(test) => {
                let (cost, share) = self.test_rank(*test, shares);
                (cost, 1.0 - share)
            }
            Term::All(parts) | Term::Any(parts) => {
                let cost = parts.iter().filter_map(|part| ranks.get(*part as usize)).map(|(cost, _)| *cost).max();
                (cost.unwrap_or(Cost::Terms).max(Cost::Terms), COARSE_SHARE)
            }
        }
    }

    fn test_rank(&self, test: super::TestId, shares: &Shares) -> (Cost, f64) {
        match self.tests.get(test as usize) {
            Some(Test::Key(_, key)) => (Cost::LookUp, shares.any_of(std::slice::from_ref(key))),
            Some(Test::AnyKey(_, keys)) => (Cost::LookUp, shares.any_of(keys)),
            Some(Test::Within(..) | Test::Has(_)) => (Cost::LookUp, COARSE_SHARE),
            Some(Test::Direct { .. }) | None => (Cost::Evaluation, COARSE_SHARE),
        }
    }
}

fn by_rank((left, left_share): (Cost, f64), (right, right_share): (Cost, f64)) -> std::cmp::Ordering {
    left.cmp(&right).then(left_share.total_cmp(&right_share))
}

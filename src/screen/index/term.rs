//! Conditions taken apart into shared terms: `&&` and `||` over tests, `!` only before a test. What two conditions have in common
//! is one term.
//!
//! `!` is moved inwards by De Morgan's laws, which hold for CEL's three outcomes; parts are put in one order, which changes no
//! outcome either.

use rustc_hash::FxHashMap;

use super::interval::Interval;
use super::reader::Reader;
use super::{KeyId, TermId, TestId};
use crate::screen::cel::{FactIndex, Node};
use crate::screen::facts::Fact;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Term {
    Test(TestId),
    NotTest(TestId),
    All(Box<[TermId]>),
    Any(Box<[TermId]>),
}

/// Number of a reader.
pub(crate) type ReaderId = u32;

#[derive(Debug, Clone)]
pub(crate) enum Test {
    /// The key is hit.
    Key(ReaderId, KeyId),
    /// One of them is.
    AnyKey(ReaderId, Box<[KeyId]>),
    Within(ReaderId, Interval),
    /// The fact is stated.
    Has(ReaderId),
    /// Evaluated, at most once a row. When it holds, one of the `needs` is hit.
    Direct {
        node: Box<Node>,
        needs: Option<(ReaderId, Box<[KeyId]>)>,
    },
}

impl Test {
    /// Keys of which one is hit wherever it holds.
    pub fn keys(&self) -> Option<(ReaderId, &[KeyId])> {
        match self {
            Test::Key(reader, key) => Some((*reader, std::slice::from_ref(key))),
            Test::AnyKey(reader, keys) | Test::Direct { needs: Some((reader, keys)), .. } => Some((*reader, keys)),
            Test::Within(..) | Test::Has(_) | Test::Direct { needs: None, .. } => None,
        }
    }
}

/// What makes two tests one.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Identity {
    Keys(Vec<KeyId>),
    Within(ReaderId, [(u8, u64); 2]),
    Has(ReaderId),
    Direct(String),
}

/// All terms and tests of an index, and the readers that they look at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    pub terms: Vec<Term>,
    /// By term: how many terms and conditions it is part of.
    pub users: Vec<u32>,
    pub tests: Vec<Test>,
    pub readers: Vec<Reader>,
    pub key_count: u32,
}

/// Takes conditions apart.
pub(super) struct Builder<'c> {
    pub catalogue: &'c [Fact],
    pub made: Terms,
    term_ids: FxHashMap<Term, TermId>,
    test_ids: FxHashMap<Identity, TestId>,
    reader_ids: FxHashMap<FactIndex, ReaderId>,
}

impl<'c> Builder<'c> {
    pub fn new(catalogue: &'c [Fact]) -> Self {
        let made = Terms::default();
        Self { catalogue, made, term_ids: Default::default(), test_ids: Default::default(), reader_ids: Default::default() }
    }

    /// The term of a condition.
    pub fn condition(&mut self, root: &Node) -> TermId {
        let term = self.term(root, false);
        self.used(term);
        term
    }

    pub fn term(&mut self, node: &Node, negated: bool) -> TermId {
        match node {
            Node::Not(inner) => self.term(inner, !negated),
            Node::All(parts) => self.parts(parts, negated, !negated),
            Node::Any(parts) => self.parts(parts, negated, negated),
            test => self.classify(test, negated),
        }
    }

    fn parts(&mut self, parts: &[Node], negated: bool, all: bool) -> TermId {
        let terms = parts.iter().map(|part| self.term(part, negated)).collect();
        self.join(terms, all)
    }

    /// `&&` (`all`) or `||` over terms.
    pub fn join(&mut self, terms: Vec<TermId>, all: bool) -> TermId {
        let mut flat = Vec::with_capacity(terms.len());
        for term in terms {
            match (self.made.terms.get(term as usize), all) {
                (Some(Term::All(parts)), true) | (Some(Term::Any(parts)), false) => flat.extend(parts.iter().copied()),
                _ => flat.push(term),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        match *flat.as_slice() {
            [only] => only,
            _ => self.intern(if all { Term::All(flat.into()) } else { Term::Any(flat.into()) }),
        }
    }

    fn intern(&mut self, term: Term) -> TermId {
        if let Some(id) = self.term_ids.get(&term) {
            return *id;
        }
        if let Term::All(parts) | Term::Any(parts) = &term {
            parts.iter().for_each(|part| self.used(*part));
        }
        let id = number(self.made.terms.len());
        self.made.terms.push(term.clone());
        self.made.users.push(0);
        self.term_ids.insert(term, id);
        id
    }

    fn used(&mut self, term: TermId) {
        if let Some(users) = self.made.users.get_mut(term as usize) {
            *users = users.saturating_add(1);
        }
    }

    /// The term of a test, made of nothing else.
    pub fn test(&mut self, test: Test, negated: bool) -> TermId {
        let identity = match &test {
            Test::Key(_, key) => Identity::Keys(vec![*key]),
            Test::AnyKey(_, keys) => Identity::Keys(keys.to_vec()),
            Test::Within(reader, interval) => Identity::Within(*reader, interval.identity()),
            Test::Has(reader) => Identity::Has(*reader),
            Test::Direct { node, .. } => Identity::Direct(crate::screen::cel::Written(node, self.catalogue).to_string()),
        };
        let next = number(self.made.tests.len());
        let id = *self.test_ids.entry(identity).or_insert(next);
        if id == next {
            self.made.tests.push(test);
        }
        self.intern(if negated { Term::NotTest(id) } else { Term::Test(id) })
    }

    /// The reader of a fact, and the source of new keys.
    pub fn reader(&mut self, fact: FactIndex) -> (ReaderId, Asking<'_>) {
        let next = number(self.made.readers.len());
        let id = *self.reader_ids.entry(fact).or_insert(next);
        if id == next {
            self.made.readers.push(Reader::of(fact));
        }
        (id, Asking { terms: &mut self.made, reader: id })
    }
}

/// One reader, while it is told what is asked of it.
pub(super) struct Asking<'t> {
    terms: &'t mut Terms,
    reader: ReaderId,
}

impl Asking<'_> {
    /// The key that `ask` wants of the reader; it is given what makes a new one.
    pub fn key(self, ask: impl FnOnce(&mut Reader, &mut dyn FnMut() -> KeyId) -> KeyId) -> KeyId {
        let Terms { readers, key_count, .. } = self.terms;
        let mut next = || {
            let key = *key_count;
            *key_count = key_count.saturating_add(1);
            key
        };
        readers.get_mut(self.reader as usize).map_or(super::NO_KEY, |reader| ask(reader, &mut next))
    }

    pub fn tell(self, tell: impl FnOnce(&mut Reader)) {
        if let Some(reader) = self.terms.readers.get_mut(self.reader as usize) {
            tell(reader);
        }
    }
}

/// A bundle's size is bounded far below this type's.
pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

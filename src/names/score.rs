//! The score of two names, from 0 to 1, and its parts.
//!
//! `score = likeness × met ÷ (met + contradicted + left over)`: how well the words that met are alike, times the share that met.
//! Words left over on both sides contradict each other and cost most; what only one side has may be a fuller spelling and costs
//! little, less still when it is the list that knows more. How much a word adds and costs is its kind's ([`Token::weight`],
//! [`Token::loss`]).

use std::borrow::Borrow;

use super::align::Alignment;
use super::forms::Form;
use super::similar::{How, Meeting, meet};
use super::token::{Name, Schema, Token};

/// From this score on two names of people may be one person's.
pub const PERSON_THRESHOLD: f32 = 0.70;
/// From this score on two names may be one company's.
pub const COMPANY_THRESHOLD: f32 = 0.70;

impl Schema {
    pub fn threshold(self) -> f32 {
        match self {
            Schema::Person => PERSON_THRESHOLD,
            Schema::Company => COMPANY_THRESHOLD,
        }
    }
}

/// What is left over costs, for each unit of its loss.
struct Costs {
    /// Against something left over on the other side.
    contradicted: f32,
    query_only: f32,
    entry_only: f32,
}

const PERSON: Costs = Costs { contradicted: 1.2, query_only: 0.6, entry_only: 0.21 };
const COMPANY: Costs = Costs { contradicted: 1.2, query_only: 0.6, entry_only: 0.5 };
/// A word of that weight or more tells one name from another.
const TELLING: f32 = 0.5;
/// Many names share their consonants.
const CONSONANTS_ONLY: f32 = 0.85;
/// Initials, alone or beside a name that very many bear, are hardly a name.
pub const BY_INITIALS: f32 = 0.7;
/// The most that first letters weigh, however many words they stand for: `ABD` says less than three words do.
const INITIALS_WEIGHT: f32 = 1.0;
const ACRONYM_WEIGHT: f32 = 1.5;
/// Weight of the words that have to be spelt out beside an initial.
pub const SPELT_OUT: f32 = 1.0;
/// Company forms of two classes: `Deutsche Bank AG` is not `Deutsche Bank GmbH`.
const FORMS_DIFFER: f32 = 0.69;

/// One word or run of words that met.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Part {
    pub query: String,
    pub entry: String,
    pub how: How,
    pub similarity: f32,
}

/// A score taken apart.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Explanation {
    pub score: f32,
    pub parts: Vec<Part>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub query_left: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entry_left: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forms_differ: Option<(&'static str, &'static str)>,
}

/// One side of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Side<'n, T> {
    pub tokens: &'n [T],
    pub form: Option<Form>,
}

impl Name {
    pub fn side(&self) -> Side<'_, Token> {
        Side { tokens: &self.tokens, form: self.form }
    }
}

/// Compares names; keeps its memory from one comparison to the next.
#[derive(Debug, Default)]
pub struct Scorer {
    alignment: Alignment,
}

impl Scorer {
    /// The score of a query against a name of a list, both read by the same schema.
    pub fn score(&mut self, query: &Name, entry: &Name) -> f32 {
        self.score_sides(query.schema, query.side(), entry.side(), |at, against| {
            meet(query.tokens.get(at)?, entry.tokens.get(against)?)
        })
    }

    /// As [`Scorer::score`], for names kept in another form; `meet` tells how the query's word meets the entry's, by place.
    pub fn score_sides<Q: Borrow<Token>, E: Borrow<Token>>(
        &mut self,
        schema: Schema,
        query: Side<'_, Q>,
        entry: Side<'_, E>,
        meet: impl FnMut(usize, usize) -> Option<Meeting>,
    ) -> f32 {
        self.alignment.align(schema, query.tokens, entry.tokens, meet);
        of_forms(query.form, entry.form) * share(&self.alignment, schema, query.tokens, entry.tokens)
    }

    /// The score with its parts.
    pub fn explain(&mut self, query: &Name, entry: &Name) -> Explanation {
        let score = self.score(query, entry);
        let alignment = &self.alignment;
        let text = |tokens: &[Token], range: &std::ops::Range<u8>| {
            let words = tokens.iter().skip(usize::from(range.start)).take(range.len());
            words.map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
        };
        let part = |pair: &super::align::Pair| Part {
            query: text(&query.tokens, &pair.query),
            entry: text(&entry.tokens, &pair.entry),
            how: pair.meeting.how,
            similarity: pair.meeting.similarity,
        };
        let left = |tokens: &[Token], used: &dyn Fn(usize) -> bool| {
            tokens.iter().enumerate().filter(|(at, _)| !used(*at)).map(|(_, token)| token.text.clone()).collect()
        };
        let differ = forms_differ(query.form, entry.form).then_some(query.form.zip(entry.form)).flatten();
        Explanation {
            score,
            parts: alignment.pairs.iter().map(part).collect(),
            query_left: left(&query.tokens, &|at| alignment.is_query_used(at)),
            entry_left: left(&entry.tokens, &|at| alignment.is_entry_used(at)),
            forms_differ: differ.map(|(query, entry)| (query.as_str(), entry.as_str())),
        }
    }
}

/// What the company forms leave of a score.
pub fn of_forms(one: Option<Form>, other: Option<Form>) -> f32 {
    if forms_differ(one, other) { FORMS_DIFFER } else { 1.0 }
}

fn forms_differ(one: Option<Form>, other: Option<Form>) -> bool {
    let telling = |form: Option<Form>| form.filter(|form| *form != Form::Any);
    telling(one).zip(telling(other)).is_some_and(|(one, other)| one != other)
}

fn share<Q: Borrow<Token>, E: Borrow<Token>>(alignment: &Alignment, schema: Schema, query: &[Q], entry: &[E]) -> f32 {
    let mut sum = Sum::default();
    for pair in &alignment.pairs {
        sum.add(weight(query, &pair.query).max(weight(entry, &pair.entry)), pair.meeting);
    }
    let query_left = left(query, |at| alignment.is_query_used(at));
    let entry_left = left(entry, |at| alignment.is_entry_used(at));
    sum.score(schema, query_left, entry_left)
}

/// What the pairs of two names come to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sum {
    met: f32,
    alike: f32,
    /// Pairs that tell one name from another.
    telling: u32,
    /// Weight of the pairs that are more than an initial.
    spelt_out: f32,
    has_initials: bool,
    /// Pairs that are more than the same consonants.
    has_letters: bool,
}

impl Sum {
    /// One pair more.
    pub fn add(&mut self, weight: f32, meeting: Meeting) {
        let weight = weight.min(match meeting.how {
            How::Initial => INITIALS_WEIGHT,
            How::Acronym => ACRONYM_WEIGHT,
            _ => f32::INFINITY,
        });
        self.met += weight;
        self.alike += weight * meeting.similarity;
        self.has_letters |= meeting.how != How::Consonants;
        if meeting.how == How::Initial {
            self.has_initials = true;
        } else {
            self.telling += u32::from(weight >= TELLING);
            self.spelt_out += weight;
        }
    }

    /// The score when words of these losses are left over.
    pub fn score(&self, schema: Schema, query_left: f32, entry_left: f32) -> f32 {
        if self.met <= 0.0 {
            return 0.0;
        }
        let lost = lost(schema, query_left, entry_left);
        let weak = match self.telling {
            _ if !self.has_letters => CONSONANTS_ONLY,
            _ if self.has_initials && self.spelt_out < SPELT_OUT => BY_INITIALS,
            0 => self.alike / self.met,
            1 if lost > 0.0 => self.alike / self.met,
            _ => 1.0,
        };
        weak * self.alike / (self.met + lost)
    }
}

/// What words left over cost, given their losses.
fn lost(schema: Schema, query_left: f32, entry_left: f32) -> f32 {
    let costs = match schema {
        Schema::Person => PERSON,
        Schema::Company => COMPANY,
    };
    let contradicted = query_left.min(entry_left);
    costs.contradicted * contradicted
        + costs.query_only * (query_left - contradicted)
        + costs.entry_only * (entry_left - contradicted)
}

fn weight<T: Borrow<Token>>(tokens: &[T], range: &std::ops::Range<u8>) -> f32 {
    tokens.iter().skip(usize::from(range.start)).take(range.len()).map(|token| token.borrow().weight()).sum()
}

fn left<T: Borrow<Token>>(tokens: &[T], used: impl Fn(usize) -> bool) -> f32 {
    tokens.iter().enumerate().filter(|(at, _)| !used(*at)).map(|(_, token)| token.borrow().loss()).sum()
}

//! Which tests become keys and ranges. Everything else is evaluated as it is, at most once a row.

use super::interval::Interval;
use super::literal;
use super::reader::Place;
use super::term::{Builder, ReaderId, Test};
use super::{KeyId, TermId};
use crate::screen::cel::{CompareOp, Const, FactIndex, Function, ListNode, Node, Num, Quantifier, TextTest};

/// The text that a test is about: a fact or the element of a list, or either without regard to the case of its letters.
#[derive(Debug, Clone, Copy)]
struct Subject {
    fact: FactIndex,
    folding: Folding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folding {
    None,
    Lower,
    Upper,
}

/// The variable of the list macro around a test, and its list.
#[derive(Debug, Clone, Copy)]
struct Element {
    local: usize,
    list: FactIndex,
}

impl Builder<'_> {
    /// The term of a node that is neither `&&` nor `||` nor `!`.
    pub fn classify(&mut self, node: &Node, negated: bool) -> TermId {
        let found = match node {
            Node::Fact(fact) => Some(self.truth(*fact, !negated)),
            Node::Has(fact) => Some(self.has(*fact, negated)),
            Node::Compare(op, pair) => self.compare(*op, pair, negated),
            Node::InTexts(needle, texts) => self.one_of(needle, texts, None).map(|test| self.test(test, negated)),
            Node::In(needle, list) => self.is_in(needle, list, negated),
            Node::Test(subject, test) => self.text_test(subject, test, None).map(|test| self.test(test, negated)),
            Node::Quantified { quantifier, list, local, test } => self.quantified(*quantifier, list, *local, test, negated),
            _ => None,
        };
        match found {
            Some(term) => term,
            None => {
                let needs = self.needs(node);
                self.test(Test::Direct { node: Box::new(node.clone()), needs }, negated)
            }
        }
    }

    fn truth(&mut self, fact: FactIndex, truth: bool) -> TermId {
        let (reader, asking) = self.reader(fact);
        let key = asking.key(|reader, next| reader.truth_key(truth, next));
        self.test(Test::Key(reader, key), false)
    }

    fn has(&mut self, fact: FactIndex, negated: bool) -> TermId {
        let (reader, asking) = self.reader(fact);
        asking.key(|reader, next| reader.presence_key(!negated, next));
        self.test(Test::Has(reader), negated)
    }

    fn compare(&mut self, op: CompareOp, pair: &[Node; 2], negated: bool) -> Option<TermId> {
        let (op, fact, constant) = match pair {
            [Node::Fact(fact), Node::Const(constant)] => (op, *fact, constant),
            [Node::Const(constant), Node::Fact(fact)] => (op.mirrored(), *fact, constant),
            _ => return None,
        };
        let (op, negated) = match op {
            CompareOp::NotEqual => (CompareOp::Equal, !negated),
            op => (op, negated),
        };
        match constant {
            Const::Bool(truth) if op == CompareOp::Equal => Some(self.truth(fact, *truth != negated)),
            Const::Text(text) if op == CompareOp::Equal => Some(self.equal(fact, text, negated)),
            constant => {
                let interval = Interval::of(op, as_number(constant)?)?;
                Some(self.within(fact, interval, negated))
            }
        }
    }

    /// The fact, or an element of it, is the text.
    fn equal(&mut self, fact: FactIndex, text: &str, negated: bool) -> TermId {
        let (reader, asking) = self.reader(fact);
        let key = asking.key(|reader, next| reader.text_key(text, next));
        self.test(Test::Key(reader, key), negated)
    }

    fn within(&mut self, fact: FactIndex, interval: Interval, negated: bool) -> TermId {
        let (reader, asking) = self.reader(fact);
        asking.tell(|reader| reader.compare_with(interval.numbers()));
        self.test(Test::Within(reader, interval), negated)
    }

    fn one_of(&mut self, needle: &Node, texts: &[Box<str>], element: Option<Element>) -> Option<Test> {
        let subject = subject(needle, element).filter(|subject| subject.folding == Folding::None)?;
        let mut keys: Vec<KeyId> = Vec::with_capacity(texts.len());
        for text in texts {
            let (_, asking) = self.reader(subject.fact);
            keys.push(asking.key(|reader, next| reader.text_key(text, next)));
        }
        let (reader, _) = self.reader(subject.fact);
        keys.sort_unstable();
        Some(match *keys.as_slice() {
            [only] => Test::Key(reader, only),
            _ => Test::AnyKey(reader, keys.into()),
        })
    }

    fn is_in(&mut self, needle: &Node, list: &ListNode, negated: bool) -> Option<TermId> {
        match (needle, list) {
            (Node::Const(Const::Text(text)), ListNode::Fact(fact)) => Some(self.equal(*fact, text, negated)),
            (Node::Fact(fact), ListNode::Consts(consts)) => {
                let equals = |constant| Interval::of(CompareOp::Equal, as_number(constant)?);
                let intervals: Option<Vec<_>> = consts.iter().map(equals).collect();
                let terms = intervals?.into_iter().map(|interval| self.within(*fact, interval, negated)).collect();
                Some(self.join(terms, negated))
            }
            _ => None,
        }
    }

    fn text_test(&mut self, node: &Node, test: &TextTest, element: Option<Element>) -> Option<Test> {
        let (text, place) = match test {
            TextTest::Contains(finder) => (std::str::from_utf8(finder.needle()).ok()?, Place::Anywhere),
            TextTest::StartsWith(text) => (&**text, Place::Start),
            TextTest::EndsWith(text) => (&**text, Place::End),
            _ => return None,
        };
        let subject = subject(node, element).filter(|subject| subject.folding.leaves(text) && !text.is_empty())?;
        let (reader, asking) = self.reader(subject.fact);
        let any_case = subject.folding != Folding::None;
        let key = asking.key(|reader, next| reader.pattern_key(text, place, any_case, next));
        Some(Test::Key(reader, key))
    }

    /// `exists` whose test looks at nothing but the element, and `all` where that is denied of every element.
    fn quantified(
        &mut self,
        quantifier: Quantifier,
        list: &ListNode,
        local: usize,
        test: &Node,
        negated: bool,
    ) -> Option<TermId> {
        let ListNode::Fact(list) = *list else { return None };
        let element = Element { local, list };
        let test = match (quantifier, test) {
            (Quantifier::Exists, test) => self.of_element(test, element)?,
            (Quantifier::All, Node::Not(denied)) => self.of_element(denied, element)?,
            (Quantifier::All, Node::Compare(CompareOp::NotEqual, pair)) => {
                self.of_element(&Node::Compare(CompareOp::Equal, pair.clone()), element)?
            }
            _ => return None,
        };
        let (_, asking) = self.reader(list);
        asking.tell(|reader| reader.by_element = true);
        Some(self.test(test, negated != (quantifier == Quantifier::All)))
    }

    fn of_element(&mut self, test: &Node, element: Element) -> Option<Test> {
        match test {
            Node::Compare(CompareOp::Equal, pair) => match &**pair {
                [local, Node::Const(Const::Text(text))] | [Node::Const(Const::Text(text)), local] => {
                    self.one_of(local, std::slice::from_ref(text), Some(element))
                }
                _ => None,
            },
            Node::InTexts(needle, texts) => self.one_of(needle, texts, Some(element)),
            Node::Test(subject, test) => self.text_test(subject, test, Some(element)),
            Node::Any(parts) => self.any_of_element(parts, element),
            _ => None,
        }
    }

    fn any_of_element(&mut self, parts: &[Node], element: Element) -> Option<Test> {
        let mut keys = Vec::new();
        for part in parts {
            match self.of_element(part, element)? {
                Test::Key(_, key) => keys.push(key),
                Test::AnyKey(_, more) => keys.extend(more),
                _ => return None,
            }
        }
        keys.sort_unstable();
        keys.dedup();
        let (reader, _) = self.reader(element.list);
        Some(Test::AnyKey(reader, keys.into()))
    }

    /// The words of which a pattern demands one.
    fn needs(&mut self, node: &Node) -> Option<(ReaderId, Box<[KeyId]>)> {
        let (subject, regex, by_element) = match node {
            Node::Test(node, test) => (subject(node, None)?, pattern(test)?, false),
            Node::Quantified { quantifier: Quantifier::Exists, list, local, test } => match (&**list, &**test) {
                (ListNode::Fact(list), Node::Test(node, test)) => {
                    (subject(node, Some(Element { local: *local, list: *list }))?, pattern(test)?, true)
                }
                _ => return None,
            },
            _ => return None,
        };
        let any_case = subject.folding != Folding::None;
        let words = literal::required(regex)?;
        let keys = words.iter().map(|word| {
            let (_, asking) = self.reader(subject.fact);
            asking.key(|reader, next| reader.pattern_key(word, Place::Anywhere, any_case, next))
        });
        let keys = keys.collect();
        let (reader, asking) = self.reader(subject.fact);
        asking.tell(|reader| reader.by_element |= by_element);
        Some((reader, keys))
    }
}

fn subject(node: &Node, element: Option<Element>) -> Option<Subject> {
    let (node, folding) = match node {
        Node::Call(Function::LowerAscii, inner) => (&**inner, Folding::Lower),
        Node::Call(Function::UpperAscii, inner) => (&**inner, Folding::Upper),
        node => (node, Folding::None),
    };
    match (node, element) {
        (Node::Fact(fact), None) => Some(Subject { fact: *fact, folding }),
        (Node::Local(local), Some(element)) if *local == element.local => Some(Subject { fact: element.list, folding }),
        _ => None,
    }
}

impl Folding {
    /// The text can be in what was folded, so that looking past the case finds the same.
    fn leaves(self, text: &str) -> bool {
        match self {
            Folding::None => true,
            Folding::Lower => !text.bytes().any(|byte| byte.is_ascii_uppercase()),
            Folding::Upper => !text.bytes().any(|byte| byte.is_ascii_lowercase()),
        }
    }
}

fn pattern(test: &TextTest) -> Option<&str> {
    match test {
        TextTest::Matches(regex) => Some(regex.as_str()),
        _ => None,
    }
}

fn as_number(constant: &Const) -> Option<Num> {
    match constant {
        Const::Int(number) => Some(Num::Int(*number)),
        Const::Double(number) => Some(Num::Double(*number)),
        Const::Time(time) => Some(Num::Int(time.millis())),
        Const::Bool(_) | Const::Text(_) | Const::Duration(_) => None,
    }
}

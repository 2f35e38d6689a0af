//! Lists under evaluation. A list is strict: when one of its elements is an error, so is the list.

use std::borrow::Cow;

use super::eval::{Frame, Row, Undecided, Val};
use super::node::{Const, ListNode};
use crate::screen::value::{List, Value};

pub(super) enum ListVal<'v> {
    Fact(List<'v>),
    Consts(&'v [Const]),
    Made(Vec<Val<'v>>),
}

impl<'v> ListVal<'v> {
    pub fn of<R: Row>(frame: &mut Frame<'v, R>, node: &'v ListNode) -> Result<Self, Undecided> {
        match node {
            ListNode::Fact(fact) => match frame.row.value(*fact) {
                Value::List(list) => Ok(ListVal::Fact(list)),
                _ => Err(Undecided),
            },
            ListNode::Consts(consts) => Ok(ListVal::Consts(consts)),
            ListNode::Items(nodes) => nodes.iter().map(|node| frame.value(node)).collect::<Result<_, _>>().map(ListVal::Made),
            ListNode::Filter { list, local, test } => {
                let list = ListVal::of(frame, list)?;
                let mut kept = Vec::new();
                for element in list.iter() {
                    if frame.with_local(*local, element.clone(), test)? {
                        kept.push(element);
                    }
                }
                Ok(ListVal::Made(kept))
            }
            ListNode::Map { list, local, value } => {
                let list = ListVal::of(frame, list)?;
                let mapped = list.iter().map(|element| frame.value_with_local(*local, element, value));
                mapped.collect::<Result<_, _>>().map(ListVal::Made)
            }
            ListNode::If(condition, lists) => {
                let [then, otherwise] = &**lists;
                let chosen = if frame.truth(condition)? { then } else { otherwise };
                ListVal::of(frame, chosen)
            }
        }
    }

    pub fn len(&self) -> usize {
        match self {
            ListVal::Fact(list) => list.len(),
            ListVal::Consts(consts) => consts.len(),
            ListVal::Made(values) => values.len(),
        }
    }

    pub fn get(&self, index: usize) -> Option<Val<'v>> {
        match self {
            ListVal::Fact(list) => list.get(index).map(|text| Val::Text(Cow::Borrowed(text))),
            ListVal::Consts(consts) => consts.get(index).map(Val::of),
            ListVal::Made(values) => values.get(index).cloned(),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = Val<'v>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

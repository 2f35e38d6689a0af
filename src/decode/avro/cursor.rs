//! The bytes of an Avro datum: numbers, lengths and blocks (Avro specification, "Binary encoding"), with their limits.

use super::super::{Limits, Problem};
use super::program::{Node, NodeId, Program};
use crate::record::Reason;

pub struct Cursor<'de> {
    bytes: &'de [u8],
    /// Invariant: at most the length of `bytes`.
    position: usize,
    depth: usize,
    elements: usize,
    limits: Limits,
}

impl<'de> Cursor<'de> {
    /// Reads from `position`, which is where the frame ends.
    pub fn new(bytes: &'de [u8], position: usize, limits: Limits) -> Self {
        Self { bytes, position: position.min(bytes.len()), depth: 0, elements: 0, limits }
    }

    pub fn position(&self) -> usize {
        self.position
    }

    /// Goes back to, or on to, a position that was read before.
    pub fn rewind(&mut self, position: usize) {
        self.position = position.min(self.bytes.len());
    }

    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.position
    }

    pub fn byte(&mut self) -> Result<u8, Problem> {
        let byte = self.bytes.get(self.position).copied().ok_or_else(|| self.truncated())?;
        self.position += 1;
        Ok(byte)
    }

    /// A zigzag varint of at most 64 bits.
    #[inline]
    pub fn long(&mut self) -> Result<i64, Problem> {
        match self.bytes.get(self.position) {
            Some(byte) if *byte < 0x80 => {
                self.position += 1;
                Ok(unzigzag(u64::from(*byte)))
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<i64, Problem> {
        let (start, mut value) = (self.position, 0_u64);
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && byte > 1 {
                break;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(unzigzag(value));
            }
        }
        Err(Problem::new(Reason::BadField, start, "a number of more than 64 bits"))
    }

    /// Exactly `count` bytes.
    pub fn take(&mut self, count: usize) -> Result<&'de [u8], Problem> {
        let end = self.position.checked_add(count);
        let taken = end.and_then(|end| self.bytes.get(self.position..end)).ok_or_else(|| self.truncated())?;
        self.position += count;
        Ok(taken)
    }

    /// A length and as many bytes.
    pub fn bytes(&mut self) -> Result<&'de [u8], Problem> {
        let start = self.position;
        let length = self.long()?;
        let length = usize::try_from(length).map_err(|_| Problem::new(Reason::BadField, start, "a negative length"))?;
        self.take(length)
    }

    pub fn text(&mut self) -> Result<&'de str, Problem> {
        let bytes = self.bytes()?;
        let start = self.position - bytes.len();
        std::str::from_utf8(bytes)
            .map_err(|error| Problem::new(Reason::NotText, start + error.valid_up_to(), "a string is not UTF-8"))
    }

    /// The number of items in the next block of an array or map, and its size where the writer gave it; 0 ends the list.
    pub fn block(&mut self) -> Result<(usize, Option<usize>), Problem> {
        let start = self.position;
        let negative = |what| Problem::new(Reason::BadField, start, what);
        let count = self.long()?;
        let size = match count {
            ..0 => Some(usize::try_from(self.long()?).map_err(|_| negative("a negative block size"))?),
            _ => None,
        };
        let count = usize::try_from(count.unsigned_abs()).map_err(|_| negative("a block too long"))?;
        self.elements = self.elements.saturating_add(count);
        if self.elements > self.limits.elements {
            let detail = format!("more than {} list elements", self.limits.elements);
            return Err(Problem::new(Reason::TooMany, start, detail));
        }
        Ok((count, size))
    }

    /// The branch of a union.
    pub fn branch(&mut self, branches: &[NodeId]) -> Result<NodeId, Problem> {
        let start = self.position;
        let index = usize::try_from(self.long()?).ok();
        let node = index.and_then(|index| branches.get(index));
        node.copied().ok_or_else(|| Problem::new(Reason::BadField, start, "a union branch that the schema does not have"))
    }

    pub fn enter(&mut self) -> Result<(), Problem> {
        if self.depth >= self.limits.depth {
            let detail = format!("nested deeper than {} levels", self.limits.depth);
            return Err(Problem::new(Reason::TooDeep, self.position, detail));
        }
        self.depth += 1;
        Ok(())
    }

    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Gets over a value.
    pub fn skip(&mut self, program: &Program, node: NodeId) -> Result<(), Problem> {
        match program.node(node) {
            Node::Null => Ok(()),
            Node::Boolean => self.take(1).map(drop),
            Node::Int | Node::Time { .. } | Node::Enum(_) => self.long().map(drop),
            Node::Float => self.take(4).map(drop),
            Node::Double => self.take(8).map(drop),
            Node::Text | Node::Bytes => self.bytes().map(drop),
            Node::Fixed(size) => self.take(*size).map(drop),
            Node::Array(item) => self.skip_items(|cursor| cursor.skip(program, *item)),
            Node::Map(value) => self.skip_items(|cursor| {
                cursor.bytes()?;
                cursor.skip(program, *value)
            }),
            Node::Union(branches) => {
                let branch = self.branch(branches)?;
                self.enter()?;
                self.skip(program, branch)?;
                self.leave();
                Ok(())
            }
            Node::Record(record) => {
                self.enter()?;
                record.steps.iter().try_for_each(|step| self.skip(program, step.node))?;
                self.leave();
                Ok(())
            }
            Node::Mismatch(why) => Err(Problem::new(Reason::SchemaMismatch, self.position, &**why)),
        }
    }

    fn skip_items(&mut self, item: impl Fn(&mut Self) -> Result<(), Problem>) -> Result<(), Problem> {
        self.enter()?;
        loop {
            match self.block()? {
                (0, _) => break,
                (_, Some(size)) => self.take(size).map(drop)?,
                (count, None) => (0..count).try_for_each(|_| item(self))?,
            }
        }
        self.leave();
        Ok(())
    }

    fn truncated(&self) -> Problem {
        Problem::new(Reason::Truncated, self.bytes.len(), "the datum ends in the middle of a value")
    }
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

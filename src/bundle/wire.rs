//! The canonical bytes of a pack, read and written. Nothing is allocated on the word of a length that the bytes do not keep.

use super::refusal::{Refusal, Refused};
use crate::model::Timestamp;

pub(super) struct Writer(pub Vec<u8>);

impl Writer {
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Lengths and counts are bounded far below 2³² before anything is written.
    fn length(&mut self, length: usize) {
        self.bytes(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    }

    pub fn text(&mut self, text: &str) {
        self.length(text.len());
        self.bytes(text.as_bytes());
    }

    pub fn time(&mut self, time: Timestamp) {
        self.bytes(&time.millis().to_be_bytes());
    }

    pub fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.bytes(&[u8::from(value.is_some())]);
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub fn list<T>(&mut self, elements: &[T], write: impl Fn(&mut Self, &T)) {
        self.length(elements.len());
        elements.iter().for_each(|element| write(self, element));
    }
}

pub(super) struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Bytes not read yet.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    fn take(&mut self, length: usize, what: &str) -> Result<&'b [u8], Refused> {
        let Some((taken, rest)) = self.rest.split_at_checked(length) else {
            return Err(Refusal::Torn.because(format!("it ends within {what}")));
        };
        self.rest = rest;
        Ok(taken)
    }

    pub fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Refused> {
        let taken = self.take(N, what)?;
        taken.try_into().map_err(|_| Refusal::Torn.because(format!("it ends within {what}")))
    }

    pub fn u8(&mut self, what: &str) -> Result<u8, Refused> {
        self.array(what).map(|[byte]| byte)
    }

    pub fn u64(&mut self, what: &str) -> Result<u64, Refused> {
        self.array(what).map(u64::from_be_bytes)
    }

    fn length(&mut self, what: &str) -> Result<usize, Refused> {
        self.array(what).map(|bytes| u32::from_be_bytes(bytes) as usize)
    }

    pub fn text(&mut self, what: &str) -> Result<String, Refused> {
        let length = self.length(what)?;
        let bytes = self.take(length, what)?;
        let text = std::str::from_utf8(bytes).map_err(|_| Refusal::Malformed.because(format!("{what} is not UTF-8")))?;
        Ok(text.to_owned())
    }

    pub fn time(&mut self, what: &str) -> Result<Timestamp, Refused> {
        self.array(what).map(|bytes| Timestamp::from_millis(i64::from_be_bytes(bytes)))
    }

    pub fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Refused>) -> Result<Option<T>, Refused> {
        match self.u8("the mark of an option")? {
            0 => Ok(None),
            1 => read(self).map(Some),
            other => Err(Refusal::Malformed.because(format!("{other} is no mark of an option"))),
        }
    }

    pub fn list<T>(
        &mut self,
        most: usize,
        what: &str,
        mut read: impl FnMut(&mut Self) -> Result<T, Refused>,
    ) -> Result<Vec<T>, Refused> {
        let count = self.length(what)?;
        if count > most {
            return Err(Refusal::TooLarge.because(format!("{count} {what}, at most {most} are taken")));
        }
        (0..count).map(|_| read(self)).collect()
    }

    pub fn finish(self) -> Result<(), Refused> {
        match self.rest.len() {
            0 => Ok(()),
            left => Err(Refusal::Malformed.because(format!("{left} bytes follow its end"))),
        }
    }
}

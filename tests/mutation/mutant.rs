//! One broken payload after the other.

use apache_avro::Schema;
use loadgate::decode::avro::frame::{Frame, fingerprint};
use loadgate::decode::{Format, avro};
use loadgate::model::Message;

use crate::support::seed::Seed;

use super::FORMATS;

/// Changes to one payload, at most.
const CHANGES_MAX: usize = 8;
/// Bytes put in, left out or repeated by one change, at most.
const RUN_MAX: usize = 40;
const BYTES_MAX: usize = 16 << 10;
/// What the formats are made of: likelier to lead somewhere than any byte.
const STRUCTURE: &[u8] = b"/-\r\n{}[]\":,\\0129ATKPSM \0\x02\x7f\x80\xff\xc3";

pub struct Mutant<'f> {
    seed: Seed,
    fixtures: &'f [Vec<u8>],
    payload: Vec<u8>,
}

impl<'f> Mutant<'f> {
    pub fn new(seed: Seed, fixtures: &'f [Vec<u8>]) -> Self {
        Self { seed, fixtures, payload: Vec::new() }
    }

    /// A fixture with a few changes, and what to read it as: mostly what it says itself.
    pub fn next(&mut self) -> (Format, &[u8]) {
        let fixture = &self.fixtures[self.seed.below(self.fixtures.len())];
        self.payload.clear();
        self.payload.extend_from_slice(fixture);
        for _ in 0..=self.seed.below(CHANGES_MAX) {
            self.change();
        }
        self.payload.truncate(BYTES_MAX);
        let format = FORMATS[self.seed.below(4 * FORMATS.len()).saturating_sub(3 * FORMATS.len())];
        (format, &self.payload)
    }

    fn change(&mut self) {
        let at = self.seed.below(self.payload.len() + 1);
        let end = (at + self.seed.below(RUN_MAX) + 1).min(self.payload.len());
        match self.seed.below(7) {
            0 => self.payload.truncate(at),
            1 => drop(self.payload.drain(at..end)),
            2 => self.payload.insert(at, STRUCTURE[self.seed.below(STRUCTURE.len())]),
            3 => self.repeat(at, end),
            4 => self.splice(at, end),
            5 => self.overwrite(at, |seed, _| STRUCTURE[seed.below(STRUCTURE.len())]),
            _ => self.overwrite(at, |seed, byte| byte ^ (1 << seed.below(8))),
        }
    }

    fn overwrite(&mut self, at: usize, with: impl FnOnce(&mut Seed, u8) -> u8) {
        if let Some(byte) = self.payload.get_mut(at) {
            *byte = with(&mut self.seed, *byte);
        }
    }

    /// Puts a piece in up to 64 times more: what grows with the input shows.
    fn repeat(&mut self, at: usize, end: usize) {
        let piece = self.payload[at..end].repeat(1 + self.seed.below(64));
        self.payload.splice(at..at, piece);
    }

    /// Puts a piece of another fixture in place of this one.
    fn splice(&mut self, at: usize, end: usize) {
        let other = &self.fixtures[self.seed.below(self.fixtures.len())];
        let from = self.seed.below(other.len());
        let to = (from + self.seed.below(4 * RUN_MAX)).min(other.len());
        self.payload.splice(at..end, other[from..to].iter().copied());
    }
}

/// A canonical JSON message in Avro single-object encoding.
pub fn avro(json: &[u8]) -> Vec<u8> {
    let message: Message<'_> = serde_json::from_slice(json).expect("the fixture is a canonical message");
    let schema = Schema::parse_str(avro::MESSAGE_SCHEMA).expect("the built-in schema is valid");
    let mut payload = Vec::new();
    Frame::SingleObject(fingerprint(&schema)).write(&mut payload);
    avro::encode(&message, &mut payload);
    payload
}

//! Referrals: what the terminal is told. No reasons and no score, so that nobody is tipped off.

use serde::Serialize;

use super::{Frame, Source, read};
use crate::decode::avro::encode_record;
use crate::model::{Awb, ConsignmentId, Timestamp};

/// Fields in the order of `schemas/referral.avsc`.
#[derive(Debug, Clone, Serialize)]
pub struct Referral<'a> {
    pub awb: Option<Awb>,
    pub hawb: Option<&'a str>,
    /// `SR` received, `SF` complete; `7`, `8`, `6` (information, screening, do not load) with `H` issued, `J` in place, `I` removed.
    pub code: &'a str,
    /// The regime under which the code is sent: `pact`, `acas`, `ics2`.
    pub regime: &'a str,
    /// PACT data-quality codes.
    pub errors: &'a [&'a str],
    pub received: Timestamp,
    pub source: Source<'a>,
    /// Of a hold: when it was issued, the same in its `H`, `J` and `I` codes.
    pub since: Option<Timestamp>,
    /// The code of the severest hold among the houses of the master.
    pub associated: Option<&'a str>,
    /// Of a shipment screened again.
    pub retro: bool,
}

impl Referral<'_> {
    /// Appends the bare datum.
    pub fn encode(&self, out: &mut Vec<u8>) {
        encode_record(self, out);
    }
}

/// What a published referral told of a hold: enough to know which are open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub consignment: ConsignmentId,
    pub code: String,
    /// When the hold was issued that the code issues, confirms or removes.
    pub since: Timestamp,
}

impl Told {
    /// Reads an encoded referral, framed or not. `None` when it is none, since anybody may write to the topic, or when it tells of no
    /// hold, as most do.
    ///
    /// A record of an older or newer schema must yield its hold too: its first fields are read as they always stood, and the hold
    /// counts as issued before all others.
    pub fn read(value: &[u8]) -> Option<Self> {
        let mut fields = Fields(Frame::skip(value));
        let awb = fields.optional_text()?.map(Awb::parse);
        let hawb = fields.optional_text()?;
        let code = fields.text()?;
        if !matches!(code.as_bytes(), [b'6' | b'7' | b'8', _]) {
            return None;
        }
        let since = read::referral(value).map(|referral| referral.since.unwrap_or(referral.received)).unwrap_or_default();
        let consignment = ConsignmentId { awb: awb.flatten(), hawb: hawb.map(str::to_owned) };
        Some(Told { consignment, code: code.to_owned(), since })
    }
}

/// The fields of a datum from its start.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// A zigzag long (Avro specification, "Binary Encoding").
    fn long(&mut self) -> Option<i64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some((value >> 1) as i64 ^ -((value & 1) as i64));
            }
        }
        None
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.long()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn optional_text(&mut self) -> Option<Option<&'a str>> {
        match self.long()? {
            0 => Some(None),
            1 => self.text().map(Some),
            _ => None,
        }
    }
}

#[cfg(test)]
mod told {
    use super::*;

    #[test]
    fn a_referral_is_read_back_whatever_its_frame() {
        let source = Source { topic: "cargo.messages", partition: 0, offset: 7, index: 0 };
        let awb = Awb::parse("020-12345675");
        let since = Some(Timestamp::from_millis(7));
        let received = Timestamp::default();
        let referral = Referral {
            awb,
            hawb: Some("H1"),
            code: "8H",
            regime: "pact",
            errors: &[],
            received,
            source,
            since,
            associated: None,
            retro: false,
        };
        for frame in [Frame::Bare, Frame::Confluent(5), Frame::SingleObject(9)] {
            let mut value = Vec::new();
            frame.write(&mut value);
            referral.encode(&mut value);
            let told = Told::read(&value).unwrap();
            let consignment = ConsignmentId { awb, hawb: Some("H1".into()) };
            assert_eq!(told, Told { consignment, code: "8H".into(), since: Timestamp::from_millis(7) }, "{frame:?}");
            for cut in 0..10 {
                assert_ne!(Told::read(&value[..cut]), Some(told.clone()));
            }
            value.push(0);
            let newer = Told::read(&value).map(|told| (told.code, told.since));
            assert_eq!(newer, Some(("8H".into(), Timestamp::default())), "a newer schema's record yields its hold");
        }
    }
}

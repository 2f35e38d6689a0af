//! Referrals: what the terminal is told. No reasons and no score, so that nobody is tipped off.

use serde::Serialize;

use super::{Frame, Source};
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
}

impl Referral<'_> {
    /// Appends the bare datum.
    pub fn encode(&self, out: &mut Vec<u8>) {
        encode_record(self, out);
    }
}

/// What a published referral told: enough to know which holds are open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<'a> {
    pub consignment: ConsignmentId,
    pub code: &'a str,
}

impl<'a> Told<'a> {
    /// Reads the first fields of an encoded referral, framed or not. `None` when it is none: the topic is ours, but anybody may
    /// write to it.
    pub fn read(value: &'a [u8]) -> Option<Self> {
        let datum = Frame::skip(value);
        let mut fields = Fields(datum);
        let awb = fields.optional_text()?.map(Awb::parse);
        let hawb = fields.optional_text()?.map(str::to_owned);
        let code = fields.text()?;
        Some(Told { consignment: ConsignmentId { awb: awb.flatten(), hawb }, code })
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
    use crate::outputs::Source;

    #[test]
    fn a_referral_is_read_back_whatever_its_frame() {
        let source = Source { topic: "cargo.messages", partition: 0, offset: 7, index: 0 };
        let awb = Awb::parse("020-12345675");
        let referral =
            Referral { awb, hawb: Some("H1"), code: "8H", regime: "pact", errors: &[], received: Timestamp::default(), source };
        for frame in [Frame::Bare, Frame::Confluent(5), Frame::SingleObject(9)] {
            let mut value = Vec::new();
            frame.write(&mut value);
            referral.encode(&mut value);
            let told = Told::read(&value).unwrap();
            assert_eq!(told, Told { consignment: ConsignmentId { awb, hawb: Some("H1".into()) }, code: "8H" }, "{frame:?}");
            for cut in 0..10 {
                assert_ne!(Told::read(&value[..cut]), Some(told.clone()));
            }
        }
    }
}

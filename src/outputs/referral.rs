//! Referrals: what the terminal is told. No reasons and no score, so that nobody is tipped off.

use serde::Serialize;

use super::{Source, read};
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
}

impl Referral<'_> {
    /// Appends the bare datum.
    pub fn encode(&self, out: &mut Vec<u8>) {
        encode_record(self, out);
    }
}

/// What a published referral told: enough to know which holds are open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub consignment: ConsignmentId,
    pub code: String,
    /// When the hold was issued that the code issues, confirms or removes.
    pub since: Timestamp,
}

impl Told {
    /// Reads an encoded referral, framed or not. `None` when it is none: the topic is ours, but anybody may write to it.
    pub fn read(value: &[u8]) -> Option<Self> {
        let read::Referral { awb, hawb, code, received, since, .. } = read::referral(value)?;
        let consignment = ConsignmentId { awb: awb.and_then(Awb::parse), hawb: hawb.map(str::to_owned) };
        Some(Told { consignment, code: code.to_owned(), since: since.unwrap_or(received) })
    }
}

#[cfg(test)]
mod told {
    use super::*;
    use crate::outputs::Frame;

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
        }
    }
}

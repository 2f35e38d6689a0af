//! Referrals: what the terminal is told. No reasons and no score, so that nobody is tipped off.

use serde::Serialize;

use super::Source;
use crate::decode::avro::encode_record;
use crate::model::{Awb, Timestamp};

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

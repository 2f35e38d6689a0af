//! Cargo-IMP: placeholder until the decoder of that format is merged.

use super::{Context, Decoded};
use crate::record::{Reason, Rejected};

/// Refuses everything.
pub fn decode<'a>(_: &'a [u8], _: &Context, out: &mut Decoded<'a>) {
    out.push(Err(Rejected::new(Reason::UnsupportedVersion, 0, "Cargo-IMP is not read")));
}

/// True when the payload begins like a Cargo-IMP message.
pub fn sniff(_: &[u8]) -> bool {
    false
}

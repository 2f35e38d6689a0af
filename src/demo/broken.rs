//! Messages that nothing can read, each with the reason that its dead letter must give.

use super::chance::Chance;
use super::sent::{Expected, Sent};
use crate::model::Timestamp;
use crate::record::Reason;

/// Larger than this is rejected in the demonstration; the embedded broker keeps 5 MB a partition, so the service's own limit of
/// megabytes cannot be shown there.
pub const PAYLOAD_BYTES_MAX: usize = 64 << 10;

pub fn message(at: Timestamp, chance: &mut Chance) -> Sent {
    let (reason, write) = chance.pick(KINDS);
    let payload = write.map(|write| write(chance)).unwrap_or_default();
    Sent { at, key: chance.fill("BROKEN-99999999"), payload, expected: Expected::DeadLetter(reason.0), story: None }
}

type Write = fn(&mut Chance) -> Vec<u8>;

/// A reason with a default, so that a row can be drawn.
#[derive(Debug, Clone, Copy)]
struct Rejection(Reason);

impl Default for Rejection {
    fn default() -> Self {
        Self(Reason::Empty)
    }
}

const KINDS: &[(Rejection, Option<Write>)] = &[
    (Rejection(Reason::Empty), None),
    (Rejection(Reason::Truncated), Some(truncated_json)),
    (Rejection(Reason::UnknownFormat), Some(garbage)),
    (Rejection(Reason::UnknownFormat), Some(xml)),
    (Rejection(Reason::UnsupportedVersion), Some(wrong_version)),
    (Rejection(Reason::BadAwb), Some(bad_waybill_number)),
    (Rejection(Reason::BadHeader), Some(bad_flight_line)),
    (Rejection(Reason::NotText), Some(zero_bytes)),
    (Rejection(Reason::TooLarge), Some(oversize)),
];

fn truncated_json(chance: &mut Chance) -> Vec<u8> {
    let whole = chance.fill(r#"{"waybill":{"kind":"direct","awb":"020-99999999","origin":"FRA","desti"#);
    whole.into_bytes()
}

fn garbage(chance: &mut Chance) -> Vec<u8> {
    chance.fill("PLS ADV ETA OF 99 PCS ??? TKS BRGDS\r\n").into_bytes()
}

fn xml(chance: &mut Chance) -> Vec<u8> {
    chance.fill("<?xml version=\"1.0\"?>\r\n<Waybill><ID>020-99999999</ID></Waybill>\r\n").into_bytes()
}

fn wrong_version(chance: &mut Chance) -> Vec<u8> {
    chance.fill("FWB/9\r\n020-99999999FRAJFK/T9K99\r\n").into_bytes()
}

fn bad_waybill_number(chance: &mut Chance) -> Vec<u8> {
    chance.fill("FSU/14\r\n02?-99999FRAJFK/T9K99\r\nRCS/01JAN1200/FRA/T9K99\r\n").into_bytes()
}

fn bad_flight_line(chance: &mut Chance) -> Vec<u8> {
    chance.fill("FFM/8\r\n1/?/99/FRA\r\nJFK\r\nLAST\r\n").into_bytes()
}

fn zero_bytes(chance: &mut Chance) -> Vec<u8> {
    let mut payload = chance.fill("FWB/17\r\n020-99999999FRAJFK/T9K99\r\n").into_bytes();
    payload.extend([0; 16]);
    payload
}

fn oversize(chance: &mut Chance) -> Vec<u8> {
    let mut payload = chance.fill("FWB/17\r\n020-99999999FRAJFK/T9K99\r\n").into_bytes();
    while payload.len() <= PAYLOAD_BYTES_MAX {
        payload.extend_from_slice(b"OSI/AGAIN AND AGAIN AND AGAIN\r\n");
    }
    payload
}

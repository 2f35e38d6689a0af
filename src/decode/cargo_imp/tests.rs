//! Whole messages with invented parties: each type, each deviation of real traffic, and messages damaged at random.

mod flights;
mod houses;
mod statuses;
mod waybills;

use proptest::prelude::*;

use self::flights::{FBL, FFA, FFM};
use self::houses::FHL;
use self::waybills::FWB;
use super::*;
use crate::decode::Limits;
use crate::model::*;

fn decoded_with<'a>(payload: &'a [u8], limits: Limits) -> Decoded<'a> {
    let received = Timestamp::parse_rfc3339("2026-02-10T12:00:00Z").unwrap();
    let mut out = Vec::new();
    decode(payload, &Context { received, limits }, &mut out);
    out
}

fn decoded(payload: &[u8]) -> Decoded<'_> {
    decoded_with(payload, Limits::default())
}

fn only(payload: &str) -> Message<'_> {
    let mut out = decoded(payload.as_bytes());
    assert_eq!(out.len(), 1, "{out:?}");
    out.remove(0).unwrap()
}

fn waybill(payload: &str) -> Consignment<'_> {
    match only(payload) {
        Message::Waybill(waybill) => *waybill,
        other => panic!("{other:?}"),
    }
}

fn houses(payload: &str) -> Houses<'_> {
    match only(payload) {
        Message::Houses(houses) => houses,
        other => panic!("{other:?}"),
    }
}

fn status(payload: &str) -> StatusReport<'_> {
    match only(payload) {
        Message::Status(report) => report,
        other => panic!("{other:?}"),
    }
}

fn kept(remarks: &[Remark<'_>]) -> Vec<String> {
    remarks.iter().map(|remark| format!("{}: {}", remark.line, remark.text)).collect()
}

fn flight(flight: &FlightRef) -> String {
    let code = |code: Option<&str>| code.unwrap_or("-").to_string();
    let time = |time: Option<Timestamp>| time.map_or("-".to_string(), |time| time.to_string());
    let number = flight.number.map_or("-".to_string(), |number| number.to_string());
    [
        code(flight.carrier.as_deref()),
        number,
        time(flight.day),
        code(flight.from.as_deref()),
        code(flight.to.as_deref()),
        time(flight.departure),
        time(flight.arrival),
    ]
    .join(" ")
}

#[test]
fn one_broken_message_does_not_stop_the_others() {
    let payload = "FWB/17\r\n02X-12345675FRAJFK/T1K1\r\n\r\nFWB/3\r\n020-12345675\r\nFMA\r\nACK/OK\r\nFWB/17\r\n\
            FHL/5\r\nHBS/X\r\nFSU/12\r\n020-12345675\r\n";
    let out = decoded(payload.as_bytes());
    let found: Vec<_> = out
        .iter()
        .map(|result| {
            result.as_ref().map(Message::kind).map_err(|rejected| (rejected.reason, &payload[rejected.position..][..3]))
        })
        .collect();
    assert_eq!(
        found,
        [
            Err((Reason::BadAwb, "02X")),
            Err((Reason::UnsupportedVersion, "FWB")),
            Err((Reason::Truncated, "FHL")),
            Err((Reason::BadHeader, "HBS")),
            Ok("status"),
        ]
    );
}

#[test]
fn payloads_that_are_no_cargo_imp_are_rejected_once() {
    let limits = Limits { payload_bytes: 40, elements: 4, depth: 8 };
    for (payload, reason) in [
        (&b""[..], Reason::Empty),
        (b" \r\n ", Reason::Empty),
        (b"\0\0\x01\x02FWB/17", Reason::NotText),
        (b"{\"waybill\":1}", Reason::UnknownFormat),
        (b"FWB/17\n020-12345675FRAJFK/T1K1\nSSR/TOO LONG", Reason::TooLarge),
        (b"FSR\n020-12345675\nB\nC\nD\nE", Reason::TooMany),
        (b"FWB/17", Reason::Truncated),
        (b"FFM/8\nNONSENSE", Reason::BadHeader),
        (b"FHL/5\nMBI/020-1234", Reason::BadAwb),
        (b"FHL/5\nMBI/020-12345675/T1\nHBS//X", Reason::BadField),
    ] {
        let out = decoded_with(payload, limits);
        let reasons: Vec<_> =
            out.iter().map(|result| result.as_ref().map(Message::kind).map_err(|rejected| rejected.reason)).collect();
        assert_eq!(reasons, [Err(reason)], "{}", payload.escape_ascii());
    }
}

#[test]
fn details_of_rejections_quote_nothing_of_the_message() {
    for payload in ["FWB/17\nJOHN PRIVATE", "FFM/8\n1/JOHN PRIVATE", "FHL/5\nJOHN PRIVATE", "FHL/5\nMBI/JOHN PRIVATE"] {
        let out = decoded(payload.as_bytes());
        let rejected = out[0].as_ref().unwrap_err();
        assert!(!rejected.detail.contains("PRIVATE"), "{}", rejected.detail);
        assert!(payload[rejected.position..].contains("JOHN"), "{payload}");
    }
}

#[test]
fn bytes_that_are_not_utf8_cost_one_character_not_the_message() {
    let payload = b"FWB/16\n020-12345675FRAJFK/T1K1\nSHP\n/M\xdcLLER\n/WEG 1\n/ULM\n/DE\n";
    let out = decoded(payload);
    let Ok(Message::Waybill(bill)) = &out[0] else { panic!() };
    let shipper = bill.shipper.as_ref().unwrap();
    assert_eq!((&*shipper.name, shipper.address.is_borrowed()), ("M\u{fffd}LLER", true));
}

#[test]
fn one_message_reads_alike_in_every_envelope_and_with_every_line_end() {
    let plain = serde_json::to_string(&only(FWB)).unwrap();
    let crlf = FWB.replace('\n', " \r\n");
    for payload in [
        crlf.clone(),
        FWB.replace('\n', "\r"),
        FWB.trim_end().to_string(),
        format!("\u{1}QK FRACARG\r\n.HDQXXSU 011200\r\n\u{2}{crlf}\u{3}"),
        format!("UNB+IATA:1+REUAIR08XYZ:PIMA+B:PIMA+1'UNH+1+CIMFWB:17'{crlf}UNT+3+1'UNZ+1+1'"),
        format!("UNB+IATA:1+A:PIMA+B:PIMA+1'\nUNH+1+CIMFWB:17'\n{FWB}UNT+3+1'\nUNZ+1+1'\n"),
    ] {
        assert!(sniff(payload.as_bytes()), "{payload:?}");
        assert_eq!(serde_json::to_string(&only(&payload)).unwrap(), plain, "{payload:?}");
    }
}

#[test]
fn sniffing_refuses_other_formats() {
    for other in ["", "{\"a\":\"FWB/17\"}", "<x>\nFWB/17\n</x>", "hello\nworld", "\0\0\0\0\x01FWB/17"] {
        assert!(!sniff(other.as_bytes()), "{other:?}");
    }
}

fn mutated(mut payload: Vec<u8>, edits: &[(usize, u8, u8)]) -> Vec<u8> {
    const BYTES: &[u8] = b"/-\n\r'AZ09KT. \x03\x01\xff?+";
    for (place, kind, value) in edits {
        let place = place % payload.len().max(1);
        let byte = BYTES[usize::from(*value) % BYTES.len()];
        match kind % 4 {
            0 if place < payload.len() => payload[place] = byte,
            1 => payload.insert(place, byte),
            2 if place < payload.len() => drop(payload.remove(place)),
            _ => payload.truncate(payload.len() - place % 7),
        }
    }
    payload
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// No damage makes the decoder panic, stay silent, or point outside the payload; what it reads serialises.
    #[test]
    fn damaged_messages_always_get_an_answer(
        fixture in prop::sample::select(vec![FWB, FHL, FFM, FBL, FFA]),
        edits in prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 1..12),
    ) {
        let enveloped = format!("QK FRACARG\n.HDQXXSU 011200\n{fixture}FSU/14\n020-12345675FRAJFK/T1\n\
            BKD/LH1/09JAN/FRAVIE/T1/S2359/S0800-S\nULD/A\n");
        let payload = mutated(enveloped.into_bytes(), &edits);
        let out = decoded(&payload);
        prop_assert!(!out.is_empty());
        for result in &out {
            match result {
                Ok(message) => prop_assert!(serde_json::to_string(message).is_ok()),
                Err(rejected) => prop_assert!(rejected.position <= payload.len()),
            }
        }
    }

    #[test]
    fn arbitrary_bytes_always_get_an_answer(payload in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(!decoded(&payload).is_empty());
        let body = [b"UNB+X'FWB/17\n020-12345675FRAJFK/T1K1\n", payload.as_slice()].concat();
        prop_assert!(!decoded(&body).is_empty());
    }
}

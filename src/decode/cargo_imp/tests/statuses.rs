//! Status messages (FSU, FSA, FSR).

use super::*;

/// Code, station, time, flight, quantity, party and remarks of the one event of an FSU with `line`.
fn event(line: &str) -> String {
    let payload = format!("FSU/14\n020-12345675FRAJFK/T10K4044.0\n{line}\n");
    let report = status(&payload);
    let [event] = &report.events[..] else { panic!("{report:?}") };
    let quantity = event.quantity;
    format!(
        "{} {} {} [{}] {:?} {:?} {:?} {} {:?}",
        event.code,
        event.station.map_or("-".to_string(), |station| station.to_string()),
        event.time.map_or("-".to_string(), |time| time.to_string()),
        event.flight.as_ref().map_or(String::new(), flight),
        quantity.pieces,
        quantity.weight_g,
        quantity.volume_cm3,
        event.party.as_deref().unwrap_or("-"),
        kept(&event.remarks)
    )
    .replace("None", "-")
    .replace("T00:00:00Z", "")
    .replace(":00Z", "")
    .replace("2026-", "")
}

#[test]
fn status_lines_are_read_in_every_shape() {
    for (line, expected) in [
        ("RCS/02JAN1403/ALA/T6K150/R BOLT\n/MC2.96", "RCS ALA 01-02T14:03 [] Some(6) Some(150000) Some(2960000) R BOLT []"),
        (
            "RCT/LH/23JAN1813/HKT/T1K2\n/SU/ACME HANDLING",
            r#"RCT HKT 01-23T18:13 [LH - - - - - -] Some(1) Some(2000) - ACME HANDLING ["RCT: SU/ACME HANDLING"]"#,
        ),
        ("RCF/LH2428/03MAR0015-N/BLQ/T2K2", "RCF BLQ 03-04T00:15 [LH 2428 03-03 - BLQ - -] Some(2) Some(2000) - - []"),
        (
            "RCF/LH270/04JAN2002/BKK/T4K29.0//A2000",
            r#"RCF BKK 01-04T20:02 [LH 270 01-04 - BKK - 01-04T20:00] Some(4) Some(29000) - - ["RCF: /A2000"]"#,
        ),
        (
            "BKD/LH8105/09JAN/FRAVIE/T1K6/S2359/S0800-S/MC127.84",
            "BKD FRA - [LH 8105 01-09 FRA VIE 01-09T23:59 01-11T08:00] Some(1) Some(6000) Some(127840000) - \
             [\"BKD: S2359/S0800-S/MC127.84\"]",
        ),
        ("BKD/LH1/09JAN/FRAVIE/T1///MC10.00", "BKD FRA - [LH 1 01-09 FRA VIE - -] Some(1) - Some(10000000) - []"),
        (
            "DEP/LH2137/30JAN/ISTROV/T2//E0230",
            r#"DEP IST 01-30 [LH 2137 01-30 IST ROV - 01-30T02:30] Some(2) - - - ["DEP: /E0230"]"#,
        ),
        (
            "DEP/LH2065/01JAN/SEAORD/T11/A2200/A0800-T",
            r#"DEP SEA 01-01T22:00 [LH 2065 01-01 SEA ORD 01-01T22:00 01-04T08:00] Some(11) - - - ["DEP: A2200/A0800-T"]"#,
        ),
        ("PRE///CDGHKG/T18/S2000", r#"PRE CDG - [- - - CDG HKG - -] Some(18) - - - ["PRE: S2000"]"#),
        ("TRM/AF/CPH/T6K166", "TRM CPH - [AF - - - - - -] Some(6) Some(166000) - - []"),
        (
            "TFD/SU/12JAN1713/GVA/P100K8/768347\n/SU/AGENT",
            r#"TFD GVA 01-12T17:13 [SU - - - - - -] Some(100) Some(8000) - AGENT ["TFD: 768347", "TFD: SU/AGENT"]"#,
        ),
        ("NFD/02MAR1713/IAD/T1K28/OLD LINE INC.", "NFD IAD 03-02T17:13 [] Some(1) Some(28000) - OLD LINE INC. []"),
        ("CRC/26MAR0911/SVO/T45///LGGDME", "CRC SVO 03-26T09:11 [- - - LGG DME - -] Some(45) - - - []"),
        ("CRC/18JAN1400/LYS/T12/AF171/18JAN/YYZLYS", "CRC LYS 01-18T14:00 [AF 171 01-18 YYZ LYS - -] Some(12) - - - []"),
        ("ARR//28JAN2050-P/PEE/T1", "ARR PEE 01-27T20:50 [] Some(1) - - - []"),
        ("ZZZ/28JAN2050/PEE/T1", "ZZZ PEE 01-28T20:50 [] Some(1) - - - []"),
        ("DLV/04MAR2142/ALA/TX", r#"DLV ALA 03-04T21:42 [] - - - - ["DLV: TX"]"#),
    ] {
        assert_eq!(event(line), expected, "{line}");
    }
}

#[test]
fn discrepancies_devices_and_notes_belong_to_their_event() {
    let report = status(
        "FSU/14\n020-12345675FRAJFK/T2\nDIS/LH1/26JAN0911/ARN/FDCA/T1K0.7\nOSI/TORN\n/BADLY\n\
            ULD/PMC16735QR/PMC91281FF-M\nOCI/DE//SS/SPX\n",
    );
    let event = &report.events[0];
    assert_eq!((event.discrepancy.as_deref(), event.ulds.len(), report.customs_notes.len()), (Some("FDCA"), 2, 1));
    assert_eq!(kept(&event.remarks), ["OSI: TORN", "OSI: BADLY", "ULD: PMC91281FF-M"]);
}

#[test]
fn shipments_of_one_status_message_are_reports_of_their_own() {
    let payload = "FSA/15\n020-12345675LHRZRH/P20T30\nRCF/LH1/26JAN0700/ZRH/T20\n020-1234567\n\
            RCF/LH1/26JAN0700/ZRH/T2\n020-12345686LHRZRH/P10T30\nTFD/BA/25JAN1100/LHR/T10\n";
    let out = decoded(payload.as_bytes());
    let kinds: Vec<_> = out
        .iter()
        .map(|result| result.as_ref().map(Message::kind).map_err(|rejected| (rejected.reason, rejected.position)))
        .collect();
    assert_eq!(kinds, [Ok("status"), Err((Reason::BadAwb, payload.find("020-1234567\n").unwrap())), Ok("status")]);
}

#[test]
fn a_status_request_has_no_events() {
    let report = status("FSR\n020-12345675CDGLAX/T10K500/BOOKS\nAF099/20MAR/CDGJFK\nOSI/WHERE IS IT\n/IT IS LATE\n");
    assert!(report.events.is_empty());
    assert_eq!(
        kept(&report.remarks),
        ["AWB: 020-12345675CDGLAX/T10K500/BOOKS", "FSR: AF099/20MAR/CDGJFK", "OSI: WHERE IS IT", "OSI: IT IS LATE"]
    );
}

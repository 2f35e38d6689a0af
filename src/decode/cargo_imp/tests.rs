//! Whole messages with invented parties: each type, each deviation of real traffic, and messages damaged at random.

use proptest::prelude::*;

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

const FWB: &str = "FWB/17
020-12345675FRAJFK/T6K120.5MC0.31
FLT/LH400/12/LH402/13
RTG/MUCLH/JFKLH
SHP/4711
NAM/ACME MACHINERY
ADR/1 MILL LANE
LOC/FRANKFURT/HE
/DE/60549/TE/49691/FX/49692
CNE
NAM/BOLT TRADING
ADR/2 DOCK ROAD
LOC/NEW YORK/NY
/US/10001
AGT//1234567/0012
/SWIFT FORWARDING
/FRANKFURT
NFY
NAM/NORTH BROKERS
ADR/3 PIER
LOC/NEWARK
/US
SSR/KEEP DRY
ATTACHED \u{2013} 1 PAGE
ACC/GEN/PREPAID BY WIRE
CVD/EUR/PX/PP/NVD/1500.00/XXX
RTD/1/P4/K100/CQ/W100/R2.50/T250.00
/NG/PUMP PARTS
/2/NG/AND SEALS UN3480
/3/ND/K20/CMT40-50-60/4
/4/NV/MC0.25
/5/NS/12
/6/NH/841391
/7/NO/DE
/8/NU/AKE12345LH
/9/P2/K20.5/CQ/W20.5/R2.00/T41.00
/NC/CONSOLIDATION
OTH/P/MYC12.00
PPD/WT291.00
/OC12.00/CT303.00
COL/CT7.50
CER/ACME MACHINERY
ISU/09FEB26/FRANKFURT/SWIFT FORWARDING
REF//FRA111020090112/AGT/SWIFT/FRA
COR/T1
SPH/SPX/ELI
OCI/DE/ISS/RA/00777-05
///ED/0527
/DE//KC/00200-01
///SM/XRY
///SN/R SCREENER
///SD/09FEB260815
/US/SHP/CT/49693
/US/CNE/MU/BUYER
///MD/BOLT.EXAMPLE
//DNR/D/UN1234 1845B
/US/CUS/AH/S
///AE/11212025
///KP/Y
///BT/CSH
///PI/TIN998
/US//FT/03
QQQ/LINE NOBODY KNOWS
";

#[test]
fn a_waybill_is_read_in_full() {
    let bill = waybill(FWB);
    assert_eq!(bill.awb.map(|awb| awb.to_string()).as_deref(), Some("020-12345675"));
    assert_eq!((bill.origin.as_deref(), bill.destination.as_deref()), (Some("FRA"), Some("JFK")));
    assert_eq!((bill.quantity.pieces, bill.quantity.weight_g, bill.quantity.volume_cm3), (Some(6), Some(120_500), Some(310_000)));
    assert_eq!(
        bill.flights.iter().map(flight).collect::<Vec<_>>(),
        ["LH 400 2026-02-12T00:00:00Z FRA MUC - -", "LH 402 2026-02-13T00:00:00Z MUC JFK - -",]
    );
    let shipper = bill.shipper.as_ref().unwrap();
    assert_eq!((&*shipper.name, &*shipper.place, shipper.account.as_deref()), ("ACME MACHINERY", "FRANKFURT", Some("4711")));
    assert_eq!(bill.agent.as_ref().unwrap().account.as_deref(), Some("1234567/0012"));
    assert_eq!(bill.notify.len(), 1);
    assert_eq!(bill.kind, BillKind::Consolidation);
    assert_eq!(bill.charges.freight, Some(Money { hundredths: 31_050 }));
    assert_eq!(bill.charges.customs_value, Some(Money { hundredths: 150_000 }));
    assert_eq!(
        (bill.charges.declared, bill.charges.carriage_value, bill.charges.charge_code.as_deref()),
        (true, None, Some("PX"))
    );
    assert_eq!(bill.executed.map(|time| time.to_string()).as_deref(), Some("2026-02-09T00:00:00Z"));
    assert_eq!(bill.handling.iter().map(|code| code.as_str()).collect::<Vec<_>>(), ["SPX", "ELI"]);
}

#[test]
fn rate_lines_with_pieces_begin_goods_lines() {
    let bill = waybill(FWB);
    let [first, second] = &bill.goods[..] else { panic!("{:?}", bill.goods) };
    assert_eq!(first.description, "PUMP PARTS AND SEALS UN3480");
    assert_eq!((first.pieces, first.weight_g, first.slac, first.volume_cm3), (Some(4), Some(100_000), Some(12), Some(250_000)));
    assert_eq!(
        (first.hs_codes[0].as_str(), first.origin.as_deref(), first.ulds[0].as_str()),
        ("841391", Some("DE"), "AKE12345LH")
    );
    assert_eq!((first.dimensions[0].length_mm, first.dimensions[0].weight_g), (400, Some(20_000)));
    assert_eq!((&*second.description, second.pieces, second.rate_class.as_deref()), ("CONSOLIDATION", Some(2), Some("Q")));
}

#[test]
fn what_a_waybill_has_no_field_for_is_kept_line_by_line() {
    assert_eq!(
        kept(&waybill(FWB).remarks),
        [
            "SSR: KEEP DRY",
            "SSR: ATTACHED \u{2013} 1 PAGE",
            "ACC: GEN/PREPAID BY WIRE",
            "RTD: P4/K100/CQ/W100/R2.50/T250.00",
            "RTD: P2/K20.5/CQ/W20.5/R2.00/T41.00",
            "OTH: P/MYC12.00",
            "PPD: WT291.00",
            "PPD: OC12.00/CT303.00",
            "CER: ACME MACHINERY",
            "ISU: FRANKFURT/SWIFT FORWARDING",
            "REF: /FRA111020090112/AGT/SWIFT/FRA",
            "COR: T1",
            "QQQ: LINE NOBODY KNOWS",
        ]
    );
}

#[test]
fn customs_notes_are_kept_and_interpreted() {
    let bill = waybill(FWB);
    assert_eq!(bill.customs_notes.len(), 16);
    let [declaration] = &bill.security[..] else { panic!("{:?}", bill.security) };
    let entity = |entity: &Option<RegulatedEntity>| {
        let entity = entity.as_ref().unwrap();
        format!("{} {} {} {:?}", entity.category.unwrap(), entity.country.unwrap(), entity.id, entity.expiry)
    };
    assert_eq!(declaration.status.as_deref(), Some("SPX"));
    assert_eq!(entity(&declaration.issuer), "RA DE 00777-05 Some((2027, 5))");
    assert_eq!(entity(&declaration.received_from), "KC DE 00200-01 None");
    assert_eq!((&*declaration.methods[0], &*declaration.screeners[0]), ("XRY", "R SCREENER"));
    assert_eq!(declaration.screened_at[0].to_string(), "2026-02-09T08:15:00Z");
    assert_eq!(bill.shipper.as_ref().unwrap().contacts.last().unwrap().value, "49693");
    let mail = &bill.consignee.as_ref().unwrap().contacts[0];
    assert_eq!((mail.kind, &*mail.value, mail.verified), (ContactKind::Email, "BUYER@BOLT.EXAMPLE", false));
    let numbers: Vec<_> = bill.dangerous_goods.iter().map(|code| code.as_str()).collect();
    assert_eq!(numbers, ["UN1234", "UN1845", "UN3480"]);
    let account = bill.account.as_ref().unwrap();
    assert_eq!(
        (account.holder.as_deref(), account.billing.as_deref(), account.filing.as_deref()),
        (Some("S"), Some("CSH"), Some("03"))
    );
    assert_eq!((account.known_consignor, &*account.identities[0].1), (Some(true), "TIN998"));
    assert_eq!(account.established.map(|time| time.to_string()).as_deref(), Some("2025-11-21T00:00:00Z"));
}

#[test]
fn the_description_alone_makes_no_consolidation() {
    let bill = waybill("FWB/16\n020-12345675FRAJFK/T1K1\nRTD/1/P1/K1/CQ/W1/R1/T1\n/NG/CONSOLIDATION\nSPH/NSC\n");
    assert_eq!(bill.kind, BillKind::Direct);
    assert_eq!(bill.security[0].status.as_deref(), Some("NSC"));
    assert!(waybill("FWB/16\n020-12345675FRAJFK/T1K1\nSPH/PER\n").security.is_empty());
}

#[test]
fn a_waybill_keeps_its_damaged_optional_fields_as_remarks() {
    let bill = waybill("FWB/16\n020-12345675FRJFK/TX\nFLT/LH400/45\nRTG/X\nSPH/TOOLONG\nCVD/USD/PP/ABC/NCV/XXX\nISU/NODATE\n");
    assert_eq!(
        kept(&bill.remarks),
        ["AWB: 020-12345675FRJFK/TX", "FLT: LH400/45", "RTG: X", "SPH: TOOLONG", "CVD: USD/PP/ABC/NCV/XXX", "ISU: NODATE",]
    );
}

#[test]
fn a_second_issuer_begins_a_second_declaration() {
    let bill = waybill(
        "FWB/16\n020-12345675FRAJFK/T1K1\nOCI/IE/OSS/RC/QADOH\n/MY/ISS/RA/1\n/MY//SS/SCO\n/MY//SS/SPX\n/DE/CSS/RA/2\n///L/DIPL\n",
    );
    let [first, second] = &bill.security[..] else { panic!("{:?}", bill.security) };
    assert_eq!((&*first.acceptor.as_ref().unwrap().id, first.status.as_deref()), ("QADOH", Some("SCO")));
    assert_eq!((&*second.issuer.as_ref().unwrap().id, &*second.exemptions[0]), ("2", "DIPL"));
}

const FHL: &str = "FHL/5
MBI/020-12345675FRAJFK/T7K1000
HBS/ACM0001/FRAJFK/1/K400/4/PUMP PARTS
/VAL/SPX
TXT/FOR SEWAGE
/PLANTS
HTS/841391
/731816
OCI///SM/XRY
SHP
/ACME MACHINERY
/1 MILL LANE
/FRANKFURT
/DE
HBS/ACM0002/FRABOS/4/L100//BOLTS
HBS/ACM0003/FRAJFK/2/K500//NUTS
SHP
NAM/NUT WORKS
ADR/9 HILL
LOC/MAINZ
/DE
CNE
NAM/BOLT TRADING
ADR/2 DOCK ROAD
LOC/NEW YORK
/US
CVD/USD/PP/NVD/1500.00/XXX
";

#[test]
fn house_bills_are_read_with_what_follows_each() {
    let list = houses(FHL);
    assert_eq!((list.awb.unwrap().to_string().as_str(), list.quantity.pieces), ("020-12345675", Some(7)));
    let [first, second, third] = &list.houses[..] else { panic!("{:?}", list.houses) };
    assert_eq!((first.kind, first.hawb.as_deref(), first.awb), (BillKind::House, Some("ACM0001"), list.awb));
    assert_eq!(first.goods[0].description, "PUMP PARTS FOR SEWAGE PLANTS");
    assert_eq!(first.goods[0].hs_codes.iter().map(|code| code.as_str()).collect::<Vec<_>>(), ["841391", "731816"]);
    assert_eq!((first.goods[0].slac, first.handling.len(), first.security[0].status.as_deref()), (Some(4), 2, Some("SPX")));
    assert_eq!((second.quantity.weight_g, second.destination.as_deref()), (Some(45_359), Some("BOS")));
    assert_eq!(third.charges.customs_value, Some(Money { hundredths: 150_000 }));
}

#[test]
fn parties_behind_the_last_house_serve_those_that_have_none() {
    let list = houses(FHL);
    let shippers: Vec<_> = list.houses.iter().map(|house| house.shipper.as_ref().unwrap().name.to_string()).collect();
    assert_eq!(shippers, ["ACME MACHINERY", "NUT WORKS", "NUT WORKS"]);
    assert!(list.houses.iter().all(|house| house.consignee.as_ref().unwrap().name == "BOLT TRADING" && house.charges.declared));
}

const FFM: &str = "FFM/8
1/LH400/12FEB1000/FRA/DABCD/DE/12FEB1800/JFK
JFK
020-12345675FRAJFK/T6K120MC0.31/PUMP PARTS
/HEA/SPX
ULD/AKE12345LH-M/HT180WT985.5IND
/BOSLH402/13FEB
020-12345686FRABOS/S1K25T13/BOLTS
DIM/K25/CMT40-50-60/1
/BOSLH402/13FEB
OSI/HANDLE WITH CARE
/NO TILT
COR/X
OCI/DE/ISS/RA/001
///ED/0527
020-1234BROKEN/T1K1/LOST
/VAL
ANC/NIL/14FEB0200/14FEB0330
LHR/NIL
CONT
";

#[test]
fn a_manifest_is_read_by_point_and_device() {
    let out = decoded(FFM.as_bytes());
    let Ok(Message::Manifest(list)) = &out[0] else { panic!("{out:?}") };
    assert_eq!(flight(&list.flight), "LH 400 2026-02-12T00:00:00Z FRA JFK 2026-02-12T10:00:00Z 2026-02-12T18:00:00Z");
    assert_eq!((list.part, list.last, list.aircraft.as_deref()), (Some(1), false, Some("DABCD")));
    let points: Vec<_> =
        list.points.iter().map(|point| (point.airport.unwrap().to_string(), point.nil, point.loads.len())).collect();
    assert_eq!(points, [("JFK".into(), false, 2), ("ANC".into(), true, 0), ("LHR".into(), true, 0)]);
    assert_eq!(list.points[1].departure.map(|time| time.to_string()).as_deref(), Some("2026-02-14T03:30:00Z"));
    let [bulk, device] = &list.points[0].loads[..] else { panic!() };
    assert_eq!((bulk.uld, bulk.lines[0].handling.len()), (None, 2));
    assert_eq!(
        (device.uld.unwrap().as_str(), device.loading.as_deref(), device.weight_g),
        ("AKE12345LH", Some("M"), Some(985_500))
    );
    assert_eq!(
        kept(&device.remarks),
        ["ULD: HT180WT985.5IND", "ULD: BOSLH402/13FEB", "AWB: 020-1234BROKEN/T1K1/LOST", "AWB: VAL"]
    );
    let line = &device.lines[0];
    assert_eq!((line.quantity.code, line.quantity.total_pieces, line.dimensions.len()), (ShipmentCode::Split, Some(13), 1));
    assert_eq!(flight(&line.connections[0]), "LH 402 2026-02-13T00:00:00Z - BOS - -");
    assert_eq!(kept(&line.remarks), ["OSI: HANDLE WITH CARE", "OSI: NO TILT", "COR: X"]);
    assert_eq!(line.customs_notes.len(), 2);
}

#[test]
fn an_unreadable_waybill_line_of_a_manifest_is_also_rejected() {
    let out = decoded(FFM.as_bytes());
    let rejected = out[1].as_ref().unwrap_err();
    assert_eq!((out.len(), rejected.reason), (2, Reason::BadAwb));
    assert!(FFM[rejected.position..].starts_with("020-1234BROKEN"));
}

const FBL: &str = "FBL/4
1/LH400/12FEB/FRA/D-ABCD
BOS/NIL
JFK
020-12345675FRAJFK/T6K120MC0.31/PUMP PARTS
/470/GSP/PIL
/SWIFT FORWARDING/LH12/11FEB/MUC/X
ULD/2/PKC10056SU-C/K178.3
SSR/SPECIALIZED DGR
/DGR DESK
FSU
020-12345686FRAFSU/T1K4/BOLTS
LAST
";

#[test]
fn a_booked_list_keeps_its_devices_with_the_waybill() {
    let Message::BookedList(list) = only(FBL) else { panic!() };
    assert!(list.last);
    let line = &list.points[1].loads[0].lines[0];
    assert_eq!((line.handling.len(), flight(&line.connections[0])), (3, "LH 12 2026-02-11T00:00:00Z MUC - - -".to_string()));
    assert_eq!(
        kept(&line.remarks),
        ["AWB: SWIFT FORWARDING/LH12/11FEB/MUC/X", "ULD: 2/PKC10056SU-C/K178.3", "SSR: SPECIALIZED DGR", "SSR: DGR DESK",]
    );
    assert_eq!(list.points[2].airport.as_deref(), Some("FSU"), "an airport named like a message");
}

const FFA: &str = "FFA/4
020-12345675FRAJFK/T6K120MC0.31/PUMP PARTS
/470/RMD
LH400/12FEB/FRAJFK/KK
LH402/13FEB/JFKBOS/NN2
OSI/NOT SECURED
REF//FRA111020090112/AGT/SWIFT/FRA
";

#[test]
fn a_booking_is_read_with_its_flights() {
    let Message::Booking(booking) = only(FFA) else { panic!() };
    let flights: Vec<_> =
        booking.flights.iter().map(|booked| (flight(&booked.flight), booked.allocation.unwrap().to_string())).collect();
    assert_eq!(
        flights,
        [
            ("LH 400 2026-02-12T00:00:00Z FRA JFK - -".to_string(), "KK".to_string()),
            ("LH 402 2026-02-13T00:00:00Z JFK BOS - -".to_string(), "NN".to_string()),
        ]
    );
    assert_eq!(booking.line.handling.len(), 2);
    assert_eq!(
        kept(&booking.remarks),
        ["FLT: LH402/13FEB/JFKBOS/NN2", "OSI: NOT SECURED", "REF: /FRA111020090112/AGT/SWIFT/FRA"]
    );
}

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

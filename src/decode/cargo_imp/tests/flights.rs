//! Manifests, booked lists and bookings (FFM, FBL, FFA).

use super::*;

pub const FFM: &str = "FFM/8
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

pub const FBL: &str = "FBL/4
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

pub const FFA: &str = "FFA/4
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

//! Air waybills (FWB).

use super::*;

pub const FWB: &str = "FWB/17
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

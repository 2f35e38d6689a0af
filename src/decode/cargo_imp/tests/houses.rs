//! House bills (FHL).

use super::*;

pub const FHL: &str = "FHL/5
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

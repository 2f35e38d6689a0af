use super::super::cases::{Story, status};
use super::*;

fn sealed(text: &str) -> String {
    format!(r#"{{"customs_notes": [{{"country": "DE", "subject": "ISS", "code": "N", "text": "{text}"}}]}}"#)
}

#[test]
fn a_unit_is_built_by_somebody_known() {
    let bup = r#"{"handling": ["BUP", "SPX"]}"#;
    Story::settled().waybill(0, bup).hits(&UNKNOWN_UNIT, "a unit (BUP) built by a shipper who is new to 21 days of memory");
    Story::settled().past(1, 1, "{}").waybill(0, bup).misses(&UNKNOWN_UNIT);
    Story::settled().waybill(0, "{}").misses(&UNKNOWN_UNIT);
    Story::new().past(20, 1, r#"{"shipper": {"name": "NORTH TOOLS"}}"#).waybill(0, bup).misses(&UNKNOWN_UNIT);
}

#[test]
fn goods_arrive_in_the_unit_that_they_were_loaded_into() {
    let manifest = |uld: &str| format!("FFM/8\n1/LH400/01MAR/FRA\nJFK\n{uld}020-12345675FRAJFK/T4K100/CHUCKS\nLAST");
    let loaded = |uld| Story::new().waybill(-40, "{}").send(-20, &manifest(uld));
    let arrived = |story: Story, flight: &str, uld: &str| story.send(-2, &status(&format!("RCF/{flight}/JFK/T4K100{uld}")));
    let flight = "LH400/02MAR0900";
    let (ours, other) = ("ULD/AKE11111LH\n", "\nULD/AKE22222LH");
    arrived(loaded(ours), flight, other).hits(&MOVED_OVER, "received at JFK in another unit load device than the manifest's");
    arrived(loaded(ours), flight, "\nULD/AKE11111LH").misses(&MOVED_OVER);
    arrived(loaded(ours), flight, "").misses(&MOVED_OVER);
    arrived(loaded(""), flight, other).misses(&MOVED_OVER);
    arrived(loaded(ours), "LH412/02MAR0900", other).misses(&MOVED_OVER);
    // The rest of it was in that unit.
    arrived(loaded(ours).send(-19, &manifest("ULD/AKE22222LH\n")), flight, other).misses(&MOVED_OVER);
}

#[test]
fn seals_stay_as_they_are() {
    let report = |line: &str, seal: &str| status(&format!("{line}\nOCI/DE/ISS/N/{seal}"));
    let accepted = |seal| report("RCS/28FEB1700/FRA/T4K100", seal);
    let received = |seal| report("RCF/LH400/01MAR0900/JFK/T4K100", seal);
    let declared = |patch: &str| Story::new().waybill(-40, patch);
    declared(&sealed("SL-48811"))
        .send(-2, &received("SL48812"))
        .hits(&SEAL_CHANGED, "received at JFK with other seals than the bill states");
    declared("{}")
        .send(-19, &accepted("SL48811"))
        .send(-2, &received("SL48812"))
        .hits(&SEAL_CHANGED, "received at JFK with other seals than the report from FRA before states");
    declared(&sealed("SL-48811")).send(-19, &accepted("SL48811")).send(-2, &received("SL 48811")).misses(&SEAL_CHANGED);
    declared("{}").send(-2, &received("SL48812")).misses(&SEAL_CHANGED);
    declared(&sealed("SL-48811")).send(-2, &received("INTACT")).misses(&SEAL_CHANGED);
    let part = report("RCF/LH400/01MAR0900/JFK/P2K50T4", "SL48812");
    declared(&sealed("SL-48811")).send(-2, &part).misses(&SEAL_CHANGED);
}

#[test]
fn a_bill_keeps_its_seals_after_acceptance() {
    let accepted = |patch: &str| Story::new().waybill(-40, patch).send(-19, &status("RCS/28FEB1700/FRA/T4K100"));
    let first = sealed("SL48811");
    accepted(&first)
        .waybill(-10, &sealed("SL48812"))
        .hits(&SEAL_CHANGED, "the seals were changed in the bill 9 h 00 min after acceptance");
    accepted(&first).waybill(-10, &first).misses(&SEAL_CHANGED);
    accepted("{}").waybill(-10, &first).misses(&SEAL_CHANGED);
    accepted(&first).waybill(-10, "{}").misses(&SEAL_CHANGED);
}

#[test]
fn a_seal_is_used_once() {
    let seal = sealed("SL48811");
    let other = |days: i64, patch: &str| Story::new().numbered(700, -24 * days, patch);
    other(2, &seal).waybill(0, &seal).hits(&SEAL_REUSED, "a seal that 1 other shipment bore two days ago or earlier");
    other(1, &seal).waybill(0, &seal).misses(&SEAL_REUSED);
    other(31, &seal).waybill(0, &seal).misses(&SEAL_REUSED);
    other(2, &sealed("SL48812")).waybill(0, &seal).misses(&SEAL_REUSED);
    Story::new().waybill(-72, &seal).waybill(0, &seal).misses(&SEAL_REUSED);
    // No numbers of seals.
    for text in ["NONE", "N/A", "0000000", "SEAL1"] {
        other(2, &sealed(text)).waybill(0, &sealed(text)).misses(&SEAL_REUSED);
    }
}

#[test]
fn goods_are_collected_by_whom_the_bill_names() {
    let delivered = |name: &str| {
        let declared = Story::new().waybill(-40, r#"{"notify": [{"name": "HARBOUR BROKERS LLC"}]}"#);
        declared.send(-2, &status(&format!("DLV/01MAR0900/JFK/T4K100/{name}")))
    };
    let text = "delivered at JFK to a company that is not the consignee, and that the bill does not name";
    delivered("QUICK PICKUP INC").hits(&OTHER_RECIPIENT, text);
    for known in ["BRIDGE TOOLS INC", "Bridge Tools L.L.C.", "HARBOUR BROKERS LLC", "JANE DOE", ""] {
        delivered(known).misses(&OTHER_RECIPIENT);
    }
}

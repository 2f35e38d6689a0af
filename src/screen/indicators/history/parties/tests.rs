use super::super::cases::Story;
use super::*;

const NORTH: &str = r#"{"shipper": {"name": "NORTH TOOLS"}, "consignee": {"name": "SOUTH TOOLS"}}"#;

#[test]
fn a_party_is_new_to_a_memory_that_knows_the_others() {
    let first = Story::new().past(63, 1, NORTH).waybill(0, "{}");
    first.hits(&NEW_SHIPPER, "first consignment of this shipper in 63 days of memory");
    first.hits(&NEW_CONSIGNEE, "first consignment of this consignee in 63 days of memory");
    first.misses(&NEW_PAIR);
    let again = Story::new().past(63, 1, NORTH).numbered(900, -2, "{}").waybill(0, "{}");
    again.hits(&NEW_SHIPPER, "this shipper was first seen today, 1 consignment besides, in 63 days of memory");
    let known = Story::new().past(63, 1, NORTH).past(1, 1, "{}").waybill(0, "{}");
    [NEW_SHIPPER, NEW_CONSIGNEE, NEW_PAIR].iter().for_each(|indicator| known.misses(indicator));
    let unnamed = Story::new().past(63, 1, NORTH).waybill(0, r#"{"shipper": null}"#);
    unnamed.misses(&NEW_SHIPPER);
    let cold = Story::new().past(20, 1, NORTH).waybill(0, "{}");
    [NEW_SHIPPER, NEW_CONSIGNEE].iter().for_each(|indicator| cold.misses(indicator));
}

#[test]
fn a_pair_is_new_when_both_are_known() {
    let crossed = r#"{"consignee": {"name": "SOUTH TOOLS"}}"#;
    let story = |days| Story::new().past(days, 1, NORTH).past(3, 1, "{}").waybill(0, crossed);
    story(21).hits(
        &NEW_PAIR,
        "first consignment from this shipper to this consignee in 21 days of memory; the shipper has 3 consignments besides, \
         the consignee 21",
    );
    story(20).misses(&NEW_PAIR);
    Story::new().past(21, 1, NORTH).past(3, 1, crossed).waybill(0, crossed).misses(&NEW_PAIR);
}

#[test]
fn a_shipper_is_silent_for_weeks() {
    let story = |hours| Story::new().numbered(900, hours, "{}").past(44, 1, NORTH).waybill(0, "{}");
    story(-45 * 24).hits(&DORMANT, "this shipper was silent for 45 days, after 1 consignment");
    story(-44 * 24).misses(&DORMANT);
    Story::new().past(63, 1, NORTH).waybill(0, "{}").misses(&DORMANT);
}

/// Waybills of so many different shippers, each patched by what they share.
fn strangers(count: u32, shared: &str) -> Story {
    (0..count).fold(Story::new(), |story, number| {
        let named = shared.replace("NAME", &format!("UNKNOWN TRADER {number}"));
        story.numbered(900 + number, -30, &named)
    })
}

#[test]
fn strangers_do_not_share_a_phone() {
    let phone = r#"{"shipper": {"name": "NAME", "contacts": [{"kind": "phone", "value": "+49 40 555 0199"}]}}"#;
    let last = phone.replace("NAME", "LAST ONE");
    strangers(4, phone)
        .waybill(0, &last)
        .hits(&SHARED_CONTACT, "about 5 parties share a phone, e-mail, account or network address of shipper or consignee");
    strangers(3, phone).waybill(0, &last).misses(&SHARED_CONTACT);
    strangers(4, phone).waybill(0, "{}").misses(&SHARED_CONTACT);
    let broker = last.replacen('{', r#"{"account": {"holder": "B", "number": "77"}, "#, 1);
    strangers(4, phone).waybill(0, &broker).misses(&SHARED_CONTACT);
    let old = (0..4).fold(Story::new(), |story, number| {
        story.numbered(900 + number, -61 * 24, &phone.replace("NAME", &format!("STRANGER {number}")))
    });
    old.waybill(0, &last).misses(&SHARED_CONTACT);
}

#[test]
fn an_address_has_few_names() {
    let receiver = r#"{"consignee": {"name": "NAME"}}"#;
    let last = receiver.replace("NAME", "LAST ONE");
    strangers(6, receiver).waybill(0, &last).hits(&CONSIGNEE_ADDRESS, "about 7 parties have the address of this consignee");
    strangers(4, receiver).waybill(0, &last).misses(&CONSIGNEE_ADDRESS);
    let sender = r#"{"shipper": {"name": "NAME"}}"#;
    let found = strangers(9, sender).waybill(0, "{}").findings();
    let told = |finding: &Finding| finding.text.ends_with("parties have the address of this shipper");
    assert!(found.iter().any(|(indicator, finding)| indicator.id == SHIPPER_ADDRESS.id && told(finding)));
    strangers(5, sender).waybill(0, r#"{"shipper": {"address": "9 NEW STREET"}}"#).misses(&SHIPPER_ADDRESS);
}

#[test]
fn a_consignee_has_few_addresses() {
    let moved = r#"{"consignee": {"address": "NAME"}}"#;
    strangers(5, moved).waybill(0, "{}").hits(&MANY_ADDRESSES, "this consignee has about 7 addresses on 5 consignments");
    strangers(4, moved).waybill(0, "{}").misses(&MANY_ADDRESSES);
}

#[test]
fn a_name_is_written_one_way() {
    let written = |names: &[&str]| {
        names.iter().zip(900..).fold(Story::new(), |story, (name, number)| {
            story.numbered(number, -30, &format!(r#"{{"shipper": {{"name": "{name}"}}}}"#))
        })
    };
    let variants = ["Acme Machinery GmbH", "ACME-MACHINERY GMBH", "ACME MACHINERY G.M.B.H."];
    written(&variants)
        .waybill(0, "{}")
        .hits(&SPELLINGS, "the name of this shipper is written in 4 ways, 3 consignments besides this one");
    written(&variants[..2]).waybill(0, "{}").misses(&SPELLINGS);
    written(&["BETA", "GAMMA", "DELTA"]).waybill(0, "{}").misses(&SPELLINGS);
}

#[test]
fn a_business_has_its_goods_and_lanes() {
    let flowers = r#"{"goods": [{"description": "ROSES", "hs_codes": ["060311"]}]}"#;
    let regular = || Story::new().past(21, 1, "{}");
    regular()
        .waybill(0, flowers)
        .hits(&NEW_GOODS, "first goods of heading 0603 of this shipper, which has 21 consignments besides");
    regular()
        .waybill(0, flowers)
        .hits(&NEW_CONSIGNEE_GOODS, "first goods of heading 0603 of this consignee, which has 21 consignments besides");
    regular().past(1, 1, flowers).waybill(0, flowers).misses(&NEW_GOODS);
    regular().waybill(0, r#"{"goods": [{"description": "ROSES"}]}"#).misses(&NEW_GOODS);
    Story::new().past(20, 1, "{}").waybill(0, flowers).misses(&NEW_GOODS);
    Story::new().past(21, 1, NORTH).past(4, 3, "{}").waybill(0, flowers).misses(&NEW_GOODS);

    let elsewhere = r#"{"destination": "MIA", "routing": []}"#;
    regular().waybill(0, elsewhere).hits(&NEW_LANE, "first time that this shipper sends FRA–MIA, with 21 consignments elsewhere");
    regular().past(1, 1, elsewhere).waybill(0, elsewhere).misses(&NEW_LANE);
    regular().waybill(0, r#"{"destination": null}"#).misses(&NEW_LANE);
    Story::new().past(20, 1, "{}").waybill(0, elsewhere).misses(&NEW_LANE);
}

#[test]
fn goods_do_not_come_back() {
    let back = r#"{"shipper": {"name": "BRIDGE TOOLS INC", "country": "US"}, "consignee": {"name": "ACME MACHINERY GMBH", "country": "DE"}}"#;
    Story::new()
        .past(2, 1, back)
        .waybill(0, "{}")
        .hits(&RETURN, "goods of heading 8466 went from the consignee to the shipper on 2 consignments");
    Story::new().past(2, 1, "{}").waybill(0, "{}").misses(&RETURN);
    let other = back.replacen('{', r#"{"goods": [{"description": "ROSES", "hs_codes": ["060311"]}], "#, 1);
    Story::new().past(2, 1, &other).waybill(0, "{}").misses(&RETURN);
}

#[test]
fn a_house_number_stands_under_one_master() {
    let house = |awb: &str, hawb: &str| {
        format!(r#"{{"houses": {{"awb": "{awb}", "houses": [{{"kind": "house", "awb": "{awb}", "hawb": "{hawb}"}}]}}}}"#)
    };
    let sent = |hours, hawb: &str| Story::new().send(hours, &house(&Story::awb(5), hawb)).send(0, &house("020-12345675", hawb));
    sent(-48, "HAM-0012345").hits(&HOUSE_NUMBER_REUSED, "house bill number HAM-0012345 stands under 2 masters");
    sent(-48, "00-12345").hits(&HOUSE_NUMBER_REUSED, "house bill number 00-12345 stands under 2 masters");
    sent(-48, "00-1234").misses(&HOUSE_NUMBER_REUSED);
    sent(-31 * 24, "HAM-0012345").misses(&HOUSE_NUMBER_REUSED);
    let twice = house("020-12345675", "HAM-0012345");
    Story::new().send(-5, &twice).send(0, &twice).misses(&HOUSE_NUMBER_REUSED);
}

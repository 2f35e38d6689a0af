//! FWB: the master air waybill.

use super::blocks::{self, code};
use super::clock;
use super::lines::{Lines, wrap};
use super::{Parties, blocks::party};
use crate::model::{BillKind, Consignment, GoodsLine, Remark};

pub fn write(lines: &mut Lines, bill: &Consignment<'_>, shape: Parties) {
    let awb = bill.awb.map(|awb| awb.to_string()).unwrap_or_default();
    lines.line(&format!("{awb}{}/{}", blocks::pair(&bill.origin, &bill.destination), blocks::quantity(&bill.quantity)));
    route(lines, bill);
    for (tag, block) in [("SHP", &bill.shipper), ("CNE", &bill.consignee)] {
        if let Some(block) = block {
            party(lines, tag, block, shape);
        }
    }
    agent(lines, bill);
    for block in &bill.notify {
        party(lines, "NFY", block, shape);
    }
    blocks::values(lines, &bill.charges);
    rates(lines, bill);
    if let Some(freight) = bill.charges.freight {
        let collect = bill.charges.prepaid_collect.is_some_and(|code| code.starts_with('C'));
        lines.line(&format!("{}/CT{}", if collect { "COL" } else { "PPD" }, blocks::money(freight)));
    }
    if let Some(executed) = bill.executed {
        let place = named(&bill.remarks, "ISU").next().map(|remark| format!("/{}", remark.text)).unwrap_or_default();
        lines.line(&format!("ISU/{}{place}", clock::date(executed)));
    }
    lines.remarks(&bill.remarks, &["RTD", "ISU"]);
    if !bill.handling.is_empty() {
        // Nine codes a line are allowed, and fit.
        lines.line(&format!("SPH{}", blocks::handling(bill)));
    }
    blocks::notes(lines, &bill.customs_notes);
}

fn named<'r, 'a>(remarks: &'r [Remark<'a>], line: &'r str) -> impl Iterator<Item = &'r Remark<'a>> {
    remarks.iter().filter(move |remark| remark.line == *line)
}

fn route(lines: &mut Lines, bill: &Consignment<'_>) {
    let flight = |flight: &crate::model::FlightRef| {
        let day = flight.day.map(|day| format!("{:02}", day.civil().day())).unwrap_or_default();
        format!("/{}{}/{day}", code(&flight.carrier), code(&flight.number))
    };
    if !bill.flights.is_empty() {
        lines.line(&format!("FLT{}", bill.flights.iter().map(flight).collect::<String>()));
    }
    if !bill.routing.is_empty() {
        let stop = |(to, carrier): &(crate::model::Airport, Option<_>)| format!("/{to}{}", code(carrier));
        lines.line(&format!("RTG{}", bill.routing.iter().map(stop).collect::<String>()));
    }
}

/// `AGT//9999999`, name, place.
fn agent(lines: &mut Lines, bill: &Consignment<'_>) {
    let Some(agent) = &bill.agent else { return };
    let account = agent.account.as_deref().map(|account| format!("//{account}")).unwrap_or_default();
    lines.line(&format!("AGT{account}"));
    lines.line(&format!("/{}", agent.name));
    if !agent.place.is_empty() {
        lines.line(&format!("/{}", agent.place));
    }
}

/// A rate line for each kind of goods, its details below it, numbered through.
fn rates(lines: &mut Lines, bill: &Consignment<'_>) {
    let kept: Vec<_> = named(&bill.remarks, "RTD").collect();
    let description = if bill.kind == BillKind::Consolidation { "NC" } else { "NG" };
    let mut number = 1;
    for (index, goods) in bill.goods.iter().enumerate() {
        let rate = kept.get(index).map(|remark| remark.text.to_string()).unwrap_or_else(|| rate(goods));
        lines.line(&format!("{}/{number}/{rate}", if number == 1 { "RTD" } else { "" }));
        for (detail, line) in details(goods, description).into_iter().enumerate() {
            // The first detail shares the number of its rate line.
            if detail == 0 {
                lines.line(&format!("/{line}"));
            } else {
                number += 1;
                lines.line(&format!("/{number}/{line}"));
            }
        }
        number += 1;
    }
}

fn rate(goods: &GoodsLine<'_>) -> String {
    let class = goods.rate_class.map(|class| format!("/C{class}")).unwrap_or_default();
    let weight = goods.weight_g.map(super::super::declare::kilograms).map(|weight| format!("/K{weight}")).unwrap_or_default();
    format!("P{}{weight}{class}", goods.pieces.unwrap_or_default())
}

fn details(goods: &GoodsLine<'_>, description: &str) -> Vec<String> {
    let mut details: Vec<String> = wrap(&goods.description, 20).iter().map(|part| format!("{description}/{part}")).collect();
    details.extend(goods.dimensions.iter().map(|size| format!("ND/{}", blocks::dimensions(size))));
    details.extend(goods.volume_cm3.map(|volume| format!("NV/{}", blocks::volume(volume))));
    details.extend(goods.ulds.iter().map(|uld| format!("NU/{}", uld.as_str())));
    details.extend(goods.slac.map(|slac| format!("NS/{slac}")));
    details.extend(goods.hs_codes.iter().map(|hs| format!("NH/{hs}")));
    details.extend(goods.origin.map(|origin| format!("NO/{origin}")));
    details
}

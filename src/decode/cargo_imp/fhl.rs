//! FHL: house bills under one master.
//!
//! The grammar allows one SHP, CNE and CVD per message, yet senders put them behind each house bill, or once behind several.
//! The rule here: a party or value line belongs to the house bill it follows; what follows the last house bill applies also
//! to every earlier one that has none of its own.

use super::fields::{self, Joined, Source, keep};
use super::fwb::{each_line, handling, values};
use super::lines::{Line, Lines};
use super::shipment::ShipmentHead;
use super::{oci, parties, security};
use crate::model::{BillKind, Consignment, GoodsLine, Houses, Message, Quantity, Role, Text};
use crate::record::{Reason, Rejected};

pub(super) fn read<'a>(lines: &mut Lines<'a>) -> Result<Message<'a>, Rejected> {
    let mut list = open(lines)?;
    let mut draft: Option<House> = None;
    while let Some(line) = lines.next() {
        match (line.tag(), &mut draft) {
            (Some((b"HBS", rest)), _) => {
                let next = House::open(rest, &line, &list, lines.source)?;
                if let Some(house) = draft.replace(next) {
                    list.houses.push(house.close());
                }
            }
            (Some(tagged), Some(house)) => house.section(tagged, lines),
            (Some((tag, rest)), None) => each_line(rest, lines, |line| keep(&mut list.remarks, tag, line)),
            (None, Some(house)) => house.continuation(line.untagged()),
            (None, None) => keep(&mut list.remarks, b"MBI", line.untagged()),
        }
    }
    list.houses.extend(draft.map(House::close));
    share_last(&mut list.houses);
    list.houses.iter_mut().for_each(security::interpret);
    Ok(Message::Houses(list))
}

/// `MBI/618-12345675SINJFK/T7K1000`
fn open<'a>(lines: &mut Lines<'a>) -> Result<Houses<'a>, Rejected> {
    let line = lines.mandatory("master bill line (MBI)")?;
    let Some((b"MBI", rest)) = line.tag() else {
        return Err(Rejected::new(Reason::BadHeader, line.at, "the master bill line (MBI) does not follow the identifier"));
    };
    let head = ShipmentHead::read(rest, line.at + line.text.len() - rest.len())?;
    let mut list = Houses {
        awb: Some(head.awb),
        origin: head.origin,
        destination: head.destination,
        quantity: head.quantity,
        ..Default::default()
    };
    if head.damaged || !head.rest.is_empty() {
        keep(&mut list.remarks, b"MBI", rest);
    }
    Ok(list)
}

struct House<'a> {
    source: Source<'a>,
    bill: Consignment<'a>,
    goods: GoodsLine<'a>,
    description: Joined<'a>,
}

impl<'a> House<'a> {
    /// `AEI12345678/SINJFK/1/K400/4/COMPUTER PARTS`: number, places, pieces, weight, shipper's load and count, description.
    fn open(rest: &'a [u8], line: &Line<'a>, list: &Houses<'a>, source: Source<'a>) -> Result<Self, Rejected> {
        let (hawb, after) = fields::first(rest);
        let Some(hawb) = source.some_text(hawb) else {
            return Err(Rejected::new(Reason::BadField, line.at, "HBS: the house bill number is missing"));
        };
        let (places, after) = fields::first(after);
        let (pieces, after) = fields::first(after);
        let (weight, after) = fields::first(after);
        let (slac, description) = fields::first(after);
        let pair = fields::airport_pair(places);
        let quantity = Quantity { pieces: fields::uint(pieces), weight_g: fields::weight(weight), ..Default::default() };
        let goods = GoodsLine { slac: fields::uint(slac), ..Default::default() };
        let unread = |field: &[u8], read: bool| !field.is_empty() && !read;
        let damaged = unread(places, pair.is_some())
            || unread(pieces, quantity.pieces.is_some())
            || unread(weight, quantity.weight_g.is_some())
            || unread(slac, goods.slac.is_some());
        let mut house = Self {
            source,
            bill: Consignment {
                kind: BillKind::House,
                awb: list.awb,
                hawb: Some(hawb),
                origin: pair.map(|pair| pair.0),
                destination: pair.map(|pair| pair.1),
                quantity,
                ..Default::default()
            },
            goods,
            description: Joined::Empty,
        };
        house.description.push(description, source);
        if damaged {
            keep(&mut house.bill.remarks, b"HBS", rest);
        }
        Ok(house)
    }

    fn section(&mut self, (tag, rest): (&'a [u8], &'a [u8]), lines: &mut Lines<'a>) {
        let bill = &mut self.bill;
        match tag {
            b"TXT" => each_line(rest, lines, |line| self.description.push(line, self.source)),
            b"HTS" => each_line(rest, lines, |line| self.hs_codes(line)),
            b"OCI" => oci::read(rest, lines, &mut bill.customs_notes),
            b"SHP" if bill.shipper.is_none() => {
                bill.shipper = Some(parties::read(Role::Shipper, (tag, rest), lines, &mut bill.remarks))
            }
            b"CNE" if bill.consignee.is_none() => {
                bill.consignee = Some(parties::read(Role::Consignee, (tag, rest), lines, &mut bill.remarks));
            }
            b"NFY" => bill.notify.push(parties::read(Role::Notify, (tag, rest), lines, &mut bill.remarks)),
            b"CVD" => each_line(rest, lines, |line| values(&mut bill.charges, line, &mut bill.remarks)),
            b"SPH" => each_line(rest, lines, |line| handling(bill, line)),
            _ => each_line(rest, lines, |line| self.source.keep(&mut bill.remarks, tag, line)),
        }
    }

    fn hs_codes(&mut self, rest: &'a [u8]) {
        for field in fields::split(rest) {
            match fields::hs_code(field, self.source) {
                Some(code) => self.goods.hs_codes.push(code),
                None => keep(&mut self.bill.remarks, b"HTS", field),
            }
        }
    }

    /// Behind HBS stand special handling codes: `/VAL`, `/NSC/ICE`. Anything else continues the description.
    fn continuation(&mut self, rest: &'a [u8]) {
        if fields::split(rest).all(|field| fields::handling(field).is_some()) {
            self.bill.handling.extend(fields::split(rest).filter_map(fields::handling));
        } else {
            self.description.push(rest, self.source);
        }
    }

    fn close(mut self) -> Consignment<'a> {
        self.goods.pieces = self.bill.quantity.pieces;
        self.goods.weight_g = self.bill.quantity.weight_g;
        self.goods.description = self.description.finish(self.source);
        let empty = self.goods == GoodsLine { description: Text::default(), ..Default::default() };
        if !empty {
            self.bill.goods.push(self.goods);
        }
        self.bill
    }
}

fn share_last(houses: &mut [Consignment<'_>]) {
    let Some((last, earlier)) = houses.split_last_mut() else { return };
    for house in earlier {
        if house.shipper.is_none() {
            house.shipper.clone_from(&last.shipper);
        }
        if house.consignee.is_none() {
            house.consignee.clone_from(&last.consignee);
        }
        if !house.charges.declared {
            house.charges.clone_from(&last.charges);
        }
    }
}

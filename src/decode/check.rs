//! What a decoded message must have whatever format it came in, and what its parts inherit from the whole.
//!
//! Serde and Avro see to the types; this sees to the meaning. Data-quality errors that a terminal is told about (missing names,
//! weights …) are not checked here: such a message is readable and is screened.

use crate::model::{BillKind, Consignment, FlightList, FlightRef, Houses, Message, Outcome};
use crate::record::{Reason, Rejected};

/// Gives each house its master's number, then refuses a message that could not be tied to any shipment or flight.
pub fn settle(message: &mut Message<'_>) -> Result<(), Rejected> {
    match message {
        Message::Waybill(waybill) => settle_waybill(waybill),
        Message::Houses(houses) => settle_houses(houses),
        Message::Manifest(list) | Message::BookedList(list) => check_list(list),
        Message::Booking(_) | Message::Status(_) => Ok(()),
        Message::Outcome(outcome) => check_outcome(outcome),
    }
}

fn settle_waybill(waybill: &mut Consignment<'_>) -> Result<(), Rejected> {
    if waybill.hawb.is_some() {
        waybill.kind = BillKind::House;
    }
    if waybill.kind == BillKind::House {
        return check_house(waybill, None);
    }
    waybill.awb.map(drop).ok_or_else(|| Rejected::new(Reason::BadAwb, 0, "the waybill has no air waybill number (awb)"))
}

fn settle_houses(list: &mut Houses<'_>) -> Result<(), Rejected> {
    for (index, house) in list.houses.iter_mut().enumerate() {
        house.kind = BillKind::House;
        house.awb = house.awb.or(list.awb);
        check_house(house, Some(index))?;
    }
    Ok(())
}

fn check_house(house: &Consignment<'_>, index: Option<usize>) -> Result<(), Rejected> {
    if house.hawb.as_ref().is_some_and(|hawb| !hawb.is_empty()) || house.awb.is_some() {
        return Ok(());
    }
    let place = index.map(|index| format!("house {}", index + 1)).unwrap_or_else(|| "the house bill".to_owned());
    Err(Rejected::new(Reason::BadField, 0, format!("{place} has neither its own number (hawb) nor its master's (awb)")))
}

fn check_outcome(outcome: &Outcome<'_>) -> Result<(), Rejected> {
    if outcome.awb.is_some() || outcome.hawb.as_ref().is_some_and(|hawb| !hawb.is_empty()) {
        return Ok(());
    }
    Err(Rejected::new(Reason::BadAwb, 0, "the outcome names no consignment (awb, hawb)"))
}

fn check_list(list: &FlightList<'_>) -> Result<(), Rejected> {
    if list.flight != FlightRef::default() || !list.points.is_empty() {
        return Ok(());
    }
    Err(Rejected::new(Reason::BadField, 0, "the list names neither a flight nor an unloading point"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Awb, Text};

    #[test]
    fn a_house_inherits_the_number_of_its_master() {
        let house = Consignment { hawb: Some(Text::borrowed("H1")), ..Default::default() };
        let awb = Awb::parse("020-12345675");
        let mut message = Message::Houses(Houses { awb, houses: vec![house], ..Default::default() });
        assert_eq!(settle(&mut message), Ok(()));
        assert_eq!((message.consignments()[0].awb, message.consignments()[0].kind), (awb, BillKind::House));
    }

    #[test]
    fn what_cannot_be_tied_to_a_shipment_or_flight_is_refused() {
        let refused = [
            (Message::Waybill(Box::default()), Reason::BadAwb),
            (Message::Houses(Houses { houses: vec![Consignment::default()], ..Default::default() }), Reason::BadField),
            (Message::Manifest(FlightList::default()), Reason::BadField),
            (Message::BookedList(FlightList::default()), Reason::BadField),
            (Message::Outcome(Box::default()), Reason::BadAwb),
        ];
        for (mut message, reason) in refused {
            assert_eq!(settle(&mut message).unwrap_err().reason, reason, "{message:?}");
        }
    }
}

//! The waybill line that opens a message or a shipment: `020-12345675BRULAX/T6K120.0MC0.31`.

use super::fields;
use super::lines::Line;
use crate::model::{Airport, Awb, Quantity};
use crate::record::{Reason, Rejected};

pub(super) struct ShipmentHead<'a> {
    pub awb: Awb,
    pub origin: Option<Airport>,
    pub destination: Option<Airport>,
    pub quantity: Quantity,
    /// What follows the quantity, or could not be read of it: a description, or a field for the remarks.
    pub rest: &'a [u8],
    /// Something before the description could not be read, so the whole line belongs into the remarks.
    pub damaged: bool,
}

impl<'a> ShipmentHead<'a> {
    /// Reads `text`, which stands at byte `at`; without a waybill number there is nothing to tie the rest to.
    pub fn read(text: &'a [u8], at: usize) -> Result<Self, Rejected> {
        let (awb, rest) = fields::awb(text)
            .ok_or_else(|| Rejected::new(Reason::BadAwb, at, "the waybill line does not begin with 3 + 8 digits"))?;
        let (places, rest) = fields::first(rest);
        let (quantity_field, rest) = fields::first(rest);
        let pair = fields::airport_pair(places);
        let (quantity, unread) = fields::quantity(quantity_field);
        Ok(Self {
            awb,
            origin: pair.map(|pair| pair.0),
            destination: pair.map(|pair| pair.1),
            quantity,
            rest,
            damaged: !unread.is_empty() || (pair.is_none() && !places.is_empty()),
        })
    }

    pub fn of_line(line: &Line<'a>) -> Result<Self, Rejected> {
        Self::read(line.text, line.at)
    }
}

/// A line that is meant as a waybill line, whether or not its number can be read: it begins with a digit and has the dash at
/// or near its place, or at least eight digits in a row.
pub(super) fn is_waybill_line(text: &[u8]) -> bool {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits >= 8 || digits > 0 && text.get(1..5).is_some_and(|place| place.contains(&b'-'))
}

//! What memory keeps of everything that is not a consignment: parties, bands, traces, links and loads.
//!
//! Sums (`shipments`, histograms, `inspected` …) count the latest version of each consignment within the horizon and are changed
//! by adding and taking out. Sets (`days`, distinct counts) hold every version ever seen and forget by the day.

use serde::{Deserialize, Serialize};
use serde_big_array::BigArray;

use super::days::{Day, DaySet};
use super::histogram::{Histogram, half_octave};
use super::observation::{Bill, Stamp};
use super::sketch::Distinct;
use crate::model::Timestamp;

/// Something that forgets: the canonical form at a horizon, and whether nothing is left of it.
pub trait Forget: Default + PartialEq {
    /// What is left of the sets when days before `first` are forgotten; the sums are exact already.
    fn from(&self, first: Day) -> Self;
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
    /// Nothing would be left: asked of every entry again and again, so it looks at what is likeliest to be left first.
    fn is_spent(&self, first: Day) -> bool;
}

/// How a consignment counts: +1 put in, -1 taken out.
pub type Sign = i32;

/// Consignments and what inspections of them found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Record {
    pub shipments: u32,
    pub inspected: u32,
    pub found: u32,
}

impl Record {
    pub fn change(&mut self, sign: Sign, share: &Share) {
        self.shipments = self.shipments.wrapping_add_signed(sign);
        self.inspected = self.inspected.wrapping_add_signed(if share.inspected { sign } else { 0 });
        self.found = self.found.wrapping_add_signed(if share.found { sign } else { 0 });
    }
}

/// What one consignment adds to the sums: a function of its entry alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    pub bill: Bill,
    pub time: Timestamp,
    pub inspected: bool,
    pub found: bool,
}

impl Share {
    /// Decagrams are the resolution of weights in histograms: a letter of 20 g is bin 2.
    pub fn weight_bin(&self) -> Option<u8> {
        half_octave(self.bill.weight_g / 10).map(|half| half / 2)
    }

    /// Six-hour slot of the week, from Monday 00:00 UTC.
    pub fn week_slot(&self) -> usize {
        week_slot(self.time)
    }

    /// Declared value in hundredths for a kilogram.
    pub fn value_bin(&self) -> Option<u8> {
        let Bill { value_hundredths, weight_g, .. } = self.bill;
        half_octave(value_hundredths.checked_mul(1_000)?.checked_div(weight_g)?)
    }

    /// Grams a piece.
    pub fn piece_bin(&self) -> Option<u8> {
        half_octave(self.bill.weight_g.checked_div(u64::from(self.bill.pieces))?)
    }

    /// Grams a litre, which is kilograms a cubic metre.
    pub fn density_bin(&self) -> Option<u8> {
        half_octave(self.bill.weight_g.checked_mul(1_000)?.checked_div(self.bill.volume_cm3)?)
    }
}

/// Slots of [`week_slot`].
pub const WEEK_SLOTS: usize = 28;

pub fn week_slot(time: Timestamp) -> usize {
    // 1970-01-01 was a Thursday.
    let six_hours = time.millis().div_euclid(6 * 3_600_000) + 3 * 4;
    six_hours.rem_euclid(WEEK_SLOTS as i64) as usize
}

/// A shipper, consignee or agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    pub days: DaySet,
    pub record: Record,
    /// Weight of a consignment in decagrams, by octave.
    pub weights: Histogram<24>,
    /// By six-hour slot of the week.
    #[serde(with = "BigArray")]
    pub week: [u32; WEEK_SLOTS],
    /// Names as written that normalise to this party.
    pub spellings: Distinct<16>,
    /// The other side: consignees of a shipper, shippers of a consignee.
    pub partners: Distinct<16>,
    pub addresses: Distinct<16>,
    pub contacts: Distinct<16>,
}

impl Default for Party {
    fn default() -> Self {
        Self {
            days: DaySet::default(),
            record: Record::default(),
            weights: Histogram::default(),
            week: [0; WEEK_SLOTS],
            spellings: Distinct::default(),
            partners: Distinct::default(),
            addresses: Distinct::default(),
            contacts: Distinct::default(),
        }
    }
}

impl Party {
    pub fn change(&mut self, sign: Sign, share: &Share) {
        self.record.change(sign, share);
        share.weight_bin().into_iter().for_each(|bin| self.weights.change(bin, sign));
        if let Some(slot) = self.week.get_mut(share.week_slot()) {
            *slot = slot.wrapping_add_signed(sign);
        }
    }
}

impl Forget for Party {
    fn is_spent(&self, first: Day) -> bool {
        let Self { days, record, weights, week, spellings, partners, addresses, contacts } = self;
        *record == Record::default()
            && days.from(first).is_empty()
            && weights.is_empty()
            && week.iter().all(|count| *count == 0)
            && [spellings, partners, addresses, contacts].into_iter().all(|sketch| sketch.is_spent(first))
    }

    fn from(&self, first: Day) -> Self {
        Self {
            days: self.days.from(first),
            spellings: self.spellings.from(first),
            partners: self.partners.from(first),
            addresses: self.addresses.from(first),
            contacts: self.contacts.from(first),
            ..self.clone()
        }
    }
}

/// What is usual for a commodity from an origin: value, weight a piece, density.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Band {
    pub record: Record,
    /// Hundredths a kilogram.
    pub values: Histogram<64>,
    /// Grams a piece.
    pub pieces: Histogram<56>,
    /// Kilograms a cubic metre.
    pub densities: Histogram<32>,
}

impl Band {
    pub fn change(&mut self, sign: Sign, share: &Share) {
        self.record.change(sign, share);
        share.value_bin().into_iter().for_each(|bin| self.values.change(bin, sign));
        share.piece_bin().into_iter().for_each(|bin| self.pieces.change(bin, sign));
        share.density_bin().into_iter().for_each(|bin| self.densities.change(bin, sign));
    }
}

impl Forget for Band {
    fn is_spent(&self, _: Day) -> bool {
        self.record == Record::default() && self.is_empty()
    }

    fn from(&self, _: Day) -> Self {
        self.clone()
    }
}

/// That two or three things were seen together, and how often: a pair, a shipper on a lane, a commodity from an origin. Aligned so
/// that with its key it fills a cache line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[repr(align(16))]
pub struct Trace {
    pub days: DaySet,
    pub record: Record,
    /// Declared values in hundredths, where all are of one currency.
    pub value_hundredths: u64,
}

impl Trace {
    pub fn change(&mut self, sign: Sign, share: &Share) {
        self.record.change(sign, share);
        let value = share.bill.value_hundredths.wrapping_mul(i64::from(sign) as u64);
        self.value_hundredths = self.value_hundredths.wrapping_add(value);
    }
}

impl Forget for Trace {
    fn is_spent(&self, first: Day) -> bool {
        self.record == Record::default() && self.value_hundredths == 0 && self.days.from(first).is_empty()
    }

    fn from(&self, first: Day) -> Self {
        Self { days: self.days.from(first), ..self.clone() }
    }
}

/// How many different things share one: parties of a phone, names at an address, masters of a house number. With its key it fills a
/// cache line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Link {
    pub things: Distinct<28>,
}

impl Forget for Link {
    fn is_spent(&self, first: Day) -> bool {
        self.things.is_spent(first)
    }

    fn from(&self, first: Day) -> Self {
        Self { things: self.things.from(first) }
    }

    fn is_empty(&self) -> bool {
        self.things.is_empty()
    }
}

/// A unit load device on a flight: what its lines add up to, and what the manifest states for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Load {
    pub lines: u32,
    pub weight_g: u64,
    pub stated_at: Stamp,
    /// 0 when the manifest states none.
    pub stated_g: u64,
}

impl Load {
    pub fn change(&mut self, sign: Sign, weight_g: u64) {
        self.lines = self.lines.wrapping_add_signed(sign);
        self.weight_g = self.weight_g.wrapping_add(weight_g.wrapping_mul(i64::from(sign) as u64));
    }
}

impl Forget for Load {
    fn is_spent(&self, first: Day) -> bool {
        Forget::from(self, first).is_empty()
    }

    fn from(&self, first: Day) -> Self {
        if self.stated_at.day() >= first { *self } else { Self { stated_at: Stamp::default(), stated_g: 0, ..*self } }
    }
}

#[cfg(test)]
mod tests {
    use super::super::consignment::Consignment;
    use super::*;

    #[test]
    fn the_week_begins_on_monday() {
        let slot = |text| week_slot(Timestamp::parse_rfc3339(text).unwrap());
        assert_eq!(slot("2026-03-02T00:00:00Z"), 0, "a Monday");
        assert_eq!(slot("2026-03-08T23:59:59Z"), WEEK_SLOTS - 1, "a Sunday");
        assert_eq!(slot("2026-03-04T06:00:00Z"), 9, "a Wednesday morning");
    }

    #[test]
    fn entries_stay_within_their_budget() {
        // A consignment with its key and some ten bytes of the index; a party with its key.
        assert!(size_of::<Consignment>() + 8 + 10 <= 200, "{}", size_of::<Consignment>());
        assert!(size_of::<Party>() + 8 <= 400, "{}", size_of::<Party>());
        assert!(size_of::<Trace>() <= 48 && size_of::<Link>() <= 56, "{} {}", size_of::<Trace>(), size_of::<Link>());
    }
}

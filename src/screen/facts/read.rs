//! Reading facts as typed values: what the catalogue and the indicators share.

use super::Facts;
use super::buffer::ListName;
use crate::codes::density;
use crate::codes::terms::{Hit, Lexicon};
use crate::model::{Account, Airport, Dimensions, GoodsLine, Money, Timestamp};
use crate::screen::anomaly::Anomaly;
use crate::screen::value::List;

const GRAMS_PER_KG: f64 = 1_000.0;
const CM3_PER_M3: f64 = 1_000_000.0;
const MM3_PER_M3: f64 = 1_000_000_000.0;
const MILLIS_PER_DAY: i64 = 86_400_000;

/// Security statuses among the special handling codes (IATA code list 1.103).
const SECURITY_STATUSES: [&str; 4] = ["SPX", "SCO", "SHR", "NSC"];

impl<'f> Facts<'f> {
    /// The goods descriptions of all lines: upper case, ASCII where Latin, single blanks. Empty when there is none.
    pub fn goods(&self) -> &'f str {
        self.derived.text_of(self.derived.goods)
    }

    /// The goods text line by line, lines without a description left out.
    pub fn descriptions(&self) -> impl Iterator<Item = &'f str> {
        self.list(ListName::Descriptions).iter().map(str::trim_start)
    }

    /// Listed terms in the goods text, by position in it.
    pub fn hits(&self) -> &'f [Hit] {
        &self.derived.hits
    }

    /// The first listed term of that kind in the goods text.
    pub fn term(&self, lexicon: Lexicon) -> Option<&'static str> {
        self.hits().iter().find(|hit| hit.lexicon == lexicon).map(|hit| hit.term)
    }

    /// `020-12345675`; empty when the master is not known.
    pub fn awb(&self) -> &'f str {
        self.derived.text_of(self.derived.awb)
    }

    pub(super) fn list(&self, name: ListName) -> List<'f> {
        self.derived.list(name)
    }

    pub fn origin_country(&self) -> Option<&'static str> {
        self.derived.origin_country
    }

    pub fn destination_country(&self) -> Option<&'static str> {
        self.derived.destination_country
    }

    /// Stations from origin to destination, both included where stated.
    pub fn stations(&self) -> impl Iterator<Item = Airport> + 'f {
        let consignment = self.consignment;
        let via = consignment.routing.iter().map(|(station, _)| *station);
        consignment
            .origin
            .into_iter()
            .chain(via.filter(|station| Some(*station) != consignment.destination))
            .chain(consignment.destination)
    }

    /// As stated for the consignment, else the sum of its lines when each states it.
    pub fn pieces(&self) -> Option<u64> {
        let stated = self.consignment.quantity.pieces.map(u64::from);
        stated.or_else(|| self.sum_of_lines(|line| line.pieces.map(u64::from)))
    }

    /// As [`Facts::pieces`].
    pub fn weight_kg(&self) -> Option<f64> {
        let grams = self.consignment.quantity.weight_g.or_else(|| self.sum_of_lines(|line| line.weight_g))?;
        Some(grams as f64 / GRAMS_PER_KG)
    }

    /// Shipper's load and count over all lines that state it.
    pub fn slac(&self) -> Option<u64> {
        let counts = self.consignment.goods.iter().filter_map(|line| line.slac);
        counts.map(u64::from).reduce(u64::saturating_add)
    }

    pub fn weight_per_piece_kg(&self) -> Option<f64> {
        let pieces = self.pieces().filter(|pieces| *pieces > 0)?;
        Some(self.weight_kg()? / pieces as f64)
    }

    /// As stated for the consignment, else summed over its lines, else from the dimensions, else from weight and density group.
    pub fn volume_m3(&self) -> Option<f64> {
        let quantity = &self.consignment.quantity;
        let stated = quantity.volume_cm3.or_else(|| self.sum_of_lines(|line| line.volume_cm3));
        let measured = || self.measured_volume_m3();
        let by_density = || Some(self.weight_kg()? / f64::from(density::kg_per_m3(quantity.density_group?)?));
        stated.map(|volume| volume as f64 / CM3_PER_M3).or_else(measured).or_else(by_density)
    }

    /// Length × width × height × pieces over all dimensions stated.
    pub fn measured_volume_m3(&self) -> Option<f64> {
        let dimensions = self.consignment.goods.iter().flat_map(|line| &line.dimensions);
        dimensions.map(volume_m3).reduce(|sum, volume| sum + volume)
    }

    /// `None` for a volume of zero.
    pub fn density_kg_m3(&self) -> Option<f64> {
        let volume = self.volume_m3().filter(|volume| *volume > 0.0)?;
        Some(self.weight_kg()? / volume)
    }

    pub fn customs_value(&self) -> Option<f64> {
        self.consignment.charges.customs_value.map(units)
    }

    pub fn customs_value_per_kg(&self) -> Option<f64> {
        let weight = self.weight_kg().filter(|weight| *weight > 0.0)?;
        Some(self.customs_value()? / weight)
    }

    pub fn carriage_value(&self) -> Option<f64> {
        self.consignment.charges.carriage_value.map(units)
    }

    pub fn freight_charges(&self) -> Option<f64> {
        self.consignment.charges.freight.map(units)
    }

    /// The value declaration says NCV: no customs value.
    pub fn no_customs_value(&self) -> bool {
        self.consignment.charges.declared && self.consignment.charges.customs_value.is_none()
    }

    /// The value declaration says NVD: no value for carriage.
    pub fn no_carriage_value(&self) -> bool {
        self.consignment.charges.declared && self.consignment.charges.carriage_value.is_none()
    }

    /// The earliest departure that a flight states; a day alone is no departure.
    pub fn departure(&self) -> Option<Timestamp> {
        self.consignment.flights.iter().filter_map(|flight| flight.departure).min()
    }

    /// `None` without memory.
    pub fn anomaly(&self) -> Option<Anomaly> {
        self.history.map(Anomaly::of)
    }

    /// Negative after the departure.
    pub fn hours_to_departure(&self) -> Option<f64> {
        Some(self.departure()?.minutes_since(self.received) as f64 / 60.0)
    }

    /// The latest time at which a security declaration says that the goods were screened.
    pub fn screened_at(&self) -> Option<Timestamp> {
        self.consignment.security.iter().flat_map(|declaration| &declaration.screened_at).max().copied()
    }

    /// The last status that a declaration states, else the one among the special handling codes.
    pub fn security_status(&self) -> Option<&'f str> {
        let consignment = self.consignment;
        let declared = consignment.security.iter().rev().find_map(|declaration| declaration.status.as_deref());
        declared.or_else(|| consignment.handling.iter().map(|code| code.as_str()).find(|code| SECURITY_STATUSES.contains(code)))
    }

    /// The category of the first issuer stated.
    pub fn issuer_category(&self) -> Option<&'f str> {
        let issuers = self.consignment.security.iter().filter_map(|declaration| declaration.issuer.as_ref());
        issuers.filter_map(|issuer| issuer.category.as_deref()).next()
    }

    pub fn account(&self) -> Option<&'f Account<'f>> {
        self.consignment.account.as_ref()
    }

    /// Whole days from the account's establishment to the message; negative when the date lies ahead.
    pub fn account_age_days(&self) -> Option<i64> {
        let age_millis = self.received.millis().saturating_sub(self.account()?.established?.millis());
        Some(age_millis.div_euclid(MILLIS_PER_DAY))
    }

    pub fn has_handling(&self, code: &str) -> bool {
        self.consignment.handling.iter().any(|handling| *handling == *code)
    }

    pub fn hs_codes(&self) -> List<'f> {
        self.list(ListName::HsCodes)
    }

    pub fn hs_chapters(&self) -> List<'f> {
        self.list(ListName::HsChapters)
    }

    pub fn hs_headings(&self) -> List<'f> {
        self.list(ListName::HsHeadings)
    }

    pub fn screening_methods(&self) -> List<'f> {
        self.list(ListName::ScreeningMethods)
    }

    pub fn exemptions(&self) -> List<'f> {
        self.list(ListName::Exemptions)
    }

    pub fn dangerous_goods(&self) -> List<'f> {
        self.list(ListName::DangerousGoods)
    }

    /// `None` unless every line states it: a partial sum would look like a small shipment.
    fn sum_of_lines(&self, quantity: impl Fn(&GoodsLine<'_>) -> Option<u64>) -> Option<u64> {
        let lines = &self.consignment.goods;
        if lines.is_empty() {
            return None;
        }
        lines.iter().try_fold(0_u64, |sum, line| Some(sum.saturating_add(quantity(line)?)))
    }
}

fn volume_m3(dimensions: &Dimensions) -> f64 {
    let Dimensions { length_mm, width_mm, height_mm, pieces, .. } = *dimensions;
    f64::from(length_mm) * f64::from(width_mm) * f64::from(height_mm) * f64::from(pieces) / MM3_PER_M3
}

fn units(money: Money) -> f64 {
    money.hundredths as f64 / 100.0
}

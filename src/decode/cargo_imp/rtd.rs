//! Rate description (FWB `RTD`): rate lines with the goods lines below them.

use super::fields::{self, Joined, Source, set};
use super::lines::Lines;
use crate::model::{BillKind, Code, Consignment, GoodsLine};

const RTD: &[u8] = b"RTD";

/// Reads the block into `waybill.goods`. `rest` follows `RTD/`.
///
/// A line with a number of pieces begins a goods line of the model; descriptions, dimensions and the like below it belong to
/// it, whatever their own line numbers. Rates, chargeable weights and totals have no field and are kept in the remarks.
pub(super) fn read<'a>(rest: &'a [u8], lines: &mut Lines<'a>, waybill: &mut Consignment<'a>) {
    let mut block = Block { source: lines.source, waybill, goods: None, description: Joined::Empty };
    block.line(rest);
    while let Some(rest) = lines.continuation() {
        block.line(rest);
    }
    block.close();
}

struct Block<'a, 'w> {
    source: Source<'a>,
    waybill: &'w mut Consignment<'a>,
    goods: Option<GoodsLine<'a>>,
    description: Joined<'a>,
}

impl<'a> Block<'a, '_> {
    fn close(&mut self) {
        if let Some(mut goods) = self.goods.take() {
            goods.description = std::mem::take(&mut self.description).finish(self.source);
            self.waybill.goods.push(goods);
        }
    }

    fn line(&mut self, line: &'a [u8]) {
        let (number, rest) = fields::first(line);
        let numbered = !number.is_empty() && number.len() <= 2 && number.iter().all(u8::is_ascii_digit);
        let rest = if numbered { rest } else { line };
        match fields::first(rest) {
            (b"NG", text) => self.description(text),
            (b"NC", text) => {
                self.waybill.kind = BillKind::Consolidation;
                self.description(text);
            }
            (b"ND" | b"NH" | b"NO" | b"NS" | b"NU" | b"NV", _) => self.detail(rest),
            // A line without number and identifier continues the description above it.
            (field, _) if !numbered && !is_rate_field(field) => self.description(rest),
            _ => self.rate(rest),
        }
    }

    fn goods(&mut self) -> &mut GoodsLine<'a> {
        self.goods.get_or_insert_default()
    }

    fn description(&mut self, text: &'a [u8]) {
        self.goods();
        self.description.push(text, self.source);
    }

    /// `P1/K2400/CQ/W2000/R10.00/T10000`
    fn rate(&mut self, rest: &'a [u8]) {
        let mut fields = fields::split(rest);
        let pieces = fields.next().and_then(|field| field.strip_prefix(b"P")).and_then(fields::uint);
        if pieces.is_some() {
            self.close();
            let mut goods = GoodsLine { pieces, ..Default::default() };
            for field in fields {
                match field {
                    [b'K' | b'L', ..] if goods.weight_g.is_none() => goods.weight_g = fields::weight(field),
                    [b'C', class @ b'A'..=b'Z'] => goods.rate_class = Code::from_bytes(&[*class]),
                    _ => {}
                }
            }
            self.goods = Some(goods);
        }
        self.source.keep(&mut self.waybill.remarks, RTD, rest);
    }

    fn detail(&mut self, rest: &'a [u8]) {
        let (kind, value) = fields::first(rest);
        let goods = self.goods.get_or_insert_default();
        let read = match kind {
            b"ND" => {
                matches!(value, b"NDA" | b"/NDA") || fields::dimensions(value).map(|size| goods.dimensions.push(size)).is_some()
            }
            b"NH" => {
                let mut all = true;
                for field in fields::split(value) {
                    match fields::hs_code(field, self.source) {
                        Some(code) => goods.hs_codes.push(code),
                        None => all = false,
                    }
                }
                all
            }
            b"NO" => set(&mut goods.origin, Some(value).filter(|country| country.len() == 2).and_then(Code::from_bytes)),
            b"NS" => set(&mut goods.slac, fields::uint(value)),
            b"NU" => fields::uld(value).map(|uld| goods.ulds.push(uld)).is_some(),
            _ => set(&mut goods.volume_cm3, fields::volume(value)),
        };
        if !read {
            self.source.keep(&mut self.waybill.remarks, RTD, rest);
        }
    }
}

/// Pieces, weight, class, percentage or commodity, chargeable weight, rate or total: a letter and a figure.
fn is_rate_field(field: &[u8]) -> bool {
    matches!(field, [b'P' | b'K' | b'L' | b'S' | b'W' | b'R' | b'T', b'0'..=b'9', ..] | [b'C', b'A'..=b'Z'])
}

//! Single fields: quantities, weights, volumes, dimensions, flights, codes. Units are converted to the canonical ones here.

use crate::model::{Airport, Awb, Carrier, Code, Dimensions, Money, Quantity, Remark, ShipmentCode, Text, Uld};

/// The payload as text, proven to be UTF-8 once, so that the fields of it need not be proven one by one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Source<'a>(&'a str);

impl<'a> Source<'a> {
    /// What of the payload stands before the first byte that is not UTF-8.
    pub fn new(payload: &'a [u8]) -> Self {
        let valid = std::str::from_utf8(payload).or_else(|error| {
            let front = payload.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(front)
        });
        Self(valid.unwrap_or_default())
    }

    /// As [`text`]. A field that does not stand in the source is proven by itself.
    #[inline]
    pub fn text(self, field: &'a [u8]) -> Text<'a> {
        let start = field.as_ptr().addr().wrapping_sub(self.0.as_ptr().addr());
        match self.0.get(start..start.wrapping_add(field.len())) {
            Some(found) => Text::borrowed(found),
            None => text(field),
        }
    }

    /// As [`some_text`].
    #[inline]
    pub fn some_text(self, field: &'a [u8]) -> Option<Text<'a>> {
        (!field.is_empty()).then(|| self.text(field))
    }

    /// As [`keep`].
    pub fn keep(self, remarks: &mut Vec<Remark<'a>>, line: &'a [u8], rest: &'a [u8]) {
        remarks.push(Remark { line: self.text(line), text: self.text(rest) });
    }
}

/// Text of a field; bytes that are not UTF-8 become replacement characters.
pub(super) fn text(bytes: &[u8]) -> Text<'_> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Text::borrowed(text),
        Err(_) => Text::from(String::from_utf8_lossy(bytes)),
    }
}

/// Text of a field, or `None` when it is empty.
pub(super) fn some_text(bytes: &[u8]) -> Option<Text<'_>> {
    (!bytes.is_empty()).then(|| text(bytes))
}

/// Keeps what has no field in the model under the identifier of its line.
pub(super) fn keep<'a>(remarks: &mut Vec<Remark<'a>>, line: &'a [u8], rest: &'a [u8]) {
    remarks.push(Remark { line: text(line), text: text(rest) });
}

/// Fields between slashes.
pub(super) fn split(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let bytes = rest?;
        let (field, after) = slash(bytes).and_then(|at| Some((bytes.get(..at)?, bytes.get(at + 1..)))).unwrap_or((bytes, None));
        rest = after;
        Some(field)
    })
}

/// The first field and what follows its slash; empty when nothing does.
pub(super) fn first(bytes: &[u8]) -> (&[u8], &[u8]) {
    slash(bytes).and_then(|at| Some((bytes.get(..at)?, bytes.get(at + 1..)?))).unwrap_or((bytes, &[]))
}

/// Position of the first slash. As with line ends, eight bytes at a time suit such short texts best.
fn slash(bytes: &[u8]) -> Option<usize> {
    let in_word = |word: &[u8; 8]| {
        // Slashes become zero bytes; subtracting one marks them, and falsely only what stands behind one.
        let others = u64::from_le_bytes(*word) ^ 0x2f2f_2f2f_2f2f_2f2f;
        let marked = others.wrapping_sub(0x0101_0101_0101_0101) & !others & 0x8080_8080_8080_8080;
        (marked != 0).then(|| marked.trailing_zeros() as usize / 8)
    };
    let Some(last) = bytes.last_chunk::<8>() else { return bytes.iter().position(|byte| *byte == b'/') };
    let (words, _) = bytes.as_chunks::<8>();
    let found = words.iter().enumerate().find_map(|(index, word)| Some(index * 8 + in_word(word)?));
    // The last eight bytes may overlap a word that has none.
    found.or_else(|| Some(bytes.len() - 8 + in_word(last)?))
}

/// Lines of text that are read one by one and joined with one blank; a single line stays borrowed.
#[derive(Default)]
pub(super) enum Joined<'a> {
    #[default]
    Empty,
    One(&'a [u8]),
    Many(String),
}

impl<'a> Joined<'a> {
    pub fn push(&mut self, line: &'a [u8], source: Source<'a>) {
        let line = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        match self {
            Joined::Empty => *self = Joined::One(line),
            Joined::One(first) => {
                let mut joined = String::with_capacity(first.len() + line.len() + 64);
                joined.push_str(&source.text(first));
                joined.push(' ');
                joined.push_str(&source.text(line));
                *self = Joined::Many(joined);
            }
            Joined::Many(joined) => {
                joined.push(' ');
                joined.push_str(&source.text(line));
            }
        }
    }

    pub fn finish(self, source: Source<'a>) -> Text<'a> {
        match self {
            Joined::Empty => Text::default(),
            Joined::One(line) => source.text(line),
            Joined::Many(joined) => Text::from(joined),
        }
    }
}

pub(super) fn uint(digits: &[u8]) -> Option<u32> {
    let append = |sum: u32, digit: &u8| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    };
    if digits.is_empty() { None } else { digits.iter().try_fold(0, append) }
}

/// A decimal number as an integer of `places` decimals; further decimals are cut off.
fn decimal(bytes: &[u8], places: u32) -> Option<u64> {
    let mut value: u64 = 0;
    let mut decimals = None;
    let mut digits = 0;
    for byte in bytes {
        match (byte, decimals) {
            (b'0'..=b'9', Some(seen)) if seen >= places => {}
            (b'0'..=b'9', _) => {
                value = value.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
                decimals = decimals.map(|seen: u32| seen + 1);
                digits += 1;
            }
            (b'.', None) => decimals = Some(0),
            _ => return None,
        }
    }
    let missing = places.saturating_sub(decimals.unwrap_or(0));
    (digits > 0).then(|| value.checked_mul(10_u64.checked_pow(missing)?))?
}

/// Amounts have at most two decimals; IATA tariffs know none finer.
pub(super) fn money(bytes: &[u8]) -> Option<Money> {
    Some(Money { hundredths: decimal(bytes, 2)?.try_into().ok()? })
}

/// Grams of `K12.5` (kilograms) or `L150` (pounds of 453.59237 g).
pub(super) fn weight(bytes: &[u8]) -> Option<u64> {
    match bytes {
        [b'K', number @ ..] => decimal(number, 3),
        [b'L', number @ ..] => scaled(decimal(number, 3)?, 45_359_237, 100_000_000),
        _ => None,
    }
}

/// Grams of a bare number of kilograms.
pub(super) fn kilograms(number: &[u8]) -> Option<u64> {
    decimal(number, 3)
}

/// Cubic centimetres of `MC0.57`, `CC1200`, `CF3.2` or `CI80`.
pub(super) fn volume(bytes: &[u8]) -> Option<u64> {
    let (unit, number) = bytes.split_at_checked(2)?;
    match unit {
        b"MC" => decimal(number, 6),
        b"CC" => decimal(number, 0),
        b"CF" => scaled(decimal(number, 3)?, 28_316_846_592, 1_000_000_000),
        b"CI" => scaled(decimal(number, 3)?, 16_387_064, 1_000_000_000),
        _ => None,
    }
}

fn scaled(value: u64, numerator: u64, denominator: u64) -> Option<u64> {
    let product = u128::from(value) * u128::from(numerator) + u128::from(denominator / 2);
    u64::try_from(product / u128::from(denominator)).ok()
}

/// `T6K120.0MC0.31`, `P1K4DG4T12`, `P20T30`; the second part is what could not be read.
pub(super) fn quantity(bytes: &[u8]) -> (Quantity, &[u8]) {
    let mut quantity = Quantity::default();
    let Some(code) = bytes.first().and_then(shipment_code) else { return (quantity, bytes) };
    quantity.code = code;
    let (pieces, mut rest) = take_number(bytes.get(1..).unwrap_or_default());
    quantity.pieces = uint(pieces);
    if quantity.pieces.is_none() {
        return (Quantity::default(), bytes);
    }
    while !rest.is_empty() {
        let letters = rest.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
        let (number, after) = take_number(rest.get(letters..).unwrap_or_default());
        let Some(field) = rest.get(..letters + number.len()) else { break };
        if !set_measure(&mut quantity, field, letters) {
            break;
        }
        rest = after;
    }
    (quantity, rest)
}

fn shipment_code(letter: &u8) -> Option<ShipmentCode> {
    match letter {
        b'T' => Some(ShipmentCode::Total),
        b'P' => Some(ShipmentCode::Part),
        b'S' => Some(ShipmentCode::Split),
        b'D' => Some(ShipmentCode::Divided),
        b'M' => Some(ShipmentCode::Multi),
        _ => None,
    }
}

fn take_number(bytes: &[u8]) -> (&[u8], &[u8]) {
    let len = bytes.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    bytes.split_at_checked(len).unwrap_or((bytes, &[]))
}

/// Sets the part of a quantity that `field` states; false when it states none.
pub(super) fn set_measure(quantity: &mut Quantity, field: &[u8], letters: usize) -> bool {
    let number = field.get(letters..).unwrap_or_default();
    match field.get(..letters) {
        Some(b"K" | b"L") => set(&mut quantity.weight_g, weight(field)),
        Some(b"DG") => set(&mut quantity.density_group, uint(number).and_then(|group| u8::try_from(group).ok())),
        Some(b"T") => set(&mut quantity.total_pieces, uint(number)),
        Some(_) => set(&mut quantity.volume_cm3, volume(field)),
        None => false,
    }
}

/// Fills a slot that is empty with a value that could be read; false when either is not so.
pub(super) fn set<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let free = slot.is_none() && value.is_some();
    if free {
        *slot = value;
    }
    free
}

/// `K25.5/CMT69-68-70/11`, `/INH69-36-36/1`: weight, centimetres or inches, pieces.
pub(super) fn dimensions(bytes: &[u8]) -> Option<Dimensions> {
    let (weight_field, rest) = first(bytes);
    let (sides, pieces) = first(rest);
    let (unit, sides) = sides.split_at_checked(3)?;
    let unit_um = match unit {
        b"CMT" => 10_000,
        b"INH" => 25_400,
        _ => return None,
    };
    let mut sides = sides.split(|byte| *byte == b'-').map(|side| millimetres(side, unit_um));
    let (length_mm, width_mm, height_mm) = (sides.next()??, sides.next()??, sides.next()??);
    let weight_g = if weight_field.is_empty() { None } else { Some(weight(weight_field)?) };
    let known = sides.next().is_none();
    known.then_some(Dimensions {
        length_mm,
        width_mm,
        height_mm,
        pieces: uint(pieces)?,
        weight_g: weight_g.filter(|grams| *grams > 0),
    })
}

fn millimetres(side: &[u8], unit_um: u64) -> Option<u32> {
    decimal(side, 2)?.checked_mul(unit_um).and_then(|hundredths| u32::try_from(hundredths / 100_000).ok())
}

/// Carrier and flight number: `SU1244`, `P35070`, `RU7771B`, `DLH400`, or a carrier alone (`AF`).
pub(super) fn flight(bytes: &[u8]) -> Option<(Carrier, Option<Code<5>>)> {
    let icao = matches!(bytes, [b'A'..=b'Z', b'A'..=b'Z', b'A'..=b'Z', ..]);
    let (carrier, number) = bytes.split_at_checked(if icao { 3 } else { 2 })?;
    let carrier_ok = carrier.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && carrier.iter().any(u8::is_ascii_uppercase);
    if !carrier_ok {
        return None;
    }
    let digits = number.strip_suffix(&[suffix(number)]).unwrap_or(number);
    let number_ok = digits.iter().all(u8::is_ascii_digit) && digits.len() <= 4 && (!digits.is_empty() || number.is_empty());
    number_ok.then(|| Some((Carrier::from_bytes(carrier)?, Code::from_bytes(number))))?
}

/// The operational suffix letter of a flight number; 0, which never matches a byte of text, when there is none.
fn suffix(number: &[u8]) -> u8 {
    number.last().copied().filter(u8::is_ascii_uppercase).unwrap_or(0)
}

/// As [`flight`], but only with a number.
pub(super) fn numbered_flight(bytes: &[u8]) -> Option<(Carrier, Code<5>)> {
    flight(bytes).and_then(|(carrier, number)| Some((carrier, number?)))
}

pub(super) fn airport(bytes: &[u8]) -> Option<Airport> {
    (bytes.len() == 3 && bytes.iter().all(u8::is_ascii_uppercase)).then(|| Airport::from_bytes(bytes))?
}

/// `SINJFK`
pub(super) fn airport_pair(bytes: &[u8]) -> Option<(Airport, Airport)> {
    let (from, to) = bytes.split_at_checked(3)?;
    Some((airport(from)?, airport(to)?))
}

/// `020-12345675`, also with a blank or nothing for the dash, at the front of `bytes`; the rest is returned.
pub(super) fn awb(bytes: &[u8]) -> Option<(Awb, &[u8])> {
    let (prefix, rest) = bytes.split_at_checked(3)?;
    let rest = match rest {
        [b'-' | b' ', rest @ ..] => rest,
        rest => rest,
    };
    let (serial, rest) = rest.split_at_checked(8)?;
    let followed_by_digit = rest.first().is_some_and(u8::is_ascii_digit);
    let awb = Awb::new(uint(prefix)?.try_into().ok()?, uint(serial)?)?;
    (!followed_by_digit).then_some((awb, rest))
}

pub(super) fn uld(bytes: &[u8]) -> Option<Uld> {
    std::str::from_utf8(bytes).ok().and_then(Uld::parse)
}

/// Harmonized System codes: 4 to 12 digits.
pub(super) fn hs_code<'a>(bytes: &'a [u8], source: Source<'a>) -> Option<Text<'a>> {
    ((4..=12).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit)).then(|| source.text(bytes))
}

/// A special handling code: three upper-case letters or digits.
pub(super) fn handling(bytes: &[u8]) -> Option<crate::model::Handling> {
    let valid = bytes.len() == 3 && bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    valid.then(|| Code::from_bytes(bytes))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_slash_is_found_at_every_place() {
        for len in 0..30 {
            let mut line = b".0\xaf\x80".repeat(10);
            line.truncate(len);
            assert_eq!(slash(&line), None, "{len}");
            for place in 0..len {
                let mut line = line.clone();
                line[place..].fill(b'/');
                assert_eq!(slash(&line), Some(place), "{place} of {len}");
            }
        }
        assert_eq!(split(b"A//B/").collect::<Vec<_>>(), [&b"A"[..], b"", b"B", b""]);
        assert_eq!(split(b"").collect::<Vec<_>>(), [b""]);
    }

    #[test]
    fn quantities_are_read_with_every_part() {
        let read = |text: &'static str| {
            let (q, rest) = quantity(text.as_bytes());
            assert!(rest.is_empty(), "{text}");
            (q.code, q.pieces, q.weight_g, q.volume_cm3, q.density_group, q.total_pieces)
        };
        use ShipmentCode::*;
        assert_eq!(read("T6K120.0MC0.31"), (Total, Some(6), Some(120_000), Some(310_000), None, None));
        assert_eq!(read("P1K4DG4T12"), (Part, Some(1), Some(4_000), None, Some(4), Some(12)));
        assert_eq!(read("D4K400MC1.6T12"), (Divided, Some(4), Some(400_000), Some(1_600_000), None, Some(12)));
        assert_eq!(read("S1L150"), (Split, Some(1), Some(68_039), None, None, None));
        assert_eq!(read("P20T30"), (Part, Some(20), None, None, None, Some(30)));
        assert_eq!(read("T1K1CF2"), (Total, Some(1), Some(1_000), Some(56_634), None, None));
        assert_eq!(read("M1K1CI100"), (Multi, Some(1), Some(1_000), Some(1_639), None, None));
    }

    #[test]
    fn what_is_not_a_quantity_is_returned() {
        for (text, rest) in [("T6K12X", "X"), ("X6", "X6"), ("T", "T"), ("T6K1K2", "K2"), ("T99999999999", "T99999999999")] {
            assert_eq!(quantity(text.as_bytes()).1, rest.as_bytes(), "{text}");
        }
        assert_eq!(weight(b"K99999999999999999999"), None);
        assert_eq!(weight(b"K"), None);
        assert_eq!(weight(b"K1.2.3"), None);
    }

    #[test]
    fn dimensions_are_millimetres() {
        let found = dimensions(b"K25.5/CMT69-68-70/11").unwrap();
        assert_eq!((found.length_mm, found.width_mm, found.height_mm, found.pieces), (690, 680, 700, 11));
        assert_eq!(found.weight_g, Some(25_500));
        assert_eq!(dimensions(b"/INH10-20-30/1").map(|d| (d.length_mm, d.height_mm)), Some((254, 762)));
        for refused in ["/NDA", "/CMT10-20/1", "/CMT10-20-30", "/CMT10-20-30-40/1", "X/CMT1-2-3/1"] {
            assert_eq!(dimensions(refused.as_bytes()), None, "{refused}");
        }
    }

    #[test]
    fn flights_are_carrier_and_number() {
        let read = |text: &str| {
            flight(text.as_bytes())
                .map(|(carrier, number)| format!("{carrier} {}", number.map_or(String::new(), |n| n.to_string())))
        };
        for (text, expected) in
            [("SU1244", "SU 1244"), ("P35070", "P3 5070"), ("RU7771B", "RU 7771B"), ("DLH400", "DLH 400"), ("AF", "AF ")]
        {
            assert_eq!(read(text).as_deref(), Some(expected));
        }
        for refused in ["12345", "SU12345", "A", "SUX", "su12", "SU1-2"] {
            assert!(read(refused).is_none_or(|found| found == "SUX "), "{refused}");
        }
    }

    #[test]
    fn an_awb_needs_eleven_digits() {
        assert_eq!(
            awb(b"020-12345675BRULAX/T1").map(|(awb, rest)| (awb.to_string(), rest)),
            Some(("020-12345675".into(), &b"BRULAX/T1"[..]))
        );
        assert!(awb(b"02012345675").is_some());
        for refused in ["020-1234567BRULAX", "020-123456789", "02-12345675", "0A0-12345675"] {
            assert!(awb(refused.as_bytes()).is_none(), "{refused}");
        }
    }

    #[test]
    fn fields_are_cut_out_of_the_source_wherever_they_stand() {
        let payload = b"ACME K\xc3\x96LN/M\xdcNCHEN/BERLIN".as_slice();
        let source = Source::new(payload);
        let found: Vec<_> = split(payload).map(|field| source.text(field)).collect();
        assert_eq!(found, ["ACME KÖLN", "M\u{fffd}NCHEN", "BERLIN"]);
        assert_eq!(source.text(b"ACME"), "ACME");
        assert_eq!(source.text(&payload[..7]), "ACME K\u{fffd}");
        assert_eq!(source.some_text(&payload[..0]), None);
    }

    #[test]
    fn text_that_is_not_utf8_is_replaced_for_that_value_only() {
        assert_eq!(text(b"M\xdcNCHEN"), "M\u{fffd}NCHEN");
        assert!(text(b"BERLIN").is_borrowed());
    }
}

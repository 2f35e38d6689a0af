//! Standard message identifiers: the line that says which message follows and in which version.

/// A message that has a reader. FSA reads as FSU, FFA as FFR: an answer has the shape of what it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Fwb,
    Fhl,
    Ffm,
    Fbl,
    Fsu,
    Fsr,
    Booking,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identifier<'a> {
    /// `None`: a message of the family that has no reader, or not in this version.
    pub kind: Option<Kind>,
    line: &'a [u8],
    /// Byte position of the identifier in the payload.
    pub at: usize,
}

impl<'a> Identifier<'a> {
    /// Reads a line that is exactly an identifier: `FWB/17`, `FSR`. Without a version only if `bare` allows it, because three
    /// letters on a line are also an unloading point; `FSR` has no version in most feeds and is always taken.
    #[inline]
    pub fn read(line: &'a [u8], at: usize, bare: bool) -> Option<Self> {
        // Most lines are longer, and most short ones fail on their fourth byte: the list of names comes last.
        if line.len() > 6 { None } else { Self::read_short(line, at, bare) }
    }

    fn read_short(line: &'a [u8], at: usize, bare: bool) -> Option<Self> {
        let (name, version) = line.split_at_checked(3)?;
        let version = match version {
            [] if bare || name == b"FSR" => None,
            [b'/', digits @ ..] => Some(number(digits)?),
            _ => return None,
        };
        if !KNOWN.contains(&name) {
            return None;
        }
        Some(Self { kind: kind(name, version), line, at })
    }

    /// As written; ASCII by construction.
    pub fn name(&self) -> &'a str {
        std::str::from_utf8(self.line).unwrap_or_default()
    }
}

fn number(digits: &[u8]) -> Option<u8> {
    match digits {
        [one @ b'0'..=b'9'] => Some(one - b'0'),
        [ten @ b'0'..=b'9', one @ b'0'..=b'9'] => Some((ten - b'0') * 10 + one - b'0'),
        _ => None,
    }
}

fn kind(name: &[u8], version: Option<u8>) -> Option<Kind> {
    match (name, version) {
        (b"FWB", Some(16 | 17)) => Some(Kind::Fwb),
        (b"FHL", Some(4 | 5)) => Some(Kind::Fhl),
        (b"FFM", Some(5..=8)) => Some(Kind::Ffm),
        (b"FBL", Some(2..=4)) => Some(Kind::Fbl),
        (b"FSU" | b"FSA", Some(12..=15)) => Some(Kind::Fsu),
        (b"FSR", _) => Some(Kind::Fsr),
        (b"FFR", Some(6..=8)) | (b"FFA", Some(4)) => Some(Kind::Booking),
        _ => None,
    }
}

/// Identifiers that begin a message, readable or not. The second line of names has no reader here: acknowledgements,
/// customs and allotment messages, and those of ramp and operations that share the same circuits.
const KNOWN: &[&[u8]] = &[
    b"FWB", b"FHL", b"FFM", b"FSU", b"FSA", b"FSR", b"FBL", b"FFR", b"FFA", //
    b"FMA", b"FNA", b"FSN", b"FHC", b"FZC", b"FZB", b"FRI", b"FRP", b"FRX", b"FAD", b"FAA", b"FBR", b"FDA", b"FDC", b"FDM",
    b"FDR", b"FMB", b"FNM", b"FRC", b"FRH", b"FRU", b"FSB", b"FSC", b"FSI", b"FUM", b"FVA", b"FVR", b"FWA", b"FWR", b"FWX",
    b"FXH", b"FXX", b"PER", b"PSN", b"CSN", b"UWS", b"UCM", b"SCM", b"MVT", b"LDM", b"CPM", b"NTM",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_a_line_of_its_own() {
        let kind = |line: &'static str, bare| Identifier::read(line.as_bytes(), 0, bare).map(|id| id.kind);
        assert_eq!(kind("FWB/17", false), Some(Some(Kind::Fwb)));
        assert_eq!(kind("FSA/15", false), Some(Some(Kind::Fsu)));
        assert_eq!(kind("FWB/9", false), Some(None));
        assert_eq!(kind("FMA", true), Some(None));
        assert_eq!(kind("FSR", false), Some(Some(Kind::Fsr)));
        for other in ["FWB/", "FWB/170", "FWB/17/X", "SHP/12", "FFM", "", "F", "FWB 17"] {
            assert_eq!(kind(other, false), None, "{other}");
        }
    }
}

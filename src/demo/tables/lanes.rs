//! Connections with flights every day.

/// `via` is the carrier's hub, empty for a direct flight.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lane {
    pub origin: &'static str,
    pub destination: &'static str,
    pub via: &'static str,
    pub carrier: &'static str,
    /// Accounting prefix of the carrier.
    pub prefix: u16,
    pub flight: u16,
    pub hours: u8,
}

const fn direct(origin: &'static str, destination: &'static str, carrier: (&'static str, u16), flight: u16, hours: u8) -> Lane {
    Lane { origin, destination, via: "", carrier: carrier.0, prefix: carrier.1, flight, hours }
}

const fn via(hub: &'static str, lane: Lane) -> Lane {
    Lane { via: hub, ..lane }
}

const AF: (&str, u16) = ("AF", 57);
const BA: (&str, u16) = ("BA", 125);
const CX: (&str, u16) = ("CX", 160);
const EK: (&str, u16) = ("EK", 176);
const KL: (&str, u16) = ("KL", 74);
const LH: (&str, u16) = ("LH", 20);
const NH: (&str, u16) = ("NH", 205);
const QR: (&str, u16) = ("QR", 157);
const SQ: (&str, u16) = ("SQ", 618);
const TK: (&str, u16) = ("TK", 235);

pub const LANES: &[Lane] = &[
    direct("FRA", "JFK", LH, 400, 9),
    direct("FRA", "ORD", LH, 430, 10),
    direct("HKG", "LAX", CX, 880, 13),
    direct("HKG", "FRA", CX, 289, 13),
    direct("PVG", "ORD", ("CA", 999), 837, 14),
    direct("PVG", "AMS", ("CZ", 784), 307, 13),
    direct("ICN", "LAX", ("KE", 180), 17, 11),
    direct("NRT", "JFK", NH, 110, 13),
    direct("TPE", "LAX", ("CI", 297), 8, 12),
    direct("SIN", "LHR", SQ, 322, 14),
    direct("BKK", "FRA", ("TG", 217), 920, 12),
    direct("DXB", "LHR", EK, 3, 7),
    direct("BOM", "DXB", EK, 501, 3),
    direct("DEL", "LHR", BA, 142, 9),
    via("DXB", direct("DAC", "LHR", EK, 585, 16)),
    direct("IST", "FRA", TK, 1591, 3),
    direct("IST", "JFK", TK, 1, 11),
    direct("BOG", "AMS", KL, 746, 11),
    direct("NBO", "AMS", KL, 566, 9),
    direct("LIM", "AMS", KL, 744, 13),
    direct("GRU", "CDG", AF, 457, 12),
    via("DOH", direct("MXP", "SIN", QR, 124, 17)),
    direct("ZRH", "SIN", SQ, 345, 12),
    via("DOH", direct("OSL", "NRT", QR, 176, 20)),
    direct("CDG", "YYZ", AF, 356, 8),
    direct("YYZ", "LHR", ("AC", 14), 848, 7),
    via("LAX", direct("MEX", "HKG", CX, 97, 22)),
    direct("AMS", "JFK", KL, 641, 8),
    direct("LHR", "HKG", BA, 31, 12),
    direct("LAX", "NRT", NH, 105, 12),
];

//! Syllables and words of invented names.

/// A company is the first and second part joined and a word of its trade: `VELMARA FLOWERS BV`.
pub const FIRST: &[&str] = &[
    "VEL", "ORIN", "TAS", "BREN", "QUOR", "ZEPH", "LUM", "KAVE", "DRUN", "ELDO", "FIRN", "GALV", "HELO", "IXO", "JARN", "KRES",
    "MERU", "NOVI", "OSTE", "PRAX", "RILU", "SOLVE", "TREVA", "ULMI", "VANTE", "WEXO", "XYLA", "YARRO", "ZORA", "CALDE",
];
pub const SECOND: &[&str] = &[
    "MARA", "NDO", "KELLA", "VIK", "SSEN", "RIX", "BELO", "TORA", "LANE", "MIRA", "DOVA", "FELD", "GRANE", "HOLM", "JUNA",
    "KORRA", "LUND", "MENDA", "NERIS", "PALO", "QUEN", "RONDA", "STELL", "TAVI", "UNDA", "VARR", "WENDA", "ZANE",
];
pub const FORWARDER_TRADE: &[&str] = &["AIR LOGISTICS", "CARGO FORWARDING", "FREIGHT"];
pub const STREETS: &[&str] = &[
    "HARBOUR ROAD",
    "INDUSTRY AVENUE",
    "MILL LANE",
    "STATION STREET",
    "COMMERCE PARK",
    "AIRPORT WAY",
    "CANAL STREET",
    "NORTH RING",
    "FOUNDRY ROAD",
    "GARDEN STREET",
    "OLD MARKET",
    "RIVER WALK",
    "WEAVERS LANE",
    "BREWERY ROAD",
    "ORCHARD STREET",
    "TOWER HILL",
];
pub const GIVEN: &[&str] =
    &["ALVA", "BRAN", "CORI", "DELA", "EMRIK", "FENNA", "GORAN", "HALDIS", "ILARI", "JORUN", "KEZIA", "LORIS", "MIRO", "NADIA"];

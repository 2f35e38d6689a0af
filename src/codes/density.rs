//! Density groups: the volume of a shipment told by its weight (Cargo-IMP `DG`; ONE Record code list DensityGroupCode, 2026-07).

/// Group and kg/m³.
pub static GROUPS: &[(u8, u16)] =
    &[(0, 160), (1, 300), (2, 90), (3, 120), (4, 220), (5, 60), (6, 250), (8, 400), (9, 600), (10, 950)];

/// `None` for group 7, which is not assigned, and above 10.
pub fn kg_per_m3(group: u8) -> Option<u16> {
    GROUPS.iter().find(|(code, _)| *code == group).map(|(_, density)| *density)
}

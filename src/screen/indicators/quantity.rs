//! Q1: weights and volumes that the physical world does not have.

use super::{BOTH, Finding, Indicator, Needs, Threat};

pub(super) const IMPLAUSIBLE: Indicator = Indicator {
    id: "Q1",
    title: "Impossible weight or density",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud, Threat::Quality],
    weight: 25,
    needs: Needs::Message,
    source: "physical limits: density of osmium; volume that air itself would outweigh; largest pieces flown as cargo",
    about: "density above 22,600 or below 1.2 kg/m³ (from a tenth of a cubic metre on), or a piece above 20 t or below a gram",
    check: |facts| {
        if let Some(weight) = facts.weight_per_piece_kg().filter(|weight| !PIECE_KG.contains(weight)) {
            let text = format!("a piece weighs {weight} kg");
            return Some(Finding::new(text).value("weight_per_piece_kg", weight));
        }
        let volume = facts.volume_m3().filter(|volume| *volume >= VOLUME_MIN_M3)?;
        let density = facts.density_kg_m3().filter(|density| !DENSITY_KG_M3.contains(density))?;
        let text = format!("{volume} m³ weigh {density:.1} kg/m³");
        Some(Finding::new(text).value("density_kg_m3", format_args!("{density:.1}")).value("volume_m3", volume))
    },
};

pub(super) const DIMENSIONS: Indicator = Indicator {
    id: "Q1-dimensions",
    title: "Dimensions do not give the stated volume",
    domains: BOTH,
    threats: &[Threat::Fraud, Threat::Quality],
    weight: 10,
    needs: Needs::Message,
    source: "arithmetic: length × width × height × pieces",
    about: "stated and measured volume differ by a factor of three or more, from a tenth of a cubic metre on",
    check: |facts| {
        let measured = facts.measured_volume_m3()?;
        let stated = facts.volume_m3()?;
        let (small, large) = (measured.min(stated), measured.max(stated));
        if large < VOLUME_MIN_M3 || large < small * VOLUME_FACTOR {
            return None;
        }
        let text = format!("{stated} m³ stated, {measured:.3} m³ by dimensions");
        Some(Finding::new(text).value("volume_m3", stated).value("measured_m3", format_args!("{measured:.3}")))
    },
};

/// From a gram to 20 t.
const PIECE_KG: std::ops::RangeInclusive<f64> = 0.001..=20_000.0;
/// From the density of air at sea level to that of osmium.
const DENSITY_KG_M3: std::ops::RangeInclusive<f64> = 1.2..=22_600.0;
/// Below it the rounding of messages (0.01 m³) says more than the goods.
const VOLUME_MIN_M3: f64 = 0.1;
const VOLUME_FACTOR: f64 = 3.0;

#[cfg(test)]
mod tests {
    use super::super::cases::{hits, misses};
    use super::*;

    fn quantity(pieces: u32, weight_g: u64, volume_cm3: u64) -> String {
        format!(r#"{{"quantity": {{"pieces": {pieces}, "weight_g": {weight_g}, "volume_cm3": {volume_cm3}}}}}"#)
    }

    #[test]
    fn physical_limits_hold() {
        hits(
            &IMPLAUSIBLE,
            &[
                (&quantity(1, 20_000_001, 60_000_000), "a piece weighs 20000.001 kg", "weight_per_piece_kg=20000.001"),
                (&quantity(1, 100, 200_000), "0.2 m³ weigh 0.5 kg/m³", "density_kg_m3=0.5; volume_m3=0.2"),
                (&quantity(4, 4_000_000, 100_000), "0.1 m³ weigh 40000.0 kg/m³", "density_kg_m3=40000.0; volume_m3=0.1"),
            ],
        );
        let no_volume = r#"{"quantity": {"volume_cm3": null}}"#;
        misses(
            &IMPLAUSIBLE,
            &[&quantity(1, 20_000_000, 60_000_000), &quantity(1, 400_000, 10_000), &quantity(0, 100, 0), no_volume],
        );
    }

    #[test]
    fn dimensions_and_volume_agree() {
        let measured = |length_mm: u32| {
            format!(
                r#"{{"goods": [{{"description": "CHUCKS", "dimensions":
                [{{"length_mm": {length_mm}, "width_mm": 500, "height_mm": 500, "pieces": 2}}]}}]}}"#
            )
        };
        hits(&DIMENSIONS, &[(&measured(3_000), "0.5 m³ stated, 1.500 m³ by dimensions", "volume_m3=0.5; measured_m3=1.500")]);
        misses(&DIMENSIONS, &[&measured(2_900), &measured(400), r#"{"goods": []}"#]);
    }
}

//! Milestones of real air-cargo shipments: durations through log-scaled histograms, one for each milestone, against what memory holds
//! of the shipments before. What was planned is not used; it only tells afterwards whether a surprise was a delay.

use std::collections::BTreeMap;
use std::path::Path;

use loadgate::memory::histogram::{Histogram, half_octave};

use super::table::Table;
use super::{area_under_curve, precision};

/// Tenths of bits of one duration, when it lies above the usual: one in sixteen by itself.
const SURPRISING_TENTHS: u16 = 40;

#[derive(Default)]
struct Shipment {
    tenths: i64,
    late: bool,
}

pub fn run(data: &Path) {
    let Some(path) = super::present(data, "anomaly/cargo2000_milestones_dev.csv") else { return };
    let mut usual: BTreeMap<String, Histogram<64>> = BTreeMap::new();
    let mut shipments: BTreeMap<u64, Shipment> = BTreeMap::new();
    let (mut all, mut surprising) = (Vec::new(), Vec::new());
    for row in Table::read(&path).rows() {
        // Minutes; a milestone reported early is none.
        let minutes = row.number("Duration").max(0.0) as u64;
        let Some(bin) = half_octave(minutes) else { continue };
        let histogram = usual.entry(row.text("ActivityID").to_owned()).or_default();
        let surprise = histogram.surprise(bin);
        histogram.change(bin, 1);
        let delayed = row.number("Duration") > row.number("PlannedDuration");
        all.push(delayed);
        if surprise.high && surprise.tenths >= SURPRISING_TENTHS {
            surprising.push(delayed);
        }
        let shipment = shipments.entry(row.number("CaseID") as u64).or_default();
        shipment.late = row.number("EndTimestamp") > row.number("PlannedEndTimestamp");
        if surprise.high {
            shipment.tenths += i64::from(surprise.tenths.saturating_sub(30));
        }
    }
    let share = |list: &[bool]| list.iter().filter(|delayed| **delayed).count() as f64 / list.len().max(1) as f64;
    let ranked: Vec<(i64, bool)> = shipments.values().map(|shipment| (shipment.tenths, shipment.late)).collect();
    let late: Vec<bool> = ranked.iter().map(|(_, late)| *late).collect();
    println!("milestones {} durations", all.len());
    println!("milestones_delayed {:.3} share", share(&all));
    println!("milestones_surprising {} durations", surprising.len());
    println!("milestones_surprising_delayed {:.3} precision", share(&surprising));
    println!("milestones_shipments_late {:.3} share", share(&late));
    println!("milestones_shipments_p5 {:.3} precision", precision(&ranked, 5));
    println!("milestones_shipments_p10 {:.3} precision", precision(&ranked, 10));
    println!("milestones_shipments_auc {:.3} share", area_under_curve(&ranked));
}

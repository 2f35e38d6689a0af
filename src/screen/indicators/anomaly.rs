//! X1: what memory finds unusual, all taken together.

use super::{BOTH, Finding, Indicator, Needs, Threat};

pub(super) const UNUSUAL: Indicator = Indicator {
    id: "X1",
    title: "Unusual in several ways at once",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud, Threat::Explosives],
    weight: 50,
    needs: Needs::Message,
    source: "WCO SAFE Framework: risk management on historical data; statistics of the installation's own traffic",
    about: "surprises (value, weight, density, time, way, goods) and the record of finds reach 5 bits together, and not from one \
            alone, which counts at most 6; all of the weight from 20 bits on, in proportion below",
    check: |facts| {
        let anomaly = facts.anomaly()?;
        let tenths = anomaly.tenths();
        let speaking = anomaly.parts().filter(|part| part.tenths > 0).count();
        if tenths < LEAST_TENTHS || speaking < 2 {
            return None;
        }
        let mut parts: Vec<_> = anomaly.parts().filter(|part| part.tenths != 0).collect();
        parts.sort_by_key(|part| -part.tenths);
        let reasons: Vec<_> = parts.iter().map(|part| part.basis.to_string()).collect();
        let days = facts.history.map(|history| history.memory_days).unwrap_or_default();
        let text = format!("unusual by {} bits in {days} days of memory: {}", bits(tenths), reasons.join("; "));
        let finding = Finding::new(text).strength(tenths * 100 / FULL_TENTHS);
        let finding = finding.value("anomaly_bits", bits(tenths)).value("memory_days", days);
        Some(parts.iter().fold(finding, |finding, part| finding.value(part.basis.name(), signed(part.tenths))))
    },
};

const LEAST_TENTHS: u32 = 50;
const FULL_TENTHS: u32 = 200;

fn bits(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn signed(tenths: i32) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}", bits(tenths.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::super::cases::with_facts;
    use super::*;
    use crate::memory::History;
    use crate::memory::histogram::Surprise;
    use crate::memory::history::{BandHistory, TraceHistory, Unusual};

    fn found(history: &History) -> Option<Finding> {
        with_facts("{}", |facts| (UNUSUAL.check)(&facts.with_history(history)))
    }

    fn history(tenths: u16) -> History {
        let surprise = Surprise { tenths, high: true };
        let value = Unusual { value: Some(8_500), others: 400, surprise, usual: Some((1_024, 2_048)) };
        let shipped = TraceHistory { shipments: 60, inspected: 12, found: 6, ..TraceHistory::default() };
        History {
            memory_days: 60,
            band: BandHistory { value, ..BandHistory::default() },
            pair: shipped,
            origin_commodity: shipped,
            ..History::default()
        }
    }

    #[test]
    fn several_surprises_make_one_finding_with_its_parts() {
        let found = found(&history(72)).unwrap();
        let text = "unusual by 10.9 bits in 60 days of memory: value of 85.00 a kg, usual 10.24–20.48 for these goods from there \
                    (400 others); 6 finds in 12 inspections of these goods from there; 6 finds in 12 inspections from this shipper \
                    to this consignee";
        assert_eq!((found.text.as_str(), found.strength), (text, 54));
        let values: Vec<_> = found.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(values, ["anomaly_bits=10.9", "memory_days=60", "value_per_kg=4.2", "goods_finds=3.8", "party_finds=2.9"]);
    }

    #[test]
    fn little_of_all_or_much_of_one_is_not_enough() {
        let little = History { pair: TraceHistory::default(), ..history(31) };
        assert!(found(&little).is_none(), "3.9 bits");
        let one = History { pair: TraceHistory::default(), origin_commodity: TraceHistory::default(), ..history(200) };
        assert!(found(&one).is_none());
        let young = found(&History { memory_days: 2, ..history(72) }).map(|found| found.strength);
        assert_eq!(young, Some(35), "in a cold start the record of finds is what counts");
        assert!(with_facts("{}", |facts| (UNUSUAL.check)(facts)).is_none(), "without memory");
    }
}

//! Latencies in logarithmic buckets: eight to a doubling, so a quantile is exact to about 9 %.

use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Latency {
    counts: [u64; BUCKETS],
    total: u64,
}

impl Default for Latency {
    fn default() -> Self {
        Self { counts: [0; BUCKETS], total: 0 }
    }
}

impl Latency {
    pub fn record(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get_mut(bucket(micros)) {
            *count += 1;
            self.total += 1;
        }
    }

    /// The upper bound of the bucket in which the quantile of `per_mille` lies; `None` when nothing was recorded.
    pub fn quantile(&self, per_mille: u64) -> Option<Duration> {
        let rank = self.total.saturating_mul(per_mille).div_ceil(1_000).max(1);
        let mut seen = 0;
        let position = self.counts.iter().position(|count| {
            seen += count;
            seen >= rank
        })?;
        Some(Duration::from_micros(upper(position)))
    }
}

/// Below 8 each value has its own bucket; above, the three bits behind the leading one choose among eight.
fn bucket(micros: u64) -> usize {
    let exponent = micros.max(1).ilog2();
    if exponent < 3 {
        return micros as usize;
    }
    ((u64::from(exponent - 2) << 3) + ((micros >> (exponent - 3)) & 7)) as usize
}

fn upper(bucket: usize) -> u64 {
    let (group, part) = (bucket as u32 >> 3, bucket as u128 & 7);
    let next = if group == 0 { part + 1 } else { (8 + part + 1) << (group - 1) };
    u64::try_from(next - 1).unwrap_or(u64::MAX)
}

const BUCKETS: usize = 62 * 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_lies_in_its_bucket() {
        for micros in (0..100).chain([1_000, 1_023, 1_024, 123_456, 10_000_000, u64::MAX]) {
            let at = bucket(micros);
            assert!(at < BUCKETS && upper(at) >= micros, "{micros}");
            assert!(at == 0 || upper(at - 1) < micros, "{micros}");
        }
    }

    #[test]
    fn quantiles_are_bounds_of_what_was_recorded() {
        let mut latency = Latency::default();
        assert_eq!(latency.quantile(500), None);
        (1..=100).for_each(|millis| latency.record(Duration::from_millis(millis)));
        let median = latency.quantile(500).unwrap().as_millis();
        let p99 = latency.quantile(990).unwrap().as_millis();
        assert!((50..=56).contains(&median) && (99..=112).contains(&p99), "{median} {p99}");
    }
}

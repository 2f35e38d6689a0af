//! Log-scaled histograms of integer counts, and how surprising a value is against one.

use serde::{Deserialize, Serialize};
use serde_big_array::BigArray;

/// Counts by half-octave: each bin is √2 times as wide as the one before. Adding and taking out are exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram<const N: usize> {
    #[serde(with = "BigArray")]
    counts: [u32; N],
}

impl<const N: usize> Default for Histogram<N> {
    fn default() -> Self {
        Self { counts: [0; N] }
    }
}

/// The half-octave of a positive value: 0 for 1, 2 for 2, 3 for 3, 4 for 4 and 5 … `None` for 0, which no bin holds.
pub fn half_octave(value: u64) -> Option<u8> {
    let octave = value.checked_ilog2()?;
    let upper_half = octave > 0 && value >> (octave - 1) & 1 == 1;
    Some((octave * 2) as u8 + u8::from(upper_half))
}

/// The least value of a half-octave.
fn least(half_octave: u32) -> u64 {
    let octave = half_octave / 2;
    let whole = 1_u64.checked_shl(octave).unwrap_or(u64::MAX);
    if half_octave % 2 == 1 { whole + whole / 2 } else { whole }
}

impl<const N: usize> Histogram<N> {
    /// Adds one to a bin (`change` 1) or takes one out (-1). Wrapping: a count taken out before it was put in is made good later.
    pub fn change(&mut self, bin: u8, change: i32) {
        if let Some(count) = self.counts.get_mut(usize::from(bin).min(N - 1)) {
            *count = count.wrapping_add_signed(change);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| *count == 0)
    }

    /// A copy without one value of `bin`: the others, when the value asked about is itself counted.
    pub fn without(&self, bin: Option<u8>) -> Self {
        let mut others = self.clone();
        bin.into_iter().for_each(|bin| others.change(bin, -1));
        others
    }

    /// What the others are like when one value of bin `counted` is left out, and how surprising a value in `bin` is against them.
    pub fn others(&self, counted: Option<u8>, bin: Option<u8>) -> Others {
        let counted = counted.map(|bin| usize::from(bin).min(N - 1));
        let bin = bin.map(|bin| usize::from(bin).min(N - 1));
        let mut counts = self.counts;
        if let Some(count) = counted.and_then(|bin| counts.get_mut(bin)) {
            *count = count.wrapping_sub(1);
        }
        let total: u64 = counts.iter().map(|count| u64::from(*count)).sum();
        let surprise = bin.map(|bin| {
            let below: u64 = counts.iter().take(bin + 1).map(|count| u64::from(*count)).sum();
            let own = counts.get(bin).copied().unwrap_or_default();
            surprise(total, below, total - below + u64::from(own))
        });
        Others { total: total as u32, surprise: surprise.unwrap_or_default(), usual: usual_bins(&counts, total) }
    }

    /// How surprising a value in `bin` is against what is counted, and on which side.
    ///
    /// The tail probability is smoothed by one value on each side, so that few values surprise little: with n counted, at most
    /// log2((n + 2) / 2) bits.
    pub fn surprise(&self, bin: u8) -> Surprise {
        self.others(None, Some(bin)).surprise
    }

    /// The half-octaves between which the middle eight tenths lie: least value of the lower, least value after the upper.
    pub fn usual(&self) -> Option<(u64, u64)> {
        self.usual_bins().map(bounds)
    }

    /// The bins between which the middle eight tenths lie.
    pub fn usual_bins(&self) -> Option<(usize, usize)> {
        usual_bins(&self.counts, self.counts.iter().map(|count| u64::from(*count)).sum())
    }
}

/// The other values of a histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Others {
    pub total: u32,
    pub surprise: Surprise,
    /// The bins between which the middle eight tenths lie.
    pub usual: Option<(usize, usize)>,
}

/// Values counted in all, at most as large, at least as large.
fn surprise(total: u64, below: u64, above: u64) -> Surprise {
    let tail = below.min(above);
    Surprise { tenths: rarity(tail, total), high: above < below }
}

/// How surprising it is to be one of `same` among `total`, in tenths of bits. Smoothed: nothing known, nothing surprising.
pub fn rarity(same: u64, total: u64) -> u16 {
    tenths_of_bits(total + 2, 2 * (same + 1))
}

fn usual_bins(counts: &[u32], total: u64) -> Option<(usize, usize)> {
    if total == 0 {
        return None;
    }
    let (mut seen, mut low) = (0, None);
    for (bin, count) in counts.iter().enumerate() {
        seen += u64::from(*count);
        if low.is_none() && (seen * 10 > total || seen == total) {
            low = Some(bin);
        }
        if seen * 10 > total * 9 || seen == total {
            return Some((low?, bin));
        }
    }
    None
}

/// Of half-octaves: the least value of the lower, the least after the upper.
pub fn bounds((low, high): (usize, usize)) -> (u64, u64) {
    (least(low as u32), least(high as u32 + 1))
}

/// Information of an observation: −log2 of its probability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Surprise {
    /// Tenths of bits, so that it is an integer on every machine.
    pub tenths: u16,
    /// The value lies above the usual.
    pub high: bool,
}

/// log2(numerator / denominator) in tenths, 0 when it is negative. Integer arithmetic: the same on every machine.
pub fn tenths_of_bits(numerator: u64, denominator: u64) -> u16 {
    if denominator == 0 || numerator <= denominator {
        return 0;
    }
    // Counts are below 2^32, for which a division of 64 bits does.
    let (whole, ratio) = match numerator.checked_mul(1 << 32).filter(|_| numerator >> 32 == 0) {
        Some(scaled) => normalised(u128::from(scaled / denominator)),
        None => normalised((u128::from(numerator) << 32) / u128::from(denominator)),
    };
    // 2^(tenth/10) in 32 fractional bits.
    let tenth = TENTHS.iter().filter(|least| ratio >= **least).count();
    (whole * 10) as u16 + tenth as u16
}

/// Splits a ratio with 32 fractional bits into whole bits and what is left, from 1 to below 2.
fn normalised(ratio: u128) -> (u32, u64) {
    let whole = ratio.ilog2() - 32;
    (whole, (ratio >> whole) as u64)
}

/// 2^(1/10) … 2^(9/10), times 2^32.
static TENTHS: [u64; 9] = [
    4_603_231_970,
    4_933_621_867,
    5_287_724_991,
    5_667_243_323,
    6_074_000_999,
    6_509_953_083,
    6_977_194_956,
    7_477_972_397,
    8_014_692_369,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(values: &[u64]) -> Histogram<64> {
        let mut histogram = Histogram::default();
        values.iter().filter_map(|value| half_octave(*value)).for_each(|bin| histogram.change(bin, 1));
        histogram
    }

    #[test]
    fn half_octaves_split_at_one_and_a_half() {
        let bins: Vec<_> =
            [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16].into_iter().map(|value| half_octave(value).unwrap()).collect();
        assert_eq!(bins, [0, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8]);
        assert_eq!((half_octave(0), half_octave(u64::MAX)), (None, Some(127)));
        assert!((0..120).all(|bin| half_octave(least(bin)).is_none_or(|found| u32::from(found) == bin || bin == 1)));
    }

    #[test]
    fn bits_agree_with_the_logarithm() {
        for (numerator, denominator) in [(2, 1), (3, 2), (1_000, 2), (1, 1), (u64::MAX, 3), (7, 9), (1_025, 1_024)] {
            let exact = (numerator as f64 / denominator as f64).log2().max(0.0) * 10.0;
            let found = f64::from(tenths_of_bits(numerator, denominator));
            assert!(found <= exact + 0.01 && exact - found < 1.01, "{numerator}/{denominator}: {found} {exact}");
        }
    }

    #[test]
    fn the_rare_surprises_and_the_usual_does_not() {
        let known = histogram(&[50; 60].into_iter().chain([70; 40]).collect::<Vec<_>>());
        let surprise = |value: u64| known.surprise(half_octave(value).unwrap());
        assert_eq!((surprise(55).tenths, surprise(410).tenths, surprise(410).high, surprise(3).high), (0, 56, true, false));
        assert_eq!(known.usual(), Some((48, 96)));
        assert_eq!(histogram(&[]).surprise(12).tenths, 0, "nothing surprises who knows nothing");
        assert_eq!(histogram(&[50]).surprise(40).tenths, 5, "one value is little to go by");
    }

    #[test]
    fn what_is_taken_out_was_never_there() {
        let mut changed = histogram(&[50, 70]);
        changed.change(half_octave(900).unwrap(), -1);
        changed.change(half_octave(900).unwrap(), 1);
        assert_eq!(changed, histogram(&[70, 50]));
        assert_eq!(changed.without(half_octave(70)), histogram(&[50]));
    }
}

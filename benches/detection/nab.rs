//! Three folders of the Numenta Anomaly Benchmark through the detectors of memory, scored as that benchmark scores.
//!
//! A metric is folded as a party's volume is: its size, its change, and its size in this six-hour slot of the week, each into a
//! log-scaled histogram that holds only what came before. A row's score is the sum of the bits beyond the ordinary. The published
//! table is of all seven folders (58 files); four of them are not here.

use std::collections::BTreeMap;
use std::path::Path;

use loadgate::memory::entities::{WEEK_SLOTS, week_slot};
use loadgate::memory::histogram::{Histogram, half_octave};
use loadgate::model::Timestamp;

use super::table::Table;

/// A file: the score of each row, and the windows within which an anomaly is to be found, as rows, both ends included.
struct Series {
    scores: Vec<i64>,
    windows: Vec<(usize, usize)>,
}

/// Weights of a detection within a window (1), outside one, and of a window without any.
const PROFILES: [(&str, f64, f64); 3] = [("standard", 0.11, 1.0), ("reward_low_fp", 0.22, 1.0), ("reward_low_fn", 0.11, 2.0)];

pub fn run(data: &Path) {
    let Some(folder) = super::present(data, "anomaly/nab") else { return };
    let text = std::fs::read_to_string(folder.join("combined_windows.json")).expect("the windows");
    let windows: BTreeMap<String, Vec<(String, String)>> = serde_json::from_str(&text).expect("a map of lists");
    let present = windows.iter().filter(|(name, _)| folder.join("data").join(name).exists());
    let series: Vec<Series> = present.map(|(name, windows)| series(&folder.join("data").join(name), windows)).collect();
    println!("nab_files {} files", series.len());
    println!("nab_windows {} windows", series.iter().map(|series| series.windows.len()).sum::<usize>());
    for (name, outside, missed) in PROFILES {
        let (score, threshold) = best(&series, outside, missed);
        println!("nab_{name} {score:.1} of_100");
        println!("nab_{name}_threshold {:.1} bits", threshold as f64 / 10.0);
    }
    let columns = PROFILES.map(|(name, ..)| (name, "of_100"));
    super::published::print(data, "nab_scoreboard.csv", "detector", &columns);
}

fn series(path: &Path, windows: &[(String, String)]) -> Series {
    let time = |text: &str| Timestamp::parse_rfc3339(&format!("{}Z", text.replace(' ', "T"))).expect("a time");
    let rows: Vec<(Timestamp, f64)> =
        Table::read(path).rows().map(|row| (time(row.text("timestamp")), row.number("value"))).collect();
    let index = |bound: &str| rows.partition_point(|(at, _)| *at < time(bound));
    let windows = windows.iter().map(|(from, to)| (index(from), index(to).min(rows.len() - 1))).collect();
    let mut habit = Habit::default();
    Series { scores: rows.iter().map(|(at, value)| habit.score(*at, *value)).collect(), windows }
}

/// What is usual for one metric.
struct Habit {
    sizes: Histogram<128>,
    changes: Histogram<128>,
    week: Vec<Histogram<128>>,
    last: f64,
}

impl Default for Habit {
    fn default() -> Self {
        let week = vec![Histogram::default(); WEEK_SLOTS];
        Self { sizes: Histogram::default(), changes: Histogram::default(), week, last: 0.0 }
    }
}

impl Habit {
    /// Tenths of bits.
    fn score(&mut self, at: Timestamp, value: f64) -> i64 {
        let bin = |value: f64| half_octave((value.abs() * 1_000.0).round() as u64 + 1).unwrap_or_default();
        let (size, change) = (bin(value), bin(value - self.last));
        self.last = value;
        let slot = &mut self.week[week_slot(at)];
        let surprises = [self.sizes.surprise(size), self.changes.surprise(change), slot.surprise(size)];
        self.sizes.change(size, 1);
        self.changes.change(change, 1);
        slot.change(size, 1);
        surprises.into_iter().map(|surprise| i64::from(surprise.tenths.saturating_sub(30))).sum()
    }
}

/// The best score over all thresholds, as the benchmark optimises it over its corpus, from 0 (says nothing) to 100 (perfect).
fn best(series: &[Series], outside: f64, missed: f64) -> (f64, i64) {
    let mut thresholds: Vec<i64> = series.iter().flat_map(|series| series.scores.iter().copied()).collect();
    thresholds.sort_unstable();
    thresholds.dedup();
    let windows = series.iter().map(|series| series.windows.len()).sum::<usize>() as f64;
    let normalised = |threshold| {
        let raw: f64 = series.iter().map(|series| raw(series, threshold, outside, missed)).sum();
        (100.0 * (raw + missed * windows) / (windows + missed * windows), threshold)
    };
    thresholds.into_iter().map(normalised).max_by(|one, other| one.0.total_cmp(&other.0)).unwrap_or_default()
}

fn raw(series: &Series, threshold: i64, outside: f64, missed: f64) -> f64 {
    let probation = (series.scores.len().min(5_000) as f64 * 0.15) as usize;
    let detections = (probation..series.scores.len()).filter(|row| series.scores[*row] >= threshold);
    let (mut score, mut found) = (0.0, vec![false; series.windows.len()]);
    for row in detections {
        match series.windows.iter().position(|(from, to)| (*from..=*to).contains(&row)) {
            // The first detection in a window counts, the more the earlier.
            Some(window) if !found[window] => {
                let (from, to) = series.windows[window];
                found[window] = true;
                score += sigmoid(-((to - row + 1) as f64) / (to - from + 1) as f64) / sigmoid(-1.0);
            }
            Some(_) => {}
            None => {
                let before = series.windows.iter().rfind(|(_, to)| *to < row);
                let distance = before.map(|(from, to)| (row - to) as f64 / (to - from).max(1) as f64);
                score += outside * distance.map_or(-1.0, sigmoid);
            }
        }
    }
    score - missed * found.iter().filter(|found| !**found).count() as f64
}

/// 1 well before the end of a window, 0 at it, -1 well after.
fn sigmoid(position: f64) -> f64 {
    if position > 3.0 { -1.0 } else { 2.0 / (1.0 + (5.0 * position).exp()) - 1.0 }
}

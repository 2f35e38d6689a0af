//! Whether a list can be what it should be: a feed that broke is emptier, smaller or older than yesterday's.

use super::format::List;

/// What a list must keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Fewer entries refuse the list; at least 1.
    pub entries_min: usize,
    /// A loss of more than this, against the last list in force, refuses the new one.
    pub shrink_percent_max: u32,
    /// More rows that cannot be read refuse the list.
    pub faulty_percent_max: u32,
    /// A list older than this raises the alarm; it stays in force, because an old list finds more than none.
    pub age_days_max: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { entries_min: 1, shrink_percent_max: 20, faulty_percent_max: 10, age_days_max: 30 }
    }
}

/// Why a list does not take effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{entries} entries, and at least {minimum} are expected")]
    TooFew { entries: usize, minimum: usize },
    #[error("{entries} entries after {before}: more than {percent} % fewer")]
    Shrunk { entries: usize, before: usize, percent: u32 },
    #[error("{faulty} of {rows} rows cannot be read, more than {percent} %")]
    Faulty { faulty: usize, rows: usize, percent: u32 },
    #[error("it can only be read up to line {line}: what follows is not known")]
    Broken { line: u64 },
}

impl Thresholds {
    /// Whether a list may take effect after one of `before` entries.
    pub fn accept(&self, list: &List, before: Option<usize>) -> Result<(), Refusal> {
        let (entries, faulty) = (list.entries.len(), list.fault_count);
        let rows = entries + faulty;
        let minimum = self.entries_min.max(1);
        if entries < minimum {
            return Err(Refusal::TooFew { entries, minimum });
        }
        if faulty.saturating_mul(100) > rows.saturating_mul(self.faulty_percent_max as usize) {
            return Err(Refusal::Faulty { faulty, rows, percent: self.faulty_percent_max });
        }
        if let Some(line) = list.ended_at_line {
            return Err(Refusal::Broken { line });
        }
        match before {
            Some(before) if (before.saturating_sub(entries)) * 100 > before * self.shrink_percent_max as usize => {
                Err(Refusal::Shrunk { entries, before, percent: self.shrink_percent_max })
            }
            _ => Ok(()),
        }
    }

    /// True when a list of that day is too old on another.
    pub fn is_stale(&self, as_of_day: i32, today: i32) -> bool {
        i64::from(today) - i64::from(as_of_day) > i64::from(self.age_days_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::format::FAULTS_MAX;
    use crate::lists::{Entry, Fault};

    fn list(entries: usize, faults: usize) -> List {
        let fault = Fault { line: 1, message: String::new() };
        let kept = faults.min(FAULTS_MAX);
        List { entries: vec![Entry::default(); entries], faults: vec![fault; kept], fault_count: faults, ..List::default() }
    }

    #[test]
    fn a_list_that_is_empty_shrinks_or_breaks_is_refused() {
        let thresholds = Thresholds::default();
        for (entries, faults, before, accepted) in [
            (100, 0, None, true),
            (80, 0, Some(100), true),
            (79, 0, Some(100), false),
            (150, 0, Some(100), true),
            (0, 0, None, false),
            (90, 10, None, true),
            (90, 11, None, false),
            // Also when not every fault is kept.
            (9_000, 1_001, None, false),
            (50_000, 50_000, None, false),
        ] {
            assert_eq!(thresholds.accept(&list(entries, faults), before).is_ok(), accepted, "{entries} {faults} {before:?}");
        }
        let message = thresholds.accept(&list(79, 0), Some(100)).unwrap_err().to_string();
        assert_eq!(message, "79 entries after 100: more than 20 % fewer");
        let broken = List { ended_at_line: Some(7), ..list(1_000, 1) };
        assert_eq!(thresholds.accept(&broken, None), Err(Refusal::Broken { line: 7 }));
    }

    #[test]
    fn a_list_is_stale_after_its_days() {
        let thresholds = Thresholds::default();
        assert!(!thresholds.is_stale(100, 130) && thresholds.is_stale(100, 131));
        assert!(!thresholds.is_stale(i32::MAX, i32::MIN));
    }
}

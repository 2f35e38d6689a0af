//! `lists.toml`: which lists there are and how each is used.

use crate::diagnostic::table::{self, Table};
use crate::diagnostic::{Diagnostic, Source};
use crate::lists::{Format, Thresholds, Validity};
use crate::screen::profile::{DOMAINS, Mode, REFERRALS};
use crate::screen::verdict::{Decision, Domain};

/// One `[[list]]`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Setting {
    pub id: String,
    /// Beside `lists.toml`.
    pub file: String,
    /// Files that the format keeps beside it: aliases, then addresses.
    pub companions: Vec<String>,
    pub format: Format,
    /// Whom to ask about it.
    pub owner: String,
    /// Alerts name the entry by its number alone.
    pub restricted: bool,
    pub mode: Mode,
    pub weight: u32,
    pub referral: Option<Decision>,
    pub domains: Vec<Domain>,
    pub valid: Validity,
    /// The day of which the list is, where the file does not say.
    pub as_of_day: Option<i32>,
    /// Entries that it had when it was last looked at: what it must not have shrunk from.
    pub entries_expected: Option<usize>,
    pub thresholds: Thresholds,
}

const WEIGHT_DEFAULT: u32 = 70;
const WEIGHT_MAX: i64 = 1_000;
const DAY_MILLIS: i64 = 86_400_000;
const SENSITIVITIES: [(&str, bool); 2] = [("open", false), ("restricted", true)];

pub(super) fn read(source: Source<'_>) -> Result<Vec<Setting>, Vec<Diagnostic>> {
    table::read(source, |table| {
        let settings = table.tables("list").into_iter().filter_map(setting).collect();
        table.finish();
        Some(settings)
    })
}

fn setting(table: Table<'_, '_>) -> Option<Setting> {
    let (id, file, owner) = (table.required_text("id"), table.required_text("file"), table.required_text("owner"));
    let format = table.choice("format", &Format::CHOICES);
    table.require("format");
    let always = Validity::default();
    let day = |key| table.day(key).and_then(|time| i32::try_from(time.millis().div_euclid(DAY_MILLIS)).ok());
    let setting = Setting {
        id: id.map(|id| id.text.to_owned()).unwrap_or_default(),
        file: file.map(|file| file.text.to_owned()).unwrap_or_default(),
        companions: table.texts("companions").iter().map(|file| file.text.to_owned()).collect(),
        format: format?,
        owner: owner.map(|owner| owner.text.to_owned()).unwrap_or_default(),
        restricted: table.choice("sensitivity", &SENSITIVITIES).unwrap_or(false),
        mode: table.choice("mode", &Mode::CHOICES).unwrap_or_default(),
        weight: table.integer("weight", 0..=WEIGHT_MAX).and_then(|weight| u32::try_from(weight).ok()).unwrap_or(WEIGHT_DEFAULT),
        referral: table.choice("referral", &REFERRALS),
        domains: domains(&table),
        valid: Validity {
            from_day: day("valid_from").unwrap_or(always.from_day),
            until_day: day("valid_until").unwrap_or(always.until_day),
        },
        as_of_day: day("as_of"),
        entries_expected: table.integer("entries_expected", 1..=i64::MAX).and_then(|count| usize::try_from(count).ok()),
        thresholds: thresholds(&table),
    };
    table.finish();
    Some(setting)
}

fn domains(table: &Table<'_, '_>) -> Vec<Domain> {
    if table.value("domains").is_none() {
        return Domain::ALL.to_vec();
    }
    table.texts("domains").iter().filter_map(|word| table.chosen("domains", word, &DOMAINS)).collect()
}

fn thresholds(table: &Table<'_, '_>) -> Thresholds {
    let default = Thresholds::default();
    let number = |key, range| table.integer(key, range).and_then(|value| u32::try_from(value).ok());
    Thresholds {
        entries_min: number("entries_min", 1..=i64::from(u32::MAX)).map_or(default.entries_min, |count| count as usize),
        shrink_percent_max: number("shrink_percent_max", 0..=100).unwrap_or(default.shrink_percent_max),
        faulty_percent_max: number("faulty_percent_max", 0..=100).unwrap_or(default.faulty_percent_max),
        age_days_max: number("age_days_max", 1..=36_500).unwrap_or(default.age_days_max),
    }
}

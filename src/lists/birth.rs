//! Dates of birth as lists know them: exact, a year, about a year, or between two.

/// When somebody was born.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Birth {
    pub first_year: i16,
    pub last_year: i16,
    /// Month and day, when exact.
    pub day: Option<(u8, u8)>,
}

/// What two dates say of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    Agree,
    /// Not the same, but within what lists and documents get wrong.
    Near,
    Contradict,
}

/// Years by which "about" may be off.
const ABOUT_YEARS: i16 = 2;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

impl Birth {
    pub fn years(first: i16, last: i16) -> Self {
        Self { first_year: first.min(last), last_year: first.max(last), day: None }
    }

    fn exact(year: i16, month: u8, day: u8) -> Self {
        Self { first_year: year, last_year: year, day: Some((month, day)) }
    }

    /// Reads `1960-01-31`, `1960`, `31 Jan 1960`, `Jan 1960`, `circa 1960`, `1960 to 1962`.
    pub fn parse(text: &str) -> Option<Self> {
        let about = ["circa", "approx", "about", "late", "early", "mid"].iter().any(|word| text.contains(word));
        if let Some((year, month, day)) = iso(text) {
            return Some(Self::exact(year, month, day));
        }
        let years: Vec<i16> = text.split(|letter: char| !letter.is_ascii_digit()).filter_map(year).collect();
        let (first, last) = (*years.first()?, *years.last()?);
        let month = MONTHS.iter().position(|month| text.to_lowercase().contains(month));
        let day = text.split(|letter: char| !letter.is_ascii_digit()).find(|part| (1..=2).contains(&part.len()));
        let day = day.and_then(|day| day.parse::<u8>().ok()).filter(|day| (1..=31).contains(day));
        Some(match (month, day) {
            _ if about => Self::years(first - ABOUT_YEARS, last + ABOUT_YEARS),
            (Some(month), Some(day)) if first == last => Self::exact(first, month as u8 + 1, day),
            _ => Self::years(first, last),
        })
    }

    pub fn compare(&self, other: &Self) -> Agreement {
        let gap = (self.first_year - other.last_year).max(other.first_year - self.last_year);
        match (gap, self.day, other.day) {
            (2.., _, _) => Agreement::Contradict,
            (1, _, _) => Agreement::Near,
            (_, Some(one), Some(other)) if one == other || one == (other.1, other.0) => Agreement::Agree,
            (_, Some(one), Some(other)) if one.0 == other.0 || one.1 == other.1 => Agreement::Near,
            (_, Some(_), Some(_)) => Agreement::Contradict,
            _ => Agreement::Agree,
        }
    }

    /// The best that one of several dates says of this one; `None` without any.
    pub fn best(&self, others: &[Self]) -> Option<Agreement> {
        let rank = |agreement: &Agreement| *agreement as u8;
        others.iter().map(|other| self.compare(other)).min_by_key(rank)
    }
}

fn iso(text: &str) -> Option<(i16, u8, u8)> {
    let mut parts = text.trim().get(..10)?.split('-');
    let (written_year, month, day) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((year(written_year)?, month, day))
}

fn year(text: &str) -> Option<i16> {
    text.parse().ok().filter(|year| text.len() == 4 && (1850..=2100).contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_ways_of_the_lists() {
        for (text, expected) in [
            ("1960-01-31", Some(Birth::exact(1960, 1, 31))),
            ("31 Jan 1960", Some(Birth::exact(1960, 1, 31))),
            ("1960", Some(Birth::years(1960, 1960))),
            ("Mar 1960", Some(Birth::years(1960, 1960))),
            ("circa 1960", Some(Birth::years(1958, 1962))),
            ("1960 to 1962", Some(Birth::years(1960, 1962))),
            ("", None),
            ("unknown", None),
            ("9999", None),
        ] {
            assert_eq!(Birth::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn dates_agree_come_near_or_contradict() {
        let birth = |text: &str| Birth::parse(text).unwrap();
        for (one, other, expected) in [
            ("1960-01-31", "1960-01-31", Agreement::Agree),
            ("1960-01-05", "1960-05-01", Agreement::Agree),
            ("1960-01-31", "1960", Agreement::Agree),
            ("1960-01-31", "circa 1962", Agreement::Agree),
            ("1960-01-31", "1960-01-30", Agreement::Near),
            ("1960", "1961", Agreement::Near),
            ("1960-01-31", "1960-07-12", Agreement::Contradict),
            ("1960", "1970", Agreement::Contradict),
        ] {
            assert_eq!(birth(one).compare(&birth(other)), expected, "{one} {other}");
        }
        assert_eq!(birth("1960").best(&[birth("1980"), birth("1960")]), Some(Agreement::Agree));
    }
}

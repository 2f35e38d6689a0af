//! Dangerous goods by UN number: class, name, and whether they may fly on a passenger aircraft.

use super::table::Table;

/// One UN number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DangerousGoods {
    /// `3`, `6.1`, `1.4S` …; `-` when the source has none.
    pub class: &'static str,
    pub aircraft: Aircraft,
    pub name: &'static str,
}

/// On which aircraft any packing of a UN number may fly (49 CFR 172.101 columns 9A and 9B).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aircraft {
    Passenger,
    CargoOnly,
    Forbidden,
    /// The number is not in that table.
    Unknown,
}

/// `UN1090`, `ID8000`; a suffix letter as written in messages (`UN1845B`) is ignored.
pub fn find(number: &str) -> Option<DangerousGoods> {
    let mut fields = NUMBERS.find(number.get(..6)?)?.split('\t');
    let class = fields.next()?;
    let aircraft = match fields.next()? {
        "P" => Aircraft::Passenger,
        "C" => Aircraft::CargoOnly,
        "X" => Aircraft::Forbidden,
        _ => Aircraft::Unknown,
    };
    Some(DangerousGoods { class, aircraft, name: fields.next()? })
}

/// Number to class, aircraft letter and name.
pub static NUMBERS: Table = Table::new(include_str!("tables/un_numbers.tsv"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_un_number_tells_class_and_aircraft() {
        let cases = [
            ("UN3480", Some(("9", Aircraft::CargoOnly))),
            ("UN3481", Some(("9", Aircraft::Passenger))),
            ("UN1541", Some(("6.1", Aircraft::Forbidden))),
            ("UN1845B", Some(("9", Aircraft::Passenger))),
            ("UN9999", None),
            ("3480", None),
        ];
        for (number, expected) in cases {
            assert_eq!(find(number).map(|goods| (goods.class, goods.aircraft)), expected, "{number}");
        }
        assert!(NUMBERS.rows().is_sorted_by(|a, b| a.0 < b.0));
        assert!(NUMBERS.rows().all(|(number, _)| find(number).is_some()));
    }
}

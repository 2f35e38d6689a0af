//! Our own CSV: a header names the columns, in any order; lists within a field are parted by `|`.

use super::super::entry::{Effect, Entry, Validity};
use super::super::identifier::Identifier;
use super::{List, day, text};
use crate::names::Schema;

/// Column and meaning: the table of the documentation.
pub const COLUMNS: [(&str, &str); 18] = [
    ("id", "as you number the entry; a line number when empty"),
    ("type", "`person`, `company`, or empty when it may be either"),
    ("name", "main name"),
    ("aliases", "other names"),
    ("weak_aliases", "names too short or common to count unless met exactly"),
    ("country", "ISO codes or English names"),
    ("birth_date", "`1960-01-31`, `1960`, `circa 1960`, `1960 to 1962`"),
    ("address", "one or several"),
    ("phone", "with country code"),
    ("email", ""),
    ("account", "with a carrier, a bank or a forwarder"),
    ("ip", "address, `192.0.2.0/24`, or `first-last`"),
    ("awb", "`020-12345675`, `020-12340000/12349999`, or a whole prefix `020`"),
    ("valid_from", "first day, `2026-01-31`"),
    ("valid_until", "last day: a lookout ends by itself"),
    ("reason", "why it is listed; alerts show it"),
    ("source", "who says so"),
    ("effect", "`watch` (default), or `allow` for a party that is known to be another"),
];

/// Parts several values of one field.
const SEVERAL: char = '|';

pub fn read(bytes: &[u8]) -> List {
    let mut list = List::default();
    let text = text(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            list.fault(1, error.to_string());
            return list;
        }
    };
    for unknown in header.iter().filter(|name| !COLUMNS.iter().any(|(known, _)| known == name)) {
        list.fault(1, format!("there is no column `{unknown}`; the columns are {}", COLUMNS.map(|(name, _)| name).join(", ")));
    }
    for record in reader.records() {
        match record {
            Ok(row) => {
                let line = row.position().map_or(0, csv::Position::line);
                if row.len() != header.len() {
                    list.fault(line, format!("{} fields instead of {}", row.len(), header.len()));
                    continue;
                }
                let row = Row { header: &header, row: &row };
                match entry(&row, line) {
                    Ok(entry) => _ = list.keep(entry, line),
                    Err(message) => list.fault(line, message),
                }
            }
            Err(error) => list.fault(error.position().map_or(0, csv::Position::line), error.to_string()),
        }
    }
    list
}

struct Row<'r> {
    header: &'r csv::StringRecord,
    row: &'r csv::StringRecord,
}

impl<'r> Row<'r> {
    fn field(&self, name: &str) -> &'r str {
        let at = self.header.iter().position(|column| column == name);
        at.and_then(|at| self.row.get(at)).unwrap_or_default()
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &'r str> {
        self.field(name).split(SEVERAL).map(str::trim).filter(|value| !value.is_empty())
    }

    /// Values that must be what the column says.
    fn identifiers(&self, name: &str, read: fn(&str) -> Option<Identifier>, entry: &mut Entry) -> Result<(), String> {
        for value in self.values(name) {
            entry.identifiers.push(read(value).ok_or_else(|| format!("`{value}` is no {name}"))?);
        }
        Ok(())
    }

    fn day(&self, name: &str) -> Result<Option<i32>, String> {
        let text = self.field(name);
        match day(text) {
            None if !text.is_empty() => Err(format!("{name} must be a day such as 2026-01-31, this is `{text}`")),
            day => Ok(day),
        }
    }
}

fn entry(row: &Row<'_>, line: u64) -> Result<Entry, String> {
    let mut entry = Entry {
        id: if row.field("id").is_empty() { line.to_string() } else { row.field("id").to_owned() },
        schema: match row.field("type") {
            "" => None,
            "person" => Some(Schema::Person),
            "company" => Some(Schema::Company),
            other => return Err(format!("type must be `person`, `company` or empty, this is `{other}`")),
        },
        effect: match row.field("effect") {
            "" | "watch" => Effect::Watch,
            "allow" => Effect::Allow,
            other => return Err(format!("effect must be `watch` or `allow`, this is `{other}`")),
        },
        reason: row.field("reason").to_owned(),
        source: row.field("source").to_owned(),
        ..Entry::default()
    };
    entry.name(row.field("name"), false);
    row.values("aliases").for_each(|name| entry.name(name, false));
    row.values("weak_aliases").for_each(|name| entry.name(name, true));
    row.values("address").for_each(|address| entry.address(address));
    for country in row.values("country") {
        let code = super::super::country::code(country).ok_or_else(|| format!("`{country}` is no country"))?;
        entry.country(&code);
    }
    for birth in row.values("birth_date") {
        super::super::Birth::parse(birth).ok_or_else(|| format!("`{birth}` is no date of birth"))?;
        entry.birth(birth);
    }
    row.identifiers("phone", Identifier::phone, &mut entry)?;
    row.identifiers("email", Identifier::email, &mut entry)?;
    row.identifiers("account", Identifier::account, &mut entry)?;
    row.identifiers("ip", Identifier::ip, &mut entry)?;
    row.identifiers("awb", Identifier::awb, &mut entry)?;
    entry.valid = validity(row)?;
    Ok(entry)
}

fn validity(row: &Row<'_>) -> Result<Validity, String> {
    let always = Validity::default();
    let (from_day, until_day) = (row.day("valid_from")?, row.day("valid_until")?);
    let validity = Validity { from_day: from_day.unwrap_or(always.from_day), until_day: until_day.unwrap_or(always.until_day) };
    if validity.from_day > validity.until_day { Err("valid_from is after valid_until".to_owned()) } else { Ok(validity) }
}

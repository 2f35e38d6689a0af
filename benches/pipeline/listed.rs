//! A list of a million names, as watchlists have them.

use std::fmt::Write;

use loadgate::bundle::{Bundle, File};

use super::recipe::{self, COMPANIES, Chance, PEOPLE};

const SETTINGS: &str = "[[list]]\nid = 'million'\nfile = 'million.csv'\nformat = 'csv'\nowner = 'o'\n";

/// The starter bundle with the list; `None` where the names that the recipe needs are not there.
pub fn bundle() -> Option<Bundle> {
    let [people, companies] = recipe::bags()?;
    let mut chance = Chance(7);
    let mut csv = String::from("type,name\n");
    let names = [("person", people.names(PEOPLE, &mut chance)), ("company", companies.names(COMPANIES, &mut chance))];
    for (kind, name) in names.iter().flat_map(|(kind, names)| names.iter().map(move |name| (kind, name))) {
        let _ = writeln!(csv, "{kind},\"{}\"", name.replace('"', ""));
    }
    let files = [("lists/lists.toml", SETTINGS.to_owned()), ("lists/million.csv", csv)];
    let files = files.map(|(path, text)| File { path: path.to_owned(), text });
    Some(Bundle::starter_with(files).unwrap_or_else(|faults| panic!("{}", faults[0])))
}

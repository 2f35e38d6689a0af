//! The demonstration's watchlist, of people and companies that are invented like all others, and how a listed party disguises itself.

use super::chance::Chance;
use super::tables::words;
use crate::bundle::{Bundle, File};
use crate::diagnostic::Diagnostic;

/// The list's id, which evidence carries.
pub const LIST: &str = "lookouts";

const SETTINGS: &str =
    "[[list]]\nid = \"lookouts\"\nfile = \"lookouts.csv\"\nformat = \"csv\"\nowner = \"the demonstration\"\nreferral = \"rfi\"\n";

const PEOPLE: u64 = 300;
const COMPANIES: u64 = 150;
/// Letters of a word in which a slip is made.
const SLIP_LETTERS_MIN: usize = 5;

/// The starter bundle with the list.
pub fn bundle() -> Result<Bundle, Vec<Diagnostic>> {
    let file = |path: &str, text: String| File { path: path.to_owned(), text };
    Bundle::starter_with([file("lists/lists.toml", SETTINGS.to_owned()), file("lists/lookouts.csv", csv())])
}

fn csv() -> String {
    let row = |number| {
        let kind = if number < PEOPLE { "person" } else { "company" };
        format!("{number},{kind},{}\n", entry(number).join(" "))
    };
    std::iter::once("id,type,name\n".to_owned()).chain((0..PEOPLE + COMPANIES).map(row)).collect()
}

/// The words of an entry's name. Companies of clean traffic have one word of their own, listed ones two.
fn entry(number: u64) -> Vec<String> {
    let mut chance = Chance::of(0, ENTRY, number);
    let mut own = || format!("{}{}", chance.pick(words::FIRST), chance.pick(words::SECOND));
    let (one, other) = (own(), own());
    if number < PEOPLE { vec![chance.pick(words::GIVEN).to_owned(), one] } else { vec![one, other, "SHIPPING".to_owned()] }
}

/// The name of one of the listed, with a slip, in another order, run together or with a company's form.
pub fn disguised(chance: &mut Chance) -> String {
    let mut name = entry(chance.below(PEOPLE + COMPANIES));
    match chance.below(7) {
        0 => name.rotate_left(1),
        1 => name = vec![name.concat()],
        2 if name.len() > 2 => name.push("LLC".to_owned()),
        _ => slip(&mut name, chance),
    }
    name.join(" ")
}

/// A wrong, lost, doubled or swapped letter behind the first of a long word.
fn slip(name: &mut [String], chance: &mut Chance) {
    let Some(word) = name.iter_mut().filter(|word| word.len() >= SLIP_LETTERS_MIN).min_by_key(|_| chance.next()) else { return };
    let mut letters: Vec<char> = word.chars().collect();
    let at = chance.between(1, letters.len() as u64 - 2) as usize;
    match (chance.below(4), letters.get(at).copied()) {
        (0, Some(letter)) => letters.insert(at, letter),
        (1, Some(_)) => letters.swap(at, at + 1),
        (2, Some(_)) => _ = letters.remove(at),
        _ => letters.iter_mut().skip(at).take(1).for_each(|letter| *letter = char::from(b'A' + chance.below(26) as u8)),
    }
    *word = letters.into_iter().collect();
}

/// A stream of chance of its own.
const ENTRY: u64 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_loads_whole_and_names_fit_the_fields_of_cargo_imp() {
        let bundle = bundle().unwrap();
        let lists: Vec<_> = bundle.watch.iter().flat_map(|watch| watch.lists().collect::<Vec<_>>()).collect();
        assert_eq!(lists.iter().map(|list| (list.id, list.entries, list.unread_rows)).collect::<Vec<_>>(), [(LIST, 450, 0)]);
        let mut chance = Chance::new(3);
        let names: Vec<_> = (0..1_000).map(|_| disguised(&mut chance)).collect();
        assert!(names.iter().all(|name| !name.is_empty() && name.len() <= 35), "{names:?}");
        let undisguised = |name: &&String| (0..PEOPLE + COMPANIES).any(|number| entry(number).join(" ") == **name);
        assert!(names.iter().filter(undisguised).count() < 50);
    }
}

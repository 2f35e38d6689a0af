//! All lists together, ready to be asked: indexes over names, tables of identifiers.

use std::collections::HashMap;

use super::birth::{Agreement, Birth};
use super::entry::{Effect, Entry, Validity};
use super::identifier::Identifier;
use crate::names::{Explanation, Found, Index, KeyBuffer, Name, Schema, Scorer, Search, party_key, variants};

/// An entry's number: its list's, and its place in that list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId {
    pub list: u16,
    pub entry: u32,
}

/// One list in force.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// As the policy calls it.
    pub id: String,
    /// Days on which the list holds.
    pub valid: Validity,
    pub entries: Vec<Entry>,
    /// Rows that could not be read.
    pub unread_rows: usize,
    /// The day of which the list is.
    pub as_of_day: Option<i32>,
}

/// Everything that is looked out for. Never changes: another version of the lists is another value.
#[derive(Debug, Clone)]
pub struct Watchlists {
    sources: Vec<Source>,
    /// Owner numbers of the indexes, to entries; also whether the name is weak.
    owners: Vec<(EntryId, bool)>,
    people: Index,
    companies: Index,
    exact: HashMap<Identifier, Vec<EntryId>>,
    /// Ranges by their first number: addresses, then waybills.
    ips: Vec<(u128, u128, bool, EntryId)>,
    awbs: Vec<(u16, u32, u32, EntryId)>,
    /// Keys of parties that are known to be others.
    allowed: HashMap<String, EntryId>,
}

/// What is known of a party besides its name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'k> {
    /// ISO 3166-1 alpha-2.
    pub country: Option<&'k str>,
    pub birth: Option<Birth>,
    pub address: Option<&'k str>,
}

/// A party that resembles an entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NameHit {
    pub id: EntryId,
    pub schema: Schema,
    /// Of the names alone.
    pub name_score: f32,
    /// After what else is known.
    pub score: f32,
    pub country: Option<Agreement>,
    pub birth: Option<Agreement>,
    pub address: Option<Agreement>,
}

/// A name that the list itself calls weak counts less, so that only an exact meeting reaches the threshold.
const WEAK: f32 = 0.72;
const COUNTRY_AGREES: f32 = 0.02;
const COUNTRY_CONTRADICTS: f32 = -0.03;
const BIRTH_AGREES: f32 = 0.08;
const BIRTH_NEAR: f32 = 0.02;
const BIRTH_CONTRADICTS: f32 = -0.2;
const ADDRESS_AGREES: f32 = 0.05;
/// What else is known may lift a name that misses the threshold by this.
const LIFT_MAX: f32 = BIRTH_AGREES + COUNTRY_AGREES + ADDRESS_AGREES;

impl Watchlists {
    /// Indexes the lists. Every entry is taken; whether it holds on a day is asked when it is met.
    pub fn new(sources: Vec<Source>) -> Self {
        let mut owners = Vec::new();
        let (mut people, mut companies) = (Vec::new(), Vec::new());
        let mut lists = Self {
            sources: Vec::new(),
            owners: Vec::new(),
            people: Index::build(Schema::Person, []),
            companies: Index::build(Schema::Company, []),
            exact: HashMap::new(),
            ips: Vec::new(),
            awbs: Vec::new(),
            allowed: HashMap::new(),
        };
        let mut buffer = KeyBuffer::default();
        for (source, list) in sources.iter().zip(0..) {
            for (entry, number) in source.entries.iter().zip(0..) {
                let id = EntryId { list, entry: number };
                lists.add_identifiers(entry, id);
                if entry.effect == Effect::Allow {
                    lists.add_allowed(entry, id, &mut buffer);
                    continue;
                }
                for name in &entry.names {
                    for text in variants(&name.text) {
                        let owner = owners.len() as u32;
                        owners.push((id, name.weak));
                        if entry.schema != Some(Schema::Company) {
                            people.push((text.to_owned(), owner));
                        }
                        if entry.schema != Some(Schema::Person) {
                            companies.push((text.to_owned(), owner));
                        }
                    }
                }
            }
        }
        lists.ips.sort_unstable();
        lists.awbs.sort_unstable();
        let (people, companies) = (Index::build(Schema::Person, people), Index::build(Schema::Company, companies));
        Self { sources, owners, people, companies, ..lists }
    }

    fn add_identifiers(&mut self, entry: &Entry, id: EntryId) {
        for identifier in &entry.identifiers {
            match identifier {
                Identifier::Ip { first, last, is_v6 } => self.ips.push((*first, *last, *is_v6, id)),
                Identifier::Awb { prefix, first, last } => self.awbs.push((*prefix, *first, *last, id)),
                other => self.exact.entry(other.clone()).or_default().push(id),
            }
        }
    }

    fn add_allowed(&mut self, entry: &Entry, id: EntryId, buffer: &mut KeyBuffer) {
        let countries = entry.countries.iter().map(|code| Some(code.as_str()));
        let anywhere = entry.countries.is_empty().then_some(None);
        for country in countries.chain(anywhere) {
            for name in &entry.names {
                self.allowed.insert(party_key(&name.text, country, buffer).to_owned(), id);
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.sources.iter().all(|source| source.entries.is_empty())
    }

    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The entry of that number.
    pub fn entry(&self, id: EntryId) -> Option<(&Source, &Entry)> {
        let source = self.sources.get(usize::from(id.list))?;
        Some((source, source.entries.get(id.entry as usize)?))
    }

    /// The allow-list entry that holds for a party of that key; also that of the key in any country.
    pub fn allowed(&self, key: &str) -> Option<EntryId> {
        let anywhere = key.find(':').and_then(|at| key.get(at..)).unwrap_or(key);
        self.allowed.get(key).or_else(|| self.allowed.get(anywhere)).copied()
    }

    /// Entries that name this identifier.
    pub fn exact(&self, identifier: &Identifier) -> &[EntryId] {
        self.exact.get(identifier).map(Vec::as_slice).unwrap_or_default()
    }

    /// Entries whose waybill range holds this number.
    pub fn awb(&self, prefix: u16, serial: u32) -> impl Iterator<Item = EntryId> + '_ {
        let end = self.awbs.partition_point(|(of, first, _, _)| (*of, *first) <= (prefix, serial));
        let before = self.awbs.get(..end).unwrap_or_default().iter().rev();
        let same = before.take_while(move |(of, ..)| *of == prefix);
        same.filter(move |(_, _, last, _)| serial <= *last).map(|(_, _, _, id)| *id)
    }

    /// Entries whose range holds this address.
    pub fn ip(&self, address: u128, is_v6: bool) -> impl Iterator<Item = EntryId> + '_ {
        let end = self.ips.partition_point(|(first, ..)| *first <= address);
        let before = self.ips.get(..end).unwrap_or_default().iter();
        before.filter(move |(_, last, v6, _)| address <= *last && *v6 == is_v6).map(|(_, _, _, id)| *id)
    }

    /// Entries that a party of that name may be, best first, each once. `schema`: how the party is read; `None` tries both.
    pub fn names(
        &self,
        name: &str,
        schema: Option<Schema>,
        known: Known<'_>,
        threshold: Option<f32>,
        search: &mut Search,
    ) -> Vec<NameHit> {
        let mut hits: Vec<NameHit> = Vec::new();
        let mut found = Vec::new();
        for index in
            [&self.people, &self.companies].into_iter().filter(|index| schema.is_none_or(|schema| index.schema() == schema))
        {
            let threshold = threshold.unwrap_or_else(|| index.schema().threshold());
            for text in variants(name) {
                let query = Name::parse(text, index.schema());
                index.search(&query, threshold - LIFT_MAX, search, &mut found);
                let judged = found.iter().filter_map(|found| self.judge(*found, index.schema(), known));
                hits.extend(judged.filter(|hit| hit.score >= threshold));
            }
        }
        hits.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.id.cmp(&other.id)));
        let mut seen = std::collections::HashSet::new();
        hits.retain(|hit| seen.insert(hit.id));
        hits
    }

    fn judge(&self, found: Found, schema: Schema, known: Known<'_>) -> Option<NameHit> {
        let (id, weak) = *self.owners.get(found.owner as usize)?;
        let (_, entry) = self.entry(id)?;
        let name_score = if weak { found.score * WEAK } else { found.score };
        let birth = known.birth.and_then(|birth| birth.best(&entry.births));
        let country = known.country.filter(|_| !entry.countries.is_empty()).map(|country| {
            if entry.countries.iter().any(|known| known == country) { Agreement::Agree } else { Agreement::Contradict }
        });
        let address = known.address.filter(|address| same_address(address, &entry.addresses)).map(|_| Agreement::Agree);
        let change = birth.map_or(0.0, |birth| match birth {
            Agreement::Agree => BIRTH_AGREES,
            Agreement::Near => BIRTH_NEAR,
            Agreement::Contradict => BIRTH_CONTRADICTS,
        }) + country
            .map_or(0.0, |country| if country == Agreement::Agree { COUNTRY_AGREES } else { COUNTRY_CONTRADICTS })
            + address.map_or(0.0, |_| ADDRESS_AGREES);
        Some(NameHit { id, schema, name_score, score: (name_score + change).clamp(0.0, 1.0), country, birth, address })
    }

    /// Whether an entry holds on a day.
    pub fn holds(&self, id: EntryId, day: i32) -> bool {
        self.entry(id).is_some_and(|(source, entry)| source.valid.and(entry.valid).days().contains(&day))
    }

    /// How a party's name met an entry: the entry's name that scores best, with the parts of its score.
    pub fn explain(&self, name: &str, hit: &NameHit, scorer: &mut Scorer) -> Option<(String, Explanation)> {
        let (_, entry) = self.entry(hit.id)?;
        let listed = entry.names.iter().flat_map(|listed| variants(&listed.text));
        let listed: Vec<_> = listed.map(|text| (text, Name::parse(text, hit.schema))).collect();
        let mut best: Option<(&str, Explanation)> = None;
        for query in variants(name).map(|name| Name::parse(name, hit.schema)) {
            for (text, listed) in &listed {
                let next = scorer.explain(&query, listed);
                if best.as_ref().is_none_or(|(_, best)| next.score > best.score) {
                    best = Some((text, next));
                }
            }
        }
        best.map(|(text, explanation)| (text.to_owned(), explanation))
    }
}

/// A number and a long word of one address are in another: house and street, or postcode and city.
fn same_address(address: &str, listed: &[String]) -> bool {
    let words = |text: &str| -> Vec<String> {
        let parts = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).take(32);
        parts.map(str::to_lowercase).collect()
    };
    let own = words(address);
    listed.iter().any(|other| {
        let other = words(other);
        let shared: Vec<_> = own.iter().filter(|word| other.contains(word)).collect();
        shared.iter().any(|word| word.bytes().any(|letter| letter.is_ascii_digit())) && shared.iter().any(|word| word.len() >= 5)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::Format;

    const LIST: &str = "\
id,type,name,aliases,weak_aliases,country,birth_date,address,phone,email,ip,awb,valid_until,effect
1,person,Arvid Solbakken,,Viking,NO,1960-01-31,,+47 22 12 34 56,arvid@fjord.example,,,,
2,company,Kestrel Ridge Trading LLC,Kestrel Group,,AE,,12 Harbour Road Dubai,,,203.0.113.0/24,020-12340000/12349999,,
3,company,Kestrel Ridges Tradings LLC,,,DE,,,,,,,,allow
";

    fn lists() -> Watchlists {
        let list = Format::Csv.read(LIST.as_bytes(), &[]);
        assert_eq!(list.faults, []);
        Watchlists::new(vec![Source { id: "test".to_owned(), entries: list.entries, ..Source::default() }])
    }

    fn ids(hits: &[NameHit]) -> Vec<u32> {
        hits.iter().map(|hit| hit.id.entry).collect()
    }

    #[test]
    fn names_are_met_mangled_and_what_else_is_known_moves_the_score() {
        let (lists, mut search) = (lists(), Search::default());
        let mut score = |name: &str, known: Known<'_>| {
            let hits = lists.names(name, None, known, None, &mut search);
            hits.first().map(|hit| (hit.id.entry, (hit.score * 100.0).round() as i32))
        };
        let born = |text: &str| Known { birth: Birth::parse(text), ..Known::default() };
        assert_eq!(score("SOLBAKEN ARVID", Known::default()), Some((0, 98)));
        assert_eq!(score("SOLBAKEN ARVID", born("1960-01-31")), Some((0, 100)));
        assert_eq!(score("SOLBAKEN ARVID", born("1990-01-31")), Some((0, 78)));
        assert_eq!(score("VIKING", Known::default()), Some((0, 72)));
        assert_eq!(score("VIKINGG", Known::default()), None);
        assert_eq!(
            score("KESTREL RIDGE TRDG L.L.C", Known { country: Some("AE"), ..Known::default() }).map(|hit| hit.0),
            Some(1)
        );
        assert_eq!(score("KESTREL RIDGE GMBH", Known::default()).map(|hit| hit.0), Some(1));
        assert_eq!(score("HARBOUR LIGHTS", Known::default()), None);
    }

    #[test]
    fn identifiers_are_met_exactly_and_in_ranges() {
        let lists = lists();
        let phone = Identifier::phone("0047 22123456").unwrap();
        assert_eq!(lists.exact(&phone), [EntryId { list: 0, entry: 0 }]);
        assert_eq!(lists.exact(&Identifier::email("ARVID@fjord.example").unwrap()).len(), 1);
        assert_eq!(lists.awb(20, 12_345_675).count(), 1);
        assert_eq!((lists.awb(20, 12_350_000).count(), lists.awb(57, 12_345_675).count()), (0, 0));
        let (address, is_v6) = crate::lists::ip_number("203.0.113.9").unwrap();
        assert_eq!((lists.ip(address, is_v6).count(), lists.ip(address + 256, is_v6).count()), (1, 0));
    }

    #[test]
    fn an_allowed_party_is_told_by_its_key() {
        let (lists, mut buffer) = (lists(), KeyBuffer::default());
        let key = party_key("KESTREL RIDGES TRADINGS L.L.C.", Some("DE"), &mut buffer).to_owned();
        assert_eq!(lists.allowed(&key).map(|id| id.entry), Some(2));
        assert_eq!(lists.allowed("AE:kestrelridgestradings"), None);
        let mut search = Search::default();
        assert_eq!(ids(&lists.names("Kestrel Ridges Tradings LLC", None, Known::default(), None, &mut search)), [1]);
    }
}

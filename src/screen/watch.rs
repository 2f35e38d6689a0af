//! Watchlists in the stream (indicator P6): every party role and contact of a consignment against everything that is looked out
//! for. A hit is evidence for the screening teams; what the terminal is told holds no reason.

mod cache;
mod evidence;
mod files;
mod setting;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

pub use cache::{Cache, Lookups};
pub use files::{SETTINGS, named};
use setting::Setting;

use super::facts::Facts;
use super::verdict::Evidence;
use crate::bundle::File;
use crate::diagnostic::Diagnostic;
use crate::lists::{EntryId, Identifier, Known, Source, Watchlists, ip_number};
use crate::model::{ContactKind, Party, Role, Timestamp};
use crate::names::{KeyBuffer, Schema, party_key};

/// The lists of a bundle and how each is used.
#[derive(Debug, Clone)]
pub struct Watch {
    lists: Arc<Watchlists>,
    /// By the number of the list.
    settings: Vec<Setting>,
    /// SHA-256 over `lists.toml` and the files that it names.
    pub hash: [u8; 32],
}

/// What operations see of a list in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListState<'l> {
    pub id: &'l str,
    pub entries: usize,
    /// Rows that could not be read.
    pub unread_rows: usize,
    /// When the day began of which the list is, where the list or its setting says.
    pub as_of: Option<Timestamp>,
    /// Stale from this age on.
    pub age_max: Duration,
}

impl<'l> ListState<'l> {
    fn of(source: &'l Source, setting: &Setting) -> Self {
        let as_of = source.as_of_day.map(|day| Timestamp::from_millis(i64::from(day) * DAY_MILLIS));
        let age_max = Duration::from_secs(u64::from(setting.thresholds.age_days_max) * 86_400);
        Self { id: &source.id, entries: source.entries.len(), unread_rows: source.unread_rows, as_of, age_max }
    }
}

/// Milliseconds of a day.
const DAY_MILLIS: i64 = 86_400_000;

impl Watch {
    /// Reads the files of a bundle's folder `lists`: `lists.toml` and those that it names. `None` when there are none.
    pub fn read(files: &[&File]) -> Result<Option<Self>, Vec<Diagnostic>> {
        files::read(files)
    }

    /// What operations see of each list.
    pub fn lists(&self) -> impl Iterator<Item = ListState<'_>> {
        self.lists.sources().iter().zip(&self.settings).map(|(source, setting)| ListState::of(source, setting))
    }

    /// Appends what the lists say about the parties of a consignment. Same facts and lists, same evidence, whatever the cache
    /// holds.
    pub fn find(&self, facts: &Facts<'_>, cache: &mut Cache, evidence: &mut Vec<Evidence>) {
        let consignment = facts.consignment;
        let day = i32::try_from(facts.judged.millis().div_euclid(DAY_MILLIS)).unwrap_or(i32::MAX);
        let roles =
            [(Role::Shipper, &consignment.shipper), (Role::Consignee, &consignment.consignee), (Role::Agent, &consignment.agent)];
        let parties = roles.into_iter().filter_map(|(role, party)| Some((role, party.as_ref()?)));
        for (role, party) in parties.chain(consignment.notify.iter().map(|party| (Role::Notify, party))) {
            let mut asked = Asked { watch: self, day, role: role.as_str(), evidence };
            asked.party(party, cache);
        }
        let mut asked = Asked { watch: self, day, role: "consignment", evidence };
        if let Some(awb) = consignment.awb {
            asked.met(self.lists.awb(awb.prefix(), awb.serial()), "awb", facts.awb());
        }
        for note in &consignment.customs_notes {
            if let Some((address, is_v6)) = ip_number(&note.text).filter(|_| note.text.contains(['.', ':'])) {
                asked.met(self.lists.ip(address, is_v6), "ip", &note.text);
            }
        }
    }
}

/// One question to the lists.
struct Asked<'a> {
    watch: &'a Watch,
    day: i32,
    role: &'static str,
    evidence: &'a mut Vec<Evidence>,
}

impl Asked<'_> {
    fn party(&mut self, party: &Party<'_>, cache: &mut Cache) {
        let known = Known { country: party.country.as_deref(), birth: None, address: Some(&*party.address) };
        self.name(&party.name, None, known, cache);
        for contact in &party.contacts {
            match contact.kind {
                ContactKind::Person => self.name(&contact.value, Some(Schema::Person), known, cache),
                ContactKind::Email => self.identifier(Identifier::email(&contact.value), &contact.value),
                ContactKind::Phone | ContactKind::Fax => self.identifier(Identifier::phone(&contact.value), &contact.value),
                ContactKind::Telex => {}
            }
        }
        if let Some(account) = &party.account {
            self.identifier(Identifier::account(account), account);
        }
    }

    fn name(&mut self, name: &str, schema: Option<Schema>, known: Known<'_>, cache: &mut Cache) {
        if name.trim().is_empty() {
            return;
        }
        let lists = &self.watch.lists;
        let (hits, scorer) = cache.hits(self.watch.hash, name, schema, known, lists);
        let hits: Vec<_> = hits.iter().filter(|hit| lists.holds(hit.id, self.day)).copied().collect();
        if hits.is_empty() {
            return;
        }
        let mut buffer = KeyBuffer::default();
        let allowed = lists.allowed(party_key(name, known.country, &mut buffer)).filter(|id| lists.holds(*id, self.day));
        for hit in hits {
            let explained = lists.explain(name, &hit, scorer);
            let found = evidence::of_name(self.watch, self.role, name, &hit, explained, allowed);
            self.evidence.extend(found);
        }
    }

    fn identifier(&mut self, identifier: Option<Identifier>, written: &str) {
        let Some(identifier) = identifier else { return };
        let lists = &self.watch.lists;
        self.met(lists.exact(&identifier).iter().copied(), identifier.kind(), written);
    }

    fn met(&mut self, found: impl Iterator<Item = EntryId>, kind: &'static str, written: &str) {
        let holding = found.filter(|id| self.watch.lists.holds(*id, self.day));
        let told = holding.filter_map(|id| evidence::of_identifier(self.watch, self.role, kind, written, id));
        self.evidence.extend(told);
    }
}

//! Observing: from a decoded message to what memory needs of it. Pure and without memory, so it runs where messages are decoded.

use super::key::{Key, Keys, Kind, Mark, alphanumeric, mix};
use super::observation::{
    Bill, Concluded, Conclusion, Declared, Lane, LogPlace, Minute, Observation, PartySight, Stage, Stamp, Station,
};
use crate::codes::{airports, phones};
use crate::model::{Account, Airport, Awb, BillKind, Consignment, ContactKind, CustomsNote, Message, Outcome, Party, Timestamp};
use crate::names::{KeyBuffer, party_key};

mod movements;

/// Turns messages into observations. One for each thread: it keeps a buffer for normalising.
pub struct Observer {
    keys: Keys,
    text: String,
    names: KeyBuffer,
}

/// What is known of the record that a message stood in.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The record's timestamp.
    pub received: Timestamp,
    /// Hash of the record's content.
    pub content: u32,
    pub place: LogPlace,
}

/// How much later than its record an event may claim to be: terminals write local time and their clocks are off, but a date of
/// next year must not age the memory.
const ALLOWANCE_MILLIS: i64 = 24 * 3_600_000;
/// What a name has room for in a status message (FSU).
const STATUS_NAME_CHARS: usize = 35;

impl Observer {
    pub fn new(keys: Keys) -> Self {
        Self { keys, text: String::new(), names: KeyBuffer::default() }
    }

    /// The key of a consignment.
    pub fn consignment(&mut self, awb: Option<Awb>, hawb: Option<&str>) -> Key {
        self.keys.consignment(awb, hawb, &mut self.text)
    }

    /// Appends what a message tells, in its order. `index` of the place counts up with the consignments of the message.
    pub fn observe(&mut self, message: &Message<'_>, seen: Seen, out: &mut Vec<Observation>) {
        match message {
            Message::Waybill(_) | Message::Houses(_) => {
                for (index, consignment) in (seen.place.index..).zip(message.consignments()) {
                    let seen = Seen { place: LogPlace { index, ..seen.place }, ..seen };
                    out.push(Observation::Declared(self.declared(consignment, seen)));
                }
            }
            Message::Manifest(list) => self.flight_list(list, Stage::Manifested, seen, out),
            Message::BookedList(list) => self.flight_list(list, Stage::Booked, seen, out),
            Message::Booking(booking) => self.booking(booking, seen, out),
            Message::Status(report) => self.status(report, seen, out),
            Message::Outcome(outcome) => out.push(Observation::Concluded(self.concluded(outcome, seen))),
        }
    }

    /// One version of a bill.
    pub fn declared(&mut self, consignment: &Consignment<'_>, seen: Seen) -> Declared {
        let Consignment { awb, hawb, kind, shipper, consignee, agent, account, .. } = consignment;
        let house = *kind == BillKind::House;
        let mut bill = figures(consignment);
        bill.awb = *awb;
        bill.place = seen.place;
        bill.master = if house && awb.is_some() { self.consignment(*awb, None) } else { Key::NONE };
        (bill.shipper, _) = self.party(Kind::Party, shipper.as_ref());
        let (agent, agent_name) = self.party(Kind::Agent, agent.as_ref());
        let (consignee_key, consignee_name) = self.party(Kind::Party, consignee.as_ref());
        let notified = consignment.notify.first().map_or(Mark::NONE, |party| self.name(&party.name));
        (bill.agent, bill.consignee) = (agent, consignee_key);
        bill.collectors = [consignee_name, notified, agent_name];
        self.security(consignment, &mut bill);
        let seals = self.seals(&consignment.customs_notes);
        bill.seals = Mark::of(seals.iter().copied());
        let house_number = match hawb {
            Some(hawb) if house => self.normalised(Kind::House, &[hawb], alphanumeric),
            _ => Key::NONE,
        };
        let mut shipper_sight = self.sight(shipper.as_ref());
        shipper_sight.contacts.extend(self.account(account.as_ref()));
        Declared {
            consignment: self.consignment(*awb, hawb.as_deref()),
            stamp: Stamp { time: seen.received, hash: seen.content ^ seen.place.index.rotate_left(16) },
            bill,
            shipper: shipper_sight,
            consignee: self.sight(consignee.as_ref()),
            house_number,
            seals,
        }
    }

    fn normalised(&mut self, kind: Kind, parts: &[&str], normalise: impl Fn(&str, &mut String)) -> Key {
        self.text.clear();
        parts.iter().for_each(|part| normalise(part, &mut self.text));
        self.keys.key(kind, &[self.text.as_bytes()])
    }

    /// The same for all spellings of one party: of name and country, and of the name alone.
    fn party(&mut self, kind: Kind, party: Option<&Party<'_>>) -> (Key, Mark) {
        let Some(party) = party else { return (Key::NONE, Mark::NONE) };
        let text = party_key(&party.name, party.country.as_deref(), &mut self.names);
        // What is left of a name without a letter or digit is the country.
        let key = if text.ends_with(':') { Key::NONE } else { self.keys.key(kind, &[text.as_bytes()]) };
        let long = party.name.len() > STATUS_NAME_CHARS;
        let mark = if long { self.name(&party.name) } else { name_mark(&self.keys, text) };
        (key, mark)
    }

    /// Of a name alone, as far as a status message has room for it.
    fn name(&mut self, name: &str) -> Mark {
        let end = name.char_indices().nth(STATUS_NAME_CHARS).map_or(name.len(), |(index, _)| index);
        let key = party_key(name.get(..end).unwrap_or(name), None, &mut self.names);
        name_mark(&self.keys, key)
    }

    /// Numbers of seals (OCI, customs content `N`), each once. Words that stand for none are left out: a number has five letters and
    /// digits or more, three digits at least, not all the same.
    fn seals(&mut self, notes: &[CustomsNote<'_>]) -> Vec<Key> {
        let mut seals = Vec::new();
        for note in notes.iter().filter(|note| note.code.as_deref() == Some("N")) {
            self.text.clear();
            alphanumeric(&note.text, &mut self.text);
            let mut digits = self.text.bytes().filter(u8::is_ascii_digit);
            let first = digits.next();
            let varied = digits.clone().any(|digit| Some(digit) != first);
            if self.text.len() >= 5 && digits.count() >= 2 && varied {
                seals.push(self.keys.key(Kind::Seal, &[self.text.as_bytes()]));
            }
        }
        seals.sort_unstable();
        seals.dedup();
        seals
    }

    fn sight(&mut self, party: Option<&Party<'_>>) -> PartySight {
        let Some(party) = party else { return PartySight::default() };
        let spelling = self.keys.key(Kind::Spelling, &[party.name.as_bytes()]).bits();
        let postcode = party.postcode.as_deref().unwrap_or_default();
        let country = party.country.as_deref().unwrap_or_default();
        let address = if party.address.is_empty() {
            Key::NONE
        } else {
            self.normalised(Kind::Address, &[&party.address, &party.place, postcode, country], alphanumeric)
        };
        let contacts = party.contacts.iter().filter_map(|contact| match contact.kind {
            ContactKind::Phone => Some(self.normalised(Kind::Phone, &[&contact.value], phone_digits)),
            ContactKind::Email => Some(self.normalised(Kind::Email, &[&contact.value], lower)),
            _ => None,
        });
        let mut contacts: Vec<Key> = contacts.filter(|key| !key.is_none()).collect();
        contacts
            .extend(party.account.as_deref().and_then(|account| self.normalised(Kind::Account, &[account], alphanumeric).some()));
        PartySight { spelling, address, contacts }
    }

    fn account(&mut self, account: Option<&Account<'_>>) -> impl Iterator<Item = Key> + use<> {
        let mut key = |kind, text: Option<&str>| text.map_or(Key::NONE, |text| self.normalised(kind, &[text], alphanumeric));
        let keys = account.map(|account| {
            [
                key(Kind::Account, account.number.as_deref()),
                key(Kind::Ip, account.ip_created.as_deref()),
                key(Kind::Ip, account.ip_requested.as_deref()),
            ]
        });
        keys.into_iter().flatten().filter(|key| !key.is_none())
    }

    fn security(&mut self, consignment: &Consignment<'_>, bill: &mut Bill) {
        let declarations = &consignment.security;
        if let Some(screener) = declarations.iter().flat_map(|declaration| &declaration.screeners).next() {
            bill.screener = self.normalised(Kind::Screener, &[screener], alphanumeric);
        }
        if let Some(entity) = declarations.iter().find_map(|declaration| declaration.issuer.as_ref()) {
            let country = entity.country.as_deref().unwrap_or_default();
            bill.entity = self.normalised(Kind::RegulatedEntity, &[country, &entity.id], alphanumeric);
        }
        bill.exempt = declarations.iter().any(|declaration| !declaration.exemptions.is_empty());
    }

    fn concluded(&mut self, outcome: &Outcome<'_>, seen: Seen) -> Concluded {
        let stamp = Stamp { time: clamped(outcome.time, seen.received), hash: seen.content };
        Concluded {
            consignment: self.consignment(outcome.awb, outcome.hawb.as_deref()),
            conclusion: Conclusion { stamp, inspected: outcome.kind.inspects(), found: outcome.kind.finds() },
        }
    }
}

/// Of the name in a party's key, whatever the country.
fn name_mark(keys: &Keys, key: &str) -> Mark {
    let name = key.split_once(':').map_or(key, |(_, name)| name);
    Mark::of([keys.key(Kind::Name, &[name.as_bytes()])])
}

/// The message's own time, at most the record's plus the allowance.
fn clamped(stated: Option<Timestamp>, received: Timestamp) -> Timestamp {
    let latest = Timestamp::from_millis(received.millis().saturating_add(ALLOWANCE_MILLIS));
    stated.map_or(received, |time| time.min(latest))
}

/// Everything of a bill that is a number or a public code.
fn figures(consignment: &Consignment<'_>) -> Bill {
    let Consignment { quantity, goods, charges, routing, origin, destination, kind, .. } = consignment;
    let (heading, subheading) = goods.iter().flat_map(|line| &line.hs_codes).find_map(|code| commodity(code)).unwrap_or_default();
    let pieces = quantity.pieces.unwrap_or_else(|| goods.iter().filter_map(|line| line.pieces).fold(0, u32::saturating_add));
    let weight = || goods.iter().filter_map(|line| line.weight_g).fold(0, u64::saturating_add);
    let volume = || goods.iter().filter_map(|line| line.volume_cm3).fold(0, u64::saturating_add);
    let mut bill = Bill {
        lane: Lane { origin: origin.map(station).unwrap_or_default(), destination: destination.map(station).unwrap_or_default() },
        heading,
        subheading,
        route: routing.iter().fold(0, |hash, (station, carrier)| {
            let carrier = carrier.as_ref().map(|carrier| carrier.as_bytes()).unwrap_or_default();
            hash32(hash, station.as_bytes().iter().chain(b"/").chain(carrier).copied())
        }),
        pieces,
        slac: goods.iter().filter_map(|line| line.slac).fold(0, u32::saturating_add),
        weight_g: quantity.weight_g.unwrap_or_else(weight),
        volume_cm3: quantity.volume_cm3.unwrap_or_else(volume),
        value_hundredths: charges.customs_value.and_then(|money| u64::try_from(money.hundredths).ok()).unwrap_or_default(),
        departure: first_departure(consignment).and_then(Minute::of),
        kind: *kind,
        ..Bill::default()
    };
    // The goods' own country where it is stated: that is what customs mean by origin.
    let stated = goods.iter().find_map(|line| line.origin.as_ref()).map(|country| country.as_str());
    if let Some(country) = stated.or_else(|| origin.and_then(airports::country)) {
        bill.origin_country.iter_mut().zip(country.bytes()).for_each(|(to, from)| *to = from);
    }
    if let Some(currency) = charges.currency {
        bill.currency.iter_mut().zip(currency.as_bytes()).for_each(|(to, from)| *to = *from);
    }
    bill
}

/// Heading and the digits after it of a Harmonized System code.
fn commodity(code: &str) -> Option<(u16, u8)> {
    let heading = code.get(..4)?.parse().ok()?;
    Some((heading, code.get(4..6).and_then(|digits| digits.parse().ok()).unwrap_or_default()))
}

/// Departure of the first flight as stated, else noon of its day.
pub fn first_departure(consignment: &Consignment<'_>) -> Option<Timestamp> {
    let stated = consignment.flights.iter().filter_map(|flight| flight.departure).min();
    let noon = |day: Timestamp| Timestamp::from_millis(day.millis().saturating_add(12 * 3_600_000));
    stated.or_else(|| consignment.flights.iter().filter_map(|flight| flight.day).min().map(noon))
}

fn station(airport: Airport) -> Station {
    let mut station = Station::default();
    station.iter_mut().zip(airport.as_bytes()).for_each(|(to, from)| *to = *from);
    station
}

/// FNV-1a, finished by a mixer: a few public bytes.
fn hash64(bytes: impl Iterator<Item = u8>) -> u64 {
    mix(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
}

fn hash32(seed: u32, bytes: impl Iterator<Item = u8>) -> u32 {
    (hash64(seed.to_le_bytes().into_iter().chain(bytes)) >> 32) as u32
}

fn lower(text: &str, out: &mut String) {
    out.extend(text.trim().chars().flat_map(char::to_lowercase));
}

fn phone_digits(text: &str, out: &mut String) {
    let number = phones::international(text).unwrap_or(text);
    out.extend(number.chars().filter(char::is_ascii_digit));
}

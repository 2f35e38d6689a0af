//! What OCI lines mean: security declarations by the e-CSD composition rules (IATA Resolution 651; ONE Record "OCI mapping"),
//! contacts, Enhanced ACAS account data and dangerous goods. The lines themselves stay in `customs_notes`.

use super::dates;
use crate::model::{
    Account, Code, Consignment, Contact, ContactKind, Country, CustomsNote, Party, RegulatedEntity, Role, SecurityDeclaration,
    Text,
};

/// Interprets the notes, the special handling codes and the goods text of a consignment that is read to its end.
pub(super) fn interpret(consignment: &mut Consignment<'_>) {
    let notes = std::mem::take(&mut consignment.customs_notes);
    let mut reading = Reading::default();
    for note in &notes {
        reading.note(note, consignment);
    }
    consignment.customs_notes = notes;
    consignment.security = reading.declarations;
    status_from_handling(consignment);
    dangerous_goods_in_text(consignment);
}

/// Which entity of the current declaration an `ED` line dates.
#[derive(Clone, Copy)]
enum Entity {
    Issuer,
    Acceptor,
    ReceivedFrom,
}

/// A continuation line inherits country and subject from the line before it where it states neither.
#[derive(Default)]
struct Reading<'a> {
    country: Option<Country>,
    subject: Option<Code<3>>,
    declarations: Vec<SecurityDeclaration<'a>>,
    dated: Option<Entity>,
    /// `MU` or `VU`: the part of an e-mail address before the @, until its domain follows.
    mail_user: Option<Text<'a>>,
}

impl<'a> Reading<'a> {
    fn note(&mut self, note: &CustomsNote<'a>, consignment: &mut Consignment<'a>) {
        if note.subject.is_some() || note.country.is_some() {
            self.country = note.country;
        }
        self.subject = note.subject.or(self.subject);
        let Some(code) = note.code else { return };
        if is_security(code) && note.subject.is_none_or(|subject| matches!(subject.as_bytes(), b"ISS" | b"CSS" | b"OSS")) {
            self.security(note, code);
        }
        match (self.subject.as_ref().map(Code::as_bytes), code.as_bytes()) {
            (Some(b"DNR"), _) if !note.text.is_empty() => un_numbers_listed(&note.text, &mut consignment.dangerous_goods),
            (_, b"FT") | (_, b"II") | (Some(b"CUS"), _) => account(consignment.account.get_or_insert_default(), code, &note.text),
            (Some(_), b"CP" | b"CT" | b"VP" | b"MU" | b"MD" | b"VU" | b"VD") => self.contact(code, &note.text, consignment),
            _ => {}
        }
    }

    fn security(&mut self, note: &CustomsNote<'a>, code: Code<2>) {
        let text = note.text.clone();
        match code.as_bytes() {
            b"ED" => return self.expiry(&text),
            b"RA" | b"RC" | b"AO" | b"KC" | b"AC" => return self.entity(note.subject, code, text),
            _ => {}
        }
        let declaration = self.current();
        match code.as_bytes() {
            b"SM" => declaration.methods.push(text),
            b"L" => declaration.exemptions.push(text),
            b"SN" => declaration.screeners.push(text),
            b"SD" => declaration.screened_at.extend(dates::written_out(text.as_bytes())),
            b"ST" => declaration.statements.push(text),
            _ if declaration.status.is_none() => declaration.status = Code::new(&text),
            _ => {}
        }
    }

    fn current(&mut self) -> &mut SecurityDeclaration<'a> {
        if self.declarations.is_empty() {
            // One is the rule, and it is large.
            self.declarations.reserve_exact(1);
            self.declarations.push(SecurityDeclaration::default());
        }
        let last = self.declarations.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "the vector is not empty: filled above")]
        &mut self.declarations[last]
    }

    /// A second issuer begins a second declaration.
    fn entity(&mut self, subject: Option<Code<3>>, category: Code<2>, id: Text<'a>) {
        let entity = RegulatedEntity { category: Some(category), country: self.country, id, expiry: None };
        let role = match subject.as_ref().map(Code::as_bytes) {
            Some(b"ISS" | b"CSS") => Entity::Issuer,
            Some(b"OSS") => Entity::Acceptor,
            _ => Entity::ReceivedFrom,
        };
        if matches!(role, Entity::Issuer) && self.declarations.last().is_some_and(|last| last.issuer.is_some()) {
            self.declarations.push(SecurityDeclaration::default());
        }
        let declaration = self.current();
        let slot = match role {
            Entity::Issuer => &mut declaration.issuer,
            Entity::Acceptor => &mut declaration.acceptor,
            Entity::ReceivedFrom => &mut declaration.received_from,
        };
        slot.get_or_insert(entity);
        self.dated = Some(role);
    }

    fn expiry(&mut self, text: &str) {
        let Some(role) = self.dated else { return };
        let declaration = self.current();
        let entity = match role {
            Entity::Issuer => &mut declaration.issuer,
            Entity::Acceptor => &mut declaration.acceptor,
            Entity::ReceivedFrom => &mut declaration.received_from,
        };
        if let Some(entity) = entity {
            entity.expiry = entity.expiry.or(dates::expiry(text.trim_ascii().as_bytes()));
        }
    }

    fn contact(&mut self, code: Code<2>, text: &Text<'a>, consignment: &mut Consignment<'a>) {
        let (kind, value) = match code.as_bytes() {
            b"CP" => (ContactKind::Person, text.clone()),
            b"MU" | b"VU" => {
                self.mail_user = Some(text.clone());
                return;
            }
            b"MD" | b"VD" => match self.mail_user.take() {
                Some(user) => (ContactKind::Email, Text::from(format!("{user}@{text}"))),
                None => return,
            },
            _ => (ContactKind::Phone, text.clone()),
        };
        let verified = code.as_bytes().starts_with(b"V");
        let party = self.subject.and_then(Role::from_subject).and_then(|role| party_of(role, consignment));
        if let (Some(party), false) = (party, value.is_empty()) {
            party.contacts.push(Contact { kind, value, verified });
        }
    }
}

fn is_security(code: Code<2>) -> bool {
    matches!(code.as_bytes(), b"SM" | b"SN" | b"SD" | b"SS" | b"ST" | b"ED" | b"L" | b"RA" | b"RC" | b"AO" | b"KC" | b"AC")
}

/// A notify party may exist by its customs notes alone: nothing requires a name of it.
fn party_of<'c, 'a>(role: Role, consignment: &'c mut Consignment<'a>) -> Option<&'c mut Party<'a>> {
    match role {
        Role::Shipper => consignment.shipper.as_mut(),
        Role::Consignee => consignment.consignee.as_mut(),
        Role::Agent => consignment.agent.as_mut(),
        Role::Notify => {
            if consignment.notify.is_empty() {
                consignment.notify.push(Party::default());
            }
            consignment.notify.first_mut()
        }
    }
}

/// Enhanced ACAS (90 FR 52796) account data.
fn account<'a>(account: &mut Account<'a>, code: Code<2>, text: &Text<'a>) {
    let value = || Some(text.clone());
    match code.as_str() {
        "AH" => account.holder = value(),
        "AI" => account.issuer = value(),
        "AN" => account.name = value(),
        "AR" => account.number = value(),
        "AF" => account.frequency = value(),
        "AE" => account.established = dates::establishment(text.trim_ascii().as_bytes()),
        "BT" => account.billing = value(),
        "KP" => account.known_consignor = known_consignor(text),
        "RT" => account.transaction = value(),
        "FT" => account.filing = value(),
        "IA" => account.ip_created = value(),
        "IR" => account.ip_requested = value(),
        "PI" | "MI" | "II" => account.identities.push((code, text.clone())),
        _ => {}
    }
}

fn known_consignor(text: &str) -> Option<bool> {
    match text.trim_ascii() {
        "Y" => Some(true),
        "N" => Some(false),
        _ => None,
    }
}

/// Special handling codes state the security status of a waybill (e-CSD rules: `SS` is for status messages, SPH otherwise).
fn status_from_handling(consignment: &mut Consignment<'_>) {
    let is_status = |code: &Code<3>| matches!(code.as_bytes(), b"SPX" | b"SCO" | b"SHR" | b"NSC");
    let Some(status) = consignment.handling.iter().copied().find(is_status) else { return };
    if consignment.security.is_empty() {
        consignment.security.push(SecurityDeclaration::default());
    }
    for declaration in &mut consignment.security {
        declaration.status = declaration.status.or(Some(status));
    }
}

/// `UN1234 UN2345`, `ID8000`, `1845B`: the number in its usual spelling, without the suffix some systems add.
fn un_numbers_listed(text: &str, found: &mut Vec<Code<7>>) {
    for word in text.split(|letter: char| !letter.is_ascii_alphanumeric()) {
        let digits = word.trim_start_matches("UN").trim_start_matches("ID").as_bytes();
        let Some((number, suffix)) = digits.split_at_checked(4) else { continue };
        if suffix.len() <= 1 && suffix.iter().all(u8::is_ascii_uppercase) {
            add_number(if word.starts_with("ID") { b"ID" } else { b"UN" }, number, found);
        }
    }
}

fn dangerous_goods_in_text(consignment: &mut Consignment<'_>) {
    for goods in &consignment.goods {
        un_numbers_in_text(goods.description.as_bytes(), &mut consignment.dangerous_goods);
    }
}

/// `UN3373`, `UN 3373`, `ID8000` as words of a description.
fn un_numbers_in_text(text: &[u8], found: &mut Vec<Code<7>>) {
    for start in memchr::memchr2_iter(b'N', b'D', text) {
        let Some(first) = start.checked_sub(1) else { continue };
        let Some(prefix @ (b"UN" | b"ID")) = text.get(first..=start) else { continue };
        let word_before = first.checked_sub(1).and_then(|before| text.get(before)).is_some_and(u8::is_ascii_alphanumeric);
        let rest = text.get(start + 1..).unwrap_or_default();
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let word_after = rest.get(4).is_some_and(u8::is_ascii_alphanumeric);
        if let (Some(number), false, false) = (rest.get(..4), word_before, word_after) {
            add_number(prefix, number, found);
        }
    }
}

fn add_number(prefix: &[u8], number: &[u8], found: &mut Vec<Code<7>>) {
    let mut spelled = [0; 6];
    spelled.iter_mut().zip(prefix.iter().chain(number)).for_each(|(to, from)| *to = *from);
    if let (true, Some(code)) = (number.len() == 4 && number.iter().all(u8::is_ascii_digit), Code::from_bytes(&spelled))
        && !found.contains(&code)
    {
        found.push(code);
    }
}

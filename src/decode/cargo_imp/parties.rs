//! Party blocks (SHP, CNE, NFY, AGT) in both shapes: bare lines up to FWB/16 and FHL/4, tagged NAM/ADR/LOC lines since.

use super::fields::{self, Joined, Source};
use super::lines::Lines;
use crate::model::{Contact, ContactKind, Country, Party, Remark, Role, Text};

/// Reads the block that `tag` opened; `rest` follows the tag's slash.
pub(super) fn read<'a>(
    role: Role,
    (tag, rest): (&'a [u8], &'a [u8]),
    lines: &mut Lines<'a>,
    remarks: &mut Vec<Remark<'a>>,
) -> Party<'a> {
    let mut draft = Draft {
        source: lines.source,
        role,
        tag,
        account: None,
        name: Joined::Empty,
        address: Joined::Empty,
        place: &[],
        country: None,
        postcode: None,
        contacts: Vec::new(),
        slot: Slot::Bare(0),
        remarks,
    };
    draft.opening(rest);
    while let Some(line) = lines.peek() {
        match line.tag() {
            None => draft.continuation(line.untagged()),
            Some((b"NAM", rest)) => draft.tagged(Slot::Name, rest),
            Some((b"ADR", rest)) => draft.tagged(Slot::Address, rest),
            Some((b"LOC", rest)) => draft.tagged(Slot::Place, rest),
            Some(_) => break,
        }
        lines.next();
    }
    draft.finish()
}

/// What the next continuation line belongs to.
#[derive(Clone, Copy)]
enum Slot {
    /// Untagged, with the number of lines read before.
    Bare(u8),
    Name,
    Address,
    Place,
    Country,
}

struct Draft<'a, 'r> {
    source: Source<'a>,
    role: Role,
    tag: &'a [u8],
    account: Option<Text<'a>>,
    name: Joined<'a>,
    address: Joined<'a>,
    /// `BERLIN` or `NEW YORK/NY`.
    place: &'a [u8],
    country: Option<Country>,
    postcode: Option<Text<'a>>,
    contacts: Vec<Contact<'a>>,
    slot: Slot,
    remarks: &'r mut Vec<Remark<'a>>,
}

impl<'a> Draft<'a, '_> {
    /// The line of the tag itself: `CNE/4321` account, `AGT/account/IATA code/CASS`, and in FWB/16 `NFY/name`.
    fn opening(&mut self, rest: &'a [u8]) {
        let (account, codes) = fields::first(rest);
        match self.role {
            Role::Notify if !rest.is_empty() => self.bare(0, rest),
            Role::Agent if !codes.is_empty() => {
                self.account = self.source.some_text(codes);
                if !account.is_empty() {
                    self.source.keep(self.remarks, self.tag, rest);
                }
            }
            _ => self.account = self.source.some_text(rest),
        }
    }

    fn tagged(&mut self, slot: Slot, rest: &'a [u8]) {
        self.slot = slot;
        self.append(rest);
    }

    fn continuation(&mut self, rest: &'a [u8]) {
        let may_be_country = !matches!(self.slot, Slot::Bare(0) | Slot::Name);
        match self.slot {
            Slot::Country => self.contacts(rest),
            _ if may_be_country && is_country_line(rest) => self.country(rest),
            Slot::Bare(line) => self.bare(line, rest),
            _ => self.append(rest),
        }
    }

    fn append(&mut self, rest: &'a [u8]) {
        match self.slot {
            Slot::Name => self.name.push(rest, self.source),
            Slot::Place => self.set_place(rest),
            _ => self.address.push(rest, self.source),
        }
    }

    /// Name, street, place; an agent has no street. A line more than expected makes the one before part of the street.
    fn bare(&mut self, line: u8, rest: &'a [u8]) {
        self.slot = Slot::Bare(line.saturating_add(1));
        match (line, self.role) {
            (0, _) => self.name.push(rest, self.source),
            (1, Role::Agent) => self.set_place(rest),
            (1, _) => self.address.push(rest, self.source),
            _ => self.set_place(rest),
        }
    }

    fn set_place(&mut self, rest: &'a [u8]) {
        let before = std::mem::replace(&mut self.place, rest);
        self.address.push(before, self.source);
    }

    /// `US/52601/TE/4653425`
    fn country(&mut self, rest: &'a [u8]) {
        let (country, rest) = fields::first(rest);
        let (postcode, contacts) = fields::first(rest);
        self.country = Country::from_bytes(country);
        self.postcode = self.source.some_text(postcode);
        self.slot = Slot::Country;
        self.contacts(contacts);
    }

    /// `TE/4653425/FX/4653426`; what is no pair of a known kind is kept as a remark.
    fn contacts(&mut self, mut rest: &'a [u8]) {
        while !rest.is_empty() {
            let (code, after) = fields::first(rest);
            let (value, after) = fields::first(after);
            let kind = ContactKind::from_cargo_imp(code);
            let (Some(kind), false) = (kind, value.is_empty()) else {
                self.source.keep(self.remarks, self.tag, rest);
                return;
            };
            self.contacts.push(Contact { kind, value: self.source.text(value), verified: false });
            rest = after;
        }
    }

    fn finish(self) -> Party<'a> {
        let (place, state) = fields::first(self.place);
        Party {
            name: self.name.finish(self.source),
            address: self.address.finish(self.source),
            place: self.source.text(place),
            state: self.source.some_text(state),
            country: self.country,
            postcode: self.postcode,
            account: self.account,
            contacts: self.contacts,
        }
    }
}

/// A country code alone or before a slash; or no country at all but something after the slash.
fn is_country_line(rest: &[u8]) -> bool {
    match rest {
        [b'A'..=b'Z', b'A'..=b'Z'] | [b'A'..=b'Z', b'A'..=b'Z', b'/', ..] => true,
        [b'/', ..] => rest.len() > 1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(role: Role, block: &str) -> String {
        let payload = format!("FSR\n{block}\nCVD/USD");
        let mut lines = Lines::new(payload.as_bytes(), 100);
        lines.next_message();
        let opening = lines.next().unwrap();
        let mut remarks = Vec::new();
        let party = read(role, opening.tag().unwrap(), &mut lines, &mut remarks);
        assert!(lines.peek().unwrap().text.starts_with(b"CVD"), "stops at the next line identifier");
        let contacts: Vec<_> = party.contacts.iter().map(|contact| format!("{:?} {}", contact.kind, contact.value)).collect();
        let remarks: Vec<_> = remarks.iter().map(|remark| remark.text.to_string()).collect();
        format!(
            "{}|{}|{}|{}|{}|{}|{}|{}|{}",
            party.name,
            party.address,
            party.place,
            party.state.unwrap_or_default(),
            party.country.map_or(String::new(), |c| c.to_string()),
            party.postcode.unwrap_or_default(),
            party.account.unwrap_or_default(),
            contacts.join(","),
            remarks.join(",")
        )
    }

    #[test]
    fn both_shapes_give_the_same_party() {
        let expected = "ACME PUMPS|1 MILL LANE|LEEDS|WY|GB|LS1|77|Phone 441,Fax 442|";
        for block in [
            "SHP/77\nNAM/ACME PUMPS\nADR/1 MILL LANE\nLOC/LEEDS/WY\n/GB/LS1/TE/441/FX/442",
            "SHP/77\n/ACME PUMPS\n/1 MILL LANE\n/LEEDS/WY\n/GB/LS1/TE/441/FX/442",
            "SHP/77\n/ACME PUMPS\n/1 MILL LANE\n/LEEDS/WY\n/GB/LS1/TE/441\n/FX/442",
            "SHP/77\nNAM/ACME\n/PUMPS\nADR/1 MILL\n/LANE\nLOC/LEEDS/WY\n/GB/LS1/TE/441/FX/442",
            "SHP/77\nNAM/ACME\nPUMPS\nADR/1 MILL LANE\nLOC/LEEDS/WY\n/GB/LS1/TE/441/FX/442",
        ] {
            assert_eq!(party(Role::Shipper, block), expected, "{block}");
        }
    }

    #[test]
    fn missing_and_surplus_lines_find_their_place() {
        for (role, block, expected) in [
            (Role::Shipper, "SHP", "||||||||"),
            (Role::Shipper, "SHP\n/ACME\n/IN", "ACME||||IN||||"),
            (Role::Shipper, "SHP\n/ACME\n/HALL 2\n/DOCK ROAD\n/LEEDS\n/GB", "ACME|HALL 2 DOCK ROAD|LEEDS||GB||||"),
            (Role::Shipper, "SHP\nNAM/ACME\nADR/X\nLOC/LEEDS\n//LS1/TE/441", "ACME|X|LEEDS|||LS1||Phone 441|"),
            (Role::Shipper, "SHP\nNAM/ACME\nLOC/LEEDS\n/GB//TE/441/XX/9", "ACME||LEEDS||GB|||Phone 441|XX/9"),
            (Role::Notify, "NFY/ACME\n/X\n/LEEDS\n/GB", "ACME|X|LEEDS||GB||||"),
            (Role::Agent, "AGT//1234567/0012\n/ACME FREIGHT\n/LEEDS", "ACME FREIGHT||LEEDS||||1234567/0012||"),
            (Role::Agent, "AGT/55/1234567\n/ACME FREIGHT", "ACME FREIGHT||||||1234567||55/1234567"),
        ] {
            assert_eq!(party(role, block), expected, "{block}");
        }
    }
}

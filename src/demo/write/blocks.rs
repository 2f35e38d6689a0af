//! Parts that several messages share: quantities, parties, customs notes, charges.

use super::super::declare::kilograms;
use super::Parties;
use super::lines::Lines;
use crate::model::{Charges, Code, Consignment, ContactKind, CustomsNote, Dimensions, Money, Party, Quantity, ShipmentCode};

/// `T6K120.5MC0.31T12`
pub fn quantity(quantity: &Quantity) -> String {
    let code = match quantity.code {
        ShipmentCode::Total => 'T',
        ShipmentCode::Part => 'P',
        ShipmentCode::Split => 'S',
        ShipmentCode::Divided => 'D',
        ShipmentCode::Multi => 'M',
    };
    let mut text = String::new();
    if let Some(pieces) = quantity.pieces {
        text = format!("{code}{pieces}");
    }
    if let Some(weight_g) = quantity.weight_g {
        text += &format!("K{}", kilograms(weight_g));
    }
    match (quantity.volume_cm3, quantity.density_group) {
        (Some(volume_cm3), _) => text += &volume(volume_cm3),
        (None, Some(group)) => text += &format!("DG{group}"),
        (None, None) => {}
    }
    if let Some(total) = quantity.total_pieces {
        text += &format!("T{total}");
    }
    text
}

/// `MC0.31`
pub fn volume(volume_cm3: u64) -> String {
    format!("MC{}.{:02}", volume_cm3 / 1_000_000, volume_cm3 / 10_000 % 100)
}

/// `CMT80-40-20/4`, with `K12.5/` before it where the weight is stated.
pub fn dimensions(size: &Dimensions) -> String {
    let weight = size.weight_g.map(kilograms).map(|weight| format!("K{weight}")).unwrap_or_default();
    format!("{weight}/CMT{}-{}-{}/{}", size.length_mm / 10, size.width_mm / 10, size.height_mm / 10, size.pieces)
}

pub fn code<const N: usize>(code: &Option<Code<N>>) -> &str {
    code.as_deref().unwrap_or_default()
}

/// `FRAJFK`
pub fn pair<const N: usize>(from: &Option<Code<N>>, to: &Option<Code<N>>) -> String {
    format!("{}{}", code(from), code(to))
}

pub fn party(lines: &mut Lines, tag: &str, party: &Party<'_>, shape: Parties) {
    let account = party.account.as_deref().map(|account| format!("/{account}")).unwrap_or_default();
    lines.line(&format!("{tag}{account}"));
    let [name, address, place] = match shape {
        Parties::Bare => ["", "", ""],
        Parties::Tagged => ["NAM", "ADR", "LOC"],
    };
    for (head, text) in [(name, &party.name), (address, &party.address)] {
        if !text.is_empty() {
            lines.line(&format!("{head}/{text}"));
        }
    }
    let state = party.state.as_deref().map(|state| format!("/{state}")).unwrap_or_default();
    lines.line(&format!("{place}/{}{state}", party.place));
    country(lines, party);
}

/// `/US/10019/TE/12125550199`. E-mail addresses and persons stand in customs notes.
fn country(lines: &mut Lines, party: &Party<'_>) {
    let Some(country) = party.country else { return };
    let postcode = party.postcode.as_deref().unwrap_or_default();
    let mut contacts = String::new();
    for contact in &party.contacts {
        let kind = match contact.kind {
            ContactKind::Phone => "TE",
            ContactKind::Fax => "FX",
            ContactKind::Telex => "TL",
            ContactKind::Email | ContactKind::Person => continue,
        };
        contacts += &format!("/{kind}/{}", contact.value);
    }
    let empty = postcode.is_empty() && contacts.is_empty();
    lines.line(&if empty { format!("/{country}") } else { format!("/{country}/{postcode}{contacts}") });
}

/// The first note stands behind `OCI`, the others in continuation lines.
pub fn notes(lines: &mut Lines, notes: &[CustomsNote<'_>]) {
    for (index, note) in notes.iter().enumerate() {
        let head = if index == 0 { "OCI" } else { "" };
        lines.line(&format!("{head}/{}/{}/{}/{}", code(&note.country), code(&note.subject), code(&note.code), note.text));
    }
}

pub fn handling(bill: &Consignment<'_>) -> String {
    bill.handling.iter().map(|code| format!("/{code}")).collect()
}

/// `CVD/USD/PX/PP/NVD/5696.00/XXX`; a house bill has no charge code.
pub fn values(lines: &mut Lines, charges: &Charges) {
    if !charges.declared {
        return;
    }
    let charge_code = charges.charge_code.map(|code| format!("/{code}")).unwrap_or_default();
    let value = |value: Option<Money>, none: &str| value.map(money).unwrap_or_else(|| none.to_owned());
    lines.line(&format!(
        "CVD/{}{charge_code}/{}/{}/{}/{}",
        code(&charges.currency),
        code(&charges.prepaid_collect),
        value(charges.carriage_value, "NVD"),
        value(charges.customs_value, "NCV"),
        value(charges.insurance_value, "XXX"),
    ));
}

pub fn money(money: Money) -> String {
    let hundredths = money.hundredths.unsigned_abs();
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

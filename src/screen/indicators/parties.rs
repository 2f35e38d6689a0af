//! D5, D6, P2 to P5: parties that are not who the goods are for, accounts that nobody knows, claims that do not fit together.

use super::{BOTH, CUSTOMS, Finding, Indicator, Needs, SECURITY, Threat, words};
use crate::codes::{countries, lists, phones};
use crate::model::{BillKind, ContactKind, Party, RegulatedEntity};
use crate::screen::facts::Facts;

pub(super) const FORWARDER_CONSIGNEE: Indicator = Indicator {
    id: "D5",
    title: "Consignee is a forwarder",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud, Threat::Explosives],
    weight: 20,
    needs: Needs::Message,
    source: "PACT implementation guide 1.9, section 4: the real consignee, not the consolidator",
    about: "the consignee of a house bill or direct waybill is named as the agent is, or has a forwarder's word in its name",
    check: |facts| {
        let consignment = facts.consignment;
        if consignment.kind == BillKind::Consolidation {
            return None;
        }
        let name = consignment.consignee.as_ref().map(|party| party.name.as_str()).filter(|name| !name.is_empty())?;
        let is_agent = consignment.agent.as_ref().is_some_and(|agent| agent.name.trim().eq_ignore_ascii_case(name.trim()));
        let reason = if is_agent { "is the agent" } else { words::forwarder(name).map(|_| "is named like a forwarder")? };
        Some(Finding::new(format!("the consignee \"{name}\" {reason}")).value("consignee_name", name))
    },
};

pub(super) const UNDECLARED_CONSOLIDATION: Indicator = Indicator {
    id: "D6",
    title: "Undeclared consolidation",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Fraud, Threat::Explosives],
    weight: 35,
    needs: Needs::Message,
    source: "PACT implementation guide 1.9, table 9: MISSING_CONSOL_INDI",
    about: "a direct waybill goes from forwarder to forwarder, or its description says consolidation",
    check: |facts| {
        let consignment = facts.consignment;
        if consignment.kind != BillKind::Direct {
            return None;
        }
        if let Some(term) = facts.term(crate::codes::terms::Lexicon::Consolidation) {
            let text = format!("a direct waybill describes its goods as \"{term}\"");
            return Some(Finding::new(text).value("goods", facts.goods()).error("MISSING_CONSOL_INDI"));
        }
        let name =
            |party: &'_ Option<Party<'_>>| party.as_ref().filter(|party| words::forwarder(&party.name).is_some()).is_some();
        if !(name(&consignment.shipper) && name(&consignment.consignee)) {
            return None;
        }
        let names =
            [&consignment.shipper, &consignment.consignee].map(|party| party.as_ref().map_or("", |party| party.name.as_str()));
        let text = format!("a direct waybill goes from forwarder \"{}\" to forwarder \"{}\"", names[0], names[1]);
        let finding = Finding::new(text).value("shipper_name", names[0]).value("consignee_name", names[1]);
        Some(finding.error("MISSING_CONSOL_INDI"))
    },
};

pub(super) const NEW_ACCOUNT: Indicator = Indicator {
    id: "P2",
    title: "New customer account",
    domains: BOTH,
    threats: &[Threat::Explosives, Threat::Drugs, Threat::Counterfeit],
    weight: 20,
    needs: Needs::Message,
    source: "Enhanced ACAS, 90 FR 52796: account establishment date",
    about: "the account was established less than 30 days before the message, or after it",
    check: |facts| {
        let days = facts.account_age_days().filter(|days| *days < NEW_ACCOUNT_DAYS)?;
        let text = match days {
            ..0 => "the customer account was established after this message".into(),
            _ => format!("the customer account is {days} days old"),
        };
        Some(Finding::new(text).value("account_age_days", days))
    },
};

pub(super) const UNTRACEABLE_PAYMENT: Indicator = Indicator {
    id: "P3",
    title: "Payment that is hard to trace",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Wildlife, Threat::Explosives],
    weight: 20,
    needs: Needs::Message,
    source: "Enhanced ACAS, 90 FR 52796: billing type",
    about: "the account pays in cash, cryptocurrency or person to person; the charge code PP alone says nothing",
    check: |facts| {
        let billing = facts.account()?.billing.as_ref().filter(|billing| UNTRACEABLE.contains(&billing.as_str()))?;
        let meaning = lists::meaning(lists::BILLING, billing).unwrap_or_default();
        Some(Finding::new(format!("the account is billed by {billing} ({meaning})")).value("billing", billing))
    },
};

pub(super) const UNKNOWN_CONSIGNOR: Indicator = Indicator {
    id: "P4",
    title: "Known consignor claimed and denied",
    domains: SECURITY,
    threats: &[Threat::Explosives],
    weight: 45,
    needs: Needs::Message,
    source: "Regulation (EU) 2015/1998, 6.3.2 and 6.4; Enhanced ACAS, 90 FR 52796: known consignor indicator",
    about: "the filing says the consignor is not known, the security status rests on a known consignor alone",
    check: |facts| {
        let denied = facts.account()?.known_consignor == Some(false);
        let secure = facts.security_status().filter(|status| matches!(*status, "SPX" | "SHR"));
        if !denied || !facts.screening_methods().is_empty() || !facts.exemptions().is_empty() {
            return None;
        }
        let consignor = facts.consignment.security.iter().filter_map(|declaration| declaration.received_from.as_ref());
        let consignor = consignor.into_iter().find(|entity| entity.category.is_some_and(|category| category == "KC"))?;
        let text = format!("{} from known consignor {}, but the filing says the consignor is not known", secure?, consignor.id);
        Some(Finding::new(text).value("known_consignor", false).value("received_from", &consignor.id))
    },
};

pub(super) const EXPIRED_ENTITY: Indicator = Indicator {
    id: "P4-expired",
    title: "Regulated entity expired",
    domains: SECURITY,
    threats: &[Threat::Explosives],
    weight: 30,
    needs: Needs::Message,
    source: "Regulation (EU) 2015/1998, 6.3.2.6: regulated entity and its expiry",
    about: "the last valid month of an issuer, acceptor or consignor in the security declaration lies before the message",
    check: |facts| {
        if facts.consignment.security.is_empty() {
            return None;
        }
        let now = facts.received.civil();
        let now = (now.year(), now.month().unsigned_abs());
        let entity = entities(facts).find(|entity| entity.expiry.is_some_and(|expiry| expiry < now))?;
        let (year, month) = entity.expiry?;
        let category = entity.category.as_deref().unwrap_or("entity");
        let text = format!("{category} {} was valid until {year}-{month:02}", entity.id);
        Some(Finding::new(text).value("entity", &entity.id).value("expiry", format_args!("{year}-{month:02}")))
    },
};

pub(super) const FOREIGN_PHONE: Indicator = Indicator {
    id: "P5",
    title: "Phone number of another country",
    domains: BOTH,
    threats: &[Threat::Drugs, Threat::Counterfeit],
    weight: 10,
    needs: Needs::Message,
    source: "common targeting practice; ITU-T E.164",
    about: "an international phone number of shipper or consignee belongs to another area than its address",
    check: |facts| {
        let (role, country, number) = people(facts).find_map(|(role, party)| {
            let country = party.country?;
            let numbers = party.contacts.iter().filter(|contact| contact.kind == ContactKind::Phone);
            let number = numbers
                .filter_map(|contact| phones::international(&contact.value))
                .find(|number| is_foreign(number, &country))?;
            Some((role, country, number))
        })?;
        let owner = phones::countries(number).next()?;
        let text = format!("the {role} in {country} has a phone number of {owner}");
        Some(Finding::new(text).value("address country", country).value("phone country", owner))
    },
};

pub(super) const FREE_MAIL: Indicator = Indicator {
    id: "P5-freemail",
    title: "Company with a free mail address",
    domains: CUSTOMS,
    threats: &[Threat::Counterfeit, Threat::Drugs],
    weight: 5,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "shipper or consignee has a company's name and only e-mail addresses of free providers",
    check: |facts| {
        let (role, domain) = people(facts).find_map(|(role, party)| {
            let mut domains = party.contacts.iter().filter(|contact| contact.kind == ContactKind::Email);
            let first = domains.next().and_then(|contact| free_domain(&contact.value))?;
            let all = domains.all(|contact| free_domain(&contact.value).is_some());
            (all && words::company(&party.name).is_some()).then_some((role, first))
        })?;
        Some(Finding::new(format!("the {role} is a company with an address at {domain}")).value("mail domain", domain))
    },
};

fn people<'f>(facts: &Facts<'f>) -> impl Iterator<Item = (&'static str, &'f Party<'f>)> {
    let shipper = facts.consignment.shipper.as_ref().map(|party| ("shipper", party));
    let consignee = facts.consignment.consignee.as_ref().map(|party| ("consignee", party));
    shipper.into_iter().chain(consignee)
}

fn entities<'f>(facts: &Facts<'f>) -> impl Iterator<Item = &'f RegulatedEntity<'f>> {
    let declarations = &facts.consignment.security;
    declarations.iter().flat_map(|it| it.issuer.iter().chain(&it.acceptor).chain(&it.received_from))
}

/// False for a number whose calling code is not known.
fn is_foreign(number: &str, country: &str) -> bool {
    let mut owners = phones::countries(number).peekable();
    owners.peek().is_some() && owners.all(|owner| !countries::same_area(owner, country))
}

fn free_domain(address: &str) -> Option<&'static str> {
    let (_, domain) = address.rsplit_once('@')?;
    FREE_DOMAINS.iter().find(|free| domain.eq_ignore_ascii_case(free)).copied()
}

const NEW_ACCOUNT_DAYS: i64 = 30;

static UNTRACEABLE: &[&str] = &["CSH", "CTO", "MBL"];

static FREE_DOMAINS: &[&str] = &[
    "163.com",
    "126.com",
    "aol.com",
    "gmail.com",
    "gmx.com",
    "gmx.de",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mail.ru",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "tutanota.com",
    "yahoo.com",
    "yandex.ru",
];

#[cfg(test)]
mod tests {
    use super::super::cases::{check, hits, misses};
    use super::*;

    #[test]
    fn a_forwarder_is_no_consignee_of_a_house_or_direct_bill() {
        hits(
            &FORWARDER_CONSIGNEE,
            &[
                (
                    r#"{"consignee": {"name": "HARBOUR LOGISTICS LLC"}}"#,
                    r#"the consignee "HARBOUR LOGISTICS LLC" is named like a forwarder"#,
                    "consignee_name=HARBOUR LOGISTICS LLC",
                ),
                (
                    r#"{"consignee": {"name": "QUAY PARTNERS"}, "agent": {"name": "Quay Partners"}}"#,
                    r#"the consignee "QUAY PARTNERS" is the agent"#,
                    "consignee_name=QUAY PARTNERS",
                ),
            ],
        );
        misses(
            &FORWARDER_CONSIGNEE,
            &[
                r#"{"consignee": {"name": "LOGISTICSOFT INC"}}"#,
                r#"{"kind": "consolidation", "consignee": {"name": "HARBOUR LOGISTICS LLC"}}"#,
                r#"{"consignee": null}"#,
            ],
        );
    }

    #[test]
    fn a_direct_waybill_between_forwarders_is_a_consolidation() {
        hits(
            &UNDECLARED_CONSOLIDATION,
            &[
                (
                    r#"{"shipper": {"name": "NORTH CARGO"}, "consignee": {"name": "SOUTH FREIGHT INC"}}"#,
                    r#"a direct waybill goes from forwarder "NORTH CARGO" to forwarder "SOUTH FREIGHT INC""#,
                    "shipper_name=NORTH CARGO; consignee_name=SOUTH FREIGHT INC",
                ),
                (
                    r#"{"goods": [{"description": "CONSOLIDATION AS PER ATTACHED LIST"}]}"#,
                    r#"a direct waybill describes its goods as "CONSOLIDATION AS PER ATTACHED LIST""#,
                    "goods=CONSOLIDATION AS PER ATTACHED LIST",
                ),
            ],
        );
        misses(
            &UNDECLARED_CONSOLIDATION,
            &[
                r#"{"consignee": {"name": "SOUTH FREIGHT INC"}}"#,
                r#"{"kind": "consolidation", "goods": [{"description": "CONSOLIDATION"}]}"#,
            ],
        );
        let found = check(&UNDECLARED_CONSOLIDATION, r#"{"goods": [{"description": "CONSOL"}]}"#).unwrap();
        assert_eq!(found.errors, ["MISSING_CONSOL_INDI"]);
    }

    #[test]
    fn an_account_is_new_for_thirty_days() {
        hits(
            &NEW_ACCOUNT,
            &[
                (
                    r#"{"account": {"established": "2026-02-20T00:00:00Z"}}"#,
                    "the customer account is 9 days old",
                    "account_age_days=9",
                ),
                (
                    r#"{"account": {"established": "2026-03-05T00:00:00Z"}}"#,
                    "the customer account was established after this message",
                    "account_age_days=-4",
                ),
            ],
        );
        misses(&NEW_ACCOUNT, &[r#"{"account": {"established": "2026-01-30T00:00:00Z"}}"#, r#"{"account": {"holder": "S"}}"#]);
    }

    #[test]
    fn cash_and_cryptocurrency_are_hard_to_trace() {
        hits(
            &UNTRACEABLE_PAYMENT,
            &[(r#"{"account": {"billing": "CTO"}}"#, "the account is billed by CTO (Cryptocurrency)", "billing=CTO")],
        );
        misses(&UNTRACEABLE_PAYMENT, &[r#"{"account": {"billing": "CHQ"}}"#, r#"{"charges": {"charge_code": "PP"}}"#]);
    }

    #[test]
    fn a_status_from_a_known_consignor_needs_one() {
        let claim = r#"{"account": {"known_consignor": false},
            "security": [{"status": "SPX", "received_from": {"category": "KC", "id": "00200-01"}}]}"#;
        hits(
            &UNKNOWN_CONSIGNOR,
            &[(
                claim,
                "SPX from known consignor 00200-01, but the filing says the consignor is not known",
                "known_consignor=false; received_from=00200-01",
            )],
        );
        misses(
            &UNKNOWN_CONSIGNOR,
            &[&claim.replace("false", "true"), &claim.replace("KC", "RA"), r#"{"account": {"known_consignor": false}}"#],
        );
    }

    #[test]
    fn an_entity_is_valid_to_the_end_of_its_month() {
        let declared = |expiry: &str| {
            format!(
                r#"{{"security": [{{"status": "SPX", "issuer": {{"category": "RA", "id": "00100-01", "expiry": {expiry}}}}}]}}"#
            )
        };
        hits(
            &EXPIRED_ENTITY,
            &[(&declared("[2026, 2]"), "RA 00100-01 was valid until 2026-02", "entity=00100-01; expiry=2026-02")],
        );
        misses(&EXPIRED_ENTITY, &[&declared("[2026, 3]"), &declared("null"), r#"{"security": []}"#]);
    }

    #[test]
    fn a_phone_belongs_to_the_area_of_its_address() {
        let phone = |number: &str| format!(r#"{{"shipper": {{"contacts": [{{"kind": "phone", "value": "{number}"}}]}}}}"#);
        hits(
            &FOREIGN_PHONE,
            &[(
                &phone("+234 803 123 4567"),
                "the shipper in DE has a phone number of NG",
                "address country=DE; phone country=NG",
            )],
        );
        misses(&FOREIGN_PHONE, &[&phone("+31 20 1234567"), &phone("0803 123 4567"), &phone("+999 1234"), &phone("")]);
    }

    #[test]
    fn a_company_has_its_own_mail_domain() {
        let mail = |addresses: &str| format!(r#"{{"consignee": {{"contacts": {addresses}}}}}"#);
        let free = r#"[{"kind": "email", "value": "bridge.tools@GMAIL.com"}]"#;
        hits(&FREE_MAIL, &[(&mail(free), "the consignee is a company with an address at gmail.com", "mail domain=gmail.com")]);
        let both = r#"[{"kind": "email", "value": "a@gmail.com"}, {"kind": "email", "value": "a@bridge.example"}]"#;
        let person = r#"{"consignee": {"name": "JANE ROE", "contacts": [{"kind": "email", "value": "jane@gmail.com"}]}}"#;
        misses(&FREE_MAIL, &[&mail(both), person]);
    }
}

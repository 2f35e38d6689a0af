//! A1, A2: security declarations that cannot be true as they stand.

use super::{Finding, Indicator, Needs, SECURITY, Threat};
use crate::codes::lists;
use crate::model::{RegulatedEntity, SecurityDeclaration, Timestamp};
use crate::screen::facts::Facts;

pub(super) const UNSUPPORTED: Indicator = Indicator {
    id: "A1",
    title: "Secure status without a ground",
    domains: SECURITY,
    threats: &[Threat::Explosives],
    weight: 45,
    needs: Needs::Message,
    source: "e-CSD rules (IATA OCI mapping 3.2; Regulation (EU) 2015/1998, 6.3.2.6): the reason for issuing the status",
    about: "SPX or SHR with an issuer or on a paperless waybill (EAW), but no method, exemption, known consignor or agent",
    check: |facts| {
        let status = secure_status(facts).filter(|_| !has_ground(facts) && account_consignor(facts).is_none())?;
        let issuer = issuer(facts);
        if issuer.is_none() && !facts.has_handling("EAW") {
            return None;
        }
        let by = issuer
            .map_or("nobody".to_owned(), |issuer| format!("{} {}", issuer.category.as_deref().unwrap_or("entity"), issuer.id));
        let text = format!("{status} issued by {by} without screening method, exemption or known consignor");
        Some(Finding::new(text).value("security_status", status).value("issuer", by))
    },
};

pub(super) const UNDECLARED: Indicator = Indicator {
    id: "A1-undeclared",
    title: "Secure status without an electronic declaration",
    domains: SECURITY,
    threats: &[Threat::Explosives, Threat::Quality],
    weight: 20,
    needs: Needs::Message,
    source: "e-CSD rules (IATA OCI mapping 3.2); a declaration on paper may travel with the goods",
    about: "SPX or SHR stands alone: no issuer, method, exemption or consignor in the message",
    check: |facts| {
        let status = secure_status(facts).filter(|_| !has_ground(facts) && account_consignor(facts).is_none())?;
        let alone = issuer(facts).is_none() && !facts.has_handling("EAW");
        let text = || format!("{status} stands alone, the message has no security declaration");
        alone.then(|| Finding::new(text()).value("security_status", status))
    },
};

pub(super) const ACCOUNT_CONSIGNOR: Indicator = Indicator {
    id: "A1-account",
    title: "Passenger status for an account consignor's goods",
    domains: SECURITY,
    threats: &[Threat::Explosives],
    weight: 50,
    needs: Needs::Message,
    source: "e-CSD rules (IATA OCI mapping 3.2): if AC applies then status SCO is mandatory",
    about: "SPX or SHR for goods from an account consignor (AC) without screening or exemption",
    check: |facts| {
        let status = secure_status(facts).filter(|_| !has_ground(facts))?;
        let consignor = account_consignor(facts)?;
        let text = format!("{status} for goods of account consignor {} without screening", consignor.id);
        Some(Finding::new(text).value("security_status", status).value("received_from", &consignor.id))
    },
};

pub(super) const CONFLICT: Indicator = Indicator {
    id: "A1-conflict",
    title: "Contradicting security statuses",
    domains: SECURITY,
    threats: &[Threat::Explosives, Threat::Quality],
    weight: 40,
    needs: Needs::Message,
    source: "e-CSD rules (IATA OCI mapping 3.2): one security status a consignment",
    about: "the message states NSC beside a secure status, or SCO beside SPX or SHR",
    check: |facts| {
        let stated = |code: &str| facts.has_handling(code) || statuses(facts).any(|status| status == code);
        let passenger = ["SPX", "SHR"].into_iter().find(|code| stated(code));
        let cargo = stated("SCO").then_some("SCO");
        let (low, high) = match (stated("NSC"), cargo, passenger) {
            (true, Some(high), _) | (true, None, Some(high)) => ("NSC", high),
            (false, Some(low), Some(high)) => (low, high),
            _ => return None,
        };
        let text = format!("the message states both {low} and {high}");
        Some(Finding::new(text).value("security_status", format_args!("{low}, {high}")))
    },
};

pub(super) const WRONG_ISSUER: Indicator = Indicator {
    id: "A1-issuer",
    title: "Status issued by a consignor",
    domains: SECURITY,
    threats: &[Threat::Explosives],
    weight: 30,
    needs: Needs::Message,
    source: "Regulation (EU) 2015/1998, 6.3.2: regulated agents and carriers issue the status",
    about: "the issuer of the security status is a known or account consignor",
    check: |facts| {
        let issuer = issuer(facts).filter(|issuer| issuer.category.is_some_and(|it| it == "KC" || it == "AC"))?;
        let category = issuer.category?;
        let text = format!("the status is issued by {category} {}, which cannot issue one", issuer.id);
        Some(Finding::new(text).value("issuer_category", category))
    },
};

pub(super) const UNSUITABLE_METHOD: Indicator = Indicator {
    id: "A2",
    title: "Screening method does not suit the goods",
    domains: SECURITY,
    threats: &[Threat::Explosives],
    weight: 20,
    needs: Needs::Message,
    source: "Regulation (EU) 2015/1998, 6.2.1: the method most likely to detect, given the nature of the consignment",
    about: "only x-ray, visual check or metal detection for shipper-built units (BUP) or goods above 2,000 kg/m³ from 0.1 m³ on",
    check: |facts| {
        let methods = facts.screening_methods();
        if methods.is_empty() || !methods.iter().all(|method| SURFACE.contains(&method)) {
            return None;
        }
        let dense = facts.volume_m3().is_some_and(|volume| volume >= 0.1);
        let density = facts.density_kg_m3().filter(|density| dense && *density > DENSE_KG_M3);
        let goods = match density {
            Some(density) => format!("goods of {density:.0} kg/m³"),
            None if facts.has_handling("BUP") => "a shipper-built unit (BUP)".into(),
            None => return None,
        };
        let methods = methods.iter().collect::<Vec<_>>().join(", ");
        Some(Finding::new(format!("{goods} screened by {methods} only")).value("screening_methods", methods))
    },
};

pub(super) const UNKNOWN_METHOD: Indicator = Indicator {
    id: "A2-method",
    title: "Unknown screening method",
    domains: SECURITY,
    threats: &[Threat::Explosives, Threat::Quality],
    weight: 15,
    needs: Needs::Message,
    source: "ONE Record code list ScreeningMethod 2026-07; the list may grow",
    about: "none of the stated screening methods is listed",
    check: |facts| {
        let methods = facts.screening_methods();
        let known = |method: &str| lists::meaning(lists::SCREENING_METHODS, method).is_some();
        let first = methods.get(0).filter(|_| !methods.iter().any(known))?;
        Some(Finding::new(format!("\"{first}\" is no listed screening method")).value("screening_method", first))
    },
};

pub(super) const SCREENING_TIME: Indicator = Indicator {
    id: "A2-time",
    title: "Impossible time of screening",
    domains: SECURITY,
    threats: &[Threat::Explosives],
    weight: 35,
    needs: Needs::Message,
    source: "e-CSD rules (IATA OCI mapping 3.2): date and time when the status was issued",
    about: "screening is stated for a time after the departure or after the message, with 14 hours allowed for local time",
    check: |facts| {
        let screened = facts.screened_at()?;
        let (name, bound) = match facts.departure().filter(|departure| is_after(screened, *departure)) {
            Some(departure) => ("departure", departure),
            None => ("received", Some(facts.received).filter(|received| is_after(screened, *received))?),
        };
        let event = if name == "departure" { "the departure" } else { "the message itself" };
        let text = format!("screened at {screened}, after {event} at {bound}");
        Some(Finding::new(text).value("screened_at", screened).value(name, bound))
    },
};

/// SPX or SHR: may fly on passenger aircraft.
fn secure_status<'f>(facts: &Facts<'f>) -> Option<&'f str> {
    facts.security_status().filter(|status| matches!(*status, "SPX" | "SHR"))
}

/// A method, an exemption, an accepting agent, or goods received from a known consignor or regulated agent.
fn has_ground(facts: &Facts<'_>) -> bool {
    let received = |it: &SecurityDeclaration<'_>| it.received_from.as_ref().is_some_and(|from| !is_account(from));
    let handed_on = facts.consignment.security.iter().any(|it| it.acceptor.is_some() || received(it));
    handed_on || !facts.screening_methods().is_empty() || !facts.exemptions().is_empty()
}

fn account_consignor<'f>(facts: &Facts<'f>) -> Option<&'f RegulatedEntity<'f>> {
    facts.consignment.security.iter().filter_map(|it| it.received_from.as_ref()).find(|from| is_account(from))
}

fn is_account(entity: &RegulatedEntity<'_>) -> bool {
    entity.category.is_some_and(|category| category == "AC")
}

fn issuer<'f>(facts: &Facts<'f>) -> Option<&'f RegulatedEntity<'f>> {
    facts.consignment.security.iter().find_map(|it| it.issuer.as_ref())
}

fn statuses<'f>(facts: &Facts<'f>) -> impl Iterator<Item = &'f str> {
    facts.consignment.security.iter().filter_map(|it| it.status.as_deref())
}

/// Local times are read as UTC: nobody's clock is more than 14 hours ahead of it.
fn is_after(screened: Timestamp, bound: Timestamp) -> bool {
    screened.minutes_since(bound) > CLOCK_AHEAD_MINUTES
}

const CLOCK_AHEAD_MINUTES: i64 = 14 * 60;
const DENSE_KG_M3: f64 = 2_000.0;

/// Methods that see the outside, or what lies in the way.
static SURFACE: &[&str] = &["XRY", "VCK", "CMD"];

#[cfg(test)]
mod tests {
    use super::super::cases::{hits, misses};
    use super::*;

    const BARE: &str = r#"{"security": [{"status": "SPX", "issuer": {"category": "RA", "id": "00100-01"}}]}"#;

    fn declared(fields: &str) -> String {
        BARE.replace("}]}", &format!(", {fields}}}]}}"))
    }

    #[test]
    fn a_secure_status_has_a_ground() {
        hits(
            &UNSUPPORTED,
            &[
                (
                    BARE,
                    "SPX issued by RA 00100-01 without screening method, exemption or known consignor",
                    "security_status=SPX; issuer=RA 00100-01",
                ),
                (
                    r#"{"handling": ["SHR", "EAW"], "security": []}"#,
                    "SHR issued by nobody without screening method, exemption or known consignor",
                    "security_status=SHR; issuer=nobody",
                ),
            ],
        );
        misses(
            &UNSUPPORTED,
            &[
                &declared(r#""methods": ["XRY"]"#),
                &declared(r#""exemptions": ["BIOM"]"#),
                &declared(r#""received_from": {"category": "KC", "id": "1"}"#),
                &declared(r#""received_from": {"category": "AC", "id": "1"}"#),
                &declared(r#""acceptor": {"category": "RA", "id": "2"}"#),
                &BARE.replace("SPX", "NSC"),
                r#"{"handling": ["SPX"], "security": []}"#,
            ],
        );
    }

    #[test]
    fn a_status_alone_is_a_lesser_thing() {
        hits(
            &UNDECLARED,
            &[(
                r#"{"handling": ["SPX", "EAP"], "security": []}"#,
                "SPX stands alone, the message has no security declaration",
                "security_status=SPX",
            )],
        );
        misses(&UNDECLARED, &[BARE, r#"{"handling": ["SPX", "EAW"], "security": []}"#, r#"{"handling": [], "security": []}"#]);
    }

    #[test]
    fn goods_of_an_account_consignor_fly_on_freighters() {
        let account = declared(r#""received_from": {"category": "AC", "id": "12345ABCDE"}"#);
        hits(
            &ACCOUNT_CONSIGNOR,
            &[(
                &account,
                "SPX for goods of account consignor 12345ABCDE without screening",
                "security_status=SPX; received_from=12345ABCDE",
            )],
        );
        let screened = declared(r#""methods": ["EDD"], "received_from": {"category": "AC", "id": "1"}"#);
        misses(&ACCOUNT_CONSIGNOR, &[&screened, &account.replace("SPX", "SCO"), &account.replace("\"AC\"", "\"KC\"")]);
    }

    #[test]
    fn one_status_a_consignment() {
        hits(
            &CONFLICT,
            &[
                (r#"{"handling": ["SPX", "NSC"]}"#, "the message states both NSC and SPX", "security_status=NSC, SPX"),
                (r#"{"handling": ["SCO"]}"#, "the message states both SCO and SPX", "security_status=SCO, SPX"),
            ],
        );
        misses(&CONFLICT, &[r#"{"handling": ["SPX", "SHR"]}"#, r#"{"handling": ["NSC"], "security": []}"#]);
    }

    #[test]
    fn a_consignor_issues_no_status() {
        let issued = |category: &str| BARE.replace("RA", category);
        hits(
            &WRONG_ISSUER,
            &[(&issued("KC"), "the status is issued by KC 00100-01, which cannot issue one", "issuer_category=KC")],
        );
        misses(&WRONG_ISSUER, &[&issued("RC"), r#"{"security": []}"#]);
    }

    #[test]
    fn the_method_suits_the_goods() {
        let screened =
            |methods: &str, rest: &str| format!(r#"{{"security": [{{"status": "SPX", "methods": {methods}}}], {rest}}}"#);
        let dense = r#""quantity": {"weight_g": 2000000, "volume_cm3": 500000}"#;
        hits(
            &UNSUITABLE_METHOD,
            &[
                (&screened(r#"["XRY"]"#, dense), "goods of 4000 kg/m³ screened by XRY only", "screening_methods=XRY"),
                (
                    &screened(r#"["XRY", "VCK"]"#, r#""handling": ["BUP"]"#),
                    "a shipper-built unit (BUP) screened by XRY, VCK only",
                    "screening_methods=XRY, VCK",
                ),
            ],
        );
        misses(
            &UNSUITABLE_METHOD,
            &[
                &screened(r#"["XRY", "EDD"]"#, dense),
                &screened(r#"["XRY"]"#, r#""handling": ["SPX"]"#),
                &screened("[]", r#""handling": ["BUP"]"#),
            ],
        );
    }

    #[test]
    fn some_method_is_a_listed_one() {
        hits(
            &UNKNOWN_METHOD,
            &[(&declared(r#""methods": ["S15"]"#), r#""S15" is no listed screening method"#, "screening_method=S15")],
        );
        misses(&UNKNOWN_METHOD, &[&declared(r#""methods": ["S15", "XRY"]"#), BARE]);
    }

    #[test]
    fn screening_precedes_message_and_departure() {
        let at = |time: &str| declared(&format!(r#""screened_at": ["{time}"]"#));
        let left = r#", "flights": [{"departure": "2026-02-27T10:00:00Z"}]}"#;
        let mut departed = at("2026-03-01T08:00:00Z");
        departed.truncate(departed.len() - 1);
        departed.push_str(left);
        hits(
            &SCREENING_TIME,
            &[
                (
                    &at("2026-03-02T03:00:00Z"),
                    "screened at 2026-03-02T03:00:00Z, after the message itself at 2026-03-01T12:00:00Z",
                    "screened_at=2026-03-02T03:00:00Z; received=2026-03-01T12:00:00Z",
                ),
                (
                    &departed,
                    "screened at 2026-03-01T08:00:00Z, after the departure at 2026-02-27T10:00:00Z",
                    "screened_at=2026-03-01T08:00:00Z; departure=2026-02-27T10:00:00Z",
                ),
            ],
        );
        misses(&SCREENING_TIME, &[&at("2026-03-02T02:00:00Z"), BARE]);
    }
}

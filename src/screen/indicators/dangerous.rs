//! A4: dangerous goods that are not declared as such, or booked where they may not fly.

use super::{BOTH, Finding, Indicator, Needs, SECURITY, Threat};
use crate::codes::dangerous::{self, Aircraft};
use crate::codes::handling;
use crate::codes::terms::Lexicon;

pub(super) const UNDECLARED: Indicator = Indicator {
    id: "A4",
    title: "Hints of undeclared dangerous goods",
    domains: BOTH,
    threats: &[Threat::Safety, Threat::Explosives],
    weight: 30,
    needs: Needs::Message,
    source: "IATA Dangerous Goods Regulations 2.2, hidden dangerous goods",
    about: "the description names usually dangerous goods, without a UN number, a dangerous goods handling code or a denial",
    check: |facts| {
        let term = facts.term(Lexicon::Dangerous)?;
        let declared = handling::DANGEROUS_GOODS.iter().any(|code| facts.has_handling(code));
        if declared || !facts.dangerous_goods().is_empty() || facts.term(Lexicon::NotDangerous).is_some() {
            return None;
        }
        let text = format!("the description names \"{term}\", no dangerous goods are declared");
        Some(Finding::new(text).value("goods", facts.goods()))
    },
};

pub(super) const AIRCRAFT: Indicator = Indicator {
    id: "A4-aircraft",
    title: "Dangerous goods without the aircraft they need",
    domains: SECURITY,
    threats: &[Threat::Safety, Threat::Explosives],
    weight: 30,
    needs: Needs::Message,
    source: "49 CFR 172.101, columns 9A and 9B",
    about: "a UN number that no packing allows on passenger aircraft, without CAO; or one forbidden on any aircraft",
    check: |facts| {
        let numbers = facts.dangerous_goods();
        let (number, goods) = numbers.iter().find_map(|number| {
            let goods = dangerous::find(number)?;
            let misplaced = goods.aircraft == Aircraft::CargoOnly && !facts.has_handling("CAO");
            (misplaced || goods.aircraft == Aircraft::Forbidden).then_some((number, goods))
        })?;
        let rule = match goods.aircraft {
            Aircraft::Forbidden => "forbidden on any aircraft",
            _ => "for cargo aircraft only, without CAO",
        };
        let text = format!("{number} ({}) is {rule}", goods.name);
        Some(Finding::new(text).value("dangerous_goods", number).value("class", goods.class))
    },
};

#[cfg(test)]
mod tests {
    use super::super::cases::{hits, misses};
    use super::*;

    #[test]
    fn goods_that_usually_are_dangerous_are_declared_or_denied() {
        let goods = |text: &str, rest: &str| format!(r#"{{"goods": [{{"description": "{text}"}}]{rest}}}"#);
        hits(
            &UNDECLARED,
            &[(
                &goods("power banks", ""),
                r#"the description names "POWER BANK", no dangerous goods are declared"#,
                "goods=POWER BANKS",
            )],
        );
        misses(
            &UNDECLARED,
            &[
                &goods("power banks", r#", "handling": ["ELI"]"#),
                &goods("power banks", r#", "dangerous_goods": ["UN3480"]"#),
                &goods("lamps, no batteries", ""),
                &goods("battery chargers", ""),
            ],
        );
    }

    #[test]
    fn a_un_number_flies_where_it_may() {
        let number = |number: &str, handling: &str| format!(r#"{{"dangerous_goods": ["{number}"], "handling": {handling}}}"#);
        hits(
            &AIRCRAFT,
            &[
                (
                    &number("UN3480", r#"["RLI"]"#),
                    "UN3480 (Lithium ion batteries including lithium ion polymer …) is for cargo aircraft only, without CAO",
                    "dangerous_goods=UN3480; class=9",
                ),
                (
                    &number("UN1541", r#"["CAO"]"#),
                    "UN1541 (Acetone cyanohydrin, stabilized) is forbidden on any aircraft",
                    "dangerous_goods=UN1541; class=6.1",
                ),
            ],
        );
        misses(&AIRCRAFT, &[&number("UN3480", r#"["CAO"]"#), &number("UN3481", "[]"), &number("UN9999", "[]")]);
    }
}

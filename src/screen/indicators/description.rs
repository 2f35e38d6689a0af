//! D1: descriptions that say nothing about the goods.

use super::{BOTH, Finding, Indicator, Needs, Threat, placeholder};
use crate::codes::vague;
use crate::model::BillKind;

pub(super) const VAGUE: Indicator = Indicator {
    id: "D1",
    title: "Vague goods description",
    domains: BOTH,
    threats: &[Threat::Quality, Threat::Explosives, Threat::Drugs],
    weight: 30,
    needs: Needs::Message,
    source: "PACT implementation guide 1.9, section 6",
    about: "each line of the description consists of listed vague terms only; not on a consolidated master",
    check: |facts| {
        let first = facts.descriptions().next()?;
        let is_consolidated = facts.consignment.kind == BillKind::Consolidation;
        if is_consolidated || !facts.descriptions().all(vague::is_vague) || placeholder::reason(facts.goods()).is_some() {
            return None;
        }
        Some(Finding::new(format!("the description \"{first}\" does not say what the goods are")).value("goods", facts.goods()))
    },
};

pub(super) const PLACEHOLDER: Indicator = Indicator {
    id: "D1-placeholder",
    title: "Placeholder instead of a goods description",
    domains: BOTH,
    threats: &[Threat::Quality, Threat::Explosives, Threat::Drugs],
    weight: 40,
    needs: Needs::Message,
    source: "PACT implementation guide 1.9, section 6",
    about: "the whole description is digits, signs, one repeated letter, a file extension or a filler word",
    check: |facts| {
        let reason = placeholder::reason(facts.goods())?;
        let text = format!("the description \"{}\" is a placeholder: {reason}", facts.goods());
        Some(Finding::new(text).value("goods", facts.goods()))
    },
};

#[cfg(test)]
mod tests {
    use super::super::cases::{hits, misses};
    use super::*;

    #[test]
    fn a_vague_description_is_found_below_master_level_only() {
        let cases = [
            (
                r#"{"goods": [{"description": "Spare parts"}]}"#,
                r#"the description "SPARE PARTS" does not say what the goods are"#,
                "goods=SPARE PARTS",
            ),
            (
                r#"{"kind": "house", "hawb": "H1", "goods": [{"description": "GIFTS"}, {"description": "SAMPLES, GOODS"}]}"#,
                r#"the description "GIFTS" does not say what the goods are"#,
                "goods=GIFTS SAMPLES, GOODS",
            ),
            (
                r#"{"kind": "house", "hawb": "H1", "goods": [{"description": "CONSOLIDATION"}]}"#,
                r#"the description "CONSOLIDATION" does not say what the goods are"#,
                "goods=CONSOLIDATION",
            ),
        ];
        hits(&VAGUE, &cases);
        misses(
            &VAGUE,
            &[
                r#"{"goods": [{"description": "SPARE PARTS FOR LATHES"}]}"#,
                r#"{"goods": [{"description": "SPARE PARTS"}, {"description": "LATHE CHUCKS"}]}"#,
                r#"{"kind": "consolidation", "goods": [{"description": "CONSOLIDATION"}]}"#,
                r#"{"goods": [{"description": "XXX"}]}"#,
                r#"{"goods": []}"#,
            ],
        );
    }

    #[test]
    fn a_placeholder_is_no_description() {
        hits(
            &PLACEHOLDER,
            &[(
                r#"{"goods": [{"description": "xxx"}]}"#,
                r#"the description "XXX" is a placeholder: one letter repeated"#,
                "goods=XXX",
            )],
        );
        misses(&PLACEHOLDER, &[r#"{"goods": [{"description": "XXX LARGE SHIRTS"}]}"#, r#"{"goods": []}"#]);
    }
}

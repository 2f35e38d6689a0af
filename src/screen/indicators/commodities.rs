//! C1 to C4 and C8: goods that are contraband, or stand close to it.

use super::{BOTH, CUSTOMS, Finding, Indicator, Needs, Threat};
use crate::codes::terms::Lexicon;
use crate::screen::facts::Facts;

pub(super) const PRECURSOR: Indicator = Indicator {
    id: "C1",
    title: "Drug or precursor named",
    domains: CUSTOMS,
    threats: &[Threat::Drugs],
    weight: 60,
    needs: Needs::Message,
    source: "UN Convention of 1988, tables I and II; INCB lists of designer precursors",
    about: "the description names a drug, a precursor or an adulterant of synthetic drugs",
    check: |facts| named(facts, Lexicon::Precursor, "a drug or precursor"),
};

pub(super) const DRUG_EQUIPMENT: Indicator = Indicator {
    id: "C1-equipment",
    title: "Machine to make tablets or capsules",
    domains: CUSTOMS,
    threats: &[Threat::Drugs],
    weight: 45,
    needs: Needs::Message,
    source: "21 CFR 1310.05: tableting and encapsulating machines are reported",
    about: "the description names a tablet press, its dies or a capsule machine",
    check: |facts| named(facts, Lexicon::DrugEquipment, "equipment to make tablets or capsules"),
};

pub(super) const PRECURSOR_HS: Indicator = Indicator {
    id: "C1-hs",
    title: "HS code of a scheduled precursor",
    domains: CUSTOMS,
    threats: &[Threat::Drugs],
    weight: 45,
    needs: Needs::Message,
    source: "Harmonized System 2022, subheadings of the substances in tables I and II of the UN Convention of 1988",
    about: "an HS code is the subheading of a precursor; where the description names it too, both count",
    check: |facts| {
        let codes = facts.hs_codes();
        let find = |code: &str| PRECURSOR_CODES.iter().find(|(known, _)| code.get(..6) == Some(known));
        let (code, (_, substance)) = codes.iter().find_map(|code| Some((code, find(code)?)))?;
        let text = format!("HS code {code} is that of {substance}");
        Some(Finding::new(text).value("hs_code", code).value("goods", facts.goods()))
    },
};

pub(super) const WILDLIFE: Indicator = Indicator {
    id: "C3",
    title: "Protected wildlife named",
    domains: CUSTOMS,
    threats: &[Threat::Wildlife],
    weight: 60,
    needs: Needs::Message,
    source: "CITES Appendix I",
    about: "the description names animals or parts of them whose commercial trade is banned",
    check: |facts| named(facts, Lexicon::Wildlife, "protected wildlife"),
};

pub(super) const WILDLIFE_PERMIT: Indicator = Indicator {
    id: "C3-permit",
    title: "Wildlife goods without a permit",
    domains: CUSTOMS,
    threats: &[Threat::Wildlife],
    weight: 30,
    needs: Needs::Message,
    source: "CITES Appendix II; IATA code list 1.16: PEA",
    about: "goods that need a CITES permit, or hunting trophies (PEA), without a certificate or licence in the customs data",
    check: |facts| {
        let trophy = facts.has_handling("PEA").then_some("PEA");
        let subject = facts.term(Lexicon::WildlifePermit).or(trophy)?;
        let permitted =
            facts.consignment.customs_notes.iter().any(|note| note.code.is_some_and(|code| code == "C" || code == "LI"));
        let text = || format!("\"{subject}\" without a permit (OCI code C or LI)");
        (!permitted).then(|| Finding::new(text()).value("goods", facts.goods()))
    },
};

pub(super) const WEAPON: Indicator = Indicator {
    id: "C4",
    title: "Weapons not handled as such",
    domains: BOTH,
    threats: &[Threat::Arms, Threat::Explosives],
    weight: 50,
    needs: Needs::Message,
    source: "Harmonized System chapter 93; IATA code list 1.16: MUW, SWP",
    about: "the description names arms or ammunition, or the HS chapter is 93, without munitions (MUW) or sporting weapons (SWP)",
    check: |facts| {
        let by_code = facts.hs_codes().iter().find(|code| code.starts_with("93"));
        let by_name = facts.term(Lexicon::Weapon);
        if by_code.is_none() && by_name.is_none() || is_declared_weapon(facts) {
            return None;
        }
        let subject = by_name.map_or_else(|| format!("HS code {}", by_code.unwrap_or_default()), |term| format!("\"{term}\""));
        Some(Finding::new(format!("{subject} without MUW or SWP")).value("goods", facts.goods()))
    },
};

pub(super) const WEAPON_PART: Indicator = Indicator {
    id: "C4-part",
    title: "Weapon parts or imitations",
    domains: CUSTOMS,
    threats: &[Threat::Arms],
    weight: 20,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "the description names parts or imitations of weapons, without munitions (MUW) or sporting weapons (SWP)",
    check: |facts| named(facts, Lexicon::WeaponPart, "parts or imitations of weapons").filter(|_| !is_declared_weapon(facts)),
};

pub(super) const CANNABIS: Indicator = Indicator {
    id: "C8",
    title: "Cannabis named",
    domains: CUSTOMS,
    threats: &[Threat::Drugs],
    weight: 60,
    needs: Needs::Message,
    source: "Single Convention on Narcotic Drugs, 1961",
    about: "the description names cannabis, its resin, its active substance or a street name",
    check: |facts| named(facts, Lexicon::Cannabis, "cannabis"),
};

pub(super) const CANNABIS_COVER: Indicator = Indicator {
    id: "C8-cover",
    title: "Usual cover for cannabis from a legal market",
    domains: CUSTOMS,
    threats: &[Threat::Drugs],
    weight: 20,
    needs: Needs::Message,
    source: "common targeting practice",
    about: "hemp, CBD, e-liquid and the like from Canada, Thailand or the United States to another country",
    check: |facts| {
        let term = facts.term(Lexicon::CannabisCover)?;
        let origin = facts.origin_country().filter(|country| LEGAL_MARKETS.contains(country))?;
        if facts.destination_country() == Some(origin) {
            return None;
        }
        let text = format!("the description names \"{term}\", the goods come from {origin}");
        Some(Finding::new(text).value("goods", facts.goods()).value("origin_country", origin))
    },
};

fn named(facts: &Facts<'_>, lexicon: Lexicon, what: &str) -> Option<Finding> {
    let term = facts.term(lexicon)?;
    Some(Finding::new(format!("the description names \"{term}\", {what}")).value("goods", facts.goods()))
}

fn is_declared_weapon(facts: &Facts<'_>) -> bool {
    facts.has_handling("MUW") || facts.has_handling("SWP")
}

static LEGAL_MARKETS: &[&str] = &["CA", "TH", "US"];

/// Subheadings that hold one scheduled substance and its salts or esters.
static PRECURSOR_CODES: &[(&str, &str)] = &[
    ("284161", "potassium permanganate"),
    ("291431", "phenylacetone (P-2-P)"),
    ("291524", "acetic anhydride"),
    ("291634", "phenylacetic acid"),
    ("292243", "anthranilic acid"),
    ("292423", "N-acetylanthranilic acid"),
    ("293291", "isosafrole"),
    ("293292", "PMK"),
    ("293293", "piperonal"),
    ("293294", "safrole"),
    ("293332", "piperidine"),
    ("293334", "fentanyls"),
    ("293336", "ANPP"),
    ("293337", "NPP"),
    ("293941", "ephedrine"),
    ("293942", "pseudoephedrine"),
    ("293944", "norephedrine"),
    ("293961", "ergometrine"),
    ("293962", "ergotamine"),
    ("293963", "lysergic acid"),
];

#[cfg(test)]
mod tests {
    use super::super::cases::{hits, misses};
    use super::*;

    fn goods(text: &str) -> String {
        format!(r#"{{"goods": [{{"description": "{text}"}}]}}"#)
    }

    fn coded(code: &str, handling: &str) -> String {
        format!(r#"{{"goods": [{{"description": "SAMPLES OF STOCK", "hs_codes": ["{code}"]}}], "handling": ["{handling}"]}}"#)
    }

    #[test]
    fn named_contraband_is_found_and_its_neighbours_are_not() {
        let cases = [
            (&PRECURSOR, "Xylazine hcl powder", "XYLAZINE", "a drug or precursor", "XYLENE POWDER"),
            (&DRUG_EQUIPMENT, "TDP 5 machine", "TDP 5", "equipment to make tablets or capsules", "TABLET PC 5"),
            (&WILDLIFE, "dried pangolin scales", "PANGOLIN SCALES", "protected wildlife", "IVORY WHITE PAPER"),
            (&WEAPON_PART, "lower receivers", "LOWER RECEIVER", "parts or imitations of weapons", "AUDIO VIDEO RECEIVERS"),
            (&CANNABIS, "thc oil in jars", "THC OIL", "cannabis", "SESAME OIL IN JARS"),
        ];
        for (indicator, description, term, what, near) in cases {
            let text = format!("the description names \"{term}\", {what}");
            let values = format!("goods={}", description.to_uppercase());
            hits(indicator, &[(&goods(description), &text, &values)]);
            misses(indicator, &[&goods(near)]);
        }
    }

    #[test]
    fn weapons_fly_as_munitions_or_sporting_weapons() {
        hits(
            &WEAPON,
            &[
                (&goods("hunting rifles"), r#""RIFLE" without MUW or SWP"#, "goods=HUNTING RIFLES"),
                (&coded("930630", "SPX"), "HS code 930630 without MUW or SWP", "goods=SAMPLES OF STOCK"),
            ],
        );
        misses(&WEAPON, &[&coded("930630", "MUW"), &coded("940630", "SPX"), &goods("toy rifles"), &goods("trifle bowls")]);
        misses(&WEAPON_PART, &[r#"{"goods": [{"description": "RIFLE SCOPES"}], "handling": ["SWP"]}"#]);
    }

    #[test]
    fn a_precursors_subheading_is_known() {
        hits(
            &PRECURSOR_HS,
            &[(
                &coded("29152400", "SPX"),
                "HS code 29152400 is that of acetic anhydride",
                "hs_code=29152400; goods=SAMPLES OF STOCK",
            )],
        );
        misses(&PRECURSOR_HS, &[&coded("291521", "SPX"), &coded("2915", "SPX")]);
        let exists = |code: &str| crate::codes::harmonized::exists(code);
        assert!(PRECURSOR_CODES.iter().all(|(code, _)| exists(code)));
    }

    #[test]
    fn wildlife_goods_have_a_permit() {
        let permit = |code: &str| format!(r#"{{"handling": ["PEA"], "customs_notes": [{{"code": "{code}", "text": "NL-55"}}]}}"#);
        hits(
            &WILDLIFE_PERMIT,
            &[
                (&goods("Dried fish maw"), r#""FISH MAW" without a permit (OCI code C or LI)"#, "goods=DRIED FISH MAW"),
                (&permit("V"), r#""PEA" without a permit (OCI code C or LI)"#, "goods=LATHE CHUCKS OF STEEL"),
            ],
        );
        misses(&WILDLIFE_PERMIT, &[&permit("LI"), &permit("C"), &goods("dried fish"), &goods("coral red lipstick")]);
    }

    #[test]
    fn a_cover_counts_from_a_legal_market_only() {
        let sent = |origin: &str, destination: &str| {
            format!(r#"{{"origin": "{origin}", "destination": "{destination}", "goods": [{{"description": "CBD OIL"}}]}}"#)
        };
        hits(
            &CANNABIS_COVER,
            &[(
                &sent("BKK", "FRA"),
                "the description names \"CBD OIL\", the goods come from TH",
                "goods=CBD OIL; origin_country=TH",
            )],
        );
        misses(&CANNABIS_COVER, &[&sent("FRA", "JFK"), &sent("LAX", "JFK"), &sent("ZZZ", "JFK")]);
    }
}

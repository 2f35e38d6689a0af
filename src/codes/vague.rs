//! Vague descriptions: terms that no authority takes for a description of goods when they stand alone.

/// True when the description (upper case) consists of vague terms only, joined by commas, slashes, `&`, `+` or AND.
pub fn is_vague(description: &str) -> bool {
    if description.len() > LEN_MAX {
        return false;
    }
    // The whole first: `S/PARTS` and the like would fall apart at the slash.
    if is_term(description) {
        return true;
    }
    let mut segments = description.split(SEPARATORS).flat_map(|part| part.split(" AND ")).peekable();
    if segments.peek().is_some_and(|first| first.len() == description.len()) {
        return false;
    }
    let mut found = false;
    let all = segments.all(|segment| {
        let empty = words(segment).next().is_none();
        found |= !empty;
        empty || is_term(segment)
    });
    found && all
}

fn is_term(segment: &str) -> bool {
    TERMS.binary_search_by(|term| term.split(' ').cmp(words(segment))).is_ok()
}

/// Words of letters and digits, leading counts (`2 PCS`) left out.
fn words(segment: &str) -> impl Iterator<Item = &str> {
    let words = segment.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.skip_while(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
}

const SEPARATORS: [char; 6] = [',', ';', '/', '&', '+', '.'];

/// Longer descriptions name something beside the listed terms.
const LEN_MAX: usize = 60;

/// Ascending by word. PACT implementation guide 1.9, section 6, with the spellings it names, singular and plural; the words of a
/// US carrier list (DAILY NECESSITIES, CONSOLIDATED, CONSOLIDATION) hold below master level.
pub static TERMS: &[&str] = &[
    "ACCESSORIES",
    "ACCESSORY",
    "ALL KIND OF CARGO",
    "ALL KIND OF GOODS",
    "ALL KINDS OF CARGO",
    "ALL KINDS OF GOODS",
    "ARTICLE",
    "ARTICLES",
    "AS PER ATTACHED",
    "AS PER ATTACHED LIST",
    "AS PER INVOICE",
    "AWB",
    "BAGGAGE",
    "BIRTHDAY GIFT",
    "BIRTHDAY GIFTS",
    "BITS",
    "BOX",
    "BOXES",
    "CARGO",
    "CASE",
    "CASES",
    "CHARITY",
    "COLLECTED ITEMS",
    "COMMODITIES",
    "COMMODITY",
    "COMPANY NAME",
    "COMPANY NAMES",
    "COMPONENT",
    "COMPONENTS",
    "CONSOL",
    "CONSOLIDATED",
    "CONSOLIDATED CARGO",
    "CONSOLIDATED SHIPMENT",
    "CONSOLIDATION",
    "CONSOLIDATION AS PER ATTACHED LIST",
    "CONSOLIDATION AS PER ATTACHED MANIFEST",
    "CONSUMER",
    "CONSUMER GOODS",
    "DAILY NECESSITIES",
    "EQP",
    "EQUIPMENT",
    "FAK",
    "FREIGHT ALL KINDS",
    "FREIGHT OF ALL KINDS",
    "FROM UPU POSTAL",
    "GDS",
    "GENERAL CARGO",
    "GIFT",
    "GIFT BOX",
    "GIFT BOXES",
    "GIFTS",
    "GIZMOS",
    "GOODS",
    "HANDLING CODES",
    "HAWB",
    "INVOICE",
    "ITEMS",
    "JOINT SHIPPING",
    "LABEL",
    "LABELS",
    "LIKEWISE",
    "LINE",
    "MAIL",
    "MATERIAL",
    "MATERIALS",
    "MERC",
    "MERCHANDISE",
    "MISC",
    "MISCELLANEOUS",
    "MISCELLANEOUS PRODUCTS",
    "MIX",
    "MIXED",
    "MODEL",
    "NONE",
    "ODD PARTS",
    "OTHER",
    "OTHERS",
    "PACKAGE",
    "PACKAGE NUMBERS",
    "PACKAGES",
    "PAD",
    "PALLET",
    "PALLETS",
    "PARCEL",
    "PARCELS",
    "PART",
    "PARTS",
    "PCES",
    "PCS",
    "PERSONAL ADDRESS",
    "PERSONAL EFFECT",
    "PERSONAL EFFECTS",
    "PIECE",
    "PIECES",
    "PLT",
    "PRE ADDRESSED PARCEL",
    "PRE ADDRESSED PARCELS",
    "PRIVATE THINGS",
    "PRODUCT",
    "PRODUCTS",
    "RETURN GOODS",
    "RETURNED GOODS",
    "S PARTS",
    "S T C",
    "SAID TO CONTAIN",
    "SAMPLE",
    "SAMPLES",
    "SAMPLES FOR ANALYSIS",
    "SCRAP",
    "SEE ATTACHED LIST",
    "SEE INVOICE",
    "SEVERAL",
    "SEVERAL GOODS",
    "SOUVENIR",
    "SOUVENIRS",
    "SPARE",
    "SPARE PART",
    "SPARE PARTS",
    "SPARES",
    "SPORTING GOODS",
    "SPPT",
    "STC",
    "STUFF",
    "SUBSTANCE",
    "TEST",
    "THINGS",
    "TOY",
    "TOYS",
    "VARIOUS",
    "VARIOUS GOODS",
    "VARIOUS ITEMS",
    "VARIOUS PRODUCTS",
    "WHITE GOODS",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_of_vague_terms_only_is_vague() {
        let cases = [
            ("PARTS", true),
            ("2 PCS", true),
            ("SPARE PARTS AND ACCESSORIES", true),
            ("GIFTS, TOYS / SAMPLES", true),
            ("S.T.C.", true),
            ("SAID TO CONTAIN", true),
            ("CONSOLIDATION", true),
            ("TOY CARS", false),
            ("CAR PARTS", false),
            ("SAID TO CONTAIN LAPTOPS", false),
            ("PARTS, BRAKE PADS", false),
            ("", false),
            (",.", false),
        ];
        for (description, expected) in cases {
            assert_eq!(is_vague(description), expected, "{description:?}");
        }
    }

    #[test]
    fn the_terms_stand_in_the_order_that_the_search_relies_on() {
        assert!(TERMS.is_sorted_by(|a, b| a.split(' ').lt(b.split(' '))));
    }
}

//! Terms: words in a goods description that mean something to a targeting officer, found in one pass over the text.
//!
//! A term is found as whole words, singular or with a plural S or ES. Of terms that overlap the longest counts, which is how a
//! harmless phrase (`TOY PISTOL`) hides the word inside it.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// What kind of word it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lexicon {
    /// Drugs, their precursors and designer precursors.
    Precursor,
    /// Machines and tools to make tablets and capsules.
    DrugEquipment,
    /// Animals, plants and parts of them in CITES Appendix I, or traded in breach of it.
    Wildlife,
    /// Wildlife goods that are legal with a permit, and usual covers.
    WildlifePermit,
    Weapon,
    /// Parts and imitations: often harmless, often the cover.
    WeaponPart,
    /// Trade marks that are often counterfeited.
    Brand,
    /// Cash, gold, stones and jewellery.
    Valuable,
    Cannabis,
    /// Goods that cannabis is sent as.
    CannabisCover,
    /// Goods that usually are dangerous goods.
    Dangerous,
    /// Says that the goods are not dangerous.
    NotDangerous,
    /// Several consignments in one.
    Consolidation,
    /// A commodity of certain HS chapters.
    Commodity,
    /// Harmless; there only to hide a term inside it.
    Harmless,
}

/// A term found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub lexicon: Lexicon,
    pub term: &'static str,
    /// What the list says about the term; for [`Lexicon::Commodity`] its HS chapters, separated by commas.
    pub note: &'static str,
    /// Byte positions in the text, the end excluded, the plural ending not included.
    pub start: usize,
    pub end: usize,
}

/// Appends the terms of `text` (upper case) to `hits`, by position.
pub fn scan(text: &str, hits: &mut Vec<Hit>) {
    let terms = terms();
    let Some(automaton) = &terms.automaton else { return };
    for found in automaton.find_overlapping_iter(text) {
        let Some(&(lexicon, term, note)) = terms.rows.get(found.pattern().as_usize()) else { continue };
        if is_whole(text.as_bytes(), found.start(), found.end()) {
            hits.push(Hit { lexicon, term, note, start: found.start(), end: found.end() });
        }
    }
    if !hits.is_empty() {
        keep_longest(hits);
    }
}

/// No letter or digit on either side, but for a plural ending.
fn is_whole(text: &[u8], start: usize, end: usize) -> bool {
    let is_word = |at: usize| text.get(at).is_some_and(u8::is_ascii_alphanumeric);
    let rest = text.get(end..).unwrap_or_default();
    let plural = if rest.starts_with(b"ES") { 2 } else { usize::from(rest.starts_with(b"S")) };
    !start.checked_sub(1).is_some_and(is_word) && !is_word(end + plural)
}

/// Drops every hit that lies inside an earlier or longer one. Terms of two lexicons on the same words both stay.
fn keep_longest(hits: &mut Vec<Hit>) {
    hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end), hit.lexicon));
    let mut last = (0, 0);
    hits.retain(|hit| {
        let keep = hit.start >= last.1 || (hit.start, hit.end) == last;
        if keep {
            last = (hit.start, hit.end);
        }
        keep
    });
}

/// Every term with its lexicon and note, in the order of the file.
pub fn rows() -> &'static [(Lexicon, &'static str, &'static str)] {
    &terms().rows
}

struct Terms {
    rows: Vec<(Lexicon, &'static str, &'static str)>,
    /// `None` only if the automaton outgrew its limits, which a test excludes.
    automaton: Option<AhoCorasick>,
}

fn terms() -> &'static Terms {
    static TERMS: OnceLock<Terms> = OnceLock::new();
    TERMS.get_or_init(|| {
        let rows: Vec<_> = TEXT.lines().filter_map(row).collect();
        let patterns = rows.iter().map(|(_, term, _)| term);
        let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(patterns).ok();
        Terms { rows, automaton }
    })
}

/// `lexicon<TAB>TERM[<TAB>note]`; `None` for remarks and blank lines.
fn row(line: &'static str) -> Option<(Lexicon, &'static str, &'static str)> {
    let mut fields = line.split('\t');
    let lexicon = lexicon(fields.next()?)?;
    Some((lexicon, fields.next()?, fields.next().unwrap_or_default()))
}

fn lexicon(name: &str) -> Option<Lexicon> {
    Some(match name {
        "precursor" => Lexicon::Precursor,
        "drug_equipment" => Lexicon::DrugEquipment,
        "wildlife" => Lexicon::Wildlife,
        "wildlife_permit" => Lexicon::WildlifePermit,
        "weapon" => Lexicon::Weapon,
        "weapon_part" => Lexicon::WeaponPart,
        "brand" => Lexicon::Brand,
        "valuable" => Lexicon::Valuable,
        "cannabis" => Lexicon::Cannabis,
        "cannabis_cover" => Lexicon::CannabisCover,
        "dangerous" => Lexicon::Dangerous,
        "not_dangerous" => Lexicon::NotDangerous,
        "consolidation" => Lexicon::Consolidation,
        "commodity" => Lexicon::Commodity,
        "harmless" => Lexicon::Harmless,
        _ => return None,
    })
}

static TEXT: &str = include_str!("tables/terms.tsv");

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Lexicon, &'static str)> {
        let mut hits = Vec::new();
        scan(text, &mut hits);
        hits.iter().map(|hit| (hit.lexicon, hit.term)).collect()
    }

    #[test]
    fn terms_are_found_as_whole_words_and_in_the_plural() {
        assert_eq!(found("2 PILL PRESSES"), [(Lexicon::DrugEquipment, "PILL PRESS")]);
        assert_eq!(found("RIFLES"), [(Lexicon::Weapon, "RIFLE")]);
        assert_eq!(found("HEMPSTEAD LAMPS, TRIFLE BOWLS"), []);
        assert_eq!(found("(XYLAZINE)"), [(Lexicon::Precursor, "XYLAZINE")]);
        assert_eq!(found(""), []);
    }

    #[test]
    fn a_longer_harmless_phrase_hides_the_term_inside_it() {
        assert_eq!(found("TOY PISTOL"), [(Lexicon::Harmless, "TOY PISTOL")]);
        assert_eq!(found("TOY PISTOL AND PISTOL").last(), Some(&(Lexicon::Weapon, "PISTOL")));
    }

    #[test]
    fn every_line_of_the_file_is_a_row_or_a_remark() {
        let lines = TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        assert_eq!(lines.filter(|line| row(line).is_none()).collect::<Vec<_>>(), Vec::<&str>::new());
        assert!(terms().automaton.is_some());
        let mut seen = std::collections::BTreeSet::new();
        for (lexicon, term, _) in rows() {
            assert!(!term.is_empty() && term.trim() == *term && *term == term.to_uppercase(), "{term:?}");
            assert!(seen.insert((*lexicon, *term)), "{term} twice");
        }
    }
}

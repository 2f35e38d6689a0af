//! `loadgate match --pairs`: how well the scorer tells pairs of names apart whose answer is known.

use std::collections::BTreeMap;
use std::path::Path;

use crate::names::{Name, Schema, Scorer, variants};

/// Answers counted.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    hits: f64,
    false_hits: f64,
    missed: f64,
}

impl Count {
    fn add(&mut self, hit: bool, is_match: bool) {
        match (hit, is_match) {
            (true, true) => self.hits += 1.0,
            (true, false) => self.false_hits += 1.0,
            (false, true) => self.missed += 1.0,
            (false, false) => {}
        }
    }

    /// `precision`, `recall`, `f1`; 0 where there is nothing to divide by.
    fn lines(self, suffix: &str) -> String {
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let precision = share(self.hits, self.hits + self.false_hits);
        let recall = share(self.hits, self.hits + self.missed);
        let f1 = share(2.0 * self.hits, 2.0 * self.hits + self.false_hits + self.missed);
        format!("precision{suffix} {precision:.4}\nrecall{suffix} {recall:.4}\nf1{suffix} {f1:.4}\n")
    }
}

/// A pair as scored.
struct Scored {
    score: f32,
    threshold: f32,
    is_match: bool,
    category: String,
}

const FOLDS: usize = 5;

/// Overall figures, then by category, then the cross-validation: the threshold chosen on the other folds, counted on each.
pub fn report(path: &Path, threshold: Option<f32>) -> Result<String, String> {
    let scored = score_pairs(path, threshold)?;
    let mut whole = Count::default();
    let mut categories: BTreeMap<&str, Count> = BTreeMap::new();
    for pair in &scored {
        let hit = pair.score >= pair.threshold;
        whole.add(hit, pair.is_match);
        categories.entry(&pair.category).or_default().add(hit, pair.is_match);
    }
    let mut report = whole.lines("");
    for (category, count) in categories.iter().filter(|(category, _)| !category.is_empty()) {
        report.push_str(&count.lines(&format!("{{category=\"{category}\"}}")));
    }
    let mut crossed = Count::default();
    for fold in 0..FOLDS {
        let of_fold = |number: usize| number % FOLDS == fold;
        let others = scored.iter().enumerate().filter(|(number, _)| !of_fold(*number)).map(|(_, pair)| pair);
        let chosen = best_threshold(&others.collect::<Vec<_>>());
        scored
            .iter()
            .enumerate()
            .filter(|(number, _)| of_fold(*number))
            .for_each(|(_, pair)| crossed.add(pair.score >= chosen, pair.is_match));
    }
    report.push_str(&crossed.lines(&format!("{{cross_validated=\"{FOLDS}\"}}")));
    Ok(report)
}

/// The threshold with the highest F1, in hundredths.
fn best_threshold(pairs: &[&Scored]) -> f32 {
    let f1 = |threshold: f32| {
        let mut count = Count::default();
        pairs.iter().for_each(|pair| count.add(pair.score >= threshold, pair.is_match));
        2.0 * count.hits / (2.0 * count.hits + count.false_hits + count.missed).max(1.0)
    };
    let steps = (50_u8..=95).map(|step| f32::from(step) / 100.0);
    steps.max_by(|one, other| f1(*one).total_cmp(&f1(*other))).unwrap_or_default()
}

fn score_pairs(path: &Path, threshold: Option<f32>) -> Result<Vec<Scored>, String> {
    let fault = |error: csv::Error| format!("{}: {error}", path.display());
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(fault)?;
    let header = reader.headers().map_err(fault)?.clone();
    let column = |name: &str| header.iter().position(|column| column == name);
    let required = |name: &str| column(name).ok_or_else(|| format!("{}: there is no column `{name}`", path.display()));
    let (schema, one, other, is_match) = (required("schema")?, required("name1")?, required("name2")?, required("is_match")?);
    let category = column("category");
    let mut scorer = Scorer::default();
    let mut scored = Vec::new();
    for row in reader.records() {
        let row = row.map_err(fault)?;
        let field = |at: usize| row.get(at).unwrap_or_default();
        let read_as = if field(schema).eq_ignore_ascii_case("person") { Schema::Person } else { Schema::Company };
        scored.push(Scored {
            score: best_score(read_as, field(one), field(other), &mut scorer),
            threshold: threshold.unwrap_or_else(|| read_as.threshold()),
            is_match: field(is_match).eq_ignore_ascii_case("true") || field(is_match) == "1",
            category: category.map(field).unwrap_or_default().to_owned(),
        });
    }
    Ok(scored)
}

fn best_score(schema: Schema, query: &str, listed: &str, scorer: &mut Scorer) -> f32 {
    let pairs = variants(query).flat_map(|query| variants(listed).map(move |listed| (query, listed)));
    let scores = pairs.map(|(query, listed)| scorer.score(&Name::parse(query, schema), &Name::parse(listed, schema)));
    scores.fold(0.0, f32::max)
}

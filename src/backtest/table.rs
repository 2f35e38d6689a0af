//! The report as a table for people.

use std::fmt::{self, Display, Formatter};

use super::report::{Example, Line, Report, Totals};
use crate::model::ConsignmentId;
use crate::screen::verdict::Decision;

const COLUMNS: [&str; 6] = ["hits", "new", "gone", "known", "precision", "examples"];
const NONE: &str = "-";
const STATELESS: &str = "each bill by what its message states alone, as if nothing else were known";

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let width = self.profiles.iter().map(|line| line.profile.len()).max().unwrap_or(0).max("profile".len());
        let [hits, new, gone, known, precision, examples] = COLUMNS;
        writeln!(f, "{:width$}  {hits:>7}  {new:>7}  {gone:>7}  {known:>7}  {precision:>9}  {examples}", "profile")?;
        for line in &self.profiles {
            row(f, line, width)?;
        }
        sums(f, &self.totals)?;
        if self.stateless { write!(f, "\nstateless: {STATELESS}") } else { Ok(()) }
    }
}

fn row(f: &mut Formatter<'_>, line: &Line, width: usize) -> fmt::Result {
    let count = |count: Option<u64>| count.map_or(NONE.to_owned(), |count| count.to_string());
    let precision = line.precision.map_or(NONE.to_owned(), |share| format!("{:.0} %", share * 100.0));
    let (new, gone) = (count(line.new), count(line.gone));
    let examples = line.examples.iter().map(example).collect::<Vec<_>>().join(", ");
    let Line { profile, hits, known_outcomes, .. } = line;
    let row = format!("{profile:width$}  {hits:>7}  {new:>7}  {gone:>7}  {known_outcomes:>7}  {precision:>9}  {examples}");
    writeln!(f, "{}", row.trim_end())
}

/// New ones with a plus.
fn example(example: &Example) -> String {
    format!("{}{}", if example.is_new { "+" } else { "" }, name(&example.consignment))
}

fn name(id: &ConsignmentId) -> String {
    let awb = id.awb.map_or(NONE.to_owned(), |awb| awb.to_string());
    id.hawb.as_ref().map_or(awb.clone(), |hawb| format!("{awb}/{hawb}"))
}

fn sums(f: &mut Formatter<'_>, totals: &Totals) -> fmt::Result {
    let Totals { messages, refused, consignments, decisions, decisions_against, changed } = totals;
    write!(f, "\n{consignments} consignments in {messages} messages, {refused} of them unreadable\n{}", decided(decisions))?;
    if let (Some(before), Some(changed)) = (decisions_against, changed) {
        write!(f, "\nagainst {}; {changed} decided otherwise", decided(before))?;
    }
    Ok(())
}

fn decided(decisions: &[u64; 4]) -> String {
    let counts = Decision::ALL.iter().zip(decisions).map(|(decision, count)| format!("{count} {}", decision.as_str()));
    counts.collect::<Vec<_>>().join(", ")
}

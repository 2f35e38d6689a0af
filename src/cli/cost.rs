//! What the profiles of a bundle cost, on synthetic traffic: `loadgate check --cost`.

use std::fmt::{self, Display};
use std::time::Instant;

use crate::bundle::Bundle;
use crate::decode::{Context, Decoder, DecoderConfig, Format, Limits};
use crate::demo;
use crate::screen::facts::{CATALOGUE, Facts, FactsBuffer};
use crate::screen::index::{Scratch, why_always};
use crate::screen::profile::{Profile, Profiles};

const MESSAGES: usize = 4_000;
const SEED: u64 = 1;
/// Profiles that are evaluated for fewer consignments are not worth a line.
const SHARE_TOLD_MIN: f64 = 0.05;
const LINES_MAX: usize = 50;
const ROUNDS: usize = 3;

/// The costly profiles, and the sum.
pub struct Report {
    lines: Vec<Line>,
    profiles: usize,
    always: usize,
    consignments: usize,
    micros: f64,
}

struct Line {
    id: String,
    share: f64,
    /// Of one evaluation.
    micros: f64,
    why: String,
}

/// Runs the profiles over a synthetic stream.
pub fn measure(bundle: &Bundle) -> Result<Report, String> {
    let mut decoder = Decoder::new(DecoderConfig::default()).map_err(|error| error.to_string())?;
    let sent: Vec<_> = demo::stream(SEED).take(MESSAGES).collect();
    let mut decoded = Vec::new();
    for message in &sent {
        let context = Context { received: message.at, limits: Limits::default() };
        let mut messages = Vec::new();
        decoder.decode(Format::Auto, &message.payload, &context, &mut messages);
        decoded.extend(messages.into_iter().flatten().map(|found| (message.at, found)));
    }
    let consignments: Vec<_> =
        decoded.iter().flat_map(|(at, message)| message.consignments().iter().map(move |one| (*at, one))).collect();
    let mut buffers: Vec<FactsBuffer> = consignments.iter().map(|_| FactsBuffer::default()).collect();
    let rows = consignments.iter().zip(&mut buffers).map(|((at, consignment), buffer)| Facts::new(consignment, *at, buffer));
    Ok(report(&bundle.profiles, &rows.collect::<Vec<_>>()))
}

fn report(profiles: &Profiles, rows: &[Facts<'_>]) -> Report {
    let mut scratch = Scratch::default();
    let mut evaluated = vec![0_u32; profiles.len()];
    for row in rows {
        profiles.index().candidates(row, &mut scratch, |position| {
            if let Some(count) = evaluated.get_mut(position as usize) {
                *count += 1;
            }
        });
    }
    let micros = micros_each(rows, |row| profiles.evaluate(row, &mut scratch));
    let always = profiles.index().always();
    let line = |(position, (profile, count)): (u32, (&Profile, &u32))| {
        let share = f64::from(*count) / rows.len().max(1) as f64;
        (share >= SHARE_TOLD_MIN).then(|| Line {
            id: profile.id.clone(),
            share,
            micros: micros_each(rows, |row| _ = std::hint::black_box(profile.evaluate(row))),
            why: why(profile, always.contains(&position), share),
        })
    };
    let mut lines: Vec<Line> = (0..).zip(profiles.iter().zip(&evaluated)).filter_map(line).collect();
    lines.sort_by(|left, right| (right.share * right.micros).total_cmp(&(left.share * left.micros)));
    Report { lines, profiles: profiles.len(), always: always.len(), consignments: rows.len(), micros }
}

fn why(profile: &Profile, always: bool, share: f64) -> String {
    if always {
        return format!(
            "evaluated for every consignment because {}",
            why_always(profile.condition.root(), CATALOGUE).join(" and ")
        );
    }
    format!("its rarest part holds, or cannot be told, for {:.0} % of the consignments", share * 100.0)
}

fn micros_each<R>(rows: &[R], mut each: impl FnMut(&R)) -> f64 {
    let mut round = || {
        let start = Instant::now();
        rows.iter().for_each(&mut each);
        start.elapsed().as_secs_f64()
    };
    let best = (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min);
    best * 1e6 / rows.len().max(1) as f64
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.lines.iter().map(|line| line.id.len()).max().unwrap_or(0).max(7);
        writeln!(f, "{:width$}  evaluated   one takes  why", "profile")?;
        for Line { id, share, micros, why } in self.lines.iter().take(LINES_MAX) {
            writeln!(f, "{id:width$}  {:7.1} %  {micros:7.3} µs  {why}", share * 100.0)?;
        }
        if let Some(more) = self.lines.len().checked_sub(LINES_MAX).filter(|more| *more > 0) {
            writeln!(f, "and {more} cheaper ones")?;
        }
        let Self { profiles, always, consignments, micros, .. } = self;
        writeln!(f, "{profiles} profiles, {always} evaluated for every consignment")?;
        write!(f, "{micros:.2} µs a consignment for all of them, over {consignments} synthetic consignments")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::File;

    #[test]
    fn a_profile_without_a_key_is_named_with_its_cost() {
        let file = |id: &str, condition: &str| File {
            path: format!("profiles/{id}.toml"),
            text: format!(
                "id = '{id}'\ntitle = 't'\nowner = 'o'\nthreat = 'x'\ndomain = 'customs'\nweight = 10\nsource = 's'\n\
                 condition = \"{condition}\"\nreason = 'r'\n"
            ),
        };
        let files = vec![file("costly", "freight_charges >= customs_value"), file("rare", "shipper_name == 'NOBODY'")];
        let report = measure(&Bundle::from_files(files).unwrap()).unwrap();
        let [line] = report.lines.as_slice() else { panic!("{report}") };
        assert_eq!((line.id.as_str(), line.share), ("costly", 1.0));
        assert!(line.why.contains("`(freight_charges >= customs_value)` compares two facts"), "{}", line.why);
        assert!(line.micros > 0.0 && report.micros > 0.0);
        assert!(report.to_string().contains("2 profiles, 1 evaluated for every consignment"), "{report}");
    }
}

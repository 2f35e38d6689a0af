//! The live view: redrawn in place on a terminal, plain lines every few seconds elsewhere.

use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::account::millis;
use super::ledger::Ledger;
use super::watch::Published;

pub struct View {
    is_terminal: bool,
    started: Instant,
    /// Lines of the last drawing, to be overwritten.
    drawn: usize,
    last: Option<Instant>,
    width: usize,
    measured: Option<Instant>,
}

/// What there is to see.
pub struct Scene<'s> {
    pub elapsed: Duration,
    pub ledger: &'s Ledger,
    pub published: &'s Published,
    /// Shown at the bottom: where metrics are served.
    pub admin: &'s str,
}

impl View {
    pub fn new() -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        Self { is_terminal, started: Instant::now(), drawn: 0, last: None, width: COLUMNS, measured: None }
    }

    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Whether the time for the next drawing has come.
    pub fn is_due(&self) -> bool {
        let every = if self.is_terminal { REDRAW } else { REPORT };
        self.last.is_none_or(|last| last.elapsed() >= every)
    }

    /// A view that cannot be drawn is no reason to stop.
    pub fn draw(&mut self, scene: &Scene<'_>) {
        self.last = Some(Instant::now());
        let mut out = std::io::stdout().lock();
        if !self.is_terminal {
            _ = writeln!(out, "{}", report(scene));
            return;
        }
        self.measure();
        let lines = lines(scene, self.width);
        let mut frame = String::new();
        if self.drawn > 0 {
            frame += &format!("\x1b[{}A", self.drawn);
        }
        // Each line is cleared to its end, and what stood below the last one too.
        lines.iter().for_each(|line| frame += &format!("{line}\x1b[K\n"));
        frame += "\x1b[J";
        self.drawn = lines.len();
        _ = out.write_all(frame.as_bytes()).and_then(|()| out.flush());
    }

    /// Asks for the terminal's width now and then, as it may be resized.
    fn measure(&mut self) {
        if self.measured.is_none_or(|at| at.elapsed() > MEASURE) {
            self.measured = Some(Instant::now());
            self.width = terminal_width().unwrap_or(COLUMNS);
        }
    }
}

/// From `COLUMNS` or `stty`, as the standard library cannot ask a terminal.
fn terminal_width() -> Option<usize> {
    if let Some(columns) = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()) {
        return Some(columns);
    }
    let size = Command::new("stty").arg("size").stdin(Stdio::inherit()).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(size.stdout).ok()?.split_whitespace().nth(1)?.parse().ok()
}

/// One line for a log.
fn report(scene: &Scene<'_>) -> String {
    let totals = &scene.ledger.totals;
    format!(
        "{:>5.0} s  sent {}  assessed {}  dead letters {}  alerts {}  lag {}  {}",
        scene.elapsed.as_secs_f64(),
        totals.delivered,
        totals.consignments(),
        totals.reasons.values().sum::<u64>(),
        scene.published.alerts,
        scene.ledger.lag(),
        latency(scene.ledger),
    )
}

fn lines(scene: &Scene<'_>, width: usize) -> Vec<String> {
    let Scene { elapsed, ledger, published, admin } = scene;
    let totals = &ledger.totals;
    let mut lines = vec![
        format!("loadgate demo   {:.0} s   http://{admin}/metrics", elapsed.as_secs_f64()),
        String::new(),
        format!("messages sent     {:>10}   {:.0}/s", totals.delivered, rate(totals.delivered, *elapsed)),
        format!(
            "assessed          {:>10}   {}",
            totals.consignments(),
            listed(totals.decisions.iter().map(|(d, n)| (d.as_str(), *n)))
        ),
        format!("nothing to assess {:>10}", totals.remembered),
        format!(
            "dead letters      {:>10}   {}",
            totals.reasons.values().sum::<u64>(),
            listed(totals.reasons.iter().map(|(r, n)| (r.as_str(), *n)))
        ),
        format!("referrals         {}", listed(published.referrals.iter().map(|(code, n)| (code.as_str(), *n)))),
        format!("lag               {:>10}   {}", ledger.lag(), latency(ledger)),
        String::new(),
        format!("latest of {} alerts", published.alerts),
    ];
    for alert in published.latest.iter().rev() {
        lines.push(format!("  {} {:<5} {} {}  {}", alert.decision, alert.lane, alert.consignment, alert.domain, alert.goods));
        lines.push(format!("      {}", alert.reasons.join("; ")));
    }
    lines.into_iter().map(|line| line.chars().take(width.saturating_sub(1)).collect()).collect()
}

fn listed<'n>(counts: impl Iterator<Item = (&'n str, u64)>) -> String {
    counts.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join("  ")
}

fn rate(count: u64, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64().max(0.001)
}

fn latency(ledger: &Ledger) -> String {
    match (ledger.latency.quantile(500), ledger.latency.quantile(990)) {
        (Some(median), Some(p99)) => format!("latency p50 {} ms, p99 {} ms", millis(median), millis(p99)),
        _ => "latency unknown".to_owned(),
    }
}

const COLUMNS: usize = 80;
const REDRAW: Duration = Duration::from_millis(250);
const REPORT: Duration = Duration::from_secs(5);
const MEASURE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::super::published::Alert;
    use super::*;
    use crate::screen::verdict::Decision;

    #[test]
    fn the_view_shows_counts_and_reasons_within_the_width() {
        let mut ledger = Ledger::default();
        ledger.assessed(0, 1, Decision::Rfs);
        ledger.dead_letter(0, 2, "bad_awb");
        let mut published = Published { alerts: 1, ..Default::default() };
        published.referrals.insert("8H".into(), 1);
        published.latest.push_back(Alert {
            consignment: "020-12345675".into(),
            domain: "customs",
            decision: "rfs",
            goods: "FLOWERS".into(),
            lane: "BOG-AMS".into(),
            reasons: vec!["V2 freight 1450 USD exceeds the goods' value of 900 USD".into()],
        });
        let scene = Scene { elapsed: Duration::from_secs(3), ledger: &ledger, published: &published, admin: "127.0.0.1:9464" };
        let wide = lines(&scene, 200).join("\n");
        for text in ["rfs 1", "bad_awb 1", "8H 1", "BOG-AMS 020-12345675", "V2 freight 1450 USD"] {
            assert!(wide.contains(text), "{text} in\n{wide}");
        }
        assert!(lines(&scene, 40).iter().all(|line| line.chars().count() < 40));
        assert!(report(&scene).contains("assessed 1"));
    }
}

//! The final account: every message sent is an assessment, a remembered status or a dead letter, or it is named here.

use std::fmt;
use std::time::Duration;

use super::ledger::{Ledger, Missing, Tally, Totals};
use super::stories::Story;

#[derive(Debug, Clone)]
pub struct Account {
    pub totals: Totals,
    /// The first of the messages that are not accounted for.
    pub missing: Vec<Missing>,
    pub missing_count: u64,
    /// Published records that could not be read.
    pub unreadable: u64,
    pub stories: Vec<(&'static Story, Tally)>,
    pub elapsed: Duration,
    pub median: Option<Duration>,
    pub p99: Option<Duration>,
    /// True on the embedded broker, where transactions are only simulated.
    pub simulated: bool,
    /// Why the service ended before its time, if it did.
    pub failure: Option<String>,
}

impl Account {
    pub fn of(ledger: &Ledger, unreadable: u64, elapsed: Duration, simulated: bool) -> Self {
        Self {
            totals: ledger.totals.clone(),
            missing: ledger.missing().take(NAMED).collect(),
            missing_count: ledger.missing().count() as u64,
            unreadable,
            stories: ledger.stories().collect(),
            elapsed,
            median: ledger.latency.quantile(500),
            p99: ledger.latency.quantile(990),
            simulated,
            failure: None,
        }
    }

    /// Whether every message sent has exactly the fate it should have.
    pub fn balances(&self) -> bool {
        let Totals { delivered, undelivered, .. } = self.totals;
        self.missing_count == 0
            && self.unreadable == 0
            && undelivered == 0
            && self.totals.settled() == delivered
            && self.failure.is_none()
    }

    /// 0 when it balances, else 1.
    pub fn exit_code(&self) -> u8 {
        u8::from(!self.balances())
    }

    fn messages(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Totals { delivered, assessed, remembered, dead_letters, undelivered, noticed, .. } = self.totals;
        writeln!(f, "Account of {:.1} s", self.elapsed.as_secs_f64())?;
        writeln!(f, "  {:<34}{delivered:>10}", "messages sent")?;
        let consignments = self.totals.consignments();
        writeln!(f, "  {:<34}{assessed:>10}   {consignments} consignments", "assessed")?;
        writeln!(f, "  {:<34}{remembered:>10}   bookings, manifests, status updates", "read, nothing to assess")?;
        writeln!(f, "  {:<34}{noticed:>10}   memory's own, about shipments on their way", "of them noticed")?;
        let expected = if self.totals.other_reasons == 0 { "all for the expected reason".to_owned() } else { self.reasons() };
        writeln!(f, "  {:<34}{dead_letters:>10}   {expected}", "dead letters")?;
        let difference = delivered.abs_diff(self.totals.settled());
        writeln!(f, "  {:<34}{difference:>10}", "difference")?;
        if undelivered > 0 {
            writeln!(f, "  {:<34}{undelivered:>10}", "refused by the broker")?;
        }
        if self.unreadable > 0 {
            writeln!(f, "  {:<34}{:>10}", "published records not readable", self.unreadable)?;
        }
        Ok(())
    }

    fn reasons(&self) -> String {
        format!("{} for another reason than expected", self.totals.other_reasons)
    }

    fn outcomes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decisions = self.totals.decisions.iter().map(|(decision, count)| format!("{} {count}", decision.as_str()));
        writeln!(f, "  decisions      {}", decisions.collect::<Vec<_>>().join(", "))?;
        let reasons = self.totals.reasons.iter().map(|(reason, count)| format!("{reason} {count}"));
        writeln!(f, "  dead letters   {}", reasons.collect::<Vec<_>>().join(", "))?;
        if let (Some(median), Some(p99)) = (self.median, self.p99) {
            writeln!(
                f,
                "  latency        median {} ms, 99 % {} ms, from sending to the committed result",
                millis(median),
                millis(p99)
            )?;
        }
        Ok(())
    }

    fn planted(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<52}{:>8}{:>8}   severest", "Planted stories", "planted", "found")?;
        for (story, Tally { planted, found, severest }) in &self.stories {
            let severest = if *planted > 0 { severest.as_str() } else { "did not occur" };
            let missed = match planted.saturating_sub(*found) {
                0 => String::new(),
                missed => format!("   MISSED {missed}"),
            };
            writeln!(f, "  {:<50}{planted:>8}{found:>8}   {severest}{missed}", story.title)?;
        }
        let sum = |of: fn(&Tally) -> u64| self.stories.iter().map(|(_, tally)| of(tally)).sum::<u64>();
        writeln!(f, "  {:<50}{:>8}{:>8}", "all", sum(|tally| tally.planted), sum(|tally| tally.found))?;
        let Totals { clean, clean_referred, .. } = self.totals;
        let share = clean_referred as f64 * 10_000.0 / clean.max(1) as f64;
        writeln!(f, "Clean traffic: {clean} consignments, {clean_referred} referred all the same, {share:.1} per 10,000")
    }

    fn verdict(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(failure) = &self.failure {
            writeln!(f, "The service ended before its time: {failure}")?;
        }
        for missing in &self.missing {
            writeln!(f, "  partition {} offset {} {}: {}", missing.partition, missing.offset, missing.key, missing.what)?;
        }
        let unnamed = self.missing_count.saturating_sub(self.missing.len() as u64);
        if unnamed > 0 {
            writeln!(f, "  and {unnamed} more")?;
        }
        if self.balances() {
            writeln!(f, "The account balances: every message has exactly one fate.")?;
        } else {
            writeln!(f, "THE ACCOUNT DOES NOT BALANCE.")?;
        }
        if self.simulated {
            writeln!(f, "The embedded broker only simulates transactions; `--brokers HOST:PORT` shows them on a real Kafka.")?;
        }
        Ok(())
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.messages(f)?;
        self.outcomes(f)?;
        self.planted(f)?;
        self.verdict(f)
    }
}

pub fn millis(duration: Duration) -> String {
    format!("{:.0}", duration.as_secs_f64() * 1_000.0)
}

/// Missing messages that are named.
const NAMED: usize = 5;

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::super::ledger::Delivered;
    use super::super::sent::Expected;
    use super::super::stories::STORIES;
    use super::*;
    use crate::screen::verdict::Decision;

    fn ledger(count: i64) -> Ledger {
        let mut ledger = Ledger::default();
        for offset in 0..count {
            let expected = if offset % 2 == 0 { Expected::Assessed(1) } else { Expected::Remembered };
            let key = format!("020-{offset:08}");
            ledger.delivered(0, offset, Delivered { key, expected, story: None, bytes: 1, sent_at: Instant::now() });
        }
        ledger
    }

    #[test]
    fn an_account_balances_when_every_message_has_its_fate() {
        let mut ledger = ledger(4);
        ledger.assessed(0, 0, Decision::Clear);
        ledger.assessed(0, 2, Decision::Rfi);
        ledger.committed(0, 4);
        let account = Account::of(&ledger, 0, Duration::from_secs(1), true);
        assert!(account.balances() && account.exit_code() == 0, "{account}");
        let text = account.to_string();
        assert!(text.contains("The account balances") && text.contains("only simulates"), "{text}");
        assert_eq!(account.totals.settled(), 4);
        assert!(!Account::of(&ledger, 1, Duration::ZERO, false).balances(), "an unreadable record is no account");
    }

    #[test]
    fn a_story_that_was_missed_is_told() {
        let story = &STORIES[0];
        let mut ledger = Ledger::default();
        for (offset, decision) in [(0, Decision::Clear), (1, Decision::Rfs), (2, Decision::Rfi)] {
            let story = (offset < 2).then_some(story);
            let key = String::new();
            let expected = Expected::Assessed(1);
            ledger.delivered(0, offset, Delivered { key, expected, story, bytes: 1, sent_at: Instant::now() });
            ledger.assessed(0, offset, decision);
        }
        ledger.committed(0, 3);
        let text = Account::of(&ledger, 0, Duration::from_secs(1), false).to_string();
        let line = text.lines().find(|line| line.contains(story.title)).unwrap();
        assert_eq!(line.split_whitespace().rev().take(5).collect::<Vec<_>>(), ["1", "MISSED", "rfs", "1", "2"]);
        assert!(text.contains("Clean traffic: 1 consignments, 1 referred all the same, 10000.0 per 10,000"), "{text}");
    }

    #[test]
    fn what_is_missing_is_named_by_its_position() {
        let mut ledger = ledger(20);
        ledger.committed(0, 20);
        let account = Account::of(&ledger, 0, Duration::from_secs(1), false);
        assert_eq!((account.exit_code(), account.missing_count), (1, 10));
        let text = account.to_string();
        assert!(text.contains("partition 0 offset 0 020-00000000: expected 1 assessments; nothing seen; processed"), "{text}");
        assert!(text.contains("and 5 more") && text.contains("DOES NOT BALANCE"), "{text}");
    }
}

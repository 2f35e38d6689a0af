//! The account of a run: what is visible in the output topics against what one replica would have told that nothing ever happened to.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use loadgate::model::ConsignmentId;
use loadgate::outputs::{Source, read};
use loadgate::screen::verdict::Decision;
use loadgate::sink::{self, Destination, Standing};

use super::broker::Broker;
use super::screening::Screening;

/// One thing told about one record: its offset, which of its messages or consignments, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    offset: i64,
    index: u32,
    what: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} about offset {} ({})", self.what, self.offset, self.index)
    }
}

/// By topic and partition of the message, in order.
type Account = BTreeMap<(&'static str, i32), Vec<Line>>;

/// The first difference between what was told and what should have been.
pub fn audit(broker: &Broker, screening: &mut Screening) -> Result<(), String> {
    for (partition, records) in (0..).zip(&broker.input) {
        let (end, position) = (records.len() as i64, broker.position(partition));
        if position != end {
            return Err(format!("partition {partition}: the position is {position}, the end {end}"));
        }
    }
    let (mut told, expected) = (told(broker)?, expected(broker, screening));
    for (place, expected) in expected {
        let told = told.remove(&place).unwrap_or_default();
        let at = expected.iter().zip(&told).position(|(expected, told)| expected != told);
        let at = at.unwrap_or(expected.len().min(told.len()));
        let (expected, told) = (expected.get(at), told.get(at));
        if expected != told {
            let show = |line: Option<&Line>| line.map_or("nothing more".to_owned(), Line::to_string);
            return Err(format!("{} of partition {}: {} instead of {}", place.0, place.1, show(told), show(expected)));
        }
    }
    told.is_empty().then_some(()).ok_or_else(|| format!("{told:?} told of nothing"))
}

fn told(broker: &Broker) -> Result<Account, String> {
    let mut account = Account::new();
    let mut enter = |topic, source: Source<'_>, what: String| {
        account.entry((topic, source.partition)).or_default().push(Line { offset: source.offset, index: source.index, what });
    };
    for value in broker.committed(Destination::Assessments) {
        let read::Assessment { source, decision, .. } = read::assessment(value).ok_or("an assessment that cannot be read")?;
        enter(ASSESSMENTS, source, decision.as_str().to_owned());
    }
    for value in broker.committed(Destination::Referrals) {
        let read::Referral { source, code, .. } = read::referral(value).ok_or("a referral that cannot be read")?;
        enter(REFERRALS, source, code.to_owned());
    }
    for value in broker.committed(Destination::DeadLetters) {
        let read::DeadLetter { source, reason, .. } = read::dead_letter(value).ok_or("a dead letter that cannot be read")?;
        enter(DEAD_LETTERS, source, reason.to_owned());
    }
    Ok(account)
}

/// Each record once, in its order; a hold only rises, and what is no news is told as such.
fn expected(broker: &Broker, screening: &mut Screening) -> Account {
    let mut account = Account::new();
    for (partition, records) in (0..).zip(&broker.input) {
        let mut held: HashMap<ConsignmentId, Decision> = HashMap::new();
        for (offset, sent) in (0..).zip(records) {
            let mut enter = |topic, index, what: &str| {
                let line = Line { offset, index, what: what.to_owned() };
                account.entry((topic, partition)).or_default().push(line);
            };
            for (index, answer) in (0..).zip(screening.answers(&sent.payload).iter()) {
                let verdict = match answer {
                    Ok(verdict) => verdict,
                    Err(rejected) => {
                        enter(DEAD_LETTERS, index, rejected.reason.as_str());
                        continue;
                    }
                };
                enter(ASSESSMENTS, index, verdict.decision.as_str());
                let held = held.entry(verdict.consignment.clone()).or_default();
                let news = verdict.decision > *held || *held == Decision::Clear;
                *held = verdict.decision.max(*held);
                let standing = if news { Standing::Issued } else { Standing::InPlace };
                enter(REFERRALS, index, sink::code(*held, standing, verdict.consignment.awb.is_some()));
            }
        }
    }
    account
}

const ASSESSMENTS: &str = "assessments";
const REFERRALS: &str = "referrals";
const DEAD_LETTERS: &str = "dead letters";

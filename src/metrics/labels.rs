//! The closed lists that bound labels.

use crate::bundle::Refusal;
use crate::bundle::pack::Kind;
use crate::memory::observation;
use crate::model::{Message, OutcomeKind};
use crate::record::Reason;
use crate::screen::verdict::{Decision, Domain};

/// A label whose values are an enum: `ALL` in the order of its discriminants.
pub trait Label: Copy + 'static {
    const NAME: &'static str;
    const ALL: &'static [Self];
    fn as_str(self) -> &'static str;
    /// Position in `ALL`.
    fn index(self) -> usize;
}

/// Implements [`Label`] for a fieldless enum that has `ALL` and `as_str`; the cast to the discriminant needs the concrete type.
macro_rules! label {
    ($type:ty, $name:literal) => {
        impl Label for $type {
            const NAME: &'static str = $name;
            const ALL: &'static [Self] = &<$type>::ALL;
            fn as_str(self) -> &'static str {
                <$type>::as_str(self)
            }
            fn index(self) -> usize {
                self as usize
            }
        }
    };
}

label!(Answer, "answer");
label!(Stage, "stage");
label!(Phase, "phase");
label!(Outcome, "outcome");
label!(Rescreened, "outcome");
label!(Change, "change");
label!(Client, "client");
label!(MessageKind, "kind");
label!(EntryKind, "kind");
label!(Reason, "reason");
label!(Decision, "decision");
label!(Domain, "domain");
label!(Refusal, "reason");
label!(Kind, "kind");
label!(OutcomeKind, "outcome");
label!(Within, "within");
label!(Leaving, "stage");
label!(Bill, "bill");

/// What answered for a name that was looked up on the watchlists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The party was seen before.
    Known,
    Searched,
}

impl Answer {
    pub const ALL: [Answer; 2] = [Answer::Known, Answer::Searched];

    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Known => "known",
            Answer::Searched => "searched",
        }
    }
}

/// A stage of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Read,
    Decode,
    Remember,
    Screen,
    Publish,
}

impl Stage {
    pub const ALL: [Stage; 5] = [Stage::Read, Stage::Decode, Stage::Remember, Stage::Screen, Stage::Publish];

    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Read => "read",
            Stage::Decode => "decode",
            Stage::Remember => "remember",
            Stage::Screen => "screen",
            Stage::Publish => "publish",
        }
    }
}

/// A phase of one transaction, in their order; `Abort` stands in for `Commit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// `init_transactions` of a new producer.
    Init,
    /// From begin to the last record handed to the client.
    Produce,
    SendOffsets,
    /// Waiting for the delivery of what was produced.
    Drain,
    Commit,
    Abort,
}

impl Phase {
    pub const ALL: [Phase; 6] = [Phase::Init, Phase::Produce, Phase::SendOffsets, Phase::Drain, Phase::Commit, Phase::Abort];

    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Init => "init",
            Phase::Produce => "produce",
            Phase::SendOffsets => "send_offsets",
            Phase::Drain => "drain",
            Phase::Commit => "commit",
            Phase::Abort => "abort",
        }
    }
}

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Committed,
    Aborted,
    /// No answer, or another producer with the same transactional id took over: it may have been committed; the committed position
    /// tells.
    Unknown,
}

impl Outcome {
    pub const ALL: [Outcome; 3] = [Outcome::Committed, Outcome::Aborted, Outcome::Unknown];

    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Committed => "committed",
            Outcome::Aborted => "aborted",
            Outcome::Unknown => "unknown",
        }
    }
}

/// What came of a consignment that was to be screened again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rescreened {
    /// Told, as retro.
    Changed,
    /// What was told before stands.
    Unchanged,
    /// It has departed, or a later version of its bill is known.
    Closed,
}

impl Rescreened {
    pub const ALL: [Rescreened; 3] = [Rescreened::Changed, Rescreened::Unchanged, Rescreened::Closed];

    pub fn as_str(self) -> &'static str {
        match self {
            Rescreened::Changed => "changed",
            Rescreened::Unchanged => "unchanged",
            Rescreened::Closed => "closed",
        }
    }
}

/// What a rebalance did to one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Gained,
    Gone,
    Lost,
}

impl Change {
    pub const ALL: [Change; 3] = [Change::Gained, Change::Gone, Change::Lost];

    pub fn as_str(self) -> &'static str {
        match self {
            Change::Gained => "gained",
            Change::Gone => "gone",
            Change::Lost => "lost",
        }
    }
}

/// One of this replica's Kafka clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// Reads all partitions.
    Reader,
    /// Member of the group, only to learn what this replica owns.
    Owner,
    Producer,
}

impl Client {
    pub const ALL: [Client; 3] = [Client::Reader, Client::Owner, Client::Producer];

    pub fn as_str(self) -> &'static str {
        match self {
            Client::Reader => "reader",
            Client::Owner => "owner",
            Client::Producer => "producer",
        }
    }
}

/// What memory keeps entries of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    Consignment,
    Party,
    Band,
    Trace,
    Link,
    Load,
    Tally,
}

impl EntryKind {
    pub const ALL: [EntryKind; 7] = [
        EntryKind::Consignment,
        EntryKind::Party,
        EntryKind::Band,
        EntryKind::Trace,
        EntryKind::Link,
        EntryKind::Load,
        EntryKind::Tally,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            EntryKind::Consignment => "consignment",
            EntryKind::Party => "party",
            EntryKind::Band => "band",
            EntryKind::Trace => "trace",
            EntryKind::Link => "link",
            EntryKind::Load => "load",
            EntryKind::Tally => "tally",
        }
    }
}

/// How near a departure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    TwoHours,
    SixHours,
    Day,
}

impl Within {
    pub const ALL: [Within; 3] = [Within::TwoHours, Within::SixHours, Within::Day];

    pub fn as_str(self) -> &'static str {
        match self {
            Within::TwoHours => "2h",
            Within::SixHours => "6h",
            Within::Day => "24h",
        }
    }

    pub fn millis(self) -> i64 {
        let hours = match self {
            Within::TwoHours => 2,
            Within::SixHours => 6,
            Within::Day => 24,
        };
        hours * 3_600_000
    }
}

/// The stages of a shipment's way that bring it to its aircraft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    Accepted,
    Manifested,
    Departed,
}

impl Leaving {
    pub const ALL: [Leaving; 3] = [Leaving::Accepted, Leaving::Manifested, Leaving::Departed];

    pub fn of(stage: observation::Stage) -> Option<Self> {
        match stage {
            observation::Stage::Accepted => Some(Leaving::Accepted),
            observation::Stage::Manifested => Some(Leaving::Manifested),
            observation::Stage::Departed => Some(Leaving::Departed),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Leaving::Accepted => "accepted",
            Leaving::Manifested => "manifested",
            Leaving::Departed => "departed",
        }
    }
}

/// Whether the bill of a shipment was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bill {
    Known,
    Missing,
}

impl Bill {
    pub const ALL: [Bill; 2] = [Bill::Known, Bill::Missing];

    pub fn as_str(self) -> &'static str {
        match self {
            Bill::Known => "known",
            Bill::Missing => "missing",
        }
    }
}

/// The kinds of [`Message`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    Waybill,
    Houses,
    Manifest,
    BookedList,
    Booking,
    Status,
    Outcome,
}

impl MessageKind {
    pub const ALL: [MessageKind; 7] = [
        MessageKind::Waybill,
        MessageKind::Houses,
        MessageKind::Manifest,
        MessageKind::BookedList,
        MessageKind::Booking,
        MessageKind::Status,
        MessageKind::Outcome,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            MessageKind::Waybill => "waybill",
            MessageKind::Houses => "houses",
            MessageKind::Manifest => "manifest",
            MessageKind::BookedList => "booked_list",
            MessageKind::Booking => "booking",
            MessageKind::Status => "status",
            MessageKind::Outcome => "outcome",
        }
    }
}

impl From<&Message<'_>> for MessageKind {
    fn from(message: &Message<'_>) -> Self {
        match message {
            Message::Waybill(_) => MessageKind::Waybill,
            Message::Houses(_) => MessageKind::Houses,
            Message::Manifest(_) => MessageKind::Manifest,
            Message::BookedList(_) => MessageKind::BookedList,
            Message::Booking(_) => MessageKind::Booking,
            Message::Status(_) => MessageKind::Status,
            Message::Outcome(_) => MessageKind::Outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_order<L: Label>() {
        for (position, label) in L::ALL.iter().enumerate() {
            assert_eq!(label.index(), position, "{} {}", L::NAME, label.as_str());
        }
    }

    #[test]
    fn every_list_stands_in_the_order_of_its_discriminants() {
        in_order::<Stage>();
        in_order::<Phase>();
        in_order::<Outcome>();
        in_order::<Change>();
        in_order::<Client>();
        in_order::<MessageKind>();
        in_order::<EntryKind>();
        in_order::<Reason>();
        in_order::<Decision>();
        in_order::<Domain>();
        in_order::<OutcomeKind>();
        in_order::<Within>();
        in_order::<Leaving>();
        in_order::<Bill>();
    }
}

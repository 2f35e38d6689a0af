//! Reading: who screens which partition, from which position, and the batches that follow.
//!
//! Ownership is separated from reading. The [`Ownership`] consumer subscribes, so that the group shares the partitions out, and
//! never fetches a record. The [`reader`] follows every partition of every topic from where memory stands, and reads a claimed
//! one again from the position that the group committed where memory is past it. A partition that is lost and gained again is a
//! new [`Claim`](crate::batch::Claim): whatever was read under the old one falls away when it reaches the sink.

pub mod bundles;
mod claims;
mod ends;
mod history;
mod ownership;
mod picker;
mod positions;
pub mod reader;
mod stalls;

pub use claims::{Claims, Partition};
pub use ends::Fetched;
pub use history::{ByTime, Kept};
pub use ownership::{Change, Ownership};
pub use picker::Picker;
pub use positions::{Begin, Found, JudgedBy, Note, Positions, Question};

use crate::decode::Format;
use crate::model::Message;
use crate::record::{Reason, Rejected};

/// A topic that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    pub topic: String,
    pub role: Role,
}

/// What a topic is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Messages of terminals and outcomes of teams: remembered by every replica, screened by the one that claims the partition.
    Messages(Format, Writer),
    /// What was assessed, read back: remembered, claimed by nobody.
    Assessments,
    /// What terminals were told, read back: the register of holds.
    Referrals,
}

/// Who writes to an input, and so what may stand in it: a terminal must not be able to answer its own referrals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Writer {
    /// Cargo terminals: every message but outcomes.
    #[default]
    Terminals,
    /// Screening teams: outcomes and nothing else.
    Teams,
}

impl Writer {
    pub fn as_str(self) -> &'static str {
        match self {
            Writer::Terminals => "terminals",
            Writer::Teams => "teams",
        }
    }

    pub fn may_send(self, message: &Message<'_>) -> bool {
        matches!(message, Message::Outcome(_)) == (self == Writer::Teams)
    }

    /// Refuses what they may not send.
    pub fn refuse(self, decoded: &mut [Result<Message<'_>, Rejected>]) {
        for item in decoded {
            if let Some(refusal) = item.as_ref().ok().and_then(|message| self.refusal(message)) {
                *item = Err(refusal);
            }
        }
    }

    /// Why a message of theirs is refused, if it is.
    pub fn refusal(self, message: &Message<'_>) -> Option<Rejected> {
        let detail = || format!("a message of kind {} is not for this topic's writers", message.kind());
        (!self.may_send(message)).then(|| Rejected::new(Reason::NotPermitted, 0, detail()))
    }
}

impl Input {
    /// What terminals write.
    pub fn messages(topic: impl Into<String>, format: Format) -> Self {
        Self { topic: topic.into(), role: Role::Messages(format, Writer::Terminals) }
    }

    /// The group shares this topic out.
    pub fn is_screened(&self) -> bool {
        matches!(self.role, Role::Messages(..))
    }

    /// Who writes to it, as metrics name it.
    pub fn writer(&self) -> &'static str {
        match self.role {
            Role::Messages(_, writer) => writer.as_str(),
            Role::Assessments | Role::Referrals => "loadgate",
        }
    }

    pub fn format(&self) -> Format {
        match self.role {
            Role::Messages(format, _) => format,
            Role::Assessments | Role::Referrals => Format::Avro,
        }
    }
}

/// When a batch is cut: at whichever comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchLimits {
    pub records: usize,
    pub bytes: usize,
    /// Since its first record was read.
    pub age: std::time::Duration,
}

impl BatchLimits {
    /// The room of so many batches together.
    pub fn times(self, batches: usize) -> Self {
        let Self { records, bytes, age } = self;
        Self { records: records.saturating_mul(batches), bytes: bytes.saturating_mul(batches), age }
    }
}

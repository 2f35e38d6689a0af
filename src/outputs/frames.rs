//! The frame of each kind of output, chosen once at start.

use super::{Frame, Output};
use crate::decode::registry::{RegisterError, Registry};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frames {
    pub alert: Frame,
    pub referral: Frame,
    pub assessment: Frame,
    pub dead_letter: Frame,
}

impl Frames {
    /// For topics without a registry: every record names its schema by fingerprint.
    pub fn single_object() -> Self {
        let frame = Output::single_object;
        Self {
            alert: frame(Output::Alert),
            referral: frame(Output::Referral),
            assessment: frame(Output::Assessment),
            dead_letter: frame(Output::DeadLetter),
        }
    }

    /// For topics with a registry: registers each schema under `{topic}-value`, as readers expect, and frames with its id.
    pub fn registered(registry: &Registry, topics: impl Fn(Output) -> Vec<String>) -> Result<Self, RegisterError> {
        let frame = |output: Output| {
            let mut id = 0;
            for topic in topics(output) {
                id = registry.register(&format!("{topic}-value"), output.schema())?;
            }
            Ok(Frame::Confluent(id))
        };
        Ok(Self {
            alert: frame(Output::Alert)?,
            referral: frame(Output::Referral)?,
            assessment: frame(Output::Assessment)?,
            dead_letter: frame(Output::DeadLetter)?,
        })
    }
}

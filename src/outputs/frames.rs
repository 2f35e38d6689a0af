//! The frame of each kind of output, chosen once at start.

use super::{Frame, Output};

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
}

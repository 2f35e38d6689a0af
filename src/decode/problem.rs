//! The error of the serde-driven decoders (JSON and Avro) while it travels up to where it becomes a [`Rejected`].
//!
//! Serde's own messages quote the offending value, which may be a name or an address. This type drops values at the source:
//! it tells what was expected and at which byte, never what stood there.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::model::Awb;
use crate::record::{Reason, Rejected};

/// Boxed, so that the results of every field stay two words.
#[derive(Debug)]
pub struct Problem(Box<Rejected>);

impl Problem {
    pub fn new(reason: Reason, position: usize, detail: impl Into<String>) -> Self {
        Self(Box::new(Rejected::new(reason, position, detail)))
    }

    /// Places a problem that does not know its position yet; one that does stays where it is.
    pub fn at(mut self, position: usize) -> Self {
        if self.0.position == NOWHERE {
            self.0.position = position;
        }
        self
    }

    /// Places a problem that does not know its position yet in the named field.
    pub fn in_field(mut self, position: usize, name: &str) -> Self {
        if self.0.position == NOWHERE {
            self.0.position = position;
            self.0.detail = format!("{name}: {}", self.0.detail);
        }
        self
    }

    /// The rejection it stands for, placed at `position` if nothing nearer is known.
    pub fn into_rejected(self, position: usize) -> Rejected {
        *self.at(position).0
    }
}

/// Position of a problem that a visitor raised: it sees values, not bytes.
const NOWHERE: usize = usize::MAX;

impl de::Error for Problem {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let detail = message.to_string();
        let reason = if detail == Awb::MALFORMED { Reason::BadAwb } else { Reason::BadField };
        Self::new(reason, NOWHERE, detail)
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Reason::BadField, NOWHERE, format!("expected {expected}, found {}", kind(unexpected)))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Reason::BadField, NOWHERE, format!("expected {expected}, found another {}", kind(unexpected)))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Reason::BadField, NOWHERE, format!("expected one of {}", expected.join(", ")))
    }
}

fn kind(unexpected: Unexpected<'_>) -> &'static str {
    match unexpected {
        Unexpected::Bool(_) => "boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "integer",
        Unexpected::Float(_) => "number with a fraction",
        Unexpected::Char(_) | Unexpected::Str(_) => "text",
        Unexpected::Bytes(_) => "bytes",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "list",
        Unexpected::Map => "object",
        _ => "value",
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Problem {}

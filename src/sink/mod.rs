//! Publishing: one transaction a batch holds everything that is told and the positions after it (law 4).

mod hold_log;
mod holds;
mod outbox;
mod publisher;
mod transaction;

pub use hold_log::HoldLog;
pub use holds::{HoldKey, Holds, Standing};
pub use outbox::{Destination, Outbox, Outgoing};
pub use publisher::{Publisher, Topics};
pub use transaction::{Outcome, Phase, Transactor};

//! Publishing: one transaction holds everything that is told and the positions after it (law 4).

mod hold_log;
mod holds;
mod outbox;
mod transaction;

pub use hold_log::HoldLog;
pub use holds::{HoldId, Holds, Standing, Telling, code, hold};
pub use outbox::{Destination, Outbox, Outgoing};
pub use transaction::{Outcome, Transactor};

//! Publishing: one transaction a batch holds everything that is told and the positions after it (law 4).

mod holds;
mod outbox;
mod transaction;

pub use holds::{HoldKey, Holds, Standing};
pub use outbox::{Destination, Outbox, Outgoing};
pub use transaction::{Outcome, Transactor};

//! The service as a whole: processes, a real broker, and everything that goes wrong between them.
//!
//! One binary for all scenarios, so that they share one broker and are linked once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "this crate is tests alone, helpers included"
)]

mod backtest_command;
mod broker_away_at_start;
mod exactly_once;
mod held_shipment_stays_held;
mod mutation;
mod poison_messages;
mod registry;
mod sigterm_drains;
mod support;
mod topics_command;
mod transactions;

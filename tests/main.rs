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
mod bundle_swap;
mod caps_and_budgets;
mod chart;
mod container;
mod dead_letters;
mod demo;
mod dependencies;
mod documentation;
mod exactly_once;
mod explain_command;
mod held_shipment_stays_held;
mod lag_and_health;
mod memory_is_alike;
mod mutation;
mod outcome_releases_a_hold;
mod poison_messages;
mod privacy;
mod prometheus;
mod registry;
mod retro;
mod rules;
mod secured_brokers;
mod sigterm_drains;
mod simulator;
mod support;
mod topics_command;
mod transactions;

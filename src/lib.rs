//! loadgate reads the messages of cargo terminals from Kafka and publishes which air-cargo shipments must not be loaded before a
//! person has looked at them, and why.
//!
//! # The way of a message
//!
//! ```text
//!  Kafka ──▶ source ──▶ decode ──▶ memory ──▶ screen ──▶ sink ──▶ Kafka
//!           claims      canonical  remember   facts →    one transaction: alerts, referrals,
//!           batches     message    & recall   evidence   assessments, dead letters, positions
//!                                             → verdict
//! ```
//!
//! Read the modules in the order in which data flows:
//!
//! | room | what is in it | knows |
//! |---|---|---|
//! | [`source`] | who screens which partition, from where; batches | Kafka |
//! | [`batch`], [`record`] | what Kafka gave; why a record could not be read | – |
//! | [`decode`] | one folder a format: bytes to canonical messages | `model` |
//! | [`model`] | the canonical message; units stand in names | – |
//! | [`memory`] | how every party, lane and shipment usually behaves; a fold without order; snapshots | `model`, `codes`, `names` |
//! | [`codes`] | the field's code lists and reference tables | – |
//! | [`names`] | names told alike: spelling, script, company form; the canonical key of a party | – |
//! | [`lists`] | watchlists: their formats and faults; who resembles whom on them | `names`, `codes` |
//! | [`screen`] | facts, indicators, profiles, watchlists, the decision | `model`, `codes`, `memory`, `lists` |
//! | [`bundle`] | profiles and policy as one hashed, signed whole; which one is in force | `screen` |
//! | [`replay`] | the pipeline without Kafka: what `screen`, `explain` and `backtest` run | `decode`, `memory`, `screen` |
//! | [`backtest`] | what a bundle would have said about history | `replay`, `bundle` |
//! | [`outputs`] | what is published, and its Avro form | `screen` |
//! | [`sink`] | transactions, the register of open holds | Kafka |
//! | [`service`] | wires the stages, stops them in order | everybody |
//! | [`kafka`] | what source and sink share: connecting, error triage | Kafka |
//! | [`config`], [`metrics`], [`admin`], [`logging`] | what operations see | – |
//! | [`allocator`] | where memory of the process comes from | – |
//! | [`operations`] | what operators ask of the brokers: topics, rights, lag, dead letters | Kafka |
//! | [`cli`], [`demo`] | the commands; an embedded broker with synthetic terminals | everybody |
//!
//! `decode`, `memory`, `screen`, `bundle` and `backtest` know neither Kafka nor the clock: a test, a benchmark or `loadgate screen`
//! runs them with nothing but bytes.
//!
//! # The laws
//!
//! 1. **The log is the only truth.** What a replica remembers is a fold over what was read from Kafka: memory from the messages and
//!    from what was assessed, positions from the group, holds from the referrals topic. A snapshot is a cache of that fold with the
//!    positions it stands for. Nothing else is durable. (`memory`, `sink::HoldLog`)
//! 2. **The fold does not care about order.** Any order and any repetition of the same messages gives the same memory, byte for
//!    byte, and the same register of holds. (`memory`, `sink::Holds`)
//! 3. **Screening is a pure function** of a consignment's facts, memory's included, and the rule bundle: no clock, no I/O, no
//!    randomness but a seeded hash; time is event time. (`screen::judge`)
//! 4. **Verdicts and positions commit together**, in one Kafka transaction. After any crash a reader of committed data sees each
//!    verdict exactly once. (`sink::Transactor`)
//! 5. **Silence is never clearance.** Every consignment gets an assessment; what cannot be read goes to the dead letters with a
//!    reason; no failure, restart, expiry or amendment lifts a hold, only a person's outcome. (`service::Worker`, `sink::Holds`)
//! 6. **Every verdict explains and repeats itself**: it carries each reason with the values compared, the hash of the rule bundle,
//!    where in the log its message stands and how far memory had read; what it stands on besides was told of earlier records of the
//!    same partition. (`outputs`, `service::underway`)
//!
//! Each law has a test that bears its name: `grep -r law_ src tests`.

pub mod admin;
pub mod allocator;
pub mod backtest;
pub mod batch;
pub mod bundle;
pub mod cli;
pub mod codes;
pub mod config;
pub mod decode;
pub mod demo;
pub mod diagnostic;
pub mod kafka;
pub mod lists;
pub mod logging;
pub mod memory;
pub mod metrics;
pub mod model;
pub mod names;
mod near;
pub mod operations;
pub mod outputs;
pub mod record;
pub mod replay;
pub mod screen;
pub mod service;
pub mod sink;
pub mod source;

#![doc = "loadgate: which air-cargo shipments must not be loaded before a person has looked, and why."]

pub mod config;
pub mod decode;
pub mod diagnostic;
pub mod metrics;
pub mod model;
pub mod record;
pub mod screen;
